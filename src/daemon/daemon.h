/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_DAEMON_H
#define GD_DAEMON_DAEMON_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/cause.h"

struct conf;
struct port;

/* Where the configuration comes from. */
struct daemon_source {
	const char *path;
	bool optional; /* without the file the defaults apply */
};

/*
 * Supervise one link in the foreground until it is told to stop (SIGTERM,
 * SIGINT, the control socket) or cannot go on; with `once` until its first
 * end. Returns the exit code as a cause. `conf` is borrowed; a reload reads
 * `source` into it again.
 */
enum cause daemon_run(struct conf *conf, const struct daemon_source *source, const char *name,
		      bool once);

/* How daemon_call has ended, for pppd's `connect` script. */
struct call_end {
	bool was_connected;
	struct buf text; /* why not; the caller frees it */
};

/* One call for the pppd whose `pty` option runs us, until either hangs up. */
enum cause daemon_call(const struct conf *conf, const char *name, struct call_end *end);

/* Find the modem and have it registered, then let go of its port. The call is for context `cid`, by
 * the command that is appended to `dial`. */
enum cause daemon_prepare(const struct conf *conf, const char *name, struct port *port, int *cid,
			  struct buf *dial, struct buf *account);

#endif
