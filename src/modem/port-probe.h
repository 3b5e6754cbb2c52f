/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PORT_PROBE_H
#define GD_MODEM_PORT_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "modem/line-setup.h"

/*
 * Find out what one port is. Send AT until something answers; then a nonsense
 * command, to which only a parrot says OK, and ATI, which tells Sierra's APP
 * ports. A port that stays silent is tested for DIAG and PPP. Bytes and times
 * (monotonic milliseconds) go in, bytes and a role come out. No setting of the
 * modem is changed, except that a port without an answer is told to answer in
 * words (ATQ0V1), and for what port_probe_search says.
 */
struct port_probe;

/* What a port is; the words of the contract's JSON. */
enum port_role {
	PORT_ROLE_UNKNOWN, /* not known yet, or not needed: another port was sure first */
	PORT_ROLE_AT,
	PORT_ROLE_AT_SECONDARY, /* answers AT, but says yes to everything or is not for data */
	PORT_ROLE_NMEA,
	PORT_ROLE_DIAG,
	PORT_ROLE_PPP, /* stuck in data mode */
	PORT_ROLE_SILENT,
	/* The others are found by io/probe.c. */
	PORT_ROLE_NO_DTR, /* silent, and its driver cannot raise DTR */
	PORT_ROLE_BUSY,
	PORT_ROLE_ERROR,
	PORT_ROLE_OTHER, /* no candidate: neither opened nor asked */
	PORT_ROLE_COUNT
};

/* "at", "at-secondary", ...; "unknown" for PORT_ROLE_UNKNOWN. Static. */
const char *port_role_name(enum port_role role);

/* The usual `pass_ms`. */
#define PORT_PROBE_PASS_MS 2300

/* `name` appears in the debug log. A port that says nothing for `pass_ms` is given up; one that
 * answers is examined to the end. NULL: out of memory. */
struct port_probe *port_probe_new(const char *name, int pass_ms, int64_t now);
void port_probe_free(struct port_probe *probe);

void port_probe_feed(struct port_probe *probe, const void *bytes, size_t len, int64_t now);

/* Bytes to write now, NULL when there are none; then how many the port took. */
const char *port_probe_output(struct port_probe *probe, size_t *len, int64_t now);
void port_probe_written(struct port_probe *probe, size_t len, int64_t now);

/* Call it after feeding and at the deadline (-1: none). */
void port_probe_tick(struct port_probe *probe, int64_t now);
int64_t port_probe_deadline(const struct port_probe *probe);

struct port_finding {
	enum port_role role; /* PORT_ROLE_UNKNOWN until it is found out */
	int answer_ms;       /* from the first byte sent to the first OK; -1: none */
	const char *why;     /* why it is only AT_SECONDARY; "" otherwise. Static. */
	char identity[256];  /* its answer to ATI, lines joined by \n; "" when there was none */

	/* Of a port that is searched: */
	int baud;       /* the rate to write at now, and in the end that of the answer; else 0 */
	char tried[96]; /* the rates so far: "115200, 9600" */
	bool wants_lf;  /* it answers a command only when an LF follows the CR */
	bool rtscts;    /* our end heeds and drives the lines */
	bool dtr_low;   /* DTR is to be down at the moment */
	bool garbled;   /* bytes came in that are no text and no frame */
	bool echoed;    /* a command came back, and no answer to any did */
	bool console;   /* another computer asks for a login there, or takes commands */
	/* It was in a call or multiplexed, and this has ended it: "+++", "CLD"; NULL. Static. */
	const char *freed;
};

/* What is known so far; valid as long as the probe is. */
const struct port_finding *port_probe_finding(const struct port_probe *probe);

/* How our last run has left it, as far as is known. */
enum port_left {
	PORT_LEFT_FREE,
	PORT_LEFT_CALLING, /* in a call, where no line may have ended that */
	PORT_LEFT_MUXED,   /* in 27.010, by a kill */
};

/* How to search it. */
struct port_search {
	int baud;   /* the first rate, to which it is asked longest; autobaud modems find it */
	bool fixed; /* and the only one */
	enum port_left left;
	int guesses[2]; /* asked before that, 0.7 s each; 0: none */
};

/*
 * The port is a UART that the user has named, and is at search->baud now. If it stays silent, ask
 * it at the other usual rates too, then with an LF behind the CR, as phones want it. In the end, or
 * when PPP is heard, try to leave a call by DTR, +++ and an LCP Terminate-Request (2.7 s), and a
 * multiplexer of 27.010 by its CLD frame. Once each: 12 s at most, in which a modem that answers at
 * one of the rates is found within 7. One that was left multiplexed is first freed of that, and one
 * that was left in a call and makes no answer to the guesses of that. Before the first tick.
 */
void port_probe_search(struct port_probe *probe, const struct port_search *search, int64_t now);

/* The port cannot be set to found->baud: go on to the next rate. */
void port_probe_skip_rate(struct port_probe *probe, int64_t now);

/* Another port of the same modem answered after `answer_ms`: the modem is awake, so this port need
 * not be given the whole pass. */
void port_probe_hurry(struct port_probe *probe, int answer_ms);

/* After PORT_ROLE_AT, for a port that is kept: turn the echo off, and set both ends of a line that
 * was searched up as is wished (found->baud and ->rtscts say how our end is to be). Finished when
 * port_probe_is_idle; a modem that this has lost is SILENT. */
void port_probe_set_up(struct port_probe *probe, const struct line_wish *wish);

/* How far that has come. */
const struct line_setup *port_probe_line(const struct port_probe *probe);
bool port_probe_is_idle(const struct port_probe *probe);

#endif
