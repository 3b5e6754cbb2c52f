/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_ASIDE_H
#define GD_IO_ASIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Do what may block in a process of its own, which may outlive us: it has none of our descriptors
 * but stdio and the `count` ones in `keep`, nor our signals' handlers, and a terminal's ^C does not
 * reach it. What `work` returns is its exit code. The pid, or -1 and errno. */
pid_t aside_fork(int (*work)(const void *arg), const void *arg, const int *keep, size_t count);

/* Until it has ended, but no longer than that: for the end, when the loop does not wait for it any
 * more. */
bool aside_wait(pid_t pid, int wait_ms);

#endif
