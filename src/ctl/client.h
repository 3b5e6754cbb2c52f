/* SPDX-License-Identifier: ISC */
#ifndef GD_CTL_CLIENT_H
#define GD_CTL_CLIENT_H

struct buf;
struct json_object;

/* A connection to a running instance's socket; all calls block for `timeout_ms` at most. */

/* The fd; -ENOENT or -ECONNREFUSED when no instance runs, others as of connect(2). */
int ctl_client_connect(const char *path);

/* Its halves: send a command, or {"command": ...} and more (0 or a negative errno), and take the
 * next object, as the function below has it. What came behind it stays in `in`, for the next
 * call. */
int ctl_client_send(int fd, const char *command);
int ctl_client_send_object(int fd, struct json_object *request);
int ctl_client_next(int fd, struct buf *in, int timeout_ms, struct json_object **object);

/* Send a command and wait for its answer, which the caller puts. 0; -ETIMEDOUT; -EPIPE when the
 * instance went away; -EPROTO when it talks nonsense. */
int ctl_client_request(int fd, const char *command, int timeout_ms, struct json_object **response);

/* Wait until the instance has closed the connection. 0 or -ETIMEDOUT. */
int ctl_client_wait_end(int fd, int timeout_ms);

#endif
