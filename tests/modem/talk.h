/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_TALK_H
#define GD_MODEM_TALK_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "../unit/unit.h"

/* A gobi-modem on ptys and what a test says to it. Everything waits for its event with a deadline;
 * what does not come fails the test. */
struct talk {
	char dir[64];
	pid_t pid;
	int control;
	int port; /* the first AT port, open */
};

/* Start a modem of `description` (libconfig text), `peer` may be NULL. Opens if0. */
void talk_start(struct talk *talk, const char *description, const char *peer);

/* The same with a description file of this folder; opens no port. */
void talk_start_file(struct talk *talk, const char *name);

/* SIGTERM; it must end well and leave no links. */
void talk_end(struct talk *talk);

/* The exit status of a modem that must not start, and what it said. */
int talk_refused(const char *description, char *said, size_t size);

int talk_open(struct talk *talk, int interface);

/* A NUL-terminated string, or `len` bytes. */
void talk_say(int fd, const char *text);
void talk_say_bytes(int fd, const void *bytes, size_t len);

/* Exactly these bytes come next. */
void talk_hear(int fd, const char *text);
void talk_hear_bytes(int fd, const void *bytes, size_t len);

/* Read until this text has come; it and all before it are gone then. How many bytes that were. */
size_t talk_hear_until(int fd, const char *text);

/* What was said gets this answer. */
void talk_ask(int fd, const char *command, const char *answer);

/* A control command, and its answer exactly; NULL: any that begins with ok. */
void talk_control(struct talk *talk, const char *command, const char *answer);

/* The number behind `name`= in `stats` or `state`. */
long talk_number(struct talk *talk, const char *command, const char *name);

/* Wait until the log has a line with this text. */
void talk_log_has(struct talk *talk, const char *text);

/* The longest piece of output in the log. */
size_t talk_longest_piece(struct talk *talk);

/* "DIR/name" in static storage. */
const char *talk_path(const struct talk *talk, const char *name);

/* Until this is true, or fail. */
void talk_wait(bool (*is_true)(void *ctx), void *ctx, const char *what);

long talk_ms(void);

#endif
