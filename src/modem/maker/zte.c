/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct mode_choice zsnt_rows[] = {
	{ "0,0,0", { ALL, 0 } }, { "1,0,0", { G2, 0 } },   { "2,0,0", { G3, 0 } },
	{ "6,0,0", { G4, 0 } },  { "0,0,1", { ALL, G2 } }, { "0,0,2", { ALL, G3 } }, MODE_END
};
static const struct mode_dialect zsnt = {
	.command = "AT+ZSNT", .rows = zsnt_rows, .fields = 3, .otherwise = &mode_generic,
};

static const struct layout_map maps[] = {
	{ 0x0001, "A.s" },            { 0x0002, ".-A.s" },          { 0x0003, "As", 0x000a },
	{ 0x0012, ".-A.s" },          { 0x0015, ".A.s" },           { 0x0016, ".sA" },
	{ 0x0017, ".sA-" },           { 0x0018, ".sA" },            { 0x0019, ".sA-" },
	{ 0x0021, ".s.A-" },          { 0x0024, "..A.s" },          { 0x0025, ".-A.s" },
	{ 0x0030, ".A.s" },           { 0x0031, ".s.A-" },          { 0x0033, ".s..A" },
	{ 0x0037, ".s.A" },           { 0x0039, ".s.A" },           { 0x0042, ".s.A-" },
	{ 0x0043, "..sA" },           { 0x0048, "..s.A" },          { 0x0049, "..s.A-" },
	{ 0x0052, ".s.A-" },          { 0x0054, ".A.s" },           { 0x0055, ".-A.s" },
	{ 0x0057, ".s.A" },           { 0x0058, ".s.A-" },          { 0x0061, ".s.A" },
	{ 0x0063, ".s.A-" },          { 0x0064, "s.A" },            { 0x0066, ".s.A" },
	{ 0x0078, ".s.A" },           { 0x0082, ".s.A" },           { 0x0091, ".s..A" },
	{ 0x0104, ".s.A-" },          { 0x0106, ".s.A", 0x0108 },   { 0x0113, ".s..A-" },
	{ 0x0117, ".sA" },            { 0x0118, ".s..A-", 0x0121 }, { 0x0122, ".s.A" },
	{ 0x0123, ".s.A-" },          { 0x0124, ".s..A-" },         { 0x0125, ".s...A-" },
	{ 0x0126, ".s..A-" },         { 0x0128, ".s..A" },          { 0x0156, ".sA" },
	{ 0x1007, ".s.A" },           { 0x1008, ".s.A-", 0x1010 },  { 0x1254, ".s.A-" },
	{ 0x1268, ".s.A" },           { 0x1515, "A.s" },            { 0x2002, ".s.A-" },
	{ 0x2003, ".s.A" },           { 0xfff3, "--A-" },
	{ 0x0001, ".", 0x0499 },       { 0x1003, ".", 0x1600 },
	{ 0 }
};

const struct modem_family maker_zte = {
	.name = "zte", .words = "zte\0", .vid = 0x19d2,
	.pin_left = "AT+ZPINPUK=?", .iccid = "AT+CCID", .technology = "AT+ZPAS?",
	.mode = &zsnt,
	.counters = (const struct card_counter[]){ { "+ZPINPUK:" }, { NULL } },
	.technologies = (const struct signal_technology[]){ { "+ZPAS:", NULL, 1 }, { NULL } },
	.maps = maps,
	.boots = (const struct layout_boot[]){ { 0xfff2, BOOT_GOBI1 }, { 0 } },
};
