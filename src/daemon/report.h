/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_REPORT_H
#define GD_DAEMON_REPORT_H

struct buf;
struct bus;
struct json_object;
struct probe_result;

/* What a probe found, in one line for people: the chosen port, or what each port is. */
void report_probe(const struct probe_result *result, struct buf *out);

/* If a modem maker's device is on USB that is no modem now: "USB 1-1 (19d2:2000) is ...". */
void report_stick(const char *before, struct buf *out);

/* The contract's status object, which the caller puts. */
struct json_object *report_status(struct bus *bus);

#endif
