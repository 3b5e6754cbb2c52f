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

static bool is_target(const struct ping *ping, const union address *address)
{
	int family = address->any.sa_family;

	for (size_t i = 0; i < ping->count; i++) {
		const union address *target = &ping->targets[i];

		if (target->any.sa_family == family &&
		    (family == AF_INET
			     ? target->ipv4.sin_addr.s_addr == address->ipv4.sin_addr.s_addr
			     : memcmp(&target->ipv6.sin6_addr, &address->ipv6.sin6_addr,
				      sizeof(address->ipv6.sin6_addr)) == 0))
			return true;
	}
	return false;
}

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
		len = receive_packet(socket, &from, packet, sizeof(packet));
		if (len < 0)
			return;
		ping->answered =
			is_target(ping, &from) && icmp_is_answer(&socket->echo, packet, (size_t)len,
								 socket->raw && !socket->echo.ipv6);
	}
	/* Until the next round, packets cannot wake us. */
	for (size_t i = 0; i < 2 && ping->answered; i++)
		ev_io_stop(ping->loop, &ping->sockets[i].reader);
}

/* Without privileges where net.ipv4.ping_group_range allows it, which by default it does not. */
static int open_socket(struct ping_socket *ping, const char *ifname, bool ipv6)
{
	int family = ipv6 ? AF_INET6 : AF_INET;
	int protocol = ipv6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	int flags = SOCK_CLOEXEC | SOCK_NONBLOCK;
	uint32_t filter = ~(1u << 0); /* the reply's type */
	struct icmp6_filter filter6;

	ping->fd = socket(family, SOCK_DGRAM | flags, protocol);
	ping->raw = ping->fd < 0;
	if (ping->raw)
		ping->fd = socket(family, SOCK_RAW | flags, protocol);
	if (ping->fd < 0 || setsockopt(ping->fd, SOL_SOCKET, SO_BINDTODEVICE, ifname,
				       (socklen_t)strlen(ifname) + 1) < 0)
		return -errno;
	/* A raw socket would get all of the host's ICMP. */
	ICMP6_FILTER_SETBLOCKALL(&filter6);
	ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter6);
	if (ping->raw && ipv6)
		setsockopt(ping->fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter6, sizeof(filter6));
	else if (ping->raw)
		setsockopt(ping->fd, SOL_RAW, ICMP_FILTER, &filter, sizeof(filter));
	return 0;
}

static int set_up_socket(struct ping *ping, size_t index, const char *ifname)
{
	struct ping_socket *socket = &ping->sockets[index];
	struct icmp_echo *echo = &socket->echo;
	bool ipv6 = index == 1;
	union address address = {.any.sa_family = ipv6 ? AF_INET6 : AF_INET};
	socklen_t len = sizeof(address);
	int error = open_socket(socket, ifname, ipv6);

	if (error < 0) {
		if (socket->fd >= 0)
			close(socket->fd);
		socket->fd = -1;
		return error;
	}
	echo->ipv6 = ipv6;
	if (getrandom(echo->token, sizeof(echo->token), GRND_NONBLOCK) < 0)
		memcpy(echo->token, &ping, sizeof(ping));
	/* On a datagram socket the kernel chooses the id, as it does a port, and overwrites ours. */
	memcpy(&echo->id, echo->token, sizeof(echo->id));
	if (!socket->raw && bind(socket->fd, &address.any, len) == 0 &&
	    getsockname(socket->fd, &address.any, &len) == 0)
		echo->id = ntohs(ipv6 ? address.ipv6.sin6_port : address.ipv4.sin_port);
	ev_io_init(&socket->reader, on_answer, socket->fd, EV_READ);
	socket->reader.data = socket;
	return 0;
}

static void add_target(struct ping *ping, const char *text, unsigned ifindex)
{
	union address *target = &ping->targets[ping->count];

	if (inet_pton(AF_INET, text, &target->ipv4.sin_addr) == 1) {
		target->any.sa_family = AF_INET;
	} else if (inet_pton(AF_INET6, text, &target->ipv6.sin6_addr) == 1) {
		target->any.sa_family = AF_INET6;
		if (IN6_IS_ADDR_LINKLOCAL(&target->ipv6.sin6_addr))
			target->ipv6.sin6_scope_id = ifindex;
	} else {
		return;
	}
	ping->count++;
}

struct ping *ping_new(struct ev_loop *loop, const char *ifname, const struct conf_list *targets,
		      int *error)
{
	struct ping *ping = calloc(1, sizeof(*ping));

	*error = -ENOMEM;
	if (!ping)
		return NULL;
	ping->loop = loop;
	for (size_t i = 0; i < targets->count; i++)
		add_target(ping, targets->items[i], if_nametoindex(ifname));
	*error = -EDESTADDRREQ;
	for (size_t i = 0; i < 2; i++) {
		ping->sockets[i].ping = ping;
		ping->sockets[i].fd = -1;
		for (size_t t = 0; t < ping->count && ping->sockets[i].fd < 0; t++)
			if ((ping->targets[t].any.sa_family == AF_INET6) == (i == 1)) {
				*error = set_up_socket(ping, i, ifname);
				break;
			}
	}
	if (ping->sockets[0].fd >= 0 || ping->sockets[1].fd >= 0)
		return ping;
	free(ping);
	return NULL;
}

static void send_request(struct ping *ping, const union address *target)
{
	struct ping_socket *socket = &ping->sockets[target->any.sa_family == AF_INET6];
	uint8_t packet[ICMP_ECHO_SIZE];
	char text[INET6_ADDRSTRLEN] = "";

	if (socket->fd < 0)
		return;
	icmp_request(&socket->echo, packet);
	if (sendto(socket->fd, packet, sizeof(packet), MSG_DONTWAIT, &target->any,
		   sizeof(*target)) >= 0)
		return;
	inet_ntop(target->any.sa_family,
		  socket->echo.ipv6 ? (const void *)&target->ipv6.sin6_addr
				    : (const void *)&target->ipv4.sin_addr,
		  text, sizeof(text));
	log_info("cannot ping %s: %s", text, strerror(errno));
}

void ping_send(struct ping *ping)
{
	uint8_t packet[ICMP_ECHO_SIZE];
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
	for (size_t i = 0; i < ping->count; i++)
		send_request(ping, &ping->targets[i]);
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
