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

#define HOLDER_CONSOLE_TEXT "the kernel's console"

/* The kernel writes its messages to that tty: what is written there is not for a modem, and what
 * comes in is typed at a login. Then how that is known is appended, "the kernel's console
 * (/proc/consoles)". `root` stands before "/proc" and "/sys"; `device` has its symlinks
 * resolved. */
bool holder_is_console(const char *root, const char *device, dev_t tty, struct buf *out);

/* What a holder, as it is told to people, is: some have a way of their own to be moved. */
enum holder_kind {
	HOLDER_PROGRAM,
	HOLDER_CONSOLE,
	HOLDER_LOGIN, /* a getty, which comes back when it is killed, or who logged in there */
};

enum holder_kind holder_kind(const char *holder);

/* Append "ModemManager (pid 312)". */
void holder_append(struct buf *out, pid_t pid);

#endif
