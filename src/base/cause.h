/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_CAUSE_H
#define GD_BASE_CAUSE_H

#include <stdbool.h>

/*
 * Why something ended. The number is the exit code; the word is the same in the
 * log, in JSON and in the control protocol.
 */
enum cause {
	CAUSE_NONE = 0,
	CAUSE_INTERNAL = 1,
	CAUSE_USAGE = 2,
	CAUSE_CONFIG = 3,
	CAUSE_NO_MODEM = 4,
	CAUSE_NO_AT_PORT = 5,
	CAUSE_BUSY = 6,
	CAUSE_FIRMWARE = 7,
	CAUSE_SIM = 8,
	CAUSE_PIN = 9,
	CAUSE_PUK = 10,
	CAUSE_RADIO_OFF = 11,
	CAUSE_NOT_REGISTERED = 12,
	CAUSE_CALL = 13,
	CAUSE_PPP = 14,
	CAUSE_PPP_AUTH = 15,
	CAUSE_LINK_LOST = 16,
	CAUSE_NO_PPP = 17,
	CAUSE_PERMISSION = 18,
	CAUSE_POWER = 20, /* 19 is reserved for a data limit */
	CAUSE_COUNT
};

/* What `run` does about a cause. */
enum cause_reaction {
	CAUSE_REACTION_STOP,    /* a person has to change something first */
	CAUSE_REACTION_WAIT,    /* until the device comes back */
	CAUSE_REACTION_AT_ONCE, /* then backoff */
	CAUSE_REACTION_BACKOFF,
	CAUSE_REACTION_SLOW, /* straight to the longest backoff */
};

/* The word; "internal" for an unknown number. Static. */
const char *cause_name(enum cause cause);

/* The cause with that word; CAUSE_COUNT when there is none. */
enum cause cause_find(const char *name);

/* Half a sentence for people. Static. */
const char *cause_text(enum cause cause);

enum cause_reaction cause_reaction(enum cause cause);

#endif
