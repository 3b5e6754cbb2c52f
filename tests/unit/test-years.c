/* SPDX-License-Identifier: ISC */
/* Lives of a session, years long, in a world that fails at random: time is a variable, and so each
 * takes milliseconds. The same seed is the same life. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/log.h"
#include "conf/conf.h"
#include "session/session.h"

#define SECOND       1000LL
#define MINUTE       (60 * SECOND)
#define HOUR         (60 * MINUTE)
#define DAY          (24 * HOUR)

#define LIVES        60
#define DIALS_A_HOUR 80
#define ASKS_A_HOUR  700 /* passes of the probe */
#define WAIT_MAX     (7 * MINUTE)
#define GOOD_ENOUGH  (30 * MINUTE) /* of good weather for a link */

enum weather {
	GOOD,
	UNPLUGGED,
	SILENT, /* no port answers */
	STUCK,  /* in data mode */
	MUTE,   /* a port that has answered falls silent */
	NO_SIM,
	SIM_BUSY,
	DENIED,
	SEARCHING,
	REFUSED, /* NO CARRIER */
	NOT_PPP, /* CONNECT, and nothing comes */
	BAD_LOGIN,
	SHORT, /* links of some seconds */
	DEAD,  /* links that carry nothing */
	WEATHERS
};

enum thing { PROBED, REPLY, READY, LOCAL, EXIT, GONE, ALARM, RECOVERED, PORTS, THINGS };

struct life {
	struct conf conf;
	struct session session;
	int64_t now;
	uint32_t seed;
	int64_t due[THINGS]; /* -1: not */
	int64_t hung_up_at;  /* when pppd saw the port go; -1 */
	enum cause exit_cause;
	char command[128];
	int id, timeout_ms;
	bool port_open, ppp_runs, killed, recovering;
	enum weather weather;
	int64_t weather_end, good_since;
	int cure; /* the rung that mends this weather; LADDER_RUNG_COUNT: none */
	enum ladder_rung rung;
	int64_t dials[DIALS_A_HOUR], asks[ASKS_A_HOUR];
	unsigned dial_count, ask_count;
	int64_t rung_at[LADDER_RUNG_COUNT];
	unsigned rungs[LADDER_RUNG_COUNT];
	uint64_t history; /* FNV-1a of states and times */
	int64_t connected_ms;
};

static uint32_t draw(struct life *life, uint32_t below)
{
	life->seed = life->seed * 1664525u + 1013904223u;
	return (life->seed >> 8) % below;
}

/* From `low` to `low` << `doublings`, short ones as likely as long ones. */
static int64_t draw_ms(struct life *life, int64_t low, uint32_t doublings)
{
	low <<= draw(life, doublings);
	return low + draw(life, 1000) * low / 1000;
}

static void schedule(struct life *life, enum thing thing, int64_t in_ms)
{
	life->due[thing] = life->now + in_ms;
}

static void cancel(struct life *life, enum thing thing)
{
	life->due[thing] = -1;
}

/* No more than a ring's length of them in an hour. */
static void count(int64_t *ring, unsigned size, unsigned *counted, int64_t now)
{
	unsigned i = (*counted)++ % size;

	assert_true(*counted <= size || now - ring[i] >= HOUR);
	ring[i] = now;
}

static int probe(void *ctx)
{
	struct life *life = ctx;

	assert_false(life->port_open);
	assert_false(life->recovering);
	count(life->asks, ASKS_A_HOUR, &life->ask_count, life->now);
	schedule(life, PROBED, 30 + draw(life, 3000));
	return 0;
}

static void probe_cancel(void *ctx)
{
	cancel(ctx, PROBED);
}

static int bind_interface(void *ctx)
{
	(void)ctx;
	return -ENODEV;
}

static void bind_cancel(void *ctx)
{
	(void)ctx;
}

static int recover(void *ctx, enum ladder_rung rung)
{
	static const int64_t pauses[LADDER_RUNG_COUNT] = {0,           MINUTE, 15 * MINUTE,
							  30 * MINUTE, HOUR,   HOUR};
	struct life *life = ctx;

	assert_false(life->port_open);
	if (life->weather == UNPLUGGED)
		return -ENODEV;
	if (draw(life, 20) == 0)
		return -ENXIO;
	assert_true(life->rungs[rung] == 0 || life->now - life->rung_at[rung] >= pauses[rung]);
	life->rung_at[rung] = life->now;
	life->rungs[rung]++;
	life->rung = rung;
	life->recovering = true;
	/* One that hangs now and then. */
	if (draw(life, 10) > 0)
		schedule(life, RECOVERED, 500 + draw(life, 10000));
	return 0;
}

static void recover_cancel(void *ctx)
{
	struct life *life = ctx;

	life->recovering = false;
	cancel(life, RECOVERED);
}

static bool exclude(void *ctx)
{
	(void)ctx;
	return false;
}

static int command(void *ctx, const struct at_command *at)
{
	struct life *life = ctx;

	assert_true(life->port_open);
	assert_int_equal(life->due[REPLY], -1);
	snprintf(life->command, sizeof(life->command), "%s", at->text);
	life->id = at->id;
	life->timeout_ms = at->timeout_ms;
	schedule(life, REPLY, life->weather == MUTE ? at->timeout_ms : 5 + (int)draw(life, 200));
	return 0;
}

static void end_ppp(struct life *life, enum cause cause, int64_t in_ms)
{
	life->exit_cause = cause;
	schedule(life, EXIT, in_ms);
}

static int ppp(void *ctx, enum session_ppp action)
{
	struct life *life = ctx;
	bool hard = action == SESSION_PPP_KILL;

	switch (action) {
	case SESSION_PPP_START:
		/* Only one that was killed may still be there, and nobody hears of its end. */
		assert_true(!life->ppp_runs || life->killed);
		cancel(life, EXIT);
		life->ppp_runs = true;
		life->hung_up_at = -1;
		life->killed = false;
		break;
	case SESSION_PPP_OPEN:
		if (draw(life, 200) > 0)
			schedule(life, READY, 20 + draw(life, 200));
		break;
	case SESSION_PPP_CONNECTED:
		if (life->weather == NOT_PPP)
			end_ppp(life, CAUSE_PPP, 30 * SECOND);
		else if (life->weather == BAD_LOGIN)
			end_ppp(life, CAUSE_PPP_AUTH, 300 + draw(life, 3000));
		else if (draw(life, 100) > 0)
			schedule(life, LOCAL, 300 + draw(life, 3000));
		break;
	case SESSION_PPP_IS_ENDING:
		return life->hung_up_at >= 0;
	case SESSION_PPP_TERM:
	case SESSION_PPP_KILL:
		/* Deaf to TERM now and then, and to KILL in a dying driver. Its scripts have had
		 * their time. */
		assert_true(life->hung_up_at < 0 || life->now - life->hung_up_at >= 3 * SECOND);
		life->killed |= hard;
		if (life->ppp_runs && draw(life, hard ? 5 : 10) > 0)
			end_ppp(life, CAUSE_LINK_LOST, draw(life, 1000));
		break;
	}
	return 0;
}

static int link_up(void *ctx)
{
	(void)ctx;
	return 0;
}

static void hang_up(void *ctx)
{
	(void)ctx;
}

static void port_close(void *ctx)
{
	struct life *life = ctx;

	life->port_open = false;
	for (int thing = REPLY; thing <= ALARM; thing++)
		if (thing != EXIT)
			cancel(life, (enum thing)thing);
	if (life->session.state != SESSION_CONNECTED)
		return;
	if (life->ppp_runs)
		end_ppp(life, CAUSE_LINK_LOST, draw(life, 1000));
}

static const struct session_ops ops = {
	.probe = probe,
	.probe_cancel = probe_cancel,
	.bind = bind_interface,
	.bind_cancel = bind_cancel,
	.recover = recover,
	.recover_cancel = recover_cancel,
	.exclude = exclude,
	.command = command,
	.ppp = ppp,
	.link_up = link_up,
	.hang_up = hang_up,
	.port_close = port_close,
};

static void note_change(struct life *life, enum session_state before)
{
	const struct session *session = &life->session;

	assert_int_equal(session->forbidden, 0);
	if (!session_is_over(session) && session->state != SESSION_CONNECTED) {
		assert_true(session_deadline(session) >= 0);
		assert_true(session_deadline(session) - life->now <= WAIT_MAX);
	}
	if (session->state == before)
		return;
	if (session->state == SESSION_DIALING)
		count(life->dials, DIALS_A_HOUR, &life->dial_count, life->now);
	life->history ^= (uint64_t)life->now * 31 + session->state;
	life->history *= 1099511628211u;
}

static void tell(struct life *life, struct session_event event)
{
	enum session_state before = life->session.state;

	event.now = life->now;
	session_handle(&life->session, &event);
	note_change(life, before);
	if (life->session.state != SESSION_CONNECTED || before == SESSION_CONNECTED)
		return;
	/* How will it end? */
	if (life->weather == DEAD)
		schedule(life, ALARM, 95 * SECOND);
	else if (life->weather == SHORT)
		end_ppp(life, CAUSE_LINK_LOST, draw_ms(life, SECOND, 5));
	else if (draw(life, 3) == 0)
		schedule(life, GONE, draw_ms(life, MINUTE, 12));
	else
		end_ppp(life, CAUSE_LINK_LOST, draw_ms(life, MINUTE, 12));
}

static void probed(struct life *life)
{
	struct session_event event = {.type = SESSION_EVENT_PROBED,
				      .cause = CAUSE_NONE,
				      .port = "/dev/ttyUSB2",
				      .text = "probed",
				      .family = modem_family_find(0, "")};

	if (life->weather == UNPLUGGED)
		event.cause = CAUSE_NO_MODEM;
	else if (life->weather == SILENT || life->weather == STUCK)
		event.cause = CAUSE_NO_AT_PORT;
	event.stuck = life->weather == STUCK;
	life->port_open = event.cause == CAUSE_NONE;
	tell(life, event);
}

static struct at_final final_of(struct life *life, const char **text)
{
	static const struct {
		const char *command, *answer;
	} answers[] = {
		{"AT+CPIN?", "+CPIN: READY"},
		{"AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"internet\""},
		{"AT+CREG?", "+CREG: 0,1"},
	};
	const char *stat = life->weather == DENIED      ? "+CREG: 0,3"
			   : life->weather == SEARCHING ? "+CREG: 0,2"
							: NULL;
	struct at_final final = {.kind = AT_FINAL_OK};

	*text = "";
	for (size_t i = 0; i < sizeof(answers) / sizeof(*answers); i++)
		if (strcmp(life->command, answers[i].command) == 0)
			*text = answers[i].answer;
	if (life->weather == MUTE)
		final.kind = AT_FINAL_TIMEOUT;
	else if (strncmp(life->command, "ATD", 3) == 0)
		final.kind = life->weather == REFUSED ? AT_FINAL_NO_CARRIER : AT_FINAL_CONNECT;
	else if (stat && strcmp(life->command, "AT+CREG?") == 0)
		*text = stat;
	else if (stat && strcmp(life->command, "AT+CGREG?") == 0)
		final.kind = AT_FINAL_ERROR;
	else if (strcmp(life->command, "AT+CPIN?") == 0 &&
		 (life->weather == NO_SIM || life->weather == SIM_BUSY))
		final = (struct at_final){.kind = AT_FINAL_CME,
					  .code = life->weather == NO_SIM ? 10 : 14};
	if (final.kind != AT_FINAL_OK && final.kind != AT_FINAL_CONNECT)
		*text = "";
	return final;
}

static void replied(struct life *life)
{
	struct at_event at = {.type = AT_EVENT_REPLY, .id = life->id, .command = life->command};

	at.final = final_of(life, &at.text);
	tell(life, (struct session_event){.type = SESSION_EVENT_AT, .at = &at});
}

static void set_weather(struct life *life, enum weather weather)
{
	bool was_good = life->weather == GOOD;

	life->weather = weather;
	life->weather_end = life->now + draw_ms(life, MINUTE, weather == GOOD ? 12 : 9);
	life->cure = 1 + (int)draw(life, LADDER_RUNG_COUNT);
	if (weather == GOOD && !was_good)
		life->good_since = life->now;
	/* A modem that comes back tells so; the kernel's word is lost once in a while. */
	if (weather == GOOD && draw(life, 10) > 0)
		schedule(life, PORTS, 10);
	if (weather == UNPLUGGED && life->port_open)
		schedule(life, GONE, 5);
}

static void recovered(struct life *life)
{
	bool left = life->rung >= LADDER_RESET;

	life->recovering = false;
	if (life->weather != GOOD && (int)life->rung >= life->cure)
		set_weather(life, GOOD);
	if (left && draw(life, 4) > 0)
		schedule(life, PORTS, draw_ms(life, 100, 9));
	tell(life,
	     (struct session_event){.type = SESSION_EVENT_RECOVERED,
				    .text = "done",
				    .left = left,
				    .cause = life->weather == SILENT && !left ? CAUSE_NO_AT_PORT
									      : CAUSE_NONE});
}

static void happen(struct life *life, enum thing thing)
{
	struct ppp_event local = {.type = PPP_EVENT_LOCAL, .value = "10.0.0.2"};

	cancel(life, thing);
	switch (thing) {
	case PROBED:
		probed(life);
		break;
	case REPLY:
		replied(life);
		break;
	case READY:
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_READY});
		break;
	case LOCAL:
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_LOG, .ppp = &local});
		break;
	case EXIT:
		life->ppp_runs = false;
		tell(life, (struct session_event){.type = SESSION_EVENT_PPP_EXIT,
						  .cause = life->exit_cause,
						  .text = "pppd ended"});
		break;
	case GONE:
		/* Once it has the line pppd sees that too, and ends by itself as a rule. */
		if (life->ppp_runs && (life->session.state == SESSION_NEGOTIATING ||
				       life->session.state == SESSION_CONNECTED)) {
			life->hung_up_at = life->now;
			if (draw(life, 10) > 0)
				end_ppp(life, CAUSE_LINK_LOST, draw(life, 5000));
		}
		tell(life, (struct session_event){.type = SESSION_EVENT_PORT_GONE});
		schedule(life, PORTS, draw_ms(life, SECOND, 9));
		break;
	case ALARM:
		tell(life, (struct session_event){.type = SESSION_EVENT_ALARM,
						  .cause = CAUSE_LINK_LOST,
						  .text = "nothing comes in"});
		break;
	case RECOVERED:
		recovered(life);
		break;
	default:
		tell(life, (struct session_event){.type = SESSION_EVENT_PORTS});
	}
}

/* What comes next: a thing of the world, or else the session's deadline. */
static int next_thing(const struct life *life, int64_t *at)
{
	int first = THINGS;

	*at = session_deadline(&life->session);
	for (int thing = 0; thing < THINGS; thing++) {
		if (life->due[thing] < 0 || (*at >= 0 && life->due[thing] > *at))
			continue;
		first = thing;
		*at = life->due[thing];
	}
	return first;
}

static void step(struct life *life)
{
	bool up = life->session.state == SESSION_CONNECTED;
	int64_t at;
	int thing = next_thing(life, &at);

	if (at < 0 || at > life->weather_end) {
		at = life->weather_end;
		thing = -1;
	}
	if (at < life->now)
		at = life->now;
	if (up) {
		life->connected_ms += at - life->now;
		life->good_since = at;
	}
	life->now = at;
	if (thing < 0)
		set_weather(life, draw(life, 2) ? GOOD : (enum weather)draw(life, WEATHERS));
	else if (thing == THINGS)
		tell(life, (struct session_event){.type = SESSION_EVENT_TIMEOUT});
	else
		happen(life, (enum thing)thing);
	if (life->weather == GOOD && life->session.state != SESSION_CONNECTED)
		assert_true(life->now - life->good_since <= GOOD_ENOUGH);
}

static struct life *life_new(uint32_t seed)
{
	struct life *life = calloc(1, sizeof(*life));

	assert_non_null(life);
	assert_int_equal(conf_init(&life->conf), 0);
	*life->conf.network.apn = '\0'; /* as the modem has it */
	life->seed = seed;
	life->history = 14695981039346656037u;
	for (int thing = 0; thing < THINGS; thing++)
		life->due[thing] = -1;
	set_weather(life, (enum weather)draw(life, WEATHERS));
	/* So that "power" is a rung; that it is switched is the rung's. */
	free(life->conf.power.key);
	life->conf.power.key = strdup("4");
	session_init(&life->session, &life->conf, &ops, life, false, seed + 1);
	session_start(&life->session, life->now);
	return life;
}

static void life_free(struct life *life)
{
	session_free(&life->session);
	conf_free(&life->conf);
	free(life);
}

/* The state in which it was stopped, after so long. */
static enum session_state live(struct life *life, int64_t ms)
{
	enum session_state state;
	int64_t asked_at;

	while (life->now < ms) {
		step(life);
		assert_false(session_is_over(&life->session));
	}
	state = life->session.state;
	asked_at = life->now;
	tell(life, (struct session_event){.type = SESSION_EVENT_STOP});
	while (!session_is_over(&life->session))
		step(life);
	assert_int_equal(life->session.state, SESSION_STOPPED);
	assert_true(life->now - asked_at <= 5 * SECOND);
	assert_false(life->port_open);
	return state;
}

static void years_of_faults_end_in_a_link_again(void **state)
{
	int64_t all = 0, up = 0;

	(void)state;
	for (uint32_t seed = 1; seed <= LIVES; seed++) {
		struct life *life = life_new(seed);

		live(life, 60 * DAY);
		all += life->now;
		up += life->connected_ms;
		assert_true(life->dial_count > 20);
		life_free(life);
	}
	print_message("# %d years, %d %% of them connected\n", (int)(all / DAY / 365),
		      (int)(up * 100 / all));
	assert_true(up * 2 > all);
}

static void every_rung_is_used_and_each_state_can_be_stopped(void **state)
{
	unsigned stopped[SESSION_STATE_COUNT] = {0}, rungs[LADDER_RUNG_COUNT] = {0};

	(void)state;
	for (uint32_t seed = 1; seed <= 3000; seed++) {
		struct life *life = life_new(seed);
		struct session *session = &life->session;
		int steps = (int)draw(life, 400);
		/* States that do not last are hit by aiming at them. */
		enum session_state aim = seed % SESSION_STOPPED;

		while (steps-- > 0 || (session->state != aim && life->now < 3 * DAY))
			step(life);
		stopped[live(life, life->now)]++;
		for (int rung = 0; rung < LADDER_RUNG_COUNT; rung++)
			rungs[rung] += life->rungs[rung];
		life_free(life);
	}
	for (int s = 0; s < SESSION_STOPPED; s++)
		if (s != SESSION_BINDING)
			assert_true(stopped[s] > 0);
	for (int rung = LADDER_DTR; rung < LADDER_RUNG_COUNT; rung++)
		assert_true(rungs[rung] > 0);
}

static void the_same_seed_is_the_same_history(void **state)
{
	uint64_t histories[3];
	static const uint32_t seeds[] = {4711, 4711, 4712};

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct life *life = life_new(seeds[i]);

		live(life, 100 * DAY);
		histories[i] = life->history;
		life_free(life);
	}
	assert_true(histories[0] == histories[1]);
	assert_true(histories[0] != histories[2]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(years_of_faults_end_in_a_link_again),
		cmocka_unit_test(every_rung_is_used_and_each_state_can_be_stopped),
		cmocka_unit_test(the_same_seed_is_the_same_history),
	};

	log_init(0);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
