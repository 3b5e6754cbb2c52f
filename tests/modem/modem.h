/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_MODEM_H
#define GD_MODEM_MODEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ev.h>

#include "bus.h"
#include "desc.h"
#include "faults.h"
#include "mux.h"
#include "net.h"
#include "noise.h"
#include "packet.h"
#include "port.h"
#include "sim.h"

/* What happened so far, for the control socket's `stats`. */
struct modem_stats {
	long lines, commands, pins, puks, dials, connects, hangups, escapes;
	long from_host, to_host;
	long overruns; /* frames in spite of a stop, reads that did not fit into the buffer */
};

struct modem {
	struct ev_loop *loop;
	const struct desc *desc;
	const char *peer_command; /* NULL: data mode is silent */
	struct bus *bus;
	struct port *ports;
	size_t port_count;
	size_t line_count; /* the bus has these; the others are channels of the first */
	struct mux mux;
	bool plugged;
	bool booted;
	int64_t booted_at;
	bool powered;   /* its own switch: see modem_press_key */
	int64_t key_at; /* since when the key is down; 0: it is up */
	bool resetting; /* the power goes when `reset` fires */
	int cfun;
	bool w_disable;
	int baud;       /* of the line, now; 0: any */
	int ipr;        /* what AT+IPR has said, for when its OK is out */
	bool rtscts[2]; /* +IFC: it heeds RTS, drives CTS */
	struct sim sim;
	struct net net;
	struct packet packet;
	struct faults faults;
	struct noise *noise;
	bool *used;       /* which of desc->commands with `once` were */
	char **variables; /* the values of desc->variables */
	char csq[16];
	struct modem_stats stats;
	ev_timer down;  /* from the key to the end of its farewells */
	ev_timer boot;  /* from plugging to the first answer */
	ev_timer reset; /* from a reset to plugging */
	ev_prepare pump;
};

/* 0 or -ENOMEM. The bus is set and plugged by the caller. */
int modem_init(struct modem *modem, struct ev_loop *loop, const struct desc *desc);
void modem_free(struct modem *modem);

/* The bus's plug and unplug with the power that goes with it. 0 or a negative errno: -EALREADY when
 * it is so already. */
int modem_plug(struct modem *modem);
int modem_unplug(struct modem *modem, bool keep_open);

/* Off as soon as the answer is out, and on again after the description's reset_ms. */
void modem_reset(struct modem *modem);

/* The power key goes down or up. A press of power.on_ms switches it on where it is off, one of
 * power.off_ms off where it runs; others do nothing. */
void modem_press_key(struct modem *modem, bool down);

/* Its STATUS line. */
bool modem_is_on(const struct modem *modem);

/* The power is cut, or comes without the key. */
void modem_set_power(struct modem *modem, bool on);

/* AT+CFUN=n */
void modem_set_cfun(struct modem *modem, int cfun);

/* The port with this interface number, NULL when there is none. */
struct port *modem_port(struct modem *modem, int interface);

/* `text` with ${name} replaced: README.md lists the names. */
void modem_expand(struct modem *modem, struct buf *out, const char *text);

/* Change a variable of the description; unknown ones are ignored. */
void modem_set_variable(struct modem *modem, const char *name, const char *value);

#endif
