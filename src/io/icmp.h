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
	uint8_t token[8]; /* cannot be guessed off the path */
};

#define ICMP_ECHO_SIZE 16

/* ICMP with its checksum; the kernel fills in that of ICMPv6. */
void icmp_request(const struct icmp_echo *echo, uint8_t packet[ICMP_ECHO_SIZE]);

/* Whether the packet, which may be any bytes, answers that request. `with_header`: it starts with
 * an IPv4 header, as on raw sockets. */
bool icmp_is_answer(const struct icmp_echo *echo, const uint8_t *packet, size_t len,
		    bool with_header);

#endif
