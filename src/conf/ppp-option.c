/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "conf/ppp-option.h"

/* The size of pppd's longest field, MAXNAMELEN, filters and scripts aside. */
#define VALUE_MAX 255

struct rule {
	const char *name;
	int values;         /* words that follow the name; of a ...-script the whole path */
	const char *refuse; /* why not, or NULL */
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
	{ "mru", 1 },
	{ "mtu", 1 },
	{ "default-mru", 0 },
	{ "asyncmap", 1 },
	{ "default-asyncmap", 0 },
	{ "escape", 1 },
	{ "receive-all", 0 },
	{ "noaccomp", 0 },
	{ "nopcomp", 0 },
	{ "nomagic", 0 },
	{ "passive", 0 },
	{ "silent", 0 },
	{ "noendpoint", 0 },
	{ "lcp-echo-adaptive", 0 },
	{ "lcp-restart", 1 },
	{ "lcp-max-configure", 1 },
	{ "lcp-max-failure", 1 },
	{ "lcp-max-terminate", 1 },
	{ "ipcp-restart", 1 },
	{ "ipcp-max-configure", 1 },
	{ "ipcp-max-failure", 1 },
	{ "ipcp-max-terminate", 1 },
	{ "ipcp-no-address", 0 },
	{ "ipcp-no-addresses", 0 },
	{ "noremoteip", 0 },
	{ "nosendip", 0 },
	{ "netmask", 1 },
	{ "proxyarp", 0 },
	{ "noproxyarp", 0 },
	{ "ipv6", 1 },
	{ "ipv6cp-accept-local", 0 },
	{ "ipv6cp-accept-remote", 0 },
	{ "ipv6cp-restart", 1 },
	{ "ipv6cp-max-configure", 1 },
	{ "ipv6cp-max-failure", 1 },
	{ "ipv6cp-max-terminate", 1 },
	{ "ipv6cp-use-ipaddr", 0 },
	{ "ipv6cp-use-persistent", 0 },
	{ "pap-restart", 1 },
	{ "pap-max-authreq", 1 },
	{ "pap-timeout", 1 },
	{ "chap-restart", 1 },
	{ "chap-max-challenge", 1 },
	{ "refuse-pap", 0 },
	{ "refuse-chap", 0 },
	{ "refuse-mschap", 0 },
	{ "refuse-mschap-v2", 0 },
	{ "refuse-eap", 0 },
	{ "name", 1 },
	{ "remotename", 1 },
	{ "remotenumber", 1 },
	{ "usehostname", 0 },
	{ "domain", 1 },
	{ "noresolvconf", 0 },
	{ "unit", 1 },
	{ "child-timeout", 1 },
	{ "connect-delay", 1 },
	{ "idle", 1 },
	{ "maxconnect", 1 },
	{ "maxoctets", 1 },
	{ "debug", 0 },
	{ "kdebug", 1 },
	{ "ktune", 0 },
	{ "noktune", 0 },
	{ "set", 1 },
	{ "unset", 1 },
	{ "pass-filter", 1 },
	{ "active-filter", 1 },
	{ "crtscts", 0 },
	{ "nocrtscts", 0 },
	{ "local", 0 },
	{ "modem", 0 },
	{ "datarate", 1 },
	{ "ipparam", 1 },
	{ "ip-up-script", 1 },
	{ "ip-down-script", 1 },
	{ "ipv6-up-script", 1 },
	{ "ipv6-down-script", 1 },

	{ "detach", 0, SUPERVISION },
	{ "updetach", 0, SUPERVISION },
	{ "nodetach", 0, "it is always set" },
	{ "-detach", 0, "it is always set" },
	{ "master_detach", 0, SUPERVISION },
	{ "up_sdnotify", 0, SUPERVISION },
	{ "logfile", 1, SUPERVISION },
	{ "logfd", 1, SUPERVISION },
	{ "nolog", 0, SUPERVISION },
	{ "nologfd", 0, SUPERVISION },
	{ "linkname", 1, SUPERVISION },
	{ "dryrun", 0, "pppd would never dial" },
	{ "dump", 0, "gobi-dial check shows the options" },
	{ "show-options", 0, "pppd would never dial" },
	{ "--help", 0, "pppd would never dial" },
	{ "--version", 0, "pppd would never dial" },
	{ "persist", 0, "gobi-dial redials, by the group recovery" },
	{ "nopersist", 0, "it is always set" },
	{ "maxfail", 1, "gobi-dial redials, by the group recovery" },
	{ "holdoff", 1, KEY("recovery.backoff_min") },
	{ "demand", 0, "gobi-dial dials at once and keeps the link up" },
	{ "connect", 1, "gobi-dial dials" },
	{ "disconnect", 1, "gobi-dial hangs up" },
	{ "init", 1, KEY("modem.init") },
	{ "welcome", 1, "gobi-dial dials" },
	{ "pty", 1, OWN_PORT },
	{ "notty", 0, OWN_PORT },
	{ "socket", 1, OWN_PORT },
	{ "record", 1, OWN_PORT },
	{ "lock", 0, OWN_PORT },
	{ "nolock", 0, OWN_PORT },
	{ "sync", 0, OWN_PORT },
	{ "xonxoff", 0, "XON and XOFF would have to be escaped by the modem" },
	{ "callback", 1, "gobi-dial dials" },
	{ "vj-max-slots", 1, COMPRESSION },
	{ "bsdcomp", 1, COMPRESSION },
	{ "deflate", 1, COMPRESSION },
	{ "predictor1", 0, COMPRESSION },
	{ "require-mppe", 0, COMPRESSION },
	{ "multilink", 0, "a modem has one link" },
	{ "mp", 0, "a modem has one link" },
	{ "file", 1, "write its options here, one an item" },
	{ "call", 1, "write its options here, one an item" },
	{ "plugin", 1, RUNS_CODE },
	{ "ip-pre-up-script", 1, RUNS_CODE },
	{ "auth", 0, PEER_AUTH },
	{ "noauth", 0, "it is always set" },
	{ "require-pap", 0, PEER_AUTH },
	{ "require-chap", 0, PEER_AUTH },
	{ "require-mschap", 0, PEER_AUTH },
	{ "require-mschap-v2", 0, PEER_AUTH },
	{ "require-eap", 0, PEER_AUTH },
	{ "login", 0, PEER_AUTH },
	{ "show-password", 0, "the log would show the password" },
	{ "hide-password", 0, "it is always set" },
	{ "user", 1, KEY("network.user") },
	{ "password", 1, KEY("network.password") },
	{ "+ua", 1, KEY("network.user") },
	{ "ifname", 1, KEY("ppp.ifname") },
	{ "defaultroute", 0, KEY("ppp.default_route") },
	{ "nodefaultroute", 0, KEY("ppp.default_route") },
	{ "replacedefaultroute", 0, KEY("ppp.default_route") },
	{ "defaultroute-metric", 1, KEY("ppp.metric") },
	{ "defaultroute6", 0, KEY("ppp.default_route") },
	{ "usepeerdns", 0, KEY("ppp.peer_dns") },
	{ "lcp-echo-interval", 1, KEY("ppp.lcp_echo_interval") },
	{ "lcp-echo-failure", 1, KEY("ppp.lcp_echo_failure") },
	{ "noip", 0, KEY("network.pdp_type") },
	{ "+ipv6", 0, KEY("network.pdp_type") },
	{ "noipv6", 0, KEY("network.pdp_type") },
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
	const char *names[COUNT(rules) + 1] = {NULL};
	const char *nearest;

	for (size_t i = 0; i < COUNT(rules); i++) {
		names[i] = rules[i].name;
		if (strcmp(names[i], name) == 0)
			rule = &rules[i];
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
	static const char *const heeded[] = {
		"BASH*",    "CDPATH",      "ENV",         "GCONV*", "GLIBC*",  "GLOBIGNORE",
		"HOME",     "HOSTALIASES", "IFS",         "LD_*",   "LOCPATH", "LOCALDOMAIN",
		"LUA*",     "MALLOC*",     "NLSPATH",     "NODE*",  "PATH",    "PERL*",
		"PS4",      "PYTHON*",     "RES_OPTIONS", "RUBY*",  "SHELL*",  "TERMCAP",
		"TERMINFO", "TMPDIR",
	};
	size_t len = strcspn(assignment, "=");

	for (size_t i = 0; i < COUNT(heeded); i++) {
		size_t known = strcspn(heeded[i], "*");

		if (strncasecmp(assignment, heeded[i], known) == 0 &&
		    (len == known || (len > known && heeded[i][known])))
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
