/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "conf/conf.h"
#include "modem/script.h"
#include "session/watch.h"

struct fixture {
	struct conf conf;
	struct watch watch;
	struct modem_facts facts;
	unsigned long long rx, tx;
	int64_t now;
};

static int set_up(void **state)
{
	static struct fixture fixture;

	memset(&fixture, 0, sizeof(fixture));
	assert_int_equal(conf_init(&fixture.conf), 0);
	fixture.conf.monitor.failures = 3;
	fixture.conf.monitor.dead_traffic_s = 40;
	fixture.conf.network.register_timeout_s = 60;
	fixture.conf.network.roaming = false;
	fixture.facts.registered = true;
	fixture.facts.domain_known[MODEM_DOMAIN_PS] = true;
	fixture.facts.registration[MODEM_DOMAIN_PS].stat = MODEM_REG_HOME;
	fixture.rx = fixture.tx = 100;
	watch_start(&fixture.watch, &fixture.conf, 100, 100);
	*state = &fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	watch_free(&fixture->watch);
	conf_free(&fixture->conf);
	return 0;
}

/* A count after so many bytes have come and gone. */
static bool count(struct fixture *fixture, int in, int out)
{
	fixture->rx += (unsigned)in;
	fixture->tx += (unsigned)out;
	return watch_counters(&fixture->watch, fixture->rx, fixture->tx);
}

static bool says(const struct fixture *fixture, enum cause cause, const char *words)
{
	return fixture->watch.cause == cause &&
	       strstr(buf_str(&fixture->watch.text), words) != NULL;
}

static void sent_bytes_alone_are_dead_traffic(void **state)
{
	struct fixture *fixture = *state;

	assert_int_equal(watch_count_ms(&fixture->watch), 10000);
	for (int i = 0; i < 3; i++)
		assert_false(count(fixture, 0, 60));
	assert_true(count(fixture, 0, 60));
	assert_true(says(fixture, CAUSE_LINK_LOST, "for 40 s"));
}

static void one_byte_that_comes_in_is_life(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < 40; i++)
		assert_false(count(fixture, i % 4 == 3, 60));
}

static void an_idle_link_is_never_dead(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < 1000; i++)
		assert_false(count(fixture, 0, 0));
	/* Nor is one that says a word now and then, as IPv6 does. */
	for (int i = 0; i < 1000; i++)
		assert_false(count(fixture, 0, i % 4 ? 76 : 0));
}

static void who_only_ever_sends_is_left_alone_longer_and_longer(void **state)
{
	struct fixture *fixture = *state;
	int want = 20000;

	for (int link = 0; link < 40; link++) {
		for (int i = 0; i < 3; i++)
			assert_false(count(fixture, 0, 60));
		assert_true(count(fixture, 0, 60));
		watch_start(&fixture->watch, &fixture->conf, fixture->rx, fixture->tx);
		assert_int_equal(watch_count_ms(&fixture->watch), want);
		want = want >= 10800000 ? 21600000 : want * 2;
	}
	/* The first count has PPP's own last words in it. */
	assert_false(count(fixture, 20, 0));
	assert_int_equal(watch_count_ms(&fixture->watch), 21600000);
	assert_false(count(fixture, 20, 0));
	assert_int_equal(watch_count_ms(&fixture->watch), 10000);
}

static void without_a_time_nothing_is_counted(void **state)
{
	struct fixture *fixture = *state;

	fixture->conf.monitor.dead_traffic_s = 0;
	assert_int_equal(watch_count_ms(&fixture->watch), 0);
	for (int i = 0; i < 100; i++)
		assert_false(count(fixture, 0, 60));
}

static void rounds_without_an_answer_end_it(void **state)
{
	struct fixture *fixture = *state;

	assert_false(watch_ping(&fixture->watch, false));
	assert_false(watch_ping(&fixture->watch, false));
	assert_false(watch_ping(&fixture->watch, true));
	assert_false(watch_ping(&fixture->watch, false));
	assert_false(watch_ping(&fixture->watch, false));
	assert_true(watch_ping(&fixture->watch, false));
	assert_true(says(fixture, CAUSE_LINK_LOST, "3 times"));
	/* The next link is another's. */
	watch_start(&fixture->watch, &fixture->conf, 0, 0);
	assert_false(watch_ping(&fixture->watch, false));
}

/* What the modem says `seconds` later. */
static bool hear(struct fixture *fixture, int seconds, enum modem_reg stat)
{
	struct modem_facts *facts = &fixture->facts;

	fixture->now += seconds * 1000;
	facts->registration[MODEM_DOMAIN_PS].stat = stat;
	facts->registered = modem_reg_is_registered(stat);
	facts->roaming = modem_reg_is_roaming(stat);
	return watch_registration(&fixture->watch, facts, fixture->rx, fixture->now);
}

static void a_lost_network_without_traffic_ends_it_in_time(void **state)
{
	struct fixture *fixture = *state;

	assert_false(hear(fixture, 10, MODEM_REG_HOME));
	assert_false(hear(fixture, 10, MODEM_REG_SEARCHING));
	assert_false(hear(fixture, 59, MODEM_REG_SEARCHING));
	assert_true(hear(fixture, 1, MODEM_REG_SEARCHING));
	assert_true(says(fixture, CAUSE_LINK_LOST, "lost the network"));
}

static void one_that_denies_is_told_apart(void **state)
{
	struct fixture *fixture = *state;

	assert_false(hear(fixture, 0, MODEM_REG_DENIED));
	assert_true(hear(fixture, 60, MODEM_REG_DENIED));
	assert_true(says(fixture, CAUSE_NOT_REGISTERED, "denied"));
}

static void traffic_that_comes_in_proves_a_modem_wrong(void **state)
{
	struct fixture *fixture = *state;

	for (int i = 0; i < 100; i++) {
		fixture->rx++;
		assert_false(hear(fixture, 30, MODEM_REG_SEARCHING));
	}
	assert_false(hear(fixture, 59, MODEM_REG_SEARCHING));
	assert_false(hear(fixture, 1000, MODEM_REG_HOME));
	assert_false(hear(fixture, 1000, MODEM_REG_SEARCHING));
}

static void a_modem_that_tells_nothing_is_no_reason(void **state)
{
	struct fixture *fixture = *state;

	fixture->facts.domain_known[MODEM_DOMAIN_PS] = false;
	for (int i = 0; i < 10; i++)
		assert_false(hear(fixture, 1000, MODEM_REG_IDLE));
}

static void roaming_that_is_not_wanted_ends_it_at_once(void **state)
{
	struct fixture *fixture = *state;

	assert_true(hear(fixture, 0, MODEM_REG_ROAMING));
	assert_true(says(fixture, CAUSE_NOT_REGISTERED, "network.roaming"));
	fixture->conf.network.roaming = true;
	assert_false(hear(fixture, 1000, MODEM_REG_ROAMING));
}

int main(void)
{
#define WITH_WATCH(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_WATCH(sent_bytes_alone_are_dead_traffic),
		WITH_WATCH(one_byte_that_comes_in_is_life),
		WITH_WATCH(an_idle_link_is_never_dead),
		WITH_WATCH(who_only_ever_sends_is_left_alone_longer_and_longer),
		WITH_WATCH(without_a_time_nothing_is_counted),
		WITH_WATCH(rounds_without_an_answer_end_it),
		WITH_WATCH(a_lost_network_without_traffic_ends_it_in_time),
		WITH_WATCH(one_that_denies_is_told_apart),
		WITH_WATCH(traffic_that_comes_in_proves_a_modem_wrong),
		WITH_WATCH(a_modem_that_tells_nothing_is_no_reason),
		WITH_WATCH(roaming_that_is_not_wanted_ends_it_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
