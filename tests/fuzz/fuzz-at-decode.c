/* SPDX-License-Identifier: ISC */
/*
 * The decoders of one line: finals, errors, URC names, fields, what is said of
 * the card, the radio and the network. The input is the line; the fields are
 * read by a rota of readers that the line itself picks.
 */
#include <string.h>

#include "fuzz.h"

#include "at/fields.h"
#include "at/final.h"
#include "at/urc.h"
#include "base/buf.h"
#include "modem/decode.h"
#include "modem/family.h"
#include "modem/identity.h"

static void claim_final(const char *line, bool dial)
{
	struct at_final final = at_final_parse(line, dial);
	struct buf text = BUF_INIT;

	CLAIM(final.kind != AT_FINAL_TIMEOUT);
	CLAIM(final.code >= -1);
	CLAIM(strlen(final.line) < sizeof(final.line));
	for (const char *s = final.line; *s; s++)
		CLAIM(*s >= 0x20 && *s <= 0x7e);
	if (final.kind == AT_FINAL_NONE)
		CLAIM(final.line[0] == '\0');
	at_final_describe(&final, &text);
	CLAIM(text.len > 0 && !text.failed);
	CLAIM(at_final_class(&final) <= AT_ERROR_UNSUPPORTED);
	if (!dial)
		CLAIM(at_final_parse(line, true).kind == final.kind || final.kind == AT_FINAL_NONE);
	buf_free(&text);
}

static void read_field(struct at_fields *fields, char pick)
{
	char text[12];
	unsigned hex;
	int number;

	switch (pick & 3) {
	case 0:
		at_fields_next_int(fields, &number);
		break;
	case 1:
		at_fields_next_hex(fields, &hex);
		break;
	case 2:
		at_fields_next_string(fields, text, sizeof(text));
		CLAIM(strlen(text) < sizeof(text));
		break;
	default:
		at_fields_is_quoted(fields);
		at_fields_skip(fields);
	}
}

static void claim_fields(const char *line)
{
	struct at_fields fields;
	size_t left;

	if (!at_fields_start(&fields, line, "+X:") && !at_fields_start(&fields, line, ""))
		CLAIM(false);
	for (left = at_fields_left(&fields); left > 0; left--) {
		CLAIM(fields.more);
		read_field(&fields, line[left % strlen(line)]);
		CLAIM(at_fields_left(&fields) == left - 1);
		CLAIM(fields.at <= line + strlen(line));
	}
	CLAIM(!at_fields_skip(&fields));
}

/* What was quoted reads back the same and is one field. */
static void claim_quoted(const char *value)
{
	struct buf line = BUF_INIT;
	struct at_fields fields;
	char *text = malloc(strlen(value) + 1);

	buf_printf(&line, "+X: ");
	if (text && at_quote(&line, value) == 0) {
		buf_printf(&line, ",1");
		CLAIM(at_fields_start(&fields, buf_str(&line), "+X:"));
		CLAIM(at_fields_left(&fields) == 2);
		CLAIM(at_fields_next_string(&fields, text, strlen(value) + 1));
		CLAIM(strcmp(text, value) == 0);
	}
	free(text);
	buf_free(&line);
}

static void claim_identity(const char *line)
{
	struct modem_identity identity;
	char text[8];

	if (modem_decode_text(line, text, sizeof(text)))
		CLAIM(*text && strlen(text) < sizeof(text));
	if (modem_decode_digits(line, 2, 20, text, sizeof(text)))
		CLAIM(strspn(text, "0123456789") == strlen(text) && text[1]);
	modem_decode_ati(line, &identity);
	CLAIM(strlen(identity.imei) < sizeof(identity.imei));
}

/* A number that is kept is whole, and one that was refused leaves no trace. */
static void claim_card(const char *line)
{
	char iccid[MODEM_ICCID_SIZE] = "";
	struct modem_radio radio = {0};
	int left = -1;

	CLAIM(modem_decode_pin_left(line, &left) == (left >= 0));
	CLAIM(left <= 10);
	CLAIM(modem_decode_iccid(line, iccid) == (strlen(iccid) >= 18));
	CLAIM(strspn(iccid, "0123456789ABCDEF") == strlen(iccid));
	if (!modem_decode_radio(line, &radio))
		CLAIM(radio.state == MODEM_RADIO_UNKNOWN);
	CLAIM(radio.reason < MODEM_RADIO_REASON_COUNT);
}

static void claim_reject(const char *line)
{
	struct modem_reject reject = {0};
	struct buf text = BUF_INIT;

	if (modem_decode_reject(line, &reject))
		CLAIM(reject.cause > 1 && reject.cause <= 111);
	else
		CLAIM(reject.cause == 0);
	modem_decode_backoff(line, &reject);
	CLAIM(reject.wait_s >= 0 && reject.wait_s <= 86400);
	modem_reject_print(&reject, &text);
	CLAIM((text.len > 0) == (reject.cause > 0));
	buf_free(&text);
}

/* What goes into a command is short and cannot end it. */
static void claim_mode_value(const char *value)
{
	CLAIM(strlen(value) < sizeof(((struct mode_choice *)NULL)->value));
	CLAIM(!strpbrk(value, ";\"\r\n ="));
}

static void claim_mode(const char *line, const struct mode_dialect *dialect)
{
	struct mode_choice found = {"", {0, 0}};
	struct mode_choices choices = {.count = 0};
	const struct mode_choice *choice;

	if (mode_decode(dialect, line, &found))
		CLAIM(found.mode.allowed != 0);
	mode_decode_list(dialect, line, &choices);
	mode_decode_list(dialect, line, &choices);
	CLAIM(choices.count <= MODE_CHOICES_MAX);
	for (unsigned i = 0; i < choices.count; i++)
		claim_mode_value(choices.items[i].value);
	choice = mode_choose(&choices, found.mode);
	if (choice)
		CLAIM(mode_is_so(&choices, found.mode, choice->mode) || found.mode.preferred);
}

static void claim_modes(const char *line)
{
	for (const struct modem_family *const *at = modem_families; *at; at++)
		for (const struct mode_dialect *dialect = (*at)->mode; dialect;
		     dialect = dialect->otherwise)
			claim_mode(line, dialect);
}

static void claim_db(int value, int min, int max)
{
	CLAIM(value == MODEM_DB_UNKNOWN || (value >= min && value <= max));
}

/* Whatever a modem says of its radio, what is kept of it can be. */
static void claim_signal(const char *line)
{
	struct modem_signal signal;

	modem_signal_clear(&signal);
	modem_decode_signal(line, &signal);
	CLAIM(signal.csq == 99 || (signal.csq >= 0 && signal.csq <= 31));
	CLAIM(signal.ber == 99 || (signal.ber >= 0 && signal.ber <= 7));
	claim_db(signal.rssi_dbm, -125, -20);
	claim_db(signal.rscp_dbm, -125, -20);
	claim_db(signal.rsrp_dbm, -160, -30);
	claim_db(signal.rsrq_db, -34, 20);
	claim_db(signal.sinr_db, -30, 30);
	CLAIM(signal.band >= -1 && signal.band <= 512 && signal.band != 0);
	CLAIM(signal.arfcn >= -1 && signal.arfcn <= 0xfffffff);
	CLAIM(signal.cell >= -1 && signal.cell <= 0xfffffff);
	CLAIM(modem_signal_percent(&signal) >= -1 && modem_signal_percent(&signal) <= 100);
	modem_decode_technology(line);
}

static void claim_network(const char *line)
{
	struct modem_registration registration = {.lac = -1, .ci = -1};
	char name[16] = "", mccmnc[8] = "";
	struct modem_context context = {0};
	enum modem_domain domain;
	int act = -1;

	if (modem_decode_registration(line, &domain, &registration)) {
		CLAIM(domain < MODEM_DOMAIN_COUNT);
		CLAIM(registration.stat < MODEM_REG_COUNT);
		CLAIM(registration.lac >= -1 && registration.ci >= -1);
		CLAIM(registration.act < 0 || modem_act_name(registration.act));
	}
	modem_decode_cops(line, name, sizeof(name), mccmnc, sizeof(mccmnc), &act);
	CLAIM(strlen(name) < sizeof(name) && strlen(mccmnc) < sizeof(mccmnc));
	CLAIM(act < 0 || modem_act_name(act));
	if (modem_decode_context(line, &context))
		CLAIM(strlen(context.type) < sizeof(context.type) &&
		      strlen(context.apn) < sizeof(context.apn));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = malloc(size + 1);

	if (!line)
		return 0;
	memcpy(line, data, size);
	line[size] = '\0';
	claim_final(line, true);
	claim_final(line, false);
	claim_fields(line);
	claim_quoted(line);
	claim_identity(line);
	claim_card(line);
	claim_modes(line);
	CLAIM(at_urc_of(line) <= AT_URC_SURE);
	claim_signal(line);
	claim_network(line);
	claim_reject(line);
	free(line);
	return 0;
}
