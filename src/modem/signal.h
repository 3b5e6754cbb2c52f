/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_SIGNAL_H
#define GD_MODEM_SIGNAL_H

#include <limits.h>
#include <stdbool.h>

/* Decoders of what modems say of signal and technology, one line of an answer each, in 27.007's
 * words and in those of a dozen makers. */

#define MODEM_DB_UNKNOWN INT_MIN

struct modem_signal {
	int csq;      /* 0 to 31 (27.007 8.5); 99 unknown */
	int ber;      /* 0 to 7; 99 unknown */
	int rssi_dbm; /* this and the others: MODEM_DB_UNKNOWN */
	int rscp_dbm; /* UMTS */
	int rsrp_dbm; /* LTE */
	int rsrq_db;
	int sinr_db;
	/* Where it listens; -1 unknown. */
	int band;  /* 36.101 5.5, 38.104 5.2 */
	int arfcn; /* the channel */
	int cell;
};

/* All unknown. */
void modem_signal_clear(struct modem_signal *signal);

/* Take what the line says; the rest, and nonsense, is left as it is. False when it says nothing.
 * Any line of an answer to AT+CSQ or to a family's `signal` and `technology`. */
bool modem_decode_signal(const char *line, struct modem_signal *signal);

/* How good it is, 0 to 100: the first of +CSQ's number, RSSI, RSRP and RSCP that is known, in its
 * range of 27.007 8.5 and 8.69. -1: unknown. */
int modem_signal_percent(const struct modem_signal *signal);

/* The technology that the line names, in one of modem_act_name's words or "GPRS", "HSPA+", "LTE-M",
 * "CDMA", ...; NULL where it names none. Static. Any line of an answer to a family's `technology`,
 * and to some of their `signal`. */
const char *modem_decode_technology(const char *line);

/* For the families' own decoders and tables */

enum signal_quantity {
	SIGNAL_RSSI,
	SIGNAL_RSCP,
	SIGNAL_RSRP,
	SIGNAL_RSRQ,
	SIGNAL_SINR,
	SIGNAL_POWERS, /* so many; what follows is the cell's */
	SIGNAL_BAND = SIGNAL_POWERS,
	SIGNAL_ARFCN,
	SIGNAL_CELL,
	SIGNAL_CELL_HEX,
	SIGNAL_QUANTITIES
};

/* Take what `text` begins with: a number in dBm or dB, "B2", "LTE BAND 3", a channel, a cell; false
 * when it is none or out of range. */
bool modem_signal_put(struct modem_signal *signal, enum signal_quantity quantity, const char *text);

/* How a quantity is written. */
enum signal_scale {
	SIGNAL_PLAIN,   /* dBm or dB */
	SIGNAL_CODED,   /* 27.007 8.69's numbers, and Huawei's */
	SIGNAL_TENTHS,  /* or plain, by the firmware: -850 is -85 */
	SIGNAL_NO_SIGN, /* 78 is -78 */
	/* PLAIN, but SINR CODED. 30 and less is left out: newer ones of the maker say dB. */
	SIGNAL_CODED_SINR,
};

/* A report in fields: which field, from 1, has what; 0: none has it. The first row whose prefix and
 * first field fit counts. */
struct signal_report {
	const char *prefix, *first;
	unsigned char scale;
	signed char code_shift; /* of RSSI's: +CESQ's are GSM's <rxlev> */
	unsigned char field[SIGNAL_QUANTITIES];
};

/* In which field, from 1, the technology stands: as a word, or as a number that counts the letters
 * of signal.c. Of several rows for a prefix the first that gives one counts. */
#define SIGNAL_LAST_FIELD 0
struct signal_technology {
	const char *prefix;
	const char *letters; /* NULL: a word */
	unsigned char field;
};

#endif
