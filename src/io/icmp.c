/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "io/icmp.h"

enum {
	ECHO_REQUEST = 8,
	ECHO_REPLY = 0,
	ECHO_REQUEST6 = 128,
	ECHO_REPLY6 = 129,
	PROTOCOL = 1, /* ICMP in an IPv4 header */
};

static void put_uint16(uint8_t *at, uint16_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

/* Type, code, checksum, id, seq, token. */
static void build_echo(const struct icmp_echo *echo, uint8_t type, uint8_t packet[ICMP_ECHO_SIZE])
{
	memset(packet, 0, 4);
	packet[0] = type;
	put_uint16(packet + 4, echo->id);
	put_uint16(packet + 6, echo->seq);
	memcpy(packet + 8, echo->token, sizeof(echo->token));
}

void icmp_request(const struct icmp_echo *echo, uint8_t packet[ICMP_ECHO_SIZE])
{
	uint32_t sum = 0;

	build_echo(echo, echo->ipv6 ? ECHO_REQUEST6 : ECHO_REQUEST, packet);
	if (echo->ipv6)
		return; /* the kernel's */
	/* RFC 1071, of an even number of bytes. */
	for (size_t i = 0; i + 1 < ICMP_ECHO_SIZE; i += 2)
		sum += (uint32_t)packet[i] << 8 | packet[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	put_uint16(packet + 2, (uint16_t)~sum);
}

bool icmp_is_answer(const struct icmp_echo *echo, const uint8_t *packet, size_t len,
		    bool with_header)
{
	uint8_t want[ICMP_ECHO_SIZE];
	size_t skip = with_header && len > 0 ? (packet[0] & 0x0fu) * 4u : 0;

	if (with_header && (len < 20 || packet[0] >> 4 != 4 || skip < 20 || packet[9] != PROTOCOL))
		return false;
	if (skip > len || len - skip < ICMP_ECHO_SIZE)
		return false;
	packet += skip;
	build_echo(echo, echo->ipv6 ? ECHO_REPLY6 : ECHO_REPLY, want);
	/* The kernel has checked the checksum. */
	return memcmp(packet, want, 2) == 0 &&
	       memcmp(packet + 4, want + 4, ICMP_ECHO_SIZE - 4) == 0;
}
