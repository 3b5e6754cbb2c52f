/* SPDX-License-Identifier: ISC */
#ifndef GD_CTL_SERVER_H
#define GD_CTL_SERVER_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct json_object;

/*
 * The control socket: a client sends one JSON object a line with a "command",
 * and gets one object a line back, with "ok" and the command's result, or
 * "cause" and "text". A slow or hostile client costs a few kilobytes for
 * CTL_SERVER_IDLE_S and blocks nothing.
 */
#define CTL_SERVER_IDLE_S 10

struct ctl_server;

/* One request of a client; everything but the ticket is borrowed. */
struct ctl_request {
	const char *command;
	struct json_object *object; /* the whole of it */
	unsigned long ticket;       /* for a deferred answer: a new client in a reused slot
				     * cannot receive it */
};

/* Answer one request; the server takes the object. NULL: the answer follows by ctl_server_answer.
 * Until then the client's next requests wait, and it does not count as idle. */
typedef struct json_object *ctl_handler(void *ctx, const struct ctl_request *request);

/* Fewer than there may be clients, so that there is room for others. */
#define CTL_FOLLOWERS_MAX 4

/* Within a handler: from now on the client gets what is published, too. -EBUSY: too many do. */
int ctl_server_follow(struct ctl_server *server);

/* How many do. */
size_t ctl_server_followers(const struct ctl_server *server);

/* Send the object, which is put, to all followers. One that has not read the last object yet gets
 * the newest when it has, and none in between; one that reads nothing for CTL_SERVER_IDLE_S is
 * dropped. */
void ctl_server_publish(struct ctl_server *server, struct json_object *object);

/* Listen on `path`, 0660, replacing a stale socket. NULL with a negative errno in *error. */
struct ctl_server *ctl_server_new(struct ev_loop *loop, const char *path, ctl_handler *handler,
				  void *ctx, int *error);

/* The group that may connect; "": our own. -ENOENT: there is no such group. */
int ctl_server_set_group(struct ctl_server *server, const char *name);

/* Sends what clients can still take, and removes the socket file. NULL is fine. */
void ctl_server_free(struct ctl_server *server);

/* Answer a request whose handler returned NULL. Takes the object, also when the client has gone. */
void ctl_server_answer(struct ctl_server *server, unsigned long ticket,
		       struct json_object *response);

/* Whether the client that asked is still connected. */
bool ctl_server_awaits(const struct ctl_server *server, unsigned long ticket);

/* A request's line of `len` bytes, and a NUL behind them, as an object with a string "command";
 * NULL when it is not one. */
struct json_object *ctl_request_parse(const char *line, size_t len);

/* {"ok": false, "cause": CAUSE, "text": TEXT}, and {"ok": true}. */
struct json_object *ctl_refusal(const char *cause, const char *text);
struct json_object *ctl_success(void);

#endif
