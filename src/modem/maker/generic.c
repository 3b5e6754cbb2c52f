/* SPDX-License-Identifier: ISC */
/* 27.007's own words, for every modem and for those of an unknown maker. */
#include "modem/maker/maker.h"

/* clang-format off */

/* 27.007 7.3 <AcT>. The last resort: the selection cannot be read, only what is in use. */
static const struct mode_choice cops_rows[] = {
	{ "0",  { G2, 0 } }, { "2",  { G3, 0 } }, { "7",  { G4, 0 } }, { "11", { G5, 0 } },
	{ "1",  { G2, 0 } }, { "3",  { G2, 0 } }, { "4",  { G3, 0 } }, { "5",  { G3, 0 } },
	{ "6",  { G3, 0 } }, { "8",  { G2, 0 } }, { "9",  { G4, 0 } }, { "10", { G4, 0 } },
	{ "12", { G5, 0 } }, { "13", { G5, 0 } }, MODE_END
};
static const struct mode_dialect cops = {
	.command = "AT+COPS", .rows = cops_rows, .skip = 3, .fields = 1, .in_use = true,
};

/* 27.007 5.9. Old modems say 25 for 2g+3g. Cinterion leaves the prefix out. */
static const struct mode_choice ws46_rows[] = {
	{ "35", { ALL, 0 } },     { "25", { ALL, 0 } },     { "12", { G2, 0 } },
	{ "22", { G3, 0 } },      { "28", { G4, 0 } },      { "36", { G5, 0 } },
	{ "29", { G2 | G3, 0 } }, { "30", { G2 | G4, 0 } }, { "31", { G3 | G4, 0 } },
	{ "37", { G4 | G5, 0 } }, { "38", { G3 | G4 | G5, 0 } }, MODE_END
};
const struct mode_dialect mode_generic = {
	.command = "AT+WS46", .rows = ws46_rows, .fields = 1, .bare = true, .otherwise = &cops,
};

const struct modem_family maker_generic = {
	.name = "generic",
	.iccid = "AT+CCID", .signal = "AT+CESQ", .mode = &mode_generic,
	/* 27.007 8.65, and counters of makers that have no file here */
	.counters = (const struct card_counter[]){
		{ "+CPINR:", 0, "SIM PIN" }, { "+EPINC:" }, { "+QTRPIN:" }, { "+PNNM:" }, { NULL },
	},
	.reports = (const struct signal_report[]){
		{ "+CESQ:", "", SIGNAL_CODED, 10, { 1, 3, 6, 5 } }, { NULL },
	},
	.triples = (const struct layout_triple[]){
		{ 0x02, 0x0e, 0x00, LAYOUT_NOT_AT }, /* MBIM */
		{ 0x02, 0x02, 0x01, LAYOUT_LIKELY }, /* CDC-ACM that says it speaks V.250 */
		{ 0 },
	},
};
