/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "modem/foreign.h"
#include "modem/layout.h"
#include "modem/stick.h"
#include "modem/rank.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/* clang-format off */
static const struct {
	struct layout_interface interface;
	enum layout_role role;
} rows[] = {
	/* MC8355, G2K: the interrupt endpoint of If0 is QMI's. */
	{ { 0x1199, 0x9013, 0, 4, 255, 255, 255, 1 }, LAYOUT_NOT_AT },
	{ { 0x1199, 0x9013, 1, 4, 255, 255, 255, 0 }, LAYOUT_NOT_AT },
	{ { 0x1199, 0x9013, 2, 4, 255, 255, 255, 1 }, LAYOUT_DATA },
	{ { 0x1199, 0x9013, 3, 4, 255, 255, 255, 0 }, LAYOUT_NOT_AT },
	/* the same without sysfs */
	{ { 0x1199, 0x9013, 2, -1, -1, -1, -1, -1 }, LAYOUT_DATA },
	{ { 0x1199, 0x9013, -1, -1, -1, -1, -1, -1 }, LAYOUT_UNKNOWN },
	/* MC7710, SWI */
	{ { 0x1199, 0x68a2, 2, 5, 255, 255, 255, 0 }, LAYOUT_NOT_AT },
	{ { 0x1199, 0x68a2, 3, 5, 255, 255, 255, 1 }, LAYOUT_DATA },
	/* WP7702: an id of SWI's, five interfaces, AT on If2: only a hint */
	{ { 0x1199, 0x68c0, 3, 5, 255, 255, 255, 1 }, LAYOUT_DATA },
	/* Gobi 1000 */
	{ { 0x05c6, 0x9202, 1, 4, 255, 255, 255, 0 }, LAYOUT_NOT_AT },
	{ { 0x05c6, 0x9202, 2, 4, 255, 255, 255, 1 }, LAYOUT_DATA },
	/* one id, two modems */
	{ { 0x05c6, 0x9215, 2, 4, 255, 255, 255, 1 }, LAYOUT_DATA },
	{ { 0x05c6, 0x9215, 2, 5, 255, 255, 255, 1 }, LAYOUT_AT },
	{ { 0x05c6, 0x9215, 3, 5, 255, 255, 255, 1 }, LAYOUT_DATA },
	/* EC25 */
	{ { 0x2c7c, 0x0125, 2, 5, 255, 0, 0, 1 }, LAYOUT_AT },
	{ { 0x2c7c, 0x0125, 3, 5, 255, 0, 0, 1 }, LAYOUT_DATA },
	/* Huawei, by protocol byte */
	{ { 0x12d1, 0x1506, 0, 3, 255, 2, 1, 1 }, LAYOUT_DATA },
	{ { 0x12d1, 0x1506, 1, 3, 255, 2, 2, 0 }, LAYOUT_AT },
	{ { 0x12d1, 0x1c05, 4, 6, 255, 1, 5, 0 }, LAYOUT_NOT_AT },
	{ { 0x12d1, 0x1001, 0, 3, 255, 255, 255, 1 }, LAYOUT_LIKELY },
	{ { 0x12d1, 0x1001, 1, 3, 255, 255, 255, 0 }, LAYOUT_UNKNOWN },
	{ { 0x12d1, 0x1506, 4, 6, 255, 66, 1, 0 }, LAYOUT_NOT_AT },
	{ { 0x12d1, 0x1506, 5, 6, 2, 13, 0, 1 }, LAYOUT_NOT_AT },
	{ { 0x12d1, 0x151b, 2, 6, 255, 2, 8, 0 }, LAYOUT_NOT_AT },
	/* the same under HP's id, and another of HP's */
	{ { 0x03f0, 0x581d, 0, 6, 255, 6, 1, 1 }, LAYOUT_DATA },
	{ { 0x03f0, 0x581d, 1, 6, 255, 6, 7, 1 }, LAYOUT_NOT_AT },
	{ { 0x03f0, 0x5811, 0, 1, 255, 1, 1, 0 }, LAYOUT_UNKNOWN },
	/* Ericsson's NMEA, u-blox, Pantech's QMI, MBIM */
	{ { 0x0bdb, 0x1926, 9, 11, 2, 2, 1, 1 }, LAYOUT_NOT_AT },
	{ { 0x0bdb, 0x1926, 1, 11, 2, 2, 1, 1 }, LAYOUT_LIKELY },
	{ { 0x1546, 0x1102, 6, 14, 2, 2, 1, 1 }, LAYOUT_NOT_AT },
	{ { 0x1546, 0x1102, 0, 14, 2, 2, 1, 1 }, LAYOUT_LIKELY },
	{ { 0x106c, 0x3718, 5, 6, 255, 240, 255, 1 }, LAYOUT_NOT_AT },
	{ { 0xabcd, 0x0001, 0, 2, 2, 14, 0, 1 }, LAYOUT_NOT_AT },
	/* others: V.250 over CDC-ACM, or the interrupt endpoint */
	{ { 0x1546, 0x1102, 0, 7, 2, 2, 1, 1 }, LAYOUT_LIKELY },
	{ { 0xabcd, 0x0001, 2, 4, 255, 0, 0, 1 }, LAYOUT_LIKELY },
	{ { 0xabcd, 0x0001, 1, 4, 255, 0, 0, 0 }, LAYOUT_UNKNOWN },
	{ { -1, -1, -1, -1, -1, -1, -1, -1 }, LAYOUT_UNKNOWN },
	/* beyond the table's string, and a number that no interface has */
	{ { 0x1199, 0x9013, 30, 31, 255, 255, 255, 0 }, LAYOUT_UNKNOWN },
	/* boot loaders, by the count of interfaces */
	{ { 0x1199, 0x9012, 0, 1, 255, 255, 255, 0 }, LAYOUT_QDL },
	{ { 0x1199, 0x9012, 0, -1, 255, 255, 255, 0 }, LAYOUT_UNKNOWN },
	{ { 0x03f0, 0x371d, 0, 1, 255, 255, 255, 0 }, LAYOUT_QDL },
	{ { 0x03f0, 0x371d, 0, 4, 255, 255, 255, 0 }, LAYOUT_UNKNOWN },
	{ { 0x1199, 0x9013, 0, 1, 255, 255, 255, 0 }, LAYOUT_NOT_AT },
};
/* clang-format on */

static void an_interface_is_hinted_by_layout_triple_or_endpoint(void **state)
{
	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++)
		if (layout_role(&rows[i].interface) != rows[i].role)
			fail_msg("%04x:%04x if%d is %d", (unsigned)rows[i].interface.vid,
				 (unsigned)rows[i].interface.pid, rows[i].interface.number,
				 layout_role(&rows[i].interface));
}

static void a_boot_loader_is_told_by_what_it_waits_for(void **state)
{
	static const struct {
		int vid, pid;
		const char *text;
	} waiting[] = {
		{0x05c6, 0x9201, "gobi_loader gives"},
		{0x1199, 0x9000, "gobi_loader -2000"},
		{0x1199, 0x9012, "no free loader"},
		{0x1199, 0x9090, "qmi-firmware-update"},
		{0x05c6, 0x9008, "blank"},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(waiting); i++)
		assert_non_null(
			strstr(layout_firmware(waiting[i].vid, waiting[i].pid), waiting[i].text));
	assert_null(layout_firmware(0x1199, 0x9013));
}

static void the_best_hint_wins_then_the_first(void **state)
{
	const struct ranked_port picks[] = {
		{LAYOUT_NOT_AT, "1-1", false, false, true},
		{LAYOUT_LIKELY, "1-1", false, false, true},
		{LAYOUT_DATA, "1-1", false, false, false},
		{LAYOUT_LIKELY, "1-2", false, false, true},
	};

	(void)state;
	assert_int_equal(rank_best(picks, 4), 1);
	assert_int_equal(rank_best(picks + 3, 1), 0);
	assert_int_equal(rank_best(picks + 2, 1), -1);
	assert_int_equal(rank_best(picks, 0), -1);
}

static void an_answer_is_sure_when_nothing_better_is_pending(void **state)
{
	static const struct {
		enum layout_role best, pending;
		bool answered, sure;
	} cases[] = {
		{LAYOUT_DATA, LAYOUT_NOT_AT, true, true},
		{LAYOUT_DATA, LAYOUT_AT, true, true},
		{LAYOUT_DATA, LAYOUT_DATA, true, false},
		{LAYOUT_DATA, LAYOUT_DATA, false, true},
		{LAYOUT_AT, LAYOUT_DATA, false, false},
		{LAYOUT_AT, LAYOUT_UNKNOWN, true, true},
		{LAYOUT_UNKNOWN, LAYOUT_UNKNOWN, true, false},
		{LAYOUT_UNKNOWN, LAYOUT_UNKNOWN, false, true},
		{LAYOUT_UNKNOWN, LAYOUT_LIKELY, false, false},
		{LAYOUT_NOT_AT, LAYOUT_DATA, false, false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++) {
		struct ranked_port picks[] = {
			{cases[i].pending, "1-1", true, cases[i].answered, false},
			{cases[i].best, "1-1", false, true, true},
		};

		assert_int_equal(rank_is_sure(picks, 2, 1), cases[i].sure);
		picks[0].pending = false;
		assert_true(rank_is_sure(picks, 2, 1));
	}
}

static void a_port_without_dtr_ends_what_cannot_succeed(void **state)
{
	static const struct {
		struct ranked_port picks[3];
		bool hopeless;
	} cases[] = {
		/* the reference report under qcserial: DIAG, calls, NMEA */
		{{{LAYOUT_NOT_AT, "1-1", .pending = true},
		  {LAYOUT_DATA, "1-1", .no_dtr = true},
		  {LAYOUT_NOT_AT, "1-1", .pending = true}},
		 true},
		{{{LAYOUT_NOT_AT, "1-1"},
		  {LAYOUT_LIKELY, "1-1", .no_dtr = true},
		  {LAYOUT_NOT_AT, "1-1"}},
		 true},
		/* one answers, has answered, or may */
		{{{LAYOUT_NOT_AT, "1-1", .usable = true}, {LAYOUT_DATA, "1-1", .no_dtr = true}},
		 false},
		{{{LAYOUT_NOT_AT, "1-1", .pending = true, .answered = true},
		  {LAYOUT_DATA, "1-1", .no_dtr = true}},
		 false},
		{{{LAYOUT_UNKNOWN, "1-1", .pending = true}, {LAYOUT_DATA, "1-1", .no_dtr = true}},
		 false},
		{{{LAYOUT_DATA, "1-2", .pending = true}, {LAYOUT_DATA, "1-1", .no_dtr = true}},
		 false},
		/* silent, but not for that */
		{{{LAYOUT_DATA, "1-1"}, {LAYOUT_NOT_AT, "1-1"}}, false},
		{{{LAYOUT_DATA, "1-1"}, {LAYOUT_NOT_AT, "1-1", .no_dtr = true}}, false},
	};

	(void)state;
	for (size_t i = 0; i < LENGTH(cases); i++)
		assert_int_equal(rank_is_hopeless(cases[i].picks, 3), cases[i].hopeless);
	assert_false(rank_is_hopeless(NULL, 0));
}

static void a_command_port_is_secondary_beside_its_data_port(void **state)
{
	struct ranked_port picks[] = {
		{LAYOUT_AT, "1-1", false, false, true},
		{LAYOUT_DATA, "1-1", false, false, true},
		{LAYOUT_AT, "1-2", false, false, true},
	};

	(void)state;
	assert_true(rank_is_secondary(picks, 3, 0));
	assert_false(rank_is_secondary(picks, 3, 1));
	assert_false(rank_is_secondary(picks, 3, 2));
	picks[1].usable = false;
	assert_false(rank_is_secondary(picks, 3, 0));
}

/* Devices of reports: what they are by driver, id and interfaces. */
static void what_is_no_modem_is_told_from_what_is(void **state)
{
	static const struct {
		const char *driver;
		int vid, pid;
		bool foreign;
	} ttys[] = {
		{"cdc_acm", 0x8087, 0x0ab6, true},  /* Arduino 101 (eclipse-mraa/mraa 630) */
		{"cdc_acm", 0x1546, 0x01a7, true},  /* u-blox 7 GNSS */
		{"cdc_acm", 0x1546, 0x1102, false}, /* u-blox LISA-U2 */
		{"cdc_acm", 0x8087, 0x095a, false}, /* Fibocom L850 */
		{"cdc_acm", 0x12d1, 0x1596, false}, /* Huawei MS2372 */
		{"cdc_acm", 0x0bdb, 0x193e, false}, /* Ericsson N5321 */
		{"cdc_acm", -1, -1, true},
		{"generic", 0x12d1, 0x1436, false}, /* usbserial vendor= product= */
		{"ch341", 0x1a86, 0x7523, true},
		{"cp210x", 0x10c4, 0xea60, true},
		{"cp210x", 0x12d1, 0x1436, true},
		{"xr_serial", 0x04e2, 0x1410, true},
		{"option", 0x1a86, 0x7523, false},
		{"", 0x12d1, 0x1436, true},
	};
	static const struct layout_interface disk = {0x12d1, 0x1f01, .class = 8, .subclass = 6},
					     hilink = {0x12d1, 0x14dc, .class = 2, .subclass = 6},
					     rndis = {0x19d2, 0x1403, .class = 0xe0, .subclass = 1},
					     vendor = {0x12d1, 0x14dc, .class = 0xff},
					     usb_key = {0x0781, 0x5567, .class = 8, .subclass = 6},
					     net = {0x0bda, 0x8153, .class = 2, .subclass = 6};
	const struct layout_interface both[] = {hilink, disk}, mixed[] = {hilink, vendor};

	(void)state;
	for (size_t i = 0; i < sizeof(ttys) / sizeof(*ttys); i++)
		assert_int_equal(foreign_judge(ttys[i].driver, false, ttys[i].vid, ttys[i].pid),
				 ttys[i].foreign);
	assert_false(foreign_judge("newwan", true, 0xabcd, 1));
	assert_int_equal(stick_judge(&disk, 1), STICK_DISK);
	assert_int_equal(stick_judge(both, 2), STICK_ROUTER);
	assert_int_equal(stick_judge(&rndis, 1), STICK_ROUTER);
	assert_int_equal(stick_judge(mixed, 2), STICK_NONE);
	assert_int_equal(stick_judge(&usb_key, 1), STICK_NONE);
	assert_int_equal(stick_judge(&net, 1), STICK_NONE);
	assert_int_equal(stick_judge(NULL, 0), STICK_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_no_modem_is_told_from_what_is),
		cmocka_unit_test(an_interface_is_hinted_by_layout_triple_or_endpoint),
		cmocka_unit_test(a_boot_loader_is_told_by_what_it_waits_for),
		cmocka_unit_test(the_best_hint_wins_then_the_first),
		cmocka_unit_test(an_answer_is_sure_when_nothing_better_is_pending),
		cmocka_unit_test(a_port_without_dtr_ends_what_cannot_succeed),
		cmocka_unit_test(a_command_port_is_secondary_beside_its_data_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
