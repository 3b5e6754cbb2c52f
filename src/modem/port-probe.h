/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PORT_PROBE_H
#define GD_MODEM_PORT_PROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

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
	bool freed;     /* it was multiplexed, and was closed down */
	bool garbled;   /* bytes came in that are no text and no frame */
};

/* What is known so far; valid as long as the probe is. */
const struct port_finding *port_probe_finding(const struct port_probe *probe);

/*
 * The port is a UART that the user has named, and is at `baud` now. If it stays silent, ask it at
 * the other usual rates too (not if `fixed`), then with an LF behind the CR, as phones want it, and
 * then after a frame that closes 27.010's multiplexer down. Once each: 9 s at most, in which a
 * modem that answers at one of the rates is found within 7. Before the first tick.
 */
void port_probe_search(struct port_probe *probe, int baud, bool fixed);

/* The port cannot be set to found->baud: go on to the next rate. */
void port_probe_skip_rate(struct port_probe *probe, int64_t now);

/* Another port of the same modem answered after `answer_ms`: the modem is awake, so this port need
 * not be given the whole pass. */
void port_probe_hurry(struct port_probe *probe, int answer_ms);

/* After PORT_ROLE_AT: turn the echo off, for a port that is kept. Finished when
 * port_probe_is_idle. */
void port_probe_echo_off(struct port_probe *probe);
bool port_probe_is_idle(const struct port_probe *probe);

#endif
