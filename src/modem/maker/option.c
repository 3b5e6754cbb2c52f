/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct mode_choice opsys_rows[] = {
	{ "5", { ALL, 0 } }, { "0", { G2, 0 } }, { "1", { G3, 0 } },
	{ "2", { ALL, G2 } }, { "3", { ALL, G3 } }, MODE_END
};
static const struct mode_dialect opsys = {
	.command = "AT_OPSYS", .tail = ",2", .rows = opsys_rows, .fields = 1,
	.otherwise = &mode_generic,
};

const struct modem_family maker_option = {
	.name = "option", .words = "option n.v\0", .vid = 0x0af0,
	.pin_left = "AT_OERCN?",
	.technology = "AT_OWCTI?", .technology_else = "AT_OCTI?", /* 2G's, stale on 3G */
	.auth = "AT$QCPDPP=%c,%a,%p,%u|AT_OPDPP=%c,%a,%p,%u",
	.auth_none = "AT$QCPDPP=%c,0|AT_OPDPP=%c,0",
	.mode = &opsys,
	.counters = (const struct card_counter[]){ { "_OERCN:" }, { NULL } },
	.technologies = (const struct signal_technology[]){
		{ "_OCTI:", "-GPE", SIGNAL_LAST_FIELD }, { "_OWCTI:", "-UDSH", SIGNAL_LAST_FIELD },
		{ NULL },
	},
	.maps = (const struct layout_map[]){
		{ 0x8120, "--A-" }, { 0x5000, ".", 0x9200 }, { 0xc031, ".", 0xd357 }, { 0 }
	},
};
