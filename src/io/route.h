/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_ROUTE_H
#define GD_IO_ROUTE_H

#include <stdbool.h>

/*
 * Add or remove the default route through a point-to-point interface, by rtnetlink: pppd's
 * own `defaultroute` behaves differently in every version. Family AF_INET or
 * AF_INET6. The kernel removes the route with its interface.
 * 0; -EEXIST: another route has this metric; -ESRCH: there is none to remove;
 * -ENODEV: no such interface; or another negative errno of the kernel's.
 */
int route_default(bool add, const char *ifname, int family, unsigned metric);

/* Bytes that have passed through an interface; false when there is no such interface. */
bool route_counters(const char *ifname, unsigned long long *rx, unsigned long long *tx);

#endif
