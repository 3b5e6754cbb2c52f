/* SPDX-License-Identifier: ISC */
/* Qualcomm's Gobi under the ids of Qualcomm and of those who sell it. It speaks 27.007's words. */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct layout_map maps[] = {
	{ 0x03f01f1d, "--A-" },         { 0x03f0251d, "--A-" },
	{ 0x04da250d, "--A-" },         { 0x05c69001, "--A-", 0x9002 },
	{ 0x05c69009, "--A-" },         { 0x05c69202, "--A-", 0x9203 },
	{ 0x05c69205, "--A-" },         { 0x05c6920b, "--A-" },
	{ 0x05c6920d, "--A-" },         { 0x05c69212, "--A-" },
	{ 0x05c69222, "--A-" },         { 0x05c69225, "--A-" },
	{ 0x05c69235, "--A-" },         { 0x05c69245, "--A-" },
	{ 0x05c69265, "--A-" },         { 0x05c69275, "--A-" },
	{ 0x0b051776, "--A-" },         { 0x16d88002, "--A-" },
	{ 0x413c8172, "--A-" },         { 0x413c8186, "--A-" },
	{ 0x413c8194, "--A-" },         { 0x05c69215, "--A-" },
	{ 0 }
};

static const struct layout_boot boots[] = {
	{ 0x03f0201d, BOOT_GOBI1 }, { 0x03f0241d, BOOT_GOBI2 }, { 0x03f0371d, BOOT_GOBI3 },
	{ 0x04da250c, BOOT_GOBI1 }, { 0x05c69008, BOOT_BLANK }, { 0x05c69201, BOOT_GOBI1 },
	{ 0x05c69204, BOOT_GOBI2 }, { 0x05c69208, BOOT_GOBI2 }, { 0x05c6920c, BOOT_GOBI3 },
	{ 0x05c69211, BOOT_GOBI1 }, { 0x05c69214, BOOT_GOBI2 }, { 0x05c69221, BOOT_GOBI1 },
	{ 0x05c69224, BOOT_GOBI2 }, { 0x05c69231, BOOT_GOBI1 }, { 0x05c69234, BOOT_GOBI2 },
	{ 0x05c69244, BOOT_GOBI2 }, { 0x05c69264, BOOT_GOBI2 }, { 0x05c69274, BOOT_GOBI2 },
	{ 0x0b051774, BOOT_GOBI1 }, { 0x15570a80, BOOT_GOBI1 }, { 0x16d88001, BOOT_GOBI2 },
	{ 0x1f450001, BOOT_GOBI1 }, { 0x413c8171, BOOT_GOBI1 }, { 0x413c8185, BOOT_GOBI2 },
	{ 0x413c8193, BOOT_GOBI3 },
	{ 0 }
};

const struct modem_family maker_gobi = { .name = "gobi", .maps = maps, .boots = boots };
