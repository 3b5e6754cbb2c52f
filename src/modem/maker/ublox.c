/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

/* The list offers values that the model cannot do. 7 is LTE-M. While it is registered the modem
 * refuses to be told. */
static const struct mode_choice urat_rows[] = {
	{ "4", { ALL, 0 } }, { "0", { G2, 0 } }, { "2", { G3, 0 } }, { "3", { G4, 0 } },
	{ "7", { G4, 0 } },
	{ "1", { G2 | G3, 0 } },    { "5", { G2 | G4, 0 } },    { "6", { G3 | G4, 0 } },
	{ "4,0", { ALL, G2 } },     { "4,2", { ALL, G3 } },     { "4,3", { ALL, G4 } },
	{ "1,0", { G2 | G3, G2 } }, { "1,2", { G2 | G3, G3 } }, MODE_END
};
static const struct mode_dialect urat = {
	.command = "AT+URAT", .rows = urat_rows, .fields = 2, .otherwise = &mode_generic,
	.apart = true,
};

/* ATI may say the order code alone, "SARA-U201-03S-00". */
const struct modem_family maker_ublox = {
	.name = "ublox", .words = "u-blox\0" "SARA-\0" "LARA-\0" "LISA-\0", .vid = 0x1546,
	.pin_left = "AT+UPINCNT", .iccid = "AT+CCID", .technology = "AT+UREG?",
	.signal = "AT+CESQ",
	.reset = "AT+CFUN=16", .reject = "AT+CEER",
	.auth = "AT+CGAUTH=%c,%a,%u,%p|AT+UAUTHREQ=%c,%a,%u,%p",
	.auth_none = "AT+CGAUTH=%c,0|AT+UAUTHREQ=%c,0",
	.mode = &urat,
	/* SARA-U2 wants 50 to 80 us, which nobody here can keep to; its maker's own library waits 1 ms
	 * too. R4 takes its reset line for nothing below 10 s. */
	.power = (const struct power_times[]){
		{ "SARA-U", 1, 1500, 10000, 5000, 75 },
		{ "SARA-R4", 500, 2000, 15000, 35000, 16500 },
		{ "SARA-R5", 1500, 2000, 15000, 20000, 150 },
		{ "", 500, 2000, 15000, 35000, 0 },
		{ NULL },
	},
	.counters = (const struct card_counter[]){ { "+UPINCNT:" }, { NULL } },
	.technologies = (const struct signal_technology[]){
		{ "+UREG:", "-PEUDSHLPE", SIGNAL_LAST_FIELD }, { NULL },
	},
	.maps = (const struct layout_map[]){
		{ 0x1010, "..-.-...-" },           { 0x1102, "......-.-.-" },
		{ 0x1104, "..-.-.-" },             { 0x1107, "......-.-.-", 0x110a },
		{ 0x1312, "....-", 0x1343 },
		{ 0x1101, ".", 0x110a },           { 0x1141, ".", 0x1146 },
		{ 0 },
	},
};
