/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

/* RM5xx and their kin; its list is "RAT1:...:RATN", which tells nothing. */
static const struct mode_choice mode_pref_rows[] = {
	{ "AUTO", { ALL, 0 } }, { "WCDMA", { G3, 0 } }, { "LTE", { G4, 0 } }, { "NR5G", { G5, 0 } },
	{ "LTE:NR5G", { G4 | G5, 0 } },  { "NR5G:LTE", { G4 | G5, 0 } },
	{ "WCDMA:LTE", { G3 | G4, 0 } }, { "LTE:WCDMA", { G3 | G4, 0 } }, MODE_END
};
static const struct mode_dialect mode_pref = {
	.command = "AT+QNWPREFCFG", .key = "mode_pref", .rows = mode_pref_rows, .fields = 1,
	.otherwise = &mode_generic,
};

/* The list is of all settings that there are, one to a line. */
static const struct mode_choice nwscanmode_rows[] = {
	{ "0", { ALL, 0 } }, { "1", { G2, 0 } }, { "2", { G3, 0 } }, { "3", { G4, 0 } },
	{ "5", { G3, 0 } }, MODE_END
};
static const struct mode_dialect nwscanmode = {
	.command = "AT+QCFG", .key = "nwscanmode", .rows = nwscanmode_rows, .fields = 1,
	.otherwise = &mode_pref,
};

static const struct layout_map maps[] = {
	{ 0x0121, "--sA-" },         { 0x0125, "--sA-" },         { 0x0128, "...--A" },
	{ 0x0191, "--sA-", 0x0195 }, { 0x0296, "--sA-", 0x0306 }, { 0x0512, "--sA-" },
	{ 0x0800, "--sA-", 0x0801 },
	/* an EC20; with three or four interfaces this is a Gobi 2000 */
	{ 0x05c69215, "--sA-", .count = 5 },
	{ 0x0121, ".", 0x0901 },     { 0x6001, ".", 0x7001 },
	{ 0 }
};

const struct modem_family maker_quectel = {
	.name = "quectel", .words = "quectel\0", .vid = 0x2c7c,
	.pin_left = "AT+QPINC=\"SC\"", .iccid = "AT+QCCID",
	.technology = "AT+QNWINFO", .signal = "AT+QCSQ",
	.auth = "AT+QICSGP=%c,%t,%n,%u,%p,%e", .auth_none = "AT+QICSGP=%c,%t,%n,\"\",\"\",0",
	.reject = "AT+QCFG=\"emmcause\"",
	.mode = &nwscanmode,
	.power = (const struct power_times[]){
		{ "BG9", 600, 1000, 10000, 5000, 0 },
		{ "EG915", 2000, 3100, 15000, 5000, 500 },
		{ "", 550, 800, 20000, 30000, 0 },
		{ NULL },
	},
	.counters = (const struct card_counter[]){ { "+QPINC:", 0, "SC" }, { NULL } },
	.reports = (const struct signal_report[]){
		{ "+QCSQ:", "WCDMA",   SIGNAL_PLAIN, 0, { 2, 3, 0, 0 } },
		{ "+QCSQ:", "TDSCDMA", SIGNAL_PLAIN, 0, { 2, 3, 0, 0 } },
		{ "+QCSQ:", "GSM",     SIGNAL_PLAIN, 0, { 2, 0, 0, 0 } },
		{ "+QCSQ:", "NR5G",    SIGNAL_PLAIN, 0, { 0, 0, 2, 4, 3 } },
		{ "+QCSQ:", "",        SIGNAL_CODED_SINR, 0, { 2, 0, 3, 5, 4 } },
		/* <AcT>,<oper>,<band>,<channel> */
		{ "+QNWINFO:", "",     SIGNAL_PLAIN, 0, { 0, 0, 0, 0, 0, 3, 4 } },
		{ NULL },
	},
	.technologies = (const struct signal_technology[]){
		{ "+QNWINFO:", NULL, 1 }, { "+QCSQ:", NULL, 1 }, { NULL },
	},
	.rejects = (const struct reject_report[]){ { "+QCFG:", "emmcause", 2 }, { NULL } },
	.maps = maps,
};
