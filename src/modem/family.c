/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "base/count.h"
#include "modem/family.h"
#include "modem/mode.h"

enum {
	GENERIC,
	SIERRA,
	HUAWEI,
	ZTE,
	QUECTEL,
	SIMCOM,
	TELIT,
	CINTERION,
	UBLOX,
	OPTION,
	NOVATEL,
	ERICSSON,
	FIBOCOM,
	ICERA,
	FAMILY_COUNT
};

/* clang-format off */
static const struct modem_family families[FAMILY_COUNT] = {
	[GENERIC] = {
		.name = "generic",
		.pin_left = "", .iccid = "AT+CCID", .technology = "",
		.signal = "AT+CESQ", .radio = "",
		.mode = &mode_generic,
	},
	[SIERRA] = {
		.name = "sierra",
		.auth = "AT$QCPDPP=%c,%a,%p,%u",
		.auth_none = "AT$QCPDPP=%c,0",
		.pin_left = "AT+CPINC?", .iccid = "AT!ICCID?",
		.technology = "AT*CNTI=0", .signal = "AT!GSTATUS?",
		.radio = "AT!PCINFO?", .radio_else = "AT!GSTATUS?",
		.reset = "AT!RESET",
		.mode = &mode_sierra,
	},
	[HUAWEI] = {
		.name = "huawei",
		.auth = "AT^AUTHDATA=%c,%e,\"\",%p,%u",
		.auth_none = "AT^AUTHDATA=%c",
		.technology_else = "AT^SYSINFO",
		.pin_left = "AT^CPIN?", .iccid = "AT^ICCID?",
		.technology = "AT^SYSINFOEX", .signal = "AT^HCSQ?",
		.radio = "AT^RFSWITCH?",
		.reset = "AT^RESET",
		.mode = &mode_huawei,
	},
	[ZTE] = {
		.name = "zte",
		.pin_left = "AT+ZPINPUK=?", .iccid = "AT+CCID",
		.technology = "AT+ZPAS?", .signal = "", .radio = "",
		.mode = &mode_zte,
	},
	[QUECTEL] = {
		.name = "quectel",
		.auth = "AT+QICSGP=%c,%t,%n,%u,%p,%e",
		.auth_none = "AT+QICSGP=%c,%t,%n,\"\",\"\",0",
		.pin_left = "AT+QPINC=\"SC\"", .iccid = "AT+QCCID",
		.technology = "AT+QNWINFO", .signal = "AT+QCSQ", .radio = "",
		.mode = &mode_quectel,
	},
	[SIMCOM] = {
		.name = "simcom",
		.auth = "AT+CGAUTH=%c,%e,%p,%u|AT+CGAUTH=%c,%a,%p,%u", /* not 27.007's order */
		.auth_none = "AT+CGAUTH=%c,0",
		.technology_else = "AT+CNSMOD?",
		.pin_left = "AT+SPIC", .iccid = "AT+CICCID",
		.technology = "AT+CPSI?", .signal = "AT+CESQ", .radio = "",
		.reset = "AT+CRESET",
		.mode = &mode_simcom,
	},
	[TELIT] = {
		.name = "telit",
		.auth = "AT#PDPAUTH=%c,%a,%u,%p|AT+CGAUTH=%c,%a,%u,%p",
		.auth_none = "AT#PDPAUTH=%c,0|AT+CGAUTH=%c,0",
		.pin_left = "AT#PCT", .iccid = "AT#CCID",
		.technology = "AT#PSNT?", .signal = "AT+CESQ", .radio = "",
		.reset = "AT#REBOOT",
		.mode = &mode_generic,
	},
	[CINTERION] = {
		.name = "cinterion",
		.auth = "AT^SGAUTH=%c,%a,%p,%u",
		.auth_none = "AT^SGAUTH=%c,0",
		.pin_left = "AT^SPIC", .iccid = "AT+CCID",
		.technology = "AT^SMONI", .signal = "AT+CESQ", .radio = "",
		.mode = &mode_cinterion,
	},
	[UBLOX] = {
		.name = "ublox",
		.auth = "AT+CGAUTH=%c,%a,%u,%p|AT+UAUTHREQ=%c,%a,%u,%p",
		.auth_none = "AT+CGAUTH=%c,0|AT+UAUTHREQ=%c,0",
		.pin_left = "AT+UPINCNT", .iccid = "AT+CCID",
		.technology = "AT+UREG?", .signal = "AT+CESQ", .radio = "",
		.reset = "AT+CFUN=16",
		.mode = &mode_ublox,
	},
	[OPTION] = {
		.name = "option",
		.auth = "AT$QCPDPP=%c,%a,%p,%u|AT_OPDPP=%c,%a,%p,%u",
		.auth_none = "AT$QCPDPP=%c,0|AT_OPDPP=%c,0",
		.technology_else = "AT_OCTI?", /* 2G's, the last one on 3G */
		.pin_left = "AT_OERCN?", .iccid = "", .technology = "AT_OWCTI?",
		.signal = "", .radio = "",
		.mode = &mode_option,
	},
	[NOVATEL] = {
		.name = "novatel",
		.auth = "AT$QCPDPP=%c,%a,%p,%u",
		.auth_none = "AT$QCPDPP=%c,0",
		.pin_left = "", .iccid = "", .technology = "AT$CNTI=0",
		.signal = "", .radio = "",
		.mode = &mode_novatel,
	},
	[ERICSSON] = {
		.name = "ericsson",
		.pin_left = "AT*EPIN?", .iccid = "",
		.technology = "AT*ERINFO?",
		.signal = "", .radio = "",
		.reset = "AT*E2RESET",
		.mode = &mode_ericsson,
	},
	[FIBOCOM] = {
		.name = "fibocom",
		.auth = "AT+CGAUTH=%c,%a,%u,%p|AT+XGAUTH=%c,%a,%u,%p",
		.auth_none = "AT+CGAUTH=%c,0|AT+XGAUTH=%c,0",
		.pin_left = "AT+XPINCNT", .iccid = "AT+CCID",
		.technology = "", .signal = "AT+CESQ", .radio = "",
		.reset = "AT+CFUN=15",
		.mode = &mode_xmm,
	},
	[ICERA] = {
		.name = "icera",
		.auth = "AT%%IPDPCFG=%c,0,%a,%u,%p",
		.auth_none = "AT%%IPDPCFG=%c,0,0",
		.pin_left = "", .iccid = "", .technology = "", .signal = "",
		.radio = "",
		.reset = "AT%IRESET",
		.mode = &mode_generic,
	},
};

/* What a family's modems say of themselves. */
static const struct {
	const char *word;
	int family;
} words[] = {
	{ "sierra", SIERRA },       { "huawei", HUAWEI },
	{ "zte", ZTE },             { "quectel", QUECTEL },
	{ "simcom", SIMCOM },       { "telit", TELIT },
	{ "cinterion", CINTERION }, { "gemalto", CINTERION },
	{ "thales", CINTERION },    { "u-blox", UBLOX },
	{ "option n.v", OPTION },   { "novatel", NOVATEL },
	{ "ericsson", ERICSSON },   { "fibocom", FIBOCOM },
	{ "icera", ICERA },
};

static const struct {
	int vid, family;
} vendors[] = {
	{ 0x0af0, OPTION },   { 0x0bdb, ERICSSON },  { 0x1199, SIERRA },
	{ 0x12d1, HUAWEI },   { 0x1410, NOVATEL },   { 0x1546, UBLOX },
	{ 0x19d2, ZTE },      { 0x1bc7, TELIT },     { 0x1e0e, SIMCOM },
	{ 0x1e2d, CINTERION }, { 0x2c7c, QUECTEL },  { 0x2cb7, FIBOCOM },
};
/* clang-format on */

const struct modem_family *modem_family_find(int vid, const char *identity)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcasestr(identity, words[i].word))
			return &families[words[i].family];
	for (size_t i = 0; i < COUNT(vendors); i++)
		if (vendors[i].vid == vid)
			return &families[vendors[i].family];
	return &families[GENERIC];
}
