/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "session/flaps.h"

#define MINUTE 60000

static void three_returns_in_ten_minutes_are_told_of(void **state)
{
	struct flaps flaps = {""};

	(void)state;
	assert_false(flaps_note(&flaps, "1-1", 2, 0));
	assert_false(flaps_note(&flaps, "1-1", 3, 1 * MINUTE));
	/* The same as before is no return. */
	assert_false(flaps_note(&flaps, "1-1", 3, 2 * MINUTE));
	assert_false(flaps_note(&flaps, "1-1", 4, 3 * MINUTE));
	assert_true(flaps_note(&flaps, "1-1", 5, 9 * MINUTE));
	assert_false(flaps_note(&flaps, "1-1", 6, 9 * MINUTE));
	assert_false(flaps_note(&flaps, "1-1", 7, 9 * MINUTE));
	assert_true(flaps_note(&flaps, "1-1", 8, 10 * MINUTE));
}

static void rare_ones_are_nobodys_business(void **state)
{
	struct flaps flaps = {""};

	(void)state;
	for (int i = 0; i < 100; i++)
		assert_false(flaps_note(&flaps, "1-1", i, i * 6LL * MINUTE));
}

static void those_of_a_reset_do_not_count(void **state)
{
	struct flaps flaps = {""};

	(void)state;
	for (int i = 0; i < 10; i++) {
		flaps.expected = true;
		assert_false(flaps_note(&flaps, "1-1", i, i));
	}
	assert_false(flaps_note(&flaps, "1-1", 20, 20));
	assert_false(flaps_note(&flaps, "1-1", 21, 21));
	assert_true(flaps_note(&flaps, "1-1", 22, 22));
}

/* "authorized" off and on leaves the number as it was: the next return is the modem's own. */
static void one_that_came_back_with_its_number_is_expected_no_more(void **state)
{
	struct flaps flaps = {""};

	(void)state;
	assert_false(flaps_note(&flaps, "1-1", 2, 0));
	flaps.expected = true;
	assert_false(flaps_note(&flaps, "1-1", 2, 1));
	assert_false(flaps.expected);
}

static void another_socket_is_another_modem(void **state)
{
	struct flaps flaps = {""};

	(void)state;
	for (int i = 0; i < 10; i++)
		assert_false(flaps_note(&flaps, i % 2 ? "1-1" : "1-2", i, i));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(three_returns_in_ten_minutes_are_told_of),
		cmocka_unit_test(one_that_came_back_with_its_number_is_expected_no_more),
		cmocka_unit_test(rare_ones_are_nobodys_business),
		cmocka_unit_test(those_of_a_reset_do_not_count),
		cmocka_unit_test(another_socket_is_another_modem),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
