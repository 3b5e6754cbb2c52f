/* SPDX-License-Identifier: ISC */
#ifndef GD_CTL_CLIENT_H
#define GD_CTL_CLIENT_H

struct buf;
struct json_object;

/* A connection to a running instance's socket; calls block for at most `timeout_ms`. */

/* The fd; -ENOENT or -ECONNREFUSED when no instance runs, else as connect(2). */
int ctl_client_connect(const char *path);

/* The halves of ctl_client_request: send a command, or an object with "command" and more (0 or a
 * negative errno), and receive the next object. Bytes after it stay in `in` for the next call. */
int ctl_client_send(int fd, const char *command);
int ctl_client_send_object(int fd, struct json_object *request);
int ctl_client_next(int fd, struct buf *in, int timeout_ms, struct json_object **object);

/* Send a command and wait for its answer, which the caller puts. 0; -ETIMEDOUT; -EPIPE when the
 * instance has ended; -EPROTO when the answer is malformed. */
int ctl_client_request(int fd, const char *command, int timeout_ms, struct json_object **response);

/* Wait until the instance has closed the connection. 0 or -ETIMEDOUT. */
int ctl_client_wait_end(int fd, int timeout_ms);

#endif
