/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_ASIDE_H
#define GD_IO_ASIDE_H

#include <stddef.h>
#include <sys/types.h>

/* Do what may block in a process of its own, which may outlive us: it has none
 * of our descriptors but stdio and the `count` ones in `keep`, nor our signals'
 * handlers, and a terminal's ^C does not reach it. What `work` returns is its
 * exit code. The pid, or -1 and errno. */
pid_t aside_fork(int (*work)(const void *arg), const void *arg, const int *keep,
		 size_t count);

#endif
