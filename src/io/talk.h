/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_TALK_H
#define GD_IO_TALK_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

#include "at/chan.h"
#include "base/cause.h"

struct atport;
struct script;
struct serial;

/*
 * One open AT port and whoever uses it, one user at a time. The first of the
 * queue has the turn until it is done, or idle while others wait. Nobody else
 * needs to know who uses the port now: an answer goes to the user that sent
 * the command, and is dropped when that user has left.
 */

enum talk_turn {
	TALK_SEND, /* `command` is to go out */
	TALK_WAIT, /* nothing to send now, but keep the port */
	TALK_IDLE, /* nothing to send now; others may have the port */
	TALK_DONE, /* nothing to send any more */
};

/* Why a user is no longer one; borrowed. */
struct talk_end {
	enum cause cause; /* NONE: it has said TALK_DONE */
	const char *text; /* else: one line for people */
	const char *device;
};

struct talk_user {
	/* What to do with the turn: asked when the turn begins and after each event. */
	enum talk_turn (*next)(void *job, struct at_command *command);
	void (*reply)(void *job, const struct at_event *event);
	void (*urc)(void *job, const struct at_event *event); /* during the turn; or NULL */
	void (*over)(void *ctx, const struct talk_end *end);  /* the last call; or NULL */
	void *job;                                            /* of next, reply and urc */
	void *ctx;                                            /* of over */
};

#define TALK_USERS_MAX 4

/* All zero at first, but for the owner's `gone`, `rest` and `ctx`. */
struct talk {
	void (*gone)(void *ctx); /* the port has vanished: release it. NULL: its users are told */
	void (*rest)(void *ctx); /* the port is open, and the last user has left; or NULL */
	void *ctx;

	struct atport *port; /* NULL: not open; users may wait for it all the same */
	char device[64];
	struct talk_place {
		struct talk_user user;
		int ticket;
	} queue[TALK_USERS_MAX];
	size_t count;
	int tickets;
	bool runs; /* users are being asked, further up the stack */
};

/* Takes `serial` over, on failure too, where it is closed. Users that wait are not asked before
 * talk_run. -ENOMEM. */
int talk_open(struct talk *talk, struct ev_loop *loop, struct serial *serial);

/* Every user's end, and the port, still open; NULL when there is none. Fine from any callback. */
struct serial *talk_release(struct talk *talk, enum cause cause, const char *text);

/* Queue up. The ticket, or -ENOSPC. Asks nobody: talk_run does. */
int talk_add(struct talk *talk, const struct talk_user *user);

/* Have the user whose turn it is use the port, where it is open. */
void talk_run(struct talk *talk);

/* The end of all users but the one of that ticket (0: of all). */
void talk_dismiss(struct talk *talk, int but, enum cause cause, const char *text);

/* Send without being asked, as a user with a clock of its own does. As atport_send. */
int talk_send(struct talk *talk, int ticket, const struct at_command *command);

/* Whether another user has the turn. */
bool talk_is_lent(const struct talk *talk, int ticket);

/* A started stage of `script` as a user. It is done when the stage is over, or has failed: then
 * script->cause says so. */
struct talk_user talk_script_user(struct script *script,
				  void (*over)(void *ctx, const struct talk_end *end), void *ctx);

#endif
