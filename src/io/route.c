/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "io/route.h"

static struct nlmsghdr *default_route(char *buffer, int type, int family, unsigned ifindex,
				      unsigned metric)
{
	struct nlmsghdr *header = mnl_nlmsg_put_header(buffer);
	struct rtmsg *route;

	header->nlmsg_type = (unsigned short)type;
	header->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	if (type == RTM_NEWROUTE)
		header->nlmsg_flags |= NLM_F_CREATE | NLM_F_EXCL;
	header->nlmsg_seq = 1; /* of a socket for this one only */
	route = mnl_nlmsg_put_extra_header(header, sizeof(*route));
	route->rtm_family = (unsigned char)family;
	route->rtm_table = RT_TABLE_MAIN;
	route->rtm_protocol = RTPROT_STATIC;
	route->rtm_scope = RT_SCOPE_LINK;
	route->rtm_type = RTN_UNICAST;
	mnl_attr_put_u32(header, RTA_OIF, ifindex);
	mnl_attr_put_u32(header, RTA_PRIORITY, metric);
	return header;
}

/* Send it and wait for the kernel's answer, which comes at once. */
static int talk(struct mnl_socket *socket, const struct nlmsghdr *header)
{
	char buffer[4096];
	unsigned portid;
	ssize_t len;

	if (mnl_socket_bind(socket, 0, MNL_SOCKET_AUTOPID) < 0 ||
	    mnl_socket_sendto(socket, header, header->nlmsg_len) < 0)
		return -errno;
	portid = mnl_socket_get_portid(socket);
	len = mnl_socket_recvfrom(socket, buffer, sizeof(buffer));
	if (len < 0 || mnl_cb_run(buffer, (size_t)len, header->nlmsg_seq, portid, NULL, NULL) < 0)
		return -errno;
	return 0;
}

static int change(int type, const char *ifname, int family, unsigned metric)
{
	char buffer[256];
	struct mnl_socket *socket;
	unsigned ifindex = if_nametoindex(ifname);
	int error;

	if (ifindex == 0)
		return -ENODEV;
	socket = mnl_socket_open2(NETLINK_ROUTE, SOCK_CLOEXEC);
	if (!socket)
		return -errno;
	error = talk(socket, default_route(buffer, type, family, ifindex, metric));
	mnl_socket_close(socket);
	return error;
}

int route_default_add(const char *ifname, int family, unsigned metric)
{
	return change(RTM_NEWROUTE, ifname, family, metric);
}

int route_default_delete(const char *ifname, int family, unsigned metric)
{
	return change(RTM_DELROUTE, ifname, family, metric);
}

static bool read_counter(const char *ifname, const char *counter, unsigned long long *value)
{
	char path[128];
	FILE *file;
	bool found;

	snprintf(path, sizeof(path), "/sys/class/net/%s/statistics/%s", ifname, counter);
	file = fopen(path, "re");
	if (!file)
		return false;
	found = fscanf(file, "%llu", value) == 1;
	fclose(file);
	return found;
}

bool route_counters(const char *ifname, unsigned long long *rx, unsigned long long *tx)
{
	return *ifname && !strchr(ifname, '/') && read_counter(ifname, "rx_bytes", rx) &&
	       read_counter(ifname, "tx_bytes", tx);
}
