/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_APN_JSON_H
#define GD_STATUS_APN_JSON_H

struct buf;
struct json_object;
struct script;

/* The access point of the dial: {"value","source","text","tries":[{"value","source","text",
 * "user","refused"}]}; all that may be tried, in that order, and how each was refused. NULL: none
 * is known yet. */
struct json_object *apn_json(const struct script *script);

/* `check --apn`: a line for each, with the one in use marked. */
void apn_render(struct json_object *apn, struct buf *out);

/* How each was refused, one a line; nothing where none was. */
void apn_render_refused(struct json_object *apn, struct buf *out);

#endif
