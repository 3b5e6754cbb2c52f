/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_OUTBOX_H
#define GD_AT_OUTBOX_H

#include <stdbool.h>
#include <stdint.h>

#include "at/chan.h"
#include "at/job.h"
#include "base/buf.h"

/*
 * The events of a channel in order of arrival: URCs, as many as fit, and at most
 * one reply, since no command starts before the last reply was taken. All zeros at
 * first.
 */
struct at_outbox {
	struct buf answer; /* of the running command, then of the reply */
	bool open_quote;   /* in the answer's last line */
	struct buf urcs;   /* lines, each with its NUL */
	size_t given;      /* bytes of urcs that the last event borrows */
	bool reply_ready;
	struct at_event reply;
	size_t reply_after; /* the reply comes after this many bytes of urcs */
	char masked[AT_JOB_MASKED_MAX];
};

/* Dropped with a debug line when too many wait already. */
void at_outbox_add_urc(struct at_outbox *box, const char *line);

void at_outbox_start_answer(struct at_outbox *box);

/* A line of the answer; `continues`: the rest of the last one, after a line end inside quotes.
 * Dropped when the answer gets longer than any modem's. */
void at_outbox_add_answer(struct at_outbox *box, const char *line, bool continues);

void at_outbox_reply(struct at_outbox *box, const struct at_job *job, struct at_final final,
		     int64_t elapsed_ms);

bool at_outbox_is_empty(const struct at_outbox *box);

/* As at_chan_next. */
struct at_event at_outbox_next(struct at_outbox *box);

void at_outbox_free(struct at_outbox *box);

#endif
