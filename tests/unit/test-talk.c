/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/count.h"
#include "conf/conf.h"
#include "io/atport.h"
#include "io/serial.h"
#include "io/talk.h"
#include "modem/script.h"

/* One port, which notes what is done to it and by whom: "a2>" is a's second command on its way out,
 * "a2<" its answer, "a!" a URC, "a.CAUSE" its end, "(rest)" and "(gone)" the owner's calls. */
static struct world {
	struct talk talk;
	struct buf journal;
	struct atport_callbacks callbacks;
	void *ctx;
	bool open;
	int send_error; /* of the next command */
	int out;        /* the id of the last command */
} world;

/* Three functions of atport, and one of serial ------------------------------------*/

struct atport *atport_new(struct ev_loop *loop, struct serial *serial,
			  const struct atport_callbacks *callbacks, void *ctx)
{
	(void)loop;
	(void)serial;
	assert_false(world.open);
	world.callbacks = *callbacks;
	world.ctx = ctx;
	world.open = true;
	return (struct atport *)&world;
}

struct serial *atport_release(struct atport *port)
{
	assert_true(!port || world.open);
	if (!port)
		return NULL;
	world.open = false;
	return (struct serial *)&world;
}

int atport_send(struct atport *port, const struct at_command *command)
{
	int error = world.send_error;

	assert_ptr_equal(port, &world);
	assert_true(world.open);
	world.send_error = 0;
	if (error)
		return error;
	world.out = command->id;
	buf_printf(&world.journal, "%s>", command->text);
	return 0;
}

const char *serial_device(const struct serial *serial)
{
	(void)serial;
	return "/dev/ttyUSB2";
}

/* Users ----------------------------------------------------------------------------*/

struct fake {
	const char *name;
	int commands; /* to be sent, one after the other */
	bool lends;   /* and then it is idle instead of done */
	bool keeps;   /* and then it waits instead */
	int sent;
	bool pending;
	int ticket;
	char text[16];
	void (*last)(struct fake *fake); /* in its `over` */
};

static enum talk_turn fake_next(void *job, struct at_command *command)
{
	struct fake *fake = job;

	if (fake->pending)
		return TALK_WAIT;
	if (fake->sent == fake->commands)
		return fake->keeps ? TALK_WAIT : fake->lends ? TALK_IDLE : TALK_DONE;
	snprintf(fake->text, sizeof(fake->text), "%s%d", fake->name, ++fake->sent);
	*command = (struct at_command){.text = fake->text, .id = 99};
	fake->pending = true;
	return TALK_SEND;
}

static void fake_reply(void *job, const struct at_event *event)
{
	struct fake *fake = job;

	assert_int_equal(event->id, fake->ticket);
	fake->pending = false;
	buf_printf(&world.journal, "%s%d< ", fake->name, fake->sent);
}

static void fake_urc(void *job, const struct at_event *event)
{
	struct fake *fake = job;

	(void)event;
	buf_printf(&world.journal, "%s! ", fake->name);
}

static void fake_over(void *ctx, const struct talk_end *end)
{
	struct fake *fake = ctx;

	buf_printf(&world.journal, "%s.%s ", fake->name, cause_name(end->cause));
	if (end->cause != CAUSE_NONE)
		assert_true(*end->text);
	if (fake->last)
		fake->last(fake);
}

static int add(struct fake *fake)
{
	const struct talk_user user = {.next = fake_next,
				       .reply = fake_reply,
				       .urc = fake_urc,
				       .over = fake_over,
				       .job = fake,
				       .ctx = fake};

	fake->ticket = talk_add(&world.talk, &user);
	return fake->ticket;
}

static void event(enum at_event_type type, int id)
{
	const struct at_event at = {.type = type, .id = id, .text = "", .command = ""};

	world.callbacks.event(world.ctx, &at);
}

static void answer(void)
{
	event(AT_EVENT_REPLY, world.out);
}

static void open_port(void)
{
	assert_int_equal(talk_open(&world.talk, NULL, (struct serial *)&world), 0);
	talk_run(&world.talk);
}

static void close_port(void)
{
	assert_ptr_equal(talk_release(&world.talk, CAUSE_BUSY, "it is to dial"), &world);
}

static void assert_journal(const char *wanted)
{
	assert_string_equal(buf_str(&world.journal), wanted);
	buf_clear(&world.journal);
}

static void on_gone(void *ctx)
{
	assert_ptr_equal(ctx, &world);
	buf_printf(&world.journal, "(gone)");
}

static void on_rest(void *ctx)
{
	assert_ptr_equal(ctx, &world);
	buf_printf(&world.journal, "(rest)");
}

static int set_up(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	world.talk.rest = on_rest;
	world.talk.ctx = &world;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	buf_free(&world.journal);
	return 0;
}

/* One at a time ----------------------------------------------------------------------*/

static void a_user_sends_one_command_after_the_other(void **state)
{
	struct fake a = {.name = "a", .commands = 3};

	(void)state;
	open_port();
	assert_journal("(rest)");
	assert_true(add(&a) > 0);
	assert_journal("");
	talk_run(&world.talk);
	talk_run(&world.talk);
	assert_journal("a1>");
	answer();
	answer();
	assert_journal("a1< a2>a2< a3>");
	answer();
	assert_journal("a3< a.none (rest)");
}

static void a_second_user_waits_for_the_end_of_the_first(void **state)
{
	struct fake a = {.name = "a", .commands = 2}, b = {.name = "b", .commands = 1},
		    c = {.name = "c", .commands = 1};

	(void)state;
	open_port();
	buf_clear(&world.journal);
	add(&a);
	talk_run(&world.talk);
	add(&b);
	add(&c);
	talk_run(&world.talk);
	assert_journal("a1>");
	assert_false(talk_is_lent(&world.talk, a.ticket));
	answer();
	assert_journal("a1< a2>");
	answer();
	assert_journal("a2< a.none b1>");
	assert_false(talk_is_lent(&world.talk, b.ticket));
	answer();
	answer();
	assert_journal("b1< b.none c1>c1< c.none (rest)");
}

static void the_queue_has_an_end(void **state)
{
	struct fake fakes[TALK_USERS_MAX + 1];

	(void)state;
	open_port();
	for (size_t i = 0; i < COUNT(fakes); i++) {
		fakes[i] = (struct fake){.name = "x", .commands = 1};
		if (i < TALK_USERS_MAX)
			assert_true(add(&fakes[i]) > 0);
		else
			assert_int_equal(add(&fakes[i]), -ENOSPC);
	}
	talk_run(&world.talk);
	answer();
	assert_true(add(&fakes[TALK_USERS_MAX]) > 0);
	close_port();
}

static void urcs_go_to_the_user_whose_turn_it_is(void **state)
{
	struct fake a = {.name = "a", .commands = 1}, b = {.name = "b", .commands = 1};

	(void)state;
	open_port();
	buf_clear(&world.journal);
	event(AT_EVENT_URC, 0);
	assert_journal("(rest)");
	add(&a);
	add(&b);
	talk_run(&world.talk);
	event(AT_EVENT_URC, 0);
	assert_journal("a1>a! ");
	answer();
	event(AT_EVENT_URC, 0);
	assert_journal("a1< a.none b1>b! ");
	close_port();
}

static void users_wait_for_a_port_that_is_not_open_yet(void **state)
{
	struct fake a = {.name = "a", .commands = 1}, b = {.name = "b", .commands = 1};

	(void)state;
	add(&a);
	talk_run(&world.talk);
	assert_journal("");
	open_port();
	assert_journal("a1>");
	answer();
	close_port();
	assert_journal("a1< a.none (rest)");
	/* Or it cannot be opened. */
	add(&b);
	assert_null(talk_release(&world.talk, CAUSE_NO_AT_PORT, "none answers"));
	assert_journal("b.no-at-port ");
}

/* A user that lends -------------------------------------------------------------------*/

static void an_idle_user_lends_the_port_and_gets_it_back(void **state)
{
	struct fake session = {.name = "s", .commands = 1, .lends = true},
		    b = {.name = "b", .commands = 2};

	(void)state;
	open_port();
	buf_clear(&world.journal);
	add(&session);
	talk_run(&world.talk);
	add(&b);
	talk_run(&world.talk);
	assert_journal("s1>");
	assert_false(talk_is_lent(&world.talk, session.ticket));
	answer();
	assert_journal("s1< b1>");
	assert_true(talk_is_lent(&world.talk, session.ticket));
	event(AT_EVENT_URC, 0);
	answer();
	answer();
	assert_journal("b! b1< b2>b2< b.none ");
	assert_false(talk_is_lent(&world.talk, session.ticket));
	session.commands = 2;
	talk_run(&world.talk);
	assert_journal("s2>");
	close_port();
}

static void one_that_waits_for_its_time_keeps_the_port(void **state)
{
	struct fake session = {.name = "s", .keeps = true}, b = {.name = "b", .commands = 1};

	(void)state;
	open_port();
	buf_clear(&world.journal);
	add(&session);
	add(&b);
	talk_run(&world.talk);
	event(AT_EVENT_URC, 0);
	assert_journal("s! ");
	session.keeps = false;
	session.lends = true;
	event(AT_EVENT_URC, 0);
	assert_journal("s! b1>");
	close_port();
}

static void idle_users_alone_send_nothing(void **state)
{
	struct fake a = {.name = "a", .lends = true}, b = {.name = "b", .lends = true};

	(void)state;
	add(&a);
	add(&b);
	open_port();
	event(AT_EVENT_URC, 0);
	assert_journal("a! ");
	close_port();
	assert_journal("a.busy b.busy ");
}

static void a_user_with_a_clock_of_its_own_sends_unasked(void **state)
{
	const struct at_command command = {.text = "ATD", .id = 5};
	struct fake session = {.name = "s", .keeps = true};

	(void)state;
	add(&session);
	assert_int_equal(talk_send(&world.talk, session.ticket, &command), -EIO);
	open_port();
	assert_int_equal(talk_send(&world.talk, session.ticket, &command), 0);
	assert_int_equal(world.out, session.ticket);
	answer();
	assert_journal("ATD>s0< ");
	close_port();
}

/* Ends ---------------------------------------------------------------------------------*/

static void the_answer_of_a_user_that_has_left_is_dropped(void **state)
{
	struct fake a = {.name = "a", .commands = 2}, b = {.name = "b", .commands = 1};
	int late;

	(void)state;
	open_port();
	buf_clear(&world.journal);
	add(&a);
	talk_run(&world.talk);
	late = world.out;
	add(&b);
	talk_dismiss(&world.talk, b.ticket, CAUSE_BUSY, "it is to dial");
	assert_journal("a1>a.busy b1>");
	event(AT_EVENT_REPLY, late);
	assert_journal("");
	answer();
	assert_journal("b1< b.none (rest)");
	event(AT_EVENT_REPLY, late);
	assert_journal("(rest)");
}

static void a_stop_in_the_middle_ends_all_users(void **state)
{
	struct fake a = {.name = "a", .commands = 2}, b = {.name = "b", .commands = 1};

	(void)state;
	open_port();
	buf_clear(&world.journal);
	add(&a);
	add(&b);
	talk_run(&world.talk);
	close_port();
	assert_journal("a1>a.busy b.busy ");
	/* What was on its way in. */
	answer();
	event(AT_EVENT_URC, 0);
	talk_run(&world.talk);
	assert_journal("");
	assert_null(talk_release(&world.talk, CAUSE_BUSY, "again"));
}

static void a_port_that_vanishes_ends_its_users(void **state)
{
	struct fake a = {.name = "a", .commands = 1}, b = {.name = "b", .commands = 1};

	(void)state;
	open_port();
	buf_clear(&world.journal);
	add(&a);
	add(&b);
	talk_run(&world.talk);
	world.talk.rest = NULL;
	world.callbacks.gone(world.ctx);
	assert_journal("a1>a.no-modem b.no-modem ");
	close_port();
}

static void an_owner_that_wants_to_is_told_first(void **state)
{
	struct fake a = {.name = "a", .commands = 1};

	(void)state;
	world.talk.gone = on_gone;
	add(&a);
	open_port();
	world.callbacks.gone(world.ctx);
	assert_journal("a1>(gone)");
	close_port();
	assert_journal("a.busy ");
}

static struct fake other = {.name = "o", .commands = 1};

static void add_other(struct fake *fake)
{
	fake->last = NULL;
	other.sent = 0;
	other.pending = false;
	assert_true(add(&other) > 0);
	talk_run(&world.talk);
}

static void one_that_comes_while_another_ends_has_its_turn(void **state)
{
	struct fake a = {.name = "a", .commands = 1, .last = add_other},
		    b = {.name = "b", .commands = 1};

	(void)state;
	open_port();
	buf_clear(&world.journal);
	add(&a);
	add(&b);
	talk_run(&world.talk);
	answer();
	assert_journal("a1>a1< a.none b1>");
	answer();
	answer();
	assert_journal("b1< b.none o1>o1< o.none (rest)");
	/* Nor does it leave with those that are dismissed. */
	a = (struct fake){.name = "a", .commands = 1, .last = add_other};
	add(&a);
	talk_run(&world.talk);
	talk_dismiss(&world.talk, 0, CAUSE_BUSY, "it is to dial");
	assert_journal("a1>a.busy o1>");
	close_port();
}

static void close_in_over(struct fake *fake)
{
	fake->last = NULL;
	close_port();
}

static void an_end_may_close_the_port(void **state)
{
	struct fake a = {.name = "a", .commands = 1, .last = close_in_over},
		    b = {.name = "b", .commands = 1};

	(void)state;
	open_port();
	buf_clear(&world.journal);
	add(&a);
	add(&b);
	talk_run(&world.talk);
	answer();
	assert_journal("a1>a1< a.none b.busy ");
	assert_false(world.open);
}

static void a_command_that_cannot_be_sent_ends_its_user_alone(void **state)
{
	static const struct {
		int error;
		const char *journal;
	} rows[] = {{-EBUSY, "a.busy b1>"}, {-ENOSPC, "a.internal b1>"}, {-EIO, "a.internal b1>"}};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct fake a = {.name = "a", .commands = 1}, b = {.name = "b", .commands = 1};

		add(&a);
		add(&b);
		world.send_error = rows[i].error;
		open_port();
		assert_journal(rows[i].journal);
		close_port();
		buf_clear(&world.journal);
	}
}

/* Scripts ------------------------------------------------------------------------------*/

static void on_script_over(void *ctx, const struct talk_end *end)
{
	(void)ctx;
	buf_printf(&world.journal, "script.%s %s ", cause_name(end->cause), end->device);
}

static void a_script_is_a_user(void **state)
{
	struct script script;
	struct talk_user user;
	struct conf conf;
	int answers = 0;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	script_init(&script, &conf);
	script_start(&script, SCRIPT_WATCH, 1000);
	user = talk_script_user(&script, on_script_over, NULL);
	assert_true(talk_add(&world.talk, &user) > 0);
	open_port();
	assert_int_equal(strncmp(buf_str(&world.journal), "AT", 2), 0);
	for (; world.talk.count > 0 && answers < 50; answers++)
		answer();
	assert_in_range(answers, 3, 20);
	assert_non_null(strstr(buf_str(&world.journal), "script.none /dev/ttyUSB2 (rest)"));
	assert_int_equal(script.cause, CAUSE_NONE);
	script_free(&script);
	conf_free(&conf);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_user_sends_one_command_after_the_other),
		TEST(a_second_user_waits_for_the_end_of_the_first),
		TEST(the_queue_has_an_end),
		TEST(urcs_go_to_the_user_whose_turn_it_is),
		TEST(users_wait_for_a_port_that_is_not_open_yet),
		TEST(an_idle_user_lends_the_port_and_gets_it_back),
		TEST(one_that_waits_for_its_time_keeps_the_port),
		TEST(idle_users_alone_send_nothing),
		TEST(a_user_with_a_clock_of_its_own_sends_unasked),
		TEST(the_answer_of_a_user_that_has_left_is_dropped),
		TEST(a_stop_in_the_middle_ends_all_users),
		TEST(a_port_that_vanishes_ends_its_users),
		TEST(an_owner_that_wants_to_is_told_first),
		TEST(one_that_comes_while_another_ends_has_its_turn),
		TEST(an_end_may_close_the_port),
		TEST(a_command_that_cannot_be_sent_ends_its_user_alone),
		TEST(a_script_is_a_user),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
