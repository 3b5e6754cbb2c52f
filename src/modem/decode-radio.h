/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_DECODE_RADIO_H
#define GD_MODEM_DECODE_RADIO_H

#include <limits.h>
#include <stdbool.h>

/* Decoders of what modems say of the radio, one line of an answer each, in 27.007's words and in
 * those of a dozen makers. */

#define MODEM_DB_UNKNOWN INT_MIN

struct modem_signal {
	int csq;      /* 0 to 31 (27.007 8.5); 99 unknown */
	int ber;      /* 0 to 7; 99 unknown */
	int rssi_dbm; /* this and the others: MODEM_DB_UNKNOWN */
	int rscp_dbm; /* UMTS */
	int rsrp_dbm; /* LTE */
	int rsrq_db;
};

/* All unknown. */
void modem_signal_clear(struct modem_signal *signal);

/* Take what the line tells; the rest, and what makes no sense, stays as it is. False when it tells
 * nothing. Any line of an answer to AT+CSQ, AT+CESQ, AT!GSTATUS?, AT^HCSQ?, AT+QCSQ, AT+CPSI? and
 * AT^SMONI. */
bool modem_decode_signal(const char *line, struct modem_signal *signal);

/* How good it is, 0 to 100: the first of +CSQ's number, RSSI, RSRP and RSCP that is known, in its
 * range of 27.007 8.5 and 8.69. -1: unknown. */
int modem_signal_percent(const struct modem_signal *signal);

/* The technology that the line names, in one of modem_act_name's words or "GPRS", "HSPA+", "LTE-M",
 * "CDMA", ...; NULL where it names none. Static. *CNTI, $CNTI, ^SYSINFO, ^SYSINFOEX, +QNWINFO,
 * +CPSI, +CNSMOD, _OCTI, _OWCTI, #PSNT, ^SMONI, +ZPAS, *ERINFO, +UREG, and !GSTATUS's "System
 * mode". */
const char *modem_decode_technology(const char *line);

#endif
