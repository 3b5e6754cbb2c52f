/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_NETLINK_H
#define GD_IO_NETLINK_H

#include <stddef.h>
#include <sys/types.h>

/* A socket of that bus, NETLINK_ROUTE for one, that receives these groups; to be closed. -errno. */
int netlink_open(int bus, unsigned groups);

/* The length of the next message; 0 for one that is not the kernel's, as any process can send to
 * the group. -EAGAIN; -ENOBUFS: some were lost. Does not wait. */
ssize_t netlink_receive(int socket, void *message, size_t size);

#endif
