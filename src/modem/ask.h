/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_ASK_H
#define GD_MODEM_ASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Ask one port what it is. AT, again and again until something answers; then
 * nonsense, to which only a parrot says OK, and ATI, for Sierra's APP ports.
 * What stays silent is asked whether it is DIAG or PPP. Bytes and times
 * (monotonic milliseconds) go in, bytes and a verdict come out. Nothing that
 * is asked changes a setting of the modem, but that one without an answer is told
 * to answer in words (ATQ0V1).
 */
struct ask;

enum ask_verdict {
	ASK_PENDING,
	ASK_AT,
	ASK_AT_SECONDARY, /* see ask_why */
	ASK_NMEA,
	ASK_DIAG,
	ASK_PPP,
	ASK_SILENT,
};

/* The usual `pass_ms`. */
#define ASK_PASS_MS 2300

/* `name` stands in the debug log. Who has said nothing for `pass_ms` is given up; who has answered
 * is asked to the end. NULL: no memory. */
struct ask *ask_new(const char *name, int pass_ms, int64_t now);
void ask_free(struct ask *ask);

void ask_feed(struct ask *ask, const void *bytes, size_t len, int64_t now);

/* Bytes to write now, NULL when there are none; then what the port took. */
const char *ask_output(struct ask *ask, size_t *len, int64_t now);
void ask_written(struct ask *ask, size_t len, int64_t now);

/* To be called after feeding and at the deadline (-1: none). */
void ask_tick(struct ask *ask, int64_t now);
int64_t ask_deadline(const struct ask *ask);

enum ask_verdict ask_verdict(const struct ask *ask);

/* From the first byte sent to the first OK; -1: none. */
int ask_answer_ms(const struct ask *ask);

/* Why it is only AT_SECONDARY; "" otherwise. Static. */
const char *ask_why(const struct ask *ask);

/* What it said to ATI, lines joined by \n; "" when it said nothing or was not asked. Good as long
 * as the ask is. */
#define ASK_IDENTITY_MAX 256
const char *ask_identity(const struct ask *ask);

/* Another port of the same modem has answered after `answer_ms`: it is awake, so that this one need
 * not be asked to the end. */
void ask_hurry(struct ask *ask, int answer_ms);

/* After the verdict ASK_AT: turn the echo off, for a port that is kept. Over when ask_is_idle. */
void ask_echo_off(struct ask *ask);
bool ask_is_idle(const struct ask *ask);

#endif
