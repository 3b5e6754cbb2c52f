/* SPDX-License-Identifier: ISC */
#ifndef GD_PPP_RESULT_H
#define GD_PPP_RESULT_H

#include <stdbool.h>

#include "base/cause.h"

/* pppd.8 EXIT STATUS, 0 to 21; NULL for others. Static. */
const char *ppp_exit_text(int code);

enum ppp_event_type {
	PPP_EVENT_OTHER,     /* a line without meaning for us */
	PPP_EVENT_INTERFACE, /* "Using interface ppp0": value = name */
	PPP_EVENT_LCP_START, /* "Connect: ppp0 <--> /dev/ttyUSB2" */
	PPP_EVENT_AUTH_OK,
	PPP_EVENT_AUTH_FAILED,
	PPP_EVENT_LOCAL,      /* value = IPv4 address */
	PPP_EVENT_REMOTE,     /* value = IPv4 address, "" for pppd's made-up
			      * 10.64.64.64 and 10.112.112.112 families */
	PPP_EVENT_DNS,        /* value = address; primary comes first */
	PPP_EVENT_NO_DNS,     /* value = a placeholder address */
	PPP_EVENT_IPV6_LOCAL, /* value = address */
	PPP_EVENT_LCP_TIMEOUT,
	PPP_EVENT_IPCP_TIMEOUT,
	PPP_EVENT_NO_ADDRESS, /* could not determine local IP address */
	PPP_EVENT_ECHO_LOST,
	PPP_EVENT_PEER_TERMINATED, /* value = the text of its Terminate-Request */
	PPP_EVENT_NO_IPV4,         /* the network rejects IPCP */
	PPP_EVENT_NO_IPV6,         /* the network rejects IPV6CP */
	PPP_EVENT_ECHO_SENT,       /* shown before the link is up, not later */
	PPP_EVENT_ECHO_ANSWERED,
	PPP_EVENT_HANGUP,
	PPP_EVENT_LOOPBACK,
	PPP_EVENT_NO_KERNEL_PPP,
	PPP_EVENT_CONNECT_FAILED, /* the connect script */
	PPP_EVENT_TERMINATED,     /* "Connection terminated.", or a signal */
};

struct ppp_event {
	enum ppp_event_type type;
	char value[64];
};

/* Whether pppd ends by itself after such a line. */
bool ppp_event_is_end(enum ppp_event_type type);

/* Decode one line of pppd's log (logfd: no prefix, no newline). */
struct ppp_event ppp_event_parse(const char *line);

/*
 * How a pppd's run went, from its log and its wait status, because the status
 * alone misleads: a hang-up that follows a refused password is 16, and a TERM
 * during connect is 8. Zero-initialise, feed every event, then ask.
 */
struct ppp_life {
	bool was_up; /* IPCP gave an address */
	bool auth_failed;
	bool echo_lost;
	bool lcp_started;
	bool no_kernel_ppp;
	bool peer_terminated;
	bool echo_sent;
	bool echo_answered;
	char peer_text[64];
	enum ppp_event_type failure; /* of the negotiation, the first */
	bool ending;                 /* ppp_event_is_end */
};

void ppp_life_event(struct ppp_life *life, const struct ppp_event *event);

/* The link was ended for lack of echoes, and not even the first one was ever answered. */
bool ppp_life_is_deaf(const struct ppp_life *life);

/* `wait_status` is waitpid(2)'s. The cause, never CAUSE_NONE, and in `text` one line for people:
 * the log's reason, else the meaning of the status: "... (pppd ended with 16)". */
struct buf;
enum cause ppp_life_cause(const struct ppp_life *life, int wait_status, struct buf *text);

#endif
