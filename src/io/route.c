/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/count.h"
#include "io/netlink.h"
#include "io/route.h"
#include "io/sysfs.h"

/* The kernel has answered by the time that send() returns. */
int route_default(bool add, const char *ifname, int family, unsigned metric)
{
	unsigned ifindex = if_nametoindex(ifname);
	struct {
		struct nlmsghdr header;
		struct rtmsg route;
		struct rtattr oif;
		uint32_t oif_value;
		struct rtattr priority;
		uint32_t priority_value;
	} request = {
		.header = {.nlmsg_len = sizeof(request),
			   .nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE,
			   .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK |
					  (add ? NLM_F_CREATE | NLM_F_EXCL : 0)},
		.route = {.rtm_family = (unsigned char)family,
			  .rtm_table = RT_TABLE_MAIN,
			  .rtm_protocol = RTPROT_STATIC,
			  .rtm_scope = RT_SCOPE_LINK,
			  .rtm_type = RTN_UNICAST},
		.oif = {RTA_LENGTH(sizeof(uint32_t)), RTA_OIF},
		.oif_value = ifindex,
		.priority = {RTA_LENGTH(sizeof(uint32_t)), RTA_PRIORITY},
		.priority_value = metric,
	};
	struct {
		struct nlmsghdr header;
		struct nlmsgerr answer;
		char rest[512]; /* the request, and what an extended one says */
	} reply;
	int socket, error;
	ssize_t len;

	if (ifindex == 0)
		return -ENODEV;
	socket = netlink_open(NETLINK_ROUTE, 0);
	if (socket < 0)
		return socket;
	len = send(socket, &request, sizeof(request), 0);
	if (len >= 0)
		len = recv(socket, &reply, sizeof(reply), 0);
	error = len < 0 ? -errno : -EBADMSG;
	if (len >= (ssize_t)NLMSG_LENGTH(sizeof(reply.answer)) &&
	    reply.header.nlmsg_type == NLMSG_ERROR)
		error = reply.answer.error;
	close(socket);
	return error;
}

bool route_counters(const char *ifname, unsigned long long *rx, unsigned long long *tx)
{
	static const char *const names[] = {"rx_bytes", "tx_bytes"};
	unsigned long long *values[] = {rx, tx};
	char dir[64], text[24], *end;

	snprintf(dir, sizeof(dir), "/sys/class/net/%s/statistics", ifname);
	for (size_t i = 0; i < COUNT(names); i++) {
		if (!*ifname || strchr(ifname, '/') ||
		    !sysfs_read(dir, names[i], text, sizeof(text)))
			return false;
		*values[i] = strtoull(text, &end, 10);
		if (end == text)
			return false;
	}
	return true;
}
