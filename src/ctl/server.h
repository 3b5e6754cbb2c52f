/* SPDX-License-Identifier: ISC */
#ifndef GD_CTL_SERVER_H
#define GD_CTL_SERVER_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

struct json_object;

/*
 * The control socket: a client sends one JSON object a line with a "command",
 * and gets one object a line back, with "ok" and what the command gives, or
 * "cause" and "text". A slow or hostile client costs a few kilobytes for
 * CTL_SERVER_IDLE_S and blocks nobody.
 */
#define CTL_SERVER_IDLE_S 10

struct ctl_server;

/* A client's one request; all of it is borrowed but the ticket. */
struct ctl_request {
	const char *command;
	struct json_object *object; /* the whole of it */
	unsigned long ticket;       /* for an answer that comes later */
};

/* Answers one request; the object is the server's then. NULL: the answer comes later, by
 * ctl_server_answer. Until then the client's next requests wait, and it is not idle. */
typedef struct json_object *ctl_handler(void *ctx, const struct ctl_request *request);

/* Most of the clients at a time, so that there is room for others. */
#define CTL_FOLLOWERS_MAX 4

/* From within a handler: who asks gets what is published too, from now on. -EBUSY: enough do. */
int ctl_server_follow(struct ctl_server *server);

/* How many do. */
size_t ctl_server_followers(const struct ctl_server *server);

/* To all who follow; puts the object. Who has not taken the last one yet gets the newest when he
 * has, and nothing of what was between. Who takes nothing for CTL_SERVER_IDLE_S is dropped. */
void ctl_server_publish(struct ctl_server *server, struct json_object *object);

/* Listen on `path`, 0660, over a dead one's socket. NULL with a negative errno in *error. */
struct ctl_server *ctl_server_new(struct ev_loop *loop, const char *path, ctl_handler *handler,
				  void *ctx, int *error);

/* The group that may talk to it; "": our own. -ENOENT: there is none of that name. */
int ctl_server_set_group(struct ctl_server *server, const char *name);

/* Takes the socket file away, and what clients can still take is sent. NULL is fine. */
void ctl_server_free(struct ctl_server *server);

/* The answer to a request that was told to wait. Takes the object; a client that has gone meanwhile
 * gets none. */
void ctl_server_answer(struct ctl_server *server, unsigned long ticket,
		       struct json_object *response);

/* Whether he who asked is still there. */
bool ctl_server_awaits(const struct ctl_server *server, unsigned long ticket);

/* A request's line as an object with a text "command"; NULL when it is none. */
struct json_object *ctl_request_parse(const char *line);

/* {"ok": false, "cause": CAUSE, "text": TEXT}, and {"ok": true}. */
struct json_object *ctl_refusal(const char *cause, const char *text);
struct json_object *ctl_success(void);

#endif
