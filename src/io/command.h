/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_COMMAND_H
#define GD_IO_COMMAND_H

struct buf;

/* Run a program without a shell, wait for it `timeout_ms` at most, and append what it says on both
 * its outputs, 4 kB of it, to `output`. argv[0] is looked for in the system's own folders. Its exit
 * code, 128 for a signal, -ETIMEDOUT (it has been killed), or another negative errno. */
int command_run(const char *const *argv, int timeout_ms, struct buf *output);

#endif
