/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "daemon/bus.h"
#include "daemon/modem-care.h"
#include "io/port.h"
#include "io/clock.h"
#include "io/probe.h"

static void explain_job(const struct rebind_job *job, const char *rest, struct buf *text)
{
	buf_printf(text, "; interface %s (%04x:%04x): %s%s", rebind_interface_name(job),
		   (unsigned)job->device.vid, (unsigned)job->device.pid,
		   driver_verdict_text(job->verdict), rest);
}

bool drivers_judge(struct drivers *drivers, const struct conf *conf,
		   const struct probe_result *result, enum cause *cause, struct buf *text)
{
	struct port_filter filter = port_filter_configured(conf);
	const struct rebind_job *job = &drivers->job, *last = &drivers->last;
	const struct usb_device *device = &job->device;

	/* An interface that has answered once is left alone, even if it falls silent later. */
	if (result->chosen >= 0) {
		drivers->last.device.path[0] = '\0';
		drivers->last.back = false;
	}
	/* A port that the user has named would get another name. */
	if (!rebind_may_help(result->cause) || strcmp(conf->modem.port, "auto") != 0 ||
	    !rebind_find(&drivers->job, "", &filter, result, drivers->tried,
			 drivers->count < DRIVERS_TRIED_MAX ? drivers->count : DRIVERS_TRIED_MAX))
		return false;
	/* A modem gets modem.wait to answer on its new port. */
	if (*last->device.path && !last->back &&
	    clock_now_ms() - drivers->last_at >= (int64_t)conf->modem.wait_s * 1000 &&
	    rebind_is_moved(last, "")) {
		drivers->job = drivers->last;
		drivers->job.back = true;
		return true;
	}
	if (job->verdict == DRIVER_FIRMWARE) {
		if (*cause == CAUSE_NO_MODEM)
			*cause = CAUSE_FIRMWARE;
		buf_printf(text, "; %s (%04x:%04x) is %s", device->path, (unsigned)device->vid,
			   (unsigned)device->pid, layout_firmware(device->vid, device->pid));
	} else if (job->verdict == DRIVER_BLOCKED) {
		explain_job(job, "", text);
	} else if (!driver_is_to_move(job->verdict)) {
		if (last->device.devnum == device->devnum &&
		    strcmp(last->device.path, device->path) == 0)
			explain_job(last,
				    last->back || rebind_is_moved(last, "")
					    ? ", and it is silent with " DRIVER_WITH_DTR " too"
					    : ", and it could not be given to " DRIVER_WITH_DTR,
				    text);
	} else if (strcmp(conf->modem.driver, "auto") != 0) {
		explain_job(job,
			    "; modem.driver is \"keep\": \"gobi-dial probe\" prints the commands "
			    "that give it to " DRIVER_WITH_DTR,
			    text);
	} else {
		return true;
	}
	return false;
}

static void on_driver_bound(void *ctx, int error)
{
	(void)error;
	bus_tell(ctx, (struct session_event){.type = SESSION_EVENT_BOUND});
}

int drivers_bind(void *ctx)
{
	struct bus *bus = ctx;
	struct drivers *drivers = &bus->care->drivers;
	const struct rebind_job *job = &drivers->job;
	struct rebind_tried *tried;

	rebind_cancel(&drivers->rebind);
	if (job->back) {
		drivers->last.back = true;
		log_notice("interface %s stays silent with " DRIVER_WITH_DTR ": it goes back",
			   rebind_interface_name(job));
	} else {
		tried = &drivers->tried[drivers->count++ % DRIVERS_TRIED_MAX];
		str_copy(tried->path, sizeof(tried->path), job->device.path);
		tried->devnum = job->device.devnum;
		tried->interface = job->device.interfaces[job->at].number;
		drivers->last = *job;
		drivers->last_at = clock_now_ms();
		log_notice("no port answers AT; interface %s: %s; giving it "
			   "to " DRIVER_WITH_DTR ", and leaving the others alone",
			   rebind_interface_name(job), driver_verdict_text(job->verdict));
	}
	return rebind_start(&drivers->rebind, bus->loop, job, on_driver_bound, bus);
}
