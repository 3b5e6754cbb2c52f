/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "io/netlink.h"

int netlink_open(int bus, unsigned groups)
{
	const struct sockaddr_nl own = {.nl_family = AF_NETLINK, .nl_groups = groups};
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, bus);
	int error;

	if (fd < 0)
		return -errno;
	if (bind(fd, (const struct sockaddr *)&own, sizeof(own)) == 0)
		return fd;
	error = -errno;
	close(fd);
	return error;
}

ssize_t netlink_receive(int socket, void *message, size_t size)
{
	struct sockaddr_nl from = {0};
	socklen_t from_len = sizeof(from);
	ssize_t len;

	len = recvfrom(socket, message, size, MSG_DONTWAIT, (struct sockaddr *)&from, &from_len);
	if (len < 0)
		return errno == EWOULDBLOCK ? -EAGAIN : -errno;
	return from.nl_pid == 0 ? len : 0;
}
