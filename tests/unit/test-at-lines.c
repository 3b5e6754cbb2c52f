/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "at/lines.h"
#include "base/buf.h"

/* All items, lines as [text] and prompts as >. */
static void cut(struct at_lines *lines, const char *bytes, size_t len, struct buf *items)
{
	while (len > 0) {
		enum at_lines_item item;
		size_t taken = at_lines_feed(lines, bytes, len, &item);

		assert_in_range(taken, 1, len);
		bytes += taken;
		len -= taken;
		if (item == AT_LINES_LINE)
			buf_printf(items, "[%s]", lines->text);
		else if (item == AT_LINES_PROMPT)
			buf_printf(items, ">");
	}
}

static void every_line_end_is_the_same(void **state)
{
	/* clang-format off */
	static const struct {
		const char *bytes;
		size_t len;
		const char *items;
	} rows[] = {
#define ROW(bytes, items) { bytes, sizeof(bytes) - 1, items }
		ROW("\r\nOK\r\n", "[OK]"),
		ROW("\r\r\n\r\nOK\r\r\n", "[OK]"),
		ROW("OK\r", "[OK]"),
		ROW("\nOK\n", "[OK]"),
		ROW("A\rB\nC\r\nD", "[A][B][C]"),
		ROW("\0O\0K\0\r\0\n\0", "[OK]"),
		ROW("\r\n> ", ">"),
		ROW("\r\n> text\r\n", ">[text]"),
		ROW(">>> \r\n", "[>>> ]"),
		ROW("> \r\n> ", ">>"),
		ROW("a\"b\r\nOK\r\n", "[a\"b][OK]"),
		ROW("\xff\x80\r\n", "[\xff\x80]"),
		ROW("", ""),
#undef ROW
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct at_lines lines = {0};
		struct buf items = BUF_INIT;

		cut(&lines, rows[i].bytes, rows[i].len, &items);
		assert_string_equal(buf_str(&items), rows[i].items);
		buf_free(&items);
	}
}

static void pending_tells_a_begun_line(void **state)
{
	struct at_lines lines = {0};
	struct buf items = BUF_INIT;

	(void)state;
	assert_false(at_lines_pending(&lines));
	cut(&lines, "\r\n", 2, &items);
	assert_false(at_lines_pending(&lines));
	cut(&lines, "O", 1, &items);
	assert_true(at_lines_pending(&lines));
	cut(&lines, "K\r", 2, &items);
	assert_false(at_lines_pending(&lines));
	cut(&lines, "\n", 1, &items);
	assert_false(at_lines_pending(&lines));
	buf_free(&items);
}

static void a_megabyte_without_an_end_costs_nothing(void **state)
{
	static char noise[1 << 20];
	struct at_lines lines = {0};
	struct buf items = BUF_INIT;
	enum at_lines_item item;

	(void)state;
	memset(noise, 'x', sizeof(noise));
	assert_in_range(sizeof(lines), AT_LINE_MAX, 2 * AT_LINE_MAX);
	assert_int_equal(at_lines_feed(&lines, noise, sizeof(noise), &item), sizeof(noise));
	assert_int_equal(item, AT_LINES_NONE);
	assert_int_equal(at_lines_feed(&lines, "\r\nOK\r\n", 6, &item), 1);
	assert_int_equal(item, AT_LINES_LINE);
	assert_true(lines.cut);
	assert_int_equal(strlen(lines.text), AT_LINE_MAX);
	cut(&lines, "\nOK\r\n", 5, &items);
	assert_string_equal(buf_str(&items), "[OK]");
	assert_false(lines.cut);
	buf_free(&items);
}

static void the_longest_line_is_kept_whole(void **state)
{
	char line[AT_LINE_MAX + 1];
	struct at_lines lines = {0};
	enum at_lines_item item;

	(void)state;
	memset(line, 'x', AT_LINE_MAX);
	line[AT_LINE_MAX] = '\r';
	at_lines_feed(&lines, line, sizeof(line), &item);
	assert_int_equal(item, AT_LINES_LINE);
	assert_false(lines.cut);
	assert_int_equal(strlen(lines.text), AT_LINE_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_line_end_is_the_same),
		cmocka_unit_test(pending_tells_a_begun_line),
		cmocka_unit_test(a_megabyte_without_an_end_costs_nothing),
		cmocka_unit_test(the_longest_line_is_kept_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
