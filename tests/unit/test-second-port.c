/* SPDX-License-Identifier: ISC */
/* The second port's life, with the processes that open and close it played here. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "unit.h"

#include "daemon/second-port.c"

#include "base/count.h"
#include "io/atport.h"

/* What becomes of the port: "probe COUNT" (trusting it or not), "open", "AT..." commands, "close",
 * and what its users hear. */
static struct world {
	struct bus bus;
	struct conf conf;
	struct buf journal;
	prober_done *probed;
	struct atport_callbacks callbacks;
	bool open, closing;
	int out;  /* the id of the last command */
	int left; /* commands of the user that is lent the port */
	bool pending;
	bool muxed, channel_closed;
	bool ends_call;  /* the listener of facts */
	char device[64]; /* of a pty: a trusted port has to be there */
	int pty;
} world;

int prober_start(struct prober *prober, struct ev_loop *loop, const struct port_list *ports,
		 const struct probe_options *options, prober_done *done, void *ctx)
{
	(void)loop;
	assert_ptr_equal(ctx, world.bus.second);
	assert_false(world.open);
	prober->done = done;
	world.probed = done;
	buf_printf(&world.journal, "probe %zu%s ", ports->count, options->trust ? " trusted" : "");
	return 0;
}

bool prober_is_busy(const struct prober *prober)
{
	return prober->done != NULL;
}

void prober_cancel(struct prober *prober)
{
	prober->done = NULL;
}

void prober_end(struct prober *prober, int wait_ms)
{
	(void)wait_ms;
	prober_cancel(prober);
}

void closer_close(struct closer *closer, struct ev_loop *loop, struct serial *serial)
{
	(void)closer;
	(void)loop;
	if (serial)
		buf_printf(&world.journal, "close ");
}

void serial_close(struct serial *serial)
{
	if (serial)
		buf_printf(&world.journal, "drop ");
}

struct mux *muxer_mux(const struct muxer *muxer)
{
	(void)muxer;
	return world.muxed ? (struct mux *)&world : NULL;
}

struct serial *mux_open(struct mux *mux, enum mux_channel_number channel)
{
	assert_int_equal(channel, MUX_WATCH);
	return world.channel_closed ? NULL : (struct serial *)mux;
}

bool closer_is_busy(const struct closer *closer)
{
	(void)closer;
	return world.closing;
}

void closer_end(struct closer *closer, int wait_ms)
{
	(void)closer;
	(void)wait_ms;
}

struct atport *atport_new(struct ev_loop *loop, struct serial *serial,
			  const struct atport_callbacks *callbacks, void *ctx)
{
	(void)loop;
	(void)serial;
	assert_ptr_equal(ctx, &world.bus.second->talk);
	world.callbacks = *callbacks;
	world.open = true;
	buf_printf(&world.journal, "open ");
	return (struct atport *)&world;
}

struct serial *atport_release(struct atport *port)
{
	world.open = false;
	return (struct serial *)port;
}

int atport_send(struct atport *port, const struct at_command *command)
{
	assert_true(port && world.open);
	world.out = command->id;
	if (strncmp(command->text, "AT+USER", 7) == 0)
		buf_printf(&world.journal, "user ");
	return 0;
}

const char *serial_device(const struct serial *serial)
{
	(void)serial;
	return world.device;
}

void report_probe(const struct probe_result *result, struct buf *out)
{
	buf_printf(out, "%s", cause_text(result->cause));
}

/* The call, and what is to happen in it ------------------------------------------------*/

static void note_facts(struct bus *bus)
{
	buf_printf(&world.journal, "csq=%d ", bus->facts->signal.csq);
	if (world.ends_call) {
		bus->session.state = SESSION_HANGING_UP;
		second_port_on_state(bus);
	}
}

static const struct part parts[] = {{.on_facts = note_facts}};

static enum talk_turn user_next(void *job, struct at_command *command)
{
	(void)job;
	if (world.pending)
		return TALK_WAIT;
	if (world.left-- == 0)
		return TALK_DONE;
	world.pending = true;
	*command = (struct at_command){.text = "AT+USER"};
	return TALK_SEND;
}

static void user_reply(void *job, const struct at_event *event)
{
	(void)job;
	(void)event;
	world.pending = false;
}

static void user_over(void *ctx, const struct talk_end *end)
{
	(void)ctx;
	buf_printf(&world.journal, "over:%s ", cause_name(end->cause));
}

static int lend_port(int commands)
{
	const struct talk_user user = {.next = user_next, .reply = user_reply, .over = user_over};

	world.left = commands;
	world.pending = false;
	return second_port_lend(&world.bus, &user);
}

/* One of its two timers has come. */
static void expire(ev_timer *timer)
{
	assert_true(ev_is_active(timer));
	ev_timer_stop(world.bus.loop, timer);
	on_second_timer(world.bus.loop, timer, EV_TIMER);
}

/* How long until the modem is asked again. */
static int interval_s(void)
{
	const ev_timer *timer = &world.bus.second->timer;

	return ev_is_active(timer)
		       ? (int)(ev_timer_remaining(world.bus.loop, (ev_timer *)timer) + .5)
		       : 0;
}

static void end_probe(bool found)
{
	const struct probe_result result = {.chosen = found ? 0 : -1, .cause = CAUSE_NO_AT_PORT};
	prober_done *done = world.bus.second->prober.done;

	assert_non_null(done);
	world.bus.second->prober.done = NULL;
	done(world.bus.second, found ? (struct serial *)&world : NULL, &result);
}

static void answer(const char *text)
{
	const struct at_event at = {.type = AT_EVENT_REPLY,
				    .id = world.out,
				    .final = {.kind = AT_FINAL_OK},
				    .text = text,
				    .command = ""};

	world.callbacks.event(&world.bus.second->talk, &at);
}

/* Answers until all that was due has been asked. */
static void answer_all(void)
{
	for (int i = 0; i < 30 && world.bus.second->due; i++)
		answer("+CSQ: 17,99");
	assert_false(world.bus.second->due);
}

static void assert_journal(const char *wanted)
{
	assert_string_equal(buf_str(&world.journal), wanted);
	buf_clear(&world.journal);
}

static void learn_ports(void)
{
	struct probed_port ports[3] = {
		{.role = PORT_ROLE_AT}, {.role = PORT_ROLE_AT}, {.role = PORT_ROLE_NMEA}};
	const struct probe_result result = {.ports = ports, .count = COUNT(ports), .chosen = 0};

	for (size_t i = 0; i < COUNT(ports); i++) {
		snprintf(ports[i].port.device, sizeof(ports[i].port.device), "/dev/ttyUSB%zu", i);
		snprintf(ports[i].port.usb_path, sizeof(ports[i].port.usb_path), "1-1");
	}
	second_port_learn(&world.bus, &result);
}

static int set_up(void **state)
{
	(void)state;
	memset(&world, 0, sizeof(world));
	log_init(LOG_LEVEL_ERROR);
	world.pty = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(world.pty >= 0 && grantpt(world.pty) == 0 && unlockpt(world.pty) == 0);
	str_copy(world.device, sizeof(world.device), ptsname(world.pty));
	assert_int_equal(conf_init(&world.conf), 0);
	world.conf.monitor.signal_interval_s = 30;
	world.bus.conf = &world.conf;
	world.bus.loop = ev_default_loop(0);
	world.bus.session.script.family = modem_family_find(0, "");
	world.bus.session.state = SESSION_CONNECTED;
	assert_int_equal(bus_start(&world.bus, parts, COUNT(parts)), CAUSE_NONE);
	assert_int_equal(second_port_start(&world.bus), CAUSE_NONE);
	learn_ports();
	second_port_on_state(&world.bus);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	second_port_stop(&world.bus);
	close(world.pty);
	conf_free(&world.conf);
	buf_free(&world.journal);
	log_init(LOG_LEVEL_NOTICE);
	return 0;
}

static void it_is_open_only_while_the_modem_is_asked(void **state)
{
	(void)state;
	assert_int_equal(interval_s(), 30);
	expire(&world.bus.second->timer);
	assert_true(second_port_is_busy(&world.bus));
	end_probe(true);
	assert_journal("probe 1 open ");
	answer_all();
	assert_journal("csq=17 close ");
	assert_int_equal(interval_s(), 30);
	assert_false(second_port_is_busy(&world.bus));
	/* It has proven itself. */
	expire(&world.bus.second->timer);
	assert_journal("probe 1 trusted ");
}

static void one_that_fails_is_asked_less_and_less(void **state)
{
	(void)state;
	for (int i = 1; i <= 4; i++) {
		expire(&world.bus.second->timer);
		end_probe(false);
		assert_int_equal(interval_s(), 30 << i);
	}
	expire(&world.bus.second->timer);
	end_probe(true);
	answer_all();
	assert_int_equal(interval_s(), 30);
}

static void it_is_opened_for_a_user(void **state)
{
	(void)state;
	assert_int_equal(lend_port(2), 0);
	assert_journal("");
	expire(&world.bus.second->opener);
	end_probe(true);
	assert_journal("probe 1 open user ");
	answer("");
	answer("");
	assert_journal("user over:none close ");
	assert_int_equal(interval_s(), 30);
}

static void a_user_waits_for_the_questions_to_end(void **state)
{
	(void)state;
	expire(&world.bus.second->timer);
	end_probe(true);
	assert_int_equal(lend_port(1), 0);
	expire(&world.bus.second->opener);
	assert_journal("probe 1 open ");
	answer_all();
	assert_journal("csq=17 user ");
	answer("");
	assert_journal("over:none close ");
}

static void questions_wait_for_a_user(void **state)
{
	(void)state;
	assert_int_equal(lend_port(2), 0);
	expire(&world.bus.second->opener);
	end_probe(true);
	expire(&world.bus.second->timer);
	answer("");
	assert_journal("probe 1 open user user ");
	answer("");
	assert_journal("over:none ");
	answer_all();
	assert_journal("csq=17 close ");
}

/* A new interval in the middle: monitor.* is in force at once. */
static void questions_under_way_are_not_begun_again(void **state)
{
	int out;

	(void)state;
	expire(&world.bus.second->timer);
	end_probe(true);
	out = world.out;
	second_port_on_reload(&world.bus);
	expire(&world.bus.second->timer);
	assert_int_equal(world.out, out);
	answer_all();
	assert_journal("probe 1 open csq=17 close ");
}

static void without_candidates_there_is_none(void **state)
{
	(void)state;
	port_list_free(&world.bus.second->candidates);
	assert_int_equal(lend_port(1), -ENODEV);
	second_port_on_state(&world.bus);
	assert_int_equal(interval_s(), 0);
}

static void a_channel_of_the_calls_port_is_one(void **state)
{
	(void)state;
	port_list_free(&world.bus.second->candidates);
	world.muxed = true;
	second_port_on_mux(&world.bus);
	second_port_on_state(&world.bus);
	expire(&world.bus.second->timer);
	answer_all();
	assert_journal("open csq=17 drop ");
	assert_int_equal(lend_port(1), 0);
	expire(&world.bus.second->opener);
	answer("");
	assert_journal("open user over:none drop ");
	world.channel_closed = true;
	assert_int_equal(lend_port(1), 0);
	expire(&world.bus.second->opener);
	assert_journal("over:no-at-port ");
	assert_int_equal(interval_s(), 60);
}

static void a_user_hears_why_there_is_no_port(void **state)
{
	(void)state;
	assert_int_equal(lend_port(1), 0);
	expire(&world.bus.second->opener);
	end_probe(false);
	assert_journal("probe 1 over:no-at-port ");
}

static void a_port_that_does_not_close_is_given_up(void **state)
{
	int tries = 0;

	(void)state;
	world.closing = true;
	assert_int_equal(lend_port(1), 0);
	for (; ev_is_active(&world.bus.second->opener); tries++)
		expire(&world.bus.second->opener);
	assert_in_range(tries, 10, 100);
	assert_journal("over:no-at-port ");
	assert_int_equal(interval_s(), 60);
}

static void a_port_that_vanishes_is_a_failure(void **state)
{
	(void)state;
	expire(&world.bus.second->timer);
	end_probe(true);
	assert_int_equal(lend_port(1), 0);
	world.callbacks.gone(&world.bus.second->talk);
	assert_journal("probe 1 open over:no-modem close ");
	assert_int_equal(interval_s(), 60);
	assert_false(*world.bus.second->device);
}

static void the_end_of_the_call_is_the_end_of_all(void **state)
{
	(void)state;
	expire(&world.bus.second->timer);
	end_probe(true);
	assert_int_equal(lend_port(1), 0);
	world.bus.session.state = SESSION_HANGING_UP;
	second_port_on_state(&world.bus);
	assert_journal("probe 1 open over:busy close ");
	assert_int_equal(interval_s(), 0);
	assert_false(ev_is_active(&world.bus.second->opener));
	assert_int_equal(world.bus.second->failures, 0);
}

static void facts_may_end_the_call(void **state)
{
	(void)state;
	world.ends_call = true;
	expire(&world.bus.second->timer);
	end_probe(true);
	assert_int_equal(lend_port(1), 0);
	answer_all();
	assert_journal("probe 1 open csq=17 over:busy close ");
	assert_int_equal(interval_s(), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_open_only_while_the_modem_is_asked),
		TEST(one_that_fails_is_asked_less_and_less),
		TEST(it_is_opened_for_a_user),
		TEST(a_user_waits_for_the_questions_to_end),
		TEST(questions_wait_for_a_user),
		TEST(questions_under_way_are_not_begun_again),
		TEST(without_candidates_there_is_none),
		TEST(a_channel_of_the_calls_port_is_one),
		TEST(a_user_hears_why_there_is_no_port),
		TEST(a_port_that_does_not_close_is_given_up),
		TEST(a_port_that_vanishes_is_a_failure),
		TEST(the_end_of_the_call_is_the_end_of_all),
		TEST(facts_may_end_the_call),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
