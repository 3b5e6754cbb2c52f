/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_ICMP_H
#define GD_IO_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Echo requests and their answers (RFC 792, RFC 4443), as bytes. */
struct icmp_echo {
	bool ipv6;
	uint16_t id, seq;
	uint8_t token[8]; /* what nobody off the path can guess */
};

#define ICMP_ECHO_SIZE 16

/* For ICMP with its checksum; ICMPv6's is the kernel's affair. */
void icmp_request(const struct icmp_echo *echo, uint8_t packet[ICMP_ECHO_SIZE]);

/* Whether it is the answer to that request; `with_header`: an IPv4 header stands before it, as raw
 * sockets give it. Any bytes will do. */
bool icmp_is_answer(const struct icmp_echo *echo, const uint8_t *packet, size_t len,
		    bool with_header);

#endif
