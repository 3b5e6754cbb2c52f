/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_MODEM_INFO_H
#define GD_STATUS_MODEM_INFO_H

struct buf;
struct json_object;
struct modem_facts;

/* The contract's object of `info`, without what is not known; the caller puts it. `port` may be "".
 * `source` is who was asked: "modem", or "instance", which knows what it learnt before its call. */
struct json_object *modem_info_json(const struct modem_facts *facts, const char *port,
				    const char *source);

/* Its parts "network" and "signal", which `status` has too. */
struct json_object *modem_network_json(const struct modem_facts *facts);
struct json_object *modem_signal_json(const struct modem_facts *facts);

/* The object as a screen for people. Takes any object: what is absent is left out. */
void modem_info_render(struct json_object *object, struct buf *out);

#endif
