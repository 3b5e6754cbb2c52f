/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "at/urc.h"

/* clang-format off */

/* What comes unasked. A name with a colon begins the line; one without is the
 * whole line or its first words. One behind the other, for pointers are larger. */
static const char unasked[] =
	/* 27.007, 27.005, V.250 */
	"RING\0" "+CRING:\0" "+CLIP:\0" "+CCWA:\0" "+CNAP:\0" "+COLP:\0" "+CSSI:\0"
	"+CSSU:\0" "+CUSD:\0" "+CMTI:\0" "+CMT:\0" "+CDSI:\0" "+CDS:\0" "+CBM:\0"
	"+CBMI:\0" "+CIEV:\0" "+CGEV:\0" "+CTZV:\0" "+CTZE:\0" "+CTZEU:\0" "+CSCON:\0"
	"+CSQ:\0" "+CESQ:\0" "+CPIN:\0" "+CFUN:\0" "+CIREGU:\0" "+CEDRXP:\0"
	"+CNEMIU:\0" "+CNEMS1:\0" "+CMCCSI:\0" "+CRTDCP:\0" "+CCIOTOPTI:\0"
	"+CNEC_ESM:\0" "+CNEC_EMM:\0" "+CNEC_GSM:\0" "+CNEC_GMM:\0" "+CMWI:\0"
	/* about this port's last call or another port's */
	"NO CARRIER\0" "CONNECT\0" "BUSY\0" "NO ANSWER\0" "NO DIALTONE\0"
	"NO DIAL TONE\0"
	/* start and end, many vendors */
	"RDY\0" ";RDY\0" "APP RDY\0" "Call Ready\0" "SMS Ready\0" "SIM Ready\0"
	"SMS DONE\0" "PB DONE\0" "NORMAL POWER DOWN\0" "POWERED DOWN\0"
	"UNDER-VOLTAGE WARNING\0" "OVER-VOLTAGE WARNING\0" "*ATREADY:\0"
	"^SYSSTART\0" "^SYSLOADING\0" "^SHUTDOWN\0" "+SYSSTART\0" "+PBREADY\0"
	"+SIM:\0" "+STIN:\0" "*EMRDY:\0" "+PACSP0\0" "+PACSP1\0"
	/* Huawei */
	"^RSSI:\0" "^MODE:\0" "^DSFLOWRPT:\0" "^BOOT:\0" "^SRVST:\0" "^SIMST:\0"
	"^STIN:\0" "^HCSQ:\0" "^RSSILVL:\0" "^HRSSILVL:\0" "^CRSSI:\0" "^CSNR:\0"
	"^CERSSI:\0" "^LTERSRP:\0" "^ANLEVEL:\0" "^THERM:\0" "^NWTIME:\0"
	"^NDISSTAT:\0" "^NDISEND:\0" "^RFSWITCH:\0" "^LWURC:\0" "^EONS:\0"
	"^SMMEMFULL:\0" "^CEND:\0" "^CONN:\0" "^CONF:\0" "^ORIG:\0" "^SIMRESET:\0"
	"^ECLSTAT:\0" "^RESETMODEM\0" "^CSUSPEND:\0" "^LOCCHD:\0" "^ACTIVEBAND:\0"
	"^XLEMA:\0" "^DATASETRPT:\0"
	/* ZTE */
	"+ZDONR:\0" "+ZUSIMR:\0" "+ZPASR:\0" "+ZMSRI\0" "+ZEND\0" "+ZPSTM:\0"
	"+ZURDY:\0" "+ZSMT:\0" "+ZECMCALL:\0" "ZMSRI\0"
	/* Option */
	"_OSIGQ:\0" "_OUWCTI:\0" "_OWCTI:\0" "_OSSYSI:\0" "_OUHCIP:\0" "_OLCC:\0"
	"_OCTI:\0" "_OBLS:\0" "_OBSI:\0" "_OWANCALL:\0"
	/* Ericsson, Sony Ericsson */
	"*E2NAP:\0" "*EMWI:\0" "*ESTKDISP:\0" "*ERINFO:\0" "*ETZV:\0" "*EPEV\0"
	/* Quectel, SIMCom */
	"+QIND:\0" "+QUSIM:\0" "+QNITZ:\0" "+QSIMSTAT:\0" "+QIURC:\0" "+QNETDEVSTATUS:\0"
	"*PSUTTZ:\0" "*PSNWID:\0" "DST:\0" "+CLTS:\0" "+CPSMSTATUS:\0"
	/* u-blox */
	"+UUPSDD:\0" "+UUPSDA:\0" "+UUSORD:\0" "+UUSOCL:\0" "+UUSIMSTAT:\0"
	"+UMWI:\0" "+UUSTS:\0"
	/* Telit, Cinterion, Sierra */
	"#QSS:\0" "#PSNT:\0" "#STN:\0" "SRING:\0" "^SBC:\0" "^SCKS:\0" "^SSIM\0"
	"^SNINFO:\0" "+WIND:\0" "+KSUP:\0" "*CNTI:\0" "+EEMGINFOBASIC:\0";
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
	for (const char *name = unasked; *name; name += len + 1) {
		len = strlen(name);
		if (strncasecmp(line, name, len) == 0 &&
		    (name[len - 1] == ':' || !isalnum((unsigned char)line[len])))
			return AT_URC_UNASKED;
	}
	if (!*line || !strchr("+^*!$%#_&", *line))
		return AT_URC_NOT;
	len = 1 + strspn(line + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_"
				   "abcdefghijklmnopqrstuvwxyz0123456789");
	return len > 2 && line[len] == ':' ? AT_URC_SHAPED : AT_URC_NOT;
}
