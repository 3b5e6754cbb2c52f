/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "io/icmp.h"

static const struct icmp_echo echo = {
	.id = 0x1234, .seq = 0x0102, .token = {1, 2, 3, 4, 5, 6, 7, 8}};
static const struct icmp_echo echo6 = {
	.ipv6 = true, .id = 7, .seq = 9, .token = {8, 7, 6, 5, 4, 3, 2, 1}};

/* The answer to it, in an IPv4 packet whose header has `words` words. */
static size_t answer(const struct icmp_echo *to, uint8_t *packet, size_t words)
{
	memset(packet, 0, words * 4);
	packet[0] = (uint8_t)(0x40 | words);
	packet[9] = 1;
	icmp_request(to, packet + words * 4);
	packet[words * 4] = to->ipv6 ? 129 : 0;
	return words * 4 + ICMP_ECHO_SIZE;
}

static void a_request_is_as_rfc_792_has_it(void **state)
{
	/* The checksum was reckoned by hand: ~(0800+1234+0102+0102+0304+0506+ 0708). */
	static const uint8_t want[ICMP_ECHO_SIZE] = {8, 0, 0xd4, 0xb5, 0x12, 0x34, 1, 2,
						     1, 2, 3,    4,    5,    6,    7, 8};
	uint8_t packet[ICMP_ECHO_SIZE];

	(void)state;
	icmp_request(&echo, packet);
	assert_memory_equal(packet, want, sizeof(want));
	icmp_request(&echo6, packet);
	assert_int_equal(packet[0], 128);
}

static void its_answer_is_known_with_and_without_a_header(void **state)
{
	uint8_t packet[60 + ICMP_ECHO_SIZE];

	(void)state;
	assert_true(icmp_is_answer(&echo, packet, answer(&echo, packet, 5), true));
	assert_true(icmp_is_answer(&echo, packet, answer(&echo, packet, 15), true));
	assert_true(icmp_is_answer(&echo, packet + 20, answer(&echo, packet, 5) - 20, false));
	assert_true(icmp_is_answer(&echo6, packet + 20, answer(&echo6, packet, 5) - 20, false));
}

static void any_other_byte_makes_it_none(void **state)
{
	uint8_t packet[20 + ICMP_ECHO_SIZE];
	size_t len = answer(&echo, packet, 5);

	(void)state;
	for (size_t i = 20; i < len; i++) {
		if (i == 22 || i == 23) /* the checksum, the kernel's affair */
			continue;
		packet[i] ^= 1;
		assert_false(icmp_is_answer(&echo, packet, len, true));
		packet[i] ^= 1;
	}
	packet[9] = 17;
	assert_false(icmp_is_answer(&echo, packet, len, true));
	answer(&echo, packet, 5);
	packet[20] = 8; /* our own request */
	assert_false(icmp_is_answer(&echo, packet, len, true));
}

static void hostile_lengths_are_harmless(void **state)
{
	uint8_t packet[60 + ICMP_ECHO_SIZE];
	size_t len = answer(&echo, packet, 5);

	(void)state;
	for (size_t cut = 0; cut < len; cut++) {
		/* Of its own, for what looks behind its end. */
		uint8_t *copy = malloc(cut ? cut : 1);

		assert_non_null(copy);
		memcpy(copy, packet, cut);
		assert_false(icmp_is_answer(&echo, copy, cut, true));
		assert_false(icmp_is_answer(&echo6, copy, cut, false));
		free(copy);
	}
	for (unsigned first = 0; first < 256; first++) {
		packet[0] = (uint8_t)first;
		assert_int_equal(icmp_is_answer(&echo, packet, len, true), first == 0x45);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_is_as_rfc_792_has_it),
		cmocka_unit_test(its_answer_is_known_with_and_without_a_header),
		cmocka_unit_test(any_other_byte_makes_it_none),
		cmocka_unit_test(hostile_lengths_are_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
