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
	.name = "ericsson", .words = "ericsson\0", .vid = 0x0bdb,
	.pin_left = "AT*EPIN?", .technology = "AT*ERINFO?",
	.reset = "AT*E2RESET",
	.mode = &cfun,
	.counters = (const struct card_counter[]){ { "*EPIN:" }, { NULL } },
	.technologies = (const struct signal_technology[]){
		{ "*ERINFO:", "-UDSH", 3 }, { "*ERINFO:", "-PE", 2 }, /* <umts>, else <gsm> */
		{ NULL },
	},
	.maps = (const struct layout_map[]){
		{ 0x1900, ".........-", 0x1927 }, { 0x1049, "." }, { 0x1928, ".", 0x193e },
		{ 0x03f0261d, "." }, { 0x03f0271d, "." }, { 0x03f02f1d, "." },
		{ 0x03f0301d, "." }, { 0x03f03a1d, "." }, { 0x03f03d1d, "." },
		{ 0x0930130b, ".", 0x1319 }, { 0x0fced0cf, ".", 0xd103 }, { 0x413c8147, "." },
		{ 0x413c8183, ".", 0x8184 }, { 0x413c818b, ".", 0x818e }, { 0 }
	},
};
