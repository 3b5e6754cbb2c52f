/* SPDX-License-Identifier: ISC */
#include <arpa/inet.h>
#include <errno.h>
#include <ifaddrs.h>
#include <linux/filter.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/count.h"
#include "io/ifwatch.h"
#include "io/netlink.h"

/* Where both messages have the interface's index. */
#define INDEX_OFFSET (NLMSG_HDRLEN + offsetof(struct ifinfomsg, ifi_index))
_Static_assert(offsetof(struct ifinfomsg, ifi_index) == offsetof(struct ifaddrmsg, ifa_index),
	       "one filter serves both");

struct ifwatch {
	struct ev_loop *loop;
	int socket;
	unsigned ifindex;
	ev_io reader;
	ifwatch_handler *handler;
	void *ctx;
};

static void take_address_message(struct ifwatch *ifwatch, const struct nlmsghdr *header)
{
	const struct ifaddrmsg *info = NLMSG_DATA(header);
	const struct rtattr *attr = IFA_RTA(info), *own = NULL;
	int left = (int)IFA_PAYLOAD(header);
	size_t size =
		info->ifa_family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr);

	if (info->ifa_index != ifwatch->ifindex)
		return;
	/* Where both are there, IFA_ADDRESS is the peer's. */
	for (; RTA_OK(attr, left); attr = RTA_NEXT(attr, left))
		if (attr->rta_type == IFA_LOCAL || (attr->rta_type == IFA_ADDRESS && !own))
			own = attr;
	if (own && RTA_PAYLOAD(own) >= size)
		ifwatch->handler(ifwatch->ctx, IFWATCH_ADDRESS, info->ifa_family, RTA_DATA(own));
}

static void on_message(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct ifwatch *ifwatch = watcher->data;
	long message[16384 / sizeof(long)];
	ssize_t len;

	(void)loop;
	(void)revents;
	while ((len = netlink_receive(ifwatch->socket, message, sizeof(message))) >= 0 ||
	       len == -ENOBUFS) {
		const struct nlmsghdr *header = (const void *)message;
		unsigned left = len > 0 ? (unsigned)len : 0;

		if (len < 0)
			ifwatch->handler(ifwatch->ctx, IFWATCH_MISSED, 0, NULL);
		for (; NLMSG_OK(header, left); header = NLMSG_NEXT(header, left)) {
			size_t size = NLMSG_PAYLOAD(header, 0);
			const struct ifinfomsg *info;
			int type = header->nlmsg_type;

			if (type == RTM_DELADDR && size >= sizeof(struct ifaddrmsg))
				take_address_message(ifwatch, header);
			if ((type != RTM_DELLINK && type != RTM_NEWLINK) || size < sizeof(*info))
				continue;
			info = NLMSG_DATA(header);
			if ((unsigned)info->ifi_index != ifwatch->ifindex)
				continue;
			if (type == RTM_DELLINK)
				ifwatch->handler(ifwatch->ctx, IFWATCH_GONE, 0, NULL);
			else if (!(info->ifi_flags & IFF_UP))
				ifwatch->handler(ifwatch->ctx, IFWATCH_DOWN, 0, NULL);
		}
	}
}

struct ifwatch *ifwatch_new(struct ev_loop *loop, const char *ifname, ifwatch_handler *handler,
			    void *ctx)
{
	struct ifwatch *ifwatch;
	unsigned ifindex = if_nametoindex(ifname);
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, INDEX_OFFSET),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, htonl(ifindex), 0, 1),
		BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	struct sock_fprog program = {sizeof(code) / sizeof(*code), code};

	ifwatch = ifindex ? calloc(1, sizeof(*ifwatch)) : NULL;
	if (!ifwatch)
		return NULL;
	ifwatch->loop = loop;
	ifwatch->ifindex = ifindex;
	ifwatch->handler = handler;
	ifwatch->ctx = ctx;
	ifwatch->socket =
		netlink_open(NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR);
	if (ifwatch->socket < 0) {
		free(ifwatch);
		return NULL;
	}
	/* On a router with containers, interfaces come and go all the time. Without the filter we
	 * only wake up more often. */
	setsockopt(ifwatch->socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
	ev_io_init(&ifwatch->reader, on_message, ifwatch->socket, EV_READ);
	/* pppd's log, which gives the reason, comes first. */
	ev_set_priority(&ifwatch->reader, EV_MINPRI);
	ifwatch->reader.data = ifwatch;
	ev_io_start(loop, &ifwatch->reader);
	return ifwatch;
}

void ifwatch_free(struct ifwatch *ifwatch)
{
	if (!ifwatch)
		return;
	ev_io_stop(ifwatch->loop, &ifwatch->reader);
	close(ifwatch->socket);
	free(ifwatch);
}

bool ifwatch_same(const char *text, int family, const void *address)
{
	unsigned char own[sizeof(struct in6_addr)];

	return inet_pton(family, text, own) == 1 &&
	       memcmp(own, address,
		      family == AF_INET ? sizeof(struct in_addr) : sizeof(struct in6_addr)) == 0;
}

bool ifwatch_is_fine(const char *ifname, const char *address)
{
	struct ifaddrs *list;
	bool up = false, has = *address == '\0';

	if (getifaddrs(&list) < 0)
		return true; /* unknown */
	for (struct ifaddrs *entry = list; entry; entry = entry->ifa_next) {
		const void *any = entry->ifa_addr;
		const struct sockaddr_in *ipv4 = any;
		const struct sockaddr_in6 *ipv6 = any;
		int family = any ? entry->ifa_addr->sa_family : AF_UNSPEC;

		if (strcmp(entry->ifa_name, ifname) != 0)
			continue;
		up |= (entry->ifa_flags & IFF_UP) != 0;
		if (family == AF_INET)
			has |= ifwatch_same(address, family, &ipv4->sin_addr);
		else if (family == AF_INET6)
			has |= ifwatch_same(address, family, &ipv6->sin6_addr);
	}
	freeifaddrs(list);
	return up && has;
}
