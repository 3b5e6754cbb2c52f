/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_ROUTE_H
#define GD_IO_ROUTE_H

#include <stdbool.h>

/*
 * The default route through a point-to-point interface, by rtnetlink: pppd's
 * own `defaultroute` behaves differently in every version. Family AF_INET or
 * AF_INET6. The route goes with its interface.
 * 0; -EEXIST: another one has this metric; -ENODEV: no such interface; others
 * as of the kernel.
 */
int route_default_add(const char *ifname, int family, unsigned metric);

/* Take it away again; -ESRCH: it is not there. */
int route_default_delete(const char *ifname, int family, unsigned metric);

/* Bytes that have gone through an interface; false when it is not there. */
bool route_counters(const char *ifname, unsigned long long *rx, unsigned long long *tx);

#endif
