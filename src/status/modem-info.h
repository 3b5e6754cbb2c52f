/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_MODEM_INFO_H
#define GD_STATUS_MODEM_INFO_H

struct buf;
struct json_object;
struct modem_facts;

/* The contract's object of `info`; what is not known is not in it. `port` may be ""; `source` is
 * who was asked: "modem", or "instance", which knows what it learnt before its call. The caller
 * puts it. */
struct json_object *modem_info_json(const struct modem_facts *facts, const char *port,
				    const char *source);

/* The object as a screen for people. Takes any object: what is absent is left out. */
void modem_info_render(struct json_object *object, struct buf *out);

#endif
