/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PORT_H
#define GD_MODEM_PORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <ev.h>

#include "base/buf.h"

#include "at.h"
#include "call.h"
#include "desc.h"

struct modem;

/* One serial port of the modem, whatever carries it. */
struct port {
	struct modem *modem;
	const struct desc_port *desc;
	size_t index;
	bool open; /* somebody reads it, or the bus cannot tell */
	bool dtr;
	bool mute;       /* by the control socket: deaf and dumb */
	bool muxed;      /* 27.010: deaf to AT until it is closed down */
	bool started;    /* NMEA: its start string was seen */
	struct buf in;   /* DIAG, NMEA: what came so far */
	struct buf out;  /* to be written */
	size_t paced;    /* of these bytes are split */
	ev_timer gap;    /* between two pieces */
	int64_t free_at; /* the line is busy until then, in microseconds */
	ev_timer stream; /* NMEA's next sentence */
	struct at at;
	struct call call;
};

void port_init(struct port *port, struct modem *modem, size_t index);
void port_free(struct port *port);

/* Power came or went: nothing typed, queued or connected is left. */
void port_up(struct port *port);
void port_down(struct port *port);

/* From the bus. */
void port_received(struct port *port, const void *bytes, size_t len);
void port_set_open(struct port *port, bool open);
void port_set_dtr(struct port *port, bool on);

/* To the host: split as the faults say in command mode, whole in data mode; dropped where nobody
 * can hear it. */
void port_send(struct port *port, const void *bytes, size_t len);
void port_send_text(struct port *port, const char *text);

/* An unsolicited line: nothing to ports that do not speak AT now. */
void port_urc(struct port *port, const char *text);

/* So much of `out` has gone. */
void port_written(struct port *port, size_t len);

/* Write what can be written now. */
void port_pump(struct port *port);

bool port_speaks_at(const struct port *port);

#endif
