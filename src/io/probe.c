/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "io/candidate.h"
#include "io/clock.h"
#include "io/probe.h"
#include "io/serial.h"
#include "modem/port-probe.h"
#include "modem/rank.h"

/* A usable port waits this long, and as long as some answers of its own take, for a better one. */
#define GRACE_MS      150
#define GRACE_ANSWERS 4

/* A port for calls whose driver cannot raise DTR is asked no longer than this, three times, for
 * another driver may be the cure. */
#define NO_DTR_MS 1300

struct probe {
	struct ev_loop *loop;
	struct probe_options options;
	probe_done *done;
	void *ctx;
	struct probe_result result;
	struct candidate *candidates;
	struct ranked_port *picks;
	struct ev_timer timer; /* the start, and the grace */
	int64_t start;
	int64_t grace_end; /* -1: nobody is usable yet */
	bool over;         /* chosen; its echo is being turned off */
};

/* Nothing is there any more, or never was. */
static bool is_gone(const struct candidate *candidate)
{
	int error = candidate->error;

	return error == -ENOENT || error == -ENODEV || error == -ENXIO || error == -EIO;
}

static enum cause find_cause(const struct probe *probe)
{
	bool busy = false, denied = false, gone = true;

	if (probe->result.chosen >= 0)
		return CAUSE_NONE;
	for (size_t i = 0; i < probe->result.count; i++) {
		const struct candidate *candidate = &probe->candidates[i];

		if (candidate->port->hint == LAYOUT_QDL)
			return CAUSE_FIRMWARE;
		/* gpsd on the NMEA port is no reason. */
		if (candidate->port->role == PORT_ROLE_BUSY &&
		    candidate->port->hint < LAYOUT_NOT_AT)
			busy = true;
		if (candidate->error == -EACCES || candidate->error == -EPERM)
			denied = true;
		if (!is_gone(candidate))
			gone = false;
	}
	if (busy)
		return CAUSE_BUSY;
	if (denied)
		return CAUSE_PERMISSION;
	return gone ? CAUSE_NO_MODEM : CAUSE_NO_AT_PORT;
}

static void fill_picks(struct probe *probe)
{
	for (size_t i = 0; i < probe->result.count; i++) {
		const struct candidate *candidate = &probe->candidates[i];

		probe->picks[i] = (struct ranked_port){
			.hint = candidate->port->hint,
			.device = candidate->port->port.usb_path,
			.pending = !candidate->settled,
			.answered = candidate_has_answered(candidate),
			.usable = candidate->port->role == PORT_ROLE_AT,
			.no_dtr = candidate->port->role == PORT_ROLE_NO_DTR,
		};
	}
}

static void name_secondaries(struct probe *probe)
{
	fill_picks(probe);
	for (size_t i = 0; i < probe->result.count; i++) {
		struct probed_port *port = &probe->result.ports[i];

		if (!rank_is_secondary(probe->picks, probe->result.count, (int)i))
			continue;
		port->role = PORT_ROLE_AT_SECONDARY;
		str_copy(port->reason, sizeof(port->reason), "is not meant for calls");
	}
}

/* The probe may be freed by the one who is told: the last thing to be done. */
static void deliver(struct probe *probe)
{
	struct probe_result *result = &probe->result;

	for (size_t i = 0; i < result->count; i++)
		if ((int)i != result->chosen || !probe->options.keep)
			candidate_release(&probe->candidates[i]);
	name_secondaries(probe);
	result->cause = find_cause(probe);
	result->elapsed_ms = (int)(clock_now_ms() - probe->start);
	probe->done(probe->ctx, probe, result);
}

static void finish(struct probe *probe)
{
	int chosen = probe->result.chosen;

	ev_timer_stop(probe->loop, &probe->timer);
	probe->over = true;
	for (size_t i = 0; i < probe->result.count; i++)
		if ((int)i != chosen)
			candidate_release(&probe->candidates[i]);
	if (chosen < 0 || !probe->options.keep || probe->options.keep_echo)
		deliver(probe);
	else
		candidate_echo_off(&probe->candidates[chosen]);
}

/* The chosen one's echo was being turned off. */
static void end_chosen(struct probe *probe)
{
	struct candidate *chosen = &probe->candidates[probe->result.chosen];

	if (chosen->port->role != PORT_ROLE_AT)
		probe->result.chosen = -1;
	if (candidate_is_idle(chosen))
		deliver(probe);
}

static void set_timer(struct probe *probe, int64_t wait_ms)
{
	ev_now_update(probe->loop);
	ev_timer_stop(probe->loop, &probe->timer);
	ev_timer_set(&probe->timer, (double)wait_ms / 1000, 0);
	ev_timer_start(probe->loop, &probe->timer);
}

static bool in_grace(struct probe *probe, int best, int64_t now)
{
	int wait_ms = GRACE_ANSWERS * probe->result.ports[best].answer_ms;

	if (probe->grace_end < 0)
		probe->grace_end = now + (wait_ms < GRACE_MS ? GRACE_MS : wait_ms);
	if (now >= probe->grace_end)
		return false;
	set_timer(probe, probe->grace_end - now);
	return true;
}

static bool choose(struct probe *probe)
{
	struct probe_result *result = &probe->result;
	int64_t now = clock_now_ms();
	int best;

	fill_picks(probe);
	best = rank_best(probe->picks, result->count);
	if (best < 0)
		return false;
	if (!rank_is_sure(probe->picks, result->count, best) && in_grace(probe, best, now))
		return false;
	if (best != result->chosen)
		result->chosen_ms = (int)(now - probe->start);
	result->chosen = best;
	return true;
}

static bool is_pending(const struct probe *probe)
{
	for (size_t i = 0; i < probe->result.count; i++)
		if (!probe->candidates[i].settled)
			return true;
	return false;
}

/* The probe may be gone afterwards. */
static void evaluate(struct probe *probe)
{
	bool sure = choose(probe) || rank_is_hopeless(probe->picks, probe->result.count);

	if ((sure && !probe->options.all) || !is_pending(probe))
		finish(probe);
}

static void hurry_others(struct probe *probe, const struct candidate *first)
{
	const struct port *port = &first->port->port;

	for (size_t i = 0; i < probe->result.count; i++) {
		struct candidate *other = &probe->candidates[i];

		if (strcmp(other->port->port.usb_path, port->usb_path) == 0)
			candidate_hurry(other, first->port->answer_ms);
	}
}

static void on_changed(void *ctx, struct candidate *candidate)
{
	struct probe *probe = ctx;

	if (probe->over) {
		end_chosen(probe);
		return;
	}
	if (!candidate->settled)
		return;
	if (candidate->port->role == PORT_ROLE_AT)
		hurry_others(probe, candidate);
	evaluate(probe);
}

static void on_timer(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	evaluate(timer->data);
}

static void prepare(struct probe *probe, size_t index, const struct port *port)
{
	struct candidate *candidate = &probe->candidates[index];
	struct probed_port *into = &probe->result.ports[index];

	into->port = *port;
	into->answer_ms = -1;
	candidate->changed = on_changed;
	candidate->ctx = probe;
	candidate_init(candidate, probe->loop, into);
	/* A boot loader takes any byte for a part of its firmware. */
	if (candidate->port->hint == LAYOUT_QDL)
		candidate_settle(candidate, PORT_ROLE_ERROR,
				 "waits for firmware (QDL), was not asked");
}

static int begin(struct probe *probe)
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
		if (openings[n].serial && probe->options.trust)
			candidate_trust(&probe->candidates[i], openings[n].serial);
		else
			candidate_begin(&probe->candidates[i], &openings[n], pass_ms,
					probe->options.all ? pass_ms : NO_DTR_MS);
		buf_free(&openings[n++].holder);
	}
	free(openings);
	return 0;
}

static struct probe *allocate(size_t count)
{
	struct probe *probe = calloc(1, sizeof(*probe));

	if (!probe)
		return NULL;
	/* One more than none: calloc of 0 may be NULL. */
	probe->result.ports = calloc(count + 1, sizeof(struct probed_port));
	probe->candidates = calloc(count + 1, sizeof(struct candidate));
	probe->picks = calloc(count + 1, sizeof(struct ranked_port));
	if (probe->result.ports && probe->candidates && probe->picks)
		return probe;
	probe_free(probe);
	return NULL;
}

struct probe *probe_start(struct ev_loop *loop, const struct port_list *ports,
			  const struct probe_options *options, probe_done *done, void *ctx)
{
	struct probe *probe = allocate(ports->count);

	if (!probe)
		return NULL;
	probe->loop = loop;
	probe->options = *options;
	probe->done = done;
	probe->ctx = ctx;
	probe->start = clock_now_ms();
	probe->grace_end = -1;
	probe->result.count = ports->count;
	probe->result.chosen = probe->result.chosen_ms = -1;
	ev_timer_init(&probe->timer, on_timer, 0, 0);
	probe->timer.data = probe;
	for (size_t i = 0; i < ports->count; i++)
		prepare(probe, i, &ports->ports[i]);
	if (begin(probe) < 0) {
		probe_free(probe);
		return NULL;
	}
	/* What is known already is told from the loop, not from here. */
	set_timer(probe, 0);
	return probe;
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
	for (size_t i = 0; i < probe->result.count; i++)
		candidate_release(&probe->candidates[i]);
	if (probe->loop)
		ev_timer_stop(probe->loop, &probe->timer);
	free(probe->result.ports);
	free(probe->candidates);
	free(probe->picks);
	free(probe);
}
