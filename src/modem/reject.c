/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "at/errors.h"
#include "at/fields.h"
#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/family.h"

#define CAUSE_MAX  111
#define WAIT_MAX_S 86400

/* What is to be done about it. */
enum advice {
	ADVICE_PASSES,
	ADVICE_WAIT,
	ADVICE_SIM,
	ADVICE_MODEM,
	ADVICE_CONTRACT,
	ADVICE_PLACE,
	ADVICE_CELLS,
	ADVICE_APN,
	ADVICE_TYPE,
	ADVICE_ACCOUNT,
};

/* clang-format off */
static const char *const advices[] = {
	[ADVICE_PASSES] = "it often passes",
	[ADVICE_WAIT] = "the network wants to be left alone for a while",
	[ADVICE_SIM] = "the SIM is not activated, or no longer valid",
	[ADVICE_MODEM] = "the operator does not let this modem in, by its IMEI",
	[ADVICE_CONTRACT] = "the SIM's contract does not cover it, or not with this modem's IMEI; "
			    "check network.apn",
	[ADVICE_PLACE] = "the SIM may not use this network; is roaming in its contract, and is "
			 "network.operator right?",
	[ADVICE_CELLS] = "the SIM may use no cell here of a technology that this modem has; does its "
			 "contract cover that? 2G and 3G are switched off in many places",
	[ADVICE_APN] = "check network.apn",
	[ADVICE_TYPE] = "check network.pdp_type",
	[ADVICE_ACCOUNT] = "check network.user, network.password and network.auth",
};

static const struct {
	unsigned char cause, advice;
} advised[] = {
	{ 2, ADVICE_SIM },       { 3, ADVICE_SIM },      { 5, ADVICE_MODEM },
	{ 6, ADVICE_MODEM },     { 7, ADVICE_CONTRACT }, { 8, ADVICE_CONTRACT },
	{ 11, ADVICE_PLACE },    { 12, ADVICE_PLACE },   { 13, ADVICE_PLACE },
	{ 14, ADVICE_CONTRACT }, { 15, ADVICE_CELLS },   { 19, ADVICE_APN },
	{ 22, ADVICE_WAIT },     { 25, ADVICE_PLACE },   { 26, ADVICE_WAIT },
	{ 27, ADVICE_APN },      { 28, ADVICE_TYPE },    { 29, ADVICE_ACCOUNT },
	{ 32, ADVICE_CONTRACT }, { 33, ADVICE_CONTRACT }, { 50, ADVICE_TYPE },
	{ 51, ADVICE_TYPE },
};

/* Of calls, where at/errors.c has another meaning for 100 more. */
static const struct {
	unsigned char cause;
	const char *text;
} of_calls[] = {
	{ 8, "operator determined barring" },
	{ 38, "network failure" },
	{ 50, "only IPv4 allowed" },
	{ 51, "only IPv6 allowed" },
};
/* clang-format on */

/* Numbers below 26 are of registration, also where a call brings them up; but for these two. */
static bool is_known(const struct modem_reject *reject)
{
	int cause = reject->cause;

	if (!reject->of_call)
		return cause < 26 || (cause >= 32 && cause <= 34);
	return cause < 38 && cause != 8 && cause != 25;
}

static const char *find_text(const struct modem_reject *reject)
{
	const char *text = NULL;

	for (size_t i = 0; i < COUNT(of_calls) && reject->of_call; i++)
		if (of_calls[i].cause == reject->cause)
			return of_calls[i].text;
	if (is_known(reject))
		text = at_error_by_code(AT_FINAL_CME, 100 + reject->cause).text;
	return text                  ? text
	       : reject->cause >= 95 ? "protocol error"
				     : "refused without a known reason";
}

static enum advice find_advice(const struct modem_reject *reject)
{
	if (is_known(reject) || reject->cause == 8 || (reject->of_call && reject->cause >= 50))
		for (size_t i = 0; i < COUNT(advised); i++)
			if (advised[i].cause == reject->cause)
				return (enum advice)advised[i].advice;
	return ADVICE_PASSES;
}

enum reject_pace modem_reject_pace(const struct modem_reject *reject)
{
	enum advice advice = find_advice(reject);

	if (reject->cause == 0 || advice == ADVICE_PASSES)
		return REJECT_PASSES;
	return advice == ADVICE_WAIT ? REJECT_WAITS : REJECT_LASTS;
}

/* Not where the network fails (25, 34, 38, 39) or is full (26), nor where it was not asked (0). */
bool modem_reject_is_of_apn(const struct modem_reject *reject)
{
	return !reject->of_call || !strchr("\x19\x1a\x22\x26\x27", reject->cause);
}

bool modem_reject_is_of_type(const struct modem_reject *reject)
{
	return reject->of_call && find_advice(reject) == ADVICE_TYPE;
}

void modem_reject_print(const struct modem_reject *reject, struct buf *out)
{
	if (reject->cause == 0)
		return;
	buf_printf(out, "%s (cause %d): %s", find_text(reject), reject->cause,
		   advices[find_advice(reject)]);
	if (reject->wait_s > 0)
		buf_printf(out, ", for %d s", reject->wait_s);
}

/* 36 is the end of a call that was wanted. */
bool modem_is_cause(int cause)
{
	return cause > 1 && cause <= CAUSE_MAX && cause != 36;
}

/* Every maker has a form of its own: "EMM reject",19,"ESM failure" (Sierra HL, Cinterion, u-blox),
 * where the number may be 27.007's, 100 more; EMM cause 33, ... (Quectel); "EMM 15" (Nordic);
 * EMM_CAUSE_ESM_FAILURE (SIMCom); 24.008's words alone (Qualcomm). What is of voice calls and of
 * supplementary services has other numbers. */
static bool decode_ceer(const char *line, struct modem_reject *reject)
{
	struct at_fields fields;
	const char *at;
	char what[48];
	int number = 0;

	if (!at_fields_start(&fields, line, "+CEER:"))
		return false;
	line = fields.at + (*fields.at == '"');
	if (str_starts(line, "CC ") || str_starts(line, "SS "))
		return false;
	at = strcasestr(line, "cause");
	if (at)
		at += strlen("cause") + strspn(at + strlen("cause"), " :=#");
	if (str_starts(line, "EMM ") || str_starts(line, "ESM "))
		at = at && isdigit((unsigned char)*at) ? at : line + 4;
	if (at && isdigit((unsigned char)*at))
		number = (int)strtol(at, NULL, 10);
	else if (at_fields_next_string(&fields, what, sizeof(what)) &&
		 !isdigit((unsigned char)*what))
		at_fields_next_int(&fields, &number);
	if (number == 0) {
		number = at_error_in_text(line).code;
	}
	if (number > 100) /* 149 stands for a call's cause 29 */
		number = number == 149 ? 29 : number < 148 ? number - 100 : 0;
	/* A SIM7600 has refused the call itself: its attach is still going on. */
	if (strstr(line, "sync up with network"))
		reject->of_call = true;
	if (!modem_is_cause(number))
		return false;
	/* "EMM reject", "GMM cause", "SM attach error" */
	reject->of_call = !strstr(line, "MM") && !strcasestr(line, "attach");
	reject->cause = number;
	return true;
}

bool modem_decode_reject(const char *line, struct modem_reject *reject)
{
	const struct reject_report *row;
	struct at_fields fields, first;
	char text[24];
	int cause;

	for (const struct modem_family *const *at = modem_families; *at; at++)
		for (row = (*at)->rejects; row && row->prefix; row++) {
			if (!at_fields_start(&fields, line, row->prefix))
				continue;
			first = fields;
			if (row->first && (!at_fields_next_string(&first, text, sizeof(text)) ||
					   !str_starts_nocase(text, row->first)))
				continue;
			for (int i = 1; i < row->field; i++)
				at_fields_skip(&fields);
			if (!at_fields_next_int(&fields, &cause) || !modem_is_cause(cause))
				return false;
			*reject = (struct modem_reject){.cause = cause};
			return true;
		}
	return decode_ceer(line, reject);
}

bool modem_decode_backoff(const char *line, struct modem_reject *reject)
{
	struct at_fields fields;
	int seconds;

	if (!at_fields_start(&fields, line, "+CABTRDP:") || !at_fields_skip(&fields) ||
	    !at_fields_next_int(&fields, &seconds) || seconds <= 0 || seconds > WAIT_MAX_S)
		return false;
	reject->wait_s = seconds;
	return true;
}
