/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "at/urc.h"
#include "base/count.h"

/* clang-format off */

/* What comes unasked. A name with a colon begins the line; one without is the
 * whole line or its first words. */
static const char *const unasked[] = {
	/* 27.007, 27.005, V.250 */
	"RING", "+CRING:", "+CLIP:", "+CCWA:", "+CNAP:", "+COLP:", "+CSSI:",
	"+CSSU:", "+CUSD:", "+CMTI:", "+CMT:", "+CDSI:", "+CDS:", "+CBM:",
	"+CBMI:", "+CIEV:", "+CGEV:", "+CTZV:", "+CTZE:", "+CTZEU:", "+CSCON:",
	"+CSQ:", "+CESQ:", "+CPIN:", "+CFUN:", "+CIREGU:", "+CEDRXP:",
	"+CNEMIU:", "+CNEMS1:", "+CMCCSI:", "+CRTDCP:", "+CCIOTOPTI:",
	"+CNEC_ESM:", "+CNEC_EMM:", "+CNEC_GSM:", "+CNEC_GMM:", "+CMWI:",
	/* about this port's last call or another port's */
	"NO CARRIER", "CONNECT", "BUSY", "NO ANSWER", "NO DIALTONE",
	"NO DIAL TONE",
	/* start and end, many vendors */
	"RDY", ";RDY", "APP RDY", "Call Ready", "SMS Ready", "SIM Ready",
	"SMS DONE", "PB DONE", "NORMAL POWER DOWN", "POWERED DOWN",
	"UNDER-VOLTAGE WARNING", "OVER-VOLTAGE WARNING", "*ATREADY:",
	"^SYSSTART", "^SYSLOADING", "^SHUTDOWN", "+SYSSTART", "+PBREADY",
	"+SIM:", "+STIN:", "*EMRDY:", "+PACSP0", "+PACSP1",
	/* Huawei */
	"^RSSI:", "^MODE:", "^DSFLOWRPT:", "^BOOT:", "^SRVST:", "^SIMST:",
	"^STIN:", "^HCSQ:", "^RSSILVL:", "^HRSSILVL:", "^CRSSI:", "^CSNR:",
	"^CERSSI:", "^LTERSRP:", "^ANLEVEL:", "^THERM:", "^NWTIME:",
	"^NDISSTAT:", "^NDISEND:", "^RFSWITCH:", "^LWURC:", "^EONS:",
	"^SMMEMFULL:", "^CEND:", "^CONN:", "^CONF:", "^ORIG:", "^SIMRESET:",
	"^ECLSTAT:", "^RESETMODEM", "^CSUSPEND:", "^LOCCHD:", "^ACTIVEBAND:",
	"^XLEMA:", "^DATASETRPT:",
	/* ZTE */
	"+ZDONR:", "+ZUSIMR:", "+ZPASR:", "+ZMSRI", "+ZEND", "+ZPSTM:",
	"+ZURDY:", "+ZSMT:", "+ZECMCALL:", "ZMSRI",
	/* Option */
	"_OSIGQ:", "_OUWCTI:", "_OWCTI:", "_OSSYSI:", "_OUHCIP:", "_OLCC:",
	"_OCTI:", "_OBLS:", "_OBSI:", "_OWANCALL:",
	/* Ericsson, Sony Ericsson */
	"*E2NAP:", "*EMWI:", "*ESTKDISP:", "*ERINFO:", "*ETZV:", "*EPEV",
	/* Quectel, SIMCom */
	"+QIND:", "+QUSIM:", "+QNITZ:", "+QSIMSTAT:", "+QIURC:", "+QNETDEVSTATUS:",
	"*PSUTTZ:", "*PSNWID:", "DST:", "+CLTS:", "+CPSMSTATUS:",
	/* u-blox */
	"+UUPSDD:", "+UUPSDA:", "+UUSORD:", "+UUSOCL:", "+UUSIMSTAT:",
	"+UMWI:", "+UUSTS:",
	/* Telit, Cinterion, Sierra */
	"#QSS:", "#PSNT:", "#STN:", "SRING:", "^SBC:", "^SCKS:", "^SSIM",
	"^SNINFO:", "+WIND:", "+KSUP:", "*CNTI:", "+EEMGINFOBASIC:",
};
/* clang-format on */

/*
 * <stat>[,<lac>,<ci>,...] against <n>,<stat>[,<lac>,<ci>,...]. <lac> is quoted,
 * but for some Gobis: " 0 5"; <stat> is one or two digits, or "001"; the third
 * field of an answer is a <lac> or nothing.
 */
static enum at_urc registration_form(struct at_fields *fields)
{
	size_t left = at_fields_left(fields);
	char second[16];
	int first;

	if (!at_fields_next_int(fields, &first))
		return AT_URC_NOT; /* "+CREG: (0-2)" */
	if (left == 1)
		return AT_URC_SURE;
	if (at_fields_is_quoted(fields))
		return AT_URC_SURE;
	if (!at_fields_next_string(fields, second, sizeof(second)) ||
	    strspn(second, "0123456789") != strlen(second) || strlen(second) == 0 ||
	    strlen(second) > (second[0] == '0' ? 3 : 2))
		return left > 2 ? AT_URC_SURE : AT_URC_NOT;
	if (left == 3 && !at_fields_is_quoted(fields) &&
	    at_fields_next_string(fields, second, sizeof(second)) && second[0])
		return AT_URC_SURE;
	return AT_URC_NOT;
}

enum at_urc at_urc_of(const char *line)
{
	struct at_fields fields;
	size_t len;

	if (at_fields_start(&fields, line, "+CREG:") || at_fields_start(&fields, line, "+CGREG:") ||
	    at_fields_start(&fields, line, "+CEREG:") || at_fields_start(&fields, line, "+C5GREG:"))
		return registration_form(&fields);
	for (size_t i = 0; i < COUNT(unasked); i++) {
		len = strlen(unasked[i]);
		if (strncasecmp(line, unasked[i], len) == 0 &&
		    (unasked[i][len - 1] == ':' || !isalnum((unsigned char)line[len])))
			return AT_URC_UNASKED;
	}
	if (!*line || !strchr("+^*!$%#_&", *line))
		return AT_URC_NOT;
	len = 1 + strspn(line + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				   "abcdefghijklmnopqrstuvwxyz0123456789");
	return len > 2 && line[len] == ':' ? AT_URC_SHAPED : AT_URC_NOT;
}
