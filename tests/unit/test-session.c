/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "base/log.h"
#include "conf/conf.h"
#include "session/session.h"

/* A world that notes what the session asks for and answers as told; time is the variable `now`. */
struct world {
	struct conf conf;
	struct session session;
	int64_t now;
	int probes;
	int cancels;
	int binds;
	int bind_error;
	int commands;
	int ppp_starts;
	int ppp_terms;
	int ppp_kills;
	int hang_ups;
	int closes;
	int link_ups;
	int rungs[LADDER_RUNG_COUNT];
	int recover_error;
	int powers[POWER_ACT_COUNT];
	bool power_silent;
	bool has_key, has_status;
	int excludes;
	bool excludable;
	bool ppp_runs;
	bool ppp_ending; /* its log says so, unread */
	bool port_open;
	int probe_error;
	int ppp_error;
	int command_error;
	char command[128];
	int id;
};

static int probe(void *ctx)
{
	struct world *world = ctx;

	world->probes++;
	return world->probe_error;
}

static void probe_cancel(void *ctx)
{
	struct world *world = ctx;

	world->cancels++;
}

static int bind_interface(void *ctx)
{
	struct world *world = ctx;

	world->binds++;
	return world->bind_error;
}

static void bind_cancel(void *ctx)
{
	(void)ctx;
}

static int command(void *ctx, const struct at_command *at)
{
	struct world *world = ctx;

	world->commands++;
	world->id = at->id;
	snprintf(world->command, sizeof(world->command), "%s", at->text);
	return world->command_error;
}

static int ppp(void *ctx, enum session_ppp action)
{
	struct world *world = ctx;

	switch (action) {
	case SESSION_PPP_START:
		assert_false(world->ppp_runs);
		world->ppp_starts++;
		world->ppp_runs = world->ppp_error == 0;
		return world->ppp_error;
	case SESSION_PPP_OPEN:
	case SESSION_PPP_CONNECTED:
		assert_true(world->ppp_runs);
		break;
	case SESSION_PPP_IS_ENDING:
		assert_true(world->ppp_runs);
		return world->ppp_ending;
	case SESSION_PPP_TERM:
		world->ppp_terms++;
		break;
	case SESSION_PPP_KILL:
		world->ppp_kills++;
		break;
	}
	return 0;
}

static int link_up(void *ctx)
{
	struct world *world = ctx;

	world->link_ups++;
	return 0;
}

static void hang_up(void *ctx)
{
	struct world *world = ctx;

	world->hang_ups++;
}

static void port_close(void *ctx)
{
	struct world *world = ctx;

	world->closes++;
	world->port_open = false;
}

static int recover(void *ctx, enum ladder_rung rung)
{
	struct world *world = ctx;

	assert_false(world->port_open);
	world->rungs[rung]++;
	return world->recover_error;
}

static void recover_cancel(void *ctx)
{
	(void)ctx;
}

static int power(void *ctx, enum power_act act, bool silent)
{
	struct world *world = ctx;

	if (!world->has_key || (!world->has_status && act == POWER_ON && !silent))
		return -ENOTSUP;
	world->powers[act]++;
	world->power_silent = silent;
	return 0;
}

static bool exclude(void *ctx)
{
	struct world *world = ctx;

	world->excludes++;
	return world->excludable;
}

static const struct session_ops ops = {
	.probe = probe,
	.probe_cancel = probe_cancel,
	.bind = bind_interface,
	.bind_cancel = bind_cancel,
	.recover = recover,
	.recover_cancel = recover_cancel,
	.power = power,
	.exclude = exclude,
	.command = command,
	.ppp = ppp,
	.link_up = link_up,
	.hang_up = hang_up,
	.port_close = port_close,
};

static bool next_has_key, next_has_status;

static struct world *world_new(bool once)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	assert_int_equal(conf_init(&world->conf), 0);
	*world->conf.network.apn = '\0'; /* as the modem has it */
	world->now = 1000;
	world->has_key = next_has_key;
	world->has_status = next_has_status;
	session_init(&world->session, &world->conf, &ops, world, once, 7);
	session_start(&world->session, world->now);
	return world;
}

static void world_free(struct world *world)
{
	assert_int_equal(world->session.forbidden, 0);
	session_free(&world->session);
	conf_free(&world->conf);
	free(world);
}

static void tell(struct world *world, struct session_event event)
{
	event.now = world->now;
	if (event.type == SESSION_EVENT_PPP_EXIT)
		world->ppp_runs = false;
	session_handle(&world->session, &event);
}

static void probed(struct world *world, enum cause cause)
{
	world->port_open = cause == CAUSE_NONE;
	tell(world, (struct session_event){.type = SESSION_EVENT_PROBED,
					   .cause = cause,
					   .port = "/dev/ttyUSB2",
					   .family = modem_family_find(0, ""),
					   .text = cause_text(cause)});
}

/* No port, and a driver that may be why. */
static void probed_bindable(struct world *world, enum cause cause)
{
	tell(world, (struct session_event){.type = SESSION_EVENT_PROBED,
					   .cause = cause,
					   .text = cause_text(cause),
					   .may_bind = true});
}

static void plain(struct world *world, enum session_event_type type)
{
	tell(world, (struct session_event){.type = type});
}

/* Two passes of the probe have met a port in data mode. */
static void probed_stuck(struct world *world)
{
	for (int i = 0; i < 2; i++) {
		tell(world, (struct session_event){.type = SESSION_EVENT_PROBED,
						   .cause = CAUSE_NO_AT_PORT,
						   .text = "left in a call",
						   .stuck = true});
		if (i == 0)
			plain(world, SESSION_EVENT_TIMEOUT);
	}
}

static void recovered(struct world *world, enum cause cause, bool left)
{
	tell(world, (struct session_event){.type = SESSION_EVENT_RECOVERED,
					   .cause = cause,
					   .text = "done",
					   .left = left});
}

static void reply(struct world *world, enum at_final_kind kind, const char *text)
{
	struct at_event at = {.type = AT_EVENT_REPLY,
			      .id = world->id,
			      .final = {.kind = kind},
			      .text = text,
			      .command = world->command};

	world->now += 20;
	tell(world, (struct session_event){.type = SESSION_EVENT_AT, .at = &at});
}

static void urc(struct world *world, const char *line)
{
	struct at_event at = {.type = AT_EVENT_URC, .text = line};

	tell(world, (struct session_event){.type = SESSION_EVENT_AT, .at = &at});
}

static void ppp_exit(struct world *world, enum cause cause)
{
	tell(world, (struct session_event){.type = SESSION_EVENT_PPP_EXIT,
					   .cause = cause,
					   .text = cause_text(cause)});
}

static void ppp_log(struct world *world, enum ppp_event_type type, const char *value)
{
	struct ppp_event event = {.type = type};

	snprintf(event.value, sizeof(event.value), "%s", value);
	tell(world, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &event});
}

/* Let time run to the deadline and tell the session. */
static void time_out(struct world *world)
{
	int64_t deadline = session_deadline(&world->session);

	assert_true(deadline >= 0);
	if (deadline > world->now)
		world->now = deadline;
	plain(world, SESSION_EVENT_TIMEOUT);
}

static const char *answer_to(const char *command)
{
	static const struct {
		const char *command;
		const char *answer;
	} answers[] = {
		{"AT+CPIN?", "+CPIN: READY"}, {"AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"internet\""},
		{"AT+CREG?", "+CREG: 0,1"},   {"AT+COPS?", "+COPS: 0,0,\"Test\",2"},
		{"AT+CSQ", "+CSQ: 20,99"},
	};

	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		if (strcmp(command, answers[i].command) == 0)
			return answers[i].answer;
	return "";
}

/* Answer as a good modem does until the state is no longer `state`. */
static void answer_all(struct world *world, enum session_state state)
{
	for (int i = 0; i < 30 && world->session.state == state; i++)
		reply(world, AT_FINAL_OK, answer_to(world->command));
	assert_int_not_equal(world->session.state, state);
}

/* From DIALING on to NEGOTIATING, or beyond that to CONNECTED. */
static void bring_link(struct world *world, enum session_state state)
{
	plain(world, SESSION_EVENT_PPP_READY);
	assert_string_equal(world->command, "ATD*99***1#");
	reply(world, AT_FINAL_CONNECT, "");
	if (state == SESSION_NEGOTIATING)
		return;
	ppp_log(world, PPP_EVENT_INTERFACE, "ppp0");
	ppp_log(world, PPP_EVENT_LOCAL, "10.0.0.2");
}

/* Bring a new session to `state`. */
static void bring_to(struct world *world, enum session_state state)
{
	struct session *session = &world->session;

	if (state == SESSION_PROBING)
		return;
	if (state == SESSION_WAITING) {
		probed(world, CAUSE_NO_MODEM);
		return;
	}
	if (state == SESSION_BINDING) {
		probed_bindable(world, CAUSE_NO_AT_PORT);
		return;
	}
	if (state == SESSION_RECOVERING) {
		probed_stuck(world);
		return;
	}
	if (state == SESSION_FAILED) {
		probed(world, CAUSE_PERMISSION);
		return;
	}
	if (state == SESSION_STOPPED) {
		plain(world, SESSION_EVENT_STOP);
		return;
	}
	probed(world, CAUSE_NONE);
	if (state == SESSION_PREPARING)
		return;
	answer_all(world, SESSION_PREPARING);
	if (state == SESSION_REGISTERING)
		return;
	answer_all(world, SESSION_REGISTERING);
	if (state == SESSION_DIALING)
		return;
	bring_link(world, state);
	if (state == SESSION_NEGOTIATING || state == SESSION_CONNECTED)
		return;
	plain(world, SESSION_EVENT_PORT_GONE);
	if (state == SESSION_HANGING_UP)
		return;
	ppp_exit(world, CAUSE_LINK_LOST);
	assert_int_equal(session->state, SESSION_BACKING_OFF);
}

static void a_good_modem_gets_connected(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_CONNECTED);
	ppp_log(world, PPP_EVENT_REMOTE, "10.0.0.1");
	ppp_log(world, PPP_EVENT_DNS, "192.0.2.53");
	assert_int_equal(world->link_ups, 1);
	assert_string_equal(world->session.ppp.ifname, "ppp0");
	assert_string_equal(world->session.ppp.remote, "10.0.0.1");
	assert_string_equal(world->session.ppp.dns[0], "192.0.2.53");
	assert_string_equal(world->session.script.facts.operator, "Test");
	time_out(world);
	assert_false(world->session.ppp.no_dns);
	assert_int_equal(session_deadline(&world->session), -1);
	world_free(world);
}

static void a_link_without_name_servers_is_told(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_CONNECTED);
	time_out(world);
	assert_true(world->session.ppp.no_dns);
	assert_int_equal(world->session.state, SESSION_CONNECTED);
	ppp_exit(world, CAUSE_LINK_LOST);
	assert_false(world->session.ppp.no_dns);
	world_free(world);
	world = world_new(false);
	world->conf.ppp.peer_dns = false;
	bring_to(world, SESSION_CONNECTED);
	assert_int_equal(session_deadline(&world->session), -1);
	world_free(world);
}

static void a_call_that_ends_in_words_is_no_call_or_a_lost_link(void **state)
{
	static const enum session_state states[] = {SESSION_NEGOTIATING, SESSION_CONNECTED};

	(void)state;
	for (size_t i = 0; i < COUNT(states); i++) {
		struct world *world = world_new(false);

		bring_to(world, states[i]);
		tell(world,
		     (struct session_event){.type = SESSION_EVENT_NO_CALL, .text = "NO CARRIER"});
		assert_int_equal(world->session.state, SESSION_HANGING_UP);
		assert_int_equal(world->session.cause, i == 0 ? CAUSE_CALL : CAUSE_LINK_LOST);
		assert_non_null(strstr(buf_str(&world->session.text), "NO CARRIER"));
		/* It ends by itself. */
		assert_int_equal(world->ppp_terms, 0);
		world_free(world);
	}
}

static void what_the_network_rejects_ends_the_dial_at_once(void **state)
{
	static const struct {
		int pdp;
		enum ppp_event_type rejected;
		const char *hint; /* NULL: it goes on */
	} rows[] = {
		{CONF_PDP_IPV4, PPP_EVENT_NO_IPV4, "no IPv4; set network.pdp_type = \"ipv6\""},
		{CONF_PDP_IPV4, PPP_EVENT_NO_IPV6, NULL},
		{CONF_PDP_IPV6, PPP_EVENT_NO_IPV6, "no IPv6; set network.pdp_type = \"ipv4\""},
		{CONF_PDP_IPV6, PPP_EVENT_NO_IPV4, NULL},
		{CONF_PDP_IPV4V6, PPP_EVENT_NO_IPV4, NULL},
		{CONF_PDP_IPV4V6, PPP_EVENT_NO_IPV6, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = world_new(false);

		world->conf.network.pdp_type = rows[i].pdp;
		bring_to(world, SESSION_NEGOTIATING);
		ppp_log(world, rows[i].rejected, "");
		assert_int_equal(world->session.state,
				 rows[i].hint ? SESSION_HANGING_UP : SESSION_NEGOTIATING);
		if (rows[i].hint)
			assert_non_null(strstr(buf_str(&world->session.text), rows[i].hint));
		world_free(world);
	}
}

/* Every state with every event: no crash, no forbidden change, and from wherever that leads a stop
 * ends it within 5 s with pppd told to go. */
static void walk(enum session_state state, int event_type)
{
	static const struct ppp_event line = {.type = PPP_EVENT_OTHER};
	struct at_event at = {.type = AT_EVENT_REPLY,
			      .final = {.kind = AT_FINAL_ERROR},
			      .text = "",
			      .command = "AT"};
	struct world *world = world_new(false);
	enum session_state before;
	int64_t stopped_at;

	bring_to(world, state);
	assert_int_equal(world->session.state, state);
	before = world->session.state;
	tell(world, (struct session_event){.type = (enum session_event_type)event_type,
					   .cause = CAUSE_PPP,
					   .text = "text",
					   .port = "/dev/ttyUSB2",
					   .at = &at,
					   .ppp = &line});
	if (session_is_over(&world->session) && before == world->session.state)
		goto out;
	plain(world, SESSION_EVENT_STOP);
	stopped_at = world->now;
	while (!session_is_over(&world->session))
		time_out(world);
	assert_true(world->now - stopped_at <= 5000);
	if (world->ppp_runs)
		assert_true(world->ppp_terms > 0 && world->ppp_kills > 0);
out:
	world_free(world);
}

static void every_state_survives_every_event_and_stops(void **state)
{
	(void)state;
	for (int s = 0; s < SESSION_STATE_COUNT; s++)
		for (int e = 0; e < SESSION_EVENT_COUNT; e++)
			walk((enum session_state)s, e);
}

static void every_waiting_state_has_a_timeout(void **state)
{
	(void)state;
	for (int s = 0; s < SESSION_STATE_COUNT; s++) {
		struct world *world = world_new(false);

		bring_to(world, (enum session_state)s);
		if (s != SESSION_CONNECTED && s != SESSION_STOPPED && s != SESSION_FAILED)
			assert_true(session_deadline(&world->session) >= 0);
		world_free(world);
	}
}

/* Nobody ever answers anything: time alone leads from every state back to another try, and tries
 * are not made faster than the backoff allows. */
static void silence_ends_every_state(void **state)
{
	(void)state;
	for (int s = 0; s < SESSION_STOPPED; s++) {
		struct world *world = world_new(false);
		int probes;

		if (s == SESSION_CONNECTED) {
			world_free(world);
			continue;
		}

		bring_to(world, (enum session_state)s);
		probes = world->probes;
		for (int i = 0; i < 200 && world->probes == probes; i++)
			time_out(world);
		assert_true(world->probes > probes);
		world_free(world);
	}
}

static void a_probe_that_does_not_end_is_a_modem_that_hangs(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_PROBING);
	time_out(world);
	assert_int_equal(world->session.cause, CAUSE_NO_AT_PORT);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_false(world->session.probe_runs);
	world_free(world);
}

static void a_driver_is_changed_where_that_may_help(void **state)
{
	static const struct {
		enum cause cause;
		const char *driver;
		enum session_state next;
	} rows[] = {
		{CAUSE_NO_AT_PORT, "auto", SESSION_BINDING},
		{CAUSE_NO_MODEM, "auto", SESSION_BINDING},
		{CAUSE_NO_MODEM, "keep", SESSION_WAITING},
		{CAUSE_NO_AT_PORT, "keep", SESSION_PROBING},
		{CAUSE_BUSY, "auto", SESSION_BACKING_OFF},
		{CAUSE_FIRMWARE, "auto", SESSION_WAITING},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct world *world = world_new(false);

		free(world->conf.modem.driver);
		world->conf.modem.driver = strdup(rows[i].driver);
		probed_bindable(world, rows[i].cause);
		assert_int_equal(world->session.state, rows[i].next);
		assert_int_equal(world->binds, rows[i].next == SESSION_BINDING);
		world_free(world);
	}
}

static void binding_is_a_part_of_the_attempt(void **state)
{
	struct world *world = world_new(false);
	int64_t start = world->now;

	(void)state;
	world->now += 2500;
	bring_to(world, SESSION_BINDING);
	world->now += 300;
	plain(world, SESSION_EVENT_BOUND);
	assert_int_equal(world->session.state, SESSION_PROBING);
	assert_int_equal(world->probes, 2);
	assert_int_equal(world->session.attempt_at, start);
	assert_string_equal(world->session.timeline[1].step, "binding");
	assert_int_equal(world->session.timeline[1].ms, 2500);
	probed(world, CAUSE_NONE);
	assert_int_equal(world->session.state, SESSION_PREPARING);
	world_free(world);
}

static void binding_that_fails_or_hangs_leads_to_another_probe(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_BINDING);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	world->bind_error = -EAGAIN;
	probed_bindable(world, CAUSE_NO_AT_PORT);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_int_equal(world->session.cause, CAUSE_INTERNAL);
	world_free(world);
}

static void firmware_is_waited_for_but_not_by_once(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	probed(world, CAUSE_FIRMWARE);
	assert_int_equal(world->session.state, SESSION_WAITING);
	plain(world, SESSION_EVENT_PORTS);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	world_free(world);
	world = world_new(true);
	probed(world, CAUSE_FIRMWARE);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_FIRMWARE);
	world_free(world);
}

static void once_ends_with_the_first_cause(void **state)
{
	static const enum cause causes[] = {CAUSE_NO_AT_PORT, CAUSE_BUSY, CAUSE_PERMISSION};

	(void)state;
	for (size_t i = 0; i < sizeof(causes) / sizeof(*causes); i++) {
		struct world *world = world_new(true);

		world->now += world->conf.modem.wait_s * 1000;
		probed(world, causes[i]);
		assert_int_equal(world->session.state, SESSION_FAILED);
		assert_int_equal(world->session.cause, causes[i]);
		world_free(world);
	}
}

static void once_waits_for_a_modem_as_long_as_configured(void **state)
{
	struct world *world = world_new(true);
	int64_t start = world->now;

	(void)state;
	probed(world, CAUSE_NO_MODEM);
	assert_int_equal(world->session.state, SESSION_WAITING);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_NO_MODEM);
	assert_int_equal(world->now - start, world->conf.modem.wait_s * 1000);
	world_free(world);
}

static void a_booting_modem_is_asked_again(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	probed(world, CAUSE_NO_AT_PORT);
	assert_int_equal(world->session.state, SESSION_PROBING);
	time_out(world);
	assert_int_equal(world->probes, 2);
	world->now += world->conf.modem.wait_s * 1000;
	probed(world, CAUSE_NO_AT_PORT);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	world_free(world);
}

static void a_plugged_in_modem_is_dialled_when_its_ports_settle(void **state)
{
	struct world *world = world_new(false);
	int64_t plugged;

	(void)state;
	probed(world, CAUSE_NO_MODEM);
	world->now += 3000;
	plain(world, SESSION_EVENT_PORTS);
	world->now += 10;
	plain(world, SESSION_EVENT_PORTS);
	plugged = world->now;
	assert_int_equal(world->probes, 1);
	time_out(world);
	assert_int_equal(world->probes, 2);
	assert_true(world->now - plugged < 1000);
	probed(world, CAUSE_NO_MODEM);
	tell(world, (struct session_event){.type = SESSION_EVENT_PORTS, .whole = true});
	assert_int_equal(session_deadline(&world->session), world->now);
	world_free(world);
}

static void an_unplugged_port_is_closed_at_once(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_CONNECTED);
	plain(world, SESSION_EVENT_PORT_GONE);
	assert_int_equal(world->closes, 1);
	assert_false(world->port_open);
	ppp_exit(world, CAUSE_LINK_LOST);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	plain(world, SESSION_EVENT_PORTS);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	world_free(world);
}

static void a_link_that_lasted_is_redialled_at_once(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_CONNECTED);
	world->now += 3600 * 1000;
	ppp_exit(world, CAUSE_LINK_LOST);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_true(session_deadline(&world->session) - world->now < 1000);
	world_free(world);
}

static void a_link_that_never_lasts_is_not_hammered(void **state)
{
	struct world *world = world_new(false);
	int64_t last_delay = 0, total = world->now;

	(void)state;
	for (int i = 0; i < 12; i++) {
		bring_to(world, SESSION_CONNECTED);
		ppp_exit(world, CAUSE_LINK_LOST);
		if (world->session.state == SESSION_RECOVERING) {
			recovered(world, CAUSE_NONE, false);
			time_out(world);
			continue;
		}
		assert_int_equal(world->session.state, SESSION_BACKING_OFF);
		last_delay = session_deadline(&world->session) - world->now;
		time_out(world);
	}
	/* 300 s is the longest, give or take a fifth. */
	assert_in_range(last_delay, 240000, 360000);
	assert_true(world->now - total > 900000);
	world_free(world);
}

static void a_refused_password_behind_a_hang_up_is_named(void **state)
{
	static const enum session_event_type hang_ups[] = {SESSION_EVENT_PORT_GONE,
							   SESSION_EVENT_NO_CALL};

	(void)state;
	for (size_t i = 0; i < COUNT(hang_ups); i++) {
		struct world *world = world_new(true);

		bring_to(world, SESSION_NEGOTIATING);
		tell(world, (struct session_event){.type = hang_ups[i], .text = "NO CARRIER"});
		assert_int_equal(world->session.state, SESSION_HANGING_UP);
		ppp_exit(world, CAUSE_PPP_AUTH);
		assert_int_equal(world->session.state, SESSION_FAILED);
		assert_int_equal(world->session.cause, CAUSE_PPP_AUTH);
		world_free(world);
	}
}

static void denied_is_retried_slowly(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_REGISTERING);
	for (int i = 0; i < 200 && world->session.state == SESSION_REGISTERING; i++) {
		if (!world->session.script.pending)
			time_out(world);
		else if (strcmp(world->command, "AT+CREG?") == 0)
			reply(world, AT_FINAL_OK, "+CREG: 1,3");
		else if (strcmp(world->command, "AT+CGREG?") == 0)
			reply(world, AT_FINAL_OK, "+CGREG: 1,3");
		else if (strcmp(world->command, "AT+CEREG?") == 0)
			reply(world, AT_FINAL_ERROR, "");
		else
			reply(world, AT_FINAL_OK, "");
	}
	assert_int_equal(world->session.state, SESSION_HANGING_UP);
	ppp_exit(world, CAUSE_INTERNAL);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_int_equal(world->session.cause, CAUSE_NOT_REGISTERED);
	assert_true(session_deadline(&world->session) - world->now >= 240000);
	world_free(world);
}

/* A modem to which `command` is answered by `text`, registered or not, and whose calls come to
 * nothing: the pause before the next try. */
static int64_t pause_after(struct world *world, const char *command, const char *text)
{
	struct session *session = &world->session;
	bool registers = !strstr(command, "REG");

	while (session->state != SESSION_BACKING_OFF && session->state != SESSION_RECOVERING) {
		if (session->state == SESSION_HANGING_UP && world->ppp_runs)
			ppp_exit(world, CAUSE_INTERNAL);
		else if (session->state == SESSION_PROBING)
			probed(world, CAUSE_NONE);
		else if (session->state == SESSION_DIALING && !session->ppp_ready)
			plain(world, SESSION_EVENT_PPP_READY);
		else if (!session->script.pending)
			time_out(world);
		else if (strcmp(world->command, command) == 0)
			reply(world, AT_FINAL_OK, text);
		else if (strncmp(world->command, "ATD", 3) == 0)
			reply(world, AT_FINAL_NO_CARRIER, "");
		else if (strstr(world->command, "REG?") && !registers)
			reply(world, AT_FINAL_OK, "");
		else
			reply(world, AT_FINAL_OK, answer_to(world->command));
	}
	return session->state == SESSION_BACKING_OFF ? session_deadline(session) - world->now : 0;
}

/* By the network's reason, once and again; a network that is full sees no modem restart. */
static void a_refusal_is_retried_by_its_reason(void **state)
{
	static const struct {
		const char *command, *text;
		bool slow, slow_again;
	} rows[] = {
		{"AT+CREG?", "+CREG: 3,3,,,,0,11", true, true},
		{"AT+CEREG?", "+CEREG: 3,2,,,,0,15", true, true},
		{"AT+CEREG?", "+CEREG: 3,2,,,,0,22", true, true},
		{"AT+CEREG?", "+CEREG: 3,2,,,,0,17", false, false},
		{"AT+CEER", "+CEER: Unknown APN", false, true},
		{"AT+CEER", "+CEER: Insufficient resources", true, true},
		{"AT+CEER", "+CEER: SM cause 38", false, false},
		{"AT+CEER", "+CEER: No report available", false, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = world_new(false);
		int64_t first = pause_after(world, rows[i].command, rows[i].text), second;

		time_out(world);
		second = pause_after(world, rows[i].command, rows[i].text);
		if ((first >= 240000) != rows[i].slow || (second >= 240000) != rows[i].slow_again)
			fail_msg("%s: %d %d", rows[i].text, (int)first, (int)second);
		for (int n = 0; n < 10 && strstr(rows[i].text, "resources"); n++) {
			time_out(world);
			assert_true(pause_after(world, rows[i].command, rows[i].text) >= 240000);
		}
		world_free(world);
	}
}

/* Longer than other preparing may take; and it is looked at again in seconds. */
static void a_busy_sim_is_waited_for_as_long_as_it_says_so(void **state)
{
	static const int64_t busy_ms[] = {60000, 200000, INT64_MAX};

	(void)state;
	for (size_t i = 0; i < sizeof(busy_ms) / sizeof(*busy_ms); i++) {
		struct world *world = world_new(false);
		struct session *session = &world->session;

		bring_to(world, SESSION_PREPARING);
		while (session->state == SESSION_PREPARING && world->now < 1000000) {
			if (!session->script.pending)
				time_out(world);
			else if (strcmp(world->command, "AT+CPIN?") == 0 && world->now < busy_ms[i])
				reply(world, AT_FINAL_OK, "+CPIN: NOT READY");
			else
				reply(world, AT_FINAL_OK, answer_to(world->command));
		}
		if (busy_ms[i] < INT64_MAX) {
			assert_int_equal(session->state, SESSION_REGISTERING);
			assert_in_range(world->now, busy_ms[i], busy_ms[i] + 2000);
		} else {
			ppp_exit(world, CAUSE_INTERNAL);
			assert_int_equal(session->cause, CAUSE_SIM);
			assert_in_range(world->now, 300000, 305000);
			assert_in_range(session_deadline(session) - world->now, 1, 5000);
		}
		world_free(world);
	}
}

/* By the time that USB knows of it, or since its first answer. */
static void a_modem_is_young_for_a_minute(void **state)
{
	static const struct {
		int age_ms;
		int64_t later_ms;
		bool young;
	} cases[] = {{0, 0, true},         {0, 61000, false},    {5000, 0, true},
		     {59000, 0, true},     {5000, 56000, false}, {61000, 0, false},
		     {INT32_MAX, 0, false}};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		struct world *world = world_new(false);
		struct session_event event = {.type = SESSION_EVENT_PROBED,
					      .port = "/dev/ttyUSB2",
					      .family = modem_family_find(0, ""),
					      .age_ms = cases[i].age_ms};

		world->now = 5000000;
		world->port_open = true;
		tell(world, event);
		world->now += cases[i].later_ms;
		assert_int_equal(world->session.script.born_at >= 0 &&
					 world->now - world->session.script.born_at < 60000,
				 cases[i].young);
		plain(world, SESSION_EVENT_PORT_GONE);
		assert_int_equal(world->session.script.born_at, -1);
		world_free(world);
	}
}

static void registration_by_urc_ends_the_wait(void **state)
{
	struct world *world = world_new(false);
	int64_t heard;

	(void)state;
	bring_to(world, SESSION_REGISTERING);
	for (int i = 0; i < 20 && world->session.script.pending; i++)
		reply(world, AT_FINAL_OK,
		      strcmp(world->command, "AT+CREG?") == 0 ? "+CREG: 1,2" : "");
	assert_false(world->session.script.pending);
	heard = world->now;
	urc(world, "+CREG: 1");
	assert_true(world->session.script.pending);
	answer_all(world, SESSION_REGISTERING);
	assert_int_equal(world->session.state, SESSION_DIALING);
	assert_true(world->now - heard < 500);
	world_free(world);
}

/* Told by a URC, at any time at which one can come. */
static void roaming_that_is_not_wanted_ends_it_at_once(void **state)
{
	static const enum session_state states[] = {SESSION_PREPARING, SESSION_REGISTERING,
						    SESSION_DIALING, SESSION_NEGOTIATING,
						    SESSION_CONNECTED};

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		struct world *world = world_new(false);

		world->conf.network.roaming = false;
		bring_to(world, states[i]);
		urc(world, "+CREG: 1");
		assert_int_equal(world->session.state, states[i]);
		urc(world, "+CREG: 5,\"0001\",\"00000002\",2");
		assert_int_equal(world->session.cause, CAUSE_NOT_REGISTERED);
		assert_int_not_equal(world->session.state, states[i]);
		assert_non_null(strstr(buf_str(&world->session.text), "network.roaming"));
		assert_int_equal(world->session.forbidden, 0);
		world_free(world);
	}
}

static void a_pppd_that_cannot_be_started_gives_its_cause(void **state)
{
	static const struct {
		int error;
		enum session_state state;
		enum cause cause;
	} rows[] = {
		{-ENOENT, SESSION_FAILED, CAUSE_NO_PPP},
		{-ENOEXEC, SESSION_FAILED, CAUSE_NO_PPP},
		{-EACCES, SESSION_FAILED, CAUSE_PERMISSION},
		{-EINVAL, SESSION_FAILED, CAUSE_CONFIG},
		/* These pass. */
		{-EMFILE, SESSION_BACKING_OFF, CAUSE_INTERNAL},
		{-EAGAIN, SESSION_BACKING_OFF, CAUSE_INTERNAL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = world_new(false);

		world->ppp_error = rows[i].error;
		probed(world, CAUSE_NONE);
		assert_int_equal(world->commands, 0);
		assert_int_equal(world->session.state, rows[i].state);
		assert_int_equal(world->session.cause, rows[i].cause);
		world_free(world);
	}
}

static void a_redial_hangs_up_and_dials_again(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_CONNECTED);
	plain(world, SESSION_EVENT_REDIAL);
	assert_int_equal(world->ppp_terms, 1);
	ppp_exit(world, CAUSE_INTERNAL);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_true(session_deadline(&world->session) - world->now < 1000);
	time_out(world);
	bring_to(world, SESSION_CONNECTED);
	assert_int_equal(world->session.dials, 2);
	world_free(world);
}

/* Only the network's no to a call that was made is held against the context. */
static void what_ends_a_dial_is_not_always_the_context(void **state)
{
	static const struct {
		enum session_state in;
		enum session_event_type event;
		enum cause cause; /* of pppd's exit */
		int counted;
	} rows[] = {
		{SESSION_DIALING, SESSION_EVENT_PPP_EXIT, CAUSE_INTERNAL, 0},
		{SESSION_DIALING, SESSION_EVENT_TIMEOUT, CAUSE_INTERNAL, 0}, /* pppd is not ready */
		{SESSION_DIALING, SESSION_EVENT_AT, CAUSE_LINK_LOST, 1}, /* the call is refused */
		{SESSION_DIALING, SESSION_EVENT_AT, CAUSE_PPP_AUTH, 0},
		{SESSION_DIALING, SESSION_EVENT_REDIAL, CAUSE_PPP, 0},
		{SESSION_DIALING, SESSION_EVENT_PORT_GONE, CAUSE_LINK_LOST, 0},
		{SESSION_NEGOTIATING, SESSION_EVENT_PPP_EXIT, CAUSE_PPP, 1},
		{SESSION_NEGOTIATING, SESSION_EVENT_PPP_EXIT, CAUSE_PPP_AUTH, 0},
		{SESSION_NEGOTIATING, SESSION_EVENT_NO_CALL, CAUSE_LINK_LOST, 1},
		{SESSION_NEGOTIATING, SESSION_EVENT_LIMIT, CAUSE_LINK_LOST, 1},
		{SESSION_NEGOTIATING, SESSION_EVENT_REDIAL, CAUSE_PPP, 0},
		{SESSION_NEGOTIATING, SESSION_EVENT_STOP, CAUSE_PPP, 0},
		{SESSION_CONNECTED, SESSION_EVENT_PPP_EXIT, CAUSE_LINK_LOST, 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct world *world = world_new(false);
		struct session *session = &world->session;
		struct script_modem *modem = &session->script.modem;

		bring_to(world, SESSION_DIALING);
		/* An earlier dial has left its cause. */
		session->cause = CAUSE_CALL;
		session->failed_in = SESSION_DIALING;
		if (rows[i].in != SESSION_DIALING)
			bring_link(world, rows[i].in);
		else if (rows[i].event == SESSION_EVENT_AT)
			plain(world, SESSION_EVENT_PPP_READY);
		modem->cid = 2;
		modem->cid_chosen = true;
		if (rows[i].event == SESSION_EVENT_PPP_EXIT)
			ppp_exit(world, rows[i].cause);
		else if (rows[i].event == SESSION_EVENT_LIMIT)
			time_out(world);
		for (int n = 0; rows[i].event == SESSION_EVENT_AT &&
				session->state == SESSION_DIALING && n < 30;
		     n++)
			reply(world, AT_FINAL_NO_CARRIER, "");
		if (session->state == rows[i].in)
			plain(world, rows[i].event);
		if (session->state == SESSION_HANGING_UP)
			ppp_exit(world, rows[i].cause);
		assert_int_equal(session->script.memory.elsewhere, rows[i].counted);
		world_free(world);
	}
}

static void an_alarm_ends_a_link_and_nothing_else(void **state)
{
	struct session_event alarm = {
		.type = SESSION_EVENT_ALARM, .cause = CAUSE_LINK_LOST, .text = "nothing comes in"};
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_NEGOTIATING);
	tell(world, alarm);
	assert_int_equal(world->session.state, SESSION_NEGOTIATING);
	bring_to(world, SESSION_CONNECTED);
	tell(world, alarm);
	assert_int_equal(world->session.state, SESSION_HANGING_UP);
	assert_int_equal(world->session.cause, CAUSE_LINK_LOST);
	assert_string_equal(buf_str(&world->session.text), alarm.text);
	world_free(world);
}

static void a_pin_that_could_not_be_sent_is_not_shown(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	free(world->conf.sim.pin);
	world->conf.sim.pin = strdup("8642");
	bring_to(world, SESSION_PREPARING);
	for (int i = 0; i < 20 && world->session.state == SESSION_PREPARING; i++) {
		bool sim = strcmp(world->command, "AT+CPIN?") == 0;

		if (strcmp(world->command, "AT^CPIN?") == 0)
			world->command_error = -ENOMEM;
		reply(world, AT_FINAL_OK, sim ? "+CPIN: SIM PIN" : "");
	}
	assert_int_equal(world->session.state, SESSION_HANGING_UP);
	assert_int_equal(world->session.cause, CAUSE_INTERNAL);
	assert_non_null(strstr(buf_str(&world->session.text), "AT+CPIN"));
	assert_null(strstr(buf_str(&world->session.text), "8642"));
	world_free(world);
}

/* A dial is under way already: what ends it is not made undone by a wish that it has fulfilled. */
static void a_redial_while_probing_is_the_dial_under_way(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	plain(world, SESSION_EVENT_REDIAL);
	assert_int_equal(world->session.state, SESSION_PROBING);
	probed(world, CAUSE_PERMISSION);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_PERMISSION);
	world_free(world);
}

static void once_waits_longer_than_a_rescan(void **state)
{
	struct world *world = world_new(true);
	int64_t start = world->now;

	(void)state;
	world->conf.modem.wait_s = 150;
	for (int i = 0; i < 20 && !session_is_over(&world->session); i++)
		if (world->session.state == SESSION_PROBING)
			probed(world, CAUSE_NO_MODEM);
		else
			time_out(world);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_NO_MODEM);
	assert_int_equal(world->now - start, 150000);
	world_free(world);
}

static void a_lost_link_has_no_addresses(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_CONNECTED);
	ppp_log(world, PPP_EVENT_DNS, "192.0.2.53");
	ppp_exit(world, CAUSE_LINK_LOST);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_string_equal(world->session.ppp.local, "");
	assert_string_equal(world->session.ppp.ifname, "");
	assert_int_equal(world->session.ppp.dns_count, 0);
	world_free(world);
}

static void a_link_that_was_never_up_is_not_lost(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	bring_to(world, SESSION_NEGOTIATING);
	plain(world, SESSION_EVENT_PORT_GONE);
	ppp_exit(world, CAUSE_INTERNAL);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_PPP);
	world_free(world);
}

static void backoff_doubles_to_its_cap_with_jitter(void **state)
{
	struct backoff a = {.min_ms = 2000, .max_ms = 300000, .seed = 1};
	struct backoff b = {.min_ms = 2000, .max_ms = 300000, .seed = 2};
	int want = 2000;
	bool differ = false;

	(void)state;
	for (int i = 0; i < 20; i++) {
		int ms = backoff_next(&a);

		assert_in_range(ms, want - want / 5, want + want / 5);
		differ |= ms != backoff_next(&b);
		want = want * 2 > 300000 ? 300000 : want * 2;
	}
	assert_true(differ);
	backoff_reset(&a);
	assert_in_range(backoff_next(&a), 1600, 2400);
}

static struct world *world_for(enum session_goal goal)
{
	struct world *world = calloc(1, sizeof(*world));

	assert_non_null(world);
	assert_int_equal(conf_init(&world->conf), 0);
	*world->conf.network.apn = '\0'; /* as the modem has it */
	session_init(&world->session, &world->conf, &ops, world, false, 7);
	session_set_goal(&world->session, goal);
	session_start(&world->session, world->now);
	return world;
}

static void a_call_for_another_pppd_is_up_when_it_stands(void **state)
{
	const struct ppp_event address = {PPP_EVENT_LOCAL, ""};
	struct world *world = world_for(SESSION_GOAL_CALL);

	(void)state;
	bring_to(world, SESSION_DIALING);
	plain(world, SESSION_EVENT_PPP_READY);
	reply(world, AT_FINAL_CONNECT, "");
	assert_int_equal(world->session.state, SESSION_CONNECTED);
	assert_int_equal(world->link_ups, 0);
	/* It is ended if no address comes. */
	assert_int_equal(session_deadline(&world->session), world->now + 100000);
	tell(world, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &address});
	assert_int_equal(session_deadline(&world->session), -1);
	plain(world, SESSION_EVENT_PORT_GONE);
	ppp_exit(world, CAUSE_NONE);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_LINK_LOST);
	assert_int_equal(world->probes, 1);
	world_free(world);
	world = world_for(SESSION_GOAL_CALL);
	bring_to(world, SESSION_DIALING);
	plain(world, SESSION_EVENT_PPP_READY);
	reply(world, AT_FINAL_CONNECT, "");
	time_out(world);
	ppp_exit(world, CAUSE_NONE);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_PPP);
	world_free(world);
}

static void a_refused_call_for_another_pppd_is_the_end(void **state)
{
	struct world *world = world_for(SESSION_GOAL_CALL);

	(void)state;
	bring_to(world, SESSION_DIALING);
	plain(world, SESSION_EVENT_PPP_READY);
	reply(world, AT_FINAL_BUSY, "");
	reply(world, AT_FINAL_OK, "");
	ppp_exit(world, CAUSE_NONE);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_CALL);
	world_free(world);
}

static void a_registered_modem_is_enough_when_no_more_is_wanted(void **state)
{
	struct world *world = world_for(SESSION_GOAL_REGISTERED);

	(void)state;
	probed(world, CAUSE_NONE);
	answer_all(world, SESSION_PREPARING);
	answer_all(world, SESSION_REGISTERING);
	assert_int_equal(world->session.state, SESSION_STOPPED);
	assert_int_equal(world->session.cause, CAUSE_NONE);
	assert_int_equal(world->ppp_starts, 0);
	assert_int_equal(world->closes, 1);
	assert_string_equal(world->session.port, "/dev/ttyUSB2");
	world_free(world);
}

/* Have the calls refused until `state`, or `max` times. */
static int refuse_calls(struct world *world, enum session_state state, int max)
{
	int count = 0;

	while (world->session.state != state && count < max) {
		if (world->session.state == SESSION_BACKING_OFF)
			time_out(world);
		count++;
		bring_to(world, SESSION_DIALING);
		plain(world, SESSION_EVENT_PPP_READY);
		reply(world, AT_FINAL_BUSY, "");
		reply(world, AT_FINAL_OK, "");
		ppp_exit(world, CAUSE_INTERNAL);
	}
	return count;
}

static void a_call_that_goes_on_failing_is_recovered_from(void **state)
{
	struct world *world = world_new(false);
	int64_t done;

	(void)state;
	assert_int_equal(refuse_calls(world, SESSION_RECOVERING, 9), 4);
	assert_int_equal(world->rungs[LADDER_DTR], 1);
	world->now += 3000;
	recovered(world, CAUSE_NONE, false);
	done = world->now;
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	/* The rung was the pause. */
	assert_true(world->now - done < 1000);
	assert_int_equal(refuse_calls(world, SESSION_RECOVERING, 9), 1);
	assert_int_equal(world->rungs[LADDER_CFUN], 1);
	assert_int_equal(world->session.ladder.failures, 5);
	world_free(world);
}

static void a_modem_that_left_is_probed_when_it_is_back(void **state)
{
	struct world *world = world_new(false);
	int64_t back;

	(void)state;
	bring_to(world, SESSION_RECOVERING);
	recovered(world, CAUSE_NONE, true);
	world->now += 40000;
	plain(world, SESSION_EVENT_PORTS);
	world->now += 10;
	plain(world, SESSION_EVENT_PORTS);
	back = world->now;
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	assert_true(world->now - back < 1000);
	bring_to(world, SESSION_CONNECTED);
	world_free(world);
}

static void ports_that_came_during_the_rung_count(void **state)
{
	struct world *world = world_new(false);
	int64_t done;

	(void)state;
	bring_to(world, SESSION_RECOVERING);
	plain(world, SESSION_EVENT_PORTS);
	assert_int_equal(world->session.state, SESSION_RECOVERING);
	recovered(world, CAUSE_NONE, true);
	done = world->now;
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	assert_true(world->now - done < 1000);
	world_free(world);
}

/* Bounded, then the next rung, and then it is waited for as if unplugged. */
static void a_modem_that_does_not_come_back_is_waited_for(void **state)
{
	struct world *world = world_new(false);
	int64_t start = world->now;

	(void)state;
	bring_to(world, SESSION_RECOVERING);
	recovered(world, CAUSE_NONE, true);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_RECOVERING);
	assert_int_equal(world->rungs[LADDER_USB], 1);
	recovered(world, CAUSE_NONE, true);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_WAITING);
	assert_int_equal(world->session.cause, CAUSE_NO_MODEM);
	assert_true(world->now - start < 300000);
	world->now += 600000;
	plain(world, SESSION_EVENT_PORTS);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	world_free(world);
}

static void a_rung_that_cannot_be_done_is_passed_over(void **state)
{
	static const int errors[] = {-ENXIO, -EBUSY, -ENOTSUP};

	(void)state;
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++) {
		struct world *world = world_new(false);

		world->recover_error = errors[i];
		refuse_calls(world, SESSION_RECOVERING, 4);
		assert_int_equal(world->session.state, SESSION_BACKING_OFF);
		for (int rung = LADDER_DTR; rung < LADDER_POWER; rung++)
			assert_int_equal(world->rungs[rung], 1);
		assert_int_equal(world->session.cause, CAUSE_CALL);
		/* None of them was done: they count neither as failures nor as tried. */
		assert_int_equal(world->session.ladder.failures, 4);
		assert_false(world->session.ladder.slow);
		world->recover_error = 0;
		assert_int_equal(refuse_calls(world, SESSION_RECOVERING, 9), 4);
		world_free(world);
	}
}

static void no_rung_is_spent_on_what_is_not_there(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	world->recover_error = -ENODEV;
	refuse_calls(world, SESSION_WAITING, 4);
	assert_int_equal(world->session.state, SESSION_WAITING);
	assert_int_equal(world->session.cause, CAUSE_NO_MODEM);
	assert_int_equal(world->session.ladder.failures, 4);
	assert_int_equal(world->rungs[LADDER_DTR], 1);
	assert_int_equal(world->rungs[LADDER_CFUN], 0);
	/* Seen only when the rung was under way. */
	world->recover_error = 0;
	plain(world, SESSION_EVENT_PORTS);
	time_out(world);
	refuse_calls(world, SESSION_RECOVERING, 4);
	tell(world, (struct session_event){.type = SESSION_EVENT_RECOVERED,
					   .cause = CAUSE_NO_AT_PORT,
					   .text = "No such device",
					   .gone = true});
	assert_int_equal(world->session.state, SESSION_WAITING);
	assert_int_equal(world->session.ladder.free_at[LADDER_DTR], 0);
	world_free(world);
}

/* Its tty comes before the rung has told that it was gone, or while pppd is still ending. */
static void a_modem_that_is_back_meanwhile_is_asked_at_once(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	refuse_calls(world, SESSION_RECOVERING, 4);
	plain(world, SESSION_EVENT_PORTS);
	tell(world, (struct session_event){.type = SESSION_EVENT_RECOVERED,
					   .cause = CAUSE_NO_AT_PORT,
					   .text = "No such device",
					   .gone = true});
	assert_int_equal(world->session.state, SESSION_WAITING);
	assert_true(session_deadline(&world->session) - world->now < 1000);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	world_free(world);

	world = world_new(false);
	for (int i = 0; i < 3; i++) {
		bring_to(world, SESSION_CONNECTED);
		plain(world, SESSION_EVENT_PORT_GONE);
		world->now += 20;
		plain(world, SESSION_EVENT_PORTS);
		ppp_exit(world, CAUSE_LINK_LOST);
		if (world->session.state == SESSION_RECOVERING)
			break;
		assert_int_equal(world->session.state, SESSION_BACKING_OFF);
		assert_true(session_deadline(&world->session) - world->now < 1000);
	}
	world_free(world);
}

static void a_device_that_may_be_no_modem_gets_no_rung(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	world->recover_error = -EPERM;
	refuse_calls(world, SESSION_RECOVERING, 4);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_int_equal(world->rungs[LADDER_DTR], 1);
	assert_int_equal(world->rungs[LADDER_CFUN], 0);
	world_free(world);
}

static void a_modem_that_was_plugged_in_anew_begins_at_the_bottom(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	bring_to(world, SESSION_RECOVERING);
	assert_true(world->session.ladder.free_at[LADDER_DTR] > world->now);
	recovered(world, CAUSE_NONE, false);
	time_out(world);
	tell(world, (struct session_event){.type = SESSION_EVENT_PROBED,
					   .cause = CAUSE_NO_AT_PORT,
					   .text = "silent",
					   .fresh = true});
	assert_int_equal(world->session.ladder.failures, 0);
	assert_int_equal(world->session.ladder.free_at[LADDER_DTR], 0);
	assert_int_equal(world->session.backoff.last_ms, 0);
	world_free(world);
}

static void no_ladder_for_once_and_for_other_goals(void **state)
{
	struct world *world = world_new(true);

	(void)state;
	assert_int_equal(refuse_calls(world, SESSION_FAILED, 9), 1);
	assert_int_equal(world->rungs[LADDER_DTR], 0);
	world_free(world);
	world = world_for(SESSION_GOAL_CALL);
	assert_int_equal(refuse_calls(world, SESSION_FAILED, 9), 1);
	assert_int_equal(world->rungs[LADDER_DTR], 0);
	world_free(world);
}

/* The signs of life of a link that carries nothing take longer than a minute. */
static void links_that_carry_nothing_climb(void **state)
{
	struct session_event alarm = {
		.type = SESSION_EVENT_ALARM, .cause = CAUSE_LINK_LOST, .text = "nothing comes in"};
	struct world *world = world_new(false);

	(void)state;
	for (int i = 0; i < 4; i++) {
		bring_to(world, SESSION_CONNECTED);
		world->now += 95000;
		tell(world, alarm);
		ppp_exit(world, CAUSE_INTERNAL);
		if (world->session.state == SESSION_BACKING_OFF)
			time_out(world);
	}
	assert_int_equal(world->session.state, SESSION_RECOVERING);
	world_free(world);
	world = world_new(false);
	for (int i = 0; i < 8; i++) {
		bring_to(world, SESSION_CONNECTED);
		world->now += 700000;
		tell(world, alarm);
		ppp_exit(world, CAUSE_INTERNAL);
		assert_int_equal(world->session.state, SESSION_BACKING_OFF);
		time_out(world);
	}
	world_free(world);
}

/* On a modem that has hung its last bytes never leave, nor does it. */
static void a_pppd_that_does_not_end_is_not_waited_for(void **state)
{
	static const enum ppp_event_type words[] = {PPP_EVENT_ECHO_LOST, PPP_EVENT_TERMINATED};

	(void)state;
	for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
		struct world *world = world_new(false);
		int64_t start;

		bring_to(world, SESSION_CONNECTED);
		start = world->now;
		ppp_log(world, words[i], "");
		time_out(world);
		assert_int_equal(world->session.state, SESSION_HANGING_UP);
		assert_int_equal(world->session.cause, CAUSE_LINK_LOST);
		assert_true(world->now - start <= 3000);
		world_free(world);
	}
}

/* pppd hands a signal on to the script that it waits for, and netifd never hears of the end. */
static void a_pppd_that_is_ending_gets_no_signal_while_its_scripts_run(void **state)
{
	static const struct {
		enum ppp_event_type words; /* before the rest; OTHER: none */
		enum session_event_type first;
		bool unread; /* its last words are still in the pipe */
		bool told;   /* pppd is well: TERM at once, and that alone */
	} ways[] = {
		{PPP_EVENT_OTHER, SESSION_EVENT_PORT_GONE},
		{PPP_EVENT_HANGUP, SESSION_EVENT_PORT_GONE},
		{PPP_EVENT_HANGUP, SESSION_EVENT_ALARM},
		{PPP_EVENT_PEER_TERMINATED, SESSION_EVENT_ALARM},
		{PPP_EVENT_TERMINATED, SESSION_EVENT_TIMEOUT},
		{PPP_EVENT_ECHO_LOST, SESSION_EVENT_TIMEOUT},
		{PPP_EVENT_ECHO_LOST, SESSION_EVENT_REDIAL},
		{PPP_EVENT_OTHER, SESSION_EVENT_REDIAL, .unread = true},
		{PPP_EVENT_OTHER, SESSION_EVENT_ALARM, .unread = true},
		{PPP_EVENT_OTHER, SESSION_EVENT_REDIAL, .told = true},
		{PPP_EVENT_OTHER, SESSION_EVENT_ALARM, .told = true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++) {
		struct world *world = world_new(false);
		int64_t start;

		bring_to(world, SESSION_CONNECTED);
		start = world->now;
		if (ways[i].words != PPP_EVENT_OTHER)
			ppp_log(world, ways[i].words, "");
		world->ppp_ending = ways[i].unread;
		if (ways[i].first == SESSION_EVENT_TIMEOUT)
			time_out(world);
		else
			tell(world, (struct session_event){.type = ways[i].first,
							   .cause = CAUSE_LINK_LOST,
							   .text = "text"});
		assert_int_equal(world->session.state, SESSION_HANGING_UP);
		assert_int_equal(world->ppp_terms, ways[i].told);
		/* Its own words about our signal are none about an end by itself. */
		if (ways[i].told)
			ppp_log(world, PPP_EVENT_TERMINATED, "");
		while (world->ppp_terms == ways[i].told && world->ppp_kills == 0)
			time_out(world);
		assert_true(world->now - start >= 6000);
		while (world->ppp_kills == 0)
			time_out(world);
		assert_int_equal(world->ppp_terms, 1);
		assert_true(world->now - start >= 7500 && world->now - start < 9000);
		ppp_exit(world, CAUSE_LINK_LOST);
		assert_int_not_equal(world->session.state, SESSION_HANGING_UP);
		world_free(world);
	}
}

/* From an unplugged modem to a stop, so many ms later: scripts have 3 s, the stop has 5. */
static void a_stop_leaves_scripts_their_time(void **state)
{
	static const int after_ms[] = {0, 100, 2000, 5000, 7000};

	(void)state;
	for (size_t i = 0; i < sizeof(after_ms) / sizeof(*after_ms); i++) {
		struct world *world = world_new(false);
		int64_t start, stop;

		bring_to(world, SESSION_CONNECTED);
		start = world->now;
		plain(world, SESSION_EVENT_PORT_GONE);
		while (session_deadline(&world->session) < start + after_ms[i])
			time_out(world);
		world->now = stop = start + after_ms[i];
		plain(world, SESSION_EVENT_STOP);
		while (!session_is_over(&world->session)) {
			time_out(world);
			if (world->ppp_terms > 0 || world->ppp_kills > 0)
				assert_true(world->now - start > 3000);
		}
		assert_int_equal(world->session.state, SESSION_STOPPED);
		assert_int_equal(world->ppp_terms, 1);
		assert_int_equal(world->ppp_kills, 1);
		assert_true(world->now - stop < 4500);
		world_free(world);
	}
}

/* A pppd that waits for the call has not seen that the port went away. */
static void a_pppd_that_waits_for_the_call_is_told_at_once(void **state)
{
	static const enum session_state states[] = {SESSION_PREPARING, SESSION_REGISTERING,
						    SESSION_DIALING};

	(void)state;
	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		struct world *world = world_new(false);

		bring_to(world, states[i]);
		plain(world, SESSION_EVENT_PORT_GONE);
		assert_int_equal(world->ppp_terms, 1);
		world_free(world);
	}
}

static void another_modem_than_the_wanted_is_left_out_at_once(void **state)
{
	for (int once = 0; once < 2; once++) {
		struct world *world = world_new(once);

		(void)state;
		world->excludable = true;
		free(world->conf.modem.imei);
		world->conf.modem.imei = strdup("358000000000001");
		probed(world, CAUSE_NONE);
		while (strcmp(world->command, "AT+CGSN") != 0)
			reply(world, AT_FINAL_OK, "");
		reply(world, AT_FINAL_OK, "123456789012345");
		ppp_exit(world, CAUSE_INTERNAL);
		assert_int_equal(world->excludes, 1);
		assert_int_equal(world->session.state, SESSION_BACKING_OFF);
		time_out(world);
		assert_int_equal(world->session.state, SESSION_PROBING);
		probed(world, CAUSE_NONE);
		while (strcmp(world->command, "AT+CGSN") != 0)
			reply(world, AT_FINAL_OK, "");
		reply(world, AT_FINAL_OK, "358000000000001");
		assert_int_equal(world->session.state, SESSION_PREPARING);
		world_free(world);
	}
}

/* A UART's, or a named port's: there is no other to turn to. */
static void another_modem_that_is_all_there_is_is_not_hammered(void **state)
{
	struct world *world = world_new(false);

	(void)state;
	free(world->conf.modem.imei);
	world->conf.modem.imei = strdup("358000000000001");
	probed(world, CAUSE_NONE);
	while (strcmp(world->command, "AT+CGSN") != 0)
		reply(world, AT_FINAL_OK, "");
	reply(world, AT_FINAL_OK, "123456789012345");
	ppp_exit(world, CAUSE_INTERNAL);
	assert_int_equal(world->session.cause, CAUSE_NO_MODEM);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_true(session_deadline(&world->session) - world->now > 1000);
	world_free(world);
}

/* A world with a key, and a STATUS line or not. */
static struct world *world_with_key(bool once, bool has_status)
{
	struct world *world;

	next_has_key = true;
	next_has_status = has_status;
	world = world_new(once);
	next_has_key = false;
	return world;
}

static void probed_silent(struct world *world)
{
	tell(world, (struct session_event){.type = SESSION_EVENT_PROBED,
					   .cause = CAUSE_NO_AT_PORT,
					   .text = "no answer",
					   .silent = true});
}

static void powered(struct world *world, bool switched, bool sure, enum cause cause)
{
	tell(world, (struct session_event){.type = SESSION_EVENT_POWERED,
					   .switched = switched,
					   .sure = sure,
					   .cause = cause,
					   .boot_ms = switched ? 20000 : 0,
					   .text = "pressed"});
}

static void status_is_looked_at_before_the_ports(void **state)
{
	struct world *world = world_with_key(false, true);

	(void)state;
	assert_int_equal(world->powers[POWER_ON], 1);
	assert_false(world->power_silent);
	assert_int_equal(world->probes, 0);
	powered(world, true, true, CAUSE_NONE);
	assert_int_equal(world->probes, 1);
	probed(world, CAUSE_NONE);
	assert_int_equal(world->session.state, SESSION_PREPARING);
	world_free(world);
}

static void a_silent_modem_is_switched_on_once(void **state)
{
	struct world *world = world_with_key(true, false);

	(void)state;
	assert_int_equal(world->powers[POWER_ON], 0);
	assert_int_equal(world->probes, 1);
	probed_silent(world);
	assert_int_equal(world->powers[POWER_ON], 1);
	assert_true(world->power_silent);
	powered(world, true, false, CAUSE_NONE);
	/* For as long as it may start, even where modem.wait is less. */
	world->conf.modem.wait_s = 1;
	for (int i = 0; i < 10; i++) {
		world->now += 1900;
		probed_silent(world);
		assert_int_equal(world->session.state, SESSION_PROBING);
		plain(world, SESSION_EVENT_TIMEOUT);
	}
	world->now += 2000;
	probed_silent(world);
	assert_int_equal(world->powers[POWER_ON], 1);
	assert_int_equal(world->session.state, SESSION_FAILED);
	assert_int_equal(world->session.cause, CAUSE_POWER);
	world_free(world);
}

static void what_speaks_is_not_switched(void **state)
{
	struct world *world = world_with_key(false, false);

	(void)state;
	probed(world, CAUSE_NO_AT_PORT); /* garbage, or data */
	plain(world, SESSION_EVENT_TIMEOUT);
	probed(world, CAUSE_BUSY);
	assert_int_equal(world->powers[POWER_ON], 0);
	time_out(world);
	/* Once it has answered, silence is no proof that it is off. */
	probed(world, CAUSE_NONE);
	plain(world, SESSION_EVENT_PORT_GONE);
	while (world->session.state != SESSION_PROBING)
		time_out(world);
	probed_silent(world);
	assert_int_equal(world->powers[POWER_ON], 0);
	world_free(world);
}

static void a_key_without_effect_is_tried_slowly(void **state)
{
	struct world *world = world_with_key(false, true);

	(void)state;
	powered(world, true, false, CAUSE_POWER);
	assert_int_equal(world->session.state, SESSION_BACKING_OFF);
	assert_int_equal(world->session.cause, CAUSE_POWER);
	assert_in_range(world->session.delay_ms, 200000, 400000);
	world_free(world);
}

static void a_modem_that_is_not_on_usb_is_switched_on_after_a_minute(void **state)
{
	struct world *world = world_with_key(false, false);

	(void)state;
	probed(world, CAUSE_NO_MODEM);
	assert_int_equal(world->session.state, SESSION_WAITING);
	assert_int_equal(world->powers[POWER_ON], 0);
	time_out(world);
	probed(world, CAUSE_NO_MODEM);
	assert_int_equal(world->powers[POWER_ON], 1);
	powered(world, true, false, CAUSE_NONE);
	probed(world, CAUSE_NO_MODEM);
	assert_int_equal(world->session.state, SESSION_PROBING);
	world->now += 30000;
	probed(world, CAUSE_NO_MODEM);
	assert_int_equal(world->session.cause, CAUSE_POWER);
	world_free(world);
}

static void a_modem_that_is_switched_off_stays_so(void **state)
{
	struct world *world = world_with_key(false, true);

	(void)state;
	powered(world, false, false, CAUSE_NONE);
	probed(world, CAUSE_NONE);
	tell(world, (struct session_event){.type = SESSION_EVENT_POWER, .act = POWER_OFF});
	ppp_exit(world, CAUSE_NONE);
	assert_int_equal(world->session.state, SESSION_RECOVERING);
	assert_int_equal(world->powers[POWER_OFF], 1);
	assert_false(world->power_silent);
	powered(world, true, true, CAUSE_NONE);
	assert_int_equal(world->session.state, SESSION_WAITING);
	assert_int_equal(session_deadline(&world->session), -1);
	plain(world, SESSION_EVENT_PORTS);
	assert_int_equal(session_deadline(&world->session), -1);
	tell(world, (struct session_event){.type = SESSION_EVENT_POWER, .act = POWER_ON});
	assert_int_equal(world->session.state, SESSION_PROBING);
	assert_int_equal(world->powers[POWER_ON], 2);
	world_free(world);
}

static void a_power_cycle_is_dialed_after(void **state)
{
	struct world *world = world_with_key(false, true);

	(void)state;
	powered(world, false, false, CAUSE_NONE);
	probed(world, CAUSE_NONE);
	tell(world, (struct session_event){.type = SESSION_EVENT_POWER, .act = POWER_CYCLE});
	ppp_exit(world, CAUSE_NONE);
	assert_int_equal(world->powers[POWER_CYCLE], 1);
	powered(world, true, true, CAUSE_NONE);
	time_out(world);
	assert_int_equal(world->session.state, SESSION_PROBING);
	world_free(world);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_good_modem_gets_connected),
		cmocka_unit_test(a_link_without_name_servers_is_told),
		cmocka_unit_test(a_call_that_ends_in_words_is_no_call_or_a_lost_link),
		cmocka_unit_test(what_the_network_rejects_ends_the_dial_at_once),
		cmocka_unit_test(every_state_survives_every_event_and_stops),
		cmocka_unit_test(every_waiting_state_has_a_timeout),
		cmocka_unit_test(silence_ends_every_state),
		cmocka_unit_test(a_probe_that_does_not_end_is_a_modem_that_hangs),
		cmocka_unit_test(a_driver_is_changed_where_that_may_help),
		cmocka_unit_test(binding_is_a_part_of_the_attempt),
		cmocka_unit_test(binding_that_fails_or_hangs_leads_to_another_probe),
		cmocka_unit_test(firmware_is_waited_for_but_not_by_once),
		cmocka_unit_test(once_ends_with_the_first_cause),
		cmocka_unit_test(once_waits_for_a_modem_as_long_as_configured),
		cmocka_unit_test(a_booting_modem_is_asked_again),
		cmocka_unit_test(a_plugged_in_modem_is_dialled_when_its_ports_settle),
		cmocka_unit_test(an_unplugged_port_is_closed_at_once),
		cmocka_unit_test(a_link_that_lasted_is_redialled_at_once),
		cmocka_unit_test(a_link_that_never_lasts_is_not_hammered),
		cmocka_unit_test(a_refused_password_behind_a_hang_up_is_named),
		cmocka_unit_test(denied_is_retried_slowly),
		cmocka_unit_test(a_refusal_is_retried_by_its_reason),
		cmocka_unit_test(a_busy_sim_is_waited_for_as_long_as_it_says_so),
		cmocka_unit_test(a_modem_is_young_for_a_minute),
		cmocka_unit_test(registration_by_urc_ends_the_wait),
		cmocka_unit_test(roaming_that_is_not_wanted_ends_it_at_once),
		cmocka_unit_test(a_pppd_that_cannot_be_started_gives_its_cause),
		cmocka_unit_test(a_redial_hangs_up_and_dials_again),
		cmocka_unit_test(what_ends_a_dial_is_not_always_the_context),
		cmocka_unit_test(an_alarm_ends_a_link_and_nothing_else),
		cmocka_unit_test(a_pin_that_could_not_be_sent_is_not_shown),
		cmocka_unit_test(a_redial_while_probing_is_the_dial_under_way),
		cmocka_unit_test(once_waits_longer_than_a_rescan),
		cmocka_unit_test(a_lost_link_has_no_addresses),
		cmocka_unit_test(a_link_that_was_never_up_is_not_lost),
		cmocka_unit_test(backoff_doubles_to_its_cap_with_jitter),
		cmocka_unit_test(a_call_for_another_pppd_is_up_when_it_stands),
		cmocka_unit_test(a_refused_call_for_another_pppd_is_the_end),
		cmocka_unit_test(a_registered_modem_is_enough_when_no_more_is_wanted),
		cmocka_unit_test(a_call_that_goes_on_failing_is_recovered_from),
		cmocka_unit_test(a_modem_that_left_is_probed_when_it_is_back),
		cmocka_unit_test(ports_that_came_during_the_rung_count),
		cmocka_unit_test(a_modem_that_does_not_come_back_is_waited_for),
		cmocka_unit_test(a_rung_that_cannot_be_done_is_passed_over),
		cmocka_unit_test(no_rung_is_spent_on_what_is_not_there),
		cmocka_unit_test(a_modem_that_is_back_meanwhile_is_asked_at_once),
		cmocka_unit_test(a_device_that_may_be_no_modem_gets_no_rung),
		cmocka_unit_test(a_modem_that_was_plugged_in_anew_begins_at_the_bottom),
		cmocka_unit_test(no_ladder_for_once_and_for_other_goals),
		cmocka_unit_test(links_that_carry_nothing_climb),
		cmocka_unit_test(a_pppd_that_does_not_end_is_not_waited_for),
		cmocka_unit_test(a_pppd_that_is_ending_gets_no_signal_while_its_scripts_run),
		cmocka_unit_test(a_stop_leaves_scripts_their_time),
		cmocka_unit_test(a_pppd_that_waits_for_the_call_is_told_at_once),
		cmocka_unit_test(another_modem_than_the_wanted_is_left_out_at_once),
		cmocka_unit_test(another_modem_that_is_all_there_is_is_not_hammered),
		cmocka_unit_test(status_is_looked_at_before_the_ports),
		cmocka_unit_test(a_silent_modem_is_switched_on_once),
		cmocka_unit_test(what_speaks_is_not_switched),
		cmocka_unit_test(a_key_without_effect_is_tried_slowly),
		cmocka_unit_test(a_modem_that_is_not_on_usb_is_switched_on_after_a_minute),
		cmocka_unit_test(a_modem_that_is_switched_off_stays_so),
		cmocka_unit_test(a_power_cycle_is_dialed_after),
	};

	log_init(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
