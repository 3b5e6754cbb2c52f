/* SPDX-License-Identifier: ISC */
/* Which PDP context to use, and what it takes to write it. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/step.h"

#define CIDS_MAX       16 /* where +CGDCONT=? does not say */

#define CONTEXTS_TRIES 3 /* to have the list of contexts, when there is no answer */
#define UNTOLD_MAX     2 /* dials that end because there is none */

/* Which one -------------------------------------------------------------------------*/

static const char *wanted_type(const struct script *script)
{
	static const char *const types[] = {
		[CONF_PDP_IPV4] = "IP",
		[CONF_PDP_IPV6] = "IPV6",
		[CONF_PDP_IPV4V6] = "IPV4V6",
	};

	return script->modem.ipv4_only ? "IP" : types[script->conf->network.pdp_type];
}

static bool type_is_wanted(const struct script *script, const struct modem_context *context)
{
	return strcasecmp(context->type, wanted_type(script)) == 0;
}

/* With both protocols a call gets the one that it asks for. */
static bool type_will_do(const struct script *script, const struct modem_context *context)
{
	return type_is_wanted(script, context) || strcasecmp(context->type, "IPV4V6") == 0;
}

static bool has_wanted_apn(const struct script *script, const struct modem_context *context)
{
	return modem_apn_equal(context->apn, script_apn(script)->apn);
}

static const struct modem_context *find_context(const struct script *script, int cid)
{
	const struct modem_facts *facts = &script->facts;

	for (size_t i = 0; i < facts->context_count; i++)
		if (facts->contexts[i].cid == cid)
			return &facts->contexts[i];
	return NULL;
}

/* The context with the wanted APN: number 1 before the others, and one whose type will do before
 * one that has to be written. NULL: none has it. */
static const struct modem_context *find_wanted(const struct script *script)
{
	const struct modem_facts *facts = &script->facts;
	const struct modem_context *best = NULL;
	int best_rank = 0;

	for (size_t i = 0; i < facts->context_count; i++) {
		const struct modem_context *context = &facts->contexts[i];
		int rank = 1 + (context->cid == 1) + type_is_wanted(script, context) +
			   2 * type_will_do(script, context);

		/* 0 is what LTE has attached with, and no call can name it. */
		if (context->cid < 1 || !has_wanted_apn(script, context) || rank < best_rank ||
		    (context->reserved && !*context->apn) ||
		    (rank == best_rank && context->cid > best->cid))
			continue;
		best = context;
		best_rank = rank;
	}
	return best;
}

/* Whether the context has to have that very APN, even none. */
static bool names_apn(const struct script *script)
{
	return !script_apn(script)->as_is || *script_apn(script)->apn;
}

/* The number that the configuration gives, by network.cid or in network.dial; 0: ours to choose. */
static int given_cid(const struct script *script)
{
	const char *dial = script->conf->network.dial, *stars = strstr(dial, "***");
	long cid = script->conf->network.cid;
	char digits[4];

	if (cid > 0)
		return (int)cid;
	if (strcmp(dial, "*99#") == 0 || strcmp(dial, "*98#") == 0)
		return 1;
	if (!stars)
		return 0;
	str_copy(digits, sizeof(digits), stars + strlen("***"));
	digits[strspn(digits, "0123456789")] = '\0';
	return str_to_int(digits, 1, 255, &cid) ? (int)cid : 0;
}

int script_cid(const struct script *script)
{
	int cid = script->modem.cid > 0 ? script->modem.cid : given_cid(script);

	return cid > 0 ? cid : 1;
}

static bool knows_lte(const struct script *script)
{
	return script->facts.domain_known[MODEM_DOMAIN_EPS];
}

/* A name that we have written ourselves, for an earlier try. */
static bool is_of_earlier_try(const struct script *script, const struct modem_context *context)
{
	const struct apn_walk *walk = &script->apn;

	for (size_t i = 0; i < walk->count; i++)
		if (walk->written & 1U << i && modem_apn_equal(walk->tries[i].apn, context->apn))
			return true;
	return false;
}

/* Attached to LTE, a modem has told the network context 1's APN. */
static bool is_networks_own(const struct script *script, const struct modem_context *context)
{
	return !is_of_earlier_try(script, context) &&
	       (context->reserved || (context->cid == 1 && *context->apn &&
				      (knows_lte(script) || script->modem.lte_unclear)));
}

/* What an APN of our own choice leaves alone while another number is free: somebody else's, too. */
static bool is_kept(const struct script *script, const struct modem_context *context)
{
	return is_networks_own(script, context) ||
	       (step_apn_is_free(script) && *context->apn && !is_of_earlier_try(script, context));
}

const struct modem_context *step_spared_context(const struct script *script)
{
	const struct modem_context *first = find_context(script, 1);

	if (!first || given_cid(script) > 0 || script_cid(script) == 1 || !names_apn(script) ||
	    has_wanted_apn(script, first))
		return NULL;
	/* The other APNs first. */
	if (script->stage != SCRIPT_REGISTER && script->apn.rounds == 0 && step_apn_is_free(script))
		return NULL;
	/* Where it is not clear that LTE attaches with it, it stays as it is. */
	return first->reserved || (*first->apn && knows_lte(script)) ? first : NULL;
}

/* A number for a context of ours beside the network's: that of an earlier try, a free one, else the
 * last that is not the network's, in the end 1. */
static int choose_other(const struct script *script)
{
	int max = script->modem.cids_max > 0 ? script->modem.cids_max : CIDS_MAX;

	for (int cid = 2; cid <= max; cid++) {
		const struct modem_context *context = find_context(script, cid);

		if (context ? is_of_earlier_try(script, context) : !script->modem.free_refused)
			return cid;
	}
	for (int cid = max; cid > 1; cid--) {
		const struct modem_context *context = find_context(script, cid);

		if (context && !is_kept(script, context))
			return cid;
	}
	return 1;
}

/* The wanted APN is nowhere yet, or none is wanted, and somebody else's context has number 1. */
static bool may_need_another(const struct script *script)
{
	const struct modem_context *first = find_context(script, 1);

	return script->modem.cid == 0 && given_cid(script) == 0 && first &&
	       (names_apn(script) ? *first->apn && !find_wanted(script) : first->reserved);
}

static int choose_cid(struct script *script)
{
	const struct modem_facts *facts = &script->facts;
	const struct modem_context *found = find_wanted(script), *first = find_context(script, 1);
	bool is_named = names_apn(script);
	int cid = given_cid(script);

	script->modem.cid_chosen = cid == 0;
	if (cid > 0)
		return cid;
	if (is_named && found)
		return found->cid;
	if (!first || !(is_named ? is_kept(script, first) : first->reserved))
		return 1;
	for (size_t i = 0; i < facts->context_count && !is_named; i++)
		if (!facts->contexts[i].reserved && facts->contexts[i].cid > 0)
			return facts->contexts[i].cid;
	cid = choose_other(script);
	if (cid != 1)
		script_say(script,
			   "context 1 (\"%s\") %s and stays as it is; context %d is used instead",
			   first->apn,
			   !is_networks_own(script, first)        ? "is not ours"
			   : first->reserved || knows_lte(script) ? "is the network's own"
								  : "may be the network's own",
			   cid);
	return cid;
}

/* An LTE modem reports that network; a 3G modem says ERROR. */
static enum step_outcome ask_lte(struct script *script)
{
	if (!may_need_another(script) || find_context(script, 1)->reserved)
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CEREG?");
	return STEP_SEND;
}

static enum step_outcome take_lte(struct script *script, const struct at_event *reply)
{
	script->modem.lte_unclear =
		!knows_lte(script) && !script_lacks_command(script, &reply->final);
	return STEP_NEXT;
}

static enum step_outcome ask_late_lte(struct script *script)
{
	if (script->stage != SCRIPT_PREPARE || script->memory.elsewhere < 2 || knows_lte(script))
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CEREG?");
	return STEP_SEND;
}

static enum step_outcome ask_numbers(struct script *script)
{
	if (!may_need_another(script) || !is_kept(script, find_context(script, 1)))
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CGDCONT=?");
	return STEP_SEND;
}

/* +CGDCONT: (1-16),"IP",... */
static enum step_outcome take_numbers(struct script *script, const struct at_event *reply)
{
	const char *at = strstr(reply->text, "+CGDCONT:");
	const char *open = at ? strchr(at, '(') : NULL, *close = open ? strchr(open, ')') : NULL;

	while (close && close > open && !strchr("0123456789", close[-1]))
		close--;
	while (close && close > open && strchr("0123456789", close[-1]))
		close--;
	script->modem.cids_max = close ? atoi(close) : 0;
	if (script->modem.cids_max > MODEM_CONTEXTS_MAX)
		script->modem.cids_max = MODEM_CONTEXTS_MAX;
	return STEP_NEXT;
}

/* No list is no empty list: what is written then may be the network's own. A modem gets its context
 * written blind only after two dials that came to nothing for want of the list. */
static enum step_outcome take_contexts(struct script *script, const struct at_event *reply)
{
	bool silent = reply->final.kind == AT_FINAL_TIMEOUT;
	bool early = !silent && script_is_early(script, &reply->final);

	/* There are none, or this OK was another command's. */
	if (reply->final.kind == AT_FINAL_OK && script->facts.context_count == 0 &&
	    script->index++ == 0)
		return STEP_AGAIN;
	script->modem.contexts_told =
		reply->final.kind == AT_FINAL_OK || script_lacks_command(script, &reply->final);
	if (script->modem.contexts_told || given_cid(script) > 0 ||
	    (script->memory.untold >= UNTOLD_MAX && script->index < CONTEXTS_TRIES))
		return STEP_NEXT;
	if (silent && ++script->index < CONTEXTS_TRIES)
		return STEP_AGAIN;
	/* Nothing is to be written, or need not be yet. */
	if (!early && (!*script->conf->network.apn || step_apn_is_free(script))) {
		script->modem.contexts_hidden = step_apn_is_free(script);
		return STEP_NEXT;
	}
	script->memory.untold += silent ? script->index == CONTEXTS_TRIES : !early;
	return script_fail_refused(script, silent ? CAUSE_NO_AT_PORT : CAUSE_CALL, reply);
}

/* Writing it ------------------------------------------------------------------------*/

static enum step_outcome ask_context(struct script *script)
{
	struct script_modem *modem = &script->modem;
	struct modem_context *context = &modem->context;
	const struct apn_try *wanted = script_apn(script);
	const char *apn = wanted->apn;
	const struct modem_context *found;

	if (modem->cid == 0 && script->stage != SCRIPT_PREPARE)
		return STEP_NEXT;
	if (modem->cid == 0)
		modem->cid = choose_cid(script);
	else if (modem->write == CONTEXT_RIGHT)
		return STEP_NEXT; /* as it is, or as far as the modem has let it be written */
	found = find_context(script, modem->cid);
	*context = found ? *found : (struct modem_context){0};
	/* Without an APN the modem's own context is good as it is; so is what somebody else has
	 * written under another number, if it will do. */
	if (wanted->as_is && !*apn && !modem->contexts_told && script->memory.untold < UNTOLD_MAX) {
		modem->write = CONTEXT_RIGHT;
		return STEP_NEXT;
	}
	if (found && ((wanted->as_is && !*apn) ||
		      (has_wanted_apn(script, found) &&
		       (wanted->as_is || type_is_wanted(script, found) ||
			(type_will_do(script, found) &&
			 (step_apn_is_free(script) ||
			  (modem->cid != given_cid(script) && modem->cid != 1))))))) {
		modem->write = CONTEXT_RIGHT;
		return STEP_NEXT;
	}
	if (modem->cid == 1 && script->apn.reattach)
		modem->write = CONTEXT_REATTACH;
	script->apn.reattach = false;
	if (modem->write == CONTEXT_REATTACH)
		return STEP_NEXT; /* the radio first */
	buf_printf(&script->command, "AT+CGDCONT=%d,\"%s\",", modem->cid, wanted_type(script));
	if (at_quote(&script->command, apn) < 0)
		return script_fail(script, CAUSE_CONFIG,
				   "network.apn has a character no APN can have");
	return STEP_SEND;
}

static void take_written(struct script *script)
{
	struct modem_context *context = &script->modem.context;
	struct apn_walk *walk = &script->apn;
	bool renamed = !has_wanted_apn(script, context);

	if (renamed && walk->at < walk->count)
		walk->written |= 1U << walk->at;
	if (renamed && context->cid)
		script_say(script, "context %d was \"%s\",\"%s\" and is \"%s\",\"%s\" now",
			   context->cid, context->type, context->apn, wanted_type(script),
			   script_apn(script)->apn);
	context->cid = script->modem.cid;
	str_copy(context->type, sizeof(context->type), wanted_type(script));
	str_copy(context->apn, sizeof(context->apn), script_apn(script)->apn);
	step_put_context(script, context);
	script->modem.write = CONTEXT_RIGHT;
}

/* A modem may refuse it while the context is active, as LTE's first one is since the attach: end
 * it, else have the radio off meanwhile. */
static enum step_outcome take_context(struct script *script, const struct at_event *reply)
{
	struct script_modem *modem = &script->modem;
	const struct modem_context *context = &modem->context;

	if (reply->final.kind == AT_FINAL_OK) {
		take_written(script);
		script->memory.write_futile = false;
		return STEP_NEXT;
	}
	if (context->cid && has_wanted_apn(script, context) && type_will_do(script, context)) {
		script_notice_refused(script, reply, "; going on with its type as it is");
		modem->write = CONTEXT_RIGHT;
		return STEP_NEXT;
	}
	if (script->conf->network.pdp_type == CONF_PDP_IPV4V6 && !modem->ipv4_only &&
	    reply->final.kind != AT_FINAL_TIMEOUT) {
		script_notice(script, "the modem has no contexts for IPv4 and IPv6 at once; "
				      "going on with IPv4");
		modem->ipv4_only = true;
		return STEP_AGAIN;
	}
	/* Not yet, perhaps: the radio is the last that is touched. */
	if (modem->write == CONTEXT_DEACTIVATE && script_is_early(script, &reply->final) &&
	    (script->early_at < 0 || script->now - script->early_at < SCRIPT_EARLY_MS))
		return script_fail_refused(script, CAUSE_CALL, reply);
	/* Not what the modem does not know at all. */
	if (reply->final.kind != AT_FINAL_TIMEOUT && modem->write < CONTEXT_RADIO_OFF &&
	    !script->memory.write_futile && at_final_class(&reply->final) != AT_ERROR_UNSUPPORTED &&
	    !(reply->final.kind == AT_FINAL_CME && reply->final.code == 50)) {
		modem->write++;
		modem->ipv4_only = false;
		return STEP_NEXT;
	}
	if (reply->final.kind != AT_FINAL_TIMEOUT && !context->cid && modem->cid != 1 &&
	    given_cid(script) == 0 && !modem->free_refused) {
		modem->free_refused = true;
		modem->cid = choose_other(script);
		return STEP_AGAIN;
	}
	/* Not before the radio is on again. */
	script->memory.write_futile |= modem->write == CONTEXT_RADIO_OFF;
	modem->write = CONTEXT_REFUSED;
	buf_clear(&script->call_error);
	buf_printf(&script->call_error, "%s refused: ", reply->command);
	at_final_describe(&reply->final, &script->call_error);
	return STEP_NEXT;
}

static enum step_outcome ask_deactivate(struct script *script)
{
	if (script->modem.write != CONTEXT_DEACTIVATE)
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CGACT=0,%d", script->modem.cid);
	return STEP_SEND;
}

static enum step_outcome take_deactivate(struct script *script, const struct at_event *reply)
{
	script->modem.detached = reply->final.kind == AT_FINAL_OK;
	return script_jump(script, STEP_CONTEXT);
}

static enum step_outcome ask_radio_off(struct script *script)
{
	if (script->modem.write != CONTEXT_RADIO_OFF && script->modem.write != CONTEXT_REATTACH)
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CFUN=4");
	return STEP_SEND;
}

static enum step_outcome take_radio_off(struct script *script, const struct at_event *reply)
{
	script->modem.radio_cut |=
		reply->final.kind == AT_FINAL_OK || reply->final.kind == AT_FINAL_TIMEOUT;
	script->modem.write = CONTEXT_RADIO_OFF;
	return script_jump(script, STEP_CONTEXT);
}

static enum step_outcome ask_radio_back(struct script *script)
{
	if (!script->modem.radio_cut)
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CFUN=1");
	return STEP_SEND;
}

static enum step_outcome take_radio_back(struct script *script, const struct at_event *reply)
{
	if (step_repeats_radio_on(script, reply))
		return STEP_AGAIN;
	if (reply->final.kind != AT_FINAL_OK) {
		script_notice_refused(script, reply, "");
		script->memory.write_futile = false; /* the next dial switches it on */
	}
	script->modem.radio_cut = script->modem.radio_checked = false;
	script->modem.radio_asked = false; /* its time begins anew */
	step_forget_network(script);
	return STEP_NEXT;
}

/* Without its last context an LTE modem has left the network. */
static enum step_outcome ask_back(struct script *script)
{
	if (script->modem.write == CONTEXT_REFUSED)
		return script_fail(script, CAUSE_CALL, "%s", buf_str(&script->call_error));
	if (!script->modem.detached)
		return STEP_NEXT;
	script->modem.detached = false;
	buf_printf(&script->command, "AT+CGATT=1");
	return STEP_SEND;
}

enum step_outcome step_overwrite(struct script *script, const struct modem_context *context,
				 const char *why)
{
	script_say(script, "context 1 (\"%s\") is overwritten, as the network attaches with it: %s",
		   context->apn, why);
	script->modem.cid = 1;
	script->modem.write = CONTEXT_REATTACH;
	script->denied_at = -1;
	return script_jump(script, STEP_CONTEXT);
}

/* Two dials under another number came to nothing, although they were not refused. */
static enum step_outcome ask_futile(struct script *script)
{
	const struct modem_context *spared = step_spared_context(script);

	if (script->stage != SCRIPT_PREPARE || script->memory.elsewhere < 2 || !spared)
		return STEP_NEXT;
	script->memory.elsewhere = 0;
	return step_overwrite(script, spared, "no link came up with another context");
}

/* clang-format off */
static const struct step read_rows[] = {
	{ "AT+CGDCONT?", .fact = FACT_CONTEXT, .take = take_contexts, .early = true },
};

static const struct step rows[] = {
	{ .ask = ask_lte, .fact = FACT_DOMAIN, .take = take_lte, .number = MODEM_DOMAIN_EPS },
	{ .ask = ask_numbers, .take = take_numbers },
	{ .ask = ask_context, .take = take_context, .timeout_s = 10, .label = STEP_CONTEXT,
	  .early = true },
	{ .ask = ask_deactivate, .take = take_deactivate, .timeout_s = 30 },
	{ .ask = ask_radio_off, .take = take_radio_off, .timeout_s = 30 },
	{ .ask = ask_radio_back, .take = take_radio_back, .timeout_s = 30 },
	{ .ask = ask_back, .timeout_s = 60 },
	{ .ask = ask_late_lte, .fact = FACT_DOMAIN, .number = MODEM_DOMAIN_EPS },
	{ .ask = ask_futile },
};
/* clang-format on */

const struct steps steps_contexts = STEPS(read_rows);
const struct steps steps_context = STEPS(rows);
