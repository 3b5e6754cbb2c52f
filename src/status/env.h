/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_ENV_H
#define GD_STATUS_ENV_H

struct buf;
struct json_object;

/* A hook's environment from a status object: NAME=VALUE, each with a NUL behind it. All names are
 * there, with nothing behind the = where nothing is known. What strangers have said has no control
 * characters. No secrets: the object has none. */
void status_env(struct json_object *object, struct buf *out);

#endif
