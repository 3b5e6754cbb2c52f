/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_COMMAND_H
#define GD_IO_COMMAND_H

struct buf;

/* Run a program to its end, without a shell and for `timeout_ms` at most, and append up to 4 kB of
 * what it prints on both outputs to `output`. argv[0] is a path, or a name to be found in the
 * system's own folders. Its exit code, 128 for a signal, or a negative errno: -ETIMEDOUT when it
 * was killed for taking too long, others as spawn_program's. */
int command_run(const char *const *argv, int timeout_ms, struct buf *output);

#endif
