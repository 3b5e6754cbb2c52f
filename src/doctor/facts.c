/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "conf/conf.h"
#include "doctor/facts.h"
#include "doctor/system.h"
#include "io/command.h"
#include "io/port.h"
#include "io/probe.h"
#include "io/pinfile.h"
#include "io/rfkill.h"
#include "modem/script.h"

#define VERSION_MS 5000

void doctor_facts_init(struct doctor_facts *facts)
{
	memset(facts, 0, sizeof(*facts));
	facts->name = facts->conf_path = facts->conf_errors = facts->ask_text = "";
	facts->instance.state = facts->instance.cause = facts->instance.text = "";
	facts->cmdline_file = "";
	facts->instance.refused = "";
	facts->job.verdict = DRIVER_UNKNOWN;
	facts->job.at = -1;
	facts->pppd = PPPD_PATH;
}

void doctor_facts_free(struct doctor_facts *facts)
{
	buf_free(&facts->bind_commands);
	buf_free(&facts->rfkill);
	buf_free(&facts->pin_text);
}

/* The modem of the chosen port, or of the named one, or any on USB. */
static void look_at_device(struct doctor_facts *facts, const char *root)
{
	struct port_filter filter = port_filter_configured(facts->conf);
	const struct probe_result *probe = facts->probe;
	bool named = strcmp(facts->conf->modem.port, "auto") != 0;
	int index = probe ? probe->chosen : -1;
	struct usb_device *device = &facts->job.device;

	if (index < 0 && named && probe && probe->count > 0)
		index = 0;
	if (index < 0 && named)
		return;
	if (index >= 0) {
		filter.usb_path = probe->ports[index].port.usb_path;
		filter.named = true;
	}
	if ((index >= 0 && !*filter.usb_path) ||
	    !rebind_find(&facts->job, root, &filter, probe, NULL, 0))
		return;
	if (driver_is_to_move(facts->job.verdict))
		rebind_print_commands(&facts->job, &facts->bind_commands);
	facts->unregistered = system_was_unregistered(root, device->path);
	if (!system_usbmode(root, device->vid, device->pid, &facts->usbmode))
		system_modeswitch(root, device->vid, device->pid, &facts->modeswitch);
}

void doctor_collect(struct doctor_facts *facts, const char *root, const struct conf *conf,
		    const struct probe_result *probe)
{
	facts->conf = conf;
	facts->probe = probe;
	look_at_device(facts, root);
	if (!*facts->job.device.path)
		facts->stick = usb_find_stick(&facts->stick_device, root);
	facts->power_configured = power_is_configured(conf) && !*conf->power.command;
	facts->power_status = facts->power_past.act = -1;
	if (facts->power_configured) {
		facts->power_check = power_key_check(conf);
		facts->power_status = power_key_status(conf);
		facts->power_past = power_key_past(facts->name);
	}
	facts->platform = system_platform(root);
	facts->cmdline_file = system_cmdline_file(root);
	rfkill_is_blocked(root, &facts->rfkill);
	facts->option = system_module(root, DRIVER_WITH_DTR);
	facts->ppp_async = system_module(root, "ppp_async");
	facts->dev_ppp = system_open(root, "/dev/ppp");
	facts->modemmanager = system_process(root, "ModemManager");
	facts->brltty = system_process(root, "brltty");
	facts->root = geteuid() == 0;
}

void doctor_collect_pin(struct doctor_facts *facts)
{
	const struct modem_facts *modem = facts->modem;
	struct pins_key key = {.pin = facts->conf->sim.pin};

	if (!modem || !*key.pin)
		return;
	key.iccid = modem->iccid;
	key.imei = modem->identity.imei;
	key.left = modem->pin_left;
	facts->pin_verdict = pinfile_ops.note(NULL, PINS_EVENT_ASK, &key, &facts->pin_text);
	if (facts->pin_verdict < 0 && pins_cause(facts->pin_verdict) != CAUSE_PIN)
		facts->pin_verdict = 0; /* what keeps us from reading it says nothing of the PIN */
}

void doctor_collect_pppd(struct doctor_facts *facts)
{
	const char *const argv[] = {PPPD_PATH, "--version", NULL};
	struct buf said = BUF_INIT;
	const char *at = NULL;

	facts->pppd_there = access(PPPD_PATH, F_OK) == 0;
	if (facts->pppd_there && command_run(argv, VERSION_MS, &said) >= 0)
		at = strstr(buf_str(&said), "version ");
	if (at)
		sscanf(at, "version %31[0-9A-Za-z.-]", facts->pppd_version);
	buf_free(&said);
}
