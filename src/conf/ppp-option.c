/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "conf/ppp-option.h"

/* The size of pppd's longest field, MAXNAMELEN, filters and scripts aside. */
#define VALUE_MAX 255

#define NAMES_MAX 200 /* of options */

struct rule {
	const char *refuse; /* why not; NULL: passed on */
	const char *names;  /* a NUL behind each */
	int values;         /* that follow the name; of a ...-script the whole path */
};

#define SUPERVISION "gobi-dial could no longer watch pppd"
#define OWN_PORT    "gobi-dial opens and sets up the port"
#define PEER_AUTH   "no operator's network authenticates itself to its users"
#define COMPRESSION "no cellular modem compresses; it is switched off"
#define RUNS_CODE   "put it into /etc/ppp/options if you need it"
#define KEY(key)    "use the key " key

/*
 * pppd reads a file as a sequence of words, not of lines. Without knowing how
 * many words an option takes, a second word cannot be told from a second
 * option. So an option that is not in this table is refused.
 */
/* clang-format off */
static const struct rule rules[] = {
	{ NULL,
	  "mru\0mtu\0asyncmap\0escape\0"
	  "lcp-restart\0lcp-max-configure\0lcp-max-failure\0lcp-max-terminate\0"
	  "ipcp-restart\0ipcp-max-configure\0ipcp-max-failure\0ipcp-max-terminate\0"
	  "netmask\0"
	  "ipv6\0ipv6cp-restart\0"
	  "ipv6cp-max-configure\0ipv6cp-max-failure\0ipv6cp-max-terminate\0"
	  "pap-restart\0pap-max-authreq\0pap-timeout\0"
	  "chap-restart\0chap-max-challenge\0"
	  "name\0remotename\0remotenumber\0domain\0"
	  "unit\0child-timeout\0connect-delay\0"
	  "idle\0maxconnect\0maxoctets\0"
	  "kdebug\0set\0unset\0"
	  "pass-filter\0active-filter\0"
	  "datarate\0"
	  "ipparam\0ip-up-script\0ip-down-script\0ipv6-up-script\0ipv6-down-script\0", 1 },
	{ NULL,
	  "default-mru\0default-asyncmap\0receive-all\0noaccomp\0nopcomp\0nomagic\0"
	  "passive\0silent\0noendpoint\0lcp-echo-adaptive\0"
	  "ipcp-no-address\0ipcp-no-addresses\0noremoteip\0nosendip\0"
	  "proxyarp\0noproxyarp\0"
	  "ipv6cp-accept-local\0ipv6cp-accept-remote\0"
	  "ipv6cp-use-ipaddr\0ipv6cp-use-persistent\0"
	  "refuse-pap\0refuse-chap\0refuse-mschap\0refuse-mschap-v2\0refuse-eap\0"
	  "usehostname\0noresolvconf\0"
	  "debug\0ktune\0noktune\0"
	  "crtscts\0nocrtscts\0local\0modem\0" },
	{ SUPERVISION,
	  "detach\0updetach\0master_detach\0up_sdnotify\0logfile\0logfd\0nolog\0"
	  "nologfd\0linkname\0" },
	{ "it is always set", "nodetach\0-detach\0nopersist\0noauth\0hide-password\0" },
	{ "pppd would never dial", "dryrun\0show-options\0--help\0--version\0" },
	{ "gobi-dial check shows the options", "dump\0" },
	{ "gobi-dial redials, by the group recovery", "persist\0maxfail\0" },
	{ KEY("recovery.backoff_min"), "holdoff\0" },
	{ "gobi-dial dials at once and keeps the link up", "demand\0" },
	{ "gobi-dial dials", "connect\0welcome\0callback\0" },
	{ "gobi-dial hangs up", "disconnect\0" },
	{ KEY("modem.init"), "init\0" },
	{ OWN_PORT, "pty\0notty\0socket\0record\0lock\0nolock\0sync\0" },
	{ "XON and XOFF would have to be escaped by the modem", "xonxoff\0" },
	{ COMPRESSION, "vj-max-slots\0bsdcomp\0deflate\0predictor1\0require-mppe\0" },
	{ "a modem has one link", "multilink\0mp\0" },
	{ "write its options here, one an item", "file\0call\0" },
	{ RUNS_CODE, "plugin\0ip-pre-up-script\0" },
	{ PEER_AUTH,
	  "auth\0require-pap\0require-chap\0require-mschap\0require-mschap-v2\0"
	  "require-eap\0login\0" },
	{ "the log would show the password", "show-password\0" },
	{ KEY("network.user"), "user\0+ua\0" },
	{ KEY("network.password"), "password\0" },
	{ KEY("ppp.ifname"), "ifname\0" },
	{ KEY("ppp.default_route"),
	  "defaultroute\0nodefaultroute\0replacedefaultroute\0defaultroute6\0" },
	{ KEY("ppp.metric"), "defaultroute-metric\0" },
	{ KEY("ppp.peer_dns"), "usepeerdns\0" },
	{ KEY("ppp.lcp_echo_interval"), "lcp-echo-interval\0" },
	{ KEY("ppp.lcp_echo_failure"), "lcp-echo-failure\0" },
	{ KEY("network.pdp_type"), "noip\0+ipv6\0noipv6\0" },
};
/* clang-format on */

static bool explain_why(struct buf *why, const char *text)
{
	buf_printf(why, "%s", text);
	return false;
}

/*
 * getword() takes a backslash and up to three octal digits for a byte, inside
 * quotes as well; with always three of them the next byte cannot join in.
 * Blanks, quotes, '#', newlines and backslashes never stand for themselves.
 */
void conf_ppp_quote(struct buf *out, const char *word)
{
	buf_append(out, "\"", 1);
	for (; *word; word++)
		if ((*word >= 'A' && *word <= 'Z') || (*word >= 'a' && *word <= 'z') ||
		    (*word >= '0' && *word <= '9') || strchr("_.@+-/:,=", *word))
			buf_append(out, word, 1);
		else
			buf_printf(out, "\\%03o", (unsigned char)*word);
	buf_append(out, "\"", 1);
}

/* Cut the next word out of *at, which moves behind it. False, with nothing in `why`, at the end. */
static bool next_word(const char **at, struct buf *word, struct buf *why)
{
	const char *start = *at + strspn(*at, " ");
	const char *end;
	char quote = *start;

	buf_clear(word);
	if (!*start)
		return false;
	if (quote == '"' || quote == '\'') {
		end = strchr(++start, quote);
		if (!end)
			return explain_why(why, "a quote is missing");
	} else {
		end = start + strcspn(start, " \"'");
	}
	buf_append(word, start, (size_t)(end - start));
	end += quote == '"' || quote == '\'';
	if (*end && *end != ' ')
		return explain_why(why, "a quoted word has to stand alone, between blanks");
	*at = end;
	return true;
}

static bool check_rule(const char *name, int values, struct buf *why)
{
	const struct rule *rule = NULL;
	const char *names[NAMES_MAX + 1] = {NULL}, *nearest;
	size_t count = 0;

	for (size_t i = 0; i < COUNT(rules); i++)
		for (const char *at = rules[i].names; *at; at += strlen(at) + 1) {
			if (strcmp(at, name) == 0)
				rule = &rules[i];
			if (count < NAMES_MAX)
				names[count++] = at;
		}
	if (!rule) {
		nearest = str_nearest(name, names);
		buf_printf(why, "\"%.60s\" is not an option that gobi-dial passes on", name);
		if (nearest)
			buf_printf(why, "; did you mean \"%s\"?", nearest);
		else
			buf_printf(why, "; " RUNS_CODE);
		return false;
	}
	if (rule->refuse) {
		buf_printf(why, "\"%s\" cannot be in ppp.options: %s", name, rule->refuse);
		return false;
	}
	if (values == rule->values)
		return true;
	buf_printf(why, "\"%s\" takes %s", name,
		   rule->values ? "one value; quote it if it contains blanks"
				: "no value; one option an item");
	return false;
}

/* `set` puts a variable into the environment of pppd's scripts, which run as root. */
static bool is_harmless_variable(const char *assignment)
{
	/* What loaders, shells and interpreters heed; with a `*` all names that begin so. */
	static const char heeded[] = "BASH*\0CDPATH\0ENV\0GCONV*\0GLIBC*\0GLOBIGNORE\0HOME\0"
				     "HOSTALIASES\0IFS\0LD_*\0LOCPATH\0LOCALDOMAIN\0LUA*\0"
				     "MALLOC*\0NLSPATH\0NODE*\0PATH\0PERL*\0PS4\0PYTHON*\0"
				     "RES_OPTIONS\0RUBY*\0SHELL*\0TERMCAP\0TERMINFO\0TMPDIR\0";
	size_t len = strcspn(assignment, "=");

	for (const char *at = heeded; *at; at += strlen(at) + 1) {
		size_t known = strcspn(at, "*");

		if (strncasecmp(assignment, at, known) == 0 &&
		    (len == known || (len > known && at[known])))
			return false;
	}
	return len > 0 && strspn(assignment, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
					     "0123456789_") == len;
}

bool conf_ppp_option(const char *item, struct buf *out, struct buf *why)
{
	struct buf name = BUF_INIT, value = BUF_INIT, rest = BUF_INIT;
	bool ok = false;
	int values = 0;

	for (const char *c = item; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f) {
			explain_why(why, "must not contain control characters");
			goto out;
		}
	if (!next_word(&item, &name, why)) {
		if (!why->len)
			explain_why(why, "is empty");
		goto out;
	}
	while (next_word(&item, values ? &rest : &value, why))
		values++;
	if (why->len || !check_rule(buf_str(&name), values, why))
		goto out;
	if (value.len > VALUE_MAX) {
		explain_why(why, "the value is longer than 255 bytes");
		goto out;
	}
	if (strstr(buf_str(&name), "-script") && *buf_str(&value) != '/') {
		explain_why(why, "has to name the script by its whole path");
		goto out;
	}
	if (strcmp(buf_str(&name), "set") == 0 && !is_harmless_variable(buf_str(&value))) {
		explain_why(why, "sets a variable that decides how pppd's scripts run");
		goto out;
	}
	ok = true;
	if (!out)
		goto out;
	buf_printf(out, "%s", buf_str(&name));
	if (values) {
		buf_append(out, " ", 1);
		conf_ppp_quote(out, buf_str(&value));
	}
	buf_append(out, "\n", 1);
out:
	buf_free(&name);
	buf_free(&value);
	buf_free(&rest);
	return ok;
}
