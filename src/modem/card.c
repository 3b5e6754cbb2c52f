/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <string.h>

#include "at/fields.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/card.h"

#define PIN_LEFT_MAX 10 /* 255 is somebody's way to say unknown */
#define ICCID_MIN    18
#define ICCID_RAW    20 /* ten bytes in hexadecimal */

/* PIN 1 comes first everywhere but where `skip` fields or a `name` do. */
static const struct {
	const char *prefix;
	int skip;
	const char *name;
} counters[] = {
	{"+CPINC:", 0, NULL},   {"+QPINC:", 0, "SC"},  {"+UPINCNT:", 0, NULL},
	{"^CPIN:", 3, NULL},    {"+SPIC:", 0, NULL},   {"^SPIC:", 0, NULL},
	{"#PCT:", 0, NULL},     {"*EPIN:", 0, NULL},   {"+ZPINPUK:", 0, NULL},
	{"+XPINCNT:", 0, NULL}, {"_OERCN:", 0, NULL},  {"+QTRPIN:", 0, NULL},
	{"+PNNM:", 0, NULL},    {"%PINNUM:", 0, NULL}, {"+CPINR:", 0, "SIM PIN"},
};

/* SW1 SW2 of an empty VERIFY: 63Cx leaves x, 6983 is blocked; 9000, a PIN that is not asked for,
 * tells nothing. */
static bool decode_verify(const char *line, int *left)
{
	struct at_fields fields;
	char status[8];

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

static bool decode_counter(struct at_fields *fields, int skip, const char *name, int *left)
{
	char which[12];
	int count;

	while (skip-- > 0)
		if (!at_fields_skip(fields))
			return false;
	if (name &&
	    (!at_fields_next_string(fields, which, sizeof(which)) || strcmp(which, name) != 0))
		return false;
	if (!at_fields_next_int(fields, &count) || count < 0 || count > PIN_LEFT_MAX)
		return false;
	*left = count;
	return true;
}

bool modem_decode_pin_left(const char *line, int *left)
{
	struct at_fields fields;

	for (size_t i = 0; i < COUNT(counters); i++)
		if (at_fields_start(&fields, line, counters[i].prefix))
			return decode_counter(&fields, counters[i].skip, counters[i].name, left);
	return decode_verify(line, left);
}

/* "+CCID: ", "ICCID: " (Sierra's AT+ICCID) or nothing stands before it. */
static const char *skip_name(const char *line)
{
	const char *colon = strchr(line, ':');

	line = colon ? colon + 1 : line;
	return line + strspn(line, " \t\"");
}

/* READ BINARY's data, after 144,0 or another word for success (51.011 9.4). */
static const char *crsm_data(const char *line, char *data, size_t size)
{
	struct at_fields fields;
	int sw1;

	if (!at_fields_start(&fields, line, "+CRSM:"))
		return skip_name(line);
	if (!at_fields_next_int(&fields, &sw1) || (sw1 != 0x90 && sw1 != 0x91) ||
	    !at_fields_skip(&fields) || !at_fields_next_string(&fields, data, size))
		return "";
	return data;
}

static void swap_pairs(char *text)
{
	for (; text[0] && text[1]; text += 2) {
		char first = text[0];

		text[0] = text[1];
		text[1] = first;
	}
}

bool modem_decode_iccid(const char *line, char iccid[MODEM_ICCID_SIZE])
{
	static const char digits[] = "0123456789ABCDEFabcdef";
	char data[48], found[MODEM_ICCID_SIZE];
	const char *text = crsm_data(line, data, sizeof(data));
	size_t len = strspn(text, digits);

	if (len < ICCID_MIN || len > ICCID_RAW || strspn(text + len, " \t\"") != strlen(text + len))
		return false;
	for (size_t i = 0; i < len; i++)
		found[i] = (char)toupper((unsigned char)text[i]);
	found[len] = '\0';
	if (str_starts(found, "98"))
		swap_pairs(found);
	while (len > 0 && found[len - 1] == 'F')
		found[--len] = '\0';
	if (len < ICCID_MIN || !str_starts(found, "89"))
		return false;
	memcpy(iccid, found, len + 1);
	return true;
}
