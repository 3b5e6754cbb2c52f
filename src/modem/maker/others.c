/* SPDX-License-Identifier: ISC */
/* USB layouts of makers who have no dialect here. */
#include "modem/maker/maker.h"

/* clang-format off */

static const struct layout_map maps[] = {
	{ 0x0421060d, ".A", 0x0611 },      { 0x04210619, "...A" },
	{ 0x0421061a, ".A", 0x062f },      { 0x0489e0b4, "--As---", 0xe0b5 },
	{ 0x05c6908b, "-As--" },           { 0x07d17e11, "..As" },
	{ 0x0b3cc005, "ssss.A." },         { 0x0e8d0023, "..As" },
	{ 0x0e8d00a1, "As", 0x00a2 },      { 0x0e8d00a4, "A.s" },
	{ 0x0e8d00a5, "..As", 0x00a7 },    { 0x17824d10, "A----ss" },
	{ 0x17824d11, "..A----ss" },       { 0x1bbb0000, "sssA-" },
	{ 0x1bbb0017, "ssss.A-" },         { 0x1bbb00b7, "s..sA-" },
	{ 0x1bbb022c, "-As-" },            { 0x1c9e3197, "As" },
	{ 0x1c9e6000, "A.s", 0x6061 },     { 0x1c9e7001, "s.As" },
	{ 0x1c9e7002, "s.Ass" },           { 0x1c9e7101, "s...As" },
	{ 0x1c9e7102, "s...Ass" },         { 0x1c9e8000, "s.s..A" },
	{ 0x1c9e8001, "s.s.A", 0x8002 },   { 0x1c9e9000, ".s.A" },
	{ 0x1c9e9001, "ssA", 0x9002 },     { 0x1c9e9003, "sssA" },
	{ 0x1c9e9004, "sA", 0x9005 },      { 0x1c9e9010, "ss.A" },
	{ 0x1c9e9012, "ssA" },             { 0x1c9e9020, "ss.A" },
	{ 0x1c9e9022, "ssA" },             { 0x1c9e9602, "Ass" },
	{ 0x1c9e9603, "ssA" },             { 0x1c9e9604, "ss.A" },
	{ 0x1c9e9605, "sssA" },            { 0x1c9e9606, "sss.A" },
	{ 0x1c9e9607, "ssssA" },           { 0x20017d00, "As" },
	{ 0x20017e35, "-As--" },           { 0x201e10f8, "...A" },
	{ 0x20202060, "-Ass-" },           { 0x230d0001, ".A.s" },
	{ 0x23579000, "--.A-" },           { 0x305a1405, "-As..-" },
	{ 0x33f80104, "-As---" },          { 0x33f80115, "..--A-" },
	{ 0x33f801a2, "..A---" },          { 0x33f801a4, "..-A---", 0x01a9 },
	{ 0x33f80301, "..A", 0x0302 },     { 0x33f81003, "..--A-" },
	{ 0x37310100, "...--A", 0x0116 },  { 0x413c81d7, "--As---" },
	{ 0x413c81e0, "--As---" },
	/* Disks until usb_modeswitch makes modems of them */
	{ 0x05c61000, "." },               { 0x05c6f000, "." },
	{ 0x16d86803, "." },               { 0x1bbbf000, "." },
	{ 0x1c9ef000, "." },               { 0x2001a80b, "." },
	{ 0 }
};

/* QMI: Pantech UML290 and P4200, Motorola MDM6600 */
static const struct layout_triple triples[] = {
	{ 0xff, 0xf0, 0xff, LAYOUT_NOT_AT, 0x106c }, { 0xff, 0xf1, 0xff, LAYOUT_NOT_AT, 0x106c },
	{ 0xff, 0xfb, 0xff, LAYOUT_NOT_AT, 0x22b8 }, { 0 }
};

const struct modem_family maker_others = { .name = "others", .maps = maps, .triples = triples };
