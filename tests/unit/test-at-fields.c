/* SPDX-License-Identifier: ISC */
#include <errno.h>

#include "unit.h"

#include "at/fields.h"
#include "at/urc.h"
#include "base/buf.h"
#include "base/count.h"

static void fields_come_one_by_one(void **state)
{
	/* clang-format off */
	static const struct {
		const char *line;
		const char *prefix;
		const char *fields; /* [a][b], or "no" for another prefix */
	} rows[] = {
		{ "+CREG: 0,1", "+CREG:", "[0][1]" },
		{ "+creg:0,1", "+CREG:", "[0][1]" },
		{ " +CREG: 0,1", "+CREG:", "[0][1]" },
		{ "+CGREG: 0,1", "+CREG:", "no" },
		{ "+CREG", "+CREG:", "no" },
		{ "+CREG:", "+CREG:", "" },
		{ "+CREG: ", "+CREG:", "" },
		{ "+CREG: 2,1,  0 5, 2715", "+CREG:", "[2][1][0 5][2715]" },
		{ "+CPINC: 3, 3, 10, 10", "+CPINC:", "[3][3][10][10]" },
		{ "+COPS: 0,2,\"26203\",2", "+COPS:", "[0][2][26203][2]" },
		{ "+COPS: 0,0,\"Far, far (away)\",2", "+COPS:", "[0][0][Far, far (away)][2]" },
		{ "+CGDCONT: 1,\"IP\",\"a.b\",\"\",0,0", "+CGDCONT:", "[1][IP][a.b][][0][0]" },
		{ "+COPS: 0,,", "+COPS:", "[0][][]" },
		{ "+COPS: ,", "+COPS:", "[][]" },
		{ "!UIMS: (0-1),3", "!UIMS:", "[(0-1)][3]" },
		{ "+COPS: (2,\"T, m\",\"T\",\"26201\",2),(1,\"V\"),,(0-4)", "+COPS:",
		  "[(2,\"T, m\",\"T\",\"26201\",2)][(1,\"V\")][][(0-4)]" },
		{ "+X: (1,2", "+X:", "[(1,2]" },
		{ "+X: 1),2", "+X:", "[1)][2]" },
		{ "+X: \"open, 2", "+X:", "[open, 2]" },
		{ "+X: \"", "+X:", "[]" },
		{ "1,2", "", "[1][2]" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf seen = BUF_INIT;
		struct at_fields fields;
		size_t count = 0, left;
		char text[64];

		if (!at_fields_start(&fields, rows[i].line, rows[i].prefix)) {
			assert_string_equal(rows[i].fields, "no");
			continue;
		}
		left = at_fields_left(&fields);
		while (at_fields_next_string(&fields, text, sizeof(text))) {
			buf_printf(&seen, "[%s]", text);
			count++;
		}
		assert_string_equal(buf_str(&seen), rows[i].fields);
		assert_int_equal(count, left);
		assert_false(at_fields_skip(&fields));
		buf_free(&seen);
	}
}

static void a_field_is_taken_whether_it_fits_or_not(void **state)
{
	struct at_fields fields;
	char text[4] = "xxx";
	unsigned hex = 0;
	int number = -1;

	(void)state;
	assert_true(at_fields_start(
		&fields, "+X: one, 2 ,,-3,\"4\",99999999999,2x,\"abcd\",\"abc\"", "+X:"));
	assert_false(at_fields_next_int(&fields, &number));
	assert_true(at_fields_next_int(&fields, &number));
	assert_int_equal(number, 2);
	assert_false(at_fields_next_int(&fields, &number));
	assert_true(at_fields_next_int(&fields, &number));
	assert_int_equal(number, -3);
	assert_true(at_fields_next_int(&fields, &number));
	assert_int_equal(number, 4);
	assert_false(at_fields_next_int(&fields, &number));
	assert_false(at_fields_next_int(&fields, &number));
	assert_int_equal(number, 4);
	assert_true(at_fields_is_quoted(&fields));
	assert_false(at_fields_next_string(&fields, text, sizeof(text)));
	assert_string_equal(text, "");
	assert_true(at_fields_next_string(&fields, text, sizeof(text)));
	assert_string_equal(text, "abc");
	assert_false(at_fields_is_quoted(&fields));
	assert_false(at_fields_next_int(&fields, &number));
	assert_false(at_fields_next_hex(&fields, &hex));
	assert_false(at_fields_next_string(&fields, text, sizeof(text)));
}

static void hex_may_be_quoted_and_have_blanks(void **state)
{
	static const struct {
		const char *line;
		bool fits;
		unsigned value;
	} rows[] = {
		{"\"00C3\"", true, 0xc3}, {"2715", true, 0x2715},
		{"  0 5", true, 5},       {"\" 19e4a03\"", true, 0x19e4a03},
		{"ffffffff", true, ~0u},  {"100000000", false, 0},
		{"", false, 0},           {"\"\"", false, 0},
		{"0x12", false, 0},       {"12g", false, 0},
		{"-1", false, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct at_fields fields;
		unsigned value = 7;

		assert_true(at_fields_start(&fields, rows[i].line, ""));
		assert_int_equal(at_fields_next_hex(&fields, &value), rows[i].fits);
		assert_int_equal(value, rows[i].fits ? rows[i].value : 7);
	}
}

static void quoting_lets_nothing_break_out(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	assert_int_equal(at_quote(&out, "internet"), 0);
	assert_string_equal(buf_str(&out), "\"internet\"");
	assert_int_equal(at_quote(&out, ""), 0);
	assert_string_equal(buf_str(&out), "\"internet\"\"\"");
	assert_int_equal(at_quote(&out, "a\"b"), -EINVAL);
	assert_int_equal(at_quote(&out, "a\rb"), -EINVAL);
	assert_int_equal(at_quote(&out, "a\nb"), -EINVAL);
	assert_int_equal(at_quote(&out, "a\x7f"), -EINVAL);
	assert_int_equal(at_quote(&out, "\xc3\xa4"), -EINVAL);
	assert_string_equal(buf_str(&out), "\"internet\"\"\"");
	buf_free(&out);
}

static void urcs_are_known_by_name_and_form(void **state)
{
	/* clang-format off */
	static const struct {
		const char *line;
		enum at_urc urc;
	} rows[] = {
		{ "+CREG: 1", AT_URC_SURE },
		{ "+CREG: 0,1", AT_URC_NOT },
		{ "+CREG: (0-2)", AT_URC_NOT },
		{ "+CREG: (0,1,2)", AT_URC_NOT },
		{ "+CREG:", AT_URC_NOT },
		{ "+CREG: 1,\"00C3\",\"2715\"", AT_URC_SURE },
		{ "+CREG: 1,\"00C3\",\"2715\",2", AT_URC_SURE },
		{ "+CREG: 2,1,\"00C3\",\"2715\"", AT_URC_NOT },
		{ "+CREG: 2,1,  0 5, 2715", AT_URC_NOT },
		{ "+CREG: 1,  0 5, 2715", AT_URC_SURE },
		{ "+CREG: 1,00C3,2715", AT_URC_SURE },
		{ "+CREG: 1,5,2715", AT_URC_SURE },
		{ "+CREG: 1,0005,2715,2", AT_URC_SURE },
		{ "+CGREG: 2,5,\"1\",\"2\",7", AT_URC_NOT },
		{ "+CEREG: 2,1,\"1206\",\"19E4A03\",13", AT_URC_NOT },
		{ "+CEREG: 1,\"1206\",\"19E4A03\",13", AT_URC_SURE },
		{ "+CEREG: 2,,", AT_URC_SURE },
		{ "+CEREG: 3,2,,,,0,13", AT_URC_NOT },
		{ "+C5GREG: 1", AT_URC_SURE },
		{ "+CPIN: READY", AT_URC_UNASKED },
		{ "+CMTI: \"ME\",1", AT_URC_UNASKED },
		{ "^RSSI:12", AT_URC_UNASKED },
		{ "RING", AT_URC_UNASKED },
		{ "RINGING", AT_URC_NOT },
		{ "rdy", AT_URC_UNASKED },
		{ "NO CARRIER", AT_URC_UNASKED },
		{ "CONNECT 9600", AT_URC_UNASKED },
		{ "^SYSSTART AIRPLANE MODE", AT_URC_UNASKED },
		{ "+XYZZY: 1", AT_URC_SHAPED },
		{ "^a:", AT_URC_NOT },
		{ "+: 1", AT_URC_NOT },
		{ "Model: MC8355", AT_URC_NOT },
		{ "$GPGGA,,,", AT_URC_NOT },
		{ "", AT_URC_NOT },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		if (at_urc_of(rows[i].line) != rows[i].urc)
			print_error("%s\n", rows[i].line);
		assert_int_equal(at_urc_of(rows[i].line), rows[i].urc);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(fields_come_one_by_one),
		cmocka_unit_test(a_field_is_taken_whether_it_fits_or_not),
		cmocka_unit_test(hex_may_be_quoted_and_have_blanks),
		cmocka_unit_test(quoting_lets_nothing_break_out),
		cmocka_unit_test(urcs_are_known_by_name_and_form),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
