/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_ORDER_H
#define GD_STATUS_ORDER_H

#include <stdbool.h>

struct buf;
struct json_object;
struct at_request;

/* A request's "arguments", "timeout_ms", "keep_going" and "force" into an initialised order; if
 * they are none, why. Takes any object. */
bool order_from_json(struct json_object *object, struct at_request *order, struct buf *why);

/* The same the other way, into a request. */
void order_to_request(const struct at_request *order, struct json_object *request);

/* {"port", "cause", "commands": [{"command", "ok", "lines", "result", "ms"}]}; of a command that
 * was not sent there is none. The caller puts it. */
struct json_object *order_to_json(const struct at_request *order, const char *port);

/* That object as a terminal would show it: answers, and how each ended. Takes any object. */
void order_render(struct json_object *object, struct buf *out);

/* "COMMAND refused: FINAL" of the first that failed; "" when none did. */
void order_describe_failure(struct json_object *object, struct buf *out);

#endif
