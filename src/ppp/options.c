/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/ppp-option.h"
#include "ppp/options.h"

/* MAXNAMELEN and MAXSECRETLEN of pppd, without the NUL; it cuts silently. */
#define NAME_MAX_BYTES 255
/* MAXWORDLEN of pppd's getword(), without the NUL. */
#define WORD_MAX_BYTES   1023
#define IFNAME_MAX_BYTES 15

/*
 * With an empty password pppd refuses PAP unless pap-secrets has a matching line
 * (auth_reset() of 2.4.7 to 2.5.3), and a modem may ask for PAP where the network
 * needs none. Without a user name nothing checks the password; with one, an empty
 * password may be meant.
 */
#define NO_PASSWORD "none"

/* clang-format off */
static const char *const always[] = {
	/* No time limits. */
	"idle 0",
	"maxconnect 0",
	"modem",
	NULL, /* flow control */
	"asyncmap 0",
	/* The network does not authenticate itself; it assigns the addresses. */
	"noauth",
	"hide-password",
	"noipdefault",
	"ipcp-accept-local",
	"ipcp-accept-remote",
	/* With a request each second, a lost packet costs one second; both may
	 * wait for the network, for as long as pppd by default (30 s). */
	"lcp-restart 1",
	"lcp-max-configure 30",
	"ipcp-restart 1",
	"ipcp-max-configure 30",
	/* No cellular modem compresses; some hang up when asked. */
	"noccp",
	"nobsdcomp",
	"nodeflate",
	"novj",
	"novjccomp",
};

/*
 * Until its context stands, a modem may Nak each request at once, with invented
 * name servers or none, some thousand times a second. After ipcp-max-failure
 * Naks pppd takes a Nak for a Reject (fsm_rconfnakrej()), and drops what was
 * asked for: name servers and address. Under `run` the session's time ends
 * that; a pppd that nobody watches has to count.
 */
#define NAKS_ALONE "ipcp-max-failure 20000\n"

/* Under `run` gobi-dial supervises, redials and sets routes, and owns the
 * port: it is locked, and raw. */
static const char for_run[] =
	"nodetach\nnopersist\nmaxfail 1\nnodefaultroute\nnolock\n"
	"connect-delay 100\nipcp-max-failure 10000000\n";

/* Whatever waits for the link is told when the first call fails; later calls are
 * retried. gobi-dial holds the modem's first bytes back until pppd's. */
static const char for_pty[] =
	"updetach\npersist\nmaxfail 1\nholdoff 2\nconnect-delay 0\n" NAKS_ALONE;

/* The port that was found may be another device's later: no redial. */
static const char for_device[] =
	"updetach\nnopersist\nmaxfail 1\nlock\nconnect-delay 100\n" NAKS_ALONE;

static const char *const by_auth[] = {
	[CONF_AUTH_AUTO] = "refuse-eap\n",
	[CONF_AUTH_NONE] = "refuse-eap\n",
	[CONF_AUTH_PAP]  = ("refuse-eap\nrefuse-chap\nrefuse-mschap\n"
			    "refuse-mschap-v2\n"),
	[CONF_AUTH_CHAP] = "refuse-eap\nrefuse-pap\n",
};

static const char *const by_pdp[] = {
	[CONF_PDP_IPV4]   = "noipv6\n",
	[CONF_PDP_IPV6]   = "+ipv6\nipv6cp-accept-local\nnoip\n",
	[CONF_PDP_IPV4V6] = "+ipv6\nipv6cp-accept-local\n",
};
/* clang-format on */

static int check_length(const char *what, const char *value, size_t max, struct buf *error)
{
	if (strlen(value) <= max)
		return 0;
	buf_printf(error, "%s: has %zu bytes, and pppd cuts it at %zu", what, strlen(value), max);
	return -EINVAL;
}

static void write_option(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, "%s ", name);
	conf_ppp_quote(out, value);
	buf_append(out, "\n", 1);
}

static int write_credentials(const struct conf *conf, bool show, struct buf *out, struct buf *error)
{
	bool none = conf->network.auth == CONF_AUTH_NONE;
	const char *user = none ? "" : conf->network.user;
	const char *password = none ? "" : conf->network.password;

	if (check_length("network.user", user, NAME_MAX_BYTES, error) ||
	    check_length("network.password", password, NAME_MAX_BYTES, error))
		return -EINVAL;
	write_option(out, "user", user);
	if (show && password[0])
		buf_printf(out, "password \"********\"\n");
	else
		write_option(out, "password", user[0] || password[0] ? password : NO_PASSWORD);
	buf_printf(out, "%s", by_auth[conf->network.auth]);
	return 0;
}

void ppp_options_account(const struct conf_account *account, struct buf *out)
{
	if ((!*account->user && !*account->password) || account->auth == CONF_AUTH_NONE)
		return;
	write_option(out, "user", account->user);
	write_option(out, "password", account->password);
	buf_printf(out, "%s", by_auth[account->auth]);
}

/* "wwan-" and the instance's name. The kernel takes 15 characters: the end of a longer name becomes
 * a hash (FNV-1a), so that two which begin alike do not get the same. */
static void name_link(const char *name, char link[IFNAME_MAX_BYTES + 1])
{
	static const char digits[] = "0123456789abcdefghijklmnopqrstuv";
	uint32_t hash = 2166136261u;
	int len = snprintf(link, IFNAME_MAX_BYTES + 1, "wwan-%s", name);

	if (len <= IFNAME_MAX_BYTES)
		return;
	for (const char *at = name; *at; at++)
		hash = (hash ^ (unsigned char)*at) * 16777619u;
	for (size_t i = IFNAME_MAX_BYTES - 6; i < IFNAME_MAX_BYTES; i++, hash >>= 5)
		link[i] = digits[hash & 31];
}

/* pppd fails if the name is taken, so by default each instance has its own. */
static int write_names(const struct conf *conf, const char *name, struct buf *out,
		       struct buf *error)
{
	const char *ifname = conf->ppp.ifname;
	char own[IFNAME_MAX_BYTES + 1];

	if (!str_is_name(name)) {
		buf_printf(error, "\"%s\" is not a valid instance name", name);
		return -EINVAL;
	}
	if (check_length("ppp.ifname", ifname, IFNAME_MAX_BYTES, error))
		return -EINVAL;
	if (strcmp(ifname, "auto") == 0) {
		name_link(name, own);
		ifname = own;
	}
	if (ifname[0])
		write_option(out, "ifname", ifname);
	buf_printf(out, "linkname %s\nipparam gobi-dial:%s\n", name, name);
	return 0;
}

/* Last, so that they override the options above. */
static int write_user_options(const struct conf *conf, struct buf *out, struct buf *error)
{
	const struct conf_list *list = &conf->ppp.options;

	for (size_t i = 0; i < list->count; i++) {
		struct buf why = BUF_INIT;
		bool good = conf_ppp_option(list->items[i], out, &why);

		if (!good)
			buf_printf(error, "ppp.options, item %zu: \"%.60s\" %s", i + 1,
				   list->items[i], buf_str(&why));
		buf_free(&why);
		if (!good)
			return -EINVAL;
	}
	return 0;
}

/* Independent of what runs pppd. */
static int write_common(const struct conf *conf, const char *name, bool show, enum ppp_echo echo,
			bool rtscts, struct buf *out, struct buf *error)
{
	int interval_s = echo == PPP_ECHO_OFF ? 0 : conf->ppp.lcp_echo_interval_s;
	int err;

	/* RTS/CTS only where bytes are known to pass with it: else pppd's exit can hang. */
	for (size_t i = 0; i < COUNT(always); i++)
		buf_printf(out, "%s\n", always[i] ? always[i] : rtscts ? "crtscts" : "nocrtscts");
	if (conf->ppp.peer_dns)
		buf_printf(out, "usepeerdns\n");
	if (conf->ppp.mtu > 0)
		buf_printf(out, "mtu %d\nmru %d\n", conf->ppp.mtu, conf->ppp.mtu);
	buf_printf(out, "lcp-echo-interval %d\nlcp-echo-failure %d\n", interval_s,
		   interval_s > 0 ? conf->ppp.lcp_echo_failure : 0);
	if (echo == PPP_ECHO_ADAPTIVE && interval_s > 0)
		buf_printf(out, "lcp-echo-adaptive\n");
	buf_printf(out, "%s", by_pdp[conf->network.pdp_type]);
	err = write_credentials(conf, show, out, error);
	return err ? err : write_names(conf, name, out, error);
}

static int finish_options(const struct conf *conf, int err, struct buf *out, struct buf *error)
{
	if (!err)
		err = write_user_options(conf, out, error);
	if (!err && (out->failed || error->failed))
		err = -ENOMEM;
	return err;
}

/* Without `run`: to be displayed. */
static int write_run_options(const struct conf *conf, const char *name, const struct ppp_run *run,
			     struct buf *out, struct buf *error)
{
	int err;

	buf_printf(out, "# Made by gobi-dial for one call; changes are lost.\n%s", for_run);
	err = write_common(conf, name, !run, run ? run->echo : PPP_ECHO_PLAIN, run && run->rtscts,
			   out, error);
	if (!err && run) {
		if (run->connect)
			err = check_length("connect", run->connect, WORD_MAX_BYTES, error);
		if (!err && run->baud > 0)
			buf_printf(out, "%d\n", run->baud);
		if (!err && run->log_fd >= 0)
			buf_printf(out, "logfd %d\n", run->log_fd);
		if (!err && run->connect)
			write_option(out, "connect", run->connect);
	}
	return finish_options(conf, err, out, error);
}

int ppp_options_write(const struct conf *conf, const struct ppp_run *run, struct buf *out,
		      struct buf *error)
{
	return write_run_options(conf, run->name, run, out, error);
}

int ppp_options_show(const struct conf *conf, const char *name, struct buf *out, struct buf *error)
{
	return write_run_options(conf, name, NULL, out, error);
}

int ppp_options_peer(const struct conf *conf, const char *name, const struct ppp_peer *peer,
		     struct buf *out, struct buf *error)
{
	int err;

	buf_printf(out, "# Made by gobi-dial from its configuration.\n");
	if (peer->device)
		buf_printf(out, "%s\n", peer->device);
	if (peer->baud > 0)
		buf_printf(out, "%d\n", peer->baud);
	if (peer->pty)
		write_option(out, "pty", peer->pty);
	write_option(out, "connect", peer->connect);
	buf_printf(out, "%s%s", peer->pty ? for_pty : for_device,
		   conf->ppp.default_route ? "defaultroute\n" : "nodefaultroute\n");
	err = write_common(conf, name, false, PPP_ECHO_PLAIN, peer->rtscts, out, error);
	return finish_options(conf, err, out, error);
}
