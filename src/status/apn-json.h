/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_APN_JSON_H
#define GD_STATUS_APN_JSON_H

#include <stdbool.h>

struct buf;
struct json_object;
struct script;

/* The access point of the dial: {"value","source","text","tries":[{"value","source","text",
 * "user","refused"}]}; all that may be tried, in that order, and how each was refused. NULL: none
 * is known yet. */
struct json_object *apn_json(const struct script *script);

/* `check --apn`: a line for each; or only how some were refused, for doctor. */
void apn_render(struct json_object *apn, bool all, struct buf *out);

#endif
