/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_SNAPSHOT_H
#define GD_STATUS_SNAPSHOT_H

#include <stdbool.h>
#include <stdint.h>

struct json_object;
struct modem_facts;
struct port;
struct rate;
struct session;

/* What `status` is made from, all borrowed. Times are of the session's clock. */
struct snapshot {
	const char *name; /* the instance's */
	const struct session *session;
	const struct port *port; /* what is known of the session's port */
	const bool *mux;         /* it is multiplexed; NULL: it is not open */
	int ppp_pid;             /* -1: none */
	const struct modem_facts *facts;
	int64_t told_at; /* when the modem said them; -1: not known */
	bool counted;    /* rx and tx are the interface's counters */
	unsigned long long rx, tx;
	struct rate *rate; /* kept from one to the next; all zero at first */
	int64_t now;
};

/* The contract's status object; the caller puts it. What is not known is not in it. */
struct json_object *snapshot_json(const struct snapshot *from);

#endif
