/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_ENV_H
#define GD_STATUS_ENV_H

struct buf;
struct json_object;

/* A hook's environment from a status object: NAME=VALUE, each followed by a NUL. All names are
 * there, with an empty value where nothing is known. Control characters of modem and network are
 * escaped. There are no secrets, because the object has none. */
void status_env(struct json_object *object, struct buf *out);

#endif
