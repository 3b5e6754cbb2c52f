/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct layout_map maps[] = {
	{ 0x1003, "A.s" },             { 0x1004, "A.-s", 0x1005 },
	{ 0x1006, "A.s" },             { 0x1010, ".-sA" },
	{ 0x1011, ".A" },              { 0x1031, "-As-" },
	{ 0x1033, "-As" },             { 0x1040, "----As-" },
	{ 0x1041, "-----As-" },        { 0x1050, "----As-" },
	{ 0x1051, "--..-As-" },        { 0x1060, "----As-" },
	{ 0x1061, "--..-As-" },        { 0x1070, "----As-" },
	{ 0x1071, "--..-As-" },        { 0x10a0, "--A-" },
	{ 0x10a2, "..-A-" },           { 0x10a4, "-As-" },
	{ 0x10a7, "..As-" },           { 0x10a9, "-A---" },
	{ 0x10aa, "..A---" },          { 0x10b0, "--As--" },
	{ 0x10b1, "..-As--" },         { 0x10c0, "--A-" },
	{ 0x10c2, "..-A-" },           { 0x10c4, "-As-" },
	{ 0x10c6, "..As-" },           { 0x10c8, "-A---" },
	{ 0x10c9, "..A---" },          { 0x10d0, "--As--" },
	{ 0x10d1, "..-As--" },         { 0x1101, "-As-" },
	{ 0x110a, "-As-" },            { 0x1201, "----As-" },
	{ 0x1204, "--..-As-" },        { 0x3000, "--A-" },
	{ 0x3001, "-A---" },           { 0x7010, "..-sA", 0x7011 },
	{ 0x7020, "..s.-.A", 0x7021 },
	{ 0x0021, ".", 0x0036 },       { 0x1003, ".", 0x701b },
	{ 0 }
};

const struct modem_family maker_telit = {
	.name = "telit", .words = "telit\0", .vid = 0x1bc7,
	.pin_left = "AT#PCT", .iccid = "AT#CCID", .technology = "AT#PSNT?", .signal = "AT+CESQ",
	.reset = "AT#REBOOT", .sleeps_in_fun_0 = true, .reject = "AT#CEERNET",
	.auth = "AT#PDPAUTH=%c,%a,%u,%p|AT+CGAUTH=%c,%a,%u,%p",
	.auth_none = "AT#PDPAUTH=%c,0|AT+CGAUTH=%c,0",
	.mode = &mode_generic,
	.counters = (const struct card_counter[]){ { "#PCT:" }, { NULL } },
	.technologies = (const struct signal_technology[]){ { "#PSNT:", "PEUDL", 2 }, { NULL } },
	.rejects = (const struct reject_report[]){ { "#CEERNET:", NULL, 1 }, { NULL } },
	.maps = maps,
	.boots = (const struct layout_boot[]){ { 0x900e, BOOT_GOBI1 }, { 0 } },
};
