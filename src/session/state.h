/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_STATE_H
#define GD_SESSION_STATE_H

#include "session/session.h"

/* Between session.c and states.c; nobody else includes this. */

struct state {
	const char *name;
	int timeout_ms; /* 0: none, or enter sets session->limit */
	unsigned next;  /* allowed states, as bits */
	void (*enter)(struct session *session, int64_t now);
	/* Events that no other rule has taken; SESSION_EVENT_TIMEOUT only for
	 * session->wake. */
	void (*handle)(struct session *session,
		       const struct session_event *event);
	/* session->limit is over. */
	void (*expire)(struct session *session, int64_t now);
};

extern const struct state session_states[SESSION_STATE_COUNT];

/* The one function that changes the state. */
void session_change(struct session *session, enum session_state to,
		    int64_t now);

/* Note the failure and hang up; what comes after is the cause's reaction. */
void session_fail(struct session *session, int64_t now, enum cause cause,
		  const char *format, ...)
	__attribute__((format(printf, 4, 5)));

void session_mark(struct session *session, const char *step, int64_t now);

#endif
