/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/str.h"
#include "io/clock.h"

#include "modem.h"
#include "trace.h"

/* Long enough for the OK of a reset command to be answered. */
#define RESET_AFTER_MS 100

static void power_on(struct modem *modem)
{
	modem->booted = true;
	modem->booted_at = clock_now_ms();
	trace_event(-1, "booted");
	sim_power(&modem->sim, true);
	for (size_t i = 0; i < modem->port_count; i++)
		port_up(&modem->ports[i]);
	noise_start(modem->noise);
}

static void power_off(struct modem *modem)
{
	ev_timer_stop(modem->loop, &modem->boot);
	modem->booted = false;
	noise_stop(modem->noise);
	mux_stop(&modem->mux);
	for (size_t i = 0; i < modem->port_count; i++)
		port_down(&modem->ports[i]);
	sim_power(&modem->sim, false);
	net_power(&modem->net);
	modem->w_disable = modem->desc->radio.w_disable;
	modem->cfun = modem->w_disable ? 0 : modem->desc->radio.cfun;
	modem->baud = modem->desc->at.baud;
	modem->ipr = 0;
	memset(modem->rtscts, 0, sizeof(modem->rtscts));
}

static void boot_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	power_on(timer->data);
}

static void boot(struct modem *modem)
{
	int delay_ms = modem->desc->timing.boot_delay_ms;

	if (!modem->powered)
		return;
	if (delay_ms <= 0) {
		power_on(modem);
		return;
	}
	ev_timer_set(&modem->boot, delay_ms / 1000.0, 0.0);
	ev_timer_start(modem->loop, &modem->boot);
}

static void pump(struct modem *modem)
{
	/* What the channels have goes out on the line, the first port. */
	for (size_t i = modem->port_count; i-- > 0;)
		port_pump(&modem->ports[i]);
}

/* A modem on a bus that cannot unplug, or that is not USB, reboots in place. */
static void go_down(struct modem *modem)
{
	double off = modem->desc->timing.reset_ms / 1000.0;

	modem->resetting = false;
	/* Where the machine stood still, the OK came due with the reset. */
	pump(modem);
	trace_event(-1, "reset");
	if (modem->desc->usb.vid == 0 || modem->desc->usb.bridge || modem_unplug(modem, false) < 0)
		power_off(modem);
	ev_timer_set(&modem->reset, off, 0.0);
	ev_timer_start(modem->loop, &modem->reset);
}

static void down_cb(struct ev_loop *loop, ev_timer *timer, int revents);

static void pump_cb(struct ev_loop *loop, ev_prepare *prepare, int revents)
{
	(void)loop;
	(void)revents;
	pump(prepare->data);
}

static void reset_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct modem *modem = timer->data;

	(void)loop;
	(void)revents;
	if (modem->resetting)
		go_down(modem);
	else if (modem->plugged)
		boot(modem);
	else
		modem_plug(modem);
}

static int make_variables(struct modem *modem)
{
	const struct desc *desc = modem->desc;

	modem->variables = calloc(desc->variables.count + 1, sizeof(char *));
	if (!modem->variables)
		return -ENOMEM;
	for (size_t i = 0; i < desc->variables.count; i++) {
		modem->variables[i] = strdup(desc->variables.items[i].value);
		if (!modem->variables[i])
			return -ENOMEM;
	}
	return 0;
}

static int make_ports(struct modem *modem)
{
	size_t count = modem->desc->ports.count;

	modem->ports = calloc(count, sizeof(*modem->ports));
	modem->used = calloc(modem->desc->commands.count + 1, sizeof(bool));
	if (!modem->ports || !modem->used)
		return -ENOMEM;
	modem->port_count = count;
	for (size_t i = 0; i < count; i++) {
		port_init(&modem->ports[i], modem, i);
		if (!modem->ports[i].desc->dlci)
			modem->line_count = i + 1;
	}
	return 0;
}

int modem_init(struct modem *modem, struct ev_loop *loop, const struct desc *desc)
{
	memset(modem, 0, sizeof(*modem));
	modem->loop = loop;
	modem->desc = desc;
	modem->w_disable = desc->radio.w_disable;
	modem->cfun = desc->radio.w_disable ? 0 : desc->radio.cfun;
	modem->baud = desc->at.baud;
	ev_timer_init(&modem->boot, boot_cb, 0.0, 0.0);
	ev_timer_init(&modem->reset, reset_cb, 0.0, 0.0);
	ev_timer_init(&modem->down, down_cb, 0.0, 0.0);
	modem->down.data = modem;
	modem->powered = !desc->power.off;
	ev_prepare_init(&modem->pump, pump_cb);
	modem->boot.data = modem->reset.data = modem->pump.data = modem;
	/* Last of all, so that what one iteration says goes out as one write. */
	ev_set_priority(&modem->pump, EV_MINPRI);
	ev_prepare_start(loop, &modem->pump);
	sim_init(&modem->sim, modem);
	net_init(&modem->net, modem);
	packet_init(&modem->packet, modem);
	mux_init(&modem->mux, modem);
	faults_init(&modem->faults, desc);
	str_copy(modem->csq, sizeof(modem->csq), desc->radio.csq);
	modem->noise = noise_new(modem);
	if (!modem->noise || make_variables(modem))
		return -ENOMEM;
	return make_ports(modem);
}

void modem_free(struct modem *modem)
{
	if (modem->noise)
		power_off(modem);
	ev_timer_stop(modem->loop, &modem->reset);
	ev_timer_stop(modem->loop, &modem->down);
	ev_prepare_stop(modem->loop, &modem->pump);
	if (modem->bus)
		modem->bus->ops->free(modem->bus);
	for (size_t i = 0; i < modem->port_count; i++)
		port_free(&modem->ports[i]);
	noise_free(modem->noise);
	faults_free(&modem->faults);
	for (size_t i = 0; modem->variables && modem->variables[i]; i++)
		free(modem->variables[i]);
	free(modem->variables);
	free(modem->ports);
	free(modem->used);
}

int modem_plug(struct modem *modem)
{
	int error;

	ev_timer_stop(modem->loop, &modem->reset);
	modem->resetting = false;
	if (modem->plugged)
		return -EALREADY;
	error = modem->bus->ops->plug(modem->bus);
	if (error)
		return error;
	modem->plugged = true;
	trace_event(-1, "plug");
	boot(modem);
	return 0;
}

int modem_unplug(struct modem *modem, bool keep_open)
{
	int error;

	ev_timer_stop(modem->loop, &modem->reset);
	if (!modem->plugged)
		return -EALREADY;
	error = modem->bus->ops->unplug(modem->bus, keep_open);
	if (error)
		return error;
	modem->plugged = false;
	trace_event(-1, "unplug");
	power_off(modem);
	return 0;
}

void modem_reset(struct modem *modem)
{
	modem->resetting = true;
	ev_timer_stop(modem->loop, &modem->reset);
	ev_timer_set(&modem->reset, RESET_AFTER_MS / 1000.0, 0.0);
	ev_timer_start(modem->loop, &modem->reset);
}

void modem_set_power(struct modem *modem, bool on)
{
	ev_timer_stop(modem->loop, &modem->down);
	if (on == modem->powered)
		return;
	modem->powered = on;
	trace_event(-1, "power %s", on ? "on" : "off");
	if (on)
		boot(modem);
	else
		power_off(modem);
}

static void down_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	modem_set_power(timer->data, false);
}

void modem_press_key(struct modem *modem, bool down)
{
	const struct desc *desc = modem->desc;
	int64_t ms = clock_now_ms() - modem->key_at;
	bool was_down = modem->key_at > 0;

	if (down == was_down)
		return;
	modem->key_at = down ? clock_now_ms() : 0;
	if (down) {
		trace_event(-1, "key down");
	} else if (ev_is_active(&modem->down)) {
		trace_event(-1, "key %d ms, while going down", (int)ms);
	} else if (modem->powered) {
		trace_event(-1, "key %d ms, while on%s", (int)ms,
			    ms >= desc->power.off_ms ? ": going down" : "");
		if (ms < desc->power.off_ms)
			return;
		ev_timer_set(&modem->down, desc->power.down_ms / 1000.0, 0.0);
		ev_timer_start(modem->loop, &modem->down);
	} else {
		bool fits = ms >= desc->power.on_ms && ms <= desc->power.on_max_ms;

		trace_event(-1, "key %d ms, while off%s", (int)ms, fits ? "" : ": no effect");
		if (fits)
			modem_set_power(modem, true);
	}
}

bool modem_is_on(const struct modem *modem)
{
	return modem->desc->power.status_late ? modem->booted : modem->powered;
}

void modem_set_cfun(struct modem *modem, int cfun)
{
	/* W_DISABLE holds the radio down while AT+CFUN=1 still says OK: MC7710 does so. */
	modem->cfun = modem->w_disable && cfun == 1 ? 0 : cfun;
	sim_note_cfun(&modem->sim, cfun);
	trace_event(-1, "cfun %d", modem->cfun);
	net_update(&modem->net);
}

struct port *modem_port(struct modem *modem, int interface)
{
	for (size_t i = 0; i < modem->port_count; i++)
		if (modem->ports[i].desc->interface == interface)
			return &modem->ports[i];
	return NULL;
}

void modem_set_variable(struct modem *modem, const char *name, const char *value)
{
	const struct desc *desc = modem->desc;

	for (size_t i = 0; i < desc->variables.count; i++) {
		char *copy;

		if (strcmp(desc->variables.items[i].name, name) != 0)
			continue;
		copy = strdup(value);
		if (!copy)
			return;
		free(modem->variables[i]);
		modem->variables[i] = copy;
	}
}
