/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_PROBE_SHOW_H
#define GD_CLI_PROBE_SHOW_H

struct buf;
struct rebind_job;
struct json_object;
struct probe_result;

/* The table, and in words which port was chosen and why, or the cause and what to do. `job` is what
 * io/bind.h found, or NULL. */
void probe_show(const struct probe_result *result, const struct rebind_job *job, struct buf *out);

/* The object of `probe --json`; the caller puts it. */
struct json_object *probe_json(const struct probe_result *result);

#endif
