/* SPDX-License-Identifier: ISC */
#include <stddef.h>

#include "modem/mode.h"

/* Of rows that mean the same the first is the one that is set. A value is known by its first field
 * where the whole is not in the table. */

#define G2  MODE_2G
#define G3  MODE_3G
#define G4  MODE_4G
#define G5  MODE_5G
#define ALL MODE_ALL
#define END                  \
	{                    \
		"",          \
		{            \
			0, 0 \
		}            \
	}

/* clang-format off */

/* 27.007 7.3 <AcT>. The last resort: what was selected cannot be read, only what
 * is in use. */
static const struct mode_choice cops_rows[] = {
	{ "0", { G2, 0 } }, { "2", { G3, 0 } }, { "7", { G4, 0 } },
	{ "11", { G5, 0 } },
	{ "1", { G2, 0 } }, { "3", { G2, 0 } }, { "4", { G3, 0 } },
	{ "5", { G3, 0 } }, { "6", { G3, 0 } }, { "8", { G2, 0 } },
	{ "9", { G4, 0 } }, { "10", { G4, 0 } }, { "12", { G5, 0 } },
	{ "13", { G5, 0 } }, END
};
static const struct mode_dialect cops = {
	.command = "AT+COPS", .key = "", .tail = "", .rows = cops_rows,
	.skip = 3, .fields = 1, .in_use = true,
};

/* 27.007 5.9. Old modems say 25 for 2g+3g. Cinterion leaves the prefix out. */
static const struct mode_choice ws46_rows[] = {
	{ "35", { ALL, 0 } }, { "25", { ALL, 0 } },
	{ "12", { G2, 0 } }, { "22", { G3, 0 } }, { "28", { G4, 0 } },
	{ "36", { G5, 0 } },
	{ "29", { G2 | G3, 0 } }, { "30", { G2 | G4, 0 } },
	{ "31", { G3 | G4, 0 } }, { "37", { G4 | G5, 0 } },
	{ "38", { G3 | G4 | G5, 0 } }, END
};
const struct mode_dialect mode_generic = {
	.command = "AT+WS46", .key = "", .tail = "", .rows = ws46_rows,
	.fields = 1, .bare = true, .otherwise = &cops,
};

/* The index is hexadecimal and another one in other firmware ("LTE Only" is 04
 * or 06 in an EM919x); 03 and 04 became "Automatic" with LTE. */
const struct mode_dialect mode_sierra = {
	.command = "AT!SELRAT", .key = "", .tail = "", .fields = 1,
	.bare = true, .otherwise = &mode_generic,
};

/* Mode and order; 40000000 leaves the bands as they are, 2 roaming and 4 the
 * domain. */
static const struct mode_choice syscfg_rows[] = {
	{ "2,0", { ALL, 0 } }, { "13,1", { G2, 0 } }, { "14,2", { G3, 0 } },
	{ "2,1", { ALL, G2 } }, { "2,2", { ALL, G3 } }, END
};
static const struct mode_dialect syscfg = {
	.command = "AT^SYSCFG", .key = "", .tail = ",40000000,2,4",
	.rows = syscfg_rows, .fields = 2, .otherwise = &mode_generic,
};

/* The order in which technologies are tried; those not named are not used. */
static const struct mode_choice syscfgex_rows[] = {
	{ "00", { ALL, 0 } },
	{ "01", { G2, 0 } }, { "02", { G3, 0 } }, { "03", { G4, 0 } },
	{ "08", { G5, 0 } },
	{ "0201", { G2 | G3, G3 } }, { "0102", { G2 | G3, G2 } },
	{ "0301", { G2 | G4, G4 } }, { "0103", { G2 | G4, G2 } },
	{ "0302", { G3 | G4, G4 } }, { "0203", { G3 | G4, G3 } },
	{ "08030201", { ALL, G5 } }, { "0803", { G4 | G5, G5 } },
	{ "080302", { G3 | G4 | G5, G5 } },
	{ "030201", { G2 | G3 | G4, G4 } }, { "020301", { G2 | G3 | G4, G3 } },
	{ "010203", { G2 | G3 | G4, G2 } }, END
};
const struct mode_dialect mode_huawei = {
	.command = "AT^SYSCFGEX", .key = "",
	.tail = "\",40000000,2,4,40000000,,", .rows = syscfgex_rows,
	.fields = 1, .otherwise = &syscfg,
};

static const struct mode_choice zsnt_rows[] = {
	{ "0,0,0", { ALL, 0 } }, { "1,0,0", { G2, 0 } }, { "2,0,0", { G3, 0 } },
	{ "6,0,0", { G4, 0 } }, { "0,0,1", { ALL, G2 } },
	{ "0,0,2", { ALL, G3 } }, END
};
const struct mode_dialect mode_zte = {
	.command = "AT+ZSNT", .key = "", .tail = "", .rows = zsnt_rows,
	.fields = 3, .otherwise = &mode_generic,
};

/* RM5xx and their kin; its list is "RAT1:...:RATN", which tells nothing. */
static const struct mode_choice mode_pref_rows[] = {
	{ "AUTO", { ALL, 0 } }, { "WCDMA", { G3, 0 } }, { "LTE", { G4, 0 } },
	{ "NR5G", { G5, 0 } }, { "LTE:NR5G", { G4 | G5, 0 } },
	{ "NR5G:LTE", { G4 | G5, 0 } }, { "WCDMA:LTE", { G3 | G4, 0 } },
	{ "LTE:WCDMA", { G3 | G4, 0 } }, END
};
static const struct mode_dialect mode_pref = {
	.command = "AT+QNWPREFCFG", .key = "mode_pref", .tail = "",
	.rows = mode_pref_rows, .fields = 1, .otherwise = &mode_generic,
};

/* The list is of all settings there are, a line each. */
static const struct mode_choice nwscanmode_rows[] = {
	{ "0", { ALL, 0 } }, { "1", { G2, 0 } }, { "2", { G3, 0 } },
	{ "3", { G4, 0 } }, { "5", { G3, 0 } }, END
};
const struct mode_dialect mode_quectel = {
	.command = "AT+QCFG", .key = "nwscanmode", .tail = "",
	.rows = nwscanmode_rows, .fields = 1, .otherwise = &mode_pref,
};

static const struct mode_choice cnmp_rows[] = {
	{ "2", { ALL, 0 } }, { "13", { G2, 0 } }, { "14", { G3, 0 } },
	{ "38", { G4, 0 } }, { "71", { G5, 0 } }, { "19", { G2 | G3, 0 } },
	{ "48", { G2 | G3, 0 } }, { "51", { G2 | G4, 0 } },
	{ "54", { G3 | G4, 0 } }, { "39", { G2 | G3 | G4, 0 } },
	{ "109", { G4 | G5, 0 } }, END
};
const struct mode_dialect mode_simcom = {
	.command = "AT+CNMP", .key = "", .tail = "", .rows = cnmp_rows,
	.fields = 1, .otherwise = &mode_generic,
};

static const struct mode_choice sxrat_rows[] = {
	{ "6", { ALL, 0 } }, { "0", { G2, 0 } }, { "2", { G3, 0 } },
	{ "3", { G4, 0 } }, { "1", { G2 | G3, 0 } }, { "4", { G3 | G4, 0 } },
	{ "5", { G2 | G4, 0 } }, { "6,0", { ALL, G2 } }, { "6,2", { ALL, G3 } },
	{ "6,3", { ALL, G4 } }, { "1,0", { G2 | G3, G2 } },
	{ "1,2", { G2 | G3, G3 } }, END
};
const struct mode_dialect mode_cinterion = {
	.command = "AT^SXRAT", .key = "", .tail = "", .rows = sxrat_rows,
	.fields = 2, .otherwise = &mode_generic,
};

/* The list tells of values that the model cannot do. 7 is LTE-M. While it is
 * registered the modem refuses to be told. */
static const struct mode_choice urat_rows[] = {
	{ "4", { ALL, 0 } }, { "0", { G2, 0 } }, { "2", { G3, 0 } },
	{ "3", { G4, 0 } }, { "7", { G4, 0 } }, { "1", { G2 | G3, 0 } },
	{ "5", { G2 | G4, 0 } }, { "6", { G3 | G4, 0 } },
	{ "4,0", { ALL, G2 } }, { "4,2", { ALL, G3 } }, { "4,3", { ALL, G4 } },
	{ "1,0", { G2 | G3, G2 } }, { "1,2", { G2 | G3, G3 } }, END
};
const struct mode_dialect mode_ublox = {
	.command = "AT+URAT", .key = "", .tail = "", .rows = urat_rows,
	.fields = 2, .otherwise = &mode_generic, .apart = true,
};

static const struct mode_choice opsys_rows[] = {
	{ "5", { ALL, 0 } }, { "0", { G2, 0 } }, { "1", { G3, 0 } },
	{ "2", { ALL, G2 } }, { "3", { ALL, G3 } }, END
};
const struct mode_dialect mode_option = {
	.command = "AT_OPSYS", .key = "", .tail = ",2", .rows = opsys_rows,
	.fields = 1, .otherwise = &mode_generic,
};

static const struct mode_choice nwrat_rows[] = {
	{ "0,2", { ALL, 0 } }, { "1,1", { G2, 0 } }, { "2,1", { G3, 0 } },
	{ "1,2", { ALL, G2 } }, { "2,2", { ALL, G3 } }, END
};
const struct mode_dialect mode_novatel = {
	.command = "AT$NWRAT", .key = "", .tail = "", .rows = nwrat_rows,
	.fields = 2, .otherwise = &mode_generic,
};

static const struct mode_choice cfun_rows[] = {
	{ "1", { ALL, 0 } }, { "5", { G2, 0 } }, { "6", { G3, 0 } }, END
};
const struct mode_dialect mode_ericsson = {
	.command = "AT+CFUN", .key = "", .tail = "", .rows = cfun_rows,
	.fields = 1, .otherwise = &mode_generic,
};

/* Fibocom's with a Qualcomm or MediaTek chip, which have no 2G; preferences and
 * bands follow. */
static const struct mode_choice gtact_rows[] = {
	{ "10", { ALL, 0 } }, { "20", { G3 | G4 | G5, 0 } },
	{ "1", { G3, 0 } }, { "2", { G4, 0 } }, { "14", { G5, 0 } },
	{ "4", { G3 | G4, 0 } }, { "16", { G3 | G5, 0 } },
	{ "17", { G4 | G5, 0 } }, END
};
static const struct mode_dialect gtact = {
	.command = "AT+GTACT", .key = "", .tail = "", .rows = gtact_rows,
	.fields = 1, .otherwise = &mode_generic,
};

/* Bands follow the preference; without them they stay as they are. */
static const struct mode_choice xact_rows[] = {
	{ "6", { ALL, 0 } }, { "0", { G2, 0 } }, { "1", { G3, 0 } },
	{ "2", { G4, 0 } }, { "3", { G2 | G3, 0 } }, { "4", { G3 | G4, 0 } },
	{ "5", { G2 | G4, 0 } }, { "6,1", { ALL, G3 } }, { "6,2", { ALL, G4 } },
	END
};
const struct mode_dialect mode_xmm = {
	.command = "AT+XACT", .key = "", .tail = "", .rows = xact_rows,
	.fields = 2, .otherwise = &gtact,
};
/* clang-format on */
