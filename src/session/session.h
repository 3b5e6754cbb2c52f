/* SPDX-License-Identifier: ISC */
#ifndef GD_SESSION_SESSION_H
#define GD_SESSION_SESSION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/cause.h"
#include "modem/script.h"
#include "ppp/result.h"
#include "session/backoff.h"
#include "session/ladder.h"

/*
 * A link's whole life: events in, actions out through the ops table. It does no
 * I/O and reads no clock; times are milliseconds of one monotonic clock. The
 * table of states is in session.c.
 */
enum session_state {
	SESSION_WAITING,     /* for a modem to be plugged in */
	SESSION_BINDING,     /* moving the AT interface to another driver */
	SESSION_PROBING,     /* finding the port that answers AT */
	SESSION_PREPARING,   /* SIM, context */
	SESSION_REGISTERING, /* with a network */
	SESSION_DIALING,
	SESSION_NEGOTIATING, /* pppd: LCP, authentication, IPCP */
	SESSION_CONNECTED,
	SESSION_HANGING_UP, /* until pppd is gone and the port is closed */
	SESSION_BACKING_OFF,
	SESSION_RECOVERING, /* a rung of the ladder, then waiting for the modem */
	SESSION_STOPPED,    /* on request; the end */
	SESSION_FAILED,     /* permanently; the end */
	SESSION_STATE_COUNT
};

/* How far to go. The last two end at the first failure, as `once` does. */
enum session_goal {
	SESSION_GOAL_LINK,       /* dial, have pppd, supervise */
	SESSION_GOAL_CALL,       /* make the call; another program does PPP */
	SESSION_GOAL_REGISTERED, /* register, hang up, and be STOPPED */
};

enum session_event_type {
	SESSION_EVENT_TIMEOUT,   /* session_deadline is due */
	SESSION_EVENT_PORTS,     /* a tty has come or gone */
	SESSION_EVENT_PROBED,    /* cause, text, port, may_bind */
	SESSION_EVENT_BOUND,     /* the end of what ops->bind began */
	SESSION_EVENT_AT,        /* at */
	SESSION_EVENT_PORT_GONE, /* the tty hung up, or was unplugged */
	SESSION_EVENT_PPP_READY, /* pppd waits for the call */
	SESSION_EVENT_PPP_LOG,   /* ppp */
	SESSION_EVENT_PPP_EXIT,  /* cause, text */
	SESSION_EVENT_RECOVERED, /* the end of what ops->recover began: cause, text, left */
	SESSION_EVENT_POWERED,   /* the end of what ops->power began: cause, text, left, sure */
	SESSION_EVENT_NO_CALL,   /* the modem has ended the call in plain text: text */
	SESSION_EVENT_ALARM,     /* the link is up but useless: cause, text */
	SESSION_EVENT_STOP,
	SESSION_EVENT_REDIAL,
	SESSION_EVENT_POWER, /* a person wants it on, off, or off and on: act */
	SESSION_EVENT_LIMIT, /* the state has lasted too long; made by session_handle */
	SESSION_EVENT_COUNT
};

struct session_event {
	enum session_event_type type;
	int64_t now;
	enum cause cause;
	const char *text;                  /* NULL or one line for people */
	const char *port;                  /* PROBED: the chosen device */
	const struct modem_family *family; /* PROBED: of the chosen device */
	const char *identity;              /* PROBED: its answer to ATI */
	int age_ms;                        /* PROBED: since it was plugged in; 0: unknown */
	bool may_bind;                     /* PROBED: another driver may make it answer */
	bool stuck;                        /* PROBED: a port is in data mode, and none answers */
	bool whole;                        /* PORTS: all of the modem's earlier ports are there */
	bool left;                         /* RECOVERED: the modem has left USB and will return */
	bool gone;                         /* RECOVERED: not done, the modem was unplugged */
	bool fresh;                        /* PROBED: the modem was plugged in anew */
	bool silent;                       /* PROBED: not a byte came, from no port */
	bool spoke;                        /* PROBED: one has answered, if only for a moment */
	bool switched;                     /* POWERED: something was pressed, */
	bool sure;                         /* and STATUS has followed */
	int boot_ms;                       /* POWERED: how long it may take to start; 0: it has */
	enum power_act act;                /* POWER */
	const struct at_event *at;
	const struct ppp_event *ppp;
};

/* What the session asks of pppd. */
enum session_ppp {
	SESSION_PPP_START,     /* before it is needed; ends in PPP_EXIT */
	SESSION_PPP_OPEN,      /* have it open the port; ends in PPP_READY */
	SESSION_PPP_CONNECTED, /* the call is up: go on */
	SESSION_PPP_IS_ENDING, /* by itself, as its log says: 1, or else 0 */
	SESSION_PPP_TERM,
	SESSION_PPP_KILL,
};

/* What the session needs done. Those that return int give 0 or a negative errno; an error ends the
 * attempt with CAUSE_INTERNAL or CAUSE_PERMISSION. None may call back into the session. */
struct session_ops {
	int (*probe)(void *ctx); /* ends in PROBED; -EAGAIN: soon again */
	void (*probe_cancel)(void *ctx);
	int (*bind)(void *ctx); /* the interface that the probe found; ends in BOUND */
	void (*bind_cancel)(void *ctx);
	int (*command)(void *ctx, const struct at_command *command);
	int (*ppp)(void *ctx, enum session_ppp action);
	int (*link_up)(void *ctx);     /* set the routes */
	void (*hang_up)(void *ctx);    /* DTR low */
	void (*port_close)(void *ctx); /* fine without a port */
	/* Not LADDER_REDIAL; the port is closed. Ends in RECOVERED. -ENODEV: the modem was
	 * unplugged; -EPERM: it may be no modem at all; others: this rung cannot be done now. */
	int (*recover)(void *ctx, enum ladder_rung rung);
	void (*recover_cancel)(void *ctx);
	/* Switch the modem, where its state does not speak against it. `silent`: it says nothing.
	 * Ends in POWERED. -ENOTSUP: nothing is configured for it, or there is no reason to press
	 * anything. NULL: never. recover_cancel gives it up. */
	int (*power)(void *ctx, enum power_act act, bool silent);
	/* Ignore the modem on the open port until it is plugged in again. False when it cannot be
	 * told from others. */
	bool (*exclude)(void *ctx);
	/* Whether the host has switched radios off; what did it, and the remedy, go to `out`. NULL:
	 * unknown. */
	bool (*radio_blocked)(void *ctx, struct buf *out);
	const struct pins_ops *pins; /* with the same ctx; NULL: no PIN is sent */
	const struct apn_ops *apns;  /* the same; NULL: none is remembered */
	const struct form_ops *forms;
};

#define SESSION_TIMELINE_MAX 16
#define SESSION_DNS_MAX      4

struct session_mark {
	const char *step; /* static */
	int ms;           /* since the attempt began */
};

/* Anyone may read it; only session/ writes it. */
struct session {
	const struct conf *conf;
	const struct session_ops *ops;
	void *ctx;
	bool once;
	enum session_goal goal;

	enum session_state state;
	int64_t since; /* when the state was entered */
	int64_t limit; /* when the state has lasted too long; -1: never */
	int64_t wake;  /* when the state has something to do; -1: never */

	struct script script;
	struct backoff backoff;
	struct ladder ladder;
	char port[64];
	int64_t attempt_at; /* when this attempt began */
	int64_t search_at;  /* since when no port has answered; -1 */
	int64_t up_at;      /* when the link came up; -1 */
	bool port_open;
	bool probe_runs;
	bool bound; /* PROBING comes out of BINDING */
	bool ppp_alive;
	bool ppp_ready;
	bool ppp_told;         /* by a signal, to end */
	bool ppp_mute;         /* the peer said nothing, or the port went away */
	int64_t ppp_ending_at; /* since when it is ending, as its log or the port says; -1 */
	int64_t settled_at;    /* when to probe after the last PORTS */
	bool ports_changed;    /* while the probe ran */
	bool stuck;            /* PROBED has said so */
	bool dead;             /* the link was up, but nothing came through it */
	bool answered;         /* the modem has, since it was last switched */
	bool waking;           /* PROBING: it is being switched on first */
	bool woken;            /* it was, in this attempt, and no STATUS has followed */
	bool power_asked;      /* the key was thought of for this attempt's silence */
	int power_wanted;      /* by a person: an enum power_act; -1: nothing */
	int boot_ms;           /* how long the search waits for it to start; 0: not */
	bool switched_off;     /* by a person, until a person wants it on */
	bool wrong_modem;      /* has been left out: another one may be there */
	bool recovered;        /* RECOVERING: it is done */
	bool modem_left;       /* RECOVERING: and the modem has gone */
	int64_t stop_at;       /* when a stop was asked for; -1: not */
	bool stopping;         /* a stop has been asked for */
	bool reached;          /* SESSION_GOAL_REGISTERED was */
	bool redialing;        /* a redial has been asked for */
	int measure;           /* HANGING_UP: the next one, see hangup.c */
	unsigned hurried;      /* access points tried one behind the other, without a pause */
	bool type_refused; /* the last failure was that the network does not want the protocol */
	int refused_for;   /* the network's reason for the last refusal; 0: none */
	int delay_ms;      /* BACKING_OFF's */

	enum cause cause; /* of the last failure, and therefore of the end */
	enum session_state failed_in;
	struct buf text;   /* of the last failure, for people */
	int64_t failed_at; /* -1: never */
	unsigned dials;
	unsigned forbidden; /* changes that the table does not allow; each is a bug */

	struct {
		char ifname[32];
		char local[64], remote[64], ipv6[64];
		char dns[SESSION_DNS_MAX][64];
		size_t dns_count;
		bool no_dns;  /* asked for, and the network gives none */
		bool no_type; /* the network rejects the one protocol that is wanted */
	} ppp;
	struct session_mark timeline[SESSION_TIMELINE_MAX];
	size_t timeline_count;
};

/* `conf` and `ops` are borrowed for the session's life. `seed` may be any number. */
void session_init(struct session *session, const struct conf *conf, const struct session_ops *ops,
		  void *ctx, bool once, uint32_t seed);
void session_free(struct session *session);

/* The values that `conf` points to have changed. */
void session_reload(struct session *session);

/* Set the link's routes, as when it comes up; failures are logged. */
void session_set_routes(struct session *session);

/* Before session_start; the default is SESSION_GOAL_LINK. */
void session_set_goal(struct session *session, enum session_goal goal);

/* Begin by looking for the modem. */
void session_start(struct session *session, int64_t now);

void session_handle(struct session *session, const struct session_event *event);

/* When SESSION_EVENT_TIMEOUT is due; -1: never. */
int64_t session_deadline(const struct session *session);

/* STOPPED or FAILED; then `cause` is the exit code. */
bool session_is_over(const struct session *session);

/* "waiting", "probing", ...: the contract's words. Static. */
const char *session_state_name(enum session_state state);

/* Whether the table of states allows the change; for tests too. */
bool session_may_change(enum session_state from, enum session_state to);

#endif
