/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "io/rfkill.h"
#include "tree.h"

static const struct {
	const char *tree, *words; /* NULL: nothing is blocked */
} machines[] = {
	{"sysfs/rfkill", "rfkill1 (hp-wwan) is blocked: rfkill unblock wwan"},
	{"sysfs/rfkill-hard", "rfkill3 (tpacpi_wwan_sw\\033[2J) is blocked: there is "
			      "a switch or a key for it"},
	{"sysfs/rfkill-free", NULL},
	{"sysfs/uart", NULL},
};

static void who_blocks_mobile_radio_is_named(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(machines) / sizeof(*machines); i++) {
		struct buf out = BUF_INIT;
		bool blocked = rfkill_is_blocked(tree_plant(machines[i].tree), &out);

		tree_fell();
		assert_int_equal(blocked, machines[i].words != NULL);
		assert_string_equal(buf_str(&out), machines[i].words ? machines[i].words : "");
		buf_free(&out);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_blocks_mobile_radio_is_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
