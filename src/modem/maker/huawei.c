/* SPDX-License-Identifier: ISC */
#include "at/fields.h"
#include "modem/maker/maker.h"

/* ^RFSWITCH:<software>,<hardware>; 1 is on. */
static bool decode_rfswitch(const char *line, struct modem_radio *radio)
{
	struct at_fields fields;
	int software, hardware;

	if (!at_fields_start(&fields, line, "^RFSWITCH:") ||
	    !at_fields_next_int(&fields, &software) || !at_fields_next_int(&fields, &hardware))
		return false;
	*radio = modem_radio_of_fun(software && hardware ? 1 : 0);
	if (hardware == 0)
		radio->reason = MODEM_RADIO_W_DISABLE;
	return true;
}

/* clang-format off */

/* Mode and order; 40000000 leaves the bands as they are, 2 is roaming and 4 the domain. */
static const struct mode_choice syscfg_rows[] = {
	{ "2,0", { ALL, 0 } }, { "13,1", { G2, 0 } }, { "14,2", { G3, 0 } },
	{ "2,1", { ALL, G2 } }, { "2,2", { ALL, G3 } }, MODE_END
};
static const struct mode_dialect syscfg = {
	.command = "AT^SYSCFG", .tail = ",40000000,2,4", .rows = syscfg_rows, .fields = 2,
	.roams = true, .otherwise = &mode_generic,
};

/* The order in which technologies are tried; those not named are not used. */
static const struct mode_choice syscfgex_rows[] = {
	{ "00", { ALL, 0 } }, { "01", { G2, 0 } }, { "02", { G3, 0 } }, { "03", { G4, 0 } },
	{ "08", { G5, 0 } },
	{ "0201", { G2 | G3, G3 } },          { "0102", { G2 | G3, G2 } },
	{ "0301", { G2 | G4, G4 } },          { "0103", { G2 | G4, G2 } },
	{ "0302", { G3 | G4, G4 } },          { "0203", { G3 | G4, G3 } },
	{ "08030201", { ALL, G5 } },          { "0803", { G4 | G5, G5 } },
	{ "080302", { G3 | G4 | G5, G5 } },   { "030201", { G2 | G3 | G4, G4 } },
	{ "020301", { G2 | G3 | G4, G3 } },   { "010203", { G2 | G3 | G4, G2 } }, MODE_END
};
static const struct mode_dialect syscfgex = {
	.command = "AT^SYSCFGEX", .tail = "\",40000000,2,4,40000000,,", .rows = syscfgex_rows,
	.fields = 1, .roams = true, .otherwise = &syscfg,
};

/* By interface triple, since each model has its own order of interfaces. */
static const struct layout_triple triples[] = {
	/* a telephone's debugger, and networks next to the modem */
	{ 0xff, 0x42, 0x01, LAYOUT_NOT_AT }, { 0x02, 0x06, 0x00, LAYOUT_NOT_AT },
	{ 0x02, 0x0d, 0x00, LAYOUT_NOT_AT },
	/* modem, PCUI, GPS */
	{ 0xff, -1, 0x01, LAYOUT_DATA },     { 0xff, -1, 0x02, LAYOUT_AT },
	{ 0xff, -1, 0x05, LAYOUT_NOT_AT },   { 0xff, -1, 0x14, LAYOUT_NOT_AT },
	/* QMI, QMI's data, NCM */
	{ 0xff, -1, 0x07, LAYOUT_NOT_AT },   { 0xff, -1, 0x37, LAYOUT_NOT_AT },
	{ 0xff, -1, 0x67, LAYOUT_NOT_AT },   { 0xff, -1, 0x09, LAYOUT_NOT_AT },
	{ 0xff, -1, 0x39, LAYOUT_NOT_AT },   { 0xff, -1, 0x69, LAYOUT_NOT_AT },
	{ 0xff, 0x01, 0x11, LAYOUT_NOT_AT }, { 0xff, -1, 0x08, LAYOUT_NOT_AT },
	{ 0xff, -1, 0x38, LAYOUT_NOT_AT },   { 0xff, -1, 0x68, LAYOUT_NOT_AT },
	{ 0xff, -1, 0x16, LAYOUT_NOT_AT },   { 0xff, -1, 0x46, LAYOUT_NOT_AT },
	{ 0xff, -1, 0x76, LAYOUT_NOT_AT },
	{ 0 },
};

const struct modem_family maker_huawei = {
	.name = "huawei", .words = "huawei\0", .vid = 0x12d1,
	.also = { 0x03f0581d, 0x03f0a31d },
	.pin_left = "AT^CPIN?", .iccid = "AT^ICCID?",
	.technology = "AT^SYSINFOEX", .technology_else = "AT^SYSINFO",
	.signal = "AT^HCSQ?", .radio = "AT^RFSWITCH?",
	.reset = "AT^RESET", .reject = "AT^REJINFO?",
	.auth = "AT^AUTHDATA=%c,%e,\"\",%p,%u", .auth_none = "AT^AUTHDATA=%c",
	.mode = &syscfgex,
	.counters = (const struct card_counter[]){ { "^CPIN:", 3 }, { NULL } },
	.reports = (const struct signal_report[]){
		{ "^HCSQ:", "LTE", SIGNAL_CODED, 0, { 2, 0, 3, 5, 4 } },
		{ "^HCSQ:", "NR",  SIGNAL_CODED, 0, { 0, 0, 2, 4, 3 } },
		{ "^HCSQ:", "",    SIGNAL_CODED, 0, { 2, 3, 0, 0 } },
		{ NULL },
	},
	.technologies = (const struct signal_technology[]){
		{ "^SYSINFOEX:", NULL, 9 }, /* <submode_name>, else <sysmode_name> */
		{ "^SYSINFOEX:", NULL, 7 },
		{ "^SYSINFO:", "-GPEUDSHT+", 7 }, /* <sys_submode>, else <sys_mode> */
		{ "^SYSINFO:", "--CGVU-UV", 4 },
		{ "^HCSQ:", NULL, 1 },
		{ NULL },
	},
	/* <PLMN>,<domain>,<cause>,<rat>,<type>,...; also unasked */
	.rejects = (const struct reject_report[]){ { "^REJINFO:", NULL, 3 }, { NULL } },
	.decode_radio = decode_rfswitch,
	.maps = (const struct layout_map[]){
		{ 0x14f1, "--A-" }, { 0x1001, ".", 0x15ff }, { 0x1c05, ".", 0x1c25 }, { 0 }
	},
	.boots = (const struct layout_boot[]){ { 0x14f0, BOOT_GOBI3 }, { 0 } },
	.triples = triples,
};
