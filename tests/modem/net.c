/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"

#include "modem.h"
#include "net.h"
#include "trace.h"

static const char *const names[] = {"+CREG", "+CGREG", "+CEREG"};

static int wanted(const struct at_settings *settings, enum net_domain domain)
{
	if (domain == NET_CS)
		return settings->creg;
	return domain == NET_PS ? settings->cgreg : settings->cereg;
}

void net_print(const struct net *net, enum net_domain domain, int level, struct buf *out)
{
	int stat = net->stat[domain];
	bool registered = stat == 1 || stat == 5;

	buf_printf(out, "%d", stat);
	if (level >= 2 && registered)
		buf_printf(out, ",\"%s\",\"%s\",%d", net->lac, net->ci, net->act);
	else if (level == 3 && net->cause)
		buf_printf(out, ",,,%s,0,%d", domain == NET_PS ? "," : "", net->cause);
}

static void announce(struct net *net, enum net_domain domain)
{
	for (size_t i = 0; i < net->modem->port_count; i++) {
		struct port *port = &net->modem->ports[i];
		int level = wanted(&port->at.settings, domain);
		struct buf line = BUF_INIT;

		if (level == 0)
			continue;
		buf_printf(&line, "\r\n%s: ", names[domain]);
		net_print(net, domain, level, &line);
		buf_printf(&line, "\r\n");
		port_urc(port, buf_str(&line));
		buf_free(&line);
	}
}

static void set(struct net *net, const int stat[NET_DOMAINS])
{
	for (int i = 0; i < NET_DOMAINS; i++) {
		if (net->stat[i] == stat[i])
			continue;
		net->stat[i] = stat[i];
		trace_event(-1, "%s %d", names[i], stat[i]);
		announce(net, (enum net_domain)i);
	}
}

static void set_all(struct net *net, int stat)
{
	int all[NET_DOMAINS] = {stat, stat, net->act >= 7 ? stat : 0};

	set(net, all);
}

/* EPS counts only where the access technology is LTE or newer (27.007 7.2: AcT 7 and above). */
static void take_step(struct net *net, const struct desc_registration *step)
{
	int eps = step->act >= 7 ? step->stat : 0;
	int stat[NET_DOMAINS] = {
		step->creg >= 0 ? step->creg : step->stat,
		step->cgreg >= 0 ? step->cgreg : step->stat,
		step->cereg >= 0 ? step->cereg : eps,
	};

	net->act = step->act;
	net->cause = step->cause;
	net->lac = step->lac;
	net->ci = step->ci;
	set(net, stat);
}

static void arm(struct net *net, int elapsed_ms)
{
	const struct desc *desc = net->modem->desc;
	int after_ms;

	if (net->step >= desc->network.registration.count)
		return;
	after_ms = desc->network.registration.items[net->step].after_ms;
	if (after_ms < elapsed_ms)
		after_ms = elapsed_ms;
	ev_timer_set(&net->timer, (after_ms - elapsed_ms) / 1000.0, 0.0);
	ev_timer_start(net->modem->loop, &net->timer);
}

static void timer_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct net *net = timer->data;
	const struct desc_registration *step =
		&net->modem->desc->network.registration.items[net->step];

	(void)loop;
	(void)revents;
	net->step++;
	take_step(net, step);
	arm(net, step->after_ms);
}

/* As it is after power-up. */
static void select_first(struct net *net)
{
	net->cops_mode = net->modem->desc->network.cops_mode;
	net->bound = net->cops_mode != 0;
}

void net_init(struct net *net, struct modem *modem)
{
	memset(net, 0, sizeof(*net));
	net->modem = modem;
	select_first(net);
	net->detached = !modem->desc->network.attached;
	net->act = 2;
	net->lac = "0001";
	net->ci = "00000001";
	ev_timer_init(&net->timer, timer_cb, 0.0, 0.0);
	net->timer.data = net;
}

static void start(struct net *net)
{
	const struct desc *desc = net->modem->desc;

	net->on = true;
	net->step = 0;
	/* LTE attaches with context 1; without a name there the network chooses. */
	if (desc->network.attach_apn[0] && net->modem->packet.contexts[1].apn[0] &&
	    strcmp(net->modem->packet.contexts[1].apn, desc->network.attach_apn) != 0) {
		net->act = 7;
		set_all(net, desc->network.attach_stat);
		return;
	}
	if (desc->network.registration.count == 0)
		set_all(net, 1);
	else if (desc->network.registration.items[0].after_ms == 0)
		timer_cb(net->modem->loop, &net->timer, 0);
	else
		arm(net, 0);
}

static void stop(struct net *net)
{
	ev_timer_stop(net->modem->loop, &net->timer);
	net->on = false;
	net->cause = 0;
	set(net, (const int[NET_DOMAINS]){0, 0, 0});
}

void net_update(struct net *net)
{
	struct modem *modem = net->modem;
	bool on = modem->booted && modem->cfun == 1 && sim_ready(&modem->sim) && !net->bound;

	if (net->forced || on == net->on)
		return;
	if (on)
		start(net);
	else
		stop(net);
}

void net_power(struct net *net)
{
	net->forced = false;
	net->detached = !net->modem->desc->network.attached;
	select_first(net);
	stop(net);
	net_update(net);
}

void net_select(struct net *net, int mode)
{
	net->cops_mode = mode;
	net->bound = mode == 2;
	net_update(net);
}

void net_force(struct net *net, int stat)
{
	ev_timer_stop(net->modem->loop, &net->timer);
	net->forced = true;
	set_all(net, stat);
}

bool net_registered(const struct net *net)
{
	for (int i = 0; i < NET_DOMAINS; i++)
		if (net->stat[i] == 1 || net->stat[i] == 5)
			return true;
	return false;
}
