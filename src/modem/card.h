/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_CARD_H
#define GD_MODEM_CARD_H

#include <stdbool.h>
#include <stddef.h>

/* Decoders of single answer lines about the SIM card. Each returns false, and changes nothing, for
 * a line that is not its own or makes no sense. */

/* Attempts left for PIN 1, of any maker's counter or of 27.007 8.65 (+CPINR); also +CSIM's answer
 * to an empty VERIFY (TS 102 221 11.1.9). */
bool modem_decode_pin_left(const char *line, int *left);

/* A family's row for its counter. PIN 1 comes first everywhere but where `skip` fields or a `name`
 * do. */
struct card_counter {
	const char *prefix;
	int skip;
	const char *name;
};

/* The card's number without padding: 18 to 20 digits from 89 on (E.118), which some countries'
 * cards mix with hexadecimal letters. Of any maker's answer, bare too, and of +CRSM's READ BINARY;
 * digits that were swapped in pairs, as they are on the card (TS 102 221 13.2), are put right. */
#define MODEM_ICCID_SIZE 21
bool modem_decode_iccid(const char *line, char iccid[MODEM_ICCID_SIZE]);

#endif
