/* SPDX-License-Identifier: ISC */
/* The modem on USB: its firmware, its interfaces and their drivers. */
#include <string.h>

#include "base/count.h"
#include "doctor/checks.h"
#include "doctor/install.h"

static bool has_device(const struct doctor_facts *facts)
{
	return *facts->device.path != '\0';
}

static bool port_is_named(const struct doctor_facts *facts)
{
	return strcmp(facts->conf.port, "auto") != 0;
}

static bool holds_no_modem(const struct doctor_facts *facts, struct finding *finding)
{
	if (has_device(facts) || port_is_named(facts))
		return false;
	buf_printf(&finding->text, "no modem is on USB, or none that fits the configuration");
	buf_printf(&finding->fix, "lsusb\n"
				  "dmesg | grep -i usb | tail -n 20\n");
	return true;
}

static void put_device(const struct doctor_device *device, struct buf *out)
{
	buf_printf(out, "%s%s%s%s%04x:%04x at USB %s", device->manufacturer,
		   *device->manufacturer ? " " : "", device->product, *device->product ? ", " : "",
		   (unsigned)device->vid, (unsigned)device->pid, device->path);
}

static bool holds_modem(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_device *device = &facts->device;

	if (!has_device(facts))
		return false;
	put_device(device, &finding->text);
	for (size_t i = 0; i < device->count; i++) {
		const struct doctor_interface *at = &device->interfaces[i];

		buf_printf(&finding->evidence, "%s: %s%s%s\n", at->name,
			   *at->driver ? at->driver : "no driver", *at->tty ? ", " : "", at->tty);
	}
	return true;
}

static bool holds_more_modems(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->device_count < 2)
		return false;
	buf_printf(&finding->text,
		   "%zu modems fit the configuration; the first that answers "
		   "is dialed with, and only one is looked at here",
		   facts->device_count);
	return true;
}

static bool holds_blocked(const struct doctor_facts *facts, struct finding *finding)
{
	if (!has_device(facts) || facts->device.authorized != 0)
		return false;
	buf_printf(&finding->text, "the kernel has been told not to use the modem");
	buf_printf(&finding->evidence, "authorized of USB %s is 0\n", facts->device.path);
	buf_printf(&finding->fix, "echo 1 > /sys/bus/usb/devices/%s/authorized\n",
		   facts->device.path);
	return true;
}

static bool holds_configuration(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_device *device = &facts->device;

	if (!has_device(facts) || device->configuration < 2)
		return false;
	buf_printf(&finding->text, "the modem is in USB configuration %d of %d",
		   device->configuration, device->configurations);
	buf_printf(&finding->fix, "echo 1 > /sys/bus/usb/devices/%s/bConfigurationValue\n",
		   device->path);
	return true;
}

static bool holds_firmware(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_device *device = &facts->device;
	const char *what, *loader, *tty = device->interfaces[0].tty;

	if (facts->bind != DRIVER_FIRMWARE)
		return false;
	what = layout_firmware(device->vid, device->pid);
	loader = layout_loader(device->vid, device->pid);
	buf_printf(&finding->text, "the modem waits for its firmware (QDL)");
	if (what)
		buf_printf(&finding->evidence, "it is %s\n", what);
	buf_printf(&finding->evidence, "%04x:%04x with %d interface is a boot loader\n",
		   (unsigned)device->vid, (unsigned)device->pid, device->interface_count);
	if (loader && device->count > 0 && tty && *tty)
		buf_printf(&finding->fix, "%s /dev/%s /lib/firmware/gobi\n", loader, tty);
	return true;
}

/* The first interface, where it is none for AT. With an interrupt endpoint it is a control channel:
 * QMI on a Gobi 2000 or 3000. */
static const struct doctor_interface *find_first(const struct doctor_facts *facts)
{
	const struct doctor_interface *first = &facts->device.interfaces[0];

	return facts->device.count > 0 && first->number == 0 && first->role == LAYOUT_NOT_AT ? first
											     : NULL;
}

static const struct doctor_interface *find_loose(const struct doctor_facts *facts)
{
	const struct doctor_interface *first = find_first(facts);

	return first && !*first->driver ? first : NULL;
}

static const char *kind_of(const struct doctor_interface *interface)
{
	return interface->interrupt_in ? "QMI" : "first";
}

static void put_entry(const struct doctor_facts *facts, const struct doctor_switch *entry,
		      const struct doctor_interface *first, struct buf *out)
{
	buf_printf(out, "%s has %04x:%04x with configuration %d and no message\n", entry->file,
		   (unsigned)facts->device.vid, (unsigned)facts->device.pid, entry->configuration);
	if (facts->device.configuration >= 0)
		buf_printf(out, "the modem is in configuration %d already\n",
			   facts->device.configuration);
	buf_printf(out, "%s has no driver\n", first->name);
	if (facts->unregistered)
		buf_printf(out, "the kernel's log has \"unregister "
				"'qmi_wwan'\", and no disconnect before it\n");
}

static void put_rebind(const struct doctor_interface *first, struct buf *out)
{
	if (first->interrupt_in)
		buf_printf(out,
			   "modprobe qmi_wwan\n"
			   "echo %s > /sys/bus/usb/drivers/qmi_wwan/bind\n",
			   first->name);
}

static bool holds_usbmode(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_interface *first = find_loose(facts);
	unsigned vid = (unsigned)facts->device.vid;
	unsigned pid = (unsigned)facts->device.pid;

	if (!first || !*facts->usbmode.file)
		return false;
	buf_printf(&finding->text, "usbmode has taken the driver from the %s interface %s",
		   kind_of(first), first->name);
	put_entry(facts, &facts->usbmode, first, &finding->evidence);
	buf_printf(&finding->fix, "sed -i 's/\"%04x:%04x\"/\"%04x:%04x-off\"/' %s\n", vid, pid, vid,
		   pid, facts->usbmode.file);
	put_rebind(first, &finding->fix);
	return true;
}

static bool holds_modeswitch(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_interface *first = find_loose(facts);

	if (!first || !*facts->modeswitch.file)
		return false;
	buf_printf(&finding->text,
		   "usb_modeswitch may have taken the driver from the %s interface %s",
		   kind_of(first), first->name);
	put_entry(facts, &facts->modeswitch, first, &finding->evidence);
	buf_printf(&finding->fix, "mv %s %s.off\n", facts->modeswitch.file, facts->modeswitch.file);
	put_rebind(first, &finding->fix);
	return true;
}

static bool holds_qmi_loose(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_interface *first = find_loose(facts);

	if (!first || !first->interrupt_in || *facts->usbmode.file || *facts->modeswitch.file)
		return false;
	buf_printf(&finding->text, "the QMI interface %s has no driver", first->name);
	put_rebind(first, &finding->fix);
	return true;
}

static bool holds_qmi_taken(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_interface *first = find_first(facts);

	if (!first || !first->interrupt_in || strcmp(first->driver, DRIVER_WITH_DTR) != 0)
		return false;
	buf_printf(&finding->text, "the driver " DRIVER_WITH_DTR " holds the QMI interface %s",
		   first->name);
	buf_printf(&finding->fix, "echo %s > /sys/bus/usb/drivers/" DRIVER_WITH_DTR "/unbind\n",
		   first->name);
	put_rebind(first, &finding->fix);
	return true;
}

static bool has_tty(const struct doctor_facts *facts)
{
	for (size_t i = 0; i < facts->device.count; i++)
		if (*facts->device.interfaces[i].tty)
			return true;
	return false;
}

static const char *at_name(const struct doctor_facts *facts)
{
	return facts->device.interfaces[facts->bind_at].name;
}

/* Each command behind two blanks, as probe shows them. */
static void put_bind(const struct doctor_facts *facts, struct finding *finding)
{
	const char *at = facts->bind_commands;

	while (*(at += strspn(at, " "))) {
		size_t len = strcspn(at, "\n");

		buf_printf(&finding->fix, "%.*s\n", (int)len, at);
		at += len + (at[len] == '\n');
	}
	if (facts->option == DOCTOR_MODULE_MISSING || facts->conf.keep)
		finding->mend = DOCTOR_MEND_NONE;
}

static bool holds_unbound(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->bind != DRIVER_UNBOUND || facts->bind_at < 0 || facts->chosen >= 0)
		return false;
	buf_printf(&finding->text, "%s, the interface for AT commands and calls, has no driver",
		   at_name(facts));
	put_bind(facts, finding);
	return true;
}

static bool holds_no_tty(const struct doctor_facts *facts, struct finding *finding)
{
	if (!has_device(facts) || has_tty(facts) || facts->bind_at >= 0 ||
	    facts->bind == DRIVER_FIRMWARE || facts->device.authorized == 0)
		return false;
	buf_printf(&finding->text, "no driver makes a tty of the modem");
	buf_printf(&finding->fix,
		   "modprobe " DRIVER_WITH_DTR "\n"
		   "echo %04x %04x ff > /sys/bus/usb-serial/drivers/option1/new_id\n",
		   (unsigned)facts->device.vid, (unsigned)facts->device.pid);
	return true;
}

static bool holds_no_option(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->option != DOCTOR_MODULE_MISSING || !has_device(facts) || facts->chosen >= 0 ||
	    facts->bind == DRIVER_FIRMWARE)
		return false;
	buf_printf(&finding->text, "this kernel has no driver " DRIVER_WITH_DTR
				   ", which nearly all modems' ttys can be had with");
	doctor_put_install(facts->platform, DOCTOR_PACKAGE_DRIVERS, &finding->fix);
	return true;
}

static bool holds_no_dtr(const struct doctor_facts *facts, struct finding *finding)
{
	const struct doctor_interface *at;

	if (facts->bind != DRIVER_NO_DTR || facts->bind_at < 0)
		return false;
	at = &facts->device.interfaces[facts->bind_at];
	buf_printf(&finding->text, "/dev/%s is silent, and its driver %s cannot raise DTR", at->tty,
		   at->driver);
	buf_printf(&finding->evidence,
		   "%s is held by %s, which refuses to set DTR\n"
		   "/dev/%s was asked AT several times and said nothing\n",
		   at->name, at->driver, at->tty);
	put_bind(facts, finding);
	return true;
}

/* clang-format off */
static const struct check checks[] = {
	{ "no-modem", DOCTOR_PROBLEM, holds_no_modem,
	  "Is it plugged in, has it power, does lsusb show it? A modem behind "
	  "a UART has to be named: modem: { port = \"/dev/ttyS1\"; };",
	  .cause = CAUSE_NO_MODEM },
	{ "modem-found", DOCTOR_OK, holds_modem, NULL },
	{ "more-modems", DOCTOR_NOTE, holds_more_modems,
	  "modem.path, modem.serial or modem.imei say which one is meant." },
	{ "device-blocked", DOCTOR_PROBLEM, holds_blocked,
	  "No driver gets it before somebody allows it again. Programs that "
	  "guard USB do this, and so does a reset that was not ended.",
	  .cause = CAUSE_NO_MODEM },
	{ "other-configuration", DOCTOR_NOTE, holds_configuration,
	  "Modems that have several often speak MBIM in the second, and have "
	  "their ports for AT commands in the first." },
	{ "firmware-missing", DOCTOR_PROBLEM, holds_firmware,
	  "Its boot loader runs and nothing else; any AT would be taken for a "
	  "part of the firmware, so it gets none. The firmware's files are "
	  "to be had from the modem's or the computer's maker only.",
	  .cause = CAUSE_FIRMWARE },
	{ "usbmode-detaches-qmi", DOCTOR_PROBLEM, holds_usbmode,
	  "OpenWrt's usbmode detaches the kernel's driver from the first "
	  "interface before it looks whether there is anything to switch, and "
	  "nobody attaches it again: so wwan0 and cdc-wdm0 come, and vanish "
	  "without a disconnect. It does it at each boot and plug-in while "
	  "the entry is in its list. gobi-dial dials without QMI, and leaves "
	  "the list alone; the commands disable the entry and bring the QMI "
	  "interface back." },
	{ "modeswitch-entry", DOCTOR_NOTE, holds_modeswitch,
	  "Before version 2.5.0 it detached the driver though there was "
	  "nothing to switch. gobi-dial dials without QMI." },
	{ "qmi-unbound", DOCTOR_NOTE, holds_qmi_loose,
	  "gobi-dial dials without it; who wants QMI binds it." },
	{ "qmi-taken", DOCTOR_NOTE, holds_qmi_taken,
	  "option takes any interface that it is offered. QMI cannot be used "
	  "so, and the tty made of it never answers; dialing does not mind." },
	{ "no-option", DOCTOR_PROBLEM, holds_no_option, NULL,
	  .cause = CAUSE_NO_AT_PORT },
	{ "at-unbound", DOCTOR_PROBLEM, holds_unbound,
	  "Without a driver it has no tty. option can take it; the commands "
	  "keep it off the modem's other interfaces where the kernel can. "
	  "run does the same by itself unless modem.driver is \"keep\".",
	  .cause = CAUSE_NO_AT_PORT, .mend = DOCTOR_MEND_BIND },
	{ "no-tty", DOCTOR_PROBLEM, holds_no_tty,
	  "Which of its interfaces is for AT commands is not known, so this "
	  "gives all that are free to option; a QMI interface among them is "
	  "then lost for QMI until the next boot.",
	  .cause = CAUSE_NO_AT_PORT },
	{ "no-dtr", DOCTOR_PROBLEM, holds_no_dtr,
	  "DTR is the line by which a computer says that it is there, and "
	  "many modems are silent without it. qcserial never raises it on "
	  "modems of the Gobi 1000, 2000 and 3000 kind; option does. Only "
	  "this interface has to move. run does it by itself unless "
	  "modem.driver is \"keep\".",
	  .cause = CAUSE_NO_AT_PORT, .mend = DOCTOR_MEND_BIND },
};
/* clang-format on */

const struct check_table checks_device = {checks, COUNT(checks)};
