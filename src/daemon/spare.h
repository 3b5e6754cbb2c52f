/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_SPARE_H
#define GD_DAEMON_SPARE_H

#include <ev.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/cause.h"
#include "io/closer.h"
#include "io/port.h"
#include "io/prober.h"
#include "modem/script.h"

struct atport;
struct daemon;

/* Another AT port of the call's modem: the modem is asked there while the call has the first. It is
 * open only while it is asked. */
struct spare {
	struct port_list candidates;
	char device[64]; /* has proven to be one; "": the candidates are asked */
	struct prober prober;
	struct atport *atport;
	struct closer closer;
	struct script script;
	bool due;    /* to be asked */
	bool asking; /* the script runs */
	int failures;
	int delays;      /* of one opening, by a port that is still being closed */
	ev_timer timer;  /* when it is due */
	ev_timer opener; /* from the loop, not from within a request */
	struct modem_facts facts;
	int64_t asked_at; /* -1: not in this call */
};

/* Rows of the start-up list. */
enum cause spare_start(struct daemon *daemon);
void spare_stop(struct daemon *daemon);

/* Which ports there are beside the chosen one. */
void spare_learn(struct daemon *daemon, const struct probe_result *result);

/* The state has changed. */
void spare_note_state(struct daemon *daemon);

/* monitor.* has other values now. */
void spare_reload(struct daemon *daemon);

/* An order waits for it. False when there is none. */
bool spare_wake(struct daemon *daemon);

/* The newest that is known of the modem, and when it was told; -1: never. */
const struct modem_facts *spare_facts(const struct daemon *daemon, int64_t *told_at);

#endif
