/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_SPAWN_H
#define GD_IO_SPAWN_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* The only PATH that programs of ours get. */
#define SPAWN_PATH "PATH=/usr/sbin:/usr/bin:/sbin:/bin"

/* A program to start, without a shell. */
struct spawn_program {
	const char *const *argv; /* argv[0]: a path, or a name to be found in SPAWN_PATH */
	const char *const *envp; /* the whole environment, with SPAWN_PATH in it */
	const int *fds;          /* fds[i] becomes its descriptor i; -1: /dev/null */
	size_t fd_count;         /* at most SPAWN_FDS_MAX; where 0, stdio is ours */
	bool group;              /* a process group of its own, out of reach of a terminal's ^C */
	int death_signal;        /* it gets this one when we die, however we die; 0: none */
};

#define SPAWN_FDS_MAX 8

/*
 * Start it, with default signal handling and no descriptors but `fds` (and stdio). The pid, or a
 * negative errno if anything failed up to and including the exec: -ENOENT when there is no such
 * program, -EACCES when it is not executable.
 */
pid_t spawn_program(const struct spawn_program *program);

/* fork(2) for a child that goes on in our code: it has default signal handling, no descriptors but
 * stdio and the `count` ones in `keep`, and with `group` a process group of its own. Negative
 * errno. */
pid_t spawn_fork(bool group, const int *keep, size_t count);

#endif
