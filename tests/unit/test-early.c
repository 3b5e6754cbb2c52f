/* SPDX-License-Identifier: ISC */
/* What a modem refuses in its first minute. */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/script.h"

#define LATENCY_MS 20
#define TIMEOUT_MS -1 /* a refusal by silence */
#define PLAIN      -2 /* by ERROR without a number */
#define UNKNOWN    -3 /* by COMMAND NOT SUPPORT */

/* A modem that is well, but refuses the commands that begin with `command` for its first `ms`. */
struct talk {
	struct conf conf;
	struct script script;
	int64_t now;
	const char *command;
	int refusal; /* a CME number, or one of the above */
	int64_t ms;
	int asked, pins;  /* how often it was, and how many PINs came */
	char written[64]; /* the last context */
	bool wants_pin;
	const char *odd, *odd_text; /* one more answer, */
	int64_t odd_ms;             /* for so long; 0: for ever */
	const char *urc;            /* comes at urc_at, and ends the refusals */
	int64_t urc_at;
};

static int note_pin(void *ctx, enum pins_event event, const struct pins_key *key, struct buf *why)
{
	(void)event;
	(void)ctx;
	(void)key;
	(void)why;
	return 0;
}

static bool no_pin_pending(void *ctx)
{
	(void)ctx;
	return false;
}

static const struct pins_ops memory = {note_pin, no_pin_pending};

static void set_text(char **field, const char *text)
{
	free(*field);
	*field = strdup(text);
}

static void talk_init(struct talk *talk, const char *command, int refusal, int64_t ms, bool young)
{
	*talk = (struct talk){.command = command, .refusal = refusal, .ms = ms, .now = 1000};
	assert_int_equal(conf_init(&talk->conf), 0);
	*talk->conf.network.apn = '\0'; /* as the modem has it */
	set_text(&talk->conf.modem.imei, "359475040000000");
	set_text(&talk->conf.sim.pin, "1234");
	set_text(&talk->conf.network.apn, "internet");
	script_init(&talk->script, &talk->conf);
	talk->script.pins = &memory;
	talk->script.born_at = young ? talk->now : -1;
}

static void talk_free(struct talk *talk)
{
	script_free(&talk->script);
	conf_free(&talk->conf);
}

static const char *text_of(struct talk *talk, const char *command)
{
	static const char *const answers[][2] = {
		{"AT+CPIN?", "+CPIN: READY"}, {"AT+CGSN", "359475040000000"},
		{"AT+CREG?", "+CREG: 0,1"},   {"AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"internet\""},
		{"AT+CFUN?", "+CFUN: 1"},     {"AT+COPS?", "+COPS: 0,0,\"net\",2"},
	};

	if (talk->wants_pin && strcmp(command, "AT+CPIN?") == 0)
		return "+CPIN: SIM PIN";
	if (talk->wants_pin && strcmp(command, "AT+CREG?") == 0)
		return "+CREG: 0,2";
	if (talk->odd && strcmp(command, talk->odd) == 0 &&
	    (talk->odd_ms == 0 || talk->now - 1000 < talk->odd_ms))
		return talk->odd_text;
	for (size_t i = 0; i < COUNT(answers); i++)
		if (strcmp(command, answers[i][0]) == 0)
			return answers[i][1];
	return "";
}

static void answer(struct talk *talk, const struct at_command *command)
{
	bool is_it = strncmp(command->text, talk->command, strlen(talk->command)) == 0;
	struct at_event event = {.type = AT_EVENT_REPLY,
				 .final = {AT_FINAL_OK, 0, "OK"},
				 .text = text_of(talk, command->text),
				 .command = command->text};

	talk->asked += is_it;
	if (strncmp(command->text, "AT+CGDCONT=", 11) == 0 && command->text[11] != '?')
		str_copy(talk->written, sizeof(talk->written), command->text + 11);
	talk->now += LATENCY_MS;
	if (strncmp(command->text, "AT+CPIN=", 8) == 0) {
		talk->pins++;
		talk->wants_pin = false;
	}
	if (is_it && talk->now - 1000 < talk->ms) {
		event.text = "";
		event.final = (struct at_final){AT_FINAL_CME, talk->refusal, ""};
		if (talk->refusal == TIMEOUT_MS) {
			event.final = (struct at_final){AT_FINAL_TIMEOUT, 0, ""};
			talk->now += command->timeout_ms;
		} else if (talk->refusal == PLAIN) {
			event.final = (struct at_final){AT_FINAL_ERROR, 0, "ERROR"};
		} else if (talk->refusal == UNKNOWN) {
			event.final = (struct at_final){AT_FINAL_ERROR, 0, "COMMAND NOT SUPPORT"};
		}
	}
	script_reply(&talk->script, &event, talk->now);
}

static enum script_verdict run(struct talk *talk, enum script_stage stage, int64_t limit_ms)
{
	int64_t until = talk->now + limit_ms;
	struct at_command command;
	enum script_verdict verdict;

	script_start(&talk->script, stage, talk->now);
	while (talk->now < until) {
		verdict = script_next(&talk->script, &command, talk->now);
		if (verdict == SCRIPT_COMMAND) {
			answer(talk, &command);
		} else if (verdict == SCRIPT_WAIT) {
			talk->now = talk->script.wake_at;
			if (talk->urc && talk->urc_at <= talk->now) {
				talk->now = talk->urc_at;
				talk->ms = 0;
				script_urc(&talk->script, talk->urc, talk->now);
				talk->urc = NULL;
			}
		} else {
			return verdict;
		}
	}
	return SCRIPT_WAIT;
}

/* Both stages; the time that they took, or -1. */
static int64_t online_ms(struct talk *talk)
{
	if (run(talk, SCRIPT_PREPARE, 400000) != SCRIPT_DONE ||
	    run(talk, SCRIPT_REGISTER, 90000) != SCRIPT_DONE)
		return -1;
	return talk->now - 1000;
}

static void what_is_refused_at_first_is_asked_again(void **state)
{
	static const int refusals[] = {PLAIN, 3, 13, 14, 100, TIMEOUT_MS};
	static const char *const commands[] = {"AT+CPIN?", "AT+CGSN", "AT+CREG", "AT+CGDCONT?",
					       "AT+CGDCONT"};

	(void)state;
	for (size_t i = 0; i < COUNT(commands); i++)
		for (size_t j = 0; j < COUNT(refusals); j++) {
			struct talk talk;
			int64_t ms;

			talk_init(&talk, commands[i], refusals[j], 8000, true);
			ms = online_ms(&talk);
			if (ms < 0 || ms > 20000)
				print_error("%s, %d: %d ms, %s\n", commands[i], refusals[j],
					    (int)ms, buf_str(&talk.script.text));
			assert_in_range(ms, 0, 20000);
			/* No faster than once a second. */
			assert_true(talk.asked <= 16);
			talk_free(&talk);
		}
}

/* What may be an LTE modem's attach context is not written before +CEREG? has said so. */
static void a_modem_passes_for_3g_only_when_it_is(void **state)
{
	static const struct {
		int refusal;
		bool young;
		const char *written;
	} cases[] = {
		{PLAIN, true, "2,\"IP\",\"internet\""},
		{3, true, "2,\"IP\",\"internet\""},
		{14, true, "2,\"IP\",\"internet\""},
		{14, false, "2,\"IP\",\"internet\""},
		{TIMEOUT_MS, true, "2,\"IP\",\"internet\""},
		{TIMEOUT_MS, false, "2,\"IP\",\"internet\""},
		{PLAIN, false, "1,\"IP\",\"internet\""},
		{3, false, "1,\"IP\",\"internet\""},
		{UNKNOWN, true, "1,\"IP\",\"internet\""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk talk;

		talk_init(&talk, "AT+CEREG?", cases[i].refusal, 900000, cases[i].young);
		talk.odd = "AT+CGDCONT?";
		talk.odd_text = "+CGDCONT: 1,\"IP\",\"lte.default\"";
		assert_int_equal(run(&talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_string_equal(talk.written, cases[i].written);
		talk_free(&talk);
	}
}

/* No list is no empty list. One that never comes ends two dials. */
static void no_context_is_written_blind(void **state)
{
	static const struct {
		int refusal;
		bool young;
		const char *apn;
		int cid;
		enum cause cause; /* of the first two dials */
		const char *written;
	} cases[] = {
		{TIMEOUT_MS, false, "internet", 0, CAUSE_NO_AT_PORT, "1,\"IP\",\"internet\""},
		{TIMEOUT_MS, true, "internet", 0, CAUSE_NO_AT_PORT, "1,\"IP\",\"internet\""},
		{TIMEOUT_MS, false, "internet", 2, CAUSE_NONE, "2,\"IP\",\"internet\""},
		{TIMEOUT_MS, false, "", 0, CAUSE_NONE, ""},
		{PLAIN, true, "internet", 0, CAUSE_CALL, "1,\"IP\",\"internet\""},
		{PLAIN, false, "internet", 0, CAUSE_NONE, "1,\"IP\",\"internet\""},
		{UNKNOWN, true, "internet", 0, CAUSE_NONE, "1,\"IP\",\"internet\""},
		{UNKNOWN, true, "", 0, CAUSE_NONE, "1,\"IP\",\"\""},
		{14, false, "internet", 0, CAUSE_CALL, "1,\"IP\",\"internet\""},
		{14, false, "", 0, CAUSE_NONE, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk talk;

		talk_init(&talk, "AT+CGDCONT?", cases[i].refusal, 9000000, cases[i].young);
		set_text(&talk.conf.network.apn, cases[i].apn);
		talk.conf.network.cid = cases[i].cid;
		for (int dial = 0; cases[i].cause && dial < 2; dial++) {
			if (cases[i].young)
				talk.script.born_at = talk.now;
			assert_int_equal(run(&talk, SCRIPT_PREPARE, 120000), SCRIPT_FAILED);
			assert_int_equal(talk.script.cause, cases[i].cause);
			assert_string_equal(talk.written, "");
		}
		talk.script.born_at = cases[i].cause ? -1 : talk.script.born_at;
		assert_int_equal(run(&talk, SCRIPT_PREPARE, 120000), SCRIPT_DONE);
		assert_string_equal(talk.written, cases[i].written);
		/* Calls that fail with it as it is are the modem's word on it. */
		if (!*cases[i].written) {
			script_got_no_link(&talk.script);
			script_got_no_link(&talk.script);
			assert_int_equal(run(&talk, SCRIPT_PREPARE, 120000), SCRIPT_DONE);
			assert_string_equal(talk.written, "1,\"IP\",\"\"");
		}
		talk_free(&talk);
	}
	for (int64_t ms = 3000; ms < 15000; ms += 6000) {
		struct talk talk;

		talk_init(&talk, "AT+CGDCONT?", TIMEOUT_MS, ms, ms > 10000);
		assert_int_equal(run(&talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_string_equal(talk.written, "");
		talk_free(&talk);
	}
}

/* A modem that has been up for long says what it means. */
static void an_old_modem_is_believed(void **state)
{
	static const struct {
		const char *command;
		int refusal;
		enum cause cause;
		int64_t within_ms;
	} cases[] = {
		{"AT+CPIN?", PLAIN, CAUSE_NONE, 1000}, {"AT+CPIN?", 100, CAUSE_NONE, 1000},
		{"AT+CGSN", 3, CAUSE_NO_MODEM, 1000},  {"AT+CGDCONT", PLAIN, CAUSE_CALL, 1000},
		{"AT+CEREG", PLAIN, CAUSE_NONE, 1000}, {"AT+CPIN?", 10, CAUSE_SIM, 22000},
		{"AT+CPIN?", 13, CAUSE_SIM, 22000},    {"AT+COPS?", PLAIN, CAUSE_NONE, 1000},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk talk;

		talk_init(&talk, cases[i].command, cases[i].refusal, 900000, false);
		online_ms(&talk);
		assert_int_equal(talk.script.cause, cases[i].cause);
		assert_in_range(talk.now - 1000, 0, cases[i].within_ms);
		talk_free(&talk);
	}
}

static void a_command_that_is_unknown_is_struck_off_at_any_age(void **state)
{
	(void)state;
	for (int young = 0; young < 2; young++) {
		struct talk talk;

		talk_init(&talk, "AT+CREG?", young ? UNKNOWN : PLAIN, 900000, young);
		talk.script.facts.sim = MODEM_SIM_READY;
		assert_int_equal(run(&talk, SCRIPT_REGISTER, 20000), SCRIPT_WAIT);
		assert_int_equal(talk.asked, 1);
		talk_free(&talk);
	}
}

/* Nothing of it costs a modem time that answers. */
static void a_modem_that_answers_is_as_fast_at_any_age(void **state)
{
	int64_t ms[2];

	(void)state;
	for (int young = 0; young < 2; young++) {
		struct talk talk;

		talk_init(&talk, "AT+CEREG", PLAIN, 900000, young);
		ms[young] = online_ms(&talk);
		assert_in_range(ms[young], 1, 500);
		talk_free(&talk);
	}
	assert_int_equal(ms[0], ms[1]);
}

/* u-blox SARA-U: ERROR for 8 s, then SIM PIN. */
static void a_pin_that_is_wanted_late_goes_out_once(void **state)
{
	static const int refusals[] = {PLAIN, 100, 14, 13};

	(void)state;
	for (size_t i = 0; i < COUNT(refusals); i++) {
		struct talk talk;

		talk_init(&talk, "AT+CPIN?", refusals[i], 8000, true);
		talk.wants_pin = true;
		assert_in_range(online_ms(&talk), 8000, 12000);
		assert_int_equal(talk.pins, 1);
		talk_free(&talk);
	}
}

/* An RM520N says SIM PIN of a SIM without one while it reads it. Where a PIN is given, it goes. */
static void what_ends_it_for_good_is_asked_for_again(void **state)
{
	static const struct {
		bool young;
		const char *says;
		int64_t ms; /* for so long */
		int64_t min_ms, max_ms;
		enum cause cause;
	} cases[] = {
		{true, "+CPIN: SIM PIN", 3000, 3000, 5000, CAUSE_NONE},
		{true, "+CPIN: SIM PIN", 12000, 12000, 14000, CAUSE_NONE},
		{true, "+CPIN: SIM PIN", 900000, 15000, 17000, CAUSE_PIN},
		{false, "+CPIN: SIM PIN", 900000, 2000, 3000, CAUSE_PIN},
		{false, "+CPIN: SIM PIN", 1000, 1000, 3000, CAUSE_NONE},
		{false, "+CPIN: SIM PUK", 900000, 2000, 3000, CAUSE_PUK},
		{false, "+CPIN: SIM PUK", 1000, 1000, 3000, CAUSE_NONE},
		{true, "+CPIN: SIM PUK", 900000, 2000, 3000, CAUSE_PUK},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk talk;

		talk_init(&talk, "none", 0, 0, cases[i].young);
		set_text(&talk.conf.sim.pin, "");
		talk.odd = "AT+CPIN?";
		talk.odd_text = cases[i].says;
		talk.odd_ms = cases[i].ms;
		online_ms(&talk);
		assert_int_equal(talk.script.cause, cases[i].cause);
		assert_in_range(talk.now - 1000, cases[i].min_ms, cases[i].max_ms);
		assert_int_equal(talk.pins, 0);
		talk_free(&talk);
	}
}

/* A module that loses its power while it looks for a network. */
static void a_right_pin_goes_out_again_after_a_restart(void **state)
{
	struct talk talk;

	(void)state;
	talk_init(&talk, "none", 0, 0, false);
	talk.wants_pin = true;
	assert_int_equal(run(&talk, SCRIPT_PREPARE, 10000), SCRIPT_DONE);
	assert_int_equal(talk.pins, 1);
	talk.wants_pin = true;
	talk.now += 20000;
	script_urc(&talk.script, "+CPIN: SIM PIN", talk.now);
	assert_int_equal(run(&talk, SCRIPT_REGISTER, 10000), SCRIPT_DONE);
	assert_int_equal(talk.pins, 2);
	talk_free(&talk);
}

static void a_sim_that_says_busy_is_waited_for(void **state)
{
	struct talk talk;

	(void)state;
	for (int young = 0; young < 2; young++) {
		talk_init(&talk, "AT+CPIN?", 14, 60000, young);
		assert_in_range(online_ms(&talk), 60000, 62000);
		talk_free(&talk);
		talk_init(&talk, "AT+CPIN?", 14, 900000, young);
		assert_int_equal(online_ms(&talk), -1);
		assert_int_equal(talk.script.cause, CAUSE_SIM);
		assert_in_range(talk.now, 300000, 310000);
		talk_free(&talk);
	}
}

static void what_comes_unasked_ends_the_wait(void **state)
{
	static const char *const urcs[] = {"+CPIN: READY", "RDY", "*ATREADY: 1", "SIM READY",
					   "+QUSIM: 1"};

	(void)state;
	for (size_t i = 0; i < COUNT(urcs); i++) {
		struct talk talk;

		talk_init(&talk, "AT+CPIN?", 14, 900000, false);
		talk.urc = urcs[i];
		talk.urc_at = talk.now + 300;
		assert_in_range(online_ms(&talk), 300, 1000);
		talk_free(&talk);
	}
}

/* A SARA-R422 says SIM busy even to AT&C1; but not all modems know that one. */
static void settings_wait_for_a_busy_modem_only(void **state)
{
	static const struct {
		int refusal;
		bool young;
		int64_t min_ms, max_ms;
	} cases[] = {{14, true, 6000, 8000}, {14, false, 1, 500}, {PLAIN, true, 1, 500}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk talk;

		talk_init(&talk, "AT&C1", cases[i].refusal, 6000, cases[i].young);
		assert_in_range(online_ms(&talk), cases[i].min_ms, cases[i].max_ms);
		talk_free(&talk);
	}
}

/* `info` waits for nothing, but says so. */
static void a_question_tells_what_is_only_not_yet(void **state)
{
	static const struct {
		int refusal;
		bool young, early;
	} cases[] = {{PLAIN, true, true},    {13, true, true},  {14, true, true},
		     {UNKNOWN, true, false}, {11, true, false}, {13, false, false},
		     {0, true, false}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct talk talk;

		talk_init(&talk, "AT+CPIN?", cases[i].refusal, cases[i].refusal ? 900000 : 0,
			  cases[i].young);
		assert_int_equal(run(&talk, SCRIPT_INFO, 5000), SCRIPT_DONE);
		assert_int_equal(talk.script.facts.sim_early, cases[i].early);
		assert_int_equal(talk.asked, 1);
		/* Without a PIN to give, wanting one may be what a starting modem says of any. */
		set_text(&talk.conf.sim.pin, "");
		run(&talk, SCRIPT_INFO, 5000);
		assert_int_equal(talk.script.facts.sim_early,
				 cases[i].early || cases[i].refusal == 11);
		talk_free(&talk);
	}
}

static void a_cdma_modem_is_told_of(void **state)
{
	static const struct {
		const char *command, *text;
		enum cause cause;
	} cases[] = {
		{"AT+GCAP", "+GCAP: +CIS707-A, CIS-856, +MS, +ES, +DS, +FCLASS", CAUSE_NO_MODEM},
		{"AT+GSN", "ESN:0x801234AB", CAUSE_NO_MODEM},
		{"AT+GSN", "+GSN: MEID: A0000012345678", CAUSE_NO_MODEM},
		/* One for both kinds of network, and one that says nothing of it. */
		{"AT+GCAP", "+GCAP: +CIS707-A, CIS-856, +CGSM, +CLTE2, +MS", CAUSE_NONE},
		{"AT+GCAP", "+GCAP: +CGSM,+DS,+ES", CAUSE_NONE},
		{"AT+GSN", "359475040000000", CAUSE_NONE},
	};

	(void)state;
	for (int young = 0; young < 2; young++)
		for (size_t i = 0; i < COUNT(cases); i++) {
			struct talk talk;

			talk_init(&talk, "AT+CPIN?", PLAIN, 900000, young);
			talk.odd = cases[i].command;
			talk.odd_text = cases[i].text;
			online_ms(&talk);
			assert_int_equal(talk.script.cause, cases[i].cause);
			if (talk.script.cause)
				assert_non_null(strstr(buf_str(&talk.script.text), "CDMA"));
			assert_in_range(talk.now, 1000, 2000);
			talk_free(&talk);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_is_refused_at_first_is_asked_again),
		cmocka_unit_test(a_modem_passes_for_3g_only_when_it_is),
		cmocka_unit_test(no_context_is_written_blind),
		cmocka_unit_test(an_old_modem_is_believed),
		cmocka_unit_test(a_command_that_is_unknown_is_struck_off_at_any_age),
		cmocka_unit_test(a_modem_that_answers_is_as_fast_at_any_age),
		cmocka_unit_test(a_pin_that_is_wanted_late_goes_out_once),
		cmocka_unit_test(what_ends_it_for_good_is_asked_for_again),
		cmocka_unit_test(a_right_pin_goes_out_again_after_a_restart),
		cmocka_unit_test(a_sim_that_says_busy_is_waited_for),
		cmocka_unit_test(what_comes_unasked_ends_the_wait),
		cmocka_unit_test(settings_wait_for_a_busy_modem_only),
		cmocka_unit_test(a_question_tells_what_is_only_not_yet),
		cmocka_unit_test(a_cdma_modem_is_told_of),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
