/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_NETLINK_H
#define GD_IO_NETLINK_H

#include <stddef.h>
#include <sys/types.h>

struct mnl_socket;

/* A socket of that bus, NETLINK_ROUTE say, that hears these groups. NULL, and errno. */
struct mnl_socket *netlink_open(int bus, unsigned groups);

/* The next message of the kernel's own: a process could send to the group as well, and then it is 0
 * bytes. -EAGAIN; -ENOBUFS: some were lost. */
ssize_t netlink_receive(struct mnl_socket *socket, void *message, size_t size);

#endif
