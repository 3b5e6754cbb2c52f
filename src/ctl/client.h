/* SPDX-License-Identifier: ISC */
#ifndef GD_CTL_CLIENT_H
#define GD_CTL_CLIENT_H

struct json_object;

/* A connection to a running instance's socket; all calls block for `timeout_ms`
 * at most. */

/* The fd; -ENOENT or -ECONNREFUSED when no instance runs, others as of
 * connect(2). */
int ctl_client_connect(const char *path);

/* Send a command and wait for its answer, which the caller puts. 0; -ETIMEDOUT;
 * -EPIPE when the instance went away; -EPROTO when it talks nonsense. */
int ctl_client_request(int fd, const char *command, int timeout_ms,
		       struct json_object **response);

/* Wait until the instance has closed the connection. 0 or -ETIMEDOUT. */
int ctl_client_wait_end(int fd, int timeout_ms);

#endif
