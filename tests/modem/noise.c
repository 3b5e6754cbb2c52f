/* SPDX-License-Identifier: ISC */
#include <stdlib.h>

#include "modem.h"
#include "noise.h"

#define BACKLOG_MAX 32

struct noise_item {
	struct modem *modem;
	const struct desc_noise *desc;
	ev_timer timer;
};

struct noise {
	struct modem *modem;
	size_t count;
	struct noise_item items[];
};

static bool is_connected(const struct modem *modem)
{
	for (size_t i = 0; i < modem->port_count; i++)
		if (modem->ports[i].call.state != CALL_NONE)
			return true;
	return false;
}

static void say(struct modem *modem, const struct desc_noise *desc)
{
	struct buf text = BUF_INIT;

	modem_expand(modem, &text, desc->text);
	for (size_t i = 0; i < modem->port_count; i++) {
		struct port *port = &modem->ports[i];

		/* More than the line carries would delay answers for ever. */
		if (port->out.len >= BACKLOG_MAX)
			continue;
		if (desc->port < 0 || desc->port == port->desc->interface)
			port_urc(port, buf_str(&text));
	}
	buf_free(&text);
}

static void timer_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct noise_item *item = timer->data;

	(void)loop;
	(void)revents;
	if (!item->desc->connected || is_connected(item->modem))
		say(item->modem, item->desc);
}

struct noise *noise_new(struct modem *modem)
{
	size_t count = modem->desc->noise.count;
	struct noise *noise = calloc(1, sizeof(*noise) + count * sizeof(*noise->items));

	if (!noise)
		return NULL;
	noise->modem = modem;
	noise->count = count;
	for (size_t i = 0; i < count; i++) {
		struct noise_item *item = &noise->items[i];

		item->modem = modem;
		item->desc = &modem->desc->noise.items[i];
		ev_timer_init(&item->timer, timer_cb, 0.0, 0.0);
		item->timer.data = item;
	}
	return noise;
}

void noise_free(struct noise *noise)
{
	if (!noise)
		return;
	noise_stop(noise);
	free(noise);
}

void noise_start(struct noise *noise)
{
	for (size_t i = 0; i < noise->count; i++) {
		struct noise_item *item = &noise->items[i];
		double every = item->desc->every_ms / 1000.0;
		double first = item->desc->at_ms / 1000.0;

		if (item->desc->at_ms < 0 && item->desc->every_ms == 0)
			continue;
		ev_timer_set(&item->timer, first < 0 ? every : first, every);
		ev_timer_start(noise->modem->loop, &item->timer);
	}
}

void noise_stop(struct noise *noise)
{
	for (size_t i = 0; i < noise->count; i++)
		ev_timer_stop(noise->modem->loop, &noise->items[i].timer);
}

static const char *trigger(const struct desc_noise *desc, enum noise_moment moment)
{
	if (moment == NOISE_BEFORE)
		return desc->before;
	return moment == NOISE_INSIDE ? desc->inside : desc->after;
}

void noise_at(struct noise *noise, enum noise_moment moment, struct port *port, const char *command)
{
	struct buf text = BUF_INIT;

	for (size_t i = 0; i < noise->count; i++) {
		const struct desc_noise *desc = noise->items[i].desc;
		const char *pattern = trigger(desc, moment);

		if (!pattern || !at_matches(pattern, command))
			continue;
		if (desc->port >= 0 && desc->port != port->desc->interface)
			continue;
		buf_clear(&text);
		modem_expand(noise->modem, &text, desc->text);
		port_send(port, buf_str(&text), text.len);
	}
	buf_free(&text);
}
