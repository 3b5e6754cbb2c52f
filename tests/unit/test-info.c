/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/count.h"
#include "base/json.h"
#include "conf/conf.h"
#include "modem/identity.h"
#include "modem/script.h"
#include "status/modem-info.h"

/* clang-format off */
static const struct {
	const char *line, *want; /* NULL: no text */
} texts[] = {
	{ "huawei", "huawei" },
	{ "+GMI: LGE", "LGE" },
	{ "+CGMM: \"Motorola\" ", "Motorola" },
	{ "\"u-blox\"", "u-blox" },
	{ "+CGMI:", NULL },
	{ "  \"\" ", NULL },
	{ "", NULL },
	{ "+X 1", "+X 1" },
};

static const struct {
	const char *line;
	size_t min, max;
	const char *want;
} digits[] = {
	{ "351234040123456", 14, 16, "351234040123456" },
	{ "129512359199159,SE393939TS", 14, 16, "129512359199159" },
	{ "+CGSN: \"351234040123456\"", 14, 16, "351234040123456" },
	{ "80A1B2C3", 14, 16, NULL }, /* CDMA's */
	{ "12345678901234567890", 14, 16, NULL },
	{ "1 262011234567890", 6, 15, "262011234567890" },
	{ "", 6, 15, NULL },
};

static const struct {
	const char *text;
	struct modem_identity want;
} atis[] = {
	{ "Manufacturer: Sierra Wireless, Incorporated\nModel: MC8355\n"
	  "Revision: D3200-STSUGN-1575 1 [Mar 16 2011 20:00:00]\n"
	  "IMEI: 351234040123456\nIMEI SV: 06\nFSN: D4200811223344\n"
	  "3GPP Release 6\n+GCAP: +CGSM,+DS,+ES",
	  { "Sierra Wireless, Incorporated", "MC8355",
	    "D3200-STSUGN-1575 1 [Mar 16 2011 20:00:00]", "351234040123456" } },
	{ "Quectel\nEC25\nRevision: EC25EFAR06A03M4G",
	  { "Quectel", "EC25", "EC25EFAR06A03M4G", "" } },
	{ "332", { "332", "", "", "" } },
	{ "", { "", "", "", "" } },
};
/* clang-format on */

static void texts_lose_what_stands_around_them(void **state)
{
	char got[64];

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		strcpy(got, "kept");
		assert_int_equal(modem_decode_text(texts[i].line, got, sizeof(got)),
				 texts[i].want != NULL);
		assert_string_equal(got, texts[i].want ? texts[i].want : "kept");
	}
	assert_true(modem_decode_text("abcdef", got, 4));
	assert_string_equal(got, "abc");
}

static void a_number_is_a_run_of_so_many_digits(void **state)
{
	char got[17];

	(void)state;
	for (size_t i = 0; i < COUNT(digits); i++) {
		strcpy(got, "kept");
		assert_int_equal(modem_decode_digits(digits[i].line, digits[i].min, digits[i].max,
						     got, sizeof(got)),
				 digits[i].want != NULL);
		assert_string_equal(got, digits[i].want ? digits[i].want : "kept");
	}
}

static void ati_is_understood_with_names_and_without(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(atis); i++) {
		struct modem_identity got;

		modem_decode_ati(atis[i].text, &got);
		assert_string_equal(got.manufacturer, atis[i].want.manufacturer);
		assert_string_equal(got.model, atis[i].want.model);
		assert_string_equal(got.revision, atis[i].want.revision);
		assert_string_equal(got.imei, atis[i].want.imei);
	}
}

/* A modem as a list of answers; what it does not know is an ERROR. */
struct row {
	const char *command, *text;
	enum at_final_kind kind;
	int code;
};

static const struct row *find_row(const struct row *rows, const char *command)
{
	static const struct row error = {"", "", AT_FINAL_ERROR, 0};

	for (; rows->command; rows++)
		if (strcmp(rows->command, command) == 0)
			return rows;
	return &error;
}

/* The stage's commands, joined by |, appended to `log`. */
static enum script_verdict ask(struct script *script, const struct row *rows, struct buf *log)
{
	struct at_command command;
	enum script_verdict verdict;
	int64_t now = 0;

	script_start(script, SCRIPT_INFO, now);
	while ((verdict = script_next(script, &command, now++)) == SCRIPT_COMMAND) {
		const struct row *row = find_row(rows, command.text);
		struct at_event event = {.type = AT_EVENT_REPLY,
					 .final = {.kind = row->kind, .code = row->code},
					 .text = row->text,
					 .command = command.text};

		assert_in_range(now, 0, 200);
		buf_printf(log, "%s|", command.text);
		script_reply(script, &event, now);
	}
	return verdict;
}

#define OK(command, text)                     \
	{                                     \
		command, text, AT_FINAL_OK, 0 \
	}

static const struct row mc8355[] = {
	OK("AT+CMEE?", "+CMEE: 0"),
	OK("AT+CMEE=1", ""),
	OK("AT+CMEE=0", ""),
	OK("AT+CGMI", "Sierra Wireless, Incorporated"),
	OK("AT+CGMM", "MC8355"),
	OK("AT+CGMR", "D3200-STSUGN-1575"),
	OK("AT+CGSN", "351234040123456"),
	OK("AT+CPIN?", "+CPIN: READY"),
	OK("AT+CPINC?", "+CPINC: 3, 3, 10, 10"),
	OK("AT+CIMI", "262011234567890"),
	OK("AT!ICCID?", "!ICCID: 89490200001234567890"),
	OK("AT+CFUN?", "+CFUN: 1"),
	OK("AT+CREG?", "+CREG: 2,1,\"1389\",\"01F5C481\",2"),
	OK("AT+CGREG?", "+CGREG: 0,1"),
	OK("AT+CGREG=2", ""),
	OK("AT+CGREG=0", ""),
	OK("AT+COPS?", "+COPS: 0,0,\"T-Mobile D\",2"),
	OK("AT+COPS=3,2", ""),
	OK("AT+COPS=3,0", ""),
	OK("AT+CSQ", "+CSQ: 17,99"),
	OK("AT*CNTI=0", "*CNTI: 0,HSDPA"),
	OK("AT!GSTATUS?", "!GSTATUS: \nSystem mode:   WCDMA   PS state:  Attached\n"
			  "RX level C0:   -68   LAC: 1389 (5001)"),
	OK("AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"internet\",\"0.0.0.0\",0,0\n"
			  "+CGDCONT: 2,\"IPV6\",\"\""),
	{NULL, NULL, AT_FINAL_NONE, 0},
};

static char *json_of(const struct script *script)
{
	struct json_object *object = modem_info_json(&script->facts, "/dev/ttyUSB2", "modem");
	char *text = strdup(json_object_to_json_string_ext(object, JSON_LINE));

	json_object_put(object);
	return text;
}

static void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in:\n%s", part, text);
}

static void a_modem_is_told_whole_and_left_as_it_was(void **state)
{
	struct buf log = BUF_INIT;
	struct conf conf;
	struct script script;
	char *json;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	script_init(&script, &conf);
	script.family = modem_family_find(0x1199, "");
	assert_int_equal(ask(&script, mc8355, &log), SCRIPT_DONE);
	json = json_of(&script);
	has(json, "\"modem\":{\"manufacturer\":\"Sierra Wireless, "
		  "Incorporated\",\"model\":\"MC8355\",\"revision\":\"D3200-"
		  "STSUGN-1575\",\"imei\":\"351234040123456\"}");
	has(json, "\"sim\":{\"state\":\"ready\",\"imsi\":\"262011234567890\","
		  "\"iccid\":\"89490200001234567890\",\"pin_attempts_left\":3}");
	has(json, "\"radio\":{\"state\":\"on\"");
	has(json, "\"cs\":{\"state\":\"home\",\"lac\":5001,\"ci\":32883841");
	has(json, "\"ps\":{\"state\":\"home\"");
	has(json, "\"operator\":\"T-Mobile D\"");
	has(json, "\"contexts\":[{\"cid\":1,\"type\":\"IP\",\"apn\":"
		  "\"internet\"},{\"cid\":2,\"type\":\"IPV6\",\"apn\":\"\"}]");
	has(json, "\"technology\":\"HSDPA\"");
	has(json, "\"signal\":{\"csq\":17,\"rssi_dbm\":-68,\"percent\":54}");
	assert_null(strstr(json, "\"eps\""));
	/* What is set is put back, and what is right is not set. */
	has(buf_str(&log), "|AT+CMEE=1|");
	has(buf_str(&log), "|AT+CMEE=0|");
	has(buf_str(&log), "|AT+CGREG=2|AT+CGREG?|AT+CGREG=0|");
	has(buf_str(&log), "|AT+COPS=3,2|AT+COPS?|AT+COPS=3,0|");
	assert_null(strstr(buf_str(&log), "AT+CREG="));
	assert_null(strstr(buf_str(&log), "AT+CPIN="));
	free(json);
	buf_free(&log);
	script_free(&script);
	conf_free(&conf);
}

static void what_is_refused_is_unknown(void **state)
{
	static const struct row rows[] = {
		{"AT+CPIN?", "", AT_FINAL_CME, 10},
		OK("AT+CSQ", "+CSQ: 99,99"),
		{NULL, NULL, AT_FINAL_NONE, 0},
	};
	struct buf log = BUF_INIT, screen = BUF_INIT;
	struct json_object *object;
	struct conf conf;
	struct script script;
	char *json;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	script_init(&script, &conf);
	assert_int_equal(ask(&script, rows, &log), SCRIPT_DONE);
	json = json_of(&script);
	has(json, "\"modem\":{}");
	has(json, "\"sim\":{\"state\":\"missing\"}");
	has(json, "\"network\":{\"domains\":{}}");
	has(json, "\"signal\":{}");
	assert_null(strstr(buf_str(&log), "AT+CIMI"));
	assert_null(strstr(buf_str(&log), "AT+COPS=3"));
	object = modem_info_json(&script.facts, "", "modem");
	modem_info_render(object, &screen);
	assert_string_equal(buf_str(&screen), "a modem that does not say its name\n"
					      "  sim       missing\n"
					      "  network   unknown\n");
	json_object_put(object);
	free(json);
	buf_free(&screen);
	buf_free(&log);
	script_free(&script);
	conf_free(&conf);
}

static void a_modem_that_falls_silent_is_given_up(void **state)
{
	struct at_command command;
	struct at_event event = {.type = AT_EVENT_REPLY,
				 .final = {.kind = AT_FINAL_TIMEOUT},
				 .text = "",
				 .command = ""};
	struct conf conf;
	struct script script;
	int sent = 0;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	script_init(&script, &conf);
	script_start(&script, SCRIPT_INFO, 0);
	while (script_next(&script, &command, sent) == SCRIPT_COMMAND) {
		script_reply(&script, &event, ++sent);
		assert_in_range(sent, 1, 3);
	}
	assert_int_equal(script.cause, CAUSE_NO_AT_PORT);
	assert_int_equal(sent, 3);
	script_free(&script);
	conf_free(&conf);
}

/* What it has by its own list, and what is around it. */
static void networks_around_are_listed(void **state)
{
	static const struct row rows[] = {
		OK("AT+WS46?", "+WS46: 25"),
		OK("AT+WS46=?", "+WS46: (12,22,25)"),
		OK("AT+COPS=?", "+COPS: (2,\"Telekom.de\",\"TDG\",\"26201\",7),"
				"(3,\"o2 - de\",\"\",\"26203\",0),(1,\"\x1b[2J\",,26202),"
				"(x,\"\",\"\",\"1\"),,(0,1,2,3,4),(0,1,2)\n+COPS: (0,\"E\"\n"
				"+COPS: (3,\"A, B (C)\",\"A\",\"310410\",13),,(0-4),(0-2)"),
		{NULL, NULL, AT_FINAL_NONE, 0},
	};
	struct buf log = BUF_INIT;
	struct conf conf;
	struct script script;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	script_init(&script, &conf);
	assert_int_equal(ask(&script, rows, &log), SCRIPT_DONE);
	assert_null(strstr(buf_str(&log), "=?"));
	script.scan.wanted = true;
	assert_int_equal(ask(&script, rows, &log), SCRIPT_DONE);
	assert_true(script.scan.done);
	assert_int_equal(script.scan.own, MODE_2G | MODE_3G);
	assert_int_equal(script.scan.networks, 4);
	assert_int_equal(script.scan.forbidden, 2);
	assert_int_equal(script.scan.offered, MODE_2G | MODE_4G | MODE_5G);
	has(buf_str(&script.scan.names), "Telekom.de (26201), 4g, in use\no2 - de (26203), 2g, "
					 "forbidden\n");
	assert_null(strchr(buf_str(&script.scan.names), '\x1b'));
	has(buf_str(&log), "AT+COPS=?|");
	buf_free(&log);
	script_free(&script);
	conf_free(&conf);
}

/* An A7672S has a line for each of them, and others say 30 where there is none. */
static void networks_around_are_listed_in_odd_forms(void **state)
{
	static const struct {
		const char *text;
		enum at_final_kind kind;
		int code;
		bool done;
		int networks;
	} cases[] = {
		{"+COPS: (1,\"Vodafone IN\",\"Vodafone\",\"40486\",0),\n"
		 "       (1,\"IND-JIO\",\"JIO\",\"405861\",7),\n+CREG: 2\n"
		 "       (1,\"IND airtel\",\"airtel\",\"40445\",7),\n       (0,1,2,3,4),(0,1,2)",
		 AT_FINAL_OK, 0, true, 3},
		{"", AT_FINAL_CME, 30, true, 0},
		{"", AT_FINAL_ERROR, 0, false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct row rows[] = {
			{"AT+COPS=?", cases[i].text, cases[i].kind, cases[i].code},
			{NULL, NULL, AT_FINAL_NONE, 0},
		};
		struct buf log = BUF_INIT;
		struct conf conf;
		struct script script;

		assert_int_equal(conf_init(&conf), 0);
		script_init(&script, &conf);
		script.scan.wanted = true;
		assert_int_equal(ask(&script, rows, &log), SCRIPT_DONE);
		assert_int_equal(script.scan.done, cases[i].done);
		assert_int_equal(script.scan.networks, cases[i].networks);
		buf_free(&log);
		script_free(&script);
		conf_free(&conf);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(texts_lose_what_stands_around_them),
		cmocka_unit_test(a_number_is_a_run_of_so_many_digits),
		cmocka_unit_test(ati_is_understood_with_names_and_without),
		cmocka_unit_test(a_modem_is_told_whole_and_left_as_it_was),
		cmocka_unit_test(what_is_refused_is_unknown),
		cmocka_unit_test(a_modem_that_falls_silent_is_given_up),
		cmocka_unit_test(networks_around_are_listed),
		cmocka_unit_test(networks_around_are_listed_in_odd_forms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
