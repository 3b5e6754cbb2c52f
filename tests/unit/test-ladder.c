/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <stdio.h>

#include "unit.h"

#include "conf/conf.h"
#include "session/ladder.h"

#define MINUTE 60000
#define HOUR   (60 * MINUTE)

static bool has_power = true;

static struct ladder ladder_of(const char *words)
{
	struct conf_list list = {.count = 0};
	struct ladder ladder = {.count = 0};
	char text[128], *rest = text;

	snprintf(text, sizeof(text), "%s", words);
	while (rest && *rest)
		list.items[list.count++] = strsep(&rest, " ");
	ladder_set(&ladder, &list, has_power);
	return ladder;
}

/* As many failures of that kind, a second apart, as rungs by their letters. */
static const char *climb(struct ladder *ladder, struct ladder_case failed, int count, int64_t *now)
{
	static const char letters[] = "-dcrup";
	static char path[64];
	int i;

	for (i = 0; i < count; i++, *now += 1000)
		path[i] = letters[ladder_next(ladder, &failed, *now)];
	path[i] = '\0';
	return path;
}

static void each_cause_climbs_what_can_mend_it(void **state)
{
	static const struct {
		const char *words;
		struct ladder_case failed;
		const char *path;
	} rows[] = {
		{"redial dtr cfun reset usb", {.cause = CAUSE_CALL}, "---dcru-"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_PPP}, "---dcru-"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_LINK_LOST}, "---dcru-"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_NO_AT_PORT}, "-du-"},
		{"redial dtr cfun reset usb",
		 {.cause = CAUSE_NO_AT_PORT, .stuck = true},
		 "d-u----"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_NOT_REGISTERED}, "--cr-"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_SIM}, "--cru-"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_SIM, .hopeless = true}, "--------"},
		{"redial dtr cfun reset usb",
		 {.cause = CAUSE_NOT_REGISTERED, .hopeless = true},
		 "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_PIN}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_PUK}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_CONFIG}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_PPP_AUTH}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_RADIO_OFF}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_BUSY}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_NO_MODEM}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_FIRMWARE}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_NO_PPP}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_PERMISSION}, "--------"},
		{"redial dtr cfun reset usb", {.cause = CAUSE_INTERNAL}, "--------"},
		{"", {.cause = CAUSE_CALL}, "--------"},
		{"redial", {.cause = CAUSE_CALL}, "--------"},
		{"redial cfun", {.cause = CAUSE_CALL}, "---c----"},
		{"usb", {.cause = CAUSE_CALL}, "u------"},
		{"usb dtr usb", {.cause = CAUSE_CALL}, "ud-----"},
		{"dtr redial usb", {.cause = CAUSE_CALL}, "d---u---"},
		{"redial dtr usb power", {.cause = CAUSE_NO_AT_PORT}, "-dup-"},
		{"redial dtr usb power", {.cause = CAUSE_NO_AT_PORT, .gone = true}, "up-"},
		{"redial power", {.cause = CAUSE_CALL}, "---p----"},
		{"redial cfun reset power", {.cause = CAUSE_NOT_REGISTERED}, "--crp-"},
		{"power", {.cause = CAUSE_POWER}, "--"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct ladder ladder = ladder_of(rows[i].words);
		int64_t now = 0;

		assert_string_equal(climb(&ladder, rows[i].failed, (int)strlen(rows[i].path), &now),
				    rows[i].path);
	}
}

/* A modem that fails for good is tried slowly, and reset ever more seldom than hourly counts would
 * tell. */
static void each_rung_has_its_pause(void **state)
{
	struct ladder ladder = ladder_of("redial dtr cfun reset usb");
	struct ladder_case failed = {.cause = CAUSE_CALL};
	int64_t last[LADDER_RUNG_COUNT] = {-HOUR, -HOUR, -HOUR, -HOUR, -HOUR};
	static const int pauses[LADDER_RUNG_COUNT] = {0, MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR};
	int counts[LADDER_RUNG_COUNT] = {0};

	(void)state;
	for (int64_t now = 0; now < 24 * HOUR; now += 1000) {
		enum ladder_rung rung = ladder_next(&ladder, &failed, now);

		assert_true(now - last[rung] >= pauses[rung]);
		last[rung] = now;
		counts[rung]++;
	}
	assert_in_range(counts[LADDER_USB], 23, 24);
	assert_true(ladder.slow);
}

static void power_is_no_rung_where_nothing_switches_it(void **state)
{
	struct ladder ladder;

	(void)state;
	has_power = false;
	ladder = ladder_of("redial usb power");
	has_power = true;
	assert_int_equal(ladder.count, 2);
}

static void causes_that_take_turns_climb_too(void **state)
{
	struct ladder ladder = ladder_of("redial dtr cfun reset usb");
	int64_t now = 0;

	(void)state;
	climb(&ladder, (struct ladder_case){.cause = CAUSE_CALL}, 2, &now);
	assert_string_equal(climb(&ladder, (struct ladder_case){.cause = CAUSE_PPP}, 2, &now),
			    "-d");
	climb(&ladder, (struct ladder_case){.cause = CAUSE_PPP_AUTH}, 5, &now);
	assert_string_equal(climb(&ladder, (struct ladder_case){.cause = CAUSE_CALL}, 1, &now),
			    "c");
}

static void a_link_that_lasted_begins_below(void **state)
{
	struct ladder ladder = ladder_of("redial dtr cfun reset usb");
	struct ladder_case failed = {.cause = CAUSE_LINK_LOST};
	int64_t now = 0;

	(void)state;
	climb(&ladder, failed, 8, &now);
	assert_true(ladder.slow);
	ladder_reset(&ladder);
	assert_false(ladder.slow);
	assert_int_equal(ladder.failures, 0);
	/* The pauses go on: no second USB reset in the same minute. */
	assert_string_equal(climb(&ladder, failed, 6, &now), "------");
	now += HOUR;
	assert_string_equal(climb(&ladder, failed, 5, &now), "-dcru");
}

static void a_rung_that_was_not_done_counts_for_nothing(void **state)
{
	struct ladder ladder = ladder_of("redial dtr usb");
	struct ladder_case failed = {.cause = CAUSE_CALL};
	int64_t now = 1000;

	(void)state;
	assert_string_equal(climb(&ladder, failed, 4, &now), "---d");
	ladder_undo(&ladder);
	failed.again = true;
	assert_string_equal(climb(&ladder, failed, 1, &now), "u");
	ladder_undo(&ladder);
	assert_string_equal(climb(&ladder, failed, 1, &now), "-");
	assert_int_equal(ladder.failures, 4);
	assert_false(ladder.slow);
	failed.again = false;
	assert_string_equal(climb(&ladder, failed, 5, &now), "---du");
}

static void a_renewed_ladder_knows_no_pause(void **state)
{
	struct ladder ladder = ladder_of("redial dtr usb");
	const struct ladder_case failed = {.cause = CAUSE_CALL};
	int64_t now = 1000;

	(void)state;
	assert_string_equal(climb(&ladder, failed, 6, &now), "---du-");
	ladder_renew(&ladder);
	assert_int_equal(ladder.failures, 0);
	assert_string_equal(climb(&ladder, failed, 6, &now), "---du-");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_cause_climbs_what_can_mend_it),
		cmocka_unit_test(power_is_no_rung_where_nothing_switches_it),
		cmocka_unit_test(a_rung_that_was_not_done_counts_for_nothing),
		cmocka_unit_test(a_renewed_ladder_knows_no_pause),
		cmocka_unit_test(each_rung_has_its_pause),
		cmocka_unit_test(causes_that_take_turns_climb_too),
		cmocka_unit_test(a_link_that_lasted_begins_below),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
