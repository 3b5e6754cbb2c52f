/* SPDX-License-Identifier: ISC */
/* What the session asks for where pppd is not ours but runs us. */
#include <errno.h>

#include "base/log.h"
#include "daemon/daemon.h"
#include "daemon/state.h"
#include "io/atport.h"
#include "io/serial.h"
#include "ppp/pppd-parent.h"

static void on_ready(void *ctx)
{
	daemon_tell(ctx, (struct session_event){.type = SESSION_EVENT_PPP_READY});
}

static void on_closed(void *ctx)
{
	log_notice("pppd has closed the line");
	daemon_tell(ctx, (struct session_event){.type = SESSION_EVENT_STOP});
}

static void on_lost(void *ctx)
{
	daemon_tell(ctx, (struct session_event){.type = SESSION_EVENT_PORT_GONE});
}

static void on_end(void *ctx)
{
	daemon_tell(ctx, (struct session_event){.type = SESSION_EVENT_PPP_EXIT,
						.text = "pppd was left"});
}

/* It runs already. */
static int ppp_start(void *ctx)
{
	(void)ctx;
	return 0;
}

static int ppp_open(void *ctx)
{
	struct daemon *daemon = ctx;

	pppd_parent_open(daemon->parent);
	return 0;
}

static void ppp_connected(void *ctx)
{
	struct daemon *daemon = ctx;
	struct serial *serial = atport_serial(daemon->atport);
	size_t len;
	const char *early = atport_hand_over(daemon->atport, &len);

	if (serial_heed_carrier(serial) < 0)
		log_warning("%s: a lost carrier will not be noticed", serial_device(serial));
	pppd_parent_connected(daemon->parent, serial_fd(serial), early, len);
	/* pppd's; it leaves it too when it detaches. */
	log_leave_stderr();
}

static void ppp_stop(void *ctx, bool hard)
{
	struct daemon *daemon = ctx;

	(void)hard;
	pppd_parent_stop(daemon->parent);
}

static int link_up(void *ctx)
{
	(void)ctx;
	return 0;
}

static void port_close(void *ctx)
{
	struct daemon *daemon = ctx;

	pppd_parent_hush(daemon->parent);
	closer_close(&daemon->closer, daemon->loop, atport_release(daemon->atport));
	daemon->atport = NULL;
}

enum cause call_start(struct daemon *daemon)
{
	static const struct pppd_parent_callbacks callbacks = {on_ready, on_closed, on_lost,
							       on_end};

	if (daemon->goal != SESSION_GOAL_CALL)
		return CAUSE_NONE;
	daemon->ops.ppp_start = ppp_start;
	daemon->ops.ppp_open = ppp_open;
	daemon->ops.ppp_connected = ppp_connected;
	daemon->ops.ppp_stop = ppp_stop;
	daemon->ops.link_up = link_up;
	daemon->ops.port_close = port_close;
	daemon->parent = pppd_parent_new(daemon->loop, &callbacks, daemon);
	return daemon->parent ? CAUSE_NONE : CAUSE_INTERNAL;
}

void call_note_end(struct daemon *daemon)
{
	if (!daemon->end || !daemon->parent)
		return;
	daemon->end->was_connected = pppd_parent_was_connected(daemon->parent);
	buf_printf(&daemon->end->text, "%s", buf_str(&daemon->session.text));
}

void call_stop(struct daemon *daemon)
{
	pppd_parent_free(daemon->parent);
}
