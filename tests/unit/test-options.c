/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "conf/conf.h"
#include "conf/ppp-option.h"
#include "ppp/options.h"

static const char golden_defaults[] = "# Made by gobi-dial for one call; changes are lost.\n"
				      "nodetach\n"
				      "nopersist\n"
				      "maxfail 1\n"
				      "nodefaultroute\n"
				      "nolock\n"
				      "connect-delay 100\n"
				      "ipcp-max-failure 10000000\n"
				      "idle 0\n"
				      "maxconnect 0\n"
				      "modem\n"
				      "nocrtscts\n"
				      "asyncmap 0\n"
				      "noauth\n"
				      "hide-password\n"
				      "noipdefault\n"
				      "ipcp-accept-local\n"
				      "ipcp-accept-remote\n"
				      "lcp-restart 1\n"
				      "lcp-max-configure 30\n"
				      "ipcp-restart 1\n"
				      "ipcp-max-configure 30\n"
				      "noccp\n"
				      "nobsdcomp\n"
				      "nodeflate\n"
				      "novj\n"
				      "novjccomp\n"
				      "usepeerdns\n"
				      "lcp-echo-interval 20\n"
				      "lcp-echo-failure 3\n"
				      "noipv6\n"
				      "user \"\"\n"
				      "password \"none\"\n"
				      "refuse-eap\n"
				      "ifname \"wwan-gobi\"\n"
				      "linkname gobi\n"
				      "ipparam gobi-dial:gobi\n";

/* What a change of the configuration must and must not bring. */
struct change {
	void (*make)(struct conf *conf);
	const char *has;
	const char *has_not;
};

static void replace(char **value, const char *with)
{
	free(*value);
	*value = strdup(with);
	assert_non_null(*value);
}

static void set_user(struct conf *conf)
{
	replace(&conf->network.user, "a b\"c'd\\e#f\ng\xff");
}

static void set_user_alone(struct conf *conf)
{
	replace(&conf->network.user, "me");
}

static void set_auth_none(struct conf *conf)
{
	replace(&conf->network.user, "me");
	replace(&conf->network.password, "secret");
	conf->network.auth = CONF_AUTH_NONE;
}

static void set_pap(struct conf *conf)
{
	replace(&conf->network.password, "secret");
	conf->network.auth = CONF_AUTH_PAP;
}

static void set_chap(struct conf *conf)
{
	conf->network.auth = CONF_AUTH_CHAP;
}

static void set_ipv6(struct conf *conf)
{
	conf->network.pdp_type = CONF_PDP_IPV6;
}

static void set_both(struct conf *conf)
{
	conf->network.pdp_type = CONF_PDP_IPV4V6;
}

static void set_mtu(struct conf *conf)
{
	conf->ppp.mtu = 1400;
}

static void set_no_dns(struct conf *conf)
{
	conf->ppp.peer_dns = false;
}

static void set_no_echo(struct conf *conf)
{
	conf->ppp.lcp_echo_interval_s = 0;
}

static void set_ifname(struct conf *conf)
{
	replace(&conf->ppp.ifname, "lte0");
}

static void set_no_ifname(struct conf *conf)
{
	replace(&conf->ppp.ifname, "");
}

static void set_options(struct conf *conf)
{
	conf->ppp.options.items[0] = strdup("mru  1400 ");
	conf->ppp.options.items[1] = strdup("domain \"a b#c\"");
	conf->ppp.options.items[2] = strdup("noaccomp");
	conf->ppp.options.count = 3;
}

/* clang-format off */
static const struct change changes[] = {
	{ set_user, "\nuser \"a\\040b\\042c\\047d\\134e\\043f\\012g\\377\"\n",
	  "user \"\"" },
	{ set_user_alone, "\nuser \"me\"\npassword \"\"\n", "none" },
	{ set_auth_none, "\nuser \"\"\npassword \"none\"\n", "secret" },
	{ set_pap, "\npassword \"secret\"\nrefuse-eap\nrefuse-chap\n"
		   "refuse-mschap\nrefuse-mschap-v2\n", "refuse-pap" },
	{ set_chap, "\nrefuse-eap\nrefuse-pap\n", "refuse-chap" },
	{ set_ipv6, "\n+ipv6\nipv6cp-accept-local\nnoip\n", "noipv6" },
	{ set_both, "\n+ipv6\nipv6cp-accept-local\nuser", "\nnoip\n" },
	{ set_mtu, "\nmtu 1400\nmru 1400\n", "mtu 0" },
	{ set_no_dns, "\nlcp-echo-interval", "usepeerdns" },
	{ set_no_echo, "\nlcp-echo-interval 0\nlcp-echo-failure 0\n", "20" },
	{ set_ifname, "\nifname \"lte0\"\n", "wwan" },
	{ set_no_ifname, "\nlinkname gobi\n", "ifname" },
	{ set_options, "\nmru \"1400\"\ndomain \"a\\040b\\043c\"\nnoaccomp\n",
	  "\"mru" },
};
/* clang-format on */

static const struct ppp_run run = {.name = "gobi", .log_fd = -1};

static void defaults_give_the_golden_file(void **state)
{
	struct buf out = BUF_INIT, error = BUF_INIT;
	struct conf conf;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	assert_int_equal(ppp_options_write(&conf, &run, &out, &error), 0);
	assert_string_equal(buf_str(&out), golden_defaults);
	assert_string_equal(buf_str(&error), "");
	buf_free(&out);
	conf_free(&conf);
}

static void each_setting_shows(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct buf out = BUF_INIT, error = BUF_INIT;
		struct conf conf;

		assert_int_equal(conf_init(&conf), 0);
		changes[i].make(&conf);
		assert_int_equal(ppp_options_write(&conf, &run, &out, &error), 0);
		if (!strstr(buf_str(&out), changes[i].has) ||
		    strstr(buf_str(&out), changes[i].has_not))
			fail_msg("row %zu:\n%s", i, buf_str(&out));
		buf_free(&out);
		conf_free(&conf);
	}
}

static void a_run_brings_its_own(void **state)
{
	const struct ppp_run other = {
		.name = "modem-at-the-roof_2",
		.connect = "/usr/sbin/gobi-dial pty gobi",
		.log_fd = 7,
		.baud = 9600,
		.rtscts = true,
	};
	struct buf out = BUF_INIT, error = BUF_INIT;
	struct conf conf;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	assert_int_equal(ppp_options_write(&conf, &other, &out, &error), 0);
	assert_non_null(strstr(buf_str(&out), "\nmodem\ncrtscts\nasyncmap 0\n"));
	assert_non_null(strstr(buf_str(&out),
			       "ifname \"wwan-modelm651p\"\n"
			       "linkname modem-at-the-roof_2\n"
			       "ipparam gobi-dial:modem-at-the-roof_2\n"
			       "9600\n"
			       "logfd 7\n"
			       "connect \"/usr/sbin/gobi-dial\\040pty\\040gobi\"\n"));
	buf_free(&out);
	conf_free(&conf);
}

static void echoes_suit_pppd_and_network(void **state)
{
	static const struct {
		enum ppp_echo echo;
		const char *has, *has_not;
	} rows[] = {
		{PPP_ECHO_PLAIN, "\nlcp-echo-interval 20\nlcp-echo-failure 3\n", "adaptive"},
		{PPP_ECHO_ADAPTIVE, "\nlcp-echo-failure 3\nlcp-echo-adaptive\n", "interval 0"},
		{PPP_ECHO_OFF, "\nlcp-echo-interval 0\nlcp-echo-failure 0\n", "adaptive"},
	};
	struct buf error = BUF_INIT;
	struct conf conf;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct ppp_run own = {.name = "gobi", .log_fd = -1, .echo = rows[i].echo};
		struct buf out = BUF_INIT;

		assert_int_equal(ppp_options_write(&conf, &own, &out, &error), 0);
		assert_non_null(strstr(buf_str(&out), rows[i].has));
		assert_null(strstr(buf_str(&out), rows[i].has_not));
		buf_free(&out);
	}
	conf_free(&conf);
}

static void show_hides_secrets(void **state)
{
	struct buf out = BUF_INIT, error = BUF_INIT;
	struct conf conf;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	replace(&conf.network.user, "me");
	replace(&conf.network.password, "secret");
	assert_int_equal(ppp_options_show(&conf, "gobi", &out, &error), 0);
	assert_non_null(strstr(buf_str(&out), "user \"me\"\n"
					      "password \"********\"\n"));
	assert_null(strstr(buf_str(&out), "secret"));
	buf_free(&out);
	conf_free(&conf);
}

static void expect_refusal(struct conf *conf, const struct ppp_run *by, const char *reason)
{
	struct buf out = BUF_INIT, error = BUF_INIT;

	assert_int_equal(ppp_options_write(conf, by, &out, &error), -EINVAL);
	if (!strstr(buf_str(&error), reason))
		fail_msg("\"%s\" does not say \"%s\"", buf_str(&error), reason);
	buf_free(&out);
	buf_free(&error);
}

static void what_pppd_would_cut_is_refused(void **state)
{
	const struct ppp_run bad_name = {.name = "a\nb", .log_fd = -1};
	struct buf out = BUF_INIT, error = BUF_INIT;
	char text[257] = "";
	struct conf conf;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	memset(text, 'x', 255);
	replace(&conf.network.user, text);
	replace(&conf.network.password, text);
	assert_int_equal(ppp_options_write(&conf, &run, &out, &error), 0);
	memset(text, 'x', 256);
	replace(&conf.network.user, text);
	expect_refusal(&conf, &run, "network.user");
	replace(&conf.network.user, "");
	replace(&conf.network.password, text);
	expect_refusal(&conf, &run, "network.password");
	replace(&conf.network.password, "");
	replace(&conf.ppp.ifname, "sixteen-letters-");
	expect_refusal(&conf, &run, "ppp.ifname");
	replace(&conf.ppp.ifname, "");
	expect_refusal(&conf, &bad_name, "instance");
	conf.ppp.options.items[0] = strdup("nodetach persist");
	conf.ppp.options.count = 1;
	expect_refusal(&conf, &run, "item 1");
	buf_free(&out);
	conf_free(&conf);
}

struct item_case {
	const char *item;
	const char *line; /* NULL: refused */
	const char *why;
};

/* clang-format off */
static const struct item_case item_cases[] = {
	{ "noaccomp", "noaccomp\n", "" },
	{ "mru 1400", "mru \"1400\"\n", "" },
	{ "  mru   1400  ", "mru \"1400\"\n", "" },
	{ "domain 'a b'", "domain \"a\\040b\"\n", "" },
	{ "domain \"it's\"", "domain \"it\\047s\"\n", "" },
	{ "domain ''", "domain \"\"\n", "" },
	{ "domain a\\b", "domain \"a\\134b\"\n", "" },
	{ "domain plugin", "domain \"plugin\"\n", "" },
	{ "'noaccomp'", "noaccomp\n", "" },
	{ "domain T\xc3\xa9l\xc3\xa9", "domain \"T\\303\\251l\\303\\251\"\n",
	  "" },
	{ "", NULL, "empty" },
	{ "  ", NULL, "empty" },
	{ "''", NULL, "not an option" },
	{ "noaccomp nopcomp", NULL, "no value" },
	{ "noaccomp /dev/ttyUSB3", NULL, "no value" },
	{ "mru", NULL, "one value" },
	{ "mru 1400 plugin x.so", NULL, "one value" },
	{ "mru 1400 ''", NULL, "one value" },
	{ "domain 'a", NULL, "quote is missing" },
	{ "domain a'b", NULL, "stand alone" },
	{ "domain 'a'b", NULL, "stand alone" },
	{ "domain a\nplugin", NULL, "control" },
	{ "domain a\x7f", NULL, "control" },
	{ "mru\t1400", NULL, "control" },
	{ "/dev/ttyUSB3", NULL, "not an option" },
	{ "115200", NULL, "not an option" },
	{ "10.0.0.1:10.0.0.2", NULL, "not an option" },
	{ "mruu 1400", NULL, "did you mean \"mru\"" },
	{ "# comment", NULL, "not an option" },
	{ "detach", NULL, "watch" },
	{ "updetach", NULL, "watch" },
	{ "persist", NULL, "redial" },
	{ "logfd 3", NULL, "watch" },
	{ "logfile /tmp/x", NULL, "watch" },
	{ "connect /bin/sh", NULL, "dials" },
	{ "pty /bin/sh", NULL, "port" },
	{ "plugin x.so", NULL, "/etc/ppp/options" },
	{ "ip-pre-up-script /bin/true", NULL, "/etc/ppp/options" },
	{ "ipparam wan", "ipparam \"wan\"\n", "" },
	{ "ip-up-script /lib/netifd/ppp-up",
	  "ip-up-script \"/lib/netifd/ppp-up\"\n", "" },
	{ "ip-down-script '/lib/a b;c'",
	  "ip-down-script \"/lib/a\\040b\\073c\"\n", "" },
	{ "ip-up-script ppp-up", NULL, "whole path" },
	{ "ipv6-up-script ''", NULL, "whole path" },
	{ "ipv6-down-script", NULL, "one value" },
	{ "set REQPREFIX=60", "set \"REQPREFIX=60\"\n", "" },
	{ "set LOCATION=cellar", "set \"LOCATION=cellar\"\n", "" },
	{ "set PATHS=1", "set \"PATHS=1\"\n", "" },
	{ "set PATH=/tmp", NULL, "how pppd's scripts run" },
	{ "set LD_PRELOAD=/tmp/x.so", NULL, "how pppd's scripts run" },
	{ "set BASH_ENV=/tmp/x", NULL, "how pppd's scripts run" },
	{ "set 'BASH_FUNC_ip%%=() { x; }'", NULL, "how pppd's scripts run" },
	{ "set IFS", NULL, "how pppd's scripts run" },
	{ "set =x", NULL, "how pppd's scripts run" },
	{ "file x", NULL, "one an item" },
	{ "call x", NULL, "one an item" },
	{ "password x", NULL, "network.password" },
	{ "defaultroute", NULL, "ppp.default_route" },
};
/* clang-format on */

static void user_options_are_one_option_each(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(item_cases) / sizeof(*item_cases); i++) {
		const struct item_case *row = &item_cases[i];
		struct buf out = BUF_INIT, why = BUF_INIT;
		bool good = conf_ppp_option(row->item, &out, &why);

		if (good != (row->line != NULL) ||
		    strcmp(buf_str(&out), row->line ? row->line : "") != 0 ||
		    (good ? why.len > 0 : !strstr(buf_str(&why), row->why)))
			fail_msg("\"%s\": %d \"%s\" \"%s\"", row->item, good, buf_str(&out),
				 buf_str(&why));
		buf_free(&out);
		buf_free(&why);
	}
}

/* Of what there is: in pppd.8 of 2.4.7 and in those of 2.4.9 and 2.5.x, with the same words
 * behind. */
static const char of_all_versions[] =
	" +ipv6 asyncmap connect connect-delay defaultroute hide-password"
	" holdoff idle ipcp-accept-local ipcp-accept-remote ipcp-max-configure"
	" ipcp-max-failure ipcp-restart ipparam ipv6cp-accept-local"
	" lcp-echo-failure lcp-echo-interval lcp-max-configure lcp-restart"
	" linkname lock logfd maxconnect maxfail modem mru mtu noauth"
	" nobsdcomp noccp nocrtscts nodefaultroute nodeflate nodetach noip"
	" noipdefault noipv6 nolock nopersist novj novjccomp password persist"
	" pty refuse-chap refuse-eap refuse-mschap refuse-mschap-v2 refuse-pap"
	" updetach usepeerdns user ";

/* Every option but a port's name and ifname, which 2.4.7 as published lacks. */
static void expect_known(const struct buf *out)
{
	char *text = strdup(buf_str(out)), *save = NULL, *line;
	char word[64];

	assert_non_null(text);
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		snprintf(word, sizeof(word), " %.*s ", (int)strcspn(line, " "), line);
		if (line[0] != '#' && line[0] != '/' && strcmp(word, " ifname ") != 0 &&
		    !strstr(of_all_versions, word))
			fail_msg("not of all versions: %s", line);
	}
	free(text);
}

static void what_is_written_is_known_from_2_4_7_on(void **state)
{
	const struct ppp_run with_all = {.name = "gobi", .connect = "x", .log_fd = 7};
	const struct ppp_peer pty = {.pty = "x", .connect = "y"};
	const struct ppp_peer device = {.device = "/dev/x", .connect = "y"};
	struct buf error = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(changes) / sizeof(*changes); i++) {
		struct buf out = BUF_INIT;
		struct conf conf;

		assert_int_equal(conf_init(&conf), 0);
		if (changes[i].make != set_options) /* those are the user's */
			changes[i].make(&conf);
		ppp_options_write(&conf, &with_all, &out, &error);
		ppp_options_peer(&conf, "gobi", &pty, &out, &error);
		conf.ppp.default_route = false;
		ppp_options_peer(&conf, "gobi", &device, &out, &error);
		assert_string_equal(buf_str(&error), "");
		expect_known(&out);
		buf_free(&out);
		conf_free(&conf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(defaults_give_the_golden_file),
		cmocka_unit_test(each_setting_shows),
		cmocka_unit_test(a_run_brings_its_own),
		cmocka_unit_test(echoes_suit_pppd_and_network),
		cmocka_unit_test(show_hides_secrets),
		cmocka_unit_test(what_pppd_would_cut_is_refused),
		cmocka_unit_test(user_options_are_one_option_each),
		cmocka_unit_test(what_is_written_is_known_from_2_4_7_on),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
