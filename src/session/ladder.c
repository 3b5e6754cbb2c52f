/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "conf/conf.h"
#include "session/ladder.h"

#define MINUTE_MS 60000

/* The pause keeps a modem that fails for good from being reset for good: one that is fine and has
 * no network gets one USB reset an hour at most. */
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
};

#define RUNG(name) (1u << LADDER_##name)
#define ANY        (RUNG(DTR) | RUNG(CFUN) | RUNG(RESET) | RUNG(USB))

/* Which rungs can mend a cause, and after how many redials. A modem that does not answer takes no
 * command; one that answers and finds no network is not helped by DTR, nor by a new enumeration. */
static const struct {
	int redials;
	unsigned mends;
} climbs[CAUSE_COUNT] = {
	[CAUSE_NO_AT_PORT] = {1, RUNG(DTR) | RUNG(USB)},
	[CAUSE_SIM] = {2, RUNG(CFUN) | RUNG(RESET) | RUNG(USB)},
	[CAUSE_NOT_REGISTERED] = {2, RUNG(CFUN) | RUNG(RESET)},
	[CAUSE_CALL] = {3, ANY},
	[CAUSE_PPP] = {3, ANY},
	[CAUSE_LINK_LOST] = {3, ANY},
};

static bool find_rung(const char *word, enum ladder_rung *rung)
{
	for (int i = 0; i < LADDER_RUNG_COUNT; i++) {
		if (strcmp(rungs[i].name, word) != 0)
			continue;
		*rung = (enum ladder_rung)i;
		return true;
	}
	return false;
}

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

void ladder_set(struct ladder *ladder, const struct conf_list *words)
{
	enum ladder_rung rung;

	ladder_reset(ladder);
	ladder->count = 0;
	for (size_t i = 0; i < words->count; i++)
		if (find_rung(words->items[i], &rung) && !has_rung(ladder, rung))
			ladder->order[ladder->count++] = rung;
}

bool ladder_can_mend(const struct ladder_case *failed)
{
	return (unsigned)failed->cause < CAUSE_COUNT && !failed->hopeless &&
	       climbs[failed->cause].mends != 0;
}

static void step_up(struct ladder *ladder)
{
	ladder->at++;
	ladder->redials = 0;
}

/* Only redials from here on, until it begins below again: slowly. */
static void leave_top(struct ladder *ladder)
{
	ladder->at = 0;
	ladder->redials = 0;
	ladder->slow |= ladder->climbed;
	ladder->climbed = false;
}

static enum ladder_rung take(struct ladder *ladder, enum ladder_rung rung, enum cause cause,
			     int64_t now)
{
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

	ladder->failures++;
	if (!ladder_can_mend(failed))
		return LADDER_REDIAL;
	mends = climbs[failed->cause].mends & (failed->gone ? RUNG(USB) : ANY);
	/* The one rung for it, wherever the ladder stands. */
	if (failed->stuck && !failed->gone && has_rung(ladder, LADDER_DTR) &&
	    now >= ladder->free_at[LADDER_DTR])
		return take(ladder, LADDER_DTR, failed->cause, now);
	for (; ladder->at < ladder->count; step_up(ladder)) {
		rung = ladder->order[ladder->at];
		if (rung == LADDER_REDIAL) {
			if (failed->gone || ladder->redials >= climbs[failed->cause].redials)
				continue;
			ladder->redials++;
			return ladder->rung = rung;
		}
		if (!(mends & 1u << rung))
			continue;
		if (now < ladder->free_at[rung])
			continue;
		step_up(ladder);
		return take(ladder, rung, failed->cause, now);
	}
	leave_top(ladder);
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
