/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/clock.h"
#include "io/probe.h"
#include "io/serial.h"
#include "modem/foreign.h"
#include "modem/rank.h"

/* A usable port waits for a better one this long, and as long as this many answers of its own
 * take. */
#define GRACE_MS      150
#define GRACE_ANSWERS 4

/* A port for calls whose driver cannot raise DTR is asked no longer than this, three times, since
 * another driver may be the cure. */
#define NO_DTR_MS 1300

struct probe {
	struct ev_loop *loop;
	struct probe_options options;
	probe_done *done;
	void *ctx;
	struct probe_result result;
	struct candidate *candidates;
	struct ranked_port *ranked;
	struct ev_timer timer; /* the start, and the grace */
	int64_t start;
	int64_t grace_end; /* -1: no port is usable yet */
	bool over;         /* chosen; its echo is being turned off */
};

static enum cause find_probe_cause(const struct probe *probe)
{
	bool busy = false, denied = false, failed = false, gone = true;

	if (probe->result.chosen >= 0)
		return CAUSE_NONE;
	for (size_t i = 0; i < probe->result.count; i++) {
		const struct candidate *candidate = &probe->candidates[i];
		int error = candidate->error;

		if (candidate->port->role == PORT_ROLE_OTHER)
			continue;
		if (candidate->port->hint == LAYOUT_QDL)
			return CAUSE_FIRMWARE;
		/* gpsd on the NMEA port does not count. */
		if (candidate->port->role == PORT_ROLE_BUSY &&
		    candidate->port->hint < LAYOUT_NOT_AT)
			busy = true;
		if (error == -EACCES || error == -EPERM)
			denied = true;
		if (error == -ENOLCK || error == -ENOMEM || error == -EMFILE || error == -ENFILE)
			failed = true;
		if (error != -ENOENT && error != -ENODEV && error != -ENXIO && error != -EIO)
			gone = false;
	}
	if (busy)
		return CAUSE_BUSY;
	if (failed)
		return CAUSE_INTERNAL;
	if (denied)
		return CAUSE_PERMISSION;
	return gone ? CAUSE_NO_MODEM : CAUSE_NO_AT_PORT;
}

static void fill_ranked(struct probe *probe)
{
	for (size_t i = 0; i < probe->result.count; i++) {
		const struct candidate *candidate = &probe->candidates[i];

		probe->ranked[i] = (struct ranked_port){
			.hint = candidate->port->hint,
			.device = candidate->port->port.usb_path,
			.pending = !candidate->settled,
			.answered = candidate->probe &&
				    port_probe_finding(candidate->probe)->answer_ms >= 0,
			.usable = candidate->port->role == PORT_ROLE_AT,
			.no_dtr = candidate->port->role == PORT_ROLE_NO_DTR,
		};
	}
}

static void release_candidates(struct probe *probe, int but)
{
	for (size_t i = 0; i < probe->result.count; i++)
		if ((int)i != but)
			candidate_release(&probe->candidates[i]);
}

/* The last thing to do: `done` may free the probe. */
static void deliver_result(struct probe *probe)
{
	struct probe_result *result = &probe->result;

	release_candidates(probe, probe->options.keep ? result->chosen : -1);
	fill_ranked(probe);
	for (size_t i = 0; i < result->count; i++) {
		struct probed_port *port = &result->ports[i];

		if (!rank_is_secondary(probe->ranked, result->count, (int)i))
			continue;
		port->role = PORT_ROLE_AT_SECONDARY;
		str_copy(port->reason, sizeof(port->reason), "is not meant for calls");
	}
	result->cause = find_probe_cause(probe);
	result->elapsed_ms = (int)(clock_now_ms() - probe->start);
	probe->done(probe->ctx, probe, result);
}

static void set_probe_timer(struct probe *probe, int64_t wait_ms)
{
	ev_now_update(probe->loop);
	ev_timer_stop(probe->loop, &probe->timer);
	ev_timer_set(&probe->timer, (double)wait_ms / 1000, 0);
	ev_timer_start(probe->loop, &probe->timer);
}

/* Whether the best port so far is the one. */
static bool choose_port(struct probe *probe)
{
	struct probe_result *result = &probe->result;
	int64_t now = clock_now_ms();
	int best, wait_ms;

	fill_ranked(probe);
	best = rank_best(probe->ranked, result->count);
	if (best < 0)
		return false;
	if (!rank_is_sure(probe->ranked, result->count, best)) {
		wait_ms = GRACE_ANSWERS * result->ports[best].answer_ms;
		if (probe->grace_end < 0)
			probe->grace_end = now + (wait_ms < GRACE_MS ? GRACE_MS : wait_ms);
		if (now < probe->grace_end) {
			set_probe_timer(probe, probe->grace_end - now);
			return false;
		}
	}
	if (best != result->chosen)
		result->chosen_ms = (int)(now - probe->start);
	result->chosen = best;
	return true;
}

/* End the probe if it is time to. It may be freed in here. */
static void end_if_sure(struct probe *probe)
{
	bool sure = choose_port(probe) || rank_is_hopeless(probe->ranked, probe->result.count);
	int chosen = probe->result.chosen;
	bool pending = false;

	for (size_t i = 0; i < probe->result.count; i++)
		if (!probe->candidates[i].settled)
			pending = true;
	if (pending && (!sure || probe->options.all))
		return;
	ev_timer_stop(probe->loop, &probe->timer);
	probe->over = true;
	release_candidates(probe, chosen);
	if (chosen < 0 || !probe->options.keep || probe->options.keep_echo)
		deliver_result(probe);
	else
		candidate_set_up(&probe->candidates[chosen], &probe->options.line);
}

static void on_changed(void *ctx, struct candidate *candidate)
{
	const struct probed_port *port = candidate->port;
	struct probe *probe = ctx;

	if (probe->over) { /* the chosen port's echo was being turned off */
		if (port->role != PORT_ROLE_AT)
			probe->result.chosen = -1;
		if (!candidate->probe || port_probe_is_idle(candidate->probe))
			deliver_result(probe);
		return;
	}
	if (!candidate->settled)
		return;
	for (size_t i = 0; port->role == PORT_ROLE_AT && i < probe->result.count; i++) {
		struct candidate *other = &probe->candidates[i];

		if (strcmp(other->port->port.usb_path, port->port.usb_path) == 0)
			candidate_hurry(other, port->answer_ms);
	}
	end_if_sure(probe);
}

static void on_probe_timer(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	end_if_sure(timer->data);
}

static void init_candidate(struct probe *probe, size_t index, const struct port *port)
{
	struct candidate *candidate = &probe->candidates[index];
	struct probed_port *into = &probe->result.ports[index];
	struct buf why = BUF_INIT;

	into->port = *port;
	into->answer_ms = -1;
	candidate->changed = on_changed;
	candidate->ctx = probe;
	candidate_init(candidate, probe->loop, into);
	if (port->foreign) {
		foreign_explain(port->driver, port->device, &why);
		candidate_settle(candidate, PORT_ROLE_OTHER, buf_str(&why));
		buf_free(&why);
		return;
	}
	/* A boot loader takes any byte for a part of its firmware. */
	if (candidate->port->hint == LAYOUT_QDL)
		candidate_settle(candidate, PORT_ROLE_ERROR,
				 "waits for firmware (QDL), was not asked");
}

static int begin_candidates(struct probe *probe)
{
	size_t count = probe->result.count, n = 0;
	int pass_ms = probe->options.pass_ms ? probe->options.pass_ms : PORT_PROBE_PASS_MS;
	struct serial_opening *openings = calloc(count + 1, sizeof(*openings));

	if (!openings)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (!probe->candidates[i].settled)
			openings[n++].device = probe->result.ports[i].port.device;
	serial_open_all(openings, n);
	pass_ms -= (int)(clock_now_ms() - probe->start);
	n = 0;
	for (size_t i = 0; i < count; i++) {
		if (probe->candidates[i].settled)
			continue;
		probe->candidates[i].left = probe->options.left;
		probe->candidates[i].baud = probe->options.baud;
		probe->candidates[i].raise = probe->options.line.raise;
		candidate_begin(&probe->candidates[i], &openings[n], probe->options.trust, pass_ms,
				probe->options.all ? pass_ms : NO_DTR_MS);
		buf_free(&openings[n++].holder);
	}
	free(openings);
	return 0;
}

struct probe *probe_start(struct ev_loop *loop, const struct port_list *ports,
			  const struct probe_options *options, probe_done *done, void *ctx)
{
	struct probe *probe = calloc(1, sizeof(*probe));
	size_t size = ports->count + 1; /* calloc of 0 may be NULL */

	if (!probe)
		return NULL;
	probe->result.ports = calloc(size, sizeof(struct probed_port));
	probe->candidates = calloc(size, sizeof(struct candidate));
	probe->ranked = calloc(size, sizeof(struct ranked_port));
	if (!probe->result.ports || !probe->candidates || !probe->ranked)
		goto fail;
	probe->loop = loop;
	probe->options = *options;
	probe->done = done;
	probe->ctx = ctx;
	probe->start = clock_now_ms();
	probe->grace_end = -1;
	probe->result.count = ports->count;
	probe->result.chosen = probe->result.chosen_ms = -1;
	ev_timer_init(&probe->timer, on_probe_timer, 0, 0);
	probe->timer.data = probe;
	for (size_t i = 0; i < ports->count; i++)
		init_candidate(probe, i, &ports->ports[i]);
	if (begin_candidates(probe) < 0)
		goto fail;
	/* What is known already is told from the loop, not from here. */
	set_probe_timer(probe, 0);
	return probe;
fail:
	probe_free(probe);
	return NULL;
}

struct serial *probe_take_serial(struct probe *probe)
{
	struct candidate *chosen;
	struct serial *serial;

	if (probe->result.chosen < 0)
		return NULL;
	chosen = &probe->candidates[probe->result.chosen];
	serial = chosen->serial;
	chosen->serial = NULL;
	return serial;
}

void probe_free(struct probe *probe)
{
	if (!probe)
		return;
	release_candidates(probe, -1);
	if (probe->loop)
		ev_timer_stop(probe->loop, &probe->timer);
	free(probe->result.ports);
	free(probe->candidates);
	free(probe->ranked);
	free(probe);
}
