/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_IDENTITY_H
#define GD_MODEM_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

/* What a modem says it is; "" where it says nothing. */
struct modem_identity {
	char manufacturer[64];
	char model[64];
	char revision[96];
	char imei[17]; /* 14 to 16 digits */
};

/* The text of an answer line without what some modems put around it: "+GMI: " (LG), quotes
 * (Motorola), blanks. False, with nothing changed, for a line without text. */
bool modem_decode_text(const char *line, char *to, size_t size);

/* The first run of `min` to `max` digits, such as an IMEI or an IMSI; longer runs are skipped.
 * False, with nothing changed, when there is none or it does not fit. */
bool modem_decode_digits(const char *line, size_t min, size_t max, char *to, size_t size);

/* Parse an answer to ATI, lines joined by \n: "Model: MC8355", as most Qualcomm based modems write
 * it, or plain lines, the first with the maker's and the second with the model's name (V.250 6.1.3
 * leaves the form open). */
void modem_decode_ati(const char *text, struct modem_identity *identity);

#endif
