/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_STATE_H
#define GD_SESSION_STATE_H

#include "session/session.h"

/* Shared by session.c, which has the table of states, and the files with the states' functions.
 * Nothing else includes this. */

#define SESSION_REDIAL_MS 300 /* DTR stays low for at least this long */
#define SESSION_SETTLE_MS 250 /* from a device's first new tty to its last */

struct state {
	const char *name;
	int timeout_ms; /* 0: none, or enter sets session->limit */
	unsigned next;  /* allowed next states, as bits */
	void (*enter)(struct session *session, int64_t now);
	/* Gets the events that session_handle does not deal with itself. TIMEOUT: session->wake is
	 * due. LIMIT: session->limit has passed. */
	void (*handle)(struct session *session, const struct session_event *event);
};

extern const struct state session_states[SESSION_STATE_COUNT];

/* The only function that changes the state. */
void session_change(struct session *session, enum session_state to, int64_t now);

/* Record the failure and hang up; its cause decides what follows. */
void session_fail(struct session *session, int64_t now, enum cause cause, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same for an operation of ours that failed: "WHAT: strerror". */
void session_fail_call(struct session *session, int64_t now, const char *what, int error);

/* Hang up, then stop. */
void session_stop(struct session *session, int64_t now);

void session_mark(struct session *session, const char *step, int64_t now);

/* search.c */
void waiting_enter(struct session *session, int64_t now);
void binding_enter(struct session *session, int64_t now);
void binding_handle(struct session *session, const struct session_event *event);
void probing_enter(struct session *session, int64_t now);
void probing_handle(struct session *session, const struct session_event *event);
void backing_off_enter(struct session *session, int64_t now);
void backing_off_handle(struct session *session, const struct session_event *event);

/* call.c */
void preparing_enter(struct session *session, int64_t now);
void registering_enter(struct session *session, int64_t now);
void dialing_enter(struct session *session, int64_t now);

/* Of these three states. */
void call_handle(struct session *session, const struct session_event *event);

/* Give a reply or a URC to the script, which may fail on it in any state (unwanted roaming). False
 * when it has. */
bool call_take_at(struct session *session, const struct session_event *event);

/* link.c */
void connected_enter(struct session *session, int64_t now);

/* Of NEGOTIATING too. */
void link_handle(struct session *session, const struct session_event *event);

/* recover.c */
void recovering_enter(struct session *session, int64_t now);
void recovering_handle(struct session *session, const struct session_event *event);

/* After a failure that will be retried: whether RECOVERING comes first. */
bool recover_choose(struct session *session, int64_t now);

/* hangup.c */
void hanging_up_enter(struct session *session, int64_t now);
void hanging_up_handle(struct session *session, const struct session_event *event);

/* Set when the next measure against a pppd that does not end is due; again after a stop. */
void hanging_up_schedule(struct session *session);

#endif
