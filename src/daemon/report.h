/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_REPORT_H
#define GD_DAEMON_REPORT_H

#include <stdint.h>

struct buf;
struct json_object;
struct modem_facts;
struct port;
struct probe_result;
struct rate;
struct session;

/* What a probe found, one line for people: the chosen port, or each port and what it is. */
void report_probe(const struct probe_result *result, struct buf *out);

/* The session's state in words, one line, for who asks the service manager. */
void report_state(const struct session *session, struct buf *out);

/* The contract's status object. `ppp_pid` -1: none. `told_at` is when the modem said `facts`; -1:
 * not known. `rate` keeps what is needed from one to the next; all zero at first. */
struct json_object *report_status(const struct session *session, const char *name,
				  const struct port *port, int ppp_pid,
				  const struct modem_facts *facts, int64_t told_at,
				  struct rate *rate);

#endif
