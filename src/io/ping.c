/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/log.h"
#include "conf/conf.h"
#include "io/icmp.h"
#include "io/ping.h"

/* From linux/icmp.h, which conflicts with net/if.h: types to drop, as bits. */
#define ICMP_FILTER 1

#define READS_MAX   16 /* at a time, so that the loop gets on */

union address {
	struct sockaddr any;
	struct sockaddr_in ipv4;
	struct sockaddr_in6 ipv6;
};

struct ping_socket {
	struct ping *ping;
	int fd; /* -1: no target of this family, or no socket */
	bool raw;
	struct icmp_echo echo;
	ev_io reader;
};

struct ping {
	struct ev_loop *loop;
	struct ping_socket sockets[2]; /* IPv4, IPv6 */
	union address targets[CONF_LIST_MAX];
	size_t count;
	bool answered;
};

static ssize_t receive_packet(struct ping_socket *socket, union address *from, uint8_t *packet,
			      size_t size)
{
	socklen_t len = sizeof(*from);

	memset(from, 0, sizeof(*from));
	return recvfrom(socket->fd, packet, size, MSG_DONTWAIT, &from->any, &len);
}

static void on_answer(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct ping_socket *socket = watcher->data;
	struct ping *ping = socket->ping;
	uint8_t packet[60 + ICMP_ECHO_SIZE];
	union address from;
	ssize_t len;

	(void)loop;
	(void)revents;
	for (int i = 0; i < READS_MAX && !ping->answered; i++) {
		bool known = false;

		len = receive_packet(socket, &from, packet, sizeof(packet));
		if (len < 0)
			return;
		for (size_t t = 0; t < ping->count && !known; t++) {
			const union address *target = &ping->targets[t];

			known = target->any.sa_family == from.any.sa_family &&
				(from.any.sa_family == AF_INET
					 ? target->ipv4.sin_addr.s_addr == from.ipv4.sin_addr.s_addr
					 : memcmp(&target->ipv6.sin6_addr, &from.ipv6.sin6_addr,
						  sizeof(from.ipv6.sin6_addr)) == 0);
		}
		ping->answered = known && icmp_is_answer(&socket->echo, packet, (size_t)len,
							 socket->raw && !socket->echo.ipv6);
	}
	/* Until the next round, packets cannot wake us. */
	for (size_t i = 0; i < 2 && ping->answered; i++)
		ev_io_stop(ping->loop, &ping->sockets[i].reader);
}

/* Without privileges where net.ipv4.ping_group_range allows it, which by default it does not. */
static int set_up_socket(struct ping *ping, bool ipv6, const char *ifname)
{
	struct ping_socket *own = &ping->sockets[ipv6];
	struct icmp_echo *echo = &own->echo;
	union address address = {.any.sa_family = ipv6 ? AF_INET6 : AF_INET};
	socklen_t len = sizeof(address);
	int protocol = ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	int flags = SOCK_CLOEXEC | SOCK_NONBLOCK, error;
	uint32_t filter = ~(1u << 0); /* the reply's type */
	struct icmp6_filter filter6;

	own->fd = socket(address.any.sa_family, SOCK_DGRAM | flags, protocol);
	own->raw = own->fd < 0;
	if (own->raw)
		own->fd = socket(address.any.sa_family, SOCK_RAW | flags, protocol);
	if (own->fd < 0 || setsockopt(own->fd, SOL_SOCKET, SO_BINDTODEVICE, ifname,
				      (socklen_t)strlen(ifname) + 1) < 0) {
		error = -errno;
		if (own->fd >= 0)
			close(own->fd);
		own->fd = -1;
		return error;
	}
	/* A raw socket would get all of the host's ICMP. */
	ICMP6_FILTER_SETBLOCKALL(&filter6);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter6);
	if (own->raw && ipv6)
		setsockopt(own->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter6, sizeof(filter6));
	else if (own->raw)
		setsockopt(own->fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
	echo->ipv6 = ipv6;
	if (getrandom(echo->token, sizeof(echo->token), GRND_NONBLOCK) < 0)
		memcpy(echo->token, &ping, sizeof(ping));
	/* On a datagram socket the kernel chooses the id, as it does a port, and overwrites
	 * ours. */
	memcpy(&echo->id, echo->token, sizeof(echo->id));
	if (!own->raw && bind(own->fd, &address.any, len) == 0 &&
	    getsockname(own->fd, &address.any, &len) == 0)
		echo->id = ntohs(ipv6 ? address.ipv6.sin6_port : address.ipv4.sin_port);
	ev_io_init(&own->reader, on_answer, own->fd, EV_READ);
	own->reader.data = own;
	return 0;
}

struct ping *ping_new(struct ev_loop *loop, const char *ifname, const struct conf_list *targets,
		      int *error)
{
	struct ping *ping = calloc(1, sizeof(*ping));

	*error = -ENOMEM;
	if (!ping)
		return NULL;
	ping->loop = loop;
	for (size_t i = 0; i < targets->count; i++) {
		union address *target = &ping->targets[ping->count];

		if (inet_pton(AF_INET, targets->items[i], &target->ipv4.sin_addr) == 1)
			target->any.sa_family = AF_INET;
		else if (inet_pton(AF_INET6, targets->items[i], &target->ipv6.sin6_addr) == 1)
			target->any.sa_family = AF_INET6;
		else
			continue;
		if (target->any.sa_family == AF_INET6 &&
		    IN6_IS_ADDR_LINKLOCAL(&target->ipv6.sin6_addr))
			target->ipv6.sin6_scope_id = if_nametoindex(ifname);
		ping->count++;
	}
	*error = -EDESTADDRREQ;
	for (size_t i = 0; i < 2; i++) {
		ping->sockets[i].ping = ping;
		ping->sockets[i].fd = -1;
		for (size_t t = 0; t < ping->count && ping->sockets[i].fd < 0; t++)
			if ((ping->targets[t].any.sa_family == AF_INET6) == (i == 1)) {
				*error = set_up_socket(ping, i == 1, ifname);
				break;
			}
	}
	if (ping->sockets[0].fd >= 0 || ping->sockets[1].fd >= 0)
		return ping;
	free(ping);
	return NULL;
}

void ping_send(struct ping *ping)
{
	uint8_t packet[ICMP_ECHO_SIZE];
	char text[INET6_ADDRSTRLEN];
	union address from;

	ping->answered = false;
	for (size_t i = 0; i < 2; i++) {
		struct ping_socket *socket = &ping->sockets[i];

		if (socket->fd < 0)
			continue;
		/* Late answers of the last round. */
		for (int n = 0; n < READS_MAX; n++)
			if (receive_packet(socket, &from, packet, sizeof(packet)) < 0)
				break;
		socket->echo.seq++;
		ev_io_start(ping->loop, &socket->reader);
	}
	for (size_t i = 0; i < ping->count; i++) {
		const union address *target = &ping->targets[i];
		bool ipv6 = target->any.sa_family == AF_INET6;
		struct ping_socket *socket = &ping->sockets[ipv6];

		if (socket->fd < 0)
			continue;
		icmp_request(&socket->echo, packet);
		if (sendto(socket->fd, packet, sizeof(packet), MSG_DONTWAIT, &target->any,
			   sizeof(*target)) >= 0)
			continue;
		text[0] = '\0';
		inet_ntop(target->any.sa_family,
			  ipv6 ? (const void *)&target->ipv6.sin6_addr
			       : (const void *)&target->ipv4.sin_addr,
			  text, sizeof(text));
		log_info("cannot ping %s: %s", text, strerror(errno));
	}
}

bool ping_is_answered(const struct ping *ping)
{
	return ping->answered;
}

void ping_free(struct ping *ping)
{
	if (!ping)
		return;
	for (size_t i = 0; i < 2; i++) {
		if (ping->sockets[i].fd < 0)
			continue;
		ev_io_stop(ping->loop, &ping->sockets[i].reader);
		close(ping->sockets[i].fd);
	}
	free(ping);
}
