/* SPDX-License-Identifier: ISC */
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/decode.h"
#include "modem/reject.h"

#define STAT_MAX 99 /* 27.007 has up to 11; above that each maker has a few of its own */

/* clang-format off */
static const char *const reg_names[MODEM_REG_COUNT] = {
	"idle", "home", "searching", "denied", "unknown", "roaming",
	"home-sms", "roaming-sms", "emergency", "home-csfb", "roaming-csfb",
	"rlos",
};

static const char *const sim_names[] = {
	[MODEM_SIM_UNKNOWN]    = "unknown",
	[MODEM_SIM_READY]      = "ready",
	[MODEM_SIM_PIN]        = "pin",
	[MODEM_SIM_PUK]        = "puk",
	[MODEM_SIM_MISSING]    = "missing",
	[MODEM_SIM_BUSY]       = "busy",
	[MODEM_SIM_FAILED]     = "failed",
	[MODEM_SIM_OTHER_LOCK] = "failed",
};

/* 27.007 7.3 <AcT>. 8 is EC-GSM-IoT there, which nobody runs; a BG96 and a SARA-R4 mean LTE-M by
 * it. */
static const char *const act_names[] = {
	"GSM", "GSM Compact", "UMTS", "EDGE", "HSDPA", "HSUPA", "HSPA",
	"LTE", "LTE-M", "NB-IoT", "LTE", "5G NR", "5G NR", "LTE+NR",
};

static const struct {
	const char *prefix;
	const char *name;
} domains[MODEM_DOMAIN_COUNT] = {
	[MODEM_DOMAIN_CS]  = { "+CREG:", "cs" },
	[MODEM_DOMAIN_PS]  = { "+CGREG:", "ps" },
	[MODEM_DOMAIN_EPS] = { "+CEREG:", "eps" },
};

/* 27.007 8.3 <code>; the first that starts the answer counts. */
static const struct {
	const char *code;
	enum modem_sim sim;
} sim_codes[] = {
	{ "READY",    MODEM_SIM_READY },
	/* SIMCom, Fibocom, ... */
	{ "NOT READY",    MODEM_SIM_BUSY },
	{ "SIM BUSY",     MODEM_SIM_BUSY },
	{ "NOT INSERTED", MODEM_SIM_MISSING },
	{ "SIM NOT INSERTED", MODEM_SIM_MISSING },
	{ "SIM REMOVED",  MODEM_SIM_MISSING },
	{ "SIM FAILURE",  MODEM_SIM_FAILED },
	{ "SIM PIN2", MODEM_SIM_READY }, /* data does not need it */
	{ "SIM PUK2", MODEM_SIM_READY },
	{ "SIM PIN",  MODEM_SIM_PIN },
	{ "SIM PUK",  MODEM_SIM_PUK },
	{ "PH-",      MODEM_SIM_OTHER_LOCK },
};
/* clang-format on */

const char *modem_reg_name(enum modem_reg reg)
{
	return (unsigned)reg < MODEM_REG_COUNT ? reg_names[reg] : "unknown";
}

const char *modem_sim_name(enum modem_sim sim)
{
	return (unsigned)sim < COUNT(sim_names) ? sim_names[sim] : "unknown";
}

const char *modem_act_name(int act)
{
	return act >= 0 && (size_t)act < COUNT(act_names) ? act_names[act] : NULL;
}

const char *modem_domain_name(enum modem_domain domain)
{
	return domains[domain].name;
}

bool modem_reg_is_registered(enum modem_reg reg)
{
	return reg == MODEM_REG_HOME || reg == MODEM_REG_HOME_CSFB || modem_reg_is_roaming(reg);
}

bool modem_reg_is_roaming(enum modem_reg reg)
{
	return reg == MODEM_REG_ROAMING || reg == MODEM_REG_ROAMING_CSFB;
}

static bool next_is_act(struct at_fields fields)
{
	int act;

	return !at_fields_is_quoted(&fields) && at_fields_next_int(&fields, &act) &&
	       modem_act_name(act);
}

/* The field after the first is a <stat>, so the first was <n>. A <lac> is quoted or longer than two
 * digits, or three with leading zeros, as in 002,001,"18d8", and comes with a <ci>. Where it is
 * neither, as in 1,05,A34F0: of three fields the last is a <ci>, and of more the third is one when
 * it is too long for a <lac> and an <AcT> follows. In 2,1, 550014, 676 none does. Of the numbers
 * that are makers' own (1,13 of an A6, 5,80 of a GM02S, 5,90,,"FFFFFFFF" of an nRF91) none is
 * registered. */
static bool next_is_stat(struct at_fields fields)
{
	size_t left = at_fields_left(&fields);
	char text[8], ci[16];
	long stat;

	if (at_fields_is_quoted(&fields) || !at_fields_next_string(&fields, text, sizeof(text)) ||
	    strlen(text) > 3 || !str_to_int(text, 0, STAT_MAX, &stat))
		return false;
	if (left < 2 || at_fields_is_quoted(&fields) ||
	    !at_fields_next_string(&fields, ci, sizeof(ci)) || !*ci)
		return true;
	return left > 2 && stat < MODEM_REG_COUNT &&
	       (strlen(ci + strspn(ci, "0")) <= 4 || !next_is_act(fields));
}

bool modem_decode_registration(const char *line, enum modem_domain *domain,
			       struct modem_registration *registration)
{
	struct modem_registration found = {.lac = -1, .ci = -1, .act = -1};
	struct at_fields fields, ahead;
	unsigned value;
	int stat, act, type, cause, i = 0;

	while (i < MODEM_DOMAIN_COUNT && !at_fields_start(&fields, line, domains[i].prefix))
		i++;
	if (i == MODEM_DOMAIN_COUNT || !at_fields_next_int(&fields, &stat) ||
	    (next_is_stat(fields) && !at_fields_next_int(&fields, &stat)) || stat < 0 ||
	    stat > STAT_MAX)
		return false;
	found.stat = stat < MODEM_REG_COUNT ? (enum modem_reg)stat : MODEM_REG_UNKNOWN;
	if (at_fields_next_hex(&fields, &value))
		found.lac = (int)(value & 0xffffff);
	/* 27.007 of Release 8 had a <rac> before the <ci>, and Novatel still has it. */
	ahead = fields;
	if (at_fields_next_hex(&ahead, &value) && value <= 0xff && !next_is_act(ahead) &&
	    at_fields_next_hex(&ahead, &value) && next_is_act(ahead))
		at_fields_skip(&fields);
	if (at_fields_next_hex(&fields, &value))
		found.ci = (long)(value & 0xfffffff);
	if (at_fields_next_int(&fields, &act) && modem_act_name(act))
		found.act = act;
	/* With <n> = 3 why it is refused follows: <cause_type> and <reject_cause>, after a <rac> in
	 * +CGREG and in a BC66's +CEREG. Type 1 is the maker's own, and MediaTek's are above the
	 * network's. */
	ahead = fields;
	if (i == MODEM_DOMAIN_PS ? at_fields_left(&fields) != 2
				 : !at_fields_next_int(&ahead, &type))
		at_fields_skip(&fields);
	if (!modem_reg_is_registered(found.stat) && at_fields_next_int(&fields, &type) &&
	    type == 0 && at_fields_next_int(&fields, &cause) && modem_is_cause(cause))
		found.cause = cause;
	*domain = (enum modem_domain)i;
	*registration = found;
	return true;
}

bool modem_decode_cpin(const char *line, enum modem_sim *sim)
{
	struct at_fields fields;
	char code[32];

	if (!at_fields_start(&fields, line, "+CPIN:") ||
	    !at_fields_next_string(&fields, code, sizeof(code)))
		return false;
	for (size_t i = 0; i < COUNT(sim_codes); i++) {
		if (!str_starts_nocase(code, sim_codes[i].code))
			continue;
		*sim = sim_codes[i].sim;
		return true;
	}
	return false;
}

/* By the APN's first label, which ends in such a word ("ims", "vzwims"). */
static bool is_reserved_apn(const char *apn)
{
	static const char *const words[] = {"ims", "sos", "emergency", "admin", "xcap"};
	size_t len = strcspn(apn, ".");

	for (size_t i = 0; i < COUNT(words); i++) {
		size_t word = strlen(words[i]);

		if (len >= word && strncasecmp(apn + len - word, words[i], word) == 0)
			return true;
	}
	return false;
}

bool modem_decode_context(const char *line, struct modem_context *context)
{
	struct modem_context found = {0};
	struct at_fields fields;
	int emergency = 0, signalling = 0;

	if (!at_fields_start(&fields, line, "+CGDCONT:") ||
	    !at_fields_next_int(&fields, &found.cid) ||
	    !at_fields_next_string(&fields, found.type, sizeof(found.type)))
		return false;
	at_fields_next_string(&fields, found.apn, sizeof(found.apn));
	/* <PDP_addr>, <d_comp>, <h_comp>, <IPv4AddrAlloc>, then <request_type> 1 for emergency
	 * calls, <P-CSCF_discovery>, <IM_CN_Signalling_Flag_Ind> 1 for IMS alone. */
	for (int i = 0; i < 4; i++)
		at_fields_skip(&fields);
	at_fields_next_int(&fields, &emergency);
	at_fields_skip(&fields);
	at_fields_next_int(&fields, &signalling);
	found.reserved = is_reserved_apn(found.apn) || emergency == 1 || signalling == 1;
	*context = found;
	return true;
}

bool modem_decode_csq(const char *line, int *csq, int *ber)
{
	struct at_fields fields;
	int rssi, rate = 99;

	if (!at_fields_start(&fields, line, "+CSQ:") || !at_fields_next_int(&fields, &rssi))
		return false;
	at_fields_next_int(&fields, &rate);
	if (rssi < 0 || (rssi > 31 && rssi != 99))
		return false;
	*csq = rssi;
	*ber = rate >= 0 && rate <= 7 ? rate : 99;
	return true;
}

int modem_csq_dbm(int csq)
{
	return csq >= 0 && csq <= 31 ? -113 + 2 * csq : 0;
}

/* "0033002000410054" is a name in UCS2 (27.007 5.5) when it is whole units of hexadecimal and
 * starts with 00 to 06, which covers the scripts that operators use. */
static void copy_name(char *to, size_t size, const char *text)
{
	size_t in = strlen(text), len = 0;
	bool is_ucs2 = in >= 8 && in % 4 == 0 && text[0] == '0' && text[1] <= '6' &&
		       strspn(text, "0123456789abcdefABCDEF") == in && strspn(text, "0") < in;

	if (!is_ucs2) {
		str_copy(to, size, text);
		return;
	}
	for (; *text && len + 4 <= size; text += 4) {
		unsigned unit;

		if (sscanf(text, "%4x", &unit) != 1)
			break;
		/* Surrogates and controls become '?'. */
		if (unit < 0x20 || (unit >= 0x7f && unit < 0xa0) ||
		    (unit >= 0xd800 && unit < 0xe000))
			unit = '?';
		if (unit < 0x80) {
			to[len++] = (char)unit;
			continue;
		}
		if (unit < 0x800) {
			to[len++] = (char)(0xc0 | unit >> 6);
		} else {
			to[len++] = (char)(0xe0 | unit >> 12);
			to[len++] = (char)(0x80 | (unit >> 6 & 0x3f));
		}
		to[len++] = (char)(0x80 | (unit & 0x3f));
	}
	to[len] = '\0';
}

bool modem_decode_cops(const char *line, char *name, unsigned name_size, char *mccmnc,
		       unsigned mccmnc_size, int *act)
{
	struct at_fields fields;
	char text[96];
	int mode, format;

	if (!at_fields_start(&fields, line, "+COPS:") || !at_fields_next_int(&fields, &mode) ||
	    !at_fields_next_int(&fields, &format) ||
	    !at_fields_next_string(&fields, text, sizeof(text)))
		return false;
	for (size_t len = strlen(text); len > 0 && text[len - 1] == ' ';)
		text[--len] = '\0';
	if (format == 2)
		str_copy(mccmnc, mccmnc_size, text);
	else
		copy_name(name, name_size, text);
	if (!at_fields_next_int(&fields, act) || !modem_act_name(*act))
		*act = -1;
	return true;
}

bool modem_decode_number(const char *line, const char *prefix, int *number)
{
	struct at_fields fields;

	return at_fields_start(&fields, line, prefix) && at_fields_next_int(&fields, number);
}

/* Length of an APN without the operator's part. */
static size_t network_len(const char *apn)
{
	static const char suffix[] = ".mnc[0-9][0-9][0-9].mcc[0-9][0-9][0-9].gprs";
	const size_t suffix_len = strlen(".mncNNN.mccNNN.gprs");
	size_t len = strlen(apn);

	if (len > suffix_len && fnmatch(suffix, apn + len - suffix_len, FNM_CASEFOLD) == 0)
		len -= suffix_len;
	return len;
}

bool modem_apn_equal(const char *a, const char *b)
{
	size_t la = network_len(a), lb = network_len(b);

	return la == lb && strncasecmp(a, b, la) == 0;
}
