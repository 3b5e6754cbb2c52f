/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/str.h"

#include "modem.h"
#include "sim.h"
#include "trace.h"

static const char *const state_names[] = {
	[DESC_SIM_READY] = "ready",     [DESC_SIM_PIN] = "pin",   [DESC_SIM_PUK] = "puk",
	[DESC_SIM_MISSING] = "missing", [DESC_SIM_BUSY] = "busy", [DESC_SIM_FAILED] = "failed",
};

static void timer_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct sim *sim = timer->data;

	(void)loop;
	(void)revents;
	sim->busy = false;
	net_update(&sim->modem->net);
}

/* It answers "SIM busy" for a while, as real ones do after power-up and after the PIN. */
static void be_busy(struct sim *sim, int ms)
{
	ev_timer_stop(sim->modem->loop, &sim->timer);
	sim->busy = ms > 0;
	if (sim->busy) {
		ev_timer_set(&sim->timer, ms / 1000.0, 0.0);
		ev_timer_start(sim->modem->loop, &sim->timer);
	}
	net_update(&sim->modem->net);
}

void sim_init(struct sim *sim, struct modem *modem)
{
	const struct desc *desc = modem->desc;

	memset(sim, 0, sizeof(*sim));
	sim->modem = modem;
	sim->state = (enum desc_sim)desc->sim.state;
	sim->locked = sim->state == DESC_SIM_PIN;
	sim->pin_left = desc->sim.pin_attempts;
	sim->puk_left = desc->sim.puk_attempts;
	str_copy(sim->pin, sizeof(sim->pin), desc->sim.pin);
	str_copy(sim->puk, sizeof(sim->puk), desc->sim.puk);
	ev_timer_init(&sim->timer, timer_cb, 0.0, 0.0);
	sim->timer.data = sim;
}

void sim_power(struct sim *sim, bool on)
{
	if (on && sim->state == DESC_SIM_READY && sim->locked)
		sim->state = DESC_SIM_PIN;
	sim->unseen = sim->modem->desc->sim.unseen >= 0;
	be_busy(sim, on ? sim->modem->desc->sim.busy_ms : 0);
}

void sim_note_cfun(struct sim *sim, int fun)
{
	if (fun == 0 || fun == sim->modem->desc->sim.unseen)
		sim->unseen = false;
}

bool sim_ready(const struct sim *sim)
{
	return sim->state == DESC_SIM_READY && !sim->busy && !sim->unseen;
}

int sim_error(const struct sim *sim)
{
	static const int errors[] = {
		[DESC_SIM_READY] = 0,    [DESC_SIM_PIN] = 11,  [DESC_SIM_PUK] = 12,
		[DESC_SIM_MISSING] = 10, [DESC_SIM_BUSY] = 14, [DESC_SIM_FAILED] = 13,
	};

	return sim->unseen ? 10 : sim->busy ? 14 : errors[sim->state];
}

void sim_set_attempts(struct sim *sim, int left)
{
	sim->pin_left = left;
	if (left == 0)
		sim->state = DESC_SIM_PUK;
}

/* True when it is right; the counter runs either way (TS 31.101 11.1.9). */
static bool verify_pin(struct sim *sim, const char *pin)
{
	bool right = strcmp(pin, sim->pin) == 0;

	sim->modem->stats.pins++;
	if (right)
		sim->pin_left = sim->modem->desc->sim.pin_attempts;
	else if (--sim->pin_left <= 0)
		sim_set_attempts(sim, 0);
	trace_event(-1, "pin %s %s left=%d", pin, right ? "right" : "wrong", sim->pin_left);
	return right;
}

static int unblock(struct sim *sim, const char *puk, const char *new_pin)
{
	bool right = strcmp(puk, sim->puk) == 0;

	sim->modem->stats.puks++;
	if (!right && --sim->puk_left <= 0)
		sim->state = DESC_SIM_FAILED;
	trace_event(-1, "puk %s left=%d", right ? "right" : "wrong", sim->puk_left);
	if (!right)
		return 16;
	str_copy(sim->pin, sizeof(sim->pin), new_pin);
	sim->pin_left = sim->modem->desc->sim.pin_attempts;
	sim->puk_left = sim->modem->desc->sim.puk_attempts;
	sim->state = DESC_SIM_READY;
	be_busy(sim, sim->modem->desc->sim.ready_ms);
	return 0;
}

int sim_enter(struct sim *sim, const char *pin, const char *new_pin)
{
	if (sim->busy)
		return 14;
	if (sim->state == DESC_SIM_PUK)
		return new_pin ? unblock(sim, pin, new_pin) : 12;
	if (sim->state == DESC_SIM_READY)
		return 3;
	if (sim->state != DESC_SIM_PIN)
		return sim_error(sim);
	if (!verify_pin(sim, pin))
		return sim->state == DESC_SIM_PUK ? 12 : 16;
	sim->state = DESC_SIM_READY;
	be_busy(sim, sim->modem->desc->sim.ready_ms);
	return 0;
}

int sim_lock(struct sim *sim, bool on, const char *pin)
{
	int error = sim_error(sim);

	if (error)
		return error;
	if (!verify_pin(sim, pin))
		return sim->state == DESC_SIM_PUK ? 12 : 16;
	sim->locked = on;
	return 0;
}

const char *sim_state_name(const struct sim *sim)
{
	return state_names[sim->state];
}

bool sim_set_state(struct sim *sim, const char *word)
{
	for (size_t i = 0; i < sizeof(state_names) / sizeof(*state_names); i++) {
		if (strcmp(word, state_names[i]) == 0) {
			sim->state = (enum desc_sim)i;
			net_update(&sim->modem->net);
			return true;
		}
	}
	return false;
}
