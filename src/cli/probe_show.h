/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_PROBE_SHOW_H
#define GD_CLI_PROBE_SHOW_H

struct buf;
struct json_object;
struct probe_result;

/* The table, and in plain words what was chosen and why, or the cause and the
 * way out. */
void probe_show(const struct probe_result *result, struct buf *out);

/* The contract's object; the caller puts it. */
struct json_object *probe_json(const struct probe_result *result);

#endif
