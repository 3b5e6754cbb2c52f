/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "at/chan.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/revive.h"
#include "io/serial.h"
#include "io/usb.h"
#include "modem/family.h"

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

static volatile sig_atomic_t stopped;

static void on_term(int number)
{
	(void)number;
	stopped = 1;
}

static void pause_ms(int ms)
{
	struct timespec left = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000L};

	while (!stopped && nanosleep(&left, &left) < 0 && errno == EINTR)
		;
}

/* What is there to read and write; -EIO when the port is gone. */
static int converse(struct line *line)
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
	if (done == -EAGAIN)
		return 0;
	if (done < 0)
		return (int)done;
	at_chan_feed(line->chan, bytes, (size_t)done, clock_now_ms());
	return 0;
}

static void await_bytes(const struct line *line, int ms)
{
	struct pollfd fd = {.fd = serial_fd(line->serial), .events = POLLIN};

	poll(&fd, 1, ms);
}

static int outcome_of(const struct at_event *reply)
{
	if (reply->final.kind == AT_FINAL_OK)
		return 0;
	return reply->final.kind == AT_FINAL_TIMEOUT ? -ETIMEDOUT : -EPROTO;
}

/* 0: OK; -EPROTO: refused; -ETIMEDOUT; -EIO: the port went away. */
static int ask(struct line *line, const char *text, int timeout_ms)
{
	struct at_command command = {.text = text, .prefix = "", .timeout_ms = timeout_ms};
	int64_t end = clock_now_ms() + timeout_ms + ANSWER_MS;
	int error = at_chan_send(line->chan, &command);
	struct at_event event;

	while (error == 0 && clock_now_ms() < end) {
		error = converse(line);
		do {
			event = at_chan_next(line->chan, clock_now_ms());
			if (event.type == AT_EVENT_REPLY)
				return outcome_of(&event);
		} while (event.type != AT_EVENT_NONE);
		if (error == 0)
			await_bytes(line, 50);
	}
	return error < 0 ? error : -ETIMEDOUT;
}

/* Forms in turn until one is taken; | stands between them. */
static int ask_one_of(struct line *line, const char *forms, int timeout_ms)
{
	char text[64];
	int error = -EPROTO;
	size_t len;

	for (; *forms && error == -EPROTO; forms += len + (forms[len] == '|')) {
		len = strcspn(forms, "|");
		snprintf(text, sizeof(text), "%.*s", (int)len, forms);
		error = ask(line, text, timeout_ms);
	}
	return error;
}

static int greet(struct line *line)
{
	int error = -ETIMEDOUT;

	for (int i = 0; i < TRIES && !stopped && error != 0 && error != -EIO; i++)
		error = ask(line, "AT", ANSWER_MS);
	return stopped ? -EINTR : error;
}

/* DTR alone is enough where &D2 is set and the driver has it; S2 S12 of V.250 where not. */
static int revive_line(struct line *line, const struct revive_job *job)
{
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
	return greet(line);
}

/* Not to be left off: from the first OK on SIGTERM has to wait. */
static int revive_radio(struct line *line, const struct revive_job *job)
{
	int error = greet(line);

	(void)job;
	if (error == 0)
		error = ask_one_of(line, "AT+CFUN=4|AT+CFUN=0", RADIO_OFF_MS);
	if (error == 0)
		error = ask(line, "AT+CFUN=1", stopped ? ANSWER_MS : RADIO_ON_MS);
	return error;
}

static bool leaves(const struct line *line)
{
	int64_t end = clock_now_ms() + LEAVE_MS;
	char bytes[256];
	ssize_t len = 0;

	while (len >= 0 && clock_now_ms() < end && !stopped) {
		await_bytes(line, 100);
		len = serial_read(line->serial, bytes, sizeof(bytes));
		if (len == -EAGAIN)
			len = 0;
	}
	return len < 0;
}

static int revive_modem(struct line *line, const struct revive_job *job)
{
	int error = greet(line);
	char forms[64];

	if (error < 0)
		return error;
	snprintf(forms, sizeof(forms), "%s%sAT+CFUN=1,1",
		 job->family->reset ? job->family->reset : "", job->family->reset ? "|" : "");
	error = ask_one_of(line, forms, RADIO_OFF_MS);
	if (error == -EIO || (error == 0 && leaves(line)))
		return REVIVE_LEFT;
	return error;
}

static int write_authorized(const struct port *port, const char *value)
{
	char path[PATH_MAX];
	int fd, error = 0;

	snprintf(path, sizeof(path), "/sys/bus/usb/devices/%s/authorized", port->usb_path);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (write(fd, value, 1) < 0)
		error = -errno;
	close(fd);
	return error;
}

/* Somebody else's device may be in its place by now. */
static int revive_usb(const struct port *port)
{
	struct usb_device device;
	int error;

	if (!usb_device_read(&device, "", port->usb_path) || device.vid != port->vid ||
	    device.pid != port->pid)
		return -ENODEV;
	/* On SIGTERM the pause is over, and on it goes. */
	error = write_authorized(port, "0");
	if (error < 0)
		return error;
	pause_ms(USB_OFF_MS);
	error = write_authorized(port, "1");
	return error < 0 ? error : REVIVE_LEFT;
}

static int revive_port(const struct revive_job *job,
		       int (*work)(struct line *line, const struct revive_job *job))
{
	struct buf holder = BUF_INIT;
	struct line line;
	int error;

	line.serial = serial_open(job->port.device, &error, &holder);
	buf_free(&holder);
	if (!line.serial)
		return error;
	line.chan = at_chan_new();
	error = -ENOMEM;
	if (line.chan) {
		at_chan_set_name(line.chan, job->port.device);
		serial_set_dtr(line.serial, true);
		error = work(&line, job);
	}
	at_chan_free(line.chan);
	serial_close(line.serial);
	return error;
}

int revive(const void *arg)
{
	static int (*const works[LADDER_RUNG_COUNT])(struct line * line,
						     const struct revive_job *job) = {
		[LADDER_DTR] = revive_line,
		[LADDER_CFUN] = revive_radio,
		[LADDER_RESET] = revive_modem,
	};
	struct sigaction action = {.sa_handler = on_term};
	const struct revive_job *job = arg;
	int result;

	sigaction(SIGTERM, &action, NULL);
	result = works[job->rung] ? revive_port(job, works[job->rung]) : revive_usb(&job->port);
	return result < 0 ? -result : result;
}
