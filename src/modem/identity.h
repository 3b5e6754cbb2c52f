/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_IDENTITY_H
#define GD_MODEM_IDENTITY_H

#include <stdbool.h>
#include <stddef.h>

/* Who a modem says it is; "" what it does not say. */
struct modem_identity {
	char manufacturer[64];
	char model[64];
	char revision[96];
	char imei[17]; /* 14 to 16 digits */
};

/* The text of an answer line without what some put around it: "+GMI: " (LG), quotes (Motorola),
 * blanks. False, and nothing changed, for a line without text. */
bool modem_decode_text(const char *line, char *to, size_t size);

/* The first run of `min` to `max` digits, and none that is longer: an IMEI, an IMSI. False, and
 * nothing changed, when there is none or it does not fit. */
bool modem_decode_digits(const char *line, size_t min, size_t max, char *to, size_t size);

/* What an answer to ATI says, lines joined by \n: "Model: MC8355" as most Qualcomm based ones have
 * it, and plain lines, of which the first is the maker's and the second the model's name (V.250
 * 6.1.3 leaves it open). */
void modem_decode_ati(const char *text, struct modem_identity *identity);

#endif
