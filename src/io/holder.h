/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_HOLDER_H
#define GD_IO_HOLDER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct buf;

/* Which process has which tty open. Only /proc tells: root can open a tty in spite of TIOCEXCL. */
struct holder {
	dev_t tty;
	pid_t pid;
	bool master; /* has the pty's other end */
};

struct holder_list {
	struct holder *holders;
	size_t count;
	bool partial; /* the system failed us: there may be more. Not: hidden from us. */
};

/* Look at all processes except this one. It takes some milliseconds, so do it once for all ports.
 * The list is empty where /proc is missing. */
void holder_scan(struct holder_list *list);

void holder_list_free(struct holder_list *list);

/* A process that has the tty open; 0: none is seen. A process that also has the pty's master is its
 * other end and not a rival. */
pid_t holder_find(const struct holder_list *list, dev_t tty);

/* The kernel's command line makes the tty `device` ("/dev/ttyS0") a console: what is written there
 * is not for a modem, and what comes in is typed at a login. */
bool holder_is_console(const char *cmdline, const char *device);

/* Append "ModemManager (pid 312)". */
void holder_append(struct buf *out, pid_t pid);

#endif
