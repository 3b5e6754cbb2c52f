/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

/* Those with a chip of Qualcomm's or MediaTek's, which have no 2G; preferences and bands follow. */
static const struct mode_choice gtact_rows[] = {
	{ "10", { ALL, 0 } },     { "20", { G3 | G4 | G5, 0 } }, { "1",  { G3, 0 } },
	{ "2",  { G4, 0 } },      { "14", { G5, 0 } },           { "4",  { G3 | G4, 0 } },
	{ "16", { G3 | G5, 0 } }, { "17", { G4 | G5, 0 } },      MODE_END
};
static const struct mode_dialect gtact = {
	.command = "AT+GTACT", .rows = gtact_rows, .fields = 1, .otherwise = &mode_generic,
};

/* Those with Intel's XMM. Bands follow the preference; without them they stay as they are. */
static const struct mode_choice xact_rows[] = {
	{ "6", { ALL, 0 } }, { "0", { G2, 0 } }, { "1", { G3, 0 } }, { "2", { G4, 0 } },
	{ "3", { G2 | G3, 0 } }, { "4", { G3 | G4, 0 } }, { "5", { G2 | G4, 0 } },
	{ "6,1", { ALL, G3 } },  { "6,2", { ALL, G4 } },  MODE_END
};
static const struct mode_dialect xact = {
	.command = "AT+XACT", .rows = xact_rows, .fields = 2, .otherwise = &gtact,
};

const struct modem_family maker_fibocom = {
	.name = "fibocom", .words = "fibocom\0", .vid = 0x2cb7,
	.pin_left = "AT+XPINCNT", .iccid = "AT+CCID", .signal = "AT+CESQ",
	.reset = "AT+CFUN=15",
	.auth = "AT+CGAUTH=%c,%a,%u,%p|AT+XGAUTH=%c,%a,%u,%p",
	.auth_none = "AT+CGAUTH=%c,0|AT+XGAUTH=%c,0",
	.mode = &xact,
	.counters = (const struct card_counter[]){ { "+XPINCNT:" }, { NULL } },
	.maps = (const struct layout_map[]){
		{ 0x15081001, "-Ass---" }, { 0x0007, "..A.-.s" },     { 0x0104, "-As---" },
		{ 0x0106, "-As" },         { 0x010a, "As" },          { 0x0115, "..-A--" },
		{ 0x01a0, "..As-" },       { 0x01a2, "..A---" },      { 0x01a4, "..-A---" },
		{ 0x8087095a, "A.-.s" },
		{ 0x0001, ".", 0x0a07 },   { 0x80870911, "." },     { 0x15190020, "." },
		{ 0x15190443, "." },
		{ 0 },
	},
};
