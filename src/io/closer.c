/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "at/cmux.h"
#include "base/log.h"
#include "base/str.h"
#include "io/clock.h"
#include "io/closer.h"
#include "io/serial.h"

#define FAREWELL_MS 500  /* for the answer to CLD */
#define HUNG_MS     1000 /* to open and close takes milliseconds */
#define PUT_BACK_MS 700

/* What the closing child is given. */
struct closing {
	struct serial *serial;
	bool muxed;
	int gate; /* reads end of file once the parent has closed the port */
};

static int drop_dtr(const void *serial)
{
	serial_set_dtr((struct serial *)serial, false);
	return 0;
}

void closer_hang_up(struct closer *closer, struct ev_loop *loop, struct serial *serial)
{
	const struct worker_task task = {
		.work = drop_dtr, .arg = serial, .keep = {serial_fd(serial)}};

	if (!worker_is_busy(&closer->hanging_up) &&
	    worker_start(&closer->hanging_up, loop, &task) < 0)
		serial_set_dtr(serial, false);
}

/* Have the modem go back to its own rate, which the next program at this port expects. What it does
 * not hear now is found again by the next search. */
static void put_rate_back(struct serial *serial)
{
	const struct serial_state state = serial_state(serial);
	char command[32], bytes[64], heard[512] = "";
	struct pollfd port = {.fd = serial_fd(serial), .events = POLLIN};
	int len = snprintf(command, sizeof(command), "AT+IPR=%d\r", state.put_back);
	int64_t end = clock_now_ms() + PUT_BACK_MS;
	size_t have = 0;

	if (serial_write(serial, command, (size_t)len) != len)
		return;
	while (!strstr(heard, "OK") && clock_now_ms() < end && !worker_got_sigterm()) {
		ssize_t got = 0;

		if (poll(&port, 1, (int)(end - clock_now_ms())) > 0)
			got = serial_read(serial, bytes, sizeof(bytes));
		if (got < 0 && got != -EAGAIN)
			return;
		for (ssize_t i = 0; i < got && have < sizeof(heard) - 1; i++)
			if (bytes[i])
				heard[have++] = bytes[i];
	}
	log_debug("%s: %s%s", serial_device(serial), command,
		  strstr(heard, "OK") ? "" : " was not answered");
}

/* What the modem was still to get is of no use any more, and would only delay this. */
static void leave_multiplexer(struct serial *serial)
{
	struct pollfd fd = {.fd = serial_fd(serial), .events = POLLIN};
	int64_t until = clock_now_ms() + FAREWELL_MS, left;
	char bytes[CMUX_FAREWELL_MAX], heard[512];
	size_t have = 0;
	ssize_t len;

	tcflush(serial_fd(serial), TCIOFLUSH);
	serial_write(serial, bytes, cmux_farewell(bytes, 1));
	while ((left = until - clock_now_ms()) > 0 && !worker_got_sigterm() &&
	       !cmux_is_farewell(heard, have)) {
		if (poll(&fd, 1, (int)left) <= 0)
			continue;
		/* The call may go on for a moment: only the end of it all counts. */
		if (have == sizeof(heard)) {
			have /= 2;
			memmove(heard, heard + have, have);
		}
		len = serial_read(serial, heard + have, sizeof(heard) - have);
		if (len < 0 && len != -EAGAIN)
			return;
		have += len > 0 ? (size_t)len : 0;
	}
}

static int close_after_parent(const void *arg)
{
	const struct closing *closing = arg;
	char device[PATH_MAX], byte;
	int64_t since, took;
	int fd;

	worker_catch_sigterm();
	str_copy(device, sizeof(device), serial_device(closing->serial));
	/* The last close is the one that waits, and it has to be this one. */
	while (read(closing->gate, &byte, 1) < 0 && !worker_got_sigterm())
		;
	if (closing->muxed)
		leave_multiplexer(closing->serial);
	if (serial_state(closing->serial).put_back > 0 && !worker_got_sigterm())
		put_rate_back(closing->serial);
	since = clock_now_ms();
	serial_set_dtr(closing->serial, false);
	serial_close(closing->serial);
	took = clock_now_ms() - since;
	/* Then try the port until the modem reacts to DTR again, or is gone. */
	while (took >= HUNG_MS && !worker_got_sigterm()) {
		since = clock_now_ms();
		fd = open(device, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
		if (fd < 0)
			break;
		close(fd);
		took = clock_now_ms() - since;
	}
	return 0;
}

static void start_closing(struct closer *closer, struct ev_loop *loop, struct serial *serial,
			  bool muxed)
{
	struct closing closing = {.serial = serial, .muxed = muxed};
	struct worker_task task = {.work = close_after_parent, .arg = &closing};
	int gate[2];

	if (!serial)
		return;
	if (worker_is_busy(&closer->closing) || pipe2(gate, O_CLOEXEC) < 0) {
		serial_close(serial);
		return;
	}
	closing.gate = gate[0];
	task.keep[0] = serial_fd(serial);
	task.keep[1] = gate[0];
	if (worker_start(&closer->closing, loop, &task) < 0)
		serial_close(serial);
	else
		serial_abandon(serial);
	close(gate[0]);
	close(gate[1]);
}

void closer_close(struct closer *closer, struct ev_loop *loop, struct serial *serial)
{
	start_closing(closer, loop, serial, false);
}

void closer_leave(struct closer *closer, struct ev_loop *loop, struct serial *serial)
{
	start_closing(closer, loop, serial, true);
}

bool closer_is_busy(const struct closer *closer)
{
	return worker_is_busy(&closer->hanging_up) || worker_is_busy(&closer->closing);
}

void closer_end(struct closer *closer, int wait_ms)
{
	int64_t until = clock_now_ms() + wait_ms;
	bool ended = worker_end(&closer->closing, wait_ms);
	int left = (int)(until - clock_now_ms());

	/* Both wait for the modem at the same time, and as long. */
	if (!worker_end(&closer->hanging_up, left > 0 ? left : 0) || !ended)
		log_warning("the port does not close yet");
}
