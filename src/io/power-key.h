/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_POWER_KEY_H
#define GD_IO_POWER_KEY_H

#include "modem/power-plan.h"

struct buf;
struct conf;

/* Switch the modem. */
struct power_job {
	const struct conf *conf;
	const char *name; /* of the instance */
	enum power_act act;
	struct power_times times;
	bool silent; /* as in struct power_case */
	bool brief;  /* do not wait for what comes of the last press */
};

enum power_result {
	POWER_RESULT_DONE,     /* and STATUS has followed, where there is one */
	POWER_RESULT_LEFT,     /* nothing was to be done, and nothing was */
	POWER_RESULT_STARTING, /* it may still be starting, after an earlier press */
	POWER_RESULT_NO_EFFECT,
	POWER_RESULT_NO_CHIP,
	POWER_RESULT_NO_LINE,
	POWER_RESULT_HELD, /* by another program or driver */
	POWER_RESULT_DENIED,
	POWER_RESULT_COMMAND, /* the program failed */
	POWER_RESULT_BROKEN,
	POWER_RESULT_COUNT
};

/* The longest that power_key_do takes, after an earlier one that still runs. */
#define POWER_KEY_LIMIT_MS 240000

/*
 * Do it: a worker's `work`, on a struct power_job; returns an enum power_result. A press that has
 * begun is ended in time whatever signal comes to it or kills its parent: no press is longer than
 * the modem wants. One at a time per instance, by a lock on RUNDIR/NAME.power; the next one knows
 * of the last press from there, and ends one whose process was killed too.
 */
int power_key_do(const void *job);

/* What RUNDIR/NAME.power says of the last press. */
struct power_past {
	int act; /* an enum power_act; -1: there was none since the machine started */
	int64_t since_ms;
	enum power_result result;
};

struct power_past power_key_past(const char *name);

/* STATUS now: 1, 0; -1: there is no such line, or it cannot be read. */
int power_key_status(const struct conf *conf);

/* Whether the lines are there and free: DONE, NO_CHIP, NO_LINE, HELD, DENIED or BROKEN. Presses
 * nothing. */
enum power_result power_key_check(const struct conf *conf);

/* Half a sentence: what came of it, with the chip, the lines and who holds them. */
void power_key_explain(const struct conf *conf, enum power_result result, struct buf *out);

#endif
