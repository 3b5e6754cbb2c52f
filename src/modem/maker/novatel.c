/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct mode_choice nwrat_rows[] = {
	{ "0,2", { ALL, 0 } }, { "1,1", { G2, 0 } }, { "2,1", { G3, 0 } },
	{ "1,2", { ALL, G2 } }, { "2,2", { ALL, G3 } }, MODE_END
};
static const struct mode_dialect nwrat = {
	.command = "AT$NWRAT", .rows = nwrat_rows, .fields = 2, .otherwise = &mode_generic,
};

const struct modem_family maker_novatel = {
	.name = "novatel", .words = "novatel\0", .vid = 0x1410,
	.technology = "AT$CNTI=0",
	.auth = "AT$QCPDPP=%c,%a,%p,%u", .auth_none = "AT$QCPDPP=%c,0",
	.mode = &nwrat,
	.technologies = (const struct signal_technology[]){ { "$CNTI:", NULL, 2 }, { NULL } },
	.maps = (const struct layout_map[]){
		{ 0xa001, "--A-", 0xa007 }, { 0xa021, "--A-" },
		{ 0x1100, ".", 0xb001 },
		{ 0 },
	},
	.boots = (const struct layout_boot[]){
		{ 0xa008, BOOT_GOBI1 }, { 0xa010, BOOT_GOBI2 }, { 0xa011, BOOT_GOBI2 },
		{ 0xa012, BOOT_GOBI2 }, { 0xa013, BOOT_GOBI2 }, { 0xa014, BOOT_GOBI2 },
		{ 0xa020, BOOT_GOBI3 },
		{ 0 },
	},
};
