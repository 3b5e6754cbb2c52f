/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/count.h"
#include "base/log.h"
#include "conf/conf.h"
#include "daemon/bus.h"
#include "io/clock.h"

/* Three parts, which note what they are told. */
static struct world {
	struct bus bus;
	struct conf conf;
	struct buf journal;
	bool fails;           /* the third part's start */
	enum cause cause;     /* with that */
	bool stops_when_told; /* of the next state */
	int probe_error;
} world;

static int probe_ports(void *ctx)
{
	assert_ptr_equal(ctx, &world.bus);
	return world.probe_error;
}

static void do_nothing(void *ctx)
{
	(void)ctx;
}

static int start_nothing(void *ctx)
{
	(void)ctx;
	return 0;
}

static int send_nothing(void *ctx, const struct at_command *command)
{
	(void)ctx;
	(void)command;
	return 0;
}

static int start_no_pppd(void *ctx, enum session_ppp action)
{
	(void)ctx;
	(void)action;
	return 0;
}

static const struct session_ops ops = {
	.probe = probe_ports,
	.probe_cancel = do_nothing,
	.bind_cancel = do_nothing,
	.recover_cancel = do_nothing,
	.command = send_nothing,
	.ppp = start_no_pppd,
	.link_up = start_nothing,
	.hang_up = do_nothing,
	.port_close = do_nothing,
};

static enum cause note(const char *what)
{
	buf_printf(&world.journal, "%s ", what);
	return CAUSE_NONE;
}

static enum cause start_one(struct bus *bus)
{
	assert_ptr_equal(bus, &world.bus);
	return note("+1");
}

static enum cause start_three(struct bus *bus)
{
	(void)bus;
	note("+3");
	return world.fails ? world.cause : CAUSE_NONE;
}

static void stop_one(struct bus *bus)
{
	(void)bus;
	note("-1");
}

static void stop_two(struct bus *bus)
{
	(void)bus;
	note("-2");
}

static void stop_three(struct bus *bus)
{
	(void)bus;
	note("-3");
}

static void note_state(struct bus *bus)
{
	note(session_state_name(bus->session.state));
	if (!world.stops_when_told)
		return;
	world.stops_when_told = false;
	bus_tell(bus, (struct session_event){.type = SESSION_EVENT_STOP});
}

static void note_change(struct bus *bus)
{
	(void)bus;
	note("change");
}

static void note_reload(struct bus *bus)
{
	(void)bus;
	note("reload");
}

static void note_facts(struct bus *bus)
{
	note(bus->facts->operator);
}

static const struct part parts[] = {
	{.start = start_one, .stop = stop_one, .on_change = note_change, .on_facts = note_facts},
	{.stop = stop_two, .on_state = note_state},
	{.start = start_three, .stop = stop_three, .on_reload = note_reload},
};

static void on_deadline(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	bus_tell(timer->data, (struct session_event){.type = SESSION_EVENT_TIMEOUT});
}

static void assert_journal(const char *wanted)
{
	assert_string_equal(buf_str(&world.journal), wanted);
	buf_clear(&world.journal);
}

static int set_up(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	assert_int_equal(conf_init(&world.conf), 0);
	*world.conf.network.apn = '\0'; /* as the modem has it */
	world.bus.conf = &world.conf;
	world.bus.name = "gobi";
	world.bus.loop = ev_default_loop(0);
	assert_non_null(world.bus.loop);
	ev_timer_init(&world.bus.deadline, on_deadline, 0., 0.);
	world.bus.deadline.data = &world.bus;
	session_init(&world.bus.session, &world.conf, &ops, &world.bus, false, 7);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	ev_timer_stop(world.bus.loop, &world.bus.deadline);
	session_free(&world.bus.session);
	conf_free(&world.conf);
	buf_free(&world.journal);
	return 0;
}

static void start_all(void)
{
	assert_int_equal(bus_start(&world.bus, parts, COUNT(parts)), CAUSE_NONE);
	buf_clear(&world.journal);
}

/* The instance is up, as pppd tells it. */
static void connect_link(void)
{
	struct ppp_event ppp = {.type = PPP_EVENT_LOCAL, .value = "192.0.2.1"};

	world.bus.session.state = SESSION_NEGOTIATING;
	bus_tell(&world.bus, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &ppp});
	assert_int_equal(world.bus.session.state, SESSION_CONNECTED);
}

/* Starts and stops -------------------------------------------------------------------*/

static void parts_stop_in_the_reverse_order(void **state)
{
	(void)state;
	assert_int_equal(bus_start(&world.bus, parts, COUNT(parts)), CAUSE_NONE);
	assert_journal("+1 +3 ");
	bus_stop(&world.bus);
	assert_journal("-3 -2 -1 ");
	bus_stop(&world.bus);
	assert_journal("");
}

static void a_start_that_fails_ends_the_others(void **state)
{
	static const struct part four[] = {
		{.start = start_one, .stop = stop_one},
		{.start = start_three, .stop = stop_three},
		{.start = start_one, .stop = stop_two},
	};

	(void)state;
	world.fails = true;
	world.cause = CAUSE_BUSY;
	assert_int_equal(bus_start(&world.bus, four, COUNT(four)), CAUSE_BUSY);
	assert_journal("+1 +3 ");
	bus_stop(&world.bus);
	assert_journal("-3 -1 ");
}

static void a_missing_permission_is_the_cause(void **state)
{
	(void)state;
	log_init(LOG_LEVEL_ERROR - 1);
	assert_int_equal(bus_explain(CAUSE_INTERNAL, "x", -EACCES), CAUSE_PERMISSION);
	assert_int_equal(bus_explain(CAUSE_INTERNAL, "x", -EPERM), CAUSE_PERMISSION);
	assert_int_equal(bus_explain(CAUSE_INTERNAL, "x", -EROFS), CAUSE_INTERNAL);
	assert_int_equal(bus_explain(CAUSE_BUSY, "x", -ENOMEM), CAUSE_BUSY);
	log_init(LOG_LEVEL_NOTICE);
}

/* Listeners ----------------------------------------------------------------------------*/

static void a_state_is_told_once(void **state)
{
	(void)state;
	start_all();
	bus_begin(&world.bus);
	assert_journal("probing change ");
	bus_tell(&world.bus, (struct session_event){.type = SESSION_EVENT_PORTS});
	assert_journal("");
	bus_tell(&world.bus, (struct session_event){.type = SESSION_EVENT_STOP});
	assert_journal("stopped change ");
}

static void an_address_more_is_a_change_but_no_state(void **state)
{
	struct ppp_event ppp = {.type = PPP_EVENT_DNS, .value = "192.0.2.53"};

	(void)state;
	start_all();
	connect_link();
	assert_journal("connected change ");
	bus_tell(&world.bus, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &ppp});
	assert_journal("change ");
	ppp = (struct ppp_event){.type = PPP_EVENT_LCP_START, .value = ""};
	bus_tell(&world.bus, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &ppp});
	assert_journal("");
}

static void a_part_that_is_not_started_hears_nothing(void **state)
{
	(void)state;
	world.fails = true;
	world.cause = CAUSE_BUSY;
	assert_int_equal(bus_start(&world.bus, parts, COUNT(parts)), CAUSE_BUSY);
	bus_stop(&world.bus);
	buf_clear(&world.journal);
	bus_begin(&world.bus);
	bus_tell_reload(&world.bus);
	assert_journal("");
}

static void a_listener_may_tell_the_session(void **state)
{
	(void)state;
	start_all();
	world.stops_when_told = true;
	bus_begin(&world.bus);
	assert_int_equal(world.bus.session.state, SESSION_STOPPED);
	/* What was inside is told first; nobody hears an old state last. */
	assert_journal("probing stopped change change ");
}

static void rows_without_a_column_are_passed_over(void **state)
{
	struct modem_facts facts = {.operator= "Example" };
	int64_t before = clock_now_ms();

	(void)state;
	start_all();
	bus_tell_reload(&world.bus);
	assert_journal("reload ");
	bus_tell_facts(&world.bus, &facts);
	assert_journal("Example ");
	assert_in_range(world.bus.facts_at, before, clock_now_ms());
}

/* The deadline -------------------------------------------------------------------------*/

static void the_deadline_is_the_sessions(void **state)
{
	(void)state;
	start_all();
	world.bus.session.limit = -1;
	world.bus.session.wake = -1;
	bus_rearm(&world.bus);
	assert_false(ev_is_active(&world.bus.deadline));
	world.bus.session.wake = clock_now_ms() + 5000;
	bus_rearm(&world.bus);
	assert_true(ev_is_active(&world.bus.deadline));
	assert_in_range((int)ev_timer_remaining(world.bus.loop, &world.bus.deadline), 4, 5);
	/* One that has passed is due at once. */
	world.bus.session.wake = clock_now_ms() - 5000;
	bus_rearm(&world.bus);
	assert_in_range((int)ev_timer_remaining(world.bus.loop, &world.bus.deadline), 0, 0);
}

static void a_deadline_that_comes_is_an_event(void **state)
{
	(void)state;
	start_all();
	world.probe_error = -EAGAIN;
	bus_begin(&world.bus);
	assert_journal("probing change ");
	/* The session asks again soon, and is then out of time. */
	world.probe_error = 0;
	world.bus.session.limit = clock_now_ms();
	bus_rearm(&world.bus);
	ev_run(world.bus.loop, EVRUN_ONCE);
	assert_true(strlen(buf_str(&world.journal)) > 0);
	assert_int_not_equal(world.bus.session.state, SESSION_PROBING);
}

static void the_loop_ends_with_the_session(void **state)
{
	(void)state;
	start_all();
	bus_begin(&world.bus);
	world.stops_when_told = true;
	world.bus.session.limit = clock_now_ms();
	bus_rearm(&world.bus);
	/* It comes back from here. */
	ev_run(world.bus.loop, 0);
	assert_true(session_is_over(&world.bus.session));
	assert_false(ev_is_active(&world.bus.deadline));
}

static void closing_ports_takes_what_a_stop_has_left(void **state)
{
	int64_t now = clock_now_ms();
	int ms;

	(void)state;
	world.bus.session.stop_at = -1;
	ms = bus_close_ms(&world.bus);
	assert_in_range(ms, 2900, 3000);
	world.bus.close_end = 0;
	world.bus.session.stop_at = now - 3000;
	assert_in_range(bus_close_ms(&world.bus), 1200, 1300);
	world.bus.close_end = now - 1;
	assert_int_equal(bus_close_ms(&world.bus), 20);
	/* After a hook that hangs, at most 0.3 s for all four of them. */
	world.bus.close_end = 0;
	world.bus.session.stop_at = now - 4500;
	assert_in_range(bus_close_ms(&world.bus), 150, 200);
	world.bus.close_end -= 200;
	assert_int_equal(bus_close_ms(&world.bus), 20);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(parts_stop_in_the_reverse_order),
		TEST(a_start_that_fails_ends_the_others),
		TEST(a_missing_permission_is_the_cause),
		TEST(a_state_is_told_once),
		TEST(an_address_more_is_a_change_but_no_state),
		TEST(a_part_that_is_not_started_hears_nothing),
		TEST(a_listener_may_tell_the_session),
		TEST(rows_without_a_column_are_passed_over),
		TEST(the_deadline_is_the_sessions),
		TEST(a_deadline_that_comes_is_an_event),
		TEST(the_loop_ends_with_the_session),
		TEST(closing_ports_takes_what_a_stop_has_left),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
