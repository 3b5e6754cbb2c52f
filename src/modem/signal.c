/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "at/fields.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/decode.h"
#include "modem/family.h"

#define SINR_DB_MAX 30 /* of those that may say a code or dB; 5G's go up to 40 (38.133) */

/* What a receiver can hear at all; RSRQ's codes count halves, SINR's fifths. */
static const struct {
	short min, max, code_base;
	unsigned char codes_per_db;
} limits[SIGNAL_POWERS] = {
	[SIGNAL_RSSI] = {-125, -20, -121, 1}, [SIGNAL_RSCP] = {-125, -20, -121, 1},
	[SIGNAL_RSRP] = {-160, -30, -141, 1}, [SIGNAL_RSRQ] = {-34, 20, -20, 2},
	[SIGNAL_SINR] = {-30, 40, -20, 5},
};

/* clang-format off */

/* The words that technologies have here, and a letter for each in the families' tables. */
static const struct {
	char letter;
	char name[9];
} technologies[] = {
	{ 'G', "GSM" },   { 'P', "GPRS" },  { 'E', "EDGE" },     { 'U', "UMTS" }, { 'D', "HSDPA" },
	{ 'S', "HSUPA" }, { 'H', "HSPA" },  { '+', "HSPA+" },    { 'L', "LTE" },  { 'M', "LTE-M" },
	{ 'B', "NB-IoT" }, { 'X', "LTE+NR" }, { 'N', "5G NR" },  { 'C', "CDMA" }, { 'V', "EV-DO" },
	{ 'T', "TD-SCDMA" },
};

/* What makers call them; the first that is found in the text counts. */
static const struct {
	char word[12];
	char letter;
} words[] = {
	{ "NSA", 'X' },      { "ENDC", 'X' },        { "NR5G", 'N' },        { "CAT-M", 'M' },
	{ "eMTC", 'M' },     { "CAT-NB", 'B' },      { "NB-IoT", 'B' },      { "NBIoT", 'B' },
	{ "LTE", 'L' },      { "HSPA+", '+' },       { "HSPA", 'H' },        { "HSDPA/HSUPA", 'H' },
	{ "HSDPA+HSUPA", 'H' }, { "HSUPA", 'S' },    { "HSDPA", 'D' },       { "TD-SCDMA", 'T' },
	{ "TDSCDMA", 'T' },  { "WCDMA", 'U' },       { "UMTS", 'U' },        { "EDGE", 'E' },
	{ "EGPRS", 'E' },    { "GPRS", 'P' },        { "GSM", 'G' },         { "EVDO", 'V' },
	{ "HDR", 'V' },      { "CDMA", 'C' },        { "1xRTT", 'C' },       { "5G", 'N' },
	{ "4G", 'L' },       { "3G", 'U' },          { "2G", 'G' },          { "NR", 'N' },
};
/* clang-format on */

void modem_signal_clear(struct modem_signal *signal)
{
	*signal = (struct modem_signal){
		.csq = 99,
		.ber = 99,
		.rssi_dbm = MODEM_DB_UNKNOWN,
		.rscp_dbm = MODEM_DB_UNKNOWN,
		.rsrp_dbm = MODEM_DB_UNKNOWN,
		.rsrq_db = MODEM_DB_UNKNOWN,
		.sinr_db = MODEM_DB_UNKNOWN,
		.band = -1,
		.arfcn = -1,
		.cell = -1,
	};
}

static bool put_value(struct modem_signal *signal, enum signal_quantity quantity, long value)
{
	int *const parts[SIGNAL_POWERS] = {
		[SIGNAL_RSSI] = &signal->rssi_dbm, [SIGNAL_RSCP] = &signal->rscp_dbm,
		[SIGNAL_RSRP] = &signal->rsrp_dbm, [SIGNAL_RSRQ] = &signal->rsrq_db,
		[SIGNAL_SINR] = &signal->sinr_db,
	};

	if (value < limits[quantity].min || value > limits[quantity].max)
		return false;
	*parts[quantity] = (int)value;
	return true;
}

/* A number with or without decimals, which are dropped. */
static bool number_of_text(const char *text, long *value)
{
	char *end;

	*value = strtol(text, &end, 10);
	return end != text && *value > -2000 && *value < 2000;
}

/* A band of LTE or 5G by its number. Those of GSM and UMTS are told by their frequencies. */
static bool put_cell(struct modem_signal *signal, enum signal_quantity quantity, const char *text)
{
	const char *band = strcasestr(text, "BAND");
	int base = quantity == SIGNAL_CELL_HEX ? 16 : 10, max = 0xfffffff;
	int *part = quantity == SIGNAL_ARFCN ? &signal->arfcn : &signal->cell;
	char *end;
	long value;

	text += strspn(text, " \t");
	if (quantity == SIGNAL_BAND) {
		part = &signal->band;
		max = 512;
		text = band ? band + strlen("BAND") : text + strspn(text, "Bn");
	}
	value = strtol(text, &end, base);
	if (end == text || (*end && strchr("xX.", *end)) || value < (quantity != SIGNAL_ARFCN) ||
	    value > max)
		return false;
	*part = (int)value;
	return true;
}

bool modem_signal_put(struct modem_signal *signal, enum signal_quantity quantity, const char *text)
{
	long value;

	if (quantity >= SIGNAL_POWERS)
		return put_cell(signal, quantity, text);
	return number_of_text(text, &value) && put_value(signal, quantity, value);
}

/* The text of a field, from 1 or SIGNAL_LAST_FIELD. */
static bool field_text(struct at_fields fields, unsigned field, char *text, size_t size)
{
	bool found = false;

	if (field == SIGNAL_LAST_FIELD)
		field = (unsigned)at_fields_left(&fields);
	while (field-- > 0)
		found = at_fields_next_string(&fields, text, size);
	return found && *text;
}

static bool take_report(const struct signal_report *row, struct at_fields fields,
			struct modem_signal *signal)
{
	bool any = false;

	for (int i = 0; i < SIGNAL_QUANTITIES; i++) {
		char text[16];
		long value;

		if (!row->field[i] || !field_text(fields, row->field[i], text, sizeof(text)))
			continue;
		if (i >= SIGNAL_POWERS) {
			any |= put_cell(signal, (enum signal_quantity)i, text);
			continue;
		}
		if (!number_of_text(text, &value) || value == 255) /* unknown, in each code */
			continue;
		switch ((enum signal_scale)row->scale) {
		case SIGNAL_CODED:
			/* 99 comes out beyond the limits. */
			value = limits[i].code_base + value / limits[i].codes_per_db;
			break;
		case SIGNAL_TENTHS:
			value = value < limits[i].min ? value / 10 : value;
			break;
		case SIGNAL_NO_SIGN:
			value = value > 0 ? -value : value;
			break;
		case SIGNAL_CODED_SINR:
			if (i == SIGNAL_SINR)
				value = value > SINR_DB_MAX ? limits[i].code_base + value / 5
							    : MODEM_DB_UNKNOWN;
			break;
		case SIGNAL_PLAIN:
			break;
		}
		if (i == SIGNAL_RSSI)
			value += row->code_shift;
		any |= put_value(signal, (enum signal_quantity)i, value);
	}
	return any;
}

bool modem_decode_signal(const char *line, struct modem_signal *signal)
{
	struct at_fields fields;
	char first[24];

	if (modem_decode_csq(line, &signal->csq, &signal->ber)) {
		if (signal->csq != 99)
			signal->rssi_dbm = modem_csq_dbm(signal->csq);
		return true;
	}
	for (const struct modem_family *const *at = modem_families; *at; at++)
		for (const struct signal_report *row = (*at)->reports; row && row->prefix; row++)
			if (at_fields_start(&fields, line, row->prefix) &&
			    field_text(fields, 1, first, sizeof(first)) &&
			    str_starts_nocase(first, row->first))
				return take_report(row, fields, signal);
	for (const struct modem_family *const *at = modem_families; *at; at++)
		if ((*at)->decode_signal && (*at)->decode_signal(line, signal))
			return true;
	return false;
}

/* Where `value` lies between `min` and `max`. */
static int percent_of_range(int value, int min, int max)
{
	if (value < min)
		value = min;
	if (value > max)
		value = max;
	return (value - min) * 100 / (max - min);
}

int modem_signal_percent(const struct modem_signal *signal)
{
	if (signal->csq != 99)
		return percent_of_range(signal->csq, 0, 31);
	if (signal->rssi_dbm != MODEM_DB_UNKNOWN)
		return percent_of_range(signal->rssi_dbm, -113, -51);
	if (signal->rsrp_dbm != MODEM_DB_UNKNOWN)
		return percent_of_range(signal->rsrp_dbm, -140, -44);
	if (signal->rscp_dbm != MODEM_DB_UNKNOWN)
		return percent_of_range(signal->rscp_dbm, -120, -25);
	return -1;
}

const char *modem_decode_technology(const char *line)
{
	const struct signal_technology *row;
	struct at_fields fields;
	char text[80], letter = '-';
	long number;

	/* A technology's letter by a word in the text, or by the number that the text is. */
	for (const struct modem_family *const *at = modem_families; *at; at++)
		for (row = (*at)->technologies; row && row->prefix && letter == '-'; row++) {
			if (!at_fields_start(&fields, line, row->prefix) ||
			    !field_text(fields, row->field, text, sizeof(text)))
				continue;
			if (row->letters &&
			    str_to_int(text, 0, (long)strlen(row->letters) - 1, &number))
				letter = row->letters[number];
			for (size_t i = 0; i < COUNT(words) && !row->letters && letter == '-'; i++)
				if (strcasestr(text, words[i].word))
					letter = words[i].letter;
		}
	for (size_t i = 0; i < COUNT(technologies); i++)
		if (technologies[i].letter == letter)
			return technologies[i].name;
	return NULL;
}
