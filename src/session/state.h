/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_STATE_H
#define GD_SESSION_STATE_H

#include "session/session.h"

/* Between session.c, which has the table of states, and the files of the states' own functions;
 * nobody else includes this. */

#define SESSION_REDIAL_MS 300 /* DTR stays low so long at least */
#define SESSION_SETTLE_MS 250 /* from one new tty to the device's last */

/* When to ask the ports after SESSION_EVENT_PORTS. */
int64_t session_ports_at(const struct session_event *event);

struct state {
	const char *name;
	int timeout_ms; /* 0: none, or enter sets session->limit */
	unsigned next;  /* allowed states, as bits */
	void (*enter)(struct session *session, int64_t now);
	/* Events that no other rule has taken; SESSION_EVENT_TIMEOUT only for session->wake. */
	void (*handle)(struct session *session, const struct session_event *event);
	/* session->limit is over. */
	void (*expire)(struct session *session, int64_t now);
};

extern const struct state session_states[SESSION_STATE_COUNT];

/* The one function that changes the state. */
void session_change(struct session *session, enum session_state to, int64_t now);

/* Note the failure and hang up; what comes after is the cause's reaction. */
void session_fail(struct session *session, int64_t now, enum cause cause, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* The same for a wish of ours that could not be granted: "WHAT: strerror". */
void session_fail_call(struct session *session, int64_t now, const char *what, int error);

/* Hang up, and end as it was asked to. */
void session_stop(struct session *session, int64_t now);

void session_mark(struct session *session, const char *step, int64_t now);

/* search.c */
void waiting_enter(struct session *session, int64_t now);
void waiting_handle(struct session *session, const struct session_event *event);
void waiting_expire(struct session *session, int64_t now);
void binding_enter(struct session *session, int64_t now);
void binding_handle(struct session *session, const struct session_event *event);
void binding_expire(struct session *session, int64_t now);
void probing_enter(struct session *session, int64_t now);
void probing_handle(struct session *session, const struct session_event *event);
void probing_expire(struct session *session, int64_t now);
void backing_off_enter(struct session *session, int64_t now);
void backing_off_handle(struct session *session, const struct session_event *event);
void backing_off_expire(struct session *session, int64_t now);

/* call.c */
void preparing_enter(struct session *session, int64_t now);
void preparing_handle(struct session *session, const struct session_event *event);
void preparing_expire(struct session *session, int64_t now);
void registering_enter(struct session *session, int64_t now);
void registering_handle(struct session *session, const struct session_event *event);
void registering_expire(struct session *session, int64_t now);
void dialing_enter(struct session *session, int64_t now);
void dialing_handle(struct session *session, const struct session_event *event);
void dialing_expire(struct session *session, int64_t now);

/* A reply or a URC for the script, which may end it in any state: roaming that is not wanted. False
 * when it has ended it. */
bool call_take_at(struct session *session, const struct session_event *event);

/* link.c */
void negotiating_enter(struct session *session, int64_t now);
void negotiating_handle(struct session *session, const struct session_event *event);
void negotiating_expire(struct session *session, int64_t now);
void connected_enter(struct session *session, int64_t now);
void connected_handle(struct session *session, const struct session_event *event);

/* recover.c */
void recovering_enter(struct session *session, int64_t now);
void recovering_handle(struct session *session, const struct session_event *event);
void recovering_expire(struct session *session, int64_t now);

/* After a failure that is to be tried again: whether RECOVERING comes first. */
bool recover_choose(struct session *session, int64_t now);

/* A link is up: was it the last rung's doing? */
void recover_note_link(struct session *session);

/* hangup.c */
void hanging_up_enter(struct session *session, int64_t now);
void hanging_up_handle(struct session *session, const struct session_event *event);

/* Set when the next measure against a pppd that does not end is due; again after a stop. */
void hanging_up_schedule(struct session *session);

#endif
