/* SPDX-License-Identifier: ISC */
#ifndef GD_DAEMON_RELOAD_H
#define GD_DAEMON_RELOAD_H

struct bus;
struct json_object;

/* Read the configuration again; the answer to the request for it. */
struct json_object *reload_conf(struct bus *bus);

/* Nobody uses what waits for the next dial: apply it. */
void reload_apply_next(struct bus *bus);

/* A part's function, as in bus.h. */
void reload_stop(struct bus *bus);

#endif
