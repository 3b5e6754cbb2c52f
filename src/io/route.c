/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "io/netlink.h"
#include "io/route.h"
#include "io/sysfs.h"

/* Send the request and wait for the kernel's answer, which comes at once. */
int route_default(bool add, const char *ifname, int family, unsigned metric)
{
	char buffer[4096];
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct mnl_socket *socket;
	struct rtmsg *route;
	unsigned ifindex = if_nametoindex(ifname);
	ssize_t len;
	int error = 0;

	if (ifindex == 0)
		return -ENODEV;
	header->nlmsg_type = add ? RTM_NEWROUTE : RTM_DELROUTE;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (add)
		header->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	header->nlmsg_seq = 1; /* the only request on this socket */
	route = mnl_nlmsg_put_extra_header(header, sizeof(*route));
	route->rtm_family = (unsigned char)family;
	route->rtm_table = RT_TABLE_MAIN;
	route->rtm_protocol = RTPROT_STATIC;
	route->rtm_scope = RT_SCOPE_LINK;
	route->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(header, RTA_OIF, ifindex);
	mnl_attr_put_u32(header, RTA_PRIORITY, metric);
	socket = netlink_open(NETLINK_ROUTE, 0);
	if (!socket)
		return -errno;
	if (mnl_socket_sendto(socket, header, header->nlmsg_len) < 0 ||
	    (len = mnl_socket_recvfrom(socket, buffer, sizeof(buffer))) < 0 ||
	    mnl_cb_run(buffer, (size_t)len, 1, mnl_socket_get_portid(socket), NULL, NULL) < 0)
		error = -errno;
	mnl_socket_close(socket);
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
