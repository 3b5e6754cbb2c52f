/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_PROMETHEUS_H
#define GD_STATUS_PROMETHEUS_H

struct buf;
struct json_object;

/* Append a status object in Prometheus' text format, for node_exporter's textfile collector; NULL:
 * the instance is not running. */
void prometheus_print(struct json_object *object, const char *name, struct buf *out);

#endif
