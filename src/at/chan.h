/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_CHAN_H
#define GD_AT_CHAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "at/final.h"

/*
 * One AT port's conversation: a queue of commands, one in flight (V.250 5.4: a byte
 * sent while a command runs may abort it), its answer, and the URCs that come in
 * between. Bytes and times go in, bytes and events come out; it does not read,
 * write or ask the clock. Times are milliseconds of any monotonic clock.
 *
 * A modem's late reply must not answer the next command. After a command has timed
 * out the channel is in quarantine: it waits for quiet, sends AT and waits for its
 * OK before it goes on. What arrives meanwhile is no answer, but may be a URC.
 *
 * A modem that waits for a text ("> ") gets an ESC: nobody here has one.
 */
struct at_chan;

enum at_flags {
	AT_SECRET = 1 << 0, /* the log shows only the command's name */
	AT_DIAL = 1 << 1,   /* CONNECT, NO CARRIER, BUSY, ... are finals; PPP is a CONNECT */
	/* The answer has one line. Where no final follows it for a second, it counts as OK: a
	 * Wavecom says +CPIN: READY and nothing behind it. */
	AT_ONE_LINE = 1 << 2,
};

struct at_command {
	const char *text;   /* without the CR; copied */
	const char *prefix; /* of the answer's lines, "+CPIN:"; "" takes every
			     * line that is not a URC; NULL expects none */
	int timeout_ms;
	unsigned flags;
	int id; /* the caller's, given back in the reply */
};

enum at_event_type {
	AT_EVENT_NONE,
	AT_EVENT_REPLY, /* to a command: a final, or a timeout */
	AT_EVENT_URC,
};

struct at_event {
	enum at_event_type type;
	int id;                /* REPLY: the command's */
	struct at_final final; /* REPLY */
	int elapsed_ms;        /* REPLY: from written to final */
	/* REPLY: the answer's lines joined by \n, without the final; URC: the line. NUL-terminated,
	 * never NULL, no CR, LF or NUL inside. Good until the next call that changes the
	 * channel. */
	const char *text;
	const char *command; /* REPLY: what was sent, masked if AT_SECRET */
};

/* NULL: out of memory. */
struct at_chan *at_chan_new(void);
void at_chan_free(struct at_chan *chan);

/* Prefix of each line of AT traffic in the debug log; "at" by default. */
void at_chan_set_name(struct at_chan *chan, const char *name);

/* Commands end in CR LF from now on, for phones that want it. Elsewhere only a CR is right: an
 * MC8790 answers ERROR to the LF behind it. */
void at_chan_set_lf(struct at_chan *chan, bool lf);

/* Queue a command. -EINVAL: text empty, longer than AT_COMMAND_MAX, or with a byte below 0x20 or
 * above 0x7e, which no AT line may carry. -EBUSY: data mode. -ENOSPC: queue full. -ENOMEM. */
#define AT_COMMAND_MAX 400
int at_chan_send(struct at_chan *chan, const struct at_command *command);

/* No command is queued or in flight, and there is no quarantine. (A quarantine that gets no OK is
 * parked after some tries, and resumes with the next command. A queued command waits for it no
 * longer than its own timeout.) */
bool at_chan_idle(const struct at_chan *chan);

/* Bytes that arrived at `now`. Any bytes, in any pieces. After a CONNECT they are only kept: see
 * at_chan_data. */
void at_chan_feed(struct at_chan *chan, const void *bytes, size_t len, int64_t now);

/* Bytes to write now, NULL when there are none. Call at_chan_written with how many the port took;
 * partial writes are fine. */
const char *at_chan_output(struct at_chan *chan, size_t *len, int64_t now);
void at_chan_written(struct at_chan *chan, size_t len, int64_t now);

/* The next event, in order of arrival; AT_EVENT_NONE when there is none. Deadlines at or before
 * `now` take effect here. */
struct at_event at_chan_next(struct at_chan *chan, int64_t now);

/* When at_chan_next and at_chan_output must be called again even if no byte arrives; 0: at once;
 * -1: not before a byte arrives. */
int64_t at_chan_deadline(const struct at_chan *chan);

/* After a reply whose final is CONNECT: the bytes of PPP that followed its line, up to 4 kB,
 * including those fed later. The channel has forgotten its queue and stays in data mode until
 * at_chan_reset. */
const char *at_chan_data(const struct at_chan *chan, size_t *len);

/* Forget everything queued, in flight and half read, quarantine included. */
void at_chan_reset(struct at_chan *chan);

#endif
