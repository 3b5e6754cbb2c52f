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

#define PLUGGED_MAX 8

/* USB devices, each for as long as it is plugged in: another devnum is another device. A ninth
 * replaces the oldest. */
struct plugged {
	struct {
		char path[32];
		int devnum;
	} devices[PLUGGED_MAX];
	unsigned count; /* since the start */
};

/* The port that recovery.ladder works on, and the modems that are not ours. All zero at first. */
struct recovery {
	struct port port;        /* what the ladder works on; device "": none yet */
	size_t ports;            /* how many its device had when it answered; 0: never */
	size_t came;             /* ttys of any device added since the last probe began */
	struct worker worker;    /* runs the rung */
	struct plugged others;   /* their IMEI is not modem.imei */
	struct plugged answered; /* as a modem */
	unsigned kept;           /* its count, when it was kept for the next run */
	int64_t used_since;      /* somebody else has a port that a rung would take; 0: nobody */
	size_t left_out;         /* how many ports of the last list */
	struct flaps flaps;
};

/* Which devices have answered as modems since they were plugged in, for the next run of that name,
 * and from the last. The file goes with the machine's next boot. */
void recovery_keep(struct recovery *recovery, const char *name);
void recovery_recall(struct recovery *recovery, const char *name);

/* Drop the ports of modems that are not ours. Before the first probe, which a hung modem may never
 * let end: if there is only one modem, take the port that is most likely meant for calls. */
void recovery_note_candidates(struct recovery *recovery, struct port_list *list);

/* After a probe: take the port that it chose, or else the one that it most likely should have
 * chosen. True when this modem was plugged in after the last one was unplugged, not by a rung. */
bool recovery_note_probe(struct recovery *recovery, const struct probe_result *result);

/* Ports are busy, but the one that has answered since the modem was plugged in is not among them:
 * it is the modem that does not answer. Before recovery_note_probe. */
bool recovery_is_silent(const struct recovery *recovery, const struct probe_result *result);

/* A tty was added. True when the device has all the ttys it had when it answered, so there is
 * nothing more to wait for. */
bool recovery_note_tty(struct recovery *recovery, const struct conf *conf);

/* The session's op: run one rung on that port, wherever it is now. -ENODEV when the modem is not
 * there; -EPERM when it has never answered, its layout is not known and it is not named; -ENXIO
 * when it has no such port now; -EBUSY when the rung would take a port that somebody else has;
 * -ENOTSUP when it is not on USB. */
int recovery_start(void *ctx, enum ladder_rung rung);

/* The session's op: the modem on the open port is not ours; leave it out until it is plugged in
 * again. False when it is not on USB. */
bool recovery_exclude(void *ctx);

#endif
