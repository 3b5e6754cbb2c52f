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

/* What recovery.ladder is about, and the modems that are not meant. All zero at first. */
struct recovery {
	struct port port;      /* that the ladder is for; device "": none yet */
	size_t ports;          /* of its device, when it answered; 0: never */
	size_t came;           /* ttys of any device since the last probe began */
	struct worker worker;  /* does the rung */
	struct plugged others; /* their IMEI is not modem.imei */
	size_t left_out;       /* ports, of the last list */
	struct flaps flaps;
};

/* Before the first probe, which a hung modem may not let end: the port that is most likely meant
 * for calls, where there is one modem only. */
void recovery_note_candidates(struct recovery *recovery, const struct port_list *list);

/* After a probe: the port that it chose, or else the one that it should have been. */
void recovery_note_probe(struct recovery *recovery, const struct probe_result *result);

/* A tty has come. True when the port's device has as many as it had then, so that nothing is to be
 * waited for. */
bool recovery_note_tty(struct recovery *recovery, const struct conf *conf);

/* One rung on that port, wherever it is now; `done` gets what rung_do returns, or -EIO. 0 or a
 * negative errno: -ENODEV when it is not there, -ENOTSUP when it is not on USB. */
int recovery_start(struct recovery *recovery, enum ladder_rung rung, const struct conf *conf,
		   const struct modem_family *family, struct ev_loop *loop, recovery_done *done,
		   void *ctx);

/* Its end: what `done` was told, in words. */
const char *recovery_end(struct recovery *recovery, int result);

/* The modem of that port is another one, until it is plugged in anew. False when it is not on
 * USB. */
bool recovery_exclude(struct recovery *recovery, const struct port *port);

/* Take the ports of such out of the list. */
void recovery_leave_out(struct recovery *recovery, struct port_list *list);

#endif
