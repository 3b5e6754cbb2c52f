/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_STATE_H
#define GD_DAEMON_STATE_H

#include <ev.h>

#include "conf/conf.h"
#include "daemon/daemon.h"
#include "daemon/drivers.h"
#include "daemon/hooks.h"
#include "daemon/recovery.h"
#include "io/closer.h"
#include "daemon/monitor.h"
#include "daemon/orders.h"
#include "daemon/spare.h"
#include "io/port.h"
#include "io/prober.h"
#include "session/session.h"
#include "status/rate.h"

/* Between the files of this folder: daemon.c starts and wires everything, host.c and call.c do what
 * the session asks for, requests.c answers on the control socket. */

struct ctl_request;

struct daemon {
	const struct conf *conf;
	struct conf *own; /* the same, where it can be reloaded, else NULL */
	struct daemon_source source;
	struct conf next; /* for the next dial */
	bool has_next;
	bool on_terminal; /* it had one when it started */
	const char *name;
	bool once;
	enum session_goal goal;
	struct session_ops ops;
	struct ev_loop *loop;
	int lock;
	struct session session;
	struct port port; /* the chosen one */
	struct prober prober;
	struct drivers drivers;
	struct recovery recovery;
	struct atport *atport;
	struct closer closer;       /* of ports that were let go */
	struct pppd *pppd;          /* ours */
	struct pppd_parent *parent; /* SESSION_GOAL_CALL: who runs us */
	struct call_end *end;       /* SESSION_GOAL_CALL: is told to */
	struct uevent *uevent;
	struct ctl_server *server;
	struct rate rate; /* of the last status */
	struct hooks hooks;
	struct monitor monitor;
	struct spare spare;
	struct orders orders;
	int64_t close_end;          /* of daemon_close_ms; 0: not asked yet */
	int64_t heard_at;           /* the modem on the call's port; -1 */
	enum session_state watched; /* told to monitor and spare port */
	enum session_state told;    /* to those whom it is told */
	unsigned told_addresses;
	ev_timer timer;
	ev_timer watchdog;
	ev_timer follow; /* while somebody does */
	ev_signal term;
	ev_signal interrupt;
	ev_signal hangup;
	ev_signal user1;
};

/* An event for the session, now. */
void daemon_tell(struct daemon *daemon, struct session_event event);

/* Whoever follows gets the status at each change, and once a second. */
void daemon_be_followed(struct daemon *daemon);

/* The socket's group is control.group's. A negative errno, told in the log. */
int daemon_set_group(struct daemon *daemon);

/* The session's deadline anew, after it has been held up. */
void daemon_rearm(struct daemon *daemon);

/* How long to wait, at the end, for a process that lets go of ports: whoever has them next would
 * find them held; but a stop takes no 5 s. */
int daemon_close_ms(struct daemon *daemon);

/* host.c: the session's wishes, with a struct daemon as their context. */
extern const struct session_ops host_ops;

/* A process of ours still asks ports or lets go of them: who opened one now would find it held, or
 * hang. */
bool host_holds_ports(const struct daemon *daemon);

/* Where `fresh` has other values for ppp.default_route and ppp.metric, have the old ones' routes
 * go, and say that the new ones' have to be set. */
bool host_routes_withdraw(struct daemon *daemon, const struct conf *fresh);

/* requests.c: ctl_server_new's callback. */
struct json_object *requests_answer(void *ctx, const struct ctl_request *request);
struct json_object *requests_status(struct daemon *daemon);

/* reload.c: read the configuration again; the answer to the request for it. And nobody uses what
 * waits for the next dial: take it. */
struct json_object *reload(struct daemon *daemon);
void reload_take_next(struct daemon *daemon);
void reload_stop(struct daemon *daemon);

/* call.c: with SESSION_GOAL_CALL pppd is not ours to start but runs us. */
enum cause call_start(struct daemon *daemon);
void call_note_end(struct daemon *daemon);
void call_stop(struct daemon *daemon);

#endif
