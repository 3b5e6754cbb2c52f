/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <string.h>

#include "base/str.h"

#include "call.h"
#include "hdlc.h"
#include "modem.h"
#include "peer.h"
#include "trace.h"

#define OUT_HIGH 4096

static struct at *at_of(struct call *call)
{
	return &call->port->at;
}

static void timer_start(struct call *call, ev_timer *timer, int ms)
{
	ev_timer_stop(call->port->modem->loop, timer);
	ev_timer_set(timer, ms / 1000.0, 0.0);
	ev_timer_start(call->port->modem->loop, timer);
}

static void timers_stop(struct call *call)
{
	struct ev_loop *loop = call->port->modem->loop;

	ev_timer_stop(loop, &call->guard);
	ev_timer_stop(loop, &call->end);
	ev_timer_stop(loop, &call->wait);
	ev_timer_stop(loop, &call->lcp);
}

static void set_carrier(struct call *call, bool on)
{
	struct bus *bus = call->port->modem->bus;

	if (call->port->desc->dlci)
		mux_carrier(&call->port->modem->mux, call->port, on);
	else if (bus && at_of(call)->settings.dcd_mode != 0)
		bus->ops->carrier(bus, call->port->index, on);
}

static int interface_of(const struct call *call)
{
	return call->port->desc->interface;
}

void call_hangup(struct call *call, const char *why, bool say)
{
	bool dialing = call->state == CALL_DIALING;

	if (call->state == CALL_NONE)
		return;
	trace_event(interface_of(call), "hangup %s", why);
	timers_stop(call);
	peer_free(call->peer);
	call->peer = NULL;
	call->state = CALL_NONE;
	call->stuck = false;
	buf_clear(&call->early);
	set_carrier(call, false);
	call->port->modem->stats.hangups++;
	if (say && dialing)
		at_result(at_of(call), AT_NO_CARRIER);
	else if (say)
		at_say_final(at_of(call), AT_NO_CARRIER);
}

/* From the network's side ----------------------------------------------------*/

static void to_host(struct call *call, const void *bytes, size_t len)
{
	if (call->port->modem->faults.drop_data)
		return;
	port_send(call->port, bytes, len);
	if (call->port->out.len > OUT_HIGH && call->peer && !call->paused) {
		call->paused = true;
		peer_pause(call->peer, true);
	}
}

void call_output_drained(struct call *call)
{
	if (!call->paused || call->state != CALL_DATA)
		return;
	call->paused = false;
	peer_pause(call->peer, false);
}

static void peer_received(void *ctx, const void *bytes, size_t len)
{
	struct call *call = ctx;

	if (call->state == CALL_DATA) {
		to_host(call, bytes, len);
		return;
	}
	buf_append(&call->early, bytes, len);
	if (call->state == CALL_DIALING)
		at_result(at_of(call), AT_CONNECT);
}

static void peer_ended(void *ctx, int status)
{
	struct call *call = ctx;

	(void)status;
	call_hangup(call, "peer-ended", true);
}

/* What a peer says whose answers never come: RFC 1661 5.1, with the options of a real modem
 * (transcripts: E620). */
static void say_lcp(struct call *call)
{
	unsigned char request[] = {
		0xff, 0x03, 0xc0, 0x21, 1,    0,    0, 25, 2, 6, 0, 0, 0, 0, /* asyncmap */
		3,    5,    0xc2, 0x23, 5,                                   /* CHAP MD5 */
		5,    6,    0x00, 0xe3, 0xa8, 0x9c,                          /* magic */
		7,    2,    8,    2,                                         /* pcomp, accomp */
	};
	struct buf frame = BUF_INIT;

	request[5] = (unsigned char)call->lcp_id++;
	hdlc_frame(&frame, request, sizeof(request), true);
	to_host(call, frame.data, frame.len);
	buf_free(&frame);
}

static void lcp_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct call *call = timer->data;

	(void)loop;
	(void)revents;
	if (call->state == CALL_DATA)
		say_lcp(call);
	timer_start(call, &call->lcp, call->port->modem->desc->call.lcp_every_ms);
}

static void end_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct call *call = timer->data;

	(void)loop;
	(void)revents;
	call_hangup(call, "time", !call->port->modem->desc->call.hangup_quiet);
}

/* The peer is slow: CONNECT comes without it. */
static void wait_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct call *call = timer->data;

	(void)loop;
	(void)revents;
	at_result(at_of(call), AT_CONNECT);
}

/* Dialling -------------------------------------------------------------------*/

/* *99#, *99*address*L2P*cid# (27.007 10.2.1.1); -1 for any other number. */
static int context_of(const char *number)
{
	const char *cid = number;
	long value = 1;
	char digits[8];

	number += strspn(number, "TtPp ");
	if (!str_starts(number, "*99") && !str_starts(number, "*98"))
		return -1;
	cid = number + 3;
	if (*cid == '*') {
		for (int stars = 0; cid && stars < 3; stars++)
			cid = strchr(cid + (stars > 0), '*');
		if (!cid)
			return -1;
		cid++;
	}
	if (strcspn(cid, "#") >= sizeof(digits))
		return -1;
	str_copy(digits, strcspn(cid, "#") + 1, cid);
	if (digits[0] && !str_to_int(digits, 1, 255, &value))
		return -1;
	return (int)value;
}

static const char *planned_result(struct modem *modem)
{
	struct faults *faults = &modem->faults;
	const struct desc_strings *results = &modem->desc->call.results;

	if (faults->dial[0] && faults->dial_count != 0) {
		if (faults->dial_count > 0)
			faults->dial_count--;
		return faults->dial;
	}
	if (faults->dial_step < results->count)
		return results->items[faults->dial_step++];
	return NULL;
}

static int data_kind(const struct call *call)
{
	const struct modem *modem = call->port->modem;

	if (call->port->desc->dial == DESC_DIAL_DEAD)
		return DESC_DATA_SILENT;
	if (modem->desc->call.data == DESC_DATA_PEER && !modem->peer_command)
		return DESC_DATA_SILENT;
	return modem->desc->call.data;
}

/* With a peer that is slow to start CONNECT waits for its first byte, so that this byte follows
 * CONNECT at once, as it does from a real modem. */
static int connect_call(struct call *call)
{
	static const struct peer_ops ops = {peer_received, peer_ended};
	struct modem *modem = call->port->modem;

	call->data = data_kind(call);
	if (call->data != DESC_DATA_PEER)
		return AT_CONNECT;
	call->paused = false;
	call->peer = peer_start(modem->loop, modem->peer_command, &ops, call);
	if (!call->peer)
		return AT_NO_CARRIER;
	call->state = CALL_DIALING;
	if (modem->faults.wait_peer_ms <= 0)
		return AT_CONNECT;
	timer_start(call, &call->wait, modem->faults.wait_peer_ms);
	return AT_PENDING;
}

/* Firmware that takes no call before +CGACT=1, or none for a context that is active. */
static bool wants_other_state(const struct modem *modem, int cid)
{
	return modem->packet.contexts[cid].active ? modem->desc->network.active_refused
						  : !modem->desc->network.activated;
}

int call_dial(struct call *call, const char *number)
{
	struct modem *modem = call->port->modem;
	int cid = context_of(number);
	const char *result;

	modem->stats.dials++;
	trace_event(interface_of(call), "dial %s", number);
	if (call->state != CALL_NONE)
		return AT_ERROR;
	result = planned_result(modem);
	if (!result && (cid < 0 || call->port->desc->dial == DESC_DIAL_REFUSED))
		return AT_NO_CARRIER;
	if (!result)
		result = packet_refusal(modem, cid);
	if (!result && wants_other_state(modem, cid))
		return AT_NO_CARRIER;
	if (result && strcmp(result, "none") == 0)
		return AT_SILENT;
	at_of(call)->text = result;
	if (result && !str_starts(result, "CONNECT"))
		return AT_TEXT;
	return connect_call(call);
}

void call_cancel(struct call *call)
{
	call_hangup(call, "aborted", false);
}

static void enter_data(struct call *call)
{
	ev_timer_stop(call->port->modem->loop, &call->wait);
	call->state = CALL_DATA;
	call->plus_count = 0;
	call->quiet = false;
	timer_start(call, &call->guard, at_of(call)->settings.s[12] * 20);
}

void call_begin(struct call *call)
{
	const struct desc *desc = call->port->modem->desc;
	bool resumed = call->state == CALL_HELD;

	enter_data(call);
	if (resumed)
		return;
	trace_event(interface_of(call), "connect");
	call->port->modem->stats.connects++;
	set_carrier(call, true);
	to_host(call, call->early.data, call->early.len);
	buf_clear(&call->early);
	if (desc->call.hangup_after_ms > 0)
		timer_start(call, &call->end, desc->call.hangup_after_ms);
	if (call->data == DESC_DATA_LCP)
		timer_start(call, &call->lcp, 0);
}

void call_begin_stuck(struct call *call)
{
	call->data = DESC_DATA_LCP;
	call->stuck = true;
	enter_data(call);
	trace_event(interface_of(call), "stuck in data mode");
	timer_start(call, &call->lcp, call->port->modem->desc->call.lcp_every_ms);
}

int call_resume(struct call *call)
{
	if (call->state != CALL_HELD)
		return AT_NO_CARRIER;
	return AT_CONNECT;
}

/* From the host --------------------------------------------------------------*/

static void to_peer(struct call *call, const char *bytes, size_t len)
{
	if (call->port->modem->faults.drop_data)
		return;
	if (call->data == DESC_DATA_ECHO)
		to_host(call, bytes, len);
	else if (call->peer)
		peer_send(call->peer, bytes, len);
}

static bool may_escape(const struct call *call)
{
	if (call->stuck && call->port->desc->leave != DESC_LEAVE_ESCAPE)
		return false;
	return call->port->modem->desc->call.escape;
}

static void escape(struct call *call)
{
	trace_event(interface_of(call), "escape");
	call->port->modem->stats.escapes++;
	call->state = CALL_HELD;
	call->plus_count = 0;
	call->paused = call->peer != NULL;
	if (call->paused)
		peer_pause(call->peer, true);
	at_say_final(at_of(call), AT_OK);
}

/* Nothing came for the guard time: S12, V.250 leaves it to others. */
static void guard_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct call *call = timer->data;

	(void)loop;
	(void)revents;
	if (call->state != CALL_DATA)
		return;
	if (call->plus_count == 3) {
		escape(call);
		return;
	}
	to_peer(call, "+++", (size_t)call->plus_count);
	call->plus_count = 0;
	call->quiet = true;
}

/* An LCP Terminate-Request, before and after the options are agreed on. */
static bool is_terminate(const char *bytes, size_t len)
{
	static const char request[] = "\x7e\xff\x7d\x23\xc0\x21\x7d\x25";

	return len >= sizeof(request) - 1 && memmem(bytes, len, request, sizeof(request) - 1);
}

static bool is_escape(const struct call *call, const char *bytes, size_t len)
{
	return call->quiet && may_escape(call) && (size_t)call->plus_count + len <= 3 &&
	       strspn(bytes, "+") == len;
}

void call_feed(struct call *call, const char *bytes, size_t len)
{
	char head[4] = "";

	if (call->stuck && call->port->desc->leave == DESC_LEAVE_TERMINATE &&
	    is_terminate(bytes, len)) {
		call_hangup(call, "terminate", true);
		return;
	}
	timer_start(call, &call->guard, at_of(call)->settings.s[12] * 20);
	if (len <= 3)
		memcpy(head, bytes, len);
	if (len <= 3 && is_escape(call, head, len)) {
		call->plus_count += (int)len;
		return;
	}
	to_peer(call, "+++", (size_t)call->plus_count);
	call->plus_count = 0;
	call->quiet = false;
	to_peer(call, bytes, len);
}

void call_dtr_dropped(struct call *call)
{
	int mode = at_of(call)->settings.dtr_mode;

	if (call->state == CALL_NONE || mode == 0)
		return;
	if (call->stuck && call->port->desc->leave >= DESC_LEAVE_NEVER)
		return;
	if (mode == 1 && call->state == CALL_DATA)
		escape(call);
	else
		call_hangup(call, "dtr", false);
}

bool call_is_data(const struct call *call)
{
	return call->state == CALL_DATA;
}

static void set_timer(struct call *call, ev_timer *timer,
		      void (*cb)(struct ev_loop *, ev_timer *, int))
{
	ev_init(timer, cb);
	timer->data = call;
}

void call_init(struct call *call, struct port *port)
{
	memset(call, 0, sizeof(*call));
	call->port = port;
	set_timer(call, &call->guard, guard_cb);
	set_timer(call, &call->end, end_cb);
	set_timer(call, &call->wait, wait_cb);
	set_timer(call, &call->lcp, lcp_cb);
}

void call_free(struct call *call)
{
	call_hangup(call, "power", false);
	buf_free(&call->early);
}
