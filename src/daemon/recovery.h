/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_RECOVERY_H
#define GD_DAEMON_RECOVERY_H

#include <stddef.h>

#include "io/port.h"
#include "io/worker.h"
#include "session/ladder.h"
#include "session/flaps.h"

struct buf;
struct conf;
struct probe_result;

#define RECOVERY_OTHERS_MAX 8

/* The port that recovery.ladder works on, and the modems that are not ours. All zero at first. */
struct recovery {
	struct port port;     /* what the ladder works on; device "": none yet */
	size_t ports;         /* how many its device had when it answered; 0: never */
	size_t came;          /* ttys of any device added since the last probe began */
	struct worker worker; /* runs the rung */
	/* Those whose IMEI is not modem.imei, each for as long as it is plugged in: another devnum
	 * is another device. A ninth replaces the oldest. */
	struct {
		char path[32];
		int devnum;
	} others[RECOVERY_OTHERS_MAX];
	unsigned other_count; /* since the start */
	size_t left_out;      /* how many ports of the last list */
	struct flaps flaps;
};

/* Drop the ports of modems that are not ours. Before the first probe, which a hung modem may never let end: if there is only one modem, take
 * the port that is most likely meant for calls. */
void recovery_note_candidates(struct recovery *recovery, struct port_list *list);

/* After a probe: take the port that it chose, or else the one that it most likely should have
 * chosen. */
void recovery_note_probe(struct recovery *recovery, const struct probe_result *result);

/* A tty was added. True when the device has all the ttys it had when it answered, so there is
 * nothing more to wait for. */
bool recovery_note_tty(struct recovery *recovery, const struct conf *conf);

/* The session's op: run one rung on that port, wherever it is now. -ENODEV when the port is missing,
 * -ENOTSUP when it is not on USB. */
int recovery_start(void *ctx, enum ladder_rung rung);

/* The session's op: the modem on the open port is not ours; leave it out until it is plugged in
 * again. False when it is not on USB. */
bool recovery_exclude(void *ctx);

#endif
