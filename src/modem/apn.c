/* SPDX-License-Identifier: ISC */
/* Which access point a dial uses. Where the configuration names none, there is a list: what this
 * SIM used last, what the modem's context names, the provider table's, and none at all. */
#include <string.h>

#include "base/str.h"
#include "conf/conf.h"
#include "modem/script.h"
#include "modem/step.h"

bool step_apn_is_free(const struct script *script)
{
	return strcmp(script->conf->network.apn, "auto") == 0;
}

const struct apn_try *script_apn(const struct script *script)
{
	const struct apn_walk *walk = &script->apn;

	/* Contexts that are not told stay as they are. */
	return walk->at < walk->count && !script->modem.contexts_hidden ? &walk->tries[walk->at]
									: &script->as_is;
}

struct conf_account script_account_with(const struct script *script, const struct apn_try *used)
{
	const struct conf *conf = script->conf;
	bool given = *conf->network.user || *conf->network.password;

	return (struct conf_account){
		.user = given ? conf->network.user : used->user,
		.password = given ? conf->network.password : used->password,
		.auth = conf->network.auth != CONF_AUTH_AUTO ? conf->network.auth : used->auth,
	};
}

struct conf_account script_account(const struct script *script)
{
	return script_account_with(script, script_apn(script));
}

bool script_has_other_apn(const struct script *script)
{
	const struct apn_walk *walk = &script->apn;

	return step_apn_is_free(script) && (walk->at + 1 < walk->count || !walk->complete);
}

/* When all were refused it is hardly for their names: the network is out, or the SIM. Each is a
 * write to the modem's flash and a call, so that the whole list has its turn less and less often;
 * meanwhile the first one is dialed. */
#define ROUND_MS  15000
#define ROUND_MAX 7 /* doublings */

bool script_apn_refused(struct script *script, const char *why)
{
	struct apn_walk *walk = &script->apn;
	bool is_due = walk->at > 0 || script->now >= walk->again_at;

	if (!step_apn_is_free(script) || walk->at >= walk->count || script->modem.contexts_hidden)
		return false;
	str_copy(walk->refused[walk->at], sizeof(walk->refused[0]), why);
	if (walk->kept && script->apns)
		script->apns->keep(script->apns_ctx, walk->key, NULL);
	walk->kept = false;
	/* The modem's ways get their turn with each of them once the first round has failed. */
	if (walk->rounds > 0 || !script_has_other_apn(script)) {
		script->memory.toggle_futile = false;
		script->memory.short_tried = false;
	}
	walk->reattach = script->stage == SCRIPT_REGISTER;
	walk->was_in |= !walk->reattach;
	if (script_has_other_apn(script) && is_due) {
		/* There may be no network at all: context 1 gets no name again, until there is. */
		if (walk->complete && !walk->was_in && !script->denied &&
		    script->facts.reject.cause != 19)
			walk->at = walk->count - 2;
		walk->at++;
		return true;
	}
	walk->at = 0;
	if (is_due) {
		/* The first may have been cut short. */
		if (walk->rounds > 0)
			walk->again_at = script->now + ((int64_t)ROUND_MS << walk->rounds);
		walk->rounds += walk->rounds < ROUND_MAX;
	}
	/* The SIM may tell more the next time. */
	if (!*walk->imsi)
		walk->count = 0;
	return false;
}

void script_apn_worked(struct script *script)
{
	struct apn_walk *walk = &script->apn;

	walk->rounds = 0;
	if (script->modem.contexts_hidden)
		return;
	if (walk->at < walk->count)
		walk->refused[walk->at][0] = '\0';
	if (!step_apn_is_free(script) || walk->kept || !script->apns || !*walk->key)
		return;
	walk->kept = script->apns->keep(script->apns_ctx, walk->key, script_apn(script));
}

/* The modem's own: context 1, or the first that is not the network's and names one. Context 0 is
 * what LTE has attached with. */
static const struct modem_context *find_own(const struct modem_facts *facts, int cid)
{
	const struct modem_context *found = NULL;

	for (size_t i = 0; i < facts->context_count; i++) {
		const struct modem_context *context = &facts->contexts[i];

		if (context->reserved || !*context->apn || (cid > 0 && context->cid != cid))
			continue;
		if (!found || (context->cid > 0 && (found->cid == 0 || context->cid < found->cid)))
			found = context;
	}
	return found;
}

static size_t add_try(struct apn_try *tries, size_t count, const struct apn_try *try)
{
	if (provider_seek(tries, count, try, true) == count)
		tries[count++] = *try;
	return count;
}

/* The modem's own, without an account. */
static bool take_own(const struct script *script, struct apn_try *own)
{
	const struct modem_facts *facts = &script->facts;
	const struct modem_context *context = find_own(facts, (int)script->conf->network.cid);

	/* It goes into an AT string and a line of the memory: a damaged one is none. */
	if (!context || !provider_parse_account(context->apn, strlen(context->apn), own) ||
	    strcmp(own->apn, context->apn) != 0)
		return false;
	own->source =
		context->cid == 0 || facts->domain_known[MODEM_DOMAIN_EPS] ? APN_NETWORK : APN_SIM;
	own->as_is = context->cid > 0;
	return true;
}

struct provider_sim apn_sim_of(const struct modem_facts *facts)
{
	return (struct provider_sim){.imsi = facts->imsi,
				     .mnc_digits = facts->mnc_digits,
				     .spn = facts->spn,
				     .gid1 = facts->gid1,
				     .iccid = facts->iccid};
}

/* The table's, behind the first `count`; places stay free for the modem's own and the empty one. */
static size_t find_in_table(const struct script *script, struct apn_try *tries, size_t count)
{
	const struct provider_sim sim = apn_sim_of(&script->facts);

	return count +
	       provider_find(script->providers, &sim, tries + count, APN_TRIES_MAX - 2 - count);
}

/* A context has no account: it gets the table's for its APN, which an earlier run may have put
 * there. */
static size_t add_own(const struct script *script, struct apn_try *tries, size_t count)
{
	struct apn_try *own = &tries[count], *found = own + 1;
	size_t end;

	if (!take_own(script, own))
		return count;
	end = find_in_table(script, tries, count + 1);
	found += provider_seek(found, end - count - 1, own, false);
	if (found < tries + end) {
		str_copy(own->user, sizeof(own->user), found->user);
		str_copy(own->password, sizeof(own->password), found->password);
		own->auth = found->auth;
	}
	return add_try(tries, count, own);
}

static size_t add_table(const struct script *script, struct apn_try *tries, size_t count)
{
	size_t end = find_in_table(script, tries, count);
	struct apn_try other;

	for (size_t i = count; i < end; i++)
		count = add_try(tries, count, &tries[i]);
	if (take_own(script, &other))
		count = add_try(tries, count, &other);
	memset(&other, 0, sizeof(other));
	other.source = APN_NETWORK;
	return add_try(tries, count, &other);
}

size_t apn_walk_list(const struct script *script, struct apn_try tries[APN_TRIES_MAX])
{
	const struct apn_walk *walk = &script->apn;

	memcpy(tries, walk->tries, sizeof(walk->tries));
	/* Without its SIM's number there has been none. */
	if (walk->complete || !*walk->imsi)
		return walk->count;
	return add_table(script, tries, walk->count);
}

/* Of the table's: which of how many. */
void apn_describe(const struct apn_try *tries, size_t count, size_t at, struct buf *out)
{
	const struct apn_try *used = &tries[at];
	size_t place = 0, all = 0;

	for (size_t i = 0; i < count; i++) {
		all += tries[i].source == APN_TABLE;
		place += tries[i].source == APN_TABLE && i <= at;
	}
	if (used->as_is && !*used->apn)
		buf_printf(out, "as the modem's context has it");
	else if (!*used->apn)
		buf_printf(out, "none, so that the network chooses");
	else
		buf_printf(out, "\"%s\", %s", used->apn, apn_source_text(used->source));
	if (used->source == APN_TABLE)
		buf_printf(out, ", %zu of %zu", place, all);
}

bool step_apn_is_guess(const struct script *script)
{
	return script->apn.rounds == 0 && script_has_other_apn(script) &&
	       script_apn(script)->source == APN_TABLE;
}

bool step_apn_is_new(const struct script *script)
{
	return step_apn_is_free(script) && script->apn.count == 0;
}

bool step_apn_wants_table(const struct script *script)
{
	const struct apn_walk *walk = &script->apn;

	return step_apn_is_free(script) && walk->at >= walk->count && !walk->complete;
}

bool step_apn_is_shared(const struct script *script)
{
	const struct provider_sim sim = apn_sim_of(&script->facts);

	return step_apn_wants_table(script) && provider_is_shared(script->providers, &sim);
}

/* The first that are tried: what is remembered, and the modem's own. */
void apn_walk_begin(struct script *script)
{
	struct apn_walk *walk = &script->apn;
	const struct modem_facts *facts = &script->facts;
	struct apn_try known;
	size_t own;

	memset(walk, 0, sizeof(*walk));
	str_copy(walk->imsi, sizeof(walk->imsi), facts->imsi);
	if (!step_apn_is_free(script)) {
		walk->count = 1;
		walk->complete = true;
		str_copy(walk->tries[0].apn, APN_SIZE, script->conf->network.apn);
		walk->tries[0].as_is = !*script->conf->network.apn;
		return;
	}
	str_copy(walk->key, sizeof(walk->key), *facts->iccid ? facts->iccid : facts->imsi);
	if (*walk->key && script->apns &&
	    script->apns->recall(script->apns_ctx, walk->key, &known)) {
		known.source = APN_REMEMBERED;
		walk->kept = true;
		walk->tries[walk->count++] = known;
	}
	own = walk->count;
	walk->count = add_own(script, walk->tries, own);
	known = walk->tries[own];
	/* Another SIM's is there again with that one, from the memory: it may be overwritten. */
	if (walk->count > own && script->apns &&
	    script->apns->recall(script->apns_ctx, NULL, &known)) {
		walk->tries[own].as_is = false;
		walk->written |= 1U << own;
		walk->reattach = walk->kept;
	}
}

void apn_walk_complete(struct script *script)
{
	struct apn_walk *walk = &script->apn;

	walk->count = add_table(script, walk->tries, walk->count);
	walk->complete = true;
	/* Nothing new. */
	if (walk->at >= walk->count)
		walk->at = 0;
}

bool apn_walk_pass(struct script *script)
{
	struct apn_walk *walk = &script->apn;
	size_t at = provider_seek(walk->tries, walk->count, &script->spent, true);

	if (!script->has_spent)
		return true;
	if (at == walk->count)
		return false;
	script->has_spent = false;
	walk->at = at;
	script_apn_refused(script, "the last call with it came to nothing");
	return true;
}
