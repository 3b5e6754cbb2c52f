/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_CARD_H
#define GD_MODEM_CARD_H

#include <stdbool.h>
#include <stddef.h>

/* Decoders of single answer lines about the SIM card. Each returns false, and changes nothing, for
 * a line that is not its own or makes no sense. */

/* Attempts left for PIN 1, from any maker's counter, from +CPINR (27.007 8.65), or from +CSIM's
 * answer to an empty VERIFY (TS 102 221 11.1.9). */
bool modem_decode_pin_left(const char *line, int *left);

/* A family's row for its PIN counter. PIN 1 is the first field, unless `skip` fields or a `name`
 * come before it. */
struct card_counter {
	const char *prefix;
	int skip;
	const char *name;
};

/* The card's number without padding: 18 to 20 digits that start with 89 (E.118); some countries'
 * cards mix in hexadecimal letters. Takes any maker's answer, also without a name, and +CRSM's READ
 * BINARY; digits swapped in pairs, as they are stored on the card (TS 102 221 13.2), are put
 * right. */
#define MODEM_ICCID_SIZE 21
bool modem_decode_iccid(const char *line, char iccid[MODEM_ICCID_SIZE]);

/* Of +CRSM's READ BINARY (51.011 9.4): how many digits of the IMSI are the MNC (EF-AD, 31.102
 * 4.2.18), the provider's name in ASCII (EF-SPN, 4.2.12), and a group's identifier as it is,
 * without the bytes ff at its end (EF-GID1, 4.2.10). */
#define MODEM_SPN_SIZE 33
bool modem_decode_mnc_digits(const char *line, int *digits);
bool modem_decode_spn(const char *line, char spn[MODEM_SPN_SIZE]);
bool modem_decode_gid1(const char *line, char gid1[MODEM_SPN_SIZE]);

#endif
