/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_SNAPSHOT_H
#define GD_STATUS_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "modem/script.h"

struct buf;
struct json_object;

#define STATUS_DNS_MAX      4
#define STATUS_TIMELINE_MAX 16

/* What `status` tells. Texts are "" and numbers -1 where unknown; times are milliseconds. Texts are
 * borrowed. */
struct status {
	const char *name;
	const char *state;
	long long since_ms;
	const char *port;
	const char *manufacturer, *product, *serial, *usb_path;
	int vid, pid;
	struct {
		const char *ifname;
		int pid;
		const char *local, *remote, *ipv6;
		const char *dns[STATUS_DNS_MAX];
		size_t dns_count;
		long long rx_bytes, tx_bytes;
		long long rx_rate, tx_rate; /* bytes a second */
		long long rate_ms;          /* in the time before now */
	} ppp;
	const struct modem_facts *facts; /* NULL: the modem has not been asked */
	long long facts_age_ms;          /* since it was; -1 unknown */
	unsigned redials;
	struct {
		enum cause cause; /* NONE: there was none */
		const char *text;
		long long ago_ms;
	} failure;
	struct {
		const char *rung; /* the last one; NULL: no failure since a
				   * link that lasted */
		int tries;        /* failures since then */
	} recovery;
	long long next_try_ms;
	struct {
		const char *step;
		int ms;
	} timeline[STATUS_TIMELINE_MAX];
	size_t timeline_count;
};

/* The contract's object; the caller puts it. NULL: no memory. */
struct json_object *status_to_json(const struct status *status);

/* Its parts "network" and "signal", which `info` has too. */
struct json_object *status_network(const struct modem_facts *facts);
struct json_object *status_signal(const struct modem_facts *facts);

/* The object in Prometheus' text format, for node_exporter's textfile collector; NULL: the instance
 * does not run. */
void status_to_prometheus(struct json_object *object, const char *name, struct buf *out);

/* How a screen is to look. */
struct status_look {
	bool colour; /* SGR */
	int columns; /* of the terminal; 0: lines of any length */
};

/* The object as a screen for people. Takes any object: what is absent is left out. */
void status_render(struct json_object *object, const struct status_look *look, struct buf *out);

#endif
