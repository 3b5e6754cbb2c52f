/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "io/conf-load.h"

struct bad_case {
	const char *text;
	const char *error; /* "t:LINE: ..." and part of what follows */
};

/* clang-format off */
static const struct bad_case bad_cases[] = {
	/* libconfig's own errors, with the file's line */
	{ "network: { apn = }", "t:1: syntax error" },
	{ "\n\nnetwork: { apn = \"a\"; apn = \"b\"; };", "t:3: duplicate" },
	{ "network: { user = 1 ", "t:1: network.user" },
	/* what the scan finds */
	{ "network: { apn = \"a", "t:1: this string has no end" },
	{ "\n/* x", "t:2: this comment has no end" },
	{ "network: {\n user = \"a\\qb\"; };", "t:2: unknown escape" },
	{ "network: {\n user = \"a\\x0\"; };", "t:2: \\x wants" },
	{ "network: {\n user = \"a\\x00b\"; };", "t:2: a value cannot hold" },
	{ "network: {\n user = \"a\nb\\q\"; };", "t:3: unknown escape" },
	{ "@include \"x\"", "t:1: @include works in files only" },
	{ "@include x", "t:1: write @include" },
	{ "@include \"x\" @include \"/dev/zero\"", "t:1: syntax error" },
	{ "@include \"x\n}", "t:2: syntax error" },
	{ "@include \"\"", "t:1: write @include" },
	/* names */
	{ "netwrok: { };", "t:1: unknown group netwrok; did you mean \"network\"" },
	{ "x: { };", "t:1: unknown group x\n" },
	{ "apn = \"x\";", "t:1: unknown key apn; \"apn\" belongs in the group \"network\"" },
	{ "modem: { apn = \"x\"; };", "t:1: unknown key modem.apn; \"apn\" belongs in the group \"network\"" },
	{ "network: {\n passwd = \"x\"; };", "t:2: unknown key network.passwd; did you mean \"password\"" },
	{ "network = \"x\";", "t:1: network has to be a group" },
	{ "network = ( { apn = \"x\"; } );", "t:1: network has to be a group" },
	/* types */
	{ "sim: { pin = 0012; };", "t:1: sim.pin cannot be a number; write pin = \"TEXT\", with its quotes" },
	{ "network: { operator = 26201; };", "t:1: network.operator cannot be a number" },
	{ "network: { apn = true; };", "network.apn cannot be true or false" },
	{ "network: { apn = ( \"x\" ); };", "network.apn cannot be a list" },
	{ "network: { apn = { }; };", "network.apn cannot be a group" },
	{ "network: { cid = \"1\"; };", "network.cid cannot be a string; write cid = NUMBER, without quotes" },
	{ "network: { cid = 1.0; };", "network.cid cannot be a number with a fraction" },
	{ "network: { cid = true; };", "network.cid cannot be true or false" },
	{ "network: { roaming = 1; };", "network.roaming cannot be a number; write roaming = true or false" },
	{ "network: { auth = 1; };", "network.auth cannot be a number" },
	{ "modem: { init = \"AT\"; };", "modem.init cannot be a string; write init = ( \"ITEM\"" },
	{ "modem: { init = ( \"AT\", 3 ); };", "modem.init, item 2 cannot be a number" },
	{ "modem: { init = ( (\"AT\") ); };", "modem.init, item 1 cannot be a list" },
	/* ranges */
	{ "network: { cid = 25; };", "network.cid: 25 is out of range: 0 to 24" },
	{ "network: { dial = \"\"; };", "network.dial" },
	{ "network: { dial = \"*99#;+CFUN=0\"; };", "network.dial" },
	{ "network: { dial = \"T*99#\"; };", "network.dial" },
	{ "network: { cid = -1; };", "network.cid: -1 is out of range" },
	{ "network: { cid = 5000000000; };", "network.cid: 5000000000 is out of range" },
	{ "network: { cid = 4294967297; };", "network.cid: 4294967297 is out of range" },
	{ "network: { cid = 4294967297L; };", "network.cid: 4294967297 is out of range" },
	{ "network: { cid = 0x100000001; };", "network.cid: 4294967297 is out of range" },
	{ "network: { cid = 99999999999999999999999999; };", "is out of range" },
	{ "ppp: { mtu = 127; };", "ppp.mtu: 127 is out of range: 0, or 128 to 16384 bytes" },
	{ "ppp: { lcp_echo_failure = 0; };", "ppp.lcp_echo_failure: 0 is out" },
	{ "monitor: { interval = 0; };", "monitor.interval: 0 is out" },
	{ "modem: { init = [ \"AT\",\"AT\",\"AT\",\"AT\",\"AT\",\"AT\",\"AT\",\"AT\","
	  "\"AT\",\"AT\",\"AT\",\"AT\",\"AT\",\"AT\",\"AT\",\"AT\",\"AT\" ]; };",
	  "modem.init has 17 items; at most 16 are possible" },
	/* values */
	{ "modem: { usb = \"1199:901\"; };", "modem.usb: \"1199:901\" has to be" },
	{ "modem: { usb = \"1199-9013\"; };", "modem.usb" },
	{ "modem: { path = \"1-\"; };", "modem.path" },
	{ "modem: { path = \"../1-1\"; };", "modem.path" },
	{ "modem: { path = \"1-1:1.2\"; };", "modem.path" },
	{ "modem: { serial = \"a\\nb\"; };", "modem.serial" },
	{ "modem: { imei = \"1234567890123\"; };", "modem.imei" },
	{ "modem: { imei = \"12345678901234567\"; };", "modem.imei" },
	{ "modem: { port = \"ttyUSB2\"; };", "modem.port" },
	{ "modem: { port = \"\"; };", "modem.port" },
	{ "modem: { driver = \"option\"; };", "modem.driver: \"option\" has to be one of \"auto\" \"keep\"" },
	{ "modem: { init = ( \"CGDCONT\" ); };", "modem.init, item 1: \"CGDCONT\" has to begin with AT" },
	{ "modem: { init = ( \"AT\", \"AT\\rATD\" ); };", "modem.init, item 2" },
	{ "modem: { init = ( \"AT+CPIN=\\\"1234\\\"\" ); };", "sim.pin" },
	{ "modem: { init = ( \"AT^CPIN=\\\"1234\\\"\" ); };", "sim.pin" },
	{ "modem: { init = ( \"AT+CLCK=\\\"SC\\\",0,\\\"1234\\\"\" ); };", "sim.pin" },
	{ "modem: { init = ( \"at z;+cpin=1234\" ); };", "sim.pin" },
	{ "modem: { init = ( \"AT^CARDLOCK=1234\" ); };", "sim.pin" },
	{ "modem: { init = ( \"\" ); };", "modem.init, item 1" },
	{ "sim: { pin = \"123\"; };", "t:1: sim.pin has to be 4 to 8 digits" },
	{ "sim: { pin = \"12a4\"; };", "t:1: sim.pin has to be 4 to 8 digits" },
	{ "sim: { pin_file = \"x\"; };", "t:1: sim.pin_file works in files only" },
	{ "network: { apn = \"a\\\"b\"; };", "network.apn" },
	{ "network: { apn = \"a\\\\b\"; };", "network.apn" },
	{ "network: { apn = \"a\\rb\"; };", "network.apn" },
	{ "network: { apn = \"\xc3\xa9\"; };", "network.apn" },
	{ "network: { pdp_type = \"ipv5\"; };", "did you mean \"ipv4\"" },
	{ "network: { auth = \"\"; };", "network.auth: \"\" has to be one of" },
	{ "network: { mode = \"6g\"; };", "network.mode: \"6g\" has to be one of" },
	{ "network: { operator = \"2620\"; };", "network.operator" },
	{ "network: { operator = \"\"; };", "network.operator" },
	{ "ppp: { ifname = \"sixteen-letters-\"; };", "ppp.ifname: \"sixteen-letters-\" has 16 bytes" },
	{ "ppp: { ifname = \"a/b\"; };", "ppp.ifname" },
	{ "ppp: { ifname = \"..\"; };", "ppp.ifname" },
	{ "ppp: { ifname = \"ppp%d\"; };", "ppp.ifname" },
	{ "ppp: { options = ( \"mru 1400\", \"updetach\" ); };", "ppp.options, item 2: \"updetach\"" },
	{ "monitor: { ping = ( \"example.org\" ); };", "monitor.ping, item 1" },
	{ "monitor: { ping = ( \"192.0.2\" ); };", "monitor.ping, item 1" },
	{ "power: { key = true; };", "power.key cannot be true or false" },
	{ "power: { command = \"switch\"; };", "power.command: \"switch\" has to be an absolute path" },
	{ "network: { providers = \"table\"; };", "network.providers: \"table\" has to be an absolute path" },
	{ "power: { active = \"up\"; };", "power.active: \"up\" has to be one of" },
	{ "recovery: { ladder = ( \"redial\", \"reboot\" ); };", "recovery.ladder, item 2: \"reboot\" has to be one of" },
	/* between keys */
	{ "recovery: {\n backoff_min = 10;\n backoff_max = 9; };", "t:3: recovery.backoff_max: 9 is less than" },
	{ "recovery: { backoff_min = 301; };", "t: recovery.backoff_max: 300 is less than" },
	{ "network: { pdp_type = \"ipv4v6\"; };\nppp: { mtu = 1279; };", "t:2: ppp.mtu: 1279 is too small" },
};
/* clang-format on */

static int load(struct conf *conf, const char *text, struct buf *errors)
{
	return conf_load_text(conf, "t", text, strlen(text), errors);
}

static void what_is_wrong_is_told_with_its_line(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_cases) / sizeof(*bad_cases); i++) {
		struct buf errors = BUF_INIT;
		struct conf conf;
		int err = load(&conf, bad_cases[i].text, &errors);

		if (err != -EINVAL || !strstr(buf_str(&errors), bad_cases[i].error))
			fail_msg("row %zu: %d \"%s\", not \"%s\"", i, err, buf_str(&errors),
				 bad_cases[i].error);
		buf_free(&errors);
		conf_free(&conf);
	}
}

static const char everything[] =
	"# every key of the contract\n"
	"modem: { usb = \"1199:90AB\"; path = \"1-1.4\"; serial = \"S\xc3\xa9\";\n"
	"  imei = \"123456789012345\"; port = \"/dev/ttyUSB2\";\n"
	"  driver = \"keep\"; init = (\"AT&F\", \"at+cmer=0,0\"); wait = 0x3c; };\n"
	"sim: { pin = \"0012\"; };\n"
	"network = { apn = \"inter\" \"net\"; pdp_type = \"ipv4v6\"; cid = 3L;\n"
	"  user = \"a\\\"\\\\\\n\\x41\"; password = \"#'\"; auth = \"chap\";\n"
	"  mode = \"3g+4g\"; operator = \"26201\"; roaming = False;\n"
	"  register_timeout = 60 };\n"
	"ppp: { ifname = \"lte0\"; default_route = false; metric = 7;\n"
	"  peer_dns = false; mtu = 1400; lcp_echo_interval = 0;\n"
	"  lcp_echo_failure = 5; options = [ \"mru 1400\" ]; };\n"
	"monitor: { ping = ( \"192.0.2.1\", \"2001:db8::1\" ); interval = 31;\n"
	"  failures = 4; signal_interval = 0; };\n"
	"recovery: { backoff_min = 3; backoff_max = 3; ladder = ( ); };\n"
	"// the end has no newline";

static void every_key_reaches_its_field(void **state)
{
	struct buf errors = BUF_INIT;
	struct conf conf;

	(void)state;
	if (load(&conf, everything, &errors))
		fail_msg("%s", buf_str(&errors));
	assert_string_equal(conf.modem.usb, "1199:90ab");
	assert_string_equal(conf.modem.path, "1-1.4");
	assert_string_equal(conf.modem.serial, "S\xc3\xa9");
	assert_string_equal(conf.modem.imei, "123456789012345");
	assert_string_equal(conf.modem.port, "/dev/ttyUSB2");
	assert_string_equal(conf.modem.driver, "keep");
	assert_int_equal(conf.modem.init.count, 2);
	assert_string_equal(conf.modem.init.items[1], "at+cmer=0,0");
	assert_int_equal(conf.modem.wait_s, 60);
	assert_string_equal(conf.sim.pin, "0012");
	assert_string_equal(conf.network.apn, "internet");
	assert_int_equal(conf.network.pdp_type, CONF_PDP_IPV4V6);
	assert_int_equal(conf.network.cid, 3);
	assert_string_equal(conf.network.user, "a\"\\\nA");
	assert_string_equal(conf.network.password, "#'");
	assert_int_equal(conf.network.auth, CONF_AUTH_CHAP);
	assert_string_equal(conf.network.mode, "3g+4g");
	assert_string_equal(conf.network.operator, "26201");
	assert_false(conf.network.roaming);
	assert_int_equal(conf.network.register_timeout_s, 60);
	assert_string_equal(conf.ppp.ifname, "lte0");
	assert_false(conf.ppp.default_route);
	assert_int_equal(conf.ppp.metric, 7);
	assert_false(conf.ppp.peer_dns);
	assert_int_equal(conf.ppp.mtu, 1400);
	assert_int_equal(conf.ppp.lcp_echo_interval_s, 0);
	assert_int_equal(conf.ppp.lcp_echo_failure, 5);
	assert_int_equal(conf.ppp.options.count, 1);
	assert_int_equal(conf.monitor.ping.count, 2);
	assert_string_equal(conf.monitor.ping.items[1], "2001:db8::1");
	assert_int_equal(conf.monitor.interval_s, 31);
	assert_int_equal(conf.monitor.failures, 4);
	assert_int_equal(conf.monitor.signal_interval_s, 0);
	assert_int_equal(conf.recovery.backoff_min_s, 3);
	assert_int_equal(conf.recovery.backoff_max_s, 3);
	assert_int_equal(conf.recovery.ladder.count, 0);
	conf_free(&conf);
}

static void same(const struct conf *a, const struct conf *b)
{
	for (const struct conf_key *key = conf_keys; key->name; key++) {
		struct buf is = BUF_INIT, was = BUF_INIT;

		conf_key_print(key, a, &is);
		conf_key_print(key, b, &was);
		assert_string_equal(buf_str(&is), buf_str(&was));
		buf_free(&is);
		buf_free(&was);
	}
	assert_string_equal(a->sim.pin, b->sim.pin);
	assert_string_equal(a->network.password, b->network.password);
}

static void an_empty_file_gives_the_defaults(void **state)
{
	struct buf errors = BUF_INIT;
	struct conf conf, defaults;

	(void)state;
	assert_int_equal(conf_init(&defaults), 0);
	assert_int_equal(load(&conf, "", &errors), 0);
	same(&conf, &defaults);
	assert_string_equal(conf.modem.port, "auto");
	assert_string_equal(conf.network.apn, "auto");
	assert_int_equal(conf.recovery.ladder.count, 6);
	assert_string_equal(conf.recovery.ladder.items[5], "power");
	conf_free(&conf);
	assert_int_equal(load(&conf, "network: { };\n# x\n/* y */", &errors), 0);
	same(&conf, &defaults);
	conf_free(&conf);
	conf_free(&defaults);
}

static void defaults_pass_their_own_checks(void **state)
{
	struct buf out = BUF_INIT, errors = BUF_INIT;
	const char *group = "";
	struct conf conf, defaults;

	(void)state;
	assert_int_equal(conf_init(&defaults), 0);
	for (const struct conf_key *key = conf_keys; key->name; key++) {
		if (key->type == CONF_TYPE_FILE)
			continue;
		if (strcmp(group, key->group) != 0)
			buf_printf(&out, "%s%s: {\n", *group ? "};\n" : "", key->group);
		group = key->group;
		conf_key_print(key, &defaults, &out);
		buf_printf(&out, ";\n");
	}
	buf_printf(&out, "};\n");
	if (load(&conf, buf_str(&out), &errors))
		fail_msg("%s", buf_str(&errors));
	same(&conf, &defaults);
	buf_free(&out);
	conf_free(&conf);
	conf_free(&defaults);
}

static void all_errors_come_in_one_go(void **state)
{
	static const char *const lines[] = {
		"t:1: unknown escape", "t:1: network.user", "t:2: unknown key",
		"t:3: sim.pin",        "t:4: duplicate",
	};
	struct buf errors = BUF_INIT;
	const char *at;
	struct conf conf;

	(void)state;
	assert_int_equal(load(&conf,
			      "network: { apn = \"\\q\"; user = 3;\n"
			      " passwrd = \"x\"; };\n"
			      "sim: { pin = \"x\" };\n"
			      "sim: { };\n",
			      &errors),
			 -EINVAL);
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		at = strstr(buf_str(&errors), lines[i]);
		if (!at)
			fail_msg("no \"%s\" in:\n%s", lines[i], buf_str(&errors));
	}
	buf_free(&errors);
	conf_free(&conf);
}

static void no_error_shows_a_secret_or_a_control_byte(void **state)
{
	struct buf errors = BUF_INIT;
	struct conf conf;

	(void)state;
	assert_int_equal(load(&conf,
			      "sim: { pin = \"geheim\"; };\n"
			      "network: { password = 98765; apn = \"\033[2J\"; };\n",
			      &errors),
			 -EINVAL);
	assert_null(strstr(buf_str(&errors), "geheim"));
	assert_null(strstr(buf_str(&errors), "98765"));
	assert_null(strchr(buf_str(&errors), '\033'));
	assert_non_null(strstr(buf_str(&errors), "\\033[2J"));
	buf_free(&errors);
	conf_free(&conf);
}

static void long_values_pass_up_to_255_bytes(void **state)
{
	struct buf text = BUF_INIT, errors = BUF_INIT;
	struct conf conf;

	(void)state;
	buf_printf(&text, "network: { password = \"%0255d\"; };", 0);
	assert_int_equal(load(&conf, buf_str(&text), &errors), 0);
	assert_int_equal(strlen(conf.network.password), 255);
	conf_free(&conf);
	buf_clear(&text);
	buf_printf(&text, "network: { password = \"%0256d\"; };", 0);
	assert_int_equal(load(&conf, buf_str(&text), &errors), -EINVAL);
	assert_non_null(strstr(buf_str(&errors), "has 256 bytes"));
	conf_free(&conf);
	buf_free(&text);
	buf_free(&errors);
}

static void nul_bytes_are_no_text(void **state)
{
	static const char text[] = "network: { user = \"a\0b\"; };\0";
	struct buf errors = BUF_INIT;
	struct conf conf;

	(void)state;
	assert_int_equal(conf_load_text(&conf, "t", text, sizeof(text) - 1, &errors), -EINVAL);
	assert_non_null(strstr(buf_str(&errors), "t:1: a value cannot hold"));
	assert_non_null(strstr(buf_str(&errors), "t:1: a NUL byte"));
	buf_free(&errors);
	conf_free(&conf);
}

static void read_top(const char *name, struct buf *text)
{
	const char *top = getenv("top_srcdir");
	char path[512], chunk[4096];
	FILE *file;
	size_t n;

	snprintf(path, sizeof(path), "%s/%s", top ? top : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	while ((n = fread(chunk, 1, sizeof(chunk), file)) > 0)
		buf_append(text, chunk, n);
	fclose(file);
}

/* In the sample, what is commented out begins with "#" and no blank. */
static unsigned uncomment(struct buf *text)
{
	unsigned count = 0;

	for (char *c = text->data; *c; c++)
		if (c[0] == '#' && c[1] >= 'a' && c[1] <= 'z') {
			c[0] = ' ';
			count++;
		}
	return count;
}

static void the_sample_is_the_defaults(void **state)
{
	struct buf text = BUF_INIT, errors = BUF_INIT;
	unsigned keys = 0;
	struct conf conf, defaults;

	(void)state;
	assert_int_equal(conf_init(&defaults), 0);
	read_top("etc/gobi.conf.sample", &text);
	assert_int_equal(load(&conf, buf_str(&text), &errors), 0);
	same(&conf, &defaults);
	conf_free(&conf);
	for (const struct conf_key *key = conf_keys; key->name; key++)
		keys++;
	assert_int_equal(uncomment(&text), keys);
	if (load(&conf, buf_str(&text), &errors))
		fail_msg("%s", buf_str(&errors));
	same(&conf, &defaults);
	conf_free(&conf);
	conf_free(&defaults);
	buf_free(&text);
}

static void every_key_is_in_the_sample_and_the_manual(void **state)
{
	struct buf sample = BUF_INIT, manual = BUF_INIT;

	(void)state;
	read_top("etc/gobi.conf.sample", &sample);
	read_top("man/gobi-dial.conf.5", &manual);
	for (const struct conf_key *key = conf_keys; key->name; key++) {
		struct buf line = BUF_INIT, item = BUF_INIT;

		buf_printf(&line, "\t#%s = ", key->name);
		buf_printf(&item, "\n.It Ic %s.%s No = ", key->group, key->name);
		if (!strstr(buf_str(&sample), buf_str(&line)) ||
		    !strstr(buf_str(&manual), buf_str(&item)))
			fail_msg("%s.%s is missing", key->group, key->name);
		buf_free(&line);
		buf_free(&item);
	}
	buf_free(&sample);
	buf_free(&manual);
}

/* Which keys do not have to wait; all else is with the next dial. */
static void some_keys_are_in_force_at_once(void **state)
{
	static const char *const now[] = {
		"ppp.default_route",    "ppp.metric",           "monitor.ping",
		"monitor.interval",     "monitor.failures",     "monitor.signal_interval",
		"monitor.dead_traffic", "recovery.backoff_min", "recovery.backoff_max",
		"recovery.ladder",      "control.group",        "power.off_at_stop",
	};
	size_t count = 0;

	(void)state;
	for (const struct conf_key *key = conf_keys; key->name; key++)
		count += key->now;
	assert_int_equal(count, sizeof(now) / sizeof(*now));
	for (size_t i = 0; i < count; i++) {
		char group[16];
		size_t len = strcspn(now[i], ".");

		snprintf(group, sizeof(group), "%.*s", (int)len, now[i]);
		assert_true(conf_key_find(group, now[i] + len + 1)->now);
	}
}

/* A value other than the default, whatever the key. */
static void set_other(const struct conf_key *key, struct conf *conf)
{
	const char *value = key->type == CONF_TYPE_INT                          ? "77"
			    : key->type != CONF_TYPE_BOOL                       ? NULL
			    : *(const bool *)((const char *)conf + key->offset) ? "false"
										: "true";

	if (!value)
		value = key->words ? key->words[1] : "other";
	if (key->type == CONF_TYPE_FILE)
		return;
	conf_key_clear(key, conf);
	assert_int_equal(conf_key_set(key, conf, value), 0);
}

static void two_configurations_change_values_key_by_key(void **state)
{
	struct conf a, b, defaults;

	(void)state;
	assert_int_equal(conf_init(&a), 0);
	assert_int_equal(conf_init(&b), 0);
	assert_int_equal(conf_init(&defaults), 0);
	for (const struct conf_key *key = conf_keys; key->name; key++) {
		assert_true(conf_key_equal(key, &a, &b));
		set_other(key, &b);
		assert_true(conf_key_equal(key, &a, &b) == (key->type == CONF_TYPE_FILE));
	}
	for (const struct conf_key *key = conf_keys; key->name; key++) {
		conf_key_swap(key, &a, &b);
		assert_true(conf_key_equal(key, &b, &defaults));
		assert_true(conf_key_equal(key, &a, &defaults) == (key->type == CONF_TYPE_FILE));
	}
	/* Each has its own, or this frees something twice. */
	conf_free(&a);
	conf_free(&b);
	conf_free(&defaults);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_wrong_is_told_with_its_line),
		cmocka_unit_test(every_key_reaches_its_field),
		cmocka_unit_test(an_empty_file_gives_the_defaults),
		cmocka_unit_test(defaults_pass_their_own_checks),
		cmocka_unit_test(all_errors_come_in_one_go),
		cmocka_unit_test(no_error_shows_a_secret_or_a_control_byte),
		cmocka_unit_test(long_values_pass_up_to_255_bytes),
		cmocka_unit_test(nul_bytes_are_no_text),
		cmocka_unit_test(the_sample_is_the_defaults),
		cmocka_unit_test(every_key_is_in_the_sample_and_the_manual),
		cmocka_unit_test(some_keys_are_in_force_at_once),
		cmocka_unit_test(two_configurations_change_values_key_by_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
