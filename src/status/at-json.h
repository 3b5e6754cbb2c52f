/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_AT_JSON_H
#define GD_STATUS_AT_JSON_H

#include <stdbool.h>

struct buf;
struct json_object;
struct at_request;

/* Read "arguments", "timeout_ms", "keep_going" and "force" into an initialised request. False, with
 * the reason in `why`, when they are wrong. Takes any object. */
bool at_json_read(struct json_object *object, struct at_request *request, struct buf *why);

/* Add the same to an object. */
void at_json_request(const struct at_request *request, struct json_object *object);

/* {"port", "cause", "commands": [{"command", "ok", "lines", "result", "ms"}]}, without the commands
 * that were not sent. The caller puts it. */
struct json_object *at_json_result(const struct at_request *request, const char *port);

/* That object as a terminal would show it: answers, and how each ended. Takes any object. */
void at_json_render(struct json_object *object, struct buf *out);

/* "PORT: COMMAND: RESULT" of the first command that failed; nothing when none did. */
void at_json_failure(struct json_object *object, struct buf *out);

#endif
