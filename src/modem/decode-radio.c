/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "at/fields.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/decode-radio.h"
#include "modem/decode.h"

/* How a quantity is written. */
enum scale {
	PLAIN,  /* dBm or dB */
	CODED,  /* 27.007 8.69's numbers, and Huawei's */
	TENTHS, /* or plain, by the firmware: -850 is -85 */
	NO_SIGN /* 78 is -78 */
};

enum quantity { RSSI, RSCP, RSRP, RSRQ, QUANTITY_COUNT };

/* What a receiver can hear at all; RSRQ's codes count halves. */
static const struct {
	short min, max, code_base;
	unsigned char codes_per_db;
} limits[QUANTITY_COUNT] = {
	[RSSI] = {-125, -20, -121, 1},
	[RSCP] = {-125, -20, -121, 1},
	[RSRP] = {-160, -30, -141, 1},
	[RSRQ] = {-34, 20, -20, 2},
};

/* clang-format off */

/* Reports in fields: which field, from 1, has what; 0: none has it. The first
 * row whose prefix and first field fit counts. */
static const struct {
	const char *prefix, *first;
	unsigned char scale;
	signed char code_shift; /* of RSSI's: +CESQ's are GSM's <rxlev> */
	unsigned char field[QUANTITY_COUNT];
} reports[] = {
	{ "+CESQ:", "",      CODED,   10, { 1, 3, 6, 5 } },
	{ "^HCSQ:", "LTE",   CODED,   0, { 2, 0, 3, 5 } },
	{ "^HCSQ:", "NR",    CODED,   0, { 0, 0, 2, 4 } },
	{ "^HCSQ:", "",      CODED,   0, { 2, 3, 0, 0 } },
	{ "+QCSQ:", "WCDMA", PLAIN,   0, { 2, 3, 0, 0 } },
	{ "+QCSQ:", "TDSCDMA", PLAIN, 0, { 2, 3, 0, 0 } },
	{ "+QCSQ:", "GSM",   PLAIN,   0, { 2, 0, 0, 0 } },
	{ "+QCSQ:", "",      PLAIN,   0, { 2, 0, 3, 5 } },
	{ "+CPSI:", "LTE",   TENTHS,  0, { 13, 0, 12, 11 } },
	{ "+CPSI:", "WCDMA", NO_SIGN, 0, { 0, 11, 0, 0 } },
	{ "+CPSI:", "GSM",   PLAIN,   0, { 7, 0, 0, 0 } },
	{ "^SMONI:", "4G",   PLAIN,   0, { 0, 0, 13, 14 } },
	{ "^SMONI:", "3G",   PLAIN,   0, { 0, 5, 0, 0 } },
	{ "^SMONI:", "2G",   PLAIN,   0, { 3, 0, 0, 0 } },
};

/* Reports by names, two a line (AT!GSTATUS?), whose set is the firmware's. */
static const struct {
	const char *name;
	enum quantity quantity;
} named[] = {
	{ "RX level C0:",  RSSI },
	{ "PCC RxM RSSI:", RSSI },
	{ "RSSI (dBm):",   RSSI },
	{ "PCC RxM RSRP:", RSRP },
	{ "RSRP (dBm):",   RSRP },
	{ "RSRQ (dB):",    RSRQ },
};

/* The second receiver, the second carrier, and 5G beside LTE. */
static const char *const beside[] = { "RxD", "SCC", "NR5G" };

/* The words that technologies have here, and a letter for the tables below. */
static const struct {
	char letter;
	const char *name;
} technologies[] = {
	{ 'G', "GSM" },    { 'P', "GPRS" },   { 'E', "EDGE" },
	{ 'U', "UMTS" },   { 'D', "HSDPA" },  { 'S', "HSUPA" },
	{ 'H', "HSPA" },   { '+', "HSPA+" },  { 'T', "TD-SCDMA" },
	{ 'L', "LTE" },    { 'M', "LTE-M" },  { 'B', "NB-IoT" },
	{ 'X', "LTE+NR" }, { 'N', "5G NR" },  { 'C', "CDMA" },
	{ 'V', "EV-DO" },
};

/* What makers call them; the first that is found in the text counts. */
static const struct {
	const char *word;
	char letter;
} words[] = {
	{ "NSA", 'X' },    { "ENDC", 'X' },   { "NR5G", 'N' },
	{ "CAT-M", 'M' },  { "eMTC", 'M' },   { "CAT-NB", 'B' },
	{ "NB-IoT", 'B' }, { "NBIoT", 'B' },  { "LTE", 'L' },
	{ "HSPA+", '+' },  { "HSPA", 'H' },   { "HSDPA/HSUPA", 'H' },
	{ "HSDPA+HSUPA", 'H' }, { "HSUPA", 'S' }, { "HSDPA", 'D' },
	{ "TD-SCDMA", 'T' }, { "TDSCDMA", 'T' }, { "WCDMA", 'U' },
	{ "UMTS", 'U' },   { "EDGE", 'E' },   { "EGPRS", 'E' },
	{ "GPRS", 'P' },   { "GSM", 'G' },    { "EVDO", 'V' },
	{ "HDR", 'V' },    { "CDMA", 'C' },   { "1xRTT", 'C' },
	{ "5G", 'N' },     { "4G", 'L' },     { "3G", 'U' },
	{ "2G", 'G' },     { "NR", 'N' },
};

/* In which field, from 1 (LAST: the last), the technology stands: as one of the
 * words, or as a number that counts the letters. Of several rows for a prefix
 * the first that gives one counts. */
enum { LAST };

static const struct {
	const char *prefix;
	const char *letters; /* NULL: a word */
	unsigned char field;
} answers[] = {
	{ "*CNTI:",      NULL, 2 },
	{ "$CNTI:",      NULL, 2 },
	{ "^SYSINFOEX:", NULL, 9 }, /* <submode_name>, else <sysmode_name> */
	{ "^SYSINFOEX:", NULL, 7 },
	{ "^SYSINFO:",   "-GPEUDSHT+", 7 }, /* <sys_submode>, else <sys_mode> */
	{ "^SYSINFO:",   "--CGVU-UV", 4 },
	{ "+QNWINFO:",   NULL, 1 },
	{ "+CPSI:",      NULL, 1 },
	{ "+CNSMOD:",    "-GPEUDSHLTTTTCV", 2 },
	{ "_OCTI:",      "-GPE", LAST },
	{ "_OWCTI:",     "-UDSH", LAST },
	{ "#PSNT:",      "PEUDL", 2 },
	{ "^SMONI:",     NULL, 1 },
	{ "+ZPAS:",      NULL, 1 },
	{ "*ERINFO:",    "-UDSH", 3 }, /* <umts>, else <gsm> */
	{ "*ERINFO:",    "-PE", 2 },
	{ "+UREG:",      "-PEUDSHLPE", LAST },
	{ "^HCSQ:",      NULL, 1 },
	{ "+QCSQ:",      NULL, 1 },
	{ "System mode:", NULL, 1 },
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
	};
}

static int *part(struct modem_signal *signal, enum quantity quantity)
{
	int *const parts[QUANTITY_COUNT] = {
		[RSSI] = &signal->rssi_dbm,
		[RSCP] = &signal->rscp_dbm,
		[RSRP] = &signal->rsrp_dbm,
		[RSRQ] = &signal->rsrq_db,
	};

	return parts[quantity];
}

static bool put(struct modem_signal *signal, enum quantity quantity, long value)
{
	if (value < limits[quantity].min || value > limits[quantity].max)
		return false;
	*part(signal, quantity) = (int)value;
	return true;
}

/* A number with or without decimals, which are dropped. */
static bool to_number(const char *text, long *value)
{
	char *end;

	*value = strtol(text, &end, 10);
	return end != text && *value > -2000 && *value < 2000;
}

static long unscaled(enum scale scale, enum quantity quantity, long value)
{
	switch (scale) {
	case CODED:
		/* 99 and 255, unknown, end beyond the limits. */
		return limits[quantity].code_base + value / limits[quantity].codes_per_db;
	case TENTHS:
		return value < limits[quantity].min ? value / 10 : value;
	case NO_SIGN:
		return value > 0 ? -value : value;
	default:
		return value;
	}
}

/* The text of a field, from 1 or LAST. */
static bool field_text(struct at_fields fields, unsigned field, char *text, size_t size)
{
	bool found = false;

	if (field == LAST)
		field = (unsigned)at_fields_left(&fields);
	while (field-- > 0)
		found = at_fields_next_string(&fields, text, size);
	return found && *text;
}

static bool take_report(size_t row, struct at_fields fields, struct modem_signal *signal)
{
	bool any = false;

	for (int i = 0; i < QUANTITY_COUNT; i++) {
		unsigned field = reports[row].field[i];
		char text[16];
		long value;

		if (field == 0 || !field_text(fields, field, text, sizeof(text)) ||
		    !to_number(text, &value))
			continue;
		value = unscaled(reports[row].scale, (enum quantity)i, value);
		if (i == RSSI)
			value += reports[row].code_shift;
		any |= put(signal, (enum quantity)i, value);
	}
	return any;
}

static bool decode_report(const char *line, struct modem_signal *signal)
{
	struct at_fields fields;
	char first[24];

	for (size_t i = 0; i < COUNT(reports); i++)
		if (at_fields_start(&fields, line, reports[i].prefix) &&
		    field_text(fields, 1, first, sizeof(first)) &&
		    str_starts_nocase(first, reports[i].first))
			return take_report(i, fields, signal);
	return false;
}

static bool decode_named(const char *line, struct modem_signal *signal)
{
	bool any = false;
	long value;

	for (size_t i = 0; i < COUNT(beside); i++)
		if (strstr(line, beside[i]))
			return false;
	for (size_t i = 0; i < COUNT(named); i++) {
		const char *at = strcasestr(line, named[i].name);

		if (at && to_number(at + strlen(named[i].name), &value))
			any |= put(signal, named[i].quantity, value);
	}
	return any;
}

bool modem_decode_signal(const char *line, struct modem_signal *signal)
{
	if (modem_decode_csq(line, &signal->csq, &signal->ber)) {
		if (signal->csq != 99)
			signal->rssi_dbm = modem_csq_dbm(signal->csq);
		return true;
	}
	return decode_report(line, signal) || decode_named(line, signal);
}

/* Where `value` lies between `min` and `max`. */
static int percent(int value, int min, int max)
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
		return percent(signal->csq, 0, 31);
	if (signal->rssi_dbm != MODEM_DB_UNKNOWN)
		return percent(signal->rssi_dbm, -113, -51);
	if (signal->rsrp_dbm != MODEM_DB_UNKNOWN)
		return percent(signal->rsrp_dbm, -140, -44);
	if (signal->rscp_dbm != MODEM_DB_UNKNOWN)
		return percent(signal->rscp_dbm, -120, -25);
	return -1;
}

static char letter_of_word(const char *text)
{
	for (size_t i = 0; i < COUNT(words); i++)
		if (strcasestr(text, words[i].word))
			return words[i].letter;
	return '-';
}

static char letter_of(const char *text, const char *letters)
{
	long number;

	if (!letters)
		return letter_of_word(text);
	if (!str_to_int(text, 0, (long)strlen(letters) - 1, &number))
		return '-';
	return letters[number];
}

const char *modem_decode_technology(const char *line)
{
	struct at_fields fields;
	char text[80], letter = '-';

	for (size_t i = 0; i < COUNT(answers) && letter == '-'; i++)
		if (at_fields_start(&fields, line, answers[i].prefix) &&
		    field_text(fields, answers[i].field, text, sizeof(text)))
			letter = letter_of(text, answers[i].letters);
	for (size_t i = 0; i < COUNT(technologies); i++)
		if (technologies[i].letter == letter)
			return technologies[i].name;
	return NULL;
}
