/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct mode_choice cnmp_rows[] = {
	{ "2",  { ALL, 0 } },     { "13", { G2, 0 } },      { "14", { G3, 0 } },
	{ "38", { G4, 0 } },      { "71", { G5, 0 } },      { "19", { G2 | G3, 0 } },
	{ "48", { G2 | G3, 0 } }, { "51", { G2 | G4, 0 } }, { "54", { G3 | G4, 0 } },
	{ "39", { G2 | G3 | G4, 0 } }, { "109", { G4 | G5, 0 } }, MODE_END
};
static const struct mode_dialect cnmp = {
	.command = "AT+CNMP", .rows = cnmp_rows, .fields = 1, .otherwise = &mode_generic,
};

/* ATI says "SIM7000G R1529", and an A7670 "Manufacturer: INCORPORATED". */
const struct modem_family maker_simcom = {
	.name = "simcom", .words = "simcom\0" "SIM7\0" "SIM8\0" "A767\0" "A766\0", .vid = 0x1e0e,
	.pin_left = "AT+SPIC", .iccid = "AT+CICCID",
	.technology = "AT+CPSI?", .technology_else = "AT+CNSMOD?", .signal = "AT+CESQ",
	.reset = "AT+CRESET", .reject = "AT+CEER",
	/* not in 27.007's order */
	.auth = "AT+CGAUTH=%c,%e,%p,%u|AT+CGAUTH=%c,%a,%p,%u", .auth_none = "AT+CGAUTH=%c,0",
	.mode = &cnmp,
	.power = (const struct power_times[]){
		{ "SIM80", 1100, 1700, 10000, 5000, 0 },
		{ "SIM86", 1100, 1700, 10000, 5000, 0 },
		{ "SIM70", 1100, 1400, 10000, 5000, 0 },
		{ "A76", 100, 2600, 15000, 5000, 2500 },
		{ "", 500, 2600, 20000, 30000, 0 },
		{ NULL },
	},
	.counters = (const struct card_counter[]){ { "+SPIC:" }, { NULL } },
	.reports = (const struct signal_report[]){
		/* What RSSNR in field 14 means differs with the model. */
		{ "+CPSI:", "LTE",   SIGNAL_TENTHS,  0, { 13, 0, 12, 11, 0, 7, 8, 5 } },
		{ "+CPSI:", "NR5G_SA", SIGNAL_TENTHS, 0, { 0, 0, 9, 10, 0, 7, 8, 5 } },
		{ "+CPSI:", "WCDMA", SIGNAL_NO_SIGN, 0, { 0, 11, 0, 0, 0, 0, 8, 5 } },
		{ "+CPSI:", "GSM",   SIGNAL_PLAIN,   0, { 7, 0, 0, 0, 0, 0, 0, 5 } },
		{ NULL },
	},
	.technologies = (const struct signal_technology[]){
		{ "+CPSI:", NULL, 1 }, { "+CNSMOD:", "-GPEUDSHLTTTTCV", 2 }, { NULL },
	},
	.maps = (const struct layout_map[]){
		{ 0x9001, "--sA" },         { 0x9011, "..-.sA.-" },     { 0x9100, ".s.A", 0x9200 },
		{ 0x9205, "--sA" },         { 0x9206, "--s--A" },       { 0xcefe, "ssA" },
		{ 0x9000, ".", 0x9206 },
		{ 0 },
	},
};
