/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct mode_choice cfun_rows[] = {
	{ "1", { ALL, 0 } }, { "5", { G2, 0 } }, { "6", { G3, 0 } }, MODE_END
};
static const struct mode_dialect cfun = {
	.command = "AT+CFUN", .rows = cfun_rows, .fields = 1, .otherwise = &mode_generic,
};

const struct modem_family maker_ericsson = {
	.name = "ericsson", .words = { "ericsson" }, .vid = 0x0bdb,
	.pin_left = "AT*EPIN?", .technology = "AT*ERINFO?",
	.reset = "AT*E2RESET",
	.mode = &cfun,
	.counters = (const struct card_counter[]){ { "*EPIN:" }, { NULL } },
	.technologies = (const struct signal_technology[]){
		{ "*ERINFO:", "-UDSH", 3 }, { "*ERINFO:", "-PE", 2 }, /* <umts>, else <gsm> */
		{ NULL },
	},
	.maps = (const struct layout_map[]){ { 0x1900, ".........-", 0x1927 }, { 0 } },
};
