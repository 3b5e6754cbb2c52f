/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_SERIAL_H
#define GD_IO_SERIAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <termios.h>

#include "base/buf.h"

/* A tty opened for us alone: UUCP lock, TIOCEXCL, raw, no flow control, non-blocking, no
 * closing_wait (close() on a dead port would block for 30 s). */
struct serial;

/*
 * Open and lock `device`. On failure NULL and a negative errno in *error.
 * -EBUSY: another process holds it, whose name is appended to `holder`
 * ("ModemManager (pid 312)", or "another process"); others as of open(2), and
 * what failed is appended to `holder` if it was not the open. -ENOLCK: the lock folder is full,
 * read-only or missing, which says nothing of the port.
 */
struct serial *serial_open(const char *device, int *error, struct buf *holder);

/* The same for many ports at once, which takes hardly longer than for one: most of the time goes
 * into finding out which processes have them open. */
struct serial_opening {
	const char *device; /* in */
	struct serial *serial;
	int error;
	struct buf holder; /* in: BUF_INIT; the caller's to free */
};

void serial_open_all(struct serial_opening *openings, size_t count);

/* Restore the settings found at open, unlock, close. NULL is fine. Never blocks: unsent bytes are
 * thrown away. */
void serial_close(struct serial *serial);

/* Close without touching settings: the device is gone. */
void serial_abandon(struct serial *serial);

/* All of a port except its descriptor, to hand it to another process of ours. */
struct serial_state {
	char device[64];
	dev_t tty;
	struct termios found;
	bool exclusive;   /* TIOCEXCL was set by us */
	bool set_up;      /* `found` is to be restored */
	int closing_wait; /* as found; -1: not changed */
	int baud;
	int put_back; /* the modem's rate when it is closed for good; 0: as it is */
	bool rtscts;
	bool wants_lf; /* see at_chan_set_lf */
};

struct serial_state serial_state(const struct serial *serial);

/* Take over the port that the process `from` opened for us; its lock file becomes ours, and `from`
 * has to abandon the port afterwards. `fd` is taken over in any case. On failure NULL and a
 * negative errno, and the port is restored. */
struct serial *serial_take_over(int fd, const struct serial_state *state, pid_t from, int *error);

/* `fd`, taken over, as a port that speaks for `tty`: a channel of it, without a lock or settings.
 * NULL: out of memory. */
struct serial *serial_channel(const struct serial *tty, int fd);

int serial_fd(const struct serial *serial);
const char *serial_device(const struct serial *serial);

/* Its rate is 115200 at first. -EINVAL: the tty does not take that one, and keeps the last. */
int serial_set_baud(struct serial *serial, int baud);

/* Heed and drive RTS/CTS. Without it a modem that sees no CTS sends nothing. */
int serial_set_flow(struct serial *serial, bool rtscts);

/* The modem was told to go up to the rate of now; `baud` is to be its rate again in the end. */
void serial_put_back(struct serial *serial, int baud);

/* Whoever talks on this port ends commands in CR LF. */
void serial_set_lf(struct serial *serial, bool wants_lf);

/* Raise or drop DTR and RTS. -EINVAL or -ENOTTY: the driver cannot. */
int serial_set_dtr(struct serial *serial, bool on);

/* From now on a lost carrier hangs the tty up, as with pppd's `modem`. 0 or a negative errno. */
int serial_heed_carrier(struct serial *serial);

/* read(2) and write(2) with EINTR retried; -EAGAIN when it would block, -EIO when the port is gone
 * (also read's 0 after a hang-up). */
ssize_t serial_read(struct serial *serial, void *bytes, size_t size);
ssize_t serial_write(struct serial *serial, const void *bytes, size_t len);

#endif
