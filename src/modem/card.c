/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "at/fields.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/family.h"

#define PIN_LEFT_MAX 10 /* some say 255 for unknown */
#define ICCID_MIN    18
#define ICCID_RAW    20 /* ten bytes in hexadecimal */

static bool decode_counter(struct at_fields *fields, const struct card_counter *row, int *left)
{
	char which[12];
	int count;

	for (int i = 0; i < row->skip; i++)
		if (!at_fields_skip(fields))
			return false;
	if (row->name &&
	    (!at_fields_next_string(fields, which, sizeof(which)) || strcmp(which, row->name) != 0))
		return false;
	if (!at_fields_next_int(fields, &count) || count < 0 || count > PIN_LEFT_MAX)
		return false;
	*left = count;
	return true;
}

bool modem_decode_pin_left(const char *line, int *left)
{
	struct at_fields fields;
	char status[8];

	for (const struct modem_family *const *at = modem_families; *at; at++)
		for (const struct card_counter *row = (*at)->counters; row && row->prefix; row++)
			if (at_fields_start(&fields, line, row->prefix))
				return decode_counter(&fields, row, left);
	/* SW1 SW2 of an empty VERIFY: 63Cx means x left, 6983 blocked; 9000, from a card that asks
	 * for no PIN, says nothing. */
	if (!at_fields_start(&fields, line, "+CSIM:") || !at_fields_skip(&fields) ||
	    !at_fields_next_string(&fields, status, sizeof(status)) || strlen(status) != 4)
		return false;
	if (strcmp(status, "6983") == 0)
		*left = 0;
	else if (str_starts_nocase(status, "63C") && isdigit((unsigned char)status[3]))
		*left = status[3] - '0';
	else
		return false;
	return true;
}

/* READ BINARY's data follows 144,0 or another success code (51.011 9.4). */
static bool take_data(const char *line, char *data, size_t size)
{
	struct at_fields fields;
	int sw1;

	return at_fields_start(&fields, line, "+CRSM:") && at_fields_next_int(&fields, &sw1) &&
	       (sw1 == 0x90 || sw1 == 0x91) && at_fields_skip(&fields) &&
	       at_fields_next_string(&fields, data, size);
}

/* Its bytes; how many. */
static size_t take_bytes(const char *line, unsigned char *bytes, size_t max)
{
	char data[160], pair[3] = "", *end;
	size_t len = 0;

	if (!take_data(line, data, sizeof(data)))
		return 0;
	for (const char *at = data; at[0] && at[1] && len < max; at += 2) {
		memcpy(pair, at, 2);
		bytes[len++] = (unsigned char)strtoul(pair, &end, 16);
		if (*end)
			return 0;
	}
	return len;
}

/* A card older than the fourth byte has none, and some have nonsense there. */
bool modem_decode_mnc_digits(const char *line, int *digits)
{
	unsigned char bytes[8];
	int found = take_bytes(line, bytes, sizeof(bytes)) > 3 ? bytes[3] & 15 : 0;

	if (found != 2 && found != 3)
		return false;
	*digits = found;
	return true;
}

/* The first byte tells when to show it. The alphabet is GSM's, whose letters and digits are
 * ASCII's; or behind 80, UCS2. Behind 81 and 82 it is GSM's after a length and a page of UCS2's in
 * one byte and in two (31.102, annex A). */
bool modem_decode_spn(const char *line, char spn[MODEM_SPN_SIZE])
{
	unsigned char bytes[MODEM_SPN_SIZE];
	size_t len = take_bytes(line, bytes, sizeof(bytes)), used = 0;
	unsigned char form = len > 1 ? bytes[1] : 0;
	bool wide = form == 0x80;

	for (size_t i = form >= 0x80 && form <= 0x82 ? form - 0x7dU : 1;
	     i < len && bytes[i] != 0xff && used < MODEM_SPN_SIZE - 1; i += 1 + wide)
		if (bytes[i] >= 0x20 && bytes[i] < 0x7f && (!wide || bytes[i - 1] == 0))
			spn[used++] = (char)bytes[i];
	spn[used] = '\0';
	return used > 0;
}

bool modem_decode_gid1(const char *line, char gid1[MODEM_SPN_SIZE])
{
	char data[160];
	size_t len;

	if (!take_data(line, data, sizeof(data)))
		return false;
	for (len = strlen(data); len > 1 && str_starts_nocase(data + len - 2, "ff"); len -= 2)
		data[len - 2] = '\0';
	str_copy(gid1, MODEM_SPN_SIZE, data);
	return *gid1;
}

bool modem_decode_iccid(const char *line, char iccid[MODEM_ICCID_SIZE])
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	char data[48], found[MODEM_ICCID_SIZE];
	const char *colon = strchr(line, ':'), *text = colon ? colon + 1 : line;
	struct at_fields fields;
	size_t len;

	/* READ BINARY's data, or the number behind "+CCID: ", "ICCID: " (Sierra's AT+ICCID) or
	 * nothing. */
	if (at_fields_start(&fields, line, "+CRSM:")) {
		if (!take_data(line, data, sizeof(data)))
			return false;
		text = data;
	} else {
		text += strspn(text, " \t\"");
	}
	len = strspn(text, digits);
	/* An eSIM's EID may follow. */
	if (len < ICCID_MIN || len > ICCID_RAW ||
	    !strchr(",", text[len + strspn(text + len, " \t\"")]))
		return false;
	for (size_t i = 0; i < len; i++)
		found[i] = (char)toupper((unsigned char)text[i]);
	found[len] = '\0';
	if (str_starts(found, "98"))
		for (char *at = found; at[0] && at[1]; at += 2) {
			char first = at[0];

			at[0] = at[1];
			at[1] = first;
		}
	while (len > 0 && found[len - 1] == 'F')
		found[--len] = '\0';
	if (len < ICCID_MIN || !str_starts(found, "89"))
		return false;
	memcpy(iccid, found, len + 1);
	return true;
}
