/* SPDX-License-Identifier: ISC */
/* What the session asks for where pppd runs us. */
#include <string.h>
#include <errno.h>

#include "base/log.h"
#include "daemon/bus.h"
#include "daemon/session-ops.h"
#include "daemon/under-pppd.h"
#include "io/atport.h"
#include "io/serial.h"
#include "io/pppd-parent.h"
#include "io/rundir.h"
#include "io/sysfs.h"

static void on_parent(void *ctx, enum pppd_parent_event event)
{
	static const unsigned char types[] = {
		[PPPD_PARENT_READY] = SESSION_EVENT_PPP_READY,
		[PPPD_PARENT_CLOSED] = SESSION_EVENT_STOP,
		[PPPD_PARENT_LOST] = SESSION_EVENT_PORT_GONE,
		[PPPD_PARENT_AGREED] = SESSION_EVENT_PPP_LOG,
		[PPPD_PARENT_LEFT] = SESSION_EVENT_PPP_EXIT,
	};
	const struct ppp_event address = {PPP_EVENT_LOCAL, ""};

	if (event == PPPD_PARENT_CLOSED)
		log_notice("pppd has closed the line");
	bus_tell(ctx, (struct session_event){.type = (enum session_event_type)types[event],
					     .ppp = &address,
					     .text = "pppd was left"});
}

/* pppd takes care of its link. */
static int leave_link(void *ctx)
{
	(void)ctx;
	return 0;
}

static int run_parent(void *ctx, enum session_ppp action)
{
	struct bus *bus = ctx;
	struct serial *serial;
	const char *early;
	size_t len;

	switch (action) {
	case SESSION_PPP_OPEN:
		pppd_parent_open(bus->parent);
		break;
	case SESSION_PPP_CONNECTED:
		serial = atport_serial(bus->talk.port);
		early = atport_hand_over(bus->talk.port, &len);
		if (serial_heed_carrier(serial) < 0)
			log_warning("%s: a lost carrier will not be noticed",
				    serial_device(serial));
		if (muxer_mux(&bus->muxer))
			mux_connect(muxer_mux(&bus->muxer), early, len, 0);
		pppd_parent_connected(bus->parent, serial_fd(serial), early, len);
		/* stderr is pppd's, which leaves it too when it detaches. */
		log_leave_stderr();
		break;
	case SESSION_PPP_TERM:
	case SESSION_PPP_KILL:
		pppd_parent_stop(bus->parent);
		break;
	case SESSION_PPP_START: /* it runs already, and says nothing before its end */
	case SESSION_PPP_IS_ENDING:
		break;
	}
	return 0;
}

static void close_parent_port(void *ctx)
{
	struct bus *bus = ctx;

	pppd_parent_hush(bus->parent);
	session_ops.port_close(bus);
}

enum cause under_pppd_start(struct bus *bus)
{
	if (bus->goal != SESSION_GOAL_CALL)
		return CAUSE_NONE;
	bus->ops.ppp = run_parent;
	bus->ops.link_up = leave_link;
	bus->ops.port_close = close_parent_port;
	bus->parent = pppd_parent_new(bus->loop, on_parent, bus);
	return bus->parent ? CAUSE_NONE : bus_explain(CAUSE_INTERNAL, "the line to pppd", -ENOMEM);
}

void under_pppd_leave_apn(const struct bus *bus, const char *suffix)
{
	const struct script *script = &bus->session.script;
	struct buf line = BUF_INIT;

	if (script->apn.count == 0 || script_apn(script)->source == APN_CONFIG)
		return;
	provider_print_account(script_apn(script), &line);
	rundir_write(bus->name, suffix, &line);
	buf_free(&line);
}

enum cause under_pppd_recall_apn(struct bus *bus)
{
	struct script *script = &bus->session.script;
	char path[256], line[512];

	rundir_path(path, sizeof(path), bus->name, RUNDIR_REFUSED);
	if (bus->goal != SESSION_GOAL_LINK && sysfs_read_all(path, line, sizeof(line)) >= 0)
		script->has_spent = provider_parse_account(line, strlen(line), &script->spent);
	rundir_remove(bus->name, RUNDIR_REFUSED);
	return CAUSE_NONE;
}

/* How the call ended, for pppd's connect script. */
void under_pppd_on_state(struct bus *bus)
{
	if (!bus->parent || !session_is_over(&bus->session))
		return;
	bus->end->was_connected = pppd_parent_was_connected(bus->parent);
	buf_printf(&bus->end->text, "%s", buf_str(&bus->session.text));
	if (pppd_parent_was_refused(bus->parent))
		under_pppd_leave_apn(bus, RUNDIR_REFUSED);
}

void under_pppd_stop(struct bus *bus)
{
	pppd_parent_free(bus->parent);
}
