/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "at/between.h"
#include "at/final.h"
#include "base/buf.h"
#include "base/count.h"

static void finals_are_told_from_other_lines(void **state)
{
	/* clang-format off */
	static const struct {
		const char *line;
		enum at_final_kind kind; /* while dialing */
		enum at_final_kind otherwise;
		int code;
	} rows[] = {
		{ "OK", AT_FINAL_OK, AT_FINAL_OK, 0 },
		{ "ok", AT_FINAL_OK, AT_FINAL_OK, 0 },
		{ "OK ", AT_FINAL_OK, AT_FINAL_OK, 0 },
		{ "OKAY", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "O", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ " ", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "ERROR", AT_FINAL_ERROR, AT_FINAL_ERROR, 0 },
		{ "ERROR: 3", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "COMMAND NOT SUPPORT", AT_FINAL_ERROR, AT_FINAL_ERROR, 0 },
		{ "COMMAND NOT SUPPORTED BY ME", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "TOO MANY PARAMETERS", AT_FINAL_ERROR, AT_FINAL_ERROR, 0 },
		{ "NA", AT_FINAL_ERROR, AT_FINAL_ERROR, 0 },
		{ "NASA", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "MODEM ERROR: 12", AT_FINAL_ERROR, AT_FINAL_ERROR, 0 },
		{ "ABORTED", AT_FINAL_ERROR, AT_FINAL_ERROR, 0 },
		{ "+CME ERROR: 30", AT_FINAL_CME, AT_FINAL_CME, 30 },
		{ "+CME ERROR:30", AT_FINAL_CME, AT_FINAL_CME, 30 },
		{ "+CME ERROR : 30 ", AT_FINAL_CME, AT_FINAL_CME, 30 },
		{ "+cme error: 0", AT_FINAL_CME, AT_FINAL_CME, 0 },
		{ "+CME ERROR:", AT_FINAL_CME, AT_FINAL_CME, -1 },
		{ "+CME ERROR", AT_FINAL_CME, AT_FINAL_CME, -1 },
		{ "+CME ERROR: -3", AT_FINAL_CME, AT_FINAL_CME, -1 },
		{ "+CME ERROR: 99999999999999999999", AT_FINAL_CME, AT_FINAL_CME, -1 },
		{ "+CME ERROR: SIM busy", AT_FINAL_CME, AT_FINAL_CME, 14 },
		{ "+CME ERROR: simbusy", AT_FINAL_CME, AT_FINAL_CME, 14 },
		{ "+CME ERROR: SIM BUSY ", AT_FINAL_CME, AT_FINAL_CME, 14 },
		{ "+CME ERROR: no network service", AT_FINAL_CME, AT_FINAL_CME, 30 },
		{ "+CME ERROR: Illegal MS (#3)", AT_FINAL_CME, AT_FINAL_CME, 103 },
		{ "+CME ERROR: network not allowed, emergency calls only", AT_FINAL_CME, AT_FINAL_CME, 32 },
		{ "+CME ERROR: Unknown error", AT_FINAL_CME, AT_FINAL_CME, 100 },
		{ "+CME ERROR: SIM", AT_FINAL_CME, AT_FINAL_CME, -1 },
		{ "+CME ERROR: ()", AT_FINAL_CME, AT_FINAL_CME, -1 },
		{ "+CME ERRORS", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "+CMS ERROR: 500", AT_FINAL_CMS, AT_FINAL_CMS, 500 },
		{ "+CMS ERROR: SIM PIN required", AT_FINAL_CMS, AT_FINAL_CMS, 311 },
		{ "CONNECT", AT_FINAL_CONNECT, AT_FINAL_NONE, 0 },
		{ "CONNECT 3600000", AT_FINAL_CONNECT, AT_FINAL_NONE, 0 },
		{ " CONNECT 150000000", AT_FINAL_CONNECT, AT_FINAL_NONE, 0 },
		{ "CONNECT/ARQ", AT_FINAL_CONNECT, AT_FINAL_NONE, 0 },
		{ "CONNECTED", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "NO CARRIER", AT_FINAL_NO_CARRIER, AT_FINAL_NONE, 0 },
		{ "BUSY", AT_FINAL_BUSY, AT_FINAL_NONE, 0 },
		{ "DELAYED 00:03:00", AT_FINAL_BUSY, AT_FINAL_NONE, 0 },
		{ "VOICE", AT_FINAL_BUSY, AT_FINAL_NONE, 0 },
		{ "VOICEMAIL", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
		{ "NO ANSWER", AT_FINAL_NO_ANSWER, AT_FINAL_NONE, 0 },
		{ "NO DIALTONE", AT_FINAL_NO_DIALTONE, AT_FINAL_NONE, 0 },
		{ "NO DIAL TONE", AT_FINAL_NO_DIALTONE, AT_FINAL_NONE, 0 },
		{ "RING", AT_FINAL_NONE, AT_FINAL_NONE, 0 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct at_final dial = at_final_parse(rows[i].line, true);
		struct at_final other = at_final_parse(rows[i].line, false);

		if (dial.kind != rows[i].kind || dial.code != rows[i].code)
			print_error("%s: code %d\n", rows[i].line, dial.code);
		assert_int_equal(dial.kind, rows[i].kind);
		assert_int_equal(dial.code, rows[i].code);
		assert_int_equal(other.kind, rows[i].otherwise);
	}
}

static void every_cme_number_comes_back_from_its_text(void **state)
{
	/* Texts that 27.007 gives two numbers. */
	static const struct {
		int code;
		int first;
	} twins[] = {{157, 122}, {158, 117}, {190, 117}};
	int count = 0;

	(void)state;
	for (int code = -1; code < 300; code++) {
		const char *text = at_cme_text(code);
		struct at_final final;
		char line[128];
		int want = code;

		if (!text)
			continue;
		count++;
		snprintf(line, sizeof(line), "+CME ERROR: %s", text);
		final = at_final_parse(line, false);
		for (size_t i = 0; i < COUNT(twins); i++)
			if (twins[i].code == code)
				want = twins[i].first;
		assert_int_equal(final.code, want);
	}
	assert_int_equal(count, 177);
	assert_null(at_cme_text(-1));
	assert_null(at_cme_text(8));
	assert_string_equal(at_cme_text(30), "no network service");
}

static void errors_have_a_class(void **state)
{
	/* clang-format off */
	static const struct {
		const char *line;
		enum at_error_class class;
	} rows[] = {
		{ "+CME ERROR: 14", AT_ERROR_BUSY },
		{ "+CME ERROR: SIM busy", AT_ERROR_BUSY },
		{ "+CMS ERROR: 314", AT_ERROR_BUSY },
		{ "+CME ERROR: 10", AT_ERROR_SIM },
		{ "+CME ERROR: 13", AT_ERROR_SIM },
		{ "+CME ERROR: 15", AT_ERROR_SIM },
		{ "+CME ERROR: 40", AT_ERROR_SIM },
		{ "+CME ERROR: 11", AT_ERROR_PIN },
		{ "+CME ERROR: 16", AT_ERROR_PIN },
		{ "+CME ERROR: 12", AT_ERROR_PUK },
		{ "+CME ERROR: 17", AT_ERROR_OTHER },
		{ "+CME ERROR: 30", AT_ERROR_NETWORK },
		{ "+CME ERROR: 31", AT_ERROR_NETWORK },
		{ "+CME ERROR: 111", AT_ERROR_NETWORK },
		{ "+CME ERROR: 127", AT_ERROR_APN },
		{ "+CME ERROR: 132", AT_ERROR_APN },
		{ "+CME ERROR: 133", AT_ERROR_APN },
		{ "+CME ERROR: 177", AT_ERROR_APN },
		{ "+CME ERROR: 4", AT_ERROR_UNSUPPORTED },
		{ "COMMAND NOT SUPPORT", AT_ERROR_UNSUPPORTED },
		{ "NA", AT_ERROR_UNSUPPORTED },
		{ "+CME ERROR: 100", AT_ERROR_OTHER },
		{ "+CME ERROR: 9999", AT_ERROR_OTHER },
		{ "+CME ERROR:", AT_ERROR_OTHER },
		{ "ERROR", AT_ERROR_OTHER },
		{ "OK", AT_ERROR_OTHER },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct at_final final = at_final_parse(rows[i].line, false);

		if (at_final_class(&final) != rows[i].class)
			print_error("%s\n", rows[i].line);
		assert_int_equal(at_final_class(&final), rows[i].class);
	}
}

static void finals_are_described_for_people(void **state)
{
	static const char *const rows[][2] = {
		{"OK", "OK"},
		{"+CME ERROR: 30", "+CME ERROR: 30 (no network service)"},
		{"+CME ERROR: SIM busy", "+CME ERROR: 14 (SIM busy)"},
		{"+CME ERROR: 4711", "+CME ERROR: 4711"},
		{"+CME ERROR: moon", "+CME ERROR: moon"},
		{"+CMS ERROR: 310", "+CMS ERROR: 310 (SIM not inserted)"},
		{"CONNECT 7200000", "CONNECT 7200000"},
		{"+CME ERROR: \033[2J\xff", "+CME ERROR: ?[2J?"},
	};
	struct at_final timeout = {AT_FINAL_TIMEOUT, 0, ""};
	struct buf text = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct at_final final = at_final_parse(rows[i][0], true);

		buf_clear(&text);
		at_final_describe(&final, &text);
		assert_string_equal(buf_str(&text), rows[i][1]);
	}
	buf_clear(&text);
	at_final_describe(&timeout, &text);
	assert_string_equal(buf_str(&text), "no answer in time");
	buf_free(&text);
}

static void a_long_final_is_cut_to_fit(void **state)
{
	struct at_final final;
	char line[2000];

	(void)state;
	memset(line, ' ', sizeof(line));
	memcpy(line, "CONNECT", 7);
	line[sizeof(line) - 2] = 'x';
	line[sizeof(line) - 1] = '\0';
	final = at_final_parse(line, true);
	assert_int_equal(final.kind, AT_FINAL_CONNECT);
	assert_string_equal(final.line, "CONNECT");
	memset(line + 7, 'x', 100);
	line[7] = ' ';
	final = at_final_parse(line, true);
	assert_int_equal(final.kind, AT_FINAL_CONNECT);
	assert_int_equal(strlen(final.line), sizeof(final.line) - 1);
}

static void only_text_between_frames_ends_a_call(void **state)
{
	static const struct {
		const char *bytes, *words; /* NULL: the call goes on */
		char flag;
	} rows[] = {
		{"\r\nNO CARRIER\r\n", "NO CARRIER"},
		{"~\xff}#\xc0!}!}!} }4~\r\nNO CARRIER\r\n", "NO CARRIER"},
		{"~\xff}#\xc0!}!}!} }4~\r\n+CGEV: NW DETACH\r\n\r\nBUSY\r\n", "BUSY"},
		{"~\r\n+CME ERROR: 30\r\n", "+CME ERROR: 30"},
		{"~\xff}#\xc0!}!}!} }4~\r\nRDY\r\n", "it has restarted (RDY)"},
		{"\xf9\x07\xef\x05\r\n\xdd\xf9\r\n+SYSSTART\r\n", "it has restarted (+SYSSTART)",
		 '\xf9'},
		{"\xf9\xf9\x0b\xef\x0f\r\nRDY\r\n\xdd\xf9", NULL, '\xf9'},
		/* What a packet carries. */
		{"~!E\x01\r\nNO CARRIER\r\nx~", NULL},
		{"~\xff\x03\xc0!\r\nNO CARRIER\r\n~", NULL},
		{"~\r\n^RSSI: 17\r\n\r\nOK\r\n~", NULL},
		{"\r\nCONNECT 115200\r\n~", NULL},
		{"NO CARRIER", NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct at_between between = {.flag = rows[i].flag};
		struct at_final final = {0};
		bool ends = false;

		/* Byte for byte, as a slow line brings them. */
		for (const char *at = rows[i].bytes; *at && !ends; at++)
			ends = at_between_feed(&between, at, 1, &final);
		if (ends != (rows[i].words != NULL) ||
		    (ends && strcmp(final.line, rows[i].words) != 0))
			fail_msg("row %zu: %d \"%s\"", i, ends, final.line);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_text_between_frames_ends_a_call),
		cmocka_unit_test(finals_are_told_from_other_lines),
		cmocka_unit_test(every_cme_number_comes_back_from_its_text),
		cmocka_unit_test(errors_have_a_class),
		cmocka_unit_test(finals_are_described_for_people),
		cmocka_unit_test(a_long_final_is_cut_to_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
