/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "daemon/drivers.h"
#include "io/candidates.h"
#include "io/probe.h"

static bool was_tried(const struct drivers *drivers,
		      const struct usb_device *device)
{
	for (size_t i = 0; i < DRIVERS_TRIED_MAX; i++)
		if (drivers->tried[i].devnum == device->devnum &&
		    strcmp(drivers->tried[i].path, device->path) == 0)
			return true;
	return false;
}

static void note_tried(struct drivers *drivers, const struct usb_device *device)
{
	unsigned i = drivers->count++ % DRIVERS_TRIED_MAX;

	str_copy(drivers->tried[i].path, sizeof(drivers->tried[i].path),
		 device->path);
	drivers->tried[i].devnum = device->devnum;
}

static void explain(const struct bind_job *job, const char *rest,
		    struct buf *text)
{
	buf_printf(text, "; interface %s (%04x:%04x): %s%s",
		   bind_interface_name(job), (unsigned)job->device.vid,
		   (unsigned)job->device.pid, bind_verdict_text(job->verdict),
		   rest);
}

static void explain_firmware(const struct usb_device *device, struct buf *text)
{
	buf_printf(text, "; %s (%04x:%04x) is %s", device->path,
		   (unsigned)device->vid, (unsigned)device->pid,
		   layout_firmware(device->vid, device->pid));
}

static bool is_auto(const struct conf *conf)
{
	return strcmp(conf->modem.driver, "auto") == 0;
}

bool drivers_judge(struct drivers *drivers, const struct conf *conf,
		   const struct probe_result *result, enum cause *cause,
		   struct buf *text)
{
	struct port_filter filter = candidates_filter(conf);
	const struct bind_job *job = &drivers->job;

	/* A port that is named is the user's, and would get another name. */
	if (!bind_may_help(result->cause) ||
	    strcmp(conf->modem.port, "auto") != 0 ||
	    !bind_find(&drivers->job, "", &filter, result))
		return false;
	if (job->verdict == BIND_FIRMWARE) {
		if (*cause == CAUSE_NO_MODEM)
			*cause = CAUSE_FIRMWARE;
		explain_firmware(&job->device, text);
	} else if (job->verdict == BIND_BLOCKED) {
		explain(job, "", text);
	} else if (!bind_is_move(job->verdict)) {
		return false;
	} else if (!is_auto(conf)) {
		explain(job,
			"; modem.driver is \"keep\": \"gobi-dial probe\" "
			"prints the commands that give it to " BIND_DRIVER,
			text);
	} else if (was_tried(drivers, &job->device)) {
		explain(job, ", and it could not be given to " BIND_DRIVER,
			text);
	} else {
		return true;
	}
	return false;
}

int drivers_bind(struct drivers *drivers, struct ev_loop *loop,
		 binder_done *done, void *ctx)
{
	const struct bind_job *job = &drivers->job;

	drivers_cancel(drivers);
	note_tried(drivers, &job->device);
	log_notice(
		"no port answers AT; interface %s: %s; giving it to " BIND_DRIVER
		", and leaving the others alone",
		bind_interface_name(job), bind_verdict_text(job->verdict));
	drivers->binder = binder_start(loop, job, done, ctx);
	return drivers->binder ? 0 : -errno;
}

void drivers_look(struct drivers *drivers)
{
	binder_look(drivers->binder);
}

void drivers_cancel(struct drivers *drivers)
{
	binder_free(drivers->binder);
	drivers->binder = NULL;
}
