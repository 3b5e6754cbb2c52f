/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/probe-show.h"
#include "daemon/report.h"
#include "io/holder.h"
#include "io/rebind.h"
#include "io/probe.h"

#define COLUMNS 5
#define GAP     2

void probe_show_json(const struct probe_result *result, struct buf *out)
{
	struct json_object *object = json_object_new_object();
	struct json_object *ports = json_object_new_array();

	json_object_object_add(object, "chosen", NULL);
	if (result->chosen >= 0)
		json_add_text(object, "chosen", result->ports[result->chosen].port.device);
	json_add_text(object, "cause", cause_name(result->cause));
	json_add_number(object, "elapsed_ms", result->elapsed_ms);
	json_add_number(object, "chosen_ms", result->chosen_ms);
	for (size_t i = 0; i < result->count; i++) {
		const struct probed_port *probed = &result->ports[i];
		const struct port *port = &probed->port;
		struct json_object *row = json_object_new_object(), *usb;

		json_add_text(row, "device", port->device);
		json_add_number(row, "interface", port->interface);
		json_add_text(row, "driver", port->driver);
		if (port->usb_path[0] || port->vid >= 0) {
			usb = json_object_new_object();
			json_add_text(usb, "path", port->usb_path);
			json_add_hex4(usb, "vid", port->vid);
			json_add_hex4(usb, "pid", port->pid);
			json_add_text(usb, "manufacturer", port->manufacturer);
			json_add_text(usb, "product", port->product);
			json_add_text(usb, "serial", port->serial);
			json_object_object_add(row, "usb", usb);
		}
		json_add_text(row, "role", port_role_name(probed->role));
		json_add_number(row, "answer_ms", probed->answer_ms);
		json_add_number(row, "baud", port->baud > 0 ? port->baud : -1);
		json_add_text(row, "holder", probed->holder);
		json_add_text(row, "reason", probed->reason);
		json_object_array_add(ports, row);
	}
	json_object_object_add(object, "ports", ports);
	buf_printf(out, "%s\n", json_object_to_json_string_ext(object, JSON_LINE));
	json_object_put(object);
}

static void put_port_text(const char *text, struct buf *out)
{
	str_print_safe(out, *text ? text : "-", *text ? strlen(text) : 1);
}

/* The header if `port` is NULL. */
static void put_cell(const struct probed_port *port, int column, struct buf *out)
{
	static const char *const heads[COLUMNS] = {"DEVICE", "INTERFACE", "DRIVER", "ROLE",
						   "ANSWER"};

	buf_clear(out);
	if (!port) {
		buf_printf(out, "%s", heads[column]);
	} else if (column == 0) {
		put_port_text(port->port.device, out);
	} else if (column == 1 && port->port.interface < 0) {
		buf_printf(out, "-");
	} else if (column == 1) {
		buf_printf(out, "%s%sif%d", port->port.usb_path, port->port.usb_path[0] ? " " : "",
			   port->port.interface);
	} else if (column == 2) {
		put_port_text(port->port.driver, out);
	} else if (column == 3) {
		put_port_text(port_role_name(port->role), out);
	} else {
		if (port->role == PORT_ROLE_BUSY)
			buf_printf(out, "held by %s", port->holder);
		else if (port->answer_ms >= 0)
			buf_printf(out, "%d ms%s", port->answer_ms, port->reason[0] ? ", " : "");
		else if (!port->reason[0])
			buf_printf(out, "-");
		str_print_safe(out, port->reason, strlen(port->reason));
	}
}

static void put_row(const struct probed_port *port, const size_t *widths, struct buf *out)
{
	struct buf cell = BUF_INIT;

	for (int i = 0; i < COLUMNS; i++) {
		put_cell(port, i, &cell);
		buf_printf(out, "%s%*s", buf_str(&cell),
			   i < COLUMNS - 1 ? (int)(widths[i] + GAP - cell.len) : 0, "");
	}
	buf_printf(out, "\n");
	buf_free(&cell);
}

static void put_table(const struct probe_result *result, struct buf *out)
{
	size_t widths[COLUMNS];
	struct buf cell = BUF_INIT;

	for (int column = 0; column < COLUMNS; column++) {
		put_cell(NULL, column, &cell);
		widths[column] = cell.len;
		for (size_t i = 0; i < result->count; i++) {
			put_cell(&result->ports[i], column, &cell);
			if (cell.len > widths[column])
				widths[column] = cell.len;
		}
	}
	buf_free(&cell);
	put_row(NULL, widths, out);
	for (size_t i = 0; i < result->count; i++)
		put_row(&result->ports[i], widths, out);
}

/* Of the ports with that role, the one that most likely takes calls. */
static const struct probed_port *find_port_of_role(const struct probe_result *result,
						   enum port_role role)
{
	const struct probed_port *best = NULL;

	for (size_t i = 0; i < result->count; i++)
		if (result->ports[i].role == role && (!best || result->ports[i].hint < best->hint))
			best = &result->ports[i];
	return best;
}

static const char *explain_choice(const struct probe_result *result,
				  const struct probed_port *chosen)
{
	size_t count = 0;

	for (size_t i = 0; i < result->count; i++)
		count += result->ports[i].role == PORT_ROLE_AT;
	if (count == 1)
		return "no other port answers as a modem";
	if (chosen->hint == LAYOUT_DATA)
		return "its interface is this modem's interface for calls";
	if (chosen->hint == LAYOUT_LIKELY)
		return "it has an interrupt endpoint, as ports for calls have";
	return "it is the first of those that answer";
}

/* A UART's silence has more reasons than that of a modem on USB. */
static void advise_on_line(const struct probe_result *result, struct buf *out)
{
	const struct probed_port *port = find_port_of_role(result, PORT_ROLE_SILENT);

	if (!port || !port_is_uart(&port->port)) {
		buf_printf(out, "A modem takes up to a minute to start: try again.\n");
		return;
	}
	if (port->console) {
		buf_printf(out,
			   "At the other end of %s is %s:\n"
			   "is it the right port, and does the cable lead to the modem?\n",
			   port->port.device, port->reason);
		return;
	}
	buf_printf(out, "%s is a %s; the modem is behind it.\n", port->port.device,
		   port_uart_kind(&port->port));
	if (port->garbled)
		buf_printf(out,
			   "Something speaks there, at another rate or with other framing than 8 "
			   "bits, no parity:\ngive its rate as modem.baud.\n");
	else
		buf_printf(
			out,
			"Is it switched on (power key), has it ground, is its TX on our RX and its "
			"RX on\nour TX? A modem takes up to a minute to start: try again.\n");
}

static void advise_on_silence(const struct probe_result *result, struct buf *out)
{
	const struct probed_port *port = find_port_of_role(result, PORT_ROLE_NO_DTR);

	if (port) {
		buf_printf(out,
			   "%s is silent, and its driver %s cannot raise DTR, which many modems "
			   "wait for.\n",
			   port->port.device, port->port.driver);
		return;
	}
	port = find_port_of_role(result, PORT_ROLE_PPP);
	if (port) {
		buf_printf(out,
			   "%s is in the middle of a call that nothing ended; unplug the modem and "
			   "plug it in again.\n",
			   port->port.device);
		return;
	}
	port = find_port_of_role(result, PORT_ROLE_AT_SECONDARY);
	if (port)
		buf_printf(out, "%s answers AT, but it %s.\n", port->port.device, port->reason);
	else
		advise_on_line(result, out);
}

/* A console or a login is not stopped, but moved; neither has got a byte of ours. */
static void advise_on_holder(const struct probed_port *busy, struct buf *out)
{
	const char *device = busy->port.device, *name = strrchr(device, '/');

	name = name ? name + 1 : device;
	switch (holder_kind(busy->holder)) {
	case HOLDER_CONSOLE:
		buf_printf(out,
			   "%s is %s: nothing was sent.\n"
			   "Take console=%s out of the kernel's command line and start again: on a "
			   "Raspberry Pi that is\n/boot/firmware/cmdline.txt (older: "
			   "/boot/cmdline.txt), where it may be called serial0, or\nraspi-config, "
			   "Interface Options, Serial Port: no login shell, hardware enabled.\n",
			   device, busy->holder, name);
		break;
	case HOLDER_LOGIN:
		buf_printf(out,
			   "%s takes logins on %s: nothing was sent. To have the port for a "
			   "modem:\n  systemctl mask --now serial-getty@%s.service\nor, without "
			   "systemd, its line in /etc/inittab.\n",
			   busy->holder, device, name);
		break;
	case HOLDER_PROGRAM:
		buf_printf(out, "%s is held by %s: stop that first.\n", device, busy->holder);
		break;
	}
}

static void advise_user(const struct probe_result *result, const struct rebind_job *job,
			struct buf *out)
{
	const struct probed_port *busy = find_port_of_role(result, PORT_ROLE_BUSY);
	const struct probed_port *failed = find_port_of_role(result, PORT_ROLE_ERROR);
	struct buf stick = BUF_INIT;

	if (job && driver_is_to_move(job->verdict)) {
		buf_printf(out,
			   "Interface %s of %04x:%04x is the one for calls, but %s.\n"
			   "The driver " DRIVER_WITH_DTR " raises DTR, and \"run\" gives it this "
			   "interface by itself, unless\nmodem.driver is \"keep\". By hand, until "
			   "the next boot:\n",
			   rebind_interface_name(job), (unsigned)job->device.vid,
			   (unsigned)job->device.pid, driver_verdict_text(job->verdict));
		rebind_print_commands(job, out);
		return;
	}
	switch (result->cause) {
	case CAUSE_NO_MODEM:
		report_stick("", &stick);
		if (stick.len > 0)
			buf_printf(out, "%s.\n", buf_str(&stick));
		else if (failed)
			buf_printf(out, "Is it plugged in, and is the name right?\n");
		else
			buf_printf(out, "No modem's tty matches the configuration. Run lsusb and "
					"dmesg to see what the kernel made of the modem.\n");
		buf_free(&stick);
		break;
	case CAUSE_NO_AT_PORT:
		advise_on_silence(result, out);
		break;
	case CAUSE_BUSY:
		advise_on_holder(busy, out);
		break;
	case CAUSE_FIRMWARE:
		buf_printf(out, "Only its boot loader is running");
		if (job && job->verdict == DRIVER_FIRMWARE)
			buf_printf(out, ", and nothing is sent to that. %s (%04x:%04x) is %s",
				   job->device.path, (unsigned)job->device.vid,
				   (unsigned)job->device.pid,
				   layout_firmware(job->device.vid, job->device.pid));
		buf_printf(out, ".\n");
		break;
	case CAUSE_INTERNAL:
		if (failed)
			buf_printf(out, "%s: %s.\n", failed->port.device, failed->reason);
		break;
	case CAUSE_PERMISSION:
		buf_printf(out, "Run it as root, or as a member of the group that owns the ttys "
				"(dialout on Debian).\n");
		break;
	default:
		break;
	}
}

void probe_show(const struct probe_result *result, const struct rebind_job *job, struct buf *out)
{
	const struct probed_port *chosen;
	char cause[128];

	if (result->count > 0)
		put_table(result, out);
	if (result->chosen >= 0) {
		chosen = &result->ports[result->chosen];
		buf_printf(out, "\n%s is the port to dial on: %s.\n", chosen->port.device,
			   explain_choice(result, chosen));
		return;
	}
	str_copy(cause, sizeof(cause), cause_text(result->cause));
	if (cause[0] >= 'a' && cause[0] <= 'z')
		cause[0] = (char)(cause[0] - 'a' + 'A');
	buf_printf(out, "%s%s. ", result->count > 0 ? "\n" : "", cause);
	advise_user(result, job, out);
}
