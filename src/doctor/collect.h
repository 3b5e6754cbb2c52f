/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_COLLECT_H
#define GD_DOCTOR_COLLECT_H

#include "base/buf.h"
#include "doctor/facts.h"
#include "io/bind.h"

struct conf;
struct probe_result;

/* The facts, and what they borrow from. */
struct doctor_collection {
	struct doctor_facts facts;
	struct bind_job job; /* its device is the one that is looked at */
	struct buf bind_commands;
	struct buf rfkill;
	char switch_file[64];
	char version[32];
};

void doctor_collection_init(struct doctor_collection *collection);
void doctor_collection_free(struct doctor_collection *collection);

/*
 * Look at the system below `root` ("" for the machine's own): platform, kernel
 * modules, PPP, programs that like modems. `conf` and `result` (of a probe of
 * the ports, NULL when there was none) are borrowed by the facts.
 */
void doctor_collect(struct doctor_collection *collection, const char *root, const struct conf *conf,
		    const struct probe_result *result);

/* pppd's version, by asking it. */
void doctor_collect_pppd(struct doctor_collection *collection);

#endif
