/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit.h"

#include "io/relay.h"

#define MANY     (1024 * 1024)
#define NEVER_MS 3600000
#define PATIENCE 20. /* s; a deadline, not a measure */

enum { NEAR, FAR };

/* Two socket pairs: the relay has one end of each, the test the other. */
struct world {
	struct ev_loop *loop;
	struct relay *relay;
	int relays[2];
	int tests[2];
	int agreed;
	int gone; /* how often */
	bool far; /* which, last */
	char words[64];
	ev_timer deadline;
};

static void on_gone(void *ctx, bool far, const char *words)
{
	struct world *world = ctx;

	world->gone++;
	world->far = far;
	if (words)
		snprintf(world->words, sizeof(world->words), "%s", words);
	relay_free(world->relay);
	world->relay = NULL;
}

static void on_agreed(void *ctx)
{
	struct world *world = ctx;

	world->agreed++;
}

static void on_deadline(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)watcher;
	(void)revents;
	fail_msg("nothing came of it in time");
}

static struct world *world_new(const char *early, int hold_ms)
{
	struct world *world = calloc(1, sizeof(*world));
	struct relay_ends ends;

	assert_non_null(world);
	for (int i = NEAR; i <= FAR; i++) {
		int pair[2];

		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, pair), 0);
		world->relays[i] = pair[0];
		world->tests[i] = pair[1];
	}
	world->loop = ev_loop_new(EVFLAG_AUTO);
	assert_non_null(world->loop);
	ends = (struct relay_ends){world->relays[NEAR], world->relays[NEAR], world->relays[FAR],
				   on_agreed};
	world->relay = relay_new(world->loop, &ends, early, strlen(early), hold_ms, on_gone, world);
	assert_non_null(world->relay);
	ev_timer_init(&world->deadline, on_deadline, PATIENCE, 0.);
	ev_timer_start(world->loop, &world->deadline);
	return world;
}

static void world_free(struct world *world)
{
	relay_free(world->relay);
	ev_loop_destroy(world->loop);
	for (int i = NEAR; i <= FAR; i++) {
		close(world->relays[i]);
		if (world->tests[i] >= 0)
			close(world->tests[i]);
	}
	free(world);
}

static void say(struct world *world, int end, const char *text)
{
	assert_int_equal(write(world->tests[end], text, strlen(text)), strlen(text));
}

/* Run the loop until `end` has got exactly `text`. */
static void gets(struct world *world, int end, const char *text)
{
	char bytes[64] = "";
	size_t have = 0;
	ssize_t len;

	while (have < strlen(text)) {
		ev_run(world->loop, EVRUN_ONCE);
		len = read(world->tests[end], bytes + have, sizeof(bytes) - 1 - have);
		have += len > 0 ? (size_t)len : 0;
	}
	assert_string_equal(bytes, text);
}

static void bytes_go_both_ways(void **state)
{
	struct world *world = world_new("", NEVER_MS);

	(void)state;
	say(world, NEAR, "hello");
	gets(world, FAR, "hello");
	say(world, FAR, "world");
	gets(world, NEAR, "world");
	assert_int_equal(world->gone, 0);
	world_free(world);
}

static void a_call_that_ends_in_plain_text_is_told(void **state)
{
	struct world *world = world_new("", NEVER_MS);

	(void)state;
	say(world, NEAR, "x");
	gets(world, FAR, "x");
	say(world, FAR, "~\xff}#\xc0!~\r\nNO CAR");
	gets(world, NEAR, "~\xff}#\xc0!~\r\nNO CAR");
	say(world, FAR, "RIER\r\n");
	while (world->gone == 0)
		ev_run(world->loop, EVRUN_ONCE);
	assert_true(world->far);
	assert_string_equal(world->words, "NO CARRIER");
	world_free(world);
}

#define IPCP_ACK "~\x80!}\"}\"} }$}2S~"

/* LCP is a word of PPP's, and IPCP's Configure-Ack an address; its Nak is none, and one that is
 * damaged, or in a packet of data, says nothing. */
static void an_address_is_told(void **state)
{
	struct world *world = world_new("", NEVER_MS);
	const char *const more[] = {"~\xff}#\xc0!}!}!} }$\xd1\xb5~",
				    "~\x80!}#}\"} }$\xa9O",
				    "~~\x80!}\"}\"} }$}3S~",
				    "~!E\x80!}\"}\"} }$}2S~~\xff",
				    "}#\x80",
				    "!}\"}\"} }$\xa9}]~",
				    IPCP_ACK};

	(void)state;
	say(world, NEAR, "x");
	gets(world, FAR, "x");
	say(world, FAR, "OK then");
	gets(world, NEAR, "OK then");
	assert_false(relay_has_heard(world->relay));
	for (size_t i = 0; i < sizeof(more) / sizeof(*more); i++) {
		say(world, FAR, more[i]);
		gets(world, NEAR, more[i]);
		assert_true(relay_has_heard(world->relay));
		assert_int_equal(world->agreed, i > 4);
	}
	world_free(world);
}

static void an_address_is_told_before_an_end_that_comes_with_it(void **state)
{
	struct world *world = world_new("", NEVER_MS);

	(void)state;
	say(world, NEAR, "x");
	gets(world, FAR, "x");
	say(world, FAR, IPCP_ACK "\r\nNO CARRIER\r\n");
	while (world->gone == 0)
		ev_run(world->loop, EVRUN_ONCE);
	assert_int_equal(world->agreed, 1);
	world_free(world);
}

static void near_end_gets_nothing_before_it_has_spoken(void **state)
{
	struct world *world = world_new("early,", NEVER_MS);
	char byte;

	(void)state;
	say(world, FAR, "late");
	for (int i = 0; i < 5; i++)
		ev_run(world->loop, EVRUN_NOWAIT);
	assert_int_equal(read(world->tests[NEAR], &byte, 1), -1);
	say(world, NEAR, "x");
	gets(world, FAR, "x");
	gets(world, NEAR, "early,late");
	world_free(world);
}

static void a_silent_near_end_is_spoken_to_in_the_end(void **state)
{
	struct world *world = world_new("early", 1);

	(void)state;
	gets(world, NEAR, "early");
	say(world, FAR, "late");
	gets(world, NEAR, "late");
	world_free(world);
}

static char nth(size_t n)
{
	return (char)(n * 31 + n / 251);
}

/* Feed `from` while it takes bytes; read from the other end only every so often, so that all
 * buffers on the way are full most of the time. */
static void pass_many(struct world *world, int from)
{
	static char bytes[4096];
	size_t sent = 0, got = 0;
	ssize_t len;

	for (unsigned turn = 0; got < MANY; turn++) {
		for (len = 0; len >= 0 && sent<MANY; sent += len> 0 ? (size_t)len : 0) {
			size_t part = MANY - sent < sizeof(bytes) ? MANY - sent : sizeof(bytes);

			for (size_t i = 0; i < part; i++)
				bytes[i] = nth(sent + i);
			len = write(world->tests[from], bytes, part);
		}
		ev_run(world->loop, EVRUN_NOWAIT);
		if (turn % 7 != 0)
			continue;
		len = read(world->tests[!from], bytes, sizeof(bytes));
		for (ssize_t i = 0; i < len; i++)
			assert_int_equal(bytes[i], nth(got++));
	}
	assert_int_equal(got, MANY);
}

static void a_slow_end_loses_nothing(void **state)
{
	struct world *world = world_new("", NEVER_MS);

	(void)state;
	pass_many(world, NEAR);
	pass_many(world, FAR);
	assert_int_equal(world->gone, 0);
	world_free(world);
}

/* With a full buffer in between, too. */
static void the_end_that_goes_is_named(void **state)
{
	(void)state;
	for (int end = NEAR; end <= FAR; end++) {
		for (int full = 0; full < 2; full++) {
			struct world *world = world_new("", 0);
			static const char bytes[4096];

			while (full && write(world->tests[!end], bytes, sizeof(bytes)) > 0)
				ev_run(world->loop, EVRUN_NOWAIT);
			close(world->tests[end]);
			world->tests[end] = -1;
			while (world->gone == 0)
				ev_run(world->loop, EVRUN_ONCE);
			assert_int_equal(world->gone, 1);
			assert_int_equal(world->far, end == FAR);
			world_free(world);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bytes_go_both_ways),
		cmocka_unit_test(a_call_that_ends_in_plain_text_is_told),
		cmocka_unit_test(an_address_is_told),
		cmocka_unit_test(an_address_is_told_before_an_end_that_comes_with_it),
		cmocka_unit_test(near_end_gets_nothing_before_it_has_spoken),
		cmocka_unit_test(a_silent_near_end_is_spoken_to_in_the_end),
		cmocka_unit_test(a_slow_end_loses_nothing),
		cmocka_unit_test(the_end_that_goes_is_named),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
