/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_PROBE_SHOW_H
#define GD_CLI_PROBE_SHOW_H

struct buf;
struct rebind_job;
struct probe_result;

/* The table, and in words which port was chosen and why, or the cause and what to do. `job` is what
 * io/bind.h found, or NULL. */
void probe_show(const struct probe_result *result, const struct rebind_job *job, struct buf *out);

/* The object of `probe --json`, on a line. */
void probe_show_json(const struct probe_result *result, struct buf *out);

#endif
