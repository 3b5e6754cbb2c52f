/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "conf/conf.h"
#include "modem/family.h"
#include "modem/power-plan.h"

static void each_model_has_its_times(void **state)
{
	static const struct {
		const char *identity;
		int on_min, on_max, off_min, reset_min;
	} rows[] = {
		/* A press that switches on is shorter than one that switches off. */
		{"SIMCOM INCORPORATED\nSIMCOM_SIM7600E-H", 500, 2499, 2500},
		{"SIM800 R14.18", 1000, 1499, 1500},
		{"SIM7000E R1351", 1000, 1199, 1200},
		{"Manufacturer: SIMCOM INCORPORATED\nModel: A7670E-FASE", 50, 2499, 2500},
		{"Quectel\nEC25\nRevision: EC25EFA", 500, 649, 650},
		{"Quectel\nBG96\nRevision: BG96MAR02", 500, 649, 650},
		{"u-blox\nSARA-R410M-02B", 150, 1499, 1500, 10000},
		{"u-blox\nSARA-R510M8S-00B", 1000, 1999, 2000, 100},
		/* "SARA-U201-03S-00": as short as it can be done */
		{"SARA-U201-03S-00", 1, 999, 1000, 50},
		{"u-blox\nLARA-R6401", 150, 1499, 1500},
		{"", 1000, 2499, 2500},
	};
	struct conf conf;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct modem_family *family = modem_family_find(0, rows[i].identity);
		struct power_times times = power_times(&conf, family, rows[i].identity);

		assert_in_range(times.key_on_ms, rows[i].on_min, rows[i].on_max);
		assert_true(times.key_off_ms >= rows[i].off_min);
		assert_true(times.reset_ms > rows[i].reset_min && times.boot_ms >= 10000);
	}
	conf.power.key_on_ms = 42;
	assert_int_equal(power_times(&conf, NULL, "").key_on_ms, 42);
	conf_free(&conf);
}

/* A step as "k0": which line, and what STATUS says after it. */
static void each_wiring_has_its_steps(void **state)
{
	static const struct {
		enum power_act act;
		struct power_wiring wiring;
		const char *steps;
	} rows[] = {
		{POWER_ON, {.key = true}, "k1"},
		{POWER_OFF, {.key = true}, "k0"},
		{POWER_CYCLE, {.key = true}, "k0k1"},
		{POWER_CYCLE, {.key = true, .status = true}, "k0k1"},
		{POWER_CYCLE, {.key = true, .reset = true, .status = true}, "k0r0k1"},
		/* Nobody knows whether it is on: a reset does no harm. */
		{POWER_CYCLE, {.key = true, .reset = true}, "r0"},
		{POWER_CYCLE, {.reset = true}, "r0"},
		{POWER_ON, {.reset = true}, ""},
		{POWER_OFF, {.reset = true}, ""},
	};
	static const struct power_times times = {"", 1, 2, 3, 4, 5};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct power_step steps[POWER_STEPS_MAX];
		size_t count = power_plan(rows[i].act, &rows[i].wiring, &times, steps);
		char text[16] = "";

		for (size_t k = 0; k < count; k++) {
			text[2 * k] = steps[k].line == POWER_KEY ? 'k' : 'r';
			text[2 * k + 1] = (char)('0' + steps[k].status);
			text[2 * k + 2] = '\0';
		}
		assert_string_equal(text, rows[i].steps);
	}
}

static void nothing_is_pressed_without_a_reason(void **state)
{
	static const struct {
		struct power_case what;
		enum power_verdict verdict;
		int wait_ms;
	} rows[] = {
		/* act, STATUS, silent, last press, since */
		{{POWER_ON, 1, true, -1, 99999}, POWER_LEAVE, 0},
		{{POWER_ON, 0, false, -1, 99999}, POWER_PRESS, 0},
		{{POWER_ON, 0, false, -1, 5}, POWER_PRESS, 0}, /* the machine has just started */
		{{POWER_ON, -1, true, -1, 5}, POWER_AWAIT, 995},
		{{POWER_ON, -1, true, -1, 99999}, POWER_PRESS, 0},
		{{POWER_ON, -1, false, -1, 99999}, POWER_LEAVE, 0},
		/* A killed instance has pressed it just now. */
		{{POWER_ON, 0, false, POWER_ON, 400}, POWER_AWAIT, 600},
		{{POWER_ON, -1, true, POWER_ON, 400}, POWER_AWAIT, 600},
		{{POWER_ON, -1, true, POWER_CYCLE, 400}, POWER_AWAIT, 600},
		{{POWER_ON, -1, true, POWER_ON, 1000}, POWER_PRESS, 0},
		/* It may still be going down. */
		{{POWER_ON, -1, true, POWER_OFF, 30}, POWER_PRESS, 70},
		{{POWER_ON, 0, true, POWER_OFF, 30}, POWER_PRESS, 0},
		{{POWER_ON, -1, true, POWER_OFF, 130}, POWER_PRESS, 0},
		{{POWER_OFF, 1, false, -1, 99999}, POWER_PRESS, 0},
		{{POWER_OFF, 0, false, -1, 99999}, POWER_LEAVE, 0},
		{{POWER_OFF, -1, false, -1, 99999}, POWER_PRESS, 0},
		{{POWER_OFF, -1, true, -1, 99999}, POWER_LEAVE, 0}, /* a press would switch it on */
		{{POWER_CYCLE, 1, true, POWER_ON, 400}, POWER_PRESS, 0},
		{{POWER_CYCLE, -1, false, POWER_ON, 400}, POWER_PRESS, 0},
		{{POWER_CYCLE, -1, true, POWER_ON, 400}, POWER_AWAIT, 600},
		{{POWER_CYCLE, -1, true, POWER_ON, 4000}, POWER_PRESS, 0},
	};
	static const struct power_times times = {"", 1, 2, 1000, 100, 5};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int wait_ms = -1;

		assert_int_equal(power_judge(&rows[i].what, &times, &wait_ms), rows[i].verdict);
		assert_int_equal(wait_ms, rows[i].wait_ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_model_has_its_times),
		cmocka_unit_test(each_wiring_has_its_steps),
		cmocka_unit_test(nothing_is_pressed_without_a_reason),
	};

	cmocka_set_message_output(CM_OUTPUT_TAP);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
