/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_LADDER_H
#define GD_SESSION_LADDER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/cause.h"

struct conf_list;

/* What is tried against a failure that comes again, from the least to the most; the words of
 * recovery.ladder. */
enum ladder_rung {
	LADDER_REDIAL, /* nothing but the next dial */
	LADDER_DTR,    /* DTR low for a while, then escape and hang up */
	LADDER_CFUN,   /* the radio off and on */
	LADDER_RESET,  /* of the modem, by AT command */
	LADDER_USB,    /* the USB device off and on */
	LADDER_RUNG_COUNT
};

/* Where in the ladder a session stands. All zero is a ladder without rungs. */
struct ladder {
	enum ladder_rung order[LADDER_RUNG_COUNT];
	size_t count;
	size_t at;                          /* the place in `order` */
	int redials;                        /* how many in this place */
	int failures;                       /* since the last link that lasted */
	bool climbed;                       /* past the redials, since it began below */
	bool slow;                          /* the top has been reached */
	bool to_judge;                      /* `rung` has been tried, and no dial since */
	enum ladder_rung rung;              /* the last one */
	enum cause cause;                   /* what that was against */
	int64_t free_at[LADDER_RUNG_COUNT]; /* not again before that */
};

/* One failed attempt. */
struct ladder_case {
	enum cause cause;
	bool hopeless; /* whatever its cause: no SIM, the network's no */
	bool gone;     /* the modem has left its port: USB alone can reach it */
	bool stuck;    /* a port is in data mode: LADDER_DTR is for that */
};

/* By the words of recovery.ladder, in their order; the same twice is once. It begins below; the
 * rungs' pauses go on. */
void ladder_set(struct ladder *ladder, const struct conf_list *words);

/*
 * After a failure: what to do before the next dial. Each rung by the cause, and
 * none sooner than its own pause allows: it is passed over, for what it did has
 * not lasted. LADDER_REDIAL for what no rung can mend, and past the top, from
 * where it begins below.
 */
enum ladder_rung ladder_next(struct ladder *ladder, const struct ladder_case *failed, int64_t now);

/* A link has lasted: begin below. The rungs' pauses go on. */
void ladder_reset(struct ladder *ladder);

/* Whether any rung but the redial can be meant for this one. */
bool ladder_can_mend(const struct ladder_case *failed);

/* "redial", "dtr", ...: the configuration's words. Static. */
const char *ladder_rung_name(enum ladder_rung rung);

/* How long it may take. */
int ladder_rung_timeout_ms(enum ladder_rung rung);

#endif
