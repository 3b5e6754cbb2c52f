/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "at/chan.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/rung.h"
#include "io/serial.h"
#include "io/sysfs.h"
#include "io/usb.h"
#include "io/worker.h"
#include "modem/family.h"
#include "modem/stream.h"

#define DTR_LOW_MS   1200
#define GUARD_MS     1100 /* V.250 leaves S12 at 1 s */
#define ANSWER_MS    2000
#define RADIO_OFF_MS 10000
#define RADIO_ON_MS  30000
#define LEAVE_MS     8000 /* from a reset's OK to the port's end */
#define USB_OFF_MS   3000
#define TRIES        3

/* A port and the conversation on it, for a process that may wait. */
struct line {
	struct serial *serial;
	struct at_chan *chan;
};

/* Until SIGTERM at the longest. */
static void pause_ms(int ms)
{
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	while (!worker_got_sigterm() && nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

static void await_bytes(const struct line *line, int ms)
{
	struct pollfd fd = {.fd = serial_fd(line->serial), .events = POLLIN};

	poll(&fd, 1, ms);
}

/* Write and read what can be; a negative errno when the port is gone. */
static int exchange_bytes(struct line *line)
{
	char bytes[1024];
	const char *out;
	ssize_t done;
	size_t len;

	while ((out = at_chan_output(line->chan, &len, clock_now_ms()))) {
		done = serial_write(line->serial, out, len);
		if (done == -EAGAIN)
			break;
		if (done < 0)
			return (int)done;
		at_chan_written(line->chan, (size_t)done, clock_now_ms());
	}
	done = serial_read(line->serial, bytes, sizeof(bytes));
	if (done > 0)
		at_chan_feed(line->chan, bytes, (size_t)done, clock_now_ms());
	return done < 0 && done != -EAGAIN ? (int)done : 0;
}

/* Send the commands in `forms`, | between them, until one is accepted. 0: OK; -EPROTO: all were
 * refused; -ETIMEDOUT; -EIO: the port went away. */
static int command_modem(struct line *line, const char *forms, int timeout_ms)
{
	int error = -EPROTO;
	size_t len;

	for (; *forms && error == -EPROTO; forms += len + (forms[len] == '|')) {
		int64_t end = clock_now_ms() + timeout_ms + ANSWER_MS;
		struct at_event event = {.type = AT_EVENT_NONE};
		struct at_command command = {.prefix = "", .timeout_ms = timeout_ms};
		char text[64];

		len = strcspn(forms, "|");
		snprintf(text, sizeof(text), "%.*s", (int)len, forms);
		command.text = text;
		error = at_chan_send(line->chan, &command);
		while (error == 0 && event.type != AT_EVENT_REPLY && clock_now_ms() < end) {
			error = exchange_bytes(line);
			do
				event = at_chan_next(line->chan, clock_now_ms());
			while (event.type != AT_EVENT_NONE && event.type != AT_EVENT_REPLY);
			if (error == 0 && event.type == AT_EVENT_NONE)
				await_bytes(line, 50);
		}
		if (event.type != AT_EVENT_REPLY)
			error = error < 0 ? error : -ETIMEDOUT;
		else if (event.final.kind != AT_FINAL_OK)
			error = event.final.kind == AT_FINAL_TIMEOUT ? -ETIMEDOUT : -EPROTO;
		else
			error = 0;
	}
	return error;
}

static int greet_modem(struct line *line)
{
	int error = -ETIMEDOUT;

	for (int i = 0; i < TRIES && !worker_got_sigterm() && error != 0 && error != -EIO; i++)
		error = command_modem(line, "AT", ANSWER_MS);
	return worker_got_sigterm() ? -EINTR : error;
}

/* DTR alone is enough where &D2 is set and the driver has it; where not, V.250's S2 and S12 are. */
static int reset_line(struct line *line, const struct rung_job *job)
{
	int error;

	(void)job;
	serial_set_dtr(line->serial, false);
	pause_ms(DTR_LOW_MS);
	serial_set_dtr(line->serial, true);
	pause_ms(GUARD_MS);
	if (serial_write(line->serial, "+++", 3) < 0)
		return -EIO;
	pause_ms(GUARD_MS);
	if (serial_write(line->serial, "ATH\r", 4) < 0)
		return -EIO;
	pause_ms(GUARD_MS / 4);
	error = command_modem(line, "AT", ANSWER_MS);
	if (error == 0 || error == -EIO || worker_got_sigterm())
		return error;
	/* An nRF91 and a SARA-R4 know no +++, and many boards have no wire for DTR. */
	if (serial_write(line->serial, stream_terminate, strlen(stream_terminate)) < 0)
		return -EIO;
	pause_ms(GUARD_MS / 4);
	return greet_modem(line);
}

/* The radio must not be left off: from the first OK on SIGTERM has to wait. */
static int reset_radio(struct line *line, const struct rung_job *job)
{
	int error = greet_modem(line);

	(void)job;
	if (error == 0)
		error = command_modem(line, "AT+CFUN=4|AT+CFUN=0", RADIO_OFF_MS);
	if (error == 0)
		error = command_modem(line, "AT+CFUN=1",
				      worker_got_sigterm() ? ANSWER_MS : RADIO_ON_MS);
	return error;
}

static int reset_modem(struct line *line, const struct rung_job *job)
{
	int error = greet_modem(line);
	char forms[64], bytes[256];
	int64_t end;
	ssize_t len = 0;

	if (error < 0)
		return error;
	snprintf(forms, sizeof(forms), "%s%sAT+CFUN=1,1",
		 job->family->reset ? job->family->reset : "", job->family->reset ? "|" : "");
	error = command_modem(line, forms, RADIO_OFF_MS);
	if (error == -EIO)
		return RUNG_LEFT;
	end = clock_now_ms() + LEAVE_MS;
	while (error == 0 && (len >= 0 || len == -EAGAIN) && clock_now_ms() < end &&
	       !worker_got_sigterm()) {
		await_bytes(line, 100);
		len = serial_read(line->serial, bytes, sizeof(bytes));
	}
	return error == 0 && len < 0 && len != -EAGAIN ? RUNG_LEFT : error;
}

static int reset_usb(const struct port *port)
{
	struct usb_device device;
	char dir[64];
	int error;

	/* Another device may be in its place by now. */
	if (!usb_device_read(&device, "", port->usb_path) || device.vid != port->vid ||
	    device.pid != port->pid)
		return -ENODEV;
	snprintf(dir, sizeof(dir), "/sys/bus/usb/devices/%s", port->usb_path);
	error = sysfs_write(dir, "authorized", "0");
	if (error < 0)
		return error;
	/* SIGTERM shortens the pause only. */
	pause_ms(USB_OFF_MS);
	error = sysfs_write(dir, "authorized", "1");
	return error < 0 ? error : RUNG_LEFT;
}

int rung_do(const void *arg)
{
	static int (*const resets[LADDER_RUNG_COUNT])(struct line * line,
						      const struct rung_job *job) = {
		[LADDER_DTR] = reset_line,
		[LADDER_CFUN] = reset_radio,
		[LADDER_RESET] = reset_modem,
	};
	const struct rung_job *job = arg;
	struct buf holder = BUF_INIT;
	struct line line;
	int result;

	worker_catch_sigterm();
	if (!resets[job->rung]) {
		result = reset_usb(&job->port);
		return result < 0 ? -result : result;
	}
	line.serial = serial_open(job->port.device, &result, &holder);
	buf_free(&holder);
	if (!line.serial)
		return -result;
	line.chan = at_chan_new();
	result = -ENOMEM;
	if (line.chan) {
		at_chan_set_name(line.chan, job->port.device);
		/* It went up for the call only. */
		if (job->port.base > 0)
			serial_set_baud(line.serial, job->port.base);
		at_chan_set_lf(line.chan, job->port.wants_lf);
		serial_set_dtr(line.serial, true);
		result = resets[job->rung](&line, job);
	}
	at_chan_free(line.chan);
	serial_close(line.serial);
	return result < 0 ? -result : result;
}
