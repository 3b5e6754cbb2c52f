/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_JOB_H
#define GD_AT_JOB_H

#include <stdbool.h>
#include <stddef.h>

#include "at/chan.h"
#include "at/urc.h"

/* A command that waits or runs: the channel's copy of an at_command. */
struct at_job {
	int id;
	int timeout_ms;
	unsigned flags;
	char *prefix;  /* NULL: no answer lines; stored after the text */
	size_t echoed; /* how much of the text came back */
	size_t len;    /* of the text without that */
	char text[];   /* with CR, LF and NUL */
};

/* Long enough for any command's masked form. */
#define AT_JOB_MASKED_MAX (AT_COMMAND_MAX + 8)

/* NULL: out of memory. Freeing overwrites the text, which may hold a PIN. */
struct at_job *at_job_new(const struct at_command *command);
void at_job_free(struct at_job *job);

/* What a log may show: "AT+CPIN=***" for a secret one, otherwise the text. */
void at_job_mask(const struct at_job *job, char masked[AT_JOB_MASKED_MAX]);

/* Overwrite with asterisks what a line repeats of the command's values. */
void at_job_hide_values(const struct at_job *job, char *line);

enum at_echo {
	AT_ECHO_NOT,
	AT_ECHO_WHOLE, /* the line is nothing else */
	AT_ECHO_CUT,   /* it came after something else, and is cut off the line */
};

/* Find the command's echo, or a piece of it, in `line`. Pieces come when a URC interrupts it, and
 * when a waking modem has lost the first bytes; not the latter once lines of an answer came
 * (`answered`). */
enum at_echo at_job_take_echo(struct at_job *job, char *line, bool answered);

/* Whether `line`, of that kind, belongs to the command's answer. */
bool at_job_answers(const struct at_job *job, const char *line, enum at_urc urc);

/* Whether the name before the line's colon is in the command: "+CPIN: READY" and AT+CPIN?. */
bool at_job_names(const struct at_job *job, const char *line);

#endif
