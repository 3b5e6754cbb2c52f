/* SPDX-License-Identifier: ISC */
/* The ports: which one answers, and who else has them. */
#include <string.h>

#include "base/count.h"
#include "base/str.h"
#include "doctor/checks.h"

#define MODEMMANAGER "ModemManager"

static const struct doctor_port *find_role(const struct doctor_facts *facts, const char *role)
{
	for (size_t i = 0; i < facts->port_count; i++)
		if (strcmp(facts->ports[i].role, role) == 0)
			return &facts->ports[i];
	return NULL;
}

static void put_ports(const struct doctor_facts *facts, struct buf *out)
{
	for (size_t i = 0; i < facts->port_count; i++) {
		const struct doctor_port *port = &facts->ports[i];

		buf_printf(out, "%s%s%s: %s%s%s\n", port->device, *port->driver ? ", " : "",
			   port->driver, port->role, *port->reason ? ", " : "", port->reason);
	}
}

static bool holds_found(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->chosen < 0)
		return false;
	buf_printf(&finding->text, "%s answers AT commands", facts->ports[facts->chosen].device);
	put_ports(facts, &finding->evidence);
	return true;
}

static const struct doctor_port *find_held(const struct doctor_facts *facts, bool by_modemmanager)
{
	if (facts->chosen >= 0)
		return NULL;
	for (size_t i = 0; i < facts->port_count; i++) {
		const struct doctor_port *port = &facts->ports[i];

		if (strcmp(port->role, "busy") == 0 &&
		    str_starts(port->holder, MODEMMANAGER) == by_modemmanager)
			return port;
	}
	return NULL;
}

/* For good, and this modem only; OpenWrt has no udev. */
static void put_modemmanager_fix(const struct doctor_facts *facts, struct buf *out)
{
	if (facts->platform == DOCTOR_OPENWRT_OPKG || facts->platform == DOCTOR_OPENWRT_APK) {
		buf_printf(out, "/etc/init.d/modemmanager stop\n"
				"/etc/init.d/modemmanager disable\n");
		return;
	}
	if (!*facts->device.path) {
		buf_printf(out, "systemctl stop ModemManager\n");
		return;
	}
	buf_printf(out,
		   "echo 'ACTION!=\"remove\", ATTRS{idVendor}==\"%04x\", "
		   "ATTRS{idProduct}==\"%04x\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"' "
		   ">/etc/udev/rules.d/78-mm-ignore-gobi-dial.rules\n"
		   "udevadm control --reload\n"
		   "udevadm trigger\n"
		   "systemctl restart ModemManager\n",
		   (unsigned)facts->device.vid, (unsigned)facts->device.pid);
}

static bool holds_modemmanager(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_port *port = find_held(facts, true);

	if (!port)
		return false;
	buf_printf(&finding->text, "%s is held by %s", port->device, port->holder);
	put_modemmanager_fix(facts, &finding->fix);
	return true;
}

static bool holds_held(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_port *port = find_held(facts, false);
	const char *pid;

	if (!port)
		return false;
	buf_printf(&finding->text, "%s is held by %s", port->device, port->holder);
	pid = strstr(port->holder, "pid ");
	if (pid)
		buf_printf(&finding->fix, "kill %.*s\n", (int)strspn(pid + 4, "0123456789"),
			   pid + 4);
	return true;
}

static bool holds_modemmanager_runs(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->modemmanager || find_held(facts, true))
		return false;
	buf_printf(&finding->text, "ModemManager runs (pid %d)", facts->modemmanager);
	put_modemmanager_fix(facts, &finding->fix);
	return true;
}

static bool holds_brltty(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->brltty)
		return false;
	buf_printf(&finding->text, "brltty runs (pid %d)", facts->brltty);
	buf_printf(&finding->fix, "systemctl mask --now brltty-udev\n");
	return true;
}

static bool holds_in_call(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_port *port = find_role(facts, "ppp");

	if (!port || facts->chosen >= 0)
		return false;
	buf_printf(&finding->text, "%s is in the middle of a call that nobody ended", port->device);
	if (*facts->device.path)
		buf_printf(&finding->fix,
			   "echo 0 > /sys/bus/usb/devices/%s/authorized\n"
			   "echo 1 > /sys/bus/usb/devices/%s/authorized\n",
			   facts->device.path, facts->device.path);
	return true;
}

static bool holds_denied(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->probed || facts->probe_cause != CAUSE_PERMISSION)
		return false;
	buf_printf(&finding->text, "the ports may not be opened");
	put_ports(facts, &finding->evidence);
	buf_printf(&finding->fix, "sudo ");
	check_put_command(facts, "doctor", &finding->fix);
	return true;
}

static bool holds_port_missing(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->probed || facts->probe_cause != CAUSE_NO_MODEM ||
	    strcmp(facts->conf.port, "auto") == 0)
		return false;
	buf_printf(&finding->text, "there is no %s, which modem.port names", facts->conf.port);
	return true;
}

static bool holds_silent(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->probed || facts->probe_cause != CAUSE_NO_AT_PORT || facts->port_count == 0 ||
	    driver_is_to_move(facts->bind) || find_role(facts, "ppp"))
		return false;
	buf_printf(&finding->text, "no port answers AT");
	put_ports(facts, &finding->evidence);
	return true;
}

/* clang-format off */
static const struct check checks[] = {
	{ "port-found", DOCTOR_OK, holds_found, NULL },
	{ "modemmanager-holds-port", DOCTOR_PROBLEM, holds_modemmanager,
	  "It asks every modem's ports, and keeps those that it can use. A "
	  "port has one master: the commands have it leave this modem alone.",
	  .cause = CAUSE_BUSY },
	{ "port-held", DOCTOR_PROBLEM, holds_held,
	  "A port has one master. Stop that program, by its own means if it "
	  "has some.", .cause = CAUSE_BUSY },
	{ "modemmanager-runs", DOCTOR_NOTE, holds_modemmanager_runs,
	  "It holds none of the ports now. When a modem is plugged in it asks "
	  "all ports, which are busy for half a minute; the commands have it "
	  "leave this modem alone." },
	{ "brltty-runs", DOCTOR_NOTE, holds_brltty,
	  "It looks for braille displays on serial ports of USB, and may take "
	  "one of a modem's for such." },
	{ "port-in-call", DOCTOR_PROBLEM, holds_in_call,
	  "It sends PPP and takes no commands. A replug ends it, and so do "
	  "these commands.", .cause = CAUSE_NO_AT_PORT },
	{ "ports-denied", DOCTOR_PROBLEM, holds_denied, NULL,
	  .cause = CAUSE_PERMISSION },
	{ "port-missing", DOCTOR_PROBLEM, holds_port_missing,
	  "run waits for it. ttyUSB numbers change with each plug-in; "
	  "modem.usb, modem.path and modem.serial do not.",
	  .cause = CAUSE_NO_MODEM },
	{ "ports-silent", DOCTOR_PROBLEM, holds_silent,
	  "AT commands are how a modem is told to dial, and one of its ports "
	  "has to answer them. It takes up to a minute to start: try again. "
	  "If it stays so, take its power away once; after a crash nothing "
	  "else helps.",
	  .cause = CAUSE_NO_AT_PORT },
};
/* clang-format on */

const struct check_table checks_port = {checks, COUNT(checks)};
