/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "conf/conf.h"
#include "doctor/collect.h"
#include "doctor/system.h"
#include "io/port.h"
#include "io/command.h"
#include "io/probe.h"
#include "io/rfkill.h"

#define VERSION_MS 5000

void doctor_collection_init(struct doctor_collection *collection)
{
	struct doctor_facts *facts = &collection->facts;

	memset(collection, 0, sizeof(*collection));
	facts->name = facts->conf.path = facts->conf.errors = "";
	facts->conf.port = "auto";
	facts->conf.apn = "";
	facts->instance.state = facts->instance.cause = facts->instance.text = "";
	facts->device.path = facts->device.manufacturer = facts->device.product = "";
	facts->usbmode.file = facts->modeswitch.file = "";
	facts->bind = DRIVER_UNKNOWN;
	facts->bind_at = facts->chosen = -1;
	facts->bind_commands = facts->ask_text = facts->pppd_version = "";
	facts->rfkill = "";
	facts->pppd = PPPD_PATH;
}

void doctor_collection_free(struct doctor_collection *collection)
{
	buf_free(&collection->bind_commands);
	buf_free(&collection->rfkill);
}

static void take_conf(struct doctor_facts *facts, const struct conf *conf)
{
	facts->conf.port = conf->modem.port;
	facts->conf.apn = conf->network.apn;
	facts->conf.pin_set = *conf->sim.pin != '\0';
	facts->conf.keep = strcmp(conf->modem.driver, "keep") == 0;
	facts->conf.roaming = conf->network.roaming;
	facts->conf.cid = conf->network.cid;
}

static bool is_first_of_modem(const struct probe_result *result, size_t index)
{
	const char *path = result->ports[index].port.usb_path;

	for (size_t i = 0; i < index; i++)
		if (strcmp(result->ports[i].port.usb_path, path) == 0)
			return false;
	return *path != '\0';
}

static void take_ports(struct doctor_facts *facts, const struct probe_result *result)
{
	facts->probed = true;
	facts->probe_cause = result->cause;
	for (size_t i = 0; i < result->count && i < DOCTOR_PORTS_MAX; i++) {
		const struct probed_port *port = &result->ports[i];

		facts->ports[facts->port_count++] = (struct doctor_port){
			.device = port->port.device,
			.driver = port->port.driver,
			.role = port_role_name(port->role),
			.holder = port->holder,
			.reason = port->reason,
		};
		facts->device_count += is_first_of_modem(result, i);
	}
	if (result->chosen < DOCTOR_PORTS_MAX)
		facts->chosen = result->chosen;
}

static void take_interface(struct doctor_device *to, const struct usb_device *device, size_t index)
{
	const struct usb_interface *from = &device->interfaces[index];
	struct layout_interface layout = usb_layout(device, from);

	to->interfaces[to->count++] = (struct doctor_interface){
		.name = from->name,
		.number = from->number,
		.role = layout_role(&layout),
		.interrupt_in = from->interrupt_in == 1,
		.driver = from->driver,
		.tty = from->tty_count > 0 ? from->ttys[0] : "",
	};
}

static void take_device(struct doctor_facts *facts, const struct usb_device *device)
{
	facts->device = (struct doctor_device){
		.path = device->path,
		.manufacturer = device->manufacturer,
		.product = device->product,
		.vid = device->vid,
		.pid = device->pid,
		.interface_count = device->interface_count,
		.configuration = device->configuration,
		.configurations = device->configurations,
		.authorized = device->authorized,
	};
	for (size_t i = 0; i < device->count && i < DOCTOR_INTERFACES_MAX; i++)
		take_interface(&facts->device, device, i);
}

static void look_at_switches(struct doctor_collection *collection, const char *root)
{
	struct doctor_facts *facts = &collection->facts;
	int vid = facts->device.vid, pid = facts->device.pid;
	char *file = collection->switch_file;
	struct doctor_switch found = {.file = file};

	found.configuration = system_usbmode(root, vid, pid, file, sizeof(collection->switch_file));
	if (found.configuration >= 0) {
		facts->usbmode = found;
		return;
	}
	found.configuration =
		system_modeswitch(root, vid, pid, file, sizeof(collection->switch_file));
	if (found.configuration >= 0)
		facts->modeswitch = found;
}

/* The chosen port's modem, or the named port's, or any. False: it is not on USB. */
static bool narrow(struct port_filter *filter, const struct conf *conf,
		   const struct probe_result *result)
{
	bool named = strcmp(conf->modem.port, "auto") != 0;
	int index = result ? result->chosen : -1;

	if (index < 0 && named && result && result->count > 0)
		index = 0;
	if (index < 0)
		return !named;
	filter->usb_path = result->ports[index].port.usb_path;
	return *filter->usb_path != '\0';
}

static void look_at_device(struct doctor_collection *collection, const char *root,
			   const struct conf *conf, const struct probe_result *result)
{
	struct doctor_facts *facts = &collection->facts;
	struct port_filter filter = port_filter_configured(conf);
	const struct bind_job *job = &collection->job;

	if (!narrow(&filter, conf, result) || !bind_find(&collection->job, root, &filter, result))
		return;
	take_device(facts, &job->device);
	facts->bind = job->verdict;
	facts->bind_at = job->at;
	if (driver_is_to_move(job->verdict))
		bind_print_commands(job, &collection->bind_commands);
	facts->bind_commands = buf_str(&collection->bind_commands);
	facts->unregistered = system_was_unregistered(root, job->device.path);
	look_at_switches(collection, root);
}

void doctor_collect(struct doctor_collection *collection, const char *root, const struct conf *conf,
		    const struct probe_result *result)
{
	struct doctor_facts *facts = &collection->facts;

	take_conf(facts, conf);
	if (result)
		take_ports(facts, result);
	look_at_device(collection, root, conf, result);
	facts->platform = system_platform(root);
	rfkill_is_blocked(root, &collection->rfkill);
	facts->rfkill = buf_str(&collection->rfkill);
	facts->option = system_module(root, DRIVER_WITH_DTR);
	facts->ppp_async = system_module(root, "ppp_async");
	facts->dev_ppp = system_open(root, "/dev/ppp");
	facts->modemmanager = system_process(root, "ModemManager");
	facts->brltty = system_process(root, "brltty");
	facts->root = geteuid() == 0;
}

void doctor_collect_pppd(struct doctor_collection *collection)
{
	const char *const argv[] = {PPPD_PATH, "--version", NULL};
	struct doctor_facts *facts = &collection->facts;
	struct buf said = BUF_INIT;
	const char *at;

	facts->pppd_there = access(PPPD_PATH, F_OK) == 0;
	if (facts->pppd_there && command_run(argv, VERSION_MS, &said) >= 0) {
		at = strstr(buf_str(&said), "version ");
		if (at && sscanf(at, "version %31[0-9A-Za-z.-]", collection->version) == 1)
			facts->pppd_version = collection->version;
	}
	buf_free(&said);
}
