/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct mode_choice sxrat_rows[] = {
	{ "6", { ALL, 0 } }, { "0", { G2, 0 } }, { "2", { G3, 0 } }, { "3", { G4, 0 } },
	{ "1", { G2 | G3, 0 } },    { "4", { G3 | G4, 0 } },    { "5", { G2 | G4, 0 } },
	{ "6,0", { ALL, G2 } },     { "6,2", { ALL, G3 } },     { "6,3", { ALL, G4 } },
	{ "1,0", { G2 | G3, G2 } }, { "1,2", { G2 | G3, G3 } }, MODE_END
};
static const struct mode_dialect sxrat = {
	.command = "AT^SXRAT", .rows = sxrat_rows, .fields = 2, .otherwise = &mode_generic,
};

const struct modem_family maker_cinterion = {
	.name = "cinterion", .words = "cinterion\0" "gemalto\0" "thales\0", .vid = 0x1e2d,
	.pin_left = "AT^SPIC", .iccid = "AT+CCID", .technology = "AT^SMONI", .signal = "AT+CESQ",
	.auth = "AT^SGAUTH=%c,%a,%p,%u", .auth_none = "AT^SGAUTH=%c,0",
	.mode = &sxrat, .reject = "AT+CEER", .sleeps_in_fun_0 = true,
	.counters = (const struct card_counter[]){ { "^SPIC:" }, { NULL } },
	.reports = (const struct signal_report[]){
		{ "^SMONI:", "4G", SIGNAL_PLAIN, 0,
		  { 0, 0, 13, 14, 0, 3, 2, 0, 10 } },
		{ "^SMONI:", "3G", SIGNAL_PLAIN, 0, { 0, 5, 0, 0, 0, 0, 2 } },
		{ "^SMONI:", "2G", SIGNAL_PLAIN, 0, { 3, 0, 0, 0 } },
		{ NULL },
	},
	.technologies = (const struct signal_technology[]){ { "^SMONI:", NULL, 1 }, { NULL } },
	.maps = (const struct layout_map[]){
		{ 0x005b, "A.s.-.-.-", 0x005d }, { 0x0061, "A.s.-.-.-" },
		{ 0x0069, "A.s.-.-" },           { 0x006f, "A.s.-.-.-" },
		{ 0x00b3, "..A---" },            { 0x00f1, "..A---" },
		{ 0x004a, ".", 0x00f4 },
		{ 0 },
	},
};
