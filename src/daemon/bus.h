/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_BUS_H
#define GD_DAEMON_BUS_H

#include <ev.h>

#include "daemon/daemon.h"
#include "io/closer.h"
#include "io/muxer.h"
#include "io/port.h"
#include "io/prober.h"
#include "io/talk.h"
#include "session/session.h"
#include "status/history.h"
#include "status/rate.h"

struct bus;

/* A part of the instance: one row of the table in daemon.c. Parts do not call each other to say
 * that something has happened; they hear of it through their row. Each may be NULL. */
struct part {
	enum cause (*start)(struct bus *bus);
	void (*stop)(struct bus *bus);      /* after a start that failed too */
	void (*on_state)(struct bus *bus);  /* the session's state has changed */
	void (*on_change)(struct bus *bus); /* that, or the link has another address */
	void (*on_reload)(struct bus *bus); /* keys that apply at once have new values */
	void (*on_facts)(struct bus *bus);  /* the modem has said `facts` during the call */
};

/* What the parts share: the session and its deadline, the modem's port, and who listens. */
struct bus {
	const struct part *parts;
	size_t part_count;
	size_t started;

	/* The instance, from its start to its end. */
	const struct conf *conf;
	struct conf *own; /* the same where it can be reloaded, else NULL */
	struct daemon_source source;
	const char *name;
	bool once;
	enum session_goal goal;
	struct session_ops ops;
	struct ev_loop *loop;
	struct ctl_server *server;

	/* The link. */
	struct session session;
	ev_timer deadline;
	enum session_state told; /* to the listeners, and the number of addresses */
	unsigned told_addresses;
	struct pppd *pppd; /* ours */
	int64_t close_end; /* of bus_close_ms; 0: not asked yet */
	struct rate rate;  /* of the last report */
	struct history history;

	/* The port of the call: how it is found, used and closed. */
	struct prober prober;
	struct port port;
	struct talk talk;
	int ticket;         /* of the session, as a user of it */
	struct muxer muxer; /* between it and the tty, where it is multiplexed */
	struct closer closer;
	int64_t heard_at; /* when the modem last answered the session; -1 */

	/* What the modem said on its second port during this call; NULL: nothing. */
	const struct modem_facts *facts;
	int64_t facts_at;

	/* Each of these belongs to one file. */
	struct at_user *at_user; /* NULL: no such request is running */
	struct call_end *end;    /* SESSION_GOAL_CALL: how it ended */
	bool on_terminal;        /* there was one at the start */
	int lock;
	ev_signal signals[4];
	struct conf *next; /* for the next dial; NULL: the same */
	struct hooks *hooks;
	struct modem_care *care;
	struct monitor *monitor;
	struct pppd_parent *parent; /* SESSION_GOAL_CALL: the pppd that runs us */
	struct second_port *second;
	ev_timer follow;
	ev_timer watchdog;
};

/* Start the parts in the order of the table until one fails; returns the cause. bus_stop stops
 * those that were started, in reverse order. */
enum cause bus_start(struct bus *bus, const struct part *parts, size_t count);
void bus_stop(struct bus *bus);

/* Log why a part cannot start. Returns `cause`, or CAUSE_PERMISSION when a permission is
 * missing. */
enum cause bus_explain(enum cause cause, const char *what, int error);

/* Have the session look for the modem: the last row's start. */
enum cause bus_begin(struct bus *bus);

/* Give the session an event, now, and tell the listeners if that changed anything. */
void bus_tell(struct bus *bus, struct session_event event);

/* Set the session's deadline on the loop again; the loop ends with the session. */
void bus_rearm(struct bus *bus);

/* Tell the listeners. `facts` is borrowed until bus->facts changes. */
void bus_tell_reload(struct bus *bus);
void bus_tell_facts(struct bus *bus, const struct modem_facts *facts);

/* At the end: how long to wait for a child that closes ports. The next user would find them held,
 * but a stop must take less than 5 s. */
int bus_close_ms(struct bus *bus);

#endif
