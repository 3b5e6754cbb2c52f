/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/str.h"

static void buf_grows_and_consumes(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	assert_string_equal(buf_str(&buf), "");
	for (int i = 0; i < 1000; i++)
		buf_printf(&buf, "%03d,", i);
	assert_int_equal(buf.len, 4000);
	buf_consume(&buf, 3996);
	assert_string_equal(buf_str(&buf), "999,");
	buf_consume(&buf, 99);
	assert_string_equal(buf_str(&buf), "");
	buf_free(&buf);
}

static void buf_refuses_what_memory_cannot_hold(void **state)
{
	struct buf buf = BUF_INIT;

	(void)state;
	buf_append(&buf, "x", (size_t)-1 / 2);
	assert_true(buf.failed);
	assert_int_equal(buf.len, 0);
	buf_free(&buf);
}

static void cause_names_are_the_contract(void **state)
{
	static const char *const names[] = {
		"none",       "internal",  "usage",          "config",     "no-modem",
		"no-at-port", "busy",      "firmware",       "sim",        "pin",
		"puk",        "radio-off", "not-registered", "call",       "ppp",
		"ppp-auth",   "link-lost", "no-ppp",         "permission", [CAUSE_POWER] = "power",
	};

	(void)state;
	assert_int_equal(sizeof(names) / sizeof(*names), CAUSE_COUNT);
	for (int i = 0; i < CAUSE_COUNT; i++) {
		if (!names[i])
			continue;
		assert_string_equal(cause_name((enum cause)i), names[i]);
		assert_int_equal(cause_find(names[i]), i);
		assert_true(strlen(cause_text((enum cause)i)) > 0);
	}
	assert_string_equal(cause_name((enum cause)99), "internal");
	assert_int_equal(cause_find("nonsense"), CAUSE_COUNT);
}

static void print_safe_lets_no_control_byte_through(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} rows[] = {
		{"plain", "plain"},
		{"a\nb\033[2J", "a\\012b\\033[2J"},
		{"T\xc3\xa9l\xc3\xa9", "T\xc3\xa9l\xc3\xa9"},
		{"\xc2\x9b"
		 "31m",
		 "\\302\\23331m"},
		{"\xff\xc3", "\\377\\303"},
		{"\xed\xa0\x80", "\\355\\240\\200"},
		{"\x7f", "\\177"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = BUF_INIT;

		str_print_safe(&out, rows[i].in, strlen(rows[i].in));
		assert_string_equal(buf_str(&out), rows[i].out);
		buf_free(&out);
	}
}

static void print_word_is_one_word_to_a_shell(void **state)
{
	static const struct {
		const char *in;
		const char *out;
	} rows[] = {
		{"/etc/gobi-dial/a.conf", "/etc/gobi-dial/a.conf"},
		{"", "''"},
		{"a b", "'a b'"},
		{"it's", "'it'\\''s'"},
		{"~/$(reboot)`;\n", "'~/$(reboot)`;\n'"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct buf out = BUF_INIT;

		str_print_word(&out, rows[i].in);
		assert_string_equal(buf_str(&out), rows[i].out);
		buf_free(&out);
	}
}

static void names_and_numbers_are_checked_whole(void **state)
{
	long n = -1;

	(void)state;
	assert_true(str_is_name("gobi"));
	assert_true(str_is_name("a-B_9"));
	assert_false(str_is_name(""));
	assert_false(str_is_name("../gobi"));
	assert_false(str_is_name("a b"));
	assert_false(str_is_name("123456789012345678901234567890123"));
	assert_true(str_is_ip("192.0.2.1"));
	assert_true(str_is_ip("2001:db8::1"));
	assert_false(str_is_ip("192.0.2"));
	assert_false(str_is_ip("fe80::1%ppp0"));
	assert_false(str_is_ip("192.0.2.1 "));
	assert_false(str_is_ip(""));
	assert_true(str_to_int("42", 0, 99, &n));
	assert_int_equal(n, 42);
	assert_false(str_to_int("42x", 0, 99, &n));
	assert_false(str_to_int("", 0, 99, &n));
	assert_false(str_to_int(" 4", 0, 99, &n));
	assert_false(str_to_int("100", 0, 99, &n));
	assert_false(str_to_int("99999999999999999999", 0, 99, &n));
}

static void nearest_word_is_near(void **state)
{
	static const char *const words[] = {"network", "modem", "sim", NULL};

	(void)state;
	assert_string_equal(str_nearest("netwrok", words), "network");
	assert_string_equal(str_nearest("modme", words), "modem");
	assert_null(str_nearest("frobnicate", words));
}

static void copies_are_cut_and_said_so(void **state)
{
	char to[4];

	(void)state;
	assert_true(str_copy(to, sizeof(to), "abc"));
	assert_false(str_copy(to, sizeof(to), "abcd"));
	assert_string_equal(to, "abc");
	assert_true(str_starts("AT+CGMI", "AT+"));
	assert_false(str_starts("AT", "AT+"));
	assert_true(str_starts_nocase("+creg: 1", "+CREG:"));
}

/* As it is when memory is short. */
static void json_that_is_not_there_takes_values(void **state)
{
	struct json_object *value = json_object_new_int(1), *kept = json_object_get(value);

	(void)state;
	assert_int_equal(json_add_value(NULL, "x", value), -ENOMEM);
	json_add_text(NULL, "x", "y");
	json_add_number(NULL, "x", 1);
	assert_null(json_add_object(NULL, "x"));
	assert_int_equal(json_append_value(NULL, json_object_new_string("x")), -ENOMEM);
	assert_int_equal(json_count(NULL), 0);
	/* The other reference is the last. */
	assert_int_equal(json_object_put(kept), 1);
}

static void json_of_a_stranger_is_made_safe(void **state)
{
	struct json_object *object = json_tokener_parse(
		"{\"a\":\"x\\u001b[2J\",\"b\":[\"\\u0007\",{\"c\":\"y\\nz\",\"n\":7}],\"d\":null}");

	(void)state;
	json_make_safe(object);
	assert_string_equal(
		json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN),
		"{\"a\":\"x\\\\033[2J\",\"b\":[\"\\\\007\",{\"c\":\"y\\\\012z\",\"n\":7}],"
		"\"d\":null}");
	json_object_put(object);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(buf_grows_and_consumes),
		cmocka_unit_test(buf_refuses_what_memory_cannot_hold),
		cmocka_unit_test(cause_names_are_the_contract),
		cmocka_unit_test(print_safe_lets_no_control_byte_through),
		cmocka_unit_test(print_word_is_one_word_to_a_shell),
		cmocka_unit_test(names_and_numbers_are_checked_whole),
		cmocka_unit_test(nearest_word_is_near),
		cmocka_unit_test(copies_are_cut_and_said_so),
		cmocka_unit_test(json_that_is_not_there_takes_values),
		cmocka_unit_test(json_of_a_stranger_is_made_safe),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
