/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_LADDER_H
#define GD_SESSION_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"

struct conf_list;

/* What is tried against repeated failures, mildest first; the words of recovery.ladder. */
enum ladder_rung {
	LADDER_REDIAL, /* just dial again */
	LADDER_DTR,    /* DTR low for a while, then escape and hang up */
	LADDER_CFUN,   /* the radio off and on */
	LADDER_RESET,  /* of the modem, by AT command */
	LADDER_USB,    /* the USB device off and on */
	LADDER_POWER,  /* the modem itself, by its key or switch */
	LADDER_RUNG_COUNT
};

/* A session's place on the ladder. All zero is a ladder without rungs. */
struct ladder {
	enum ladder_rung order[LADDER_RUNG_COUNT];
	size_t count;
	size_t at;             /* index in `order` */
	int redials;           /* made at this place */
	int failures;          /* since the last link that lasted */
	bool climbed;          /* beyond redials, since it last started at the bottom */
	bool slow;             /* the top has been passed */
	bool to_judge;         /* `rung` was used, and there was no dial since */
	enum ladder_rung rung; /* the last one chosen */
	enum cause cause;      /* what it was used against */
	int64_t free_at[LADDER_RUNG_COUNT]; /* when its pause ends */
	int64_t was_free_at;                /* as before the last rung, for ladder_undo */
	bool was_climbed;
};

/* One failed attempt. */
struct ladder_case {
	enum cause cause;
	bool hopeless; /* no rung can help: no SIM, or denied by the network */
	bool gone;     /* the modem has lost its ports: only LADDER_USB and _POWER can reach it */
	bool stuck;    /* a port is in data mode, which LADDER_DTR is for */
	bool again;    /* the last rung was not done or has failed: this is no new failure */
};

/* Take the words of recovery.ladder, in their order; repeated ones count once, and "power" only
 * with `has_power`. Starts at the bottom; the rungs' pauses go on. */
void ladder_set(struct ladder *ladder, const struct conf_list *words, bool has_power);

/*
 * After a failure: what to do before the next dial. Only rungs that can cure the
 * cause are used. A rung whose pause has not ended is skipped, since its effect
 * did not last. LADDER_REDIAL when no rung can help, and past the top, after
 * which it starts at the bottom.
 */
enum ladder_rung ladder_next(struct ladder *ladder, const struct ladder_case *failed, int64_t now);

/* A link has lasted: start at the bottom. The rungs' pauses go on. */
void ladder_reset(struct ladder *ladder);

/* The last rung could not be done: it has no pause, and does not count as tried. */
void ladder_undo(struct ladder *ladder);

/* The modem has been without power: begin at the bottom, without pauses. */
void ladder_renew(struct ladder *ladder);

/* "redial", "dtr", ...: the configuration's words. Static. */
const char *ladder_rung_name(enum ladder_rung rung);

/* How long the rung may take. */
int ladder_rung_timeout_ms(enum ladder_rung rung);

#endif
