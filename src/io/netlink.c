/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include "io/netlink.h"

struct mnl_socket *netlink_open(int bus, unsigned groups)
{
	struct mnl_socket *socket = mnl_socket_open2(bus, SOCK_CLOEXEC);
	int error;

	if (!socket || mnl_socket_bind(socket, groups, MNL_SOCKET_AUTOPID) == 0)
		return socket;
	error = errno;
	mnl_socket_close(socket);
	errno = error;
	return NULL;
}

ssize_t netlink_receive(struct mnl_socket *socket, void *message, size_t size)
{
	struct sockaddr_nl from = {0};
	socklen_t from_len = sizeof(from);
	ssize_t len;

	len = recvfrom(mnl_socket_get_fd(socket), message, size, MSG_DONTWAIT,
		       (struct sockaddr *)&from, &from_len);
	if (len < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	return from.nl_pid == 0 ? len : 0;
}
