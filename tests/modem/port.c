/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "modem.h"
#include "port.h"
#include "roles.h"
#include "trace.h"

#define OUT_MAX 65536

/* 27.010 5.4.6.3.3, on DLCI 0 */
#define CLD "\xf9\x03\xef\x05\xc3\x01\xf2\xf9"

static void gap_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	/* The pump runs before the loop sleeps again. */
	(void)loop;
	(void)timer;
	(void)revents;
}

void port_init(struct port *port, struct modem *modem, size_t index)
{
	memset(port, 0, sizeof(*port));
	port->modem = modem;
	port->index = index;
	port->desc = &modem->desc->ports.items[index];
	ev_timer_init(&port->gap, gap_cb, 0.0, 0.0);
	roles_init(port);
	at_init(&port->at, port);
	call_init(&port->call, port);
}

void port_free(struct port *port)
{
	port_down(port);
	call_free(&port->call);
	at_free(&port->at);
	buf_free(&port->in);
	buf_free(&port->out);
}

static void forget_output(struct port *port)
{
	ev_timer_stop(port->modem->loop, &port->gap);
	buf_clear(&port->out);
	port->paced = 0;
}

void port_up(struct port *port)
{
	port->started = port->desc->start[0] == '\0';
	roles_start(port);
	port->muxed = port->modem->desc->at.multiplexed && port_speaks_at(port);
	if (port->desc->role == DESC_ROLE_PPP)
		call_begin_stuck(&port->call);
}

void port_down(struct port *port)
{
	roles_stop(port);
	call_hangup(&port->call, "power", false);
	at_reset(&port->at);
	buf_clear(&port->in);
	forget_output(port);
}

bool port_speaks_at(const struct port *port)
{
	int role = port->desc->role;

	return role == DESC_ROLE_AT || role == DESC_ROLE_PARROT || role == DESC_ROLE_PPP;
}

/* Is there a line between it and the host at all? */
static bool is_live(const struct port *port)
{
	return port->modem->booted && !port->mute &&
	       (port->dtr || !port->desc->dtr || !port->modem->bus->has_dtr);
}

/* The host has set another rate than the modem's. */
static bool is_garbled(const struct port *port)
{
	const struct modem *modem = port->modem;
	int baud = modem->bus->ops->baud && !port->desc->dlci
			   ? modem->bus->ops->baud(modem->bus, port->index)
			   : 0;

	/* A UART takes a rate that is a little off, as a divider makes it. */
	return modem->baud && baud && abs(baud - modem->baud) > modem->baud / 32;
}

/* One end waits for a line that has no wire. `host`: it is the one that would send. */
static bool is_held_back(const struct port *port, bool host)
{
	const struct modem *modem = port->modem;
	const struct bus_ops *ops = modem->bus->ops;

	if (modem->desc->at.wires)
		return false;
	return host ? ops->rtscts && ops->rtscts(modem->bus, port->index) : modem->rtscts[0];
}

void port_received(struct port *port, const void *bytes, size_t len)
{
	trace_bytes(port->desc->interface, '<', bytes, len);
	port->modem->stats.from_host += (long)len;
	if (!is_live(port) || is_held_back(port, true))
		return;
	if (is_garbled(port)) {
		if (port->modem->desc->at.garbage)
			port_send(port, bytes, len < 3 ? len : 3);
		return;
	}
	if (port->muxed) {
		port->muxed = !memmem(bytes, len, CLD, sizeof(CLD) - 1);
		if (!port->muxed)
			trace_event(port->desc->interface, "multiplexer closed");
		return;
	}
	if (port->index == 0 && port->modem->line_count < port->modem->port_count)
		mux_feed(&port->modem->mux, bytes, len);
	else if (port_speaks_at(port))
		at_feed(&port->at, bytes, len);
	else
		roles_received(port, bytes, len);
}

void port_set_open(struct port *port, bool open)
{
	if (port->open == open)
		return;
	port->open = open;
	/* On USB it is "enabled" that is told; who opens the tty shows in DTR. */
	if (!port->modem->bus->has_dtr)
		trace_event(port->desc->interface, open ? "open" : "close");
	if (!open)
		forget_output(port);
}

void port_set_dtr(struct port *port, bool on)
{
	trace_event(port->desc->interface, "dtr %s", on ? "on" : "off");
	if (port->dtr && !on)
		call_dtr_dropped(&port->call);
	port->dtr = on;
}

void port_send(struct port *port, const void *bytes, size_t len)
{
	bool garbled = is_garbled(port);

	/* On a line that is multiplexed only the channels speak. */
	if (!is_live(port) || is_held_back(port, false) || !port->open || port->out.len > OUT_MAX ||
	    (port->index == 0 && port->modem->mux.on))
		return;
	for (size_t i = 0; garbled && i < len; i++) {
		char c = (char)(((const char *)bytes)[i] * 37 | 0x80);

		buf_append(&port->out, &c, 1);
	}
	if (!garbled)
		buf_append(&port->out, bytes, len);
	if (!call_is_data(&port->call))
		port->paced = port->out.len;
}

void port_send_text(struct port *port, const char *text)
{
	port_send(port, text, strlen(text));
}

void port_urc(struct port *port, const char *text)
{
	if (port_speaks_at(port) && !call_is_data(&port->call))
		port_send_text(port, text);
}

/* What a line of that many bytes a second takes in 10 ms. */
static size_t piece_len(const struct port *port)
{
	size_t split = (size_t)port->modem->faults.split;
	size_t rate = (size_t)port->modem->desc->timing.bytes_per_s;

	if (rate > 0 && port->out.len > rate / 100 + 1)
		return rate / 100 + 1;
	if (port->modem->faults.split <= 0 || port->paced == 0)
		return port->out.len;
	return port->paced < split ? port->paced : split;
}

void port_written(struct port *port, size_t len)
{
	trace_bytes(port->desc->interface, '>', port->out.data, len);
	port->modem->stats.to_host += (long)len;
	buf_consume(&port->out, len);
	port->paced -= port->paced < len ? port->paced : len;
}

/* Until these have passed; what a late timer has lost is made good. */
static void wait_for_line(struct port *port, size_t len)
{
	int64_t now = (int64_t)(ev_time() * 1e6), lag = 20000;

	if (port->free_at < now - lag)
		port->free_at = now - lag;
	port->free_at += (int64_t)len * 1000000 / port->modem->desc->timing.bytes_per_s;
	if (port->free_at <= now)
		return;
	ev_timer_set(&port->gap, (double)(port->free_at - now) / 1e6, 0.0);
	ev_timer_start(port->modem->loop, &port->gap);
}

void port_pump(struct port *port)
{
	struct modem *modem = port->modem;

	if (port->desc->dlci) {
		mux_pump(&modem->mux, port);
		call_output_drained(&port->call);
		return;
	}
	while (port->out.len > 0 && !ev_is_active(&port->gap)) {
		size_t len = modem->bus->ops->write(modem->bus, port->index, port->out.data,
						    piece_len(port));

		if (len == 0)
			return;
		port_written(port, len);
		if (modem->desc->timing.bytes_per_s > 0) {
			wait_for_line(port, len);
			continue;
		}
		if (modem->faults.split > 0 && port->paced > 0) {
			ev_timer_set(&port->gap, modem->faults.split_gap_ms / 1000.0, 0.0);
			ev_timer_start(modem->loop, &port->gap);
		}
	}
	/* The OK to AT+IPR is the last that comes at the old rate. */
	if (modem->ipr && port->out.len == 0) {
		trace_event(port->desc->interface, "baud %d", modem->ipr);
		modem->baud = modem->desc->at.ipr_lies ? modem->baud : modem->ipr;
		modem->ipr = 0;
	}
	call_output_drained(&port->call);
}
