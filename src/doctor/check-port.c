/* SPDX-License-Identifier: ISC */
/* The ports: which one answers, and who else has them. */
#include <string.h>

#include "base/count.h"
#include "base/str.h"
#include "conf/conf.h"
#include "doctor/checks.h"
#include "io/holder.h"
#include "io/probe.h"

static bool has_chosen(const struct doctor_facts *facts)
{
	return facts->probe && facts->probe->chosen >= 0;
}

static const struct probed_port *find_port(const struct doctor_facts *facts, enum port_role role)
{
	for (size_t i = 0; facts->probe && i < facts->probe->count; i++)
		if (facts->probe->ports[i].role == role)
			return &facts->probe->ports[i];
	return NULL;
}

static void put_ports(const struct doctor_facts *facts, struct buf *out)
{
	for (size_t i = 0; i < facts->probe->count; i++) {
		const struct probed_port *port = &facts->probe->ports[i];

		buf_printf(out, "%s%s%s: %s%s%s\n", port->port.device,
			   *port->port.driver ? ", " : "", port->port.driver,
			   port_role_name(port->role), *port->reason ? ", " : "", port->reason);
	}
}

static const char *judge_port(const struct doctor_facts *facts, struct finding *finding)
{
	const struct probe_result *probe = facts->probe;
	const struct probed_port *silent;

	if (!probe)
		return NULL;
	if (probe->chosen >= 0) {
		buf_printf(&finding->text, "%s answers AT commands",
			   probe->ports[probe->chosen].port.device);
		put_ports(facts, &finding->evidence);
		return "port-found";
	}
	if (probe->cause == CAUSE_PERMISSION) {
		buf_printf(&finding->text, "the ports may not be opened");
		put_ports(facts, &finding->evidence);
		buf_printf(&finding->fix, "sudo ");
		check_put_command(facts, "doctor", &finding->fix);
		return "ports-denied";
	}
	if (probe->cause == CAUSE_NO_MODEM && strcmp(facts->conf->modem.port, "auto") != 0) {
		buf_printf(&finding->text, "there is no %s, which modem.port names",
			   facts->conf->modem.port);
		return "port-missing";
	}
	if (probe->cause != CAUSE_NO_AT_PORT || probe->count == 0 ||
	    driver_is_to_move(facts->job.verdict) || find_port(facts, PORT_ROLE_PPP))
		return NULL;
	silent = find_port(facts, PORT_ROLE_SILENT);
	put_ports(facts, &finding->evidence);
	if (silent && silent->console) {
		buf_printf(&finding->text, "at the other end of %s is %s", silent->port.device,
			   silent->reason);
		return "line-is-console";
	}
	if (silent && port_is_uart(&silent->port)) {
		buf_printf(&finding->text, "%s behind %s, a %s%s%s",
			   silent->garbled ? "what is" : "no modem answers", silent->port.device,
			   port_uart_kind(&silent->port),
			   silent->garbled ? ", is not understood: " : ": ", silent->reason);
		return silent->garbled ? "line-garbled" : "line-silent";
	}
	buf_printf(&finding->text, "no port answers AT commands");
	return "ports-silent";
}

static const struct probed_port *find_held(const struct doctor_facts *facts, bool by_modemmanager)
{
	if (!facts->probe || has_chosen(facts))
		return NULL;
	for (size_t i = 0; i < facts->probe->count; i++) {
		const struct probed_port *port = &facts->probe->ports[i];

		if (port->role == PORT_ROLE_BUSY &&
		    str_starts(port->holder, "ModemManager") == by_modemmanager)
			return port;
	}
	return NULL;
}

/* ModemManager shall ignore this modem only, and for good; OpenWrt has no udev for that. */
static const char *judge_modemmanager(const struct doctor_facts *facts, struct finding *finding)
{
	const struct probed_port *held = find_held(facts, true);
	struct buf *fix = &finding->fix;

	if (!held && !facts->modemmanager)
		return NULL;
	if (held)
		buf_printf(&finding->text, "%s is held by %s", held->port.device, held->holder);
	else
		buf_printf(&finding->text, "ModemManager is running (pid %d)", facts->modemmanager);
	if (facts->platform == DOCTOR_OPENWRT_OPKG || facts->platform == DOCTOR_OPENWRT_APK)
		buf_printf(fix, "/etc/init.d/modemmanager stop\n"
				"/etc/init.d/modemmanager disable\n");
	else if (!*facts->job.device.path)
		buf_printf(fix, "systemctl stop ModemManager\n");
	else
		buf_printf(fix,
			   "echo 'ACTION!=\"remove\", ATTRS{idVendor}==\"%04x\", "
			   "ATTRS{idProduct}==\"%04x\", ENV{ID_MM_DEVICE_IGNORE}=\"1\"' "
			   ">/etc/udev/rules.d/78-mm-ignore-gobi-dial.rules\n"
			   "udevadm control --reload\n"
			   "udevadm trigger\n"
			   "systemctl restart ModemManager\n",
			   (unsigned)facts->job.device.vid, (unsigned)facts->job.device.pid);
	return held ? "modemmanager-holds-port" : "modemmanager-runs";
}

/* A console and a getty are moved for good, for both are back after a kill. */
static const char *judge_holder(const struct doctor_facts *facts, struct finding *finding)
{
	const struct probed_port *port = find_held(facts, false);
	struct buf *fix = &finding->fix;
	const char *name, *pid;

	if (!port)
		return NULL;
	name = strrchr(port->port.device, '/');
	name = name ? name + 1 : port->port.device;
	pid = strstr(port->holder, "pid ");
	switch (holder_kind(port->holder)) {
	case HOLDER_CONSOLE:
		buf_printf(&finding->text, "%s is %s", port->port.device, port->holder);
		if (*facts->cmdline_file)
			buf_printf(fix,
				   "sed -i -E 's/console=(serial0|%s)(,[^ ]*)? ?//' %s\nreboot\n",
				   name, facts->cmdline_file);
		return "port-is-console";
	case HOLDER_LOGIN:
		buf_printf(&finding->text, "%s on %s waits for logins", port->holder,
			   port->port.device);
		if (facts->platform == DOCTOR_OPENWRT_OPKG || facts->platform == DOCTOR_OPENWRT_APK)
			buf_printf(fix, "sed -i '/^%s:/s/^/#/' /etc/inittab\nreboot\n", name);
		else
			buf_printf(fix, "systemctl mask --now serial-getty@%s.service\n", name);
		return "port-takes-logins";
	case HOLDER_PROGRAM:
		break;
	}
	buf_printf(&finding->text, "%s is held by %s", port->port.device, port->holder);
	if (pid)
		buf_printf(fix, "kill %.*s\n", (int)strspn(pid + 4, "0123456789"), pid + 4);
	return "port-held";
}

static const char *judge_brltty(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->brltty)
		return NULL;
	buf_printf(&finding->text, "brltty is running (pid %d)", facts->brltty);
	buf_printf(&finding->fix, "systemctl mask --now brltty-udev\n");
	return "brltty-runs";
}

static const char *judge_call(const struct doctor_facts *facts, struct finding *finding)
{
	const struct probed_port *port = find_port(facts, PORT_ROLE_PPP);
	const char *path = facts->job.device.path;

	if (!port || has_chosen(facts))
		return NULL;
	buf_printf(&finding->text, "%s is in the middle of a call that was never ended",
		   port->port.device);
	if (*path)
		buf_printf(&finding->fix,
			   "echo 0 > /sys/bus/usb/devices/%s/authorized\n"
			   "echo 1 > /sys/bus/usb/devices/%s/authorized\n",
			   path, path);
	return "port-in-call";
}

/* clang-format off */
static const struct check checks[] = {
	{ "port-found", DOCTOR_OK, judge_port, NULL },
	{ "modemmanager-holds-port", DOCTOR_PROBLEM, judge_modemmanager,
	  "It probes the ports of every modem, and keeps those that it can use. Only one program "
	  "can use a port: the commands make ModemManager ignore this modem.",
	  .cause = CAUSE_BUSY },
	{ "port-held", DOCTOR_PROBLEM, judge_holder,
	  "Only one program can use a port. Stop that one, by its own means if it has any.",
	  .cause = CAUSE_BUSY },
	{ "port-is-console", DOCTOR_PROBLEM, judge_holder,
	  "The kernel writes its messages there, and a login waits: nothing was sent. Take the "
	  "console off that line: console= in the kernel's command line (on a Raspberry Pi in "
	  "/boot/firmware/cmdline.txt, older systems have /boot/cmdline.txt; or by raspi-config, "
	  "Interface Options, Serial Port, without login shell and with hardware), or stdout-path "
	  "in the device tree.",
	  .cause = CAUSE_BUSY },
	{ "port-takes-logins", DOCTOR_PROBLEM, judge_holder,
	  "A modem there would be asked for its name and password, and a kill does not end it for "
	  "long. Nothing was sent. Without systemd it has a line in /etc/inittab.",
	  .cause = CAUSE_BUSY },
	{ "modemmanager-runs", DOCTOR_NOTE, judge_modemmanager,
	  "It holds none of the ports now. When a modem is plugged in it probes all its ports, which "
	  "are busy for half a minute; the commands make it ignore this modem." },
	{ "brltty-runs", DOCTOR_NOTE, judge_brltty,
	  "It looks for braille displays on USB serial ports, and may take a modem's port for one." },
	{ "port-in-call", DOCTOR_PROBLEM, judge_call,
	  "It sends PPP and accepts no commands. Unplugging the modem ends the call, and so do these "
	  "commands.",
	  .cause = CAUSE_NO_AT_PORT },
	{ "ports-denied", DOCTOR_PROBLEM, judge_port, NULL,
	  .cause = CAUSE_PERMISSION },
	{ "port-missing", DOCTOR_PROBLEM, judge_port,
	  "run waits for it. ttyUSB numbers change each time a modem is plugged in; modem.usb, "
	  "modem.path and modem.serial do not.",
	  .cause = CAUSE_NO_MODEM },
	{ "ports-silent", DOCTOR_PROBLEM, judge_port,
	  "A modem is told to dial by AT commands, and one of its ports has to answer them. A modem "
	  "takes up to a minute to start: try again. If it stays silent, cut its power once; after "
	  "a crash nothing else helps.",
	  .cause = CAUSE_NO_AT_PORT },
	{ "line-silent", DOCTOR_PROBLEM, judge_port,
	  "Is the modem switched on? Most wait for a pulse on their power key. Has it ground in "
	  "common with this machine, is its TX on our RX and its RX on our TX? Does it speak at "
	  "3.3 V where this side does? It takes up to a minute to start: try again.",
	  .cause = CAUSE_NO_AT_PORT },
	{ "line-is-console", DOCTOR_PROBLEM, judge_port,
	  "It asks for a login, or takes AT for a command of its own, and has been told no more. Is "
	  "it the right port, and does the cable lead to the modem?",
	  .cause = CAUSE_NO_AT_PORT },
	{ "line-garbled", DOCTOR_PROBLEM, judge_port,
	  "Something speaks, at another rate or with other framing than 8 bits, no parity: give its "
	  "rate as modem.baud. On a Raspberry Pi the rate of ttyS0 follows the core clock: "
	  "enable_uart=1 in config.txt fixes it.",
	  .cause = CAUSE_NO_AT_PORT },
};
/* clang-format on */

const struct check_table checks_port = {checks, COUNT(checks)};
