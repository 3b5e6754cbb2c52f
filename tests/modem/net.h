/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_NET_H
#define GD_MODEM_NET_H

#include <stdbool.h>
#include <stddef.h>

#include <ev.h>

struct modem;
struct buf;

enum net_domain { NET_CS, NET_PS, NET_EPS, NET_DOMAINS };

/* Registration as it goes on. `stat` is 27.007 7.2's. */
struct net {
	struct modem *modem;
	bool on;     /* radio and SIM let it search */
	bool forced; /* by the control socket, until power-up */
	size_t step; /* of the description's list */
	int stat[NET_DOMAINS];
	int act;
	int cause; /* of a refusal; 0: none */
	const char *lac, *ci;
	bool detached; /* AT+CGATT=0 */
	int cops_mode;
	bool bound; /* +COPS keeps it from registering */
	ev_timer timer;
};

void net_init(struct net *net, struct modem *modem);

/* SIM, radio or power may have changed: start over or stop. */
void net_update(struct net *net);
void net_power(struct net *net);

/* AT+COPS=<mode>. */
void net_select(struct net *net, int mode);

/* From now on this, whatever the description says. */
void net_force(struct net *net, int stat);

bool net_registered(const struct net *net);

/* `1`; with <n> = 2 `1,"1389","01F5C481",2`, with 3 also `3,,,,0,11`. */
void net_print(const struct net *net, enum net_domain domain, int level, struct buf *out);

#endif
