/* SPDX-License-Identifier: ISC */
/* The modem on USB: its firmware, its interfaces and their drivers. */
#include <string.h>

#include "base/count.h"
#include "conf/conf.h"
#include "doctor/checks.h"
#include "io/probe.h"

static bool has_answer(const struct doctor_facts *facts)
{
	return facts->probe && facts->probe->chosen >= 0;
}

static void name_device(const struct usb_device *device, struct buf *out)
{
	buf_printf(out, "%s%s%s%s%04x:%04x at USB %s", device->manufacturer,
		   *device->manufacturer ? " " : "", device->product, *device->product ? ", " : "",
		   (unsigned)device->vid, (unsigned)device->pid, device->path);
}

static const char *judge_device(const struct doctor_facts *facts, struct finding *finding)
{
	const struct usb_device *device = &facts->job.device;
	const struct probe_result *probe = facts->probe;
	size_t index = probe && probe->chosen >= 0 ? (size_t)probe->chosen : 0;

	if (!*device->path) {
		if (facts->stick != STICK_NONE || strcmp(facts->conf->modem.port, "auto") != 0)
			return NULL;
		buf_printf(&finding->text,
			   "there is no modem on USB, or none that matches the configuration");
		buf_printf(&finding->fix, "lsusb\n"
					  "dmesg | grep -i usb | tail -n 20\n");
		return "no-modem";
	}
	name_device(device, &finding->text);
	for (size_t i = 0; i < device->count; i++) {
		const struct usb_interface *at = &device->interfaces[i];

		buf_printf(&finding->evidence, "%s: %s%s%s\n", at->name,
			   *at->driver ? at->driver : "no driver", at->tty_count ? ", " : "",
			   at->tty_count ? at->ttys[0] : "");
	}
	/* A bridge is not the modem, and its port has to be named. */
	if (!probe || index >= probe->count || !port_is_uart(&probe->ports[index].port))
		return "modem-found";
	buf_printf(&finding->text, ", a USB-UART bridge; the modem is behind it");
	return "bridge-found";
}

static const char *judge_stick(const struct doctor_facts *facts, struct finding *finding)
{
	const struct usb_device *device = &facts->stick_device;
	const char *net = "";

	if (facts->stick == STICK_NONE)
		return NULL;
	name_device(device, &finding->text);
	buf_printf(&finding->text, " is %s", stick_text(facts->stick));
	for (size_t i = 0; i < device->count; i++) {
		const struct usb_interface *at = &device->interfaces[i];

		buf_printf(&finding->evidence, "%s: class %02x/%02x/%02x, %s%s%s\n", at->name,
			   (unsigned)at->class, (unsigned)at->subclass, (unsigned)at->protocol,
			   *at->driver ? at->driver : "no driver", *at->net ? ", " : "", at->net);
		net = *at->net ? at->net : net;
	}
	if (facts->stick == STICK_DISK) {
		check_put_install(facts->platform, CHECK_PACKAGE_SWITCH, &finding->fix);
		return "stick-is-disk";
	}
	if (facts->platform == DOCTOR_OPENWRT_OPKG || facts->platform == DOCTOR_OPENWRT_APK)
		buf_printf(&finding->fix,
			   "uci set network.stick=interface\n"
			   "uci set network.stick.proto=dhcp\n"
			   "uci set network.stick.device=%s\n"
			   "uci commit network\n"
			   "/etc/init.d/network reload\n",
			   *net ? net : "eth1");
	else
		buf_printf(&finding->fix, "dhclient %s\n", *net ? net : "eth1");
	return "stick-is-router";
}

/* Only where no modem is found; whoever has one does not want to hear of the others. */
static const char *judge_others(const struct doctor_facts *facts, struct finding *finding)
{
	const struct probe_result *probe = facts->probe;
	size_t others = 0;

	for (size_t i = 0; probe && !*facts->job.device.path && i < probe->count; i++) {
		const struct probed_port *port = &probe->ports[i];

		if (port->role != PORT_ROLE_OTHER)
			continue;
		buf_printf(&finding->evidence, "%s", port->port.device);
		if (port->port.vid >= 0)
			buf_printf(&finding->evidence, " (%04x:%04x %s)", (unsigned)port->port.vid,
				   (unsigned)port->port.pid, port->port.product);
		buf_printf(&finding->evidence, ": %s\n", port->reason);
		if (others++ == 0)
			buf_printf(&finding->fix, "echo 'modem: { port = \"%s\"; };' >> %s\n",
				   port->port.device, facts->conf_path);
	}
	if (others == 0)
		return NULL;
	buf_printf(&finding->text,
		   "%zu tty%s on USB %s not known to be a modem's, and %s not asked", others,
		   others > 1 ? "s" : "", others > 1 ? "are" : "is", others > 1 ? "were" : "was");
	return "other-ttys";
}

static const char *judge_number(const struct doctor_facts *facts, struct finding *finding)
{
	const struct probe_result *probe = facts->probe;
	size_t modems = 0;

	for (size_t i = 0; probe && i < probe->count; i++) {
		const char *path = probe->ports[i].port.usb_path;
		bool is_first = *path != '\0' && probe->ports[i].role != PORT_ROLE_OTHER;

		for (size_t j = 0; j < i && is_first; j++)
			is_first = strcmp(probe->ports[j].port.usb_path, path) != 0;
		modems += is_first;
	}
	if (modems < 2)
		return NULL;
	buf_printf(&finding->text,
		   "%zu modems match the configuration; the first that answers is used, and only "
		   "one is examined here",
		   modems);
	return "more-modems";
}

static const char *judge_authorized(const struct doctor_facts *facts, struct finding *finding)
{
	const char *path = facts->job.device.path;

	if (!*path || facts->job.device.authorized != 0)
		return NULL;
	buf_printf(&finding->text, "the kernel was told not to use the modem");
	buf_printf(&finding->evidence, "authorized of USB %s is 0\n", path);
	buf_printf(&finding->fix, "echo 1 > /sys/bus/usb/devices/%s/authorized\n", path);
	return "device-blocked";
}

static const char *judge_configuration(const struct doctor_facts *facts, struct finding *finding)
{
	const struct usb_device *device = &facts->job.device;

	if (!*device->path || device->configuration < 2)
		return NULL;
	buf_printf(&finding->text, "the modem is in USB configuration %d of %d",
		   device->configuration, device->configurations);
	buf_printf(&finding->fix, "echo 1 > /sys/bus/usb/devices/%s/bConfigurationValue\n",
		   device->path);
	return "other-configuration";
}

static const char *judge_firmware(const struct doctor_facts *facts, struct finding *finding)
{
	const struct usb_device *device = &facts->job.device;
	const char *what = layout_firmware(device->vid, device->pid);
	const char *loader = layout_loader(device->vid, device->pid);

	if (facts->job.verdict != DRIVER_FIRMWARE)
		return NULL;
	buf_printf(&finding->text, "the modem waits for its firmware (QDL)");
	if (what)
		buf_printf(&finding->evidence, "it is %s\n", what);
	buf_printf(&finding->evidence, "%04x:%04x with %d interface is a boot loader\n",
		   (unsigned)device->vid, (unsigned)device->pid, device->interface_count);
	if (loader && device->count > 0 && device->interfaces[0].tty_count > 0)
		buf_printf(&finding->fix, "%s /dev/%s /lib/firmware/gobi\n", loader,
			   device->interfaces[0].ttys[0]);
	return "firmware-missing";
}

static void put_switch(const struct doctor_facts *facts, const struct doctor_switch *entry,
		       struct buf *out)
{
	const struct usb_device *device = &facts->job.device;

	buf_printf(out, "%s has %04x:%04x with configuration %d and no message\n", entry->file,
		   (unsigned)device->vid, (unsigned)device->pid, entry->configuration);
	if (device->configuration >= 0)
		buf_printf(out, "the modem is in configuration %d already\n",
			   device->configuration);
	buf_printf(out, "%s has no driver\n", device->interfaces[0].name);
	if (facts->unregistered)
		buf_printf(out, "the kernel's log has \"unregister 'qmi_wwan'\", and no disconnect "
				"before it\n");
}

/* The first interface, where it is not one for AT commands. With an interrupt endpoint it is a
 * control channel: QMI on a Gobi 2000 or 3000. */
static const char *judge_qmi(const struct doctor_facts *facts, struct finding *finding)
{
	const struct usb_device *device = &facts->job.device;
	const struct usb_interface *first = &device->interfaces[0];
	struct layout_interface layout = usb_layout(device, first);
	unsigned vid = (unsigned)device->vid, pid = (unsigned)device->pid;
	bool is_qmi = first->interrupt_in == 1, is_loose = !*first->driver;
	const char *kind = is_qmi ? "QMI" : "first", *code;

	if (device->count == 0 || first->number != 0 || layout_role(&layout) != LAYOUT_NOT_AT)
		return NULL;
	if (is_loose && *facts->usbmode.file) {
		buf_printf(&finding->text, "usbmode has taken the driver from the %s interface %s",
			   kind, first->name);
		put_switch(facts, &facts->usbmode, &finding->evidence);
		buf_printf(&finding->fix, "sed -i 's/\"%04x:%04x\"/\"%04x:%04x-off\"/' %s\n", vid,
			   pid, vid, pid, facts->usbmode.file);
		code = "usbmode-detaches-qmi";
	} else if (is_loose && *facts->modeswitch.file) {
		buf_printf(&finding->text,
			   "usb_modeswitch may have taken the driver from the %s interface %s",
			   kind, first->name);
		put_switch(facts, &facts->modeswitch, &finding->evidence);
		buf_printf(&finding->fix, "mv %s %s.off\n", facts->modeswitch.file,
			   facts->modeswitch.file);
		code = "modeswitch-entry";
	} else if (is_loose && is_qmi) {
		buf_printf(&finding->text, "the QMI interface %s has no driver", first->name);
		code = "qmi-unbound";
	} else if (is_qmi && strcmp(first->driver, DRIVER_WITH_DTR) == 0) {
		buf_printf(&finding->text,
			   "the driver " DRIVER_WITH_DTR " holds the QMI interface %s",
			   first->name);
		buf_printf(&finding->fix,
			   "echo %s > /sys/bus/usb/drivers/" DRIVER_WITH_DTR "/unbind\n",
			   first->name);
		code = "qmi-taken";
	} else {
		return NULL;
	}
	if (is_qmi)
		buf_printf(&finding->fix,
			   "modprobe qmi_wwan\n"
			   "echo %s > /sys/bus/usb/drivers/qmi_wwan/bind\n",
			   first->name);
	return code;
}

static const char *judge_option(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->option != DOCTOR_MODULE_MISSING || !*facts->job.device.path ||
	    has_answer(facts) || facts->job.verdict == DRIVER_FIRMWARE)
		return NULL;
	buf_printf(&finding->text, "this kernel has no driver " DRIVER_WITH_DTR
				   ", which provides the ttys of nearly all modems");
	check_put_install(facts->platform, CHECK_PACKAGE_DRIVERS, &finding->fix);
	return "no-option";
}

/* The commands come behind two blanks each, as probe shows them. */
static void put_bind(const struct doctor_facts *facts, struct finding *finding)
{
	const char *at = buf_str(&facts->bind_commands);

	while (*(at += strspn(at, " "))) {
		size_t len = strcspn(at, "\n");

		buf_printf(&finding->fix, "%.*s\n", (int)len, at);
		at += len + (at[len] == '\n');
	}
	if (facts->option == DOCTOR_MODULE_MISSING ||
	    strcmp(facts->conf->modem.driver, "keep") == 0)
		finding->mend = DOCTOR_MEND_NONE;
}

static const char *judge_driver(const struct doctor_facts *facts, struct finding *finding)
{
	const struct usb_device *device = &facts->job.device;
	enum driver_verdict verdict = facts->job.verdict;
	const struct usb_interface *at =
		facts->job.at >= 0 ? &device->interfaces[facts->job.at] : NULL;

	if (at && verdict == DRIVER_NO_DTR) {
		const char *tty = at->tty_count ? at->ttys[0] : "";

		buf_printf(&finding->text, "/dev/%s is silent, and its driver %s cannot raise DTR",
			   tty, at->driver);
		buf_printf(&finding->evidence,
			   "%s is held by %s, which refuses to set DTR\n"
			   "/dev/%s was sent AT several times and did not answer\n",
			   at->name, at->driver, tty);
		put_bind(facts, finding);
		return "no-dtr";
	}
	if (at && verdict == DRIVER_UNBOUND && !has_answer(facts)) {
		buf_printf(&finding->text,
			   "%s, the interface for AT commands and calls, has no driver", at->name);
		put_bind(facts, finding);
		return "at-unbound";
	}
	if (!*device->path || at || verdict == DRIVER_FIRMWARE || device->authorized == 0)
		return NULL;
	for (size_t i = 0; i < device->count; i++)
		if (device->interfaces[i].tty_count > 0)
			return NULL;
	buf_printf(&finding->text, "no driver makes a tty of the modem");
	buf_printf(&finding->fix,
		   "modprobe " DRIVER_WITH_DTR "\n"
		   "echo %04x %04x ff > /sys/bus/usb-serial/drivers/option1/new_id\n",
		   (unsigned)device->vid, (unsigned)device->pid);
	return "no-tty";
}

/* clang-format off */
static const struct check checks[] = {
	{ "no-modem", DOCTOR_PROBLEM, judge_device,
	  "Is it plugged in, does it have power, does lsusb show it? A modem on a UART has to be "
	  "named: modem: { port = \"/dev/ttyS1\"; };",
	  .cause = CAUSE_NO_MODEM },
	{ "stick-is-disk", DOCTOR_PROBLEM, judge_stick,
	  "Install what switches it, and plug it in again. A modem's own AT command, which its maker "
	  "describes, often turns the disk off for good.",
	  .cause = CAUSE_NO_MODEM },
	{ "stick-is-router", DOCTOR_PROBLEM, judge_stick,
	  "It dials by itself (\"HiLink\") and is set up on a page of its own, mostly "
	  "http://192.168.8.1/ or http://192.168.0.1/. gobi-dial is not needed for it.",
	  .cause = CAUSE_NO_MODEM },
	{ "other-ttys", DOCTOR_NOTE, judge_others,
	  "Opening a tty resets some devices, so only modems' are opened unasked. If a modem is "
	  "behind this one, or is this one, name it; a modem on USB is better named by modem.usb." },
	{ "modem-found", DOCTOR_OK, judge_device, NULL },
	{ "bridge-found", DOCTOR_OK, judge_device, NULL },
	{ "more-modems", DOCTOR_NOTE, judge_number,
	  "Choose one by modem.path, modem.serial or modem.imei." },
	{ "device-blocked", DOCTOR_PROBLEM, judge_authorized,
	  "No driver gets it until it is allowed again. Programs that guard USB do this, and so does "
	  "a reset that did not finish.",
	  .cause = CAUSE_NO_MODEM },
	{ "other-configuration", DOCTOR_NOTE, judge_configuration,
	  "Modems with several configurations often speak MBIM in the second, and have their ports "
	  "for AT commands in the first." },
	{ "firmware-missing", DOCTOR_PROBLEM, judge_firmware,
	  "Only its boot loader runs, which would take an AT for a part of the firmware, so it is "
	  "sent nothing. Only the maker of the modem or of the computer has the firmware files.",
	  .cause = CAUSE_FIRMWARE },
	{ "usbmode-detaches-qmi", DOCTOR_PROBLEM, judge_qmi,
	  "OpenWrt's usbmode detaches the kernel's driver from the first interface before it checks "
	  "whether there is anything to switch, and does not attach it again: so wwan0 and cdc-wdm0 "
	  "appear, and vanish without a disconnect. It does so at each boot and plug-in while the "
	  "entry is in its list. gobi-dial dials without QMI, and does not touch the list; the "
	  "commands disable the entry and bring the QMI interface back." },
	{ "modeswitch-entry", DOCTOR_NOTE, judge_qmi,
	  "Before version 2.5.0 it detached the driver even with nothing to switch. gobi-dial dials "
	  "without QMI." },
	{ "qmi-unbound", DOCTOR_NOTE, judge_qmi,
	  "gobi-dial dials without it; bind it if you want QMI." },
	{ "qmi-taken", DOCTOR_NOTE, judge_qmi,
	  "option takes any interface that it is offered. QMI cannot be used then, and the tty made "
	  "of it never answers; dialing is not affected." },
	{ "no-option", DOCTOR_PROBLEM, judge_option, NULL,
	  .cause = CAUSE_NO_AT_PORT },
	{ "at-unbound", DOCTOR_PROBLEM, judge_driver,
	  "Without a driver it has no tty. option can take it; the commands keep option off the "
	  "modem's other interfaces where the kernel can. run does the same by itself unless "
	  "modem.driver is \"keep\".",
	  .cause = CAUSE_NO_AT_PORT, .mend = DOCTOR_MEND_BIND },
	{ "no-tty", DOCTOR_PROBLEM, judge_driver,
	  "It is not known which of its interfaces is for AT commands, so this gives all free ones to "
	  "option; a QMI interface among them cannot be used for QMI until the next boot.",
	  .cause = CAUSE_NO_AT_PORT },
	{ "no-dtr", DOCTOR_PROBLEM, judge_driver,
	  "DTR is the line by which a computer says that it is there, and many modems are silent "
	  "without it. qcserial never raises it on modems of the Gobi 1000, 2000 and 3000 kind; "
	  "option does. Only this interface has to move. run does this by itself unless "
	  "modem.driver is \"keep\".",
	  .cause = CAUSE_NO_AT_PORT, .mend = DOCTOR_MEND_BIND },
};
/* clang-format on */

const struct check_table checks_device = {checks, COUNT(checks)};
