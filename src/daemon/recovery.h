/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_RECOVERY_H
#define GD_DAEMON_RECOVERY_H

#include <stddef.h>

#include "io/plugged.h"
#include "io/port.h"
#include "io/worker.h"
#include "session/ladder.h"
#include "session/flaps.h"

struct buf;
struct conf;
struct modem_family;
struct probe_result;

typedef void recovery_done(void *ctx, int result);

/* The port that recovery.ladder works on, and the modems that are not ours. All zero at first. */
struct recovery {
	struct port port;      /* what the ladder works on; device "": none yet */
	size_t ports;          /* how many its device had when it answered; 0: never */
	size_t came;           /* ttys of any device added since the last probe began */
	struct worker worker;  /* runs the rung */
	struct plugged others; /* their IMEI is not modem.imei */
	size_t left_out;       /* how many ports of the last list */
	struct flaps flaps;
};

/* Before the first probe, which a hung modem may never let end: if there is only one modem, take
 * the port that is most likely meant for calls. */
void recovery_note_candidates(struct recovery *recovery, const struct port_list *list);

/* After a probe: take the port that it chose, or else the one that it most likely should have
 * chosen. */
void recovery_note_probe(struct recovery *recovery, const struct probe_result *result);

/* A tty was added. True when the device has all the ttys it had when it answered, so there is
 * nothing more to wait for. */
bool recovery_note_tty(struct recovery *recovery, const struct conf *conf);

/* Run one rung on that port, wherever it is now; `done` gets what rung_do returns, or -EIO. 0 or a
 * negative errno: -ENODEV when the port is missing, -ENOTSUP when it is not on USB. */
int recovery_start(struct recovery *recovery, enum ladder_rung rung, const struct conf *conf,
		   const struct modem_family *family, struct ev_loop *loop, recovery_done *done,
		   void *ctx);

/* The rung has ended: the result that `done` got, in words. */
const char *recovery_end(struct recovery *recovery, int result);

/* The modem of that port is not ours: leave it out until it is plugged in again. False when it is
 * not on USB. */
bool recovery_exclude(struct recovery *recovery, const struct port *port);

/* Drop the ports of such modems from the list. */
void recovery_leave_out(struct recovery *recovery, struct port_list *list);

#endif
