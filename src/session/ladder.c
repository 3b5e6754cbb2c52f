/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "conf/conf.h"
#include "session/ladder.h"

#define MINUTE_MS 60000

/* The pause keeps a modem that fails permanently from being reset all the time: a healthy modem
 * without a network gets at most one USB reset an hour. */
static const struct {
	const char *name;
	int timeout_ms;
	int pause_ms;
} rungs[LADDER_RUNG_COUNT] = {
	[LADDER_REDIAL] = {"redial", 0, 0},
	[LADDER_DTR] = {"dtr", 15000, MINUTE_MS},
	[LADDER_CFUN] = {"cfun", 60000, 15 * MINUTE_MS},
	[LADDER_RESET] = {"reset", 30000, 30 * MINUTE_MS},
	[LADDER_USB] = {"usb", 20000, 60 * MINUTE_MS},
	[LADDER_POWER] = {"power", 240000, 60 * MINUTE_MS},
};

#define RUNG(name) (1u << LADDER_##name)
#define ANY        (RUNG(DTR) | RUNG(CFUN) | RUNG(RESET) | RUNG(USB) | RUNG(POWER))

/* Which rungs can cure a cause, and after how many redials. A modem that does not answer takes no
 * commands; one that answers but finds no network is helped neither by DTR nor by
 * re-enumeration. */
static const struct {
	int redials;
	unsigned mends;
} climbs[CAUSE_COUNT] = {
	[CAUSE_NO_AT_PORT] = {1, RUNG(DTR) | RUNG(USB) | RUNG(POWER)},
	[CAUSE_SIM] = {2, RUNG(CFUN) | RUNG(RESET) | RUNG(USB) | RUNG(POWER)},
	[CAUSE_NOT_REGISTERED] = {2, RUNG(CFUN) | RUNG(RESET) | RUNG(POWER)},
	[CAUSE_CALL] = {3, ANY},
	[CAUSE_PPP] = {3, ANY},
	[CAUSE_LINK_LOST] = {3, ANY},
};

static bool has_rung(const struct ladder *ladder, enum ladder_rung rung)
{
	for (size_t i = 0; i < ladder->count; i++)
		if (ladder->order[i] == rung)
			return true;
	return false;
}

void ladder_reset(struct ladder *ladder)
{
	ladder->at = 0;
	ladder->redials = 0;
	ladder->failures = 0;
	ladder->climbed = false;
	ladder->slow = false;
	ladder->rung = LADDER_REDIAL;
}

void ladder_renew(struct ladder *ladder)
{
	ladder_reset(ladder);
	ladder->to_judge = false;
	memset(ladder->free_at, 0, sizeof(ladder->free_at));
}

void ladder_undo(struct ladder *ladder)
{
	ladder->free_at[ladder->rung] = ladder->was_free_at;
	ladder->climbed = ladder->was_climbed;
	ladder->to_judge = false;
}

void ladder_set(struct ladder *ladder, const struct conf_list *words, bool has_power)
{
	ladder_reset(ladder);
	ladder->count = 0;
	for (size_t i = 0; i < words->count; i++)
		for (enum ladder_rung rung = 0; rung < LADDER_RUNG_COUNT; rung++)
			if (strcmp(rungs[rung].name, words->items[i]) == 0 &&
			    !has_rung(ladder, rung) && (rung != LADDER_POWER || has_power))
				ladder->order[ladder->count++] = rung;
}

static enum ladder_rung use_rung(struct ladder *ladder, enum ladder_rung rung, enum cause cause,
				 int64_t now)
{
	ladder->was_free_at = ladder->free_at[rung];
	ladder->was_climbed = ladder->climbed;
	ladder->free_at[rung] = now + rungs[rung].pause_ms;
	ladder->climbed = true;
	ladder->to_judge = true;
	ladder->cause = cause;
	return ladder->rung = rung;
}

enum ladder_rung ladder_next(struct ladder *ladder, const struct ladder_case *failed, int64_t now)
{
	enum ladder_rung rung;
	unsigned mends;

	ladder->failures += !failed->again;
	if ((unsigned)failed->cause >= CAUSE_COUNT || failed->hopeless ||
	    climbs[failed->cause].mends == 0)
		return LADDER_REDIAL;
	mends = climbs[failed->cause].mends & (failed->gone ? RUNG(USB) | RUNG(POWER) : ANY);
	/* The rung made for this, wherever the ladder stands. */
	if (failed->stuck && !failed->again && !failed->gone && has_rung(ladder, LADDER_DTR) &&
	    now >= ladder->free_at[LADDER_DTR])
		return use_rung(ladder, LADDER_DTR, failed->cause, now);
	while (ladder->at < ladder->count) {
		rung = ladder->order[ladder->at];
		if (rung == LADDER_REDIAL && !failed->gone &&
		    ladder->redials < climbs[failed->cause].redials) {
			ladder->redials++;
			return ladder->rung = rung;
		}
		ladder->at++;
		ladder->redials = 0;
		if (mends & 1u << rung && now >= ladder->free_at[rung])
			return use_rung(ladder, rung, failed->cause, now);
	}
	/* Past the top: only slow redials, then the bottom again. */
	ladder->at = 0;
	ladder->redials = 0;
	ladder->slow |= ladder->climbed;
	ladder->climbed = false;
	return LADDER_REDIAL;
}

const char *ladder_rung_name(enum ladder_rung rung)
{
	return (unsigned)rung < LADDER_RUNG_COUNT ? rungs[rung].name : "redial";
}

int ladder_rung_timeout_ms(enum ladder_rung rung)
{
	return rungs[rung].timeout_ms;
}
