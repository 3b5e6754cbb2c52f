/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "conf/conf.h"
#include "modem/network.h"
#include "modem/script.h"

/* A modem as a list of answers; a command without a row gets OK. `sent` counts how often each was
 * used. */
struct row {
	const char *command;
	enum at_final_kind kind;
	int code;
	const char *text;
	int times; /* the row is used up after so many; 0: never */
	int sent;
};

struct talk {
	struct conf conf;
	struct script script;
	struct row *rows;
	size_t count;
	int64_t now;
	char log[2048]; /* commands, joined by | */
	char noted[64]; /* the PIN that went out, and to whom */
	char opened[64];
	int note_error;
	int notes;
	bool again; /* the PIN that is noted may go once more */
	bool refused, pending;
	int busy; /* times that another instance has the memory */
};

/* A memory of one PIN; test-pins.c has the real one. */
static int note_pin(void *ctx, enum pins_event event, const struct pins_key *key, struct buf *why)
{
	struct talk *talk = ctx;
	char noted[64];

	if (event != PINS_EVENT_SEND && talk->busy-- > 0) {
		buf_printf(why, "busy");
		return -EAGAIN;
	}
	if (event == PINS_EVENT_REFUSED) {
		talk->refused = true;
		return 0;
	}
	if (event == PINS_EVENT_TAKEN) {
		if (!*key->pin)
			snprintf(talk->opened, sizeof(talk->opened), "%s/%s", key->iccid,
				 key->imei);
		talk->noted[0] = '\0';
		return 0;
	}
	snprintf(noted, sizeof(noted), "%s/%s/%s", key->pin, key->iccid, key->imei);
	talk->notes++;
	if (talk->note_error < 0 || strcmp(noted, talk->noted) == 0) {
		if (talk->note_error == 0 && talk->again && key->left >= 2) {
			talk->again = false;
			return PINS_AGAIN;
		}
		buf_printf(why, "noted before");
		return talk->note_error < 0 ? talk->note_error : -EEXIST;
	}
	strcpy(talk->noted, noted);
	return 0;
}

static bool note_pending(void *ctx)
{
	return ((struct talk *)ctx)->pending;
}

static const struct pins_ops memory = {note_pin, note_pending};

static struct talk *talk_new(struct row *rows, size_t count)
{
	struct talk *talk = calloc(1, sizeof(*talk));

	assert_non_null(talk);
	assert_int_equal(conf_init(&talk->conf), 0);
	*talk->conf.network.apn = '\0'; /* as the modem has it */
	script_init(&talk->script, &talk->conf);
	talk->script.facts.sim = MODEM_SIM_READY; /* for the stages behind the first */
	talk->script.pins = &memory;
	talk->script.pins_ctx = talk;
	talk->rows = rows;
	talk->count = count;
	return talk;
}

static void talk_free(struct talk *talk)
{
	script_free(&talk->script);
	conf_free(&talk->conf);
	free(talk);
}

static void set(char **key, const char *value)
{
	free(*key);
	*key = strdup(value);
	assert_non_null(*key);
}

static struct row *find_row(struct talk *talk, const char *command)
{
	static struct row ok;

	for (size_t i = 0; i < talk->count; i++) {
		struct row *row = &talk->rows[i];

		if (strcmp(row->command, command) != 0 || (row->times && row->sent >= row->times))
			continue;
		row->sent++;
		return row;
	}
	ok = (struct row){.kind = AT_FINAL_OK, .text = ""};
	return &ok;
}

static void answer(struct talk *talk, const struct at_command *command)
{
	const struct row *row = find_row(talk, command->text);
	struct at_event event = {.type = AT_EVENT_REPLY,
				 .final = {.kind = row->kind, .code = row->code},
				 .text = row->text,
				 .command = command->text};
	size_t len = strlen(talk->log);

	snprintf(talk->log + len, sizeof(talk->log) - len, "%s|", command->text);
	talk->now += 20;
	script_reply(&talk->script, &event, talk->now);
}

/* Run a stage to its end, in at most `limit_ms`. */
static enum script_verdict run(struct talk *talk, enum script_stage stage, int64_t limit_ms)
{
	int64_t until = talk->now + limit_ms;
	struct at_command command;
	enum script_verdict verdict;

	talk->log[0] = '\0';
	script_start(&talk->script, stage, talk->now);
	while (talk->now < until) {
		verdict = script_next(&talk->script, &command, talk->now);
		if (verdict == SCRIPT_COMMAND)
			answer(talk, &command);
		else if (verdict == SCRIPT_WAIT)
			talk->now = talk->script.wake_at;
		else
			return verdict;
	}
	return SCRIPT_WAIT;
}

static int pins_sent(const struct talk *talk)
{
	int count = 0;

	for (const char *at = talk->log; (at = strstr(at, "AT+CPIN=")); at++)
		count++;
	return count;
}

#define OK(command, text)                           \
	{                                           \
		command, AT_FINAL_OK, 0, text, 0, 0 \
	}
#define ERROR(command)                               \
	{                                            \
		command, AT_FINAL_ERROR, 0, "", 0, 0 \
	}
#define CME(command, number)                            \
	{                                               \
		command, AT_FINAL_CME, number, "", 0, 0 \
	}

static void a_context_that_is_right_is_left_alone(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"),
			     /* the OK of another command */
			     {"AT+CGDCONT?", AT_FINAL_OK, 0, "", 1, 0},
			     OK("AT+CGDCONT?",
				"+CGDCONT: 1,\"IP\",\"INTERNET.mnc001.mcc262.gprs\"\n"
				"+CGDCONT: 2,\"IP\",\"other\"")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.network.apn, "internet");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_null(strstr(talk->log, "AT+CGDCONT=1"));
	talk_free(talk);
}

static void a_context_that_differs_is_written_once(void **state)
{
	static const struct {
		const char *have;
		enum conf_pdp type;
		const char *apn;
		const char *want; /* NULL: nothing */
	} cases[] = {
		{"+CGDCONT: 1,\"IP\",\"old\"", CONF_PDP_IPV4, "new", "AT+CGDCONT=1,\"IP\",\"new\""},
		{"+CGDCONT: 1,\"IP\",\"new\"", CONF_PDP_IPV4V6, "new",
		 "AT+CGDCONT=1,\"IPV4V6\",\"new\""},
		{"+CGDCONT: 2,\"IP\",\"new\"", CONF_PDP_IPV4, "new", NULL},
		{"", CONF_PDP_IPV4, "", "AT+CGDCONT=1,\"IP\",\"\""},
		{"+CGDCONT: 1,\"IP\",\"sim\"", CONF_PDP_IPV4, "", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"),
				     OK("AT+CGDCONT?", cases[i].have)};
		struct talk *talk = talk_new(rows, COUNT(rows));
		const char *written;

		set(&talk->conf.network.apn, cases[i].apn);
		talk->conf.network.pdp_type = cases[i].type;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		written = strstr(talk->log, "AT+CGDCONT=");
		if (!cases[i].want) {
			assert_null(written);
		} else {
			assert_non_null(written);
			assert_memory_equal(written, cases[i].want, strlen(cases[i].want));
			assert_null(strstr(written + 1, "AT+CGDCONT="));
		}
		talk_free(talk);
	}
}

static void a_modem_without_dual_contexts_gets_one_for_ipv4(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"),
			     OK("AT+CGDCONT?", "+CGDCONT: 2,\"IP\",\"other\""),
			     ERROR("AT+CGDCONT=1,\"IPV4V6\",\"new\"")};
	struct talk *talk = talk_new(rows, COUNT(rows));
	const struct modem_facts *facts = &talk->script.facts;

	(void)state;
	set(&talk->conf.network.apn, "new");
	talk->conf.network.pdp_type = CONF_PDP_IPV4V6;
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_non_null(strstr(talk->log, "|AT+CGDCONT=1,\"IP\",\"new\"|"));
	assert_non_null(strstr(buf_str(&talk->script.notices), "IPv4"));
	assert_int_equal(facts->context_count, 2);
	assert_string_equal(facts->contexts[0].apn, "other");
	assert_string_equal(facts->contexts[1].type, "IP");
	talk->conf.network.pdp_type = CONF_PDP_IPV6;
	rows[2].command = "AT+CGDCONT=1,\"IPV6\",\"new\"";
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_int_equal(talk->script.cause, CAUSE_CALL);
	talk_free(talk);
}

static void only_so_many_contexts_are_kept(void **state)
{
	struct buf text = BUF_INIT;
	struct talk *talk;

	(void)state;
	for (int cid = 2; cid < 40; cid++)
		buf_printf(&text, "+CGDCONT: %d,\"IP\",\"a%d\"\n", cid, cid);
	buf_printf(&text, "+CGDCONT: 1,\"IP\",\"mine\"");
	{
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"),
				     OK("AT+CGDCONT?", buf_str(&text))};

		talk = talk_new(rows, COUNT(rows));
		set(&talk->conf.network.apn, "mine");
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_null(strstr(talk->log, "AT+CGDCONT="));
		assert_int_equal(talk->script.facts.context_count, MODEM_CONTEXTS_MAX);
	}
	talk_free(talk);
	buf_free(&text);
}

/* What each family is told, and what none is. */
static void name_and_password_in_the_family_s_form(void **state)
{
	static const struct {
		const char *family, *user, *password;
		enum conf_auth auth;
		const char *want; /* NULL: no command at all */
	} cases[] = {
		{"Sierra", "me", "secret", CONF_AUTH_AUTO, "AT$QCPDPP=1,2,\"secret\",\"me\""},
		{"Sierra", "me", "secret", CONF_AUTH_PAP, "AT$QCPDPP=1,1,\"secret\",\"me\""},
		{"Sierra", "", "", CONF_AUTH_CHAP, "AT$QCPDPP=1,2,\"\",\"\""},
		{"Sierra", "me", "secret", CONF_AUTH_NONE, "AT$QCPDPP=1,0"},
		{"Sierra", "", "", CONF_AUTH_NONE, NULL},
		{"Sierra", "", "", CONF_AUTH_AUTO, NULL},
		{"Novatel", "me", "", CONF_AUTH_CHAP, "AT$QCPDPP=1,2,\"\",\"me\""},
		{"Option N.V.", "me", "pw", CONF_AUTH_PAP, "AT$QCPDPP=1,1,\"pw\",\"me\""},
		{"huawei", "me", "pw", CONF_AUTH_AUTO, "AT^AUTHDATA=1,3,\"\",\"pw\",\"me\""},
		{"huawei", "me", "pw", CONF_AUTH_NONE, "AT^AUTHDATA=1"},
		{"Quectel", "me", "pw", CONF_AUTH_CHAP,
		 "AT+QICSGP=1,1,\"internet\",\"me\",\"pw\",2"},
		{"SIMCOM", "me", "pw", CONF_AUTH_AUTO, "AT+CGAUTH=1,3,\"pw\",\"me\""},
		{"Telit", "me", "pw", CONF_AUTH_PAP, "AT#PDPAUTH=1,1,\"me\",\"pw\""},
		{"Cinterion", "me", "pw", CONF_AUTH_CHAP, "AT^SGAUTH=1,2,\"pw\",\"me\""},
		{"u-blox", "me", "pw", CONF_AUTH_PAP, "AT+CGAUTH=1,1,\"me\",\"pw\""},
		{"Fibocom", "me", "pw", CONF_AUTH_PAP, "AT+CGAUTH=1,1,\"me\",\"pw\""},
		{"Icera", "me", "pw", CONF_AUTH_CHAP, "AT%IPDPCFG=1,0,2,\"me\",\"pw\""},
		{"ZTE", "me", "pw", CONF_AUTH_PAP, NULL},
		{"", "me", "p\"w", CONF_AUTH_PAP, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"),
				     OK("AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"internet\"")};
		struct talk *talk = talk_new(rows, COUNT(rows));
		const char *last;

		talk->script.family = modem_family_find(0, cases[i].family);
		set(&talk->conf.network.user, cases[i].user);
		set(&talk->conf.network.password, cases[i].password);
		talk->conf.network.auth = cases[i].auth;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		last = strstr(talk->log, "AT+CGDCONT?|") + 12;
		if (cases[i].want)
			assert_memory_equal(last, cases[i].want, strlen(cases[i].want));
		assert_string_equal(last + (cases[i].want ? strlen(cases[i].want) : 0),
				    cases[i].want ? "|" : "");
		talk_free(talk);
	}
}

static void no_password_breaks_out_of_its_quotes(void **state)
{
	static const char *const passwords[] = {"x\",\"y", "a\\22", "caf\xc3\xa9", "line\nbreak"};
	char longest[256];

	(void)state;
	for (size_t i = 0; i <= COUNT(passwords); i++) {
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY")};
		struct talk *talk = talk_new(rows, COUNT(rows));

		memset(longest, 'x', sizeof(longest) - 1);
		longest[sizeof(longest) - 1] = '\0';
		talk->script.family = modem_family_find(0x1199, "");
		set(&talk->conf.network.user, longest);
		set(&talk->conf.network.password, i < COUNT(passwords) ? passwords[i] : longest);
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_memory_equal(buf_str(&talk->script.notices), "5network.", 9);
		assert_non_null(strstr(buf_str(&talk->script.notices), "network.password"));
		assert_non_null(strstr(buf_str(&talk->script.notices), "pppd alone"));
		if (i < COUNT(passwords))
			assert_null(strstr(buf_str(&talk->script.notices), passwords[i]));
		assert_null(strstr(talk->log, "QCPDPP"));
		talk_free(talk);
	}
}

/* The older command where the newer one is not known; and in the end pppd. */
static void refused_authentication_is_told_and_survived(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"), ERROR("AT+CGAUTH=1,1,\"me\",\"pw\""),
			     OK("AT+UAUTHREQ=1,1,\"me\",\"pw\"", "")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->script.family = modem_family_find(0, "u-blox");
	set(&talk->conf.network.user, "me");
	set(&talk->conf.network.password, "pw");
	talk->conf.network.auth = CONF_AUTH_PAP;
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(rows[2].sent, 1);
	assert_int_equal(talk->script.notices.len, 0);
	rows[2].kind = AT_FINAL_ERROR;
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_non_null(strstr(buf_str(&talk->script.notices), "pppd alone"));
	talk_free(talk);
}

static void an_apn_cannot_break_out_of_its_quotes(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.network.apn, "x\";+CFUN=0;\"");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_int_equal(talk->script.cause, CAUSE_CONFIG);
	assert_null(strstr(talk->log, "CFUN"));
	talk_free(talk);
}

static void no_other_modem_than_the_configured_one_is_used(void **state)
{
	static const struct {
		const char *answer;
		enum script_verdict verdict;
	} cases[] = {
		{"351234040123456", SCRIPT_DONE},
		{"+CGSN: \"3512340401234599\"", SCRIPT_DONE},
		{"351234040123556", SCRIPT_FAILED},
		{"", SCRIPT_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: SIM PIN"),
				     OK("AT+CGSN", cases[i].answer)};
		struct talk *talk = talk_new(rows, COUNT(rows));

		if (cases[i].verdict == SCRIPT_DONE)
			rows[0].text = "+CPIN: READY";
		set(&talk->conf.modem.imei, "351234040123456");
		set(&talk->conf.sim.pin, "1234");
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), cases[i].verdict);
		if (cases[i].verdict == SCRIPT_FAILED) {
			assert_int_equal(talk->script.cause, CAUSE_NO_MODEM);
			assert_int_equal(pins_sent(talk), 0);
		}
		talk_free(talk);
	}
}

static void a_good_pin_opens_the_sim(void **state)
{
	struct row rows[] = {{"AT+CPIN?", AT_FINAL_OK, 0, "+CPIN: SIM PIN", 1, 0},
			     OK("AT+CPIN?", "+CPIN: READY"),
			     OK("AT+CPINC?", "+CPINC: 3, 3, 10, 10"),
			     OK("AT+CPIN=\"1234\"", "")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.sim.pin, "1234");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(pins_sent(talk), 1);
	assert_int_equal(talk->script.facts.pin_left, 3);
	assert_int_equal(talk->notes, 1);
	assert_string_equal(talk->noted, "");
	talk_free(talk);
}

static void a_refused_pin_is_never_sent_again(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: SIM PIN"), CME("AT+CPIN=\"1234\"", 16)};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.sim.pin, "1234");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_int_equal(talk->script.cause, CAUSE_PIN);
	assert_int_equal(pins_sent(talk), 1);
	for (int replugs = 0; replugs < 5; replugs++) {
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, CAUSE_PIN);
		assert_int_equal(pins_sent(talk), 0);
	}
	talk_free(talk);
}

/* The port went away, or the user had enough, before the SIM's answer came: it may have been a
 * refusal. */
static void a_pin_without_an_answer_is_not_sent_again(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: SIM PIN")};
	struct talk *talk = talk_new(rows, COUNT(rows));
	struct at_command command = {0};

	(void)state;
	set(&talk->conf.sim.pin, "1234");
	script_start(&talk->script, SCRIPT_PREPARE, talk->now);
	while (script_next(&talk->script, &command, talk->now) == SCRIPT_COMMAND &&
	       strcmp(command.text, "AT+CPIN=\"1234\"") != 0)
		answer(talk, &command);
	assert_string_equal(command.text, "AT+CPIN=\"1234\"");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_int_equal(talk->script.cause, CAUSE_PIN);
	assert_int_equal(pins_sent(talk), 0);
	talk_free(talk);
}

static void a_sim_that_takes_the_pin_and_wants_it_still_gets_it_once(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: SIM PIN"), OK("AT+CPIN=\"1234\"", "")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.sim.pin, "1234");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_int_equal(talk->script.cause, CAUSE_PIN);
	assert_int_equal(pins_sent(talk), 1);
	talk_free(talk);
}

/* What the modem says to the PIN may be wrong, or get lost; what it says of the SIM afterwards
 * counts. */
static void the_sims_own_word_counts(void **state)
{
	static const struct {
		enum at_final_kind kind;
		int code;
		const char *then; /* +CPIN: after it */
		enum cause cause;
	} cases[] = {
		{AT_FINAL_OK, 0, "READY", CAUSE_NONE},
		{AT_FINAL_TIMEOUT, 0, "READY", CAUSE_NONE},
		{AT_FINAL_ERROR, 0, "READY", CAUSE_NONE},
		{AT_FINAL_CME, 14, "READY", CAUSE_NONE},
		{AT_FINAL_TIMEOUT, 0, "SIM PIN", CAUSE_PIN},
		{AT_FINAL_ERROR, 0, "SIM PIN", CAUSE_PIN},
		{AT_FINAL_OK, 0, "SIM PIN", CAUSE_PIN},
		{AT_FINAL_ERROR, 0, "SIM PUK", CAUSE_PUK},
		{AT_FINAL_CME, 16, "SIM PIN", CAUSE_PIN},
		{AT_FINAL_CME, 12, "SIM PUK", CAUSE_PUK},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char then[32];
		struct row rows[] = {{"AT+CPIN?", AT_FINAL_OK, 0, "+CPIN: SIM PIN", 1, 0},
				     {"AT+CPIN=\"1234\"", cases[i].kind, cases[i].code, "", 0, 0},
				     OK("AT+CPIN?", then)};
		struct talk *talk = talk_new(rows, COUNT(rows));

		snprintf(then, sizeof(then), "+CPIN: %s", cases[i].then);
		set(&talk->conf.sim.pin, "1234");
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000),
				 cases[i].cause ? SCRIPT_FAILED : SCRIPT_DONE);
		assert_int_equal(talk->script.cause, cases[i].cause);
		assert_int_equal(pins_sent(talk), 1);
		assert_int_equal(*talk->noted == '\0', cases[i].cause == 0);
		talk_free(talk);
	}
}

static void a_pin_is_noted_with_card_and_modem_before_it_goes(void **state)
{
	struct row rows[] = {
		OK("AT+CPIN?", "+CPIN: SIM PIN"),
		ERROR("AT!ICCID?"),
		ERROR("AT+CCID"),
		ERROR("AT+ICCID"),
		OK("AT+CRSM=176,12258,0,0,10", "+CRSM: 144,0,\"98942000008036496082\""),
		OK("AT+CGSN", "351234040123456"),
		CME("AT+CPIN=\"1234\"", 16)};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->script.family = modem_family_find(0x1199, "");
	set(&talk->conf.sim.pin, "1234");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_string_equal(talk->noted, "1234/89490200000863940628/351234040123456");
	assert_non_null(strstr(talk->log, "AT+CPINC?|AT+CPINR=\"SIM PIN\"|AT+EPINC?|"
					  "AT+CSIM=10,\"0020000100\"|AT!ICCID?|AT+CCID|"
					  "AT+ICCID|AT+CRSM=176,12258,0,0,10|AT+CGSN|"
					  "AT+CPIN=\"1234\"|"));
	talk_free(talk);
}

/* After modem.init, and with an error in the place of "SIM PIN". */
static void no_question_is_left_out_before_the_pin(void **state)
{
	struct row rows[] = {CME("AT+CPIN?", 11), OK("AT+CPINC?", "+CPINC: 1, 3, 10, 10")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->conf.modem.init.items[0] = strdup("AT^BAR");
	talk->conf.modem.init.count = 1;
	talk->script.family = modem_family_find(0x1199, "");
	set(&talk->conf.sim.pin, "1234");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
	assert_int_equal(pins_sent(talk), 0);
	talk_free(talk);
}

static void a_sim_that_is_open_is_asked_nothing_more(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.sim.pin, "1234");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_non_null(strstr(talk->log, "AT+CPIN?|AT+CGDCONT?|"));
	assert_int_equal(talk->notes, 0);
	talk_free(talk);
}

/* What passes is tried again; only what a person has to mend is final. */
static void a_pin_that_cannot_be_noted_stays_here(void **state)
{
	static const int errors[] = {-EEXIST, -ENODATA, -EALREADY, -EBADMSG, -E2BIG,  -ENOSYS,
				     -EROFS,  -ENOSPC,  -EIO,      -ENOMEM,  -EMFILE, -EAGAIN};

	(void)state;
	for (size_t i = 0; i <= COUNT(errors); i++) {
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: SIM PIN")};
		struct talk *talk = talk_new(rows, COUNT(rows));

		if (i < COUNT(errors))
			talk->note_error = errors[i];
		else
			talk->script.pins = NULL;
		set(&talk->conf.sim.pin, "1234");
		assert_int_equal(run(talk, SCRIPT_PREPARE, 100000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause,
				 i >= 6 && i < COUNT(errors) ? CAUSE_INTERNAL : CAUSE_PIN);
		assert_true(talk->script.text.len > 0);
		assert_int_equal(pins_sent(talk), 0);
		talk_free(talk);
	}
}

/* Whatever the answer was: the counter proves that no attempt was spent. */
static void a_pin_that_was_not_taken_is_not_called_wrong(void **state)
{
	static const struct {
		enum at_final_kind kind;
		int code, left;   /* what the counter says afterwards; -1: nothing */
		enum cause cause; /* of a SIM that never opens */
		int sent;
		bool refused;
	} cases[] = {
		{AT_FINAL_TIMEOUT, 0, 3, CAUSE_PIN, 2, false},
		{AT_FINAL_CME, 14, 3, CAUSE_PIN, 2, false},
		{AT_FINAL_ERROR, 0, 3, CAUSE_PIN, 2, false},
		{AT_FINAL_OK, 0, 3, CAUSE_PIN, 2, false},
		{AT_FINAL_TIMEOUT, 0, 2, CAUSE_PIN, 1, true},
		{AT_FINAL_ERROR, 0, 2, CAUSE_PIN, 1, true},
		{AT_FINAL_TIMEOUT, 0, -1, CAUSE_PIN, 1, true},
		{AT_FINAL_CME, 16, 3, CAUSE_PIN, 1, true}, /* a counter that lies */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char then[32];
		struct row rows[] = {
			{"AT+CPINC?", AT_FINAL_OK, 0, "+CPINC: 3, 3, 10, 10", 1, 0},
			{"AT+CPIN=\"1234\"", cases[i].kind, cases[i].code, "", 1, 0},
			OK("AT+CPINC?", then),
			OK("AT+CPIN?", "+CPIN: SIM PIN"),
			{"AT+CPIN=\"1234\"", cases[i].kind, cases[i].code, "", 0, 0},
		};
		struct talk *talk = talk_new(rows, COUNT(rows));

		snprintf(then, sizeof(then), "+CPINC: %d, 3, 10, 10", cases[i].left);
		set(&talk->conf.sim.pin, "1234");
		talk->again = true;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, cases[i].cause);
		assert_int_equal(pins_sent(talk), cases[i].sent);
		assert_int_equal(talk->refused, cases[i].refused);
		assert_int_equal(strstr(buf_str(&talk->script.notices),
					"has not taken the PIN, 3 attempts are left") != NULL,
				 cases[i].sent == 2);
		talk_free(talk);
	}
}

/* After a kill, or a power cut, between the PIN and its answer. */
static void an_open_sim_clears_what_was_sent_before(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"),
			     OK("AT+CCID", "+CCID: 8939104170000600742"),
			     OK("AT+CGSN", "351234040123456")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->pending = true;
	strcpy(talk->noted, "1234//");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_string_equal(talk->noted, "");
	assert_string_equal(talk->opened, "8939104170000600742/351234040123456");
	talk_free(talk);
}

static void a_right_pin_is_forgotten_when_another_instance_lets_it(void **state)
{
	static const struct {
		int busy;
		const char *noted;
	} cases[] = {{1, ""}, {20, ""}, {10000, "1234//"}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {{"AT+CPIN?", AT_FINAL_OK, 0, "+CPIN: SIM PIN", 1, 0},
				     OK("AT+CPIN?", "+CPIN: READY")};
		struct talk *talk = talk_new(rows, COUNT(rows));

		set(&talk->conf.sim.pin, "1234");
		talk->busy = cases[i].busy;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 100000), SCRIPT_DONE);
		assert_int_equal(pins_sent(talk), 1);
		assert_string_equal(talk->noted, cases[i].noted);
		talk_free(talk);
	}
}

static void the_last_attempt_is_not_spent(void **state)
{
	static const struct {
		const char *command, *text;
	} counters[] = {
		{"AT+CPINC?", "+CPINC: 1, 3, 10, 10"},
		{"AT+CSIM=10,\"0020000100\"", "+CSIM: 4,\"63C1\""},
		{"AT+CPINR=\"SIM PIN\"", "+CPINR: SIM PIN,1,3"},
		{"AT+EPINC?", "+EPINC: 1, 3, 10, 10"},
		{"AT+QPINC=\"SC\"", "+QPINC: \"SC\",1,10"},
		{"AT^CPIN?", "^CPIN: SIM PIN,,10,1,10,3"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(counters); i++) {
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: SIM PIN"),
				     OK(counters[i].command, counters[i].text)};
		struct talk *talk = talk_new(rows, COUNT(rows));

		set(&talk->conf.sim.pin, "1234");
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, CAUSE_PIN);
		assert_int_equal(pins_sent(talk), 0);
		talk->conf.sim.last_attempt = true;
		run(talk, SCRIPT_PREPARE, 60000);
		assert_int_equal(pins_sent(talk), 1);
		talk_free(talk);
	}
}

static void sim_states_become_causes(void **state)
{
	static const struct {
		struct row row;
		enum cause cause;
		const char *says;
	} cases[] = {
		{OK("AT+CPIN?", "+CPIN: SIM PIN"), CAUSE_PIN, "set sim.pin"},
		{OK("AT+CPIN?", "+CPIN: SIM PUK"), CAUSE_PUK, "PUK"},
		{OK("AT+CPIN?", "+CPIN: PH-NET PIN"), CAUSE_SIM, "is locked to another network"},
		{CME("AT+CPIN?", 10), CAUSE_SIM, "sees no SIM"},
		{CME("AT+CPIN?", 12), CAUSE_PUK, "PUK"},
		{CME("AT+CPIN?", 13), CAUSE_SIM, "wants a PIN (set sim.pin)"},
		{CME("AT+CPIN?", 14), CAUSE_SIM,
		 "is busy and does not get ready (AT+CPIN?: +CME ERROR: 14 (SIM busy))"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {cases[i].row};
		struct talk *talk = talk_new(rows, 1);

		assert_int_equal(run(talk, SCRIPT_PREPARE, 310000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, cases[i].cause);
		assert_non_null(strstr(buf_str(&talk->script.text), cases[i].says));
		talk_free(talk);
	}
}

/* No counter tells, and the modem has said OK. */
static void a_pin_that_was_taken_has_half_a_minute_to_open_the_sim(void **state)
{
	struct row rows[] = {
		{"AT+CPIN?", AT_FINAL_OK, 0, "+CPIN: SIM PIN", 100, 0},
		OK("AT+CPIN?", "+CPIN: READY"),
	};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.sim.pin, "1234");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(pins_sent(talk), 1);
	assert_string_equal(talk->noted, "");
	talk_free(talk);
}

static void a_busy_sim_is_waited_for(void **state)
{
	struct row rows[] = {
		{"AT+CPIN?", AT_FINAL_CME, 13, "", 1, 0},
		{"AT+CPIN?", AT_FINAL_CME, 14, "", 4, 0},
		OK("AT+CPIN?", "+CPIN: READY"),
	};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(rows[1].sent, 4);
	assert_true(talk->now >= 5000);
	talk_free(talk);
}

static void a_sim_is_seen_to_open_soon_after_its_pin(void **state)
{
	struct row rows[] = {
		{"AT+CPIN?", AT_FINAL_OK, 0, "+CPIN: SIM PIN", 1, 0},
		{"AT+CPIN?", AT_FINAL_CME, 14, "", 2, 0},
		{"AT+CPIN?", AT_FINAL_OK, 0, "+CPIN: SIM PIN", 2, 0},
		OK("AT+CPIN?", "+CPIN: READY"),
		OK("AT+CPINC?", "+CPINC: 3, 3, 10, 10"),
	};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.sim.pin, "1234");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(pins_sent(talk), 1);
	assert_string_equal(talk->noted, "");
	assert_true(talk->now < 2000);
	talk_free(talk);
}

static void a_refused_init_command_is_told_and_survived(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"), ERROR("AT^FOO")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->conf.modem.init.items[0] = strdup("AT^FOO");
	talk->conf.modem.init.items[1] = strdup("AT^BAR");
	talk->conf.modem.init.count = 2;
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_non_null(strstr(buf_str(&talk->script.notices), "AT^FOO"));
	assert_non_null(strstr(talk->log, "AT^BAR|"));
	talk_free(talk);
}

static void either_domain_is_enough_to_dial(void **state)
{
	static const char *const answers[][2] = {
		{"AT+CREG?", "+CREG: 0,1"},
		{"AT+CGREG?", "+CGREG: 0,5"},
		{"AT+CEREG?", "+CEREG: 0,1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct row rows[] = {OK(answers[i][0], answers[i][1])};
		struct talk *talk = talk_new(rows, 1);

		assert_int_equal(run(talk, SCRIPT_REGISTER, 10000), SCRIPT_DONE);
		assert_true(talk->script.facts.registered);
		/* What is registered already is not told to report. */
		assert_null(strstr(talk->log, "REG="));
		talk_free(talk);
	}
}

static void roaming_is_refused_when_forbidden(void **state)
{
	struct row rows[] = {OK("AT+CREG?", "+CREG: 0,5")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->conf.network.roaming = false;
	assert_int_equal(run(talk, SCRIPT_REGISTER, 10000), SCRIPT_FAILED);
	assert_int_equal(talk->script.cause, CAUSE_NOT_REGISTERED);
	assert_non_null(strstr(buf_str(&talk->script.text), "roaming"));
	talk_free(talk);
}

#define LPM(voters) "State: 0 (LPM)\nLPM force flags - " voters

static void a_radio_that_stays_off_is_told_apart(void **state)
{
	static const struct {
		int vid;
		const char *fun, *pcinfo, *gstatus; /* NULL: refused */
		enum modem_radio_state radio;
		const char *reason, *words;
		bool asked; /* +CFUN=1 was worth it */
	} cases[] = {
		{0, "4", NULL, NULL, MODEM_RADIO_OFF, "airplane mode",
		 "AT+CFUN=1 does not switch it on", true},
		{0x1199, "0", LPM("W_DISABLE:1, User:1, Temp:0, Volt:0"), NULL, MODEM_RADIO_OFF,
		 "W_DISABLE", "W_DISABLE pin holds it off", false},
		{0x1199, "1", LPM("W_DISABLE:1, User:0, Temp:0, Volt:0"), NULL, MODEM_RADIO_OFF,
		 "W_DISABLE", "W_DISABLE pin holds it off", false},
		{0x1199, "1", LPM("W_DISABLE:0, User:0, Temp:1, Volt:0"), NULL,
		 MODEM_RADIO_LOW_POWER, "temperature", "too hot", false},
		{0x1199, "1", LPM("W_DISABLE:0, User:0, Temp:0, Volt:1"), NULL,
		 MODEM_RADIO_LOW_POWER, "voltage", "too little voltage", false},
		{0x1199, "0", LPM("W_DISABLE:0, User:1, Temp:0, Volt:0"), NULL, MODEM_RADIO_OFF,
		 "airplane mode", "does not switch it on", true},
		{0x1199, "1", NULL, "Bootup Time: 1 Mode:  LOW POWER MODE", MODEM_RADIO_OFF, "",
		 "does not switch it on", true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char fun[16];
		struct row rows[] = {OK("AT+CREG?", "+CREG: 0,0"), OK("AT+CFUN?", fun),
				     OK("AT!PCINFO?", cases[i].pcinfo),
				     OK("AT!GSTATUS?", cases[i].gstatus)};
		struct talk *talk = talk_new(rows, COUNT(rows));

		snprintf(fun, sizeof(fun), "+CFUN: %s", cases[i].fun);
		for (size_t j = 2; j < COUNT(rows); j++) {
			if (rows[j].text)
				continue;
			rows[j].kind = AT_FINAL_ERROR;
			rows[j].text = "";
		}
		talk->script.family = modem_family_find(cases[i].vid, "");
		assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, CAUSE_RADIO_OFF);
		assert_int_equal(talk->script.facts.radio.state, cases[i].radio);
		assert_string_equal(modem_radio_reason_name(talk->script.facts.radio.reason),
				    cases[i].reason);
		assert_non_null(strstr(buf_str(&talk->script.text), cases[i].words));
		assert_int_equal(strstr(talk->log, "AT+CFUN=1|") != NULL, cases[i].asked);
		talk_free(talk);
	}
}

/* W_DISABLE is low and the firmware was told not to mind (AT!PCOFFEN=2). */
static void a_radio_that_is_on_is_left_alone(void **state)
{
	struct row rows[] = {{"AT+CREG?", AT_FINAL_OK, 0, "+CREG: 0,2", 2, 0},
			     OK("AT+CREG?", "+CREG: 0,1"),
			     OK("AT+CFUN?", "+CFUN: 1"),
			     OK("AT!PCINFO?", "State: 1 (ONLINE)\n"
					      "LPM force flags - W_DISABLE:1, User:0, "
					      "Temp:0, Volt:0\nW_DISABLE: 1")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->script.family = modem_family_find(0x1199, "");
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	assert_int_equal(talk->script.facts.radio.state, MODEM_RADIO_ON);
	assert_null(strstr(talk->log, "AT+CFUN=1|"));
	talk_free(talk);
}

static void a_radio_that_was_off_is_switched_on(void **state)
{
	struct row rows[] = {{"AT+CREG?", AT_FINAL_OK, 0, "+CREG: 0,0", 3, 0},
			     OK("AT+CREG?", "+CREG: 0,1"),
			     {"AT+CFUN?", AT_FINAL_OK, 0, "+CFUN: 4", 2, 0},
			     OK("AT+CFUN?", "+CFUN: 1")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	assert_int_equal(talk->script.facts.radio.state, MODEM_RADIO_ON);
	/* Once; it takes its time. */
	assert_null(strstr(strstr(talk->log, "AT+CFUN=1|") + 1, "AT+CFUN=1|"));
	talk_free(talk);
}

static void a_radio_in_an_odd_state_is_switched_on_when_nothing_else_helps(void **state)
{
	struct row rows[] = {{"AT+CREG?", AT_FINAL_OK, 0, "+CREG: 0,0", 8, 0},
			     OK("AT+CREG?", "+CREG: 0,1"),
			     {"AT+CFUN?", AT_FINAL_OK, 0, "+CFUN: 5", 0, 0}};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	assert_non_null(strstr(talk->log, "AT+CFUN=1|"));
	assert_null(strstr(strstr(talk->log, "AT+CFUN=1|") + 1, "AT+CFUN=1|"));
	/* A Telit that saves power loses nothing by it. */
	rows[0].times = rows[0].sent + 3;
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	assert_null(strstr(talk->log, "AT+CFUN=1|"));
	talk_free(talk);
}

static void a_radio_that_refuses_to_go_on_is_asked_again(void **state)
{
	struct row rows[] = {{"AT+CREG?", AT_FINAL_OK, 0, "+CREG: 0,0", 3, 0},
			     OK("AT+CREG?", "+CREG: 0,1"),
			     {"AT+CFUN?", AT_FINAL_OK, 0, "+CFUN: 4", 1, 0},
			     OK("AT+CFUN?", "+CFUN: 1"),
			     {"AT+CFUN=1", AT_FINAL_CME, 100, "", 3, 0}};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	talk_free(talk);
}

static void a_denial_of_an_hour_is_asked_about_with_the_radio_off_and_on(void **state)
{
	struct row rows[] = {OK("AT+CREG?", "+CREG: 0,3"), OK("AT+CGREG?", "+CGREG: 0,3"),
			     OK("AT+CFUN?", "+CFUN: 1")};
	struct talk *talk = talk_new(rows, COUNT(rows));
	int cuts = 0, cuts_at_first = 0;

	(void)state;
	for (int dial = 0; dial < 26; dial++) {
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_int_equal(run(talk, SCRIPT_REGISTER, 120000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, CAUSE_NOT_REGISTERED);
		cuts += strstr(talk->log, "AT+CFUN=4|") != NULL;
		cuts_at_first += dial < 11 ? cuts : 0;
		talk->now += 300000;
	}
	assert_int_equal(cuts_at_first, 0);
	assert_int_equal(cuts, 2);
	talk_free(talk);
}

static void an_operator_is_selected_only_when_another_serves(void **state)
{
	struct row other[] = {OK("AT+CREG?", "+CREG: 0,1"),
			      OK("AT+COPS?", "+COPS: 0,2,\"26202\",2")};
	struct row same[] = {OK("AT+CREG?", "+CREG: 0,1"),
			     OK("AT+COPS?", "+COPS: 1,2,\"26201\",2")};
	struct talk *talk = talk_new(other, COUNT(other));

	(void)state;
	set(&talk->conf.network.operator, "26201");
	assert_int_equal(run(talk, SCRIPT_REGISTER, 200000), SCRIPT_DONE);
	assert_non_null(strstr(talk->log, "AT+COPS=1,2,\"26201\"|"));
	talk_free(talk);
	talk = talk_new(same, COUNT(same));
	set(&talk->conf.network.operator, "26201");
	assert_int_equal(run(talk, SCRIPT_REGISTER, 200000), SCRIPT_DONE);
	assert_null(strstr(talk->log, "AT+COPS=1"));
	talk_free(talk);
}

/* HSDPA, where +COPS says UMTS; and no more commands than that one. */
static void technology_is_told_in_the_maker_s_word(void **state)
{
	struct row rows[] = {OK("AT+CREG?", "+CREG: 0,1"),
			     OK("AT+COPS?", "+COPS: 0,0,\"T-Mobile D\",2"),
			     OK("AT+CSQ", "+CSQ: 17,99"), OK("AT*CNTI=0", "*CNTI: 0,HSDPA")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->script.family = modem_family_find(0x1199, "");
	assert_int_equal(run(talk, SCRIPT_REGISTER, 10000), SCRIPT_DONE);
	assert_string_equal(modem_technology(&talk->script.facts), "HSDPA");
	assert_string_equal(talk->log, "AT+CREG?|AT+COPS?|AT+CSQ|AT*CNTI=0|");
	rows[3].text = "*CNTI: 0,NONE";
	talk->script.facts.technology = NULL;
	assert_int_equal(run(talk, SCRIPT_REGISTER, 10000), SCRIPT_DONE);
	assert_string_equal(modem_technology(&talk->script.facts), "UMTS");
	talk_free(talk);
}

static void a_signal_that_csq_does_not_know_is_asked_of_the_maker(void **state)
{
	struct row rows[] = {OK("AT+CREG?", "+CREG: 0,1"), OK("AT+CSQ", "+CSQ: 99,99"),
			     OK("AT+QCSQ", "+QCSQ: \"LTE\",-52,-81,195,-10")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->script.family = modem_family_find(0x2c7c, "");
	assert_int_equal(run(talk, SCRIPT_REGISTER, 10000), SCRIPT_DONE);
	assert_int_equal(talk->script.facts.signal.rsrp_dbm, -81);
	talk_free(talk);
}

static void a_modem_bound_by_hand_is_set_free(void **state)
{
	static const struct {
		const char *creg, *cops;
		const char *freed; /* the commands before it is free */
	} cases[] = {
		{"+CREG: 0,2", "+COPS: 1,2,\"26202\"", "AT+CFUN?|AT+COPS?|"},
		{"+CREG: 0,0", "+COPS: 2", "AT+CFUN?|AT+COPS?|"},
		{"+CREG: 0,1", "+COPS: 1,0,\"other\",2", "AT+CREG?|AT+COPS?|"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {{"AT+COPS?", AT_FINAL_OK, 0, cases[i].cops, 1, 0},
				     OK("AT+COPS?", "+COPS: 0,0,\"mine\",2"),
				     OK("AT+CREG?", cases[i].creg),
				     OK("AT+COPS=0", "")};
		struct talk *talk = talk_new(rows, COUNT(rows));
		const char *at;

		talk->script.facts.registered = false;
		script_start(&talk->script, SCRIPT_REGISTER, 0);
		run(talk, SCRIPT_REGISTER, 3000);
		at = strstr(talk->log, "AT+COPS=0|");
		assert_non_null(at);
		assert_memory_equal(at - strlen(cases[i].freed), cases[i].freed,
				    strlen(cases[i].freed));
		/* Once, and it is looked at again where it is registered. */
		assert_null(strstr(at + 1, "AT+COPS=0|"));
		assert_non_null(strstr(at, "|AT+CREG?|"));
		assert_non_null(strstr(buf_str(&talk->script.notices), "+COPS:"));
		talk_free(talk);
	}
}

static void an_operator_that_is_refused_is_named(void **state)
{
	static const enum at_final_kind kinds[] = {AT_FINAL_CME, AT_FINAL_ERROR, AT_FINAL_TIMEOUT};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct row rows[] = {OK("AT+COPS?", "+COPS: 0"),
				     {"AT+COPS=1,2,\"26201\"", kinds[i], 30, "", 0, 0}};
		struct talk *talk = talk_new(rows, COUNT(rows));

		set(&talk->conf.network.operator, "26201");
		assert_int_equal(run(talk, SCRIPT_REGISTER, 200000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, CAUSE_NOT_REGISTERED);
		assert_non_null(strstr(buf_str(&talk->script.text), "26201"));
		assert_non_null(strstr(buf_str(&talk->script.text), "network.operator"));
		talk_free(talk);
	}
}

/* Reasons with =3, cells with =2; =1 where the modem has no more; polling where it has none. */
static void registration_is_told_unasked_as_far_as_it_goes(void **state)
{
	struct row rows[] = {{"AT+CREG?", AT_FINAL_OK, 0, "+CREG: 0,2", 2, 0},
			     OK("AT+CREG?", "+CREG: 1,1"),
			     ERROR("AT+CREG=3"),
			     ERROR("AT+CREG=2"),
			     ERROR("AT+CGREG=3"),
			     ERROR("AT+CGREG=2"),
			     ERROR("AT+CGREG=1"),
			     ERROR("AT+CEREG?")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	assert_non_null(strstr(talk->log, "|AT+CREG=3|AT+CREG=2|AT+CREG=1|"
					  "AT+CGREG=3|AT+CGREG=2|AT+CGREG=1|AT+CFUN?|"));
	assert_null(strstr(talk->log, "CEREG="));
	talk_free(talk);
}

/* Contexts and cures: what the modem has, what is wanted, and all that is said after +CGDCONT?. */
static void the_right_context_is_chosen_and_no_other_overwritten(void **state)
{
	static const struct {
		const char *have, *cereg; /* NULL: the modem does not know +CEREG */
		const char *apn;
		int cid;
		enum conf_pdp type;
		const char *said;
		int dials;
	} cases[] = {
		/* There already, whatever its number, case and suffix. */
		{"1,\"IPV6\",\"vzwims\"|2,\"IPV4V6\",\"vzwadmin\"|3,\"IPV4V6\",\"vzwinternet\"",
		 "1", "vzwinternet", 0, CONF_PDP_IPV4, "", 3},
		{"1,\"IPV6\",\"ims\"|3,\"IP\",\"INTERNET\"", "1", "internet", 0, CONF_PDP_IPV4, "",
		 3},
		{"1,\"IP\",\"x\"|4,\"IP\",\"internet.mnc001.mcc262.gprs\"", "1", "internet", 0,
		 CONF_PDP_IPV4, "", 4},
		{"1,\"IP\",\"internet\"|2,\"IP\",\"internet\"", "1", "internet", 0, CONF_PDP_IPV4,
		 "", 1},
		{"1,\"IP\",\"x\"|2,\"IPV4V6\",\"net\"|5,\"IP\",\"net\"", "1", "net", 0,
		 CONF_PDP_IPV4, "", 5},
		{"0,\"IP\",\"net\"|1,\"IP\",\"x\"|3,\"IP\",\"net\"", "1", "net", 0, CONF_PDP_IPV4,
		 "", 3},
		{"0,\"IP\",\"net\"|1,\"IP\",\"net\"", "1", "net", 0, CONF_PDP_IPV4, "", 1},
		/* Its type does not do. */
		{"1,\"IP\",\"x\"|2,\"IPV6\",\"net\"", "1", "net", 0, CONF_PDP_IPV4,
		 "AT+CGDCONT=2,\"IP\",\"net\"|", 2},
		{"1,\"IPV4V6\",\"net\"", "1", "net", 0, CONF_PDP_IPV4,
		 "AT+CGDCONT=1,\"IP\",\"net\"|", 1},
		/* The network's own stays. */
		{"1,\"IPV6\",\"ims\"", "1", "net", 0, CONF_PDP_IPV4,
		 "AT+CGDCONT=?|AT+CGDCONT=2,\"IP\",\"net\"|", 2},
		{"1,\"IP\",\"IMS.mnc001.mcc001.gprs\"|2,\"IP\",\"sos\"", NULL, "net", 0,
		 CONF_PDP_IPV4, "AT+CGDCONT=?|AT+CGDCONT=3,\"IP\",\"net\"|", 3},
		{"1,\"IP\",\"odd\",\"0.0.0.0\",0,0,0,1", "1", "net", 0, CONF_PDP_IPV4,
		 "AT+CGDCONT=?|AT+CGDCONT=2,\"IP\",\"net\"|", 2},
		{"1,\"IP\",\"odd\",\"0.0.0.0\",0,0,0,0,,1", "1", "net", 0, CONF_PDP_IPV4,
		 "AT+CGDCONT=?|AT+CGDCONT=2,\"IP\",\"net\"|", 2},
		{"1,\"IP\",\"lte.default\"", "1", "net", 0, CONF_PDP_IPV4,
		 "AT+CEREG?|AT+CGDCONT=?|AT+CGDCONT=2,\"IP\",\"net\"|", 2},
		/* ... where it is one: 3G alone, and no APN at all. */
		{"1,\"IP\",\"old\"", NULL, "net", 0, CONF_PDP_IPV4,
		 "AT+CEREG?|AT+CGDCONT=1,\"IP\",\"net\"|", 1},
		{"1,\"IP\",\"\"", "1", "net", 0, CONF_PDP_IPV4, "AT+CGDCONT=1,\"IP\",\"net\"|", 1},
		{"2,\"IP\",\"other\"", "1", "net", 0, CONF_PDP_IPV4, "AT+CGDCONT=1,\"IP\",\"net\"|",
		 1},
		/* All of its four are taken: the last that is not the network's. */
		{"1,\"IP\",\"ims\"|2,\"IP\",\"a\"|3,\"IP\",\"b\"|4,\"IP\",\"sos\"", "1", "net", 0,
		 CONF_PDP_IPV4, "AT+CGDCONT=?|AT+CGDCONT=3,\"IP\",\"net\"|", 3},
		{"1,\"IP\",\"ims\"|2,\"IP\",\"xcap\"|3,\"IP\",\"admin\"|4,\"IP\",\"sos\"", "1",
		 "net", 0, CONF_PDP_IPV4, "AT+CGDCONT=?|AT+CGDCONT=1,\"IP\",\"net\"|", 1},
		/* A given number rules. */
		{"1,\"IPV6\",\"ims\"|3,\"IP\",\"net\"", "1", "net", 1, CONF_PDP_IPV4,
		 "AT+CGDCONT=1,\"IP\",\"net\"|", 1},
		{"1,\"IP\",\"net\"", "1", "net", 4, CONF_PDP_IPV4, "AT+CGDCONT=4,\"IP\",\"net\"|",
		 4},
		/* No APN is wanted: the modem's own, but not the network's. */
		{"1,\"IP\",\"x\"", "1", "", 0, CONF_PDP_IPV4, "", 1},
		{"1,\"IPV6\",\"vzwims\"|2,\"IP\",\"vzwadmin\"|3,\"IP\",\"vzwinternet\"", "1", "", 0,
		 CONF_PDP_IPV4, "AT+CGDCONT=?|", 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct buf have = BUF_INIT, cereg = BUF_INIT;
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"), OK("AT+CGDCONT?", ""),
				     OK("AT+CGDCONT=?", "+CGDCONT: (1-4),\"IP\",,,(0),(0)"),
				     OK("AT+CEREG?", "")};
		struct talk *talk = talk_new(rows, COUNT(rows));

		buf_printf(&have, "+CGDCONT: ");
		for (const char *at = cases[i].have; *at; at++)
			buf_printf(&have, *at == '|' ? "\n+CGDCONT: " : "%c", *at);
		rows[1].text = buf_str(&have);
		buf_printf(&cereg, "+CEREG: 0,%s", cases[i].cereg ? cases[i].cereg : "");
		if (cases[i].cereg)
			rows[3].text = buf_str(&cereg);
		else
			rows[3].kind = AT_FINAL_ERROR;
		set(&talk->conf.network.apn, cases[i].apn);
		talk->conf.network.cid = cases[i].cid;
		talk->conf.network.pdp_type = cases[i].type;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_string_equal(strstr(talk->log, "AT+CGDCONT?|") + 12, cases[i].said);
		assert_int_equal(script_cid(&talk->script), cases[i].dials);
		talk_free(talk);
		buf_free(&have);
		buf_free(&cereg);
	}
}

/* The call gets along with both protocols; once a dial is enough to ask for one. */
static void a_type_that_is_refused_is_not_asked_for_again(void **state)
{
	struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"),
			     OK("AT+CGDCONT?", "+CGDCONT: 1,\"IPV4V6\",\"net\""),
			     ERROR("AT+CGDCONT=1,\"IP\",\"net\""), OK("AT+CREG?", "+CREG: 0,1")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.network.apn, "net");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	assert_int_equal(rows[2].sent, 1);
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(rows[2].sent, 2);
	talk_free(talk);
}

#define LTE_DEFAULT OK("AT+CGDCONT?", "+CGDCONT: 1,\"IP\",\"lte.default\"")

/* The cures of a refused +CGDCONT, and the radio is on again whatever comes of them. */
static void a_context_that_is_active_is_ended_and_written(void **state)
{
	static const struct {
		int refusals; /* of the write */
		enum at_final_kind kind;
		int code;
		bool deactivates;
		const char *said;
		enum script_verdict verdict;
	} cases[] = {
		{1, AT_FINAL_CME, 3, true, "W|AT+CGACT=0,1|W|AT+CGATT=1|", SCRIPT_DONE},
		{1, AT_FINAL_ERROR, 0, true, "W|AT+CGACT=0,1|W|AT+CGATT=1|", SCRIPT_DONE},
		{2, AT_FINAL_CME, 3, false, "W|AT+CGACT=0,1|W|AT+CFUN=4|W|AT+CFUN=1|", SCRIPT_DONE},
		{9, AT_FINAL_CME, 3, false, "W|AT+CGACT=0,1|W|AT+CFUN=4|W|AT+CFUN=1|",
		 SCRIPT_FAILED},
		{9, AT_FINAL_CME, 50, true, "W|", SCRIPT_FAILED},
		{9, AT_FINAL_CME, 4, true, "W|", SCRIPT_FAILED},
		{9, AT_FINAL_TIMEOUT, 0, true, "W|", SCRIPT_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {OK("AT+CPIN?", "+CPIN: READY"),
				     LTE_DEFAULT,
				     {"AT+CGDCONT=1,\"IP\",\"net\"", cases[i].kind, cases[i].code,
				      "", cases[i].refusals, 0},
				     {"AT+CGACT=0,1",
				      cases[i].deactivates ? AT_FINAL_OK : AT_FINAL_ERROR, 0, "", 0,
				      0}};
		struct talk *talk = talk_new(rows, COUNT(rows));
		struct buf said = BUF_INIT;

		set(&talk->conf.network.apn, "net");
		talk->conf.network.cid = 1;
		for (const char *at = cases[i].said; *at; at++)
			buf_printf(&said, *at == 'W' ? "AT+CGDCONT=1,\"IP\",\"net\"" : "%c", *at);
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), cases[i].verdict);
		assert_string_equal(strstr(talk->log, "AT+CGDCONT?|") + 12, buf_str(&said));
		if (cases[i].verdict == SCRIPT_FAILED) {
			assert_int_equal(talk->script.cause, CAUSE_CALL);
			/* The radio is not cut again at each dial. */
			assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_FAILED);
			assert_null(strstr(talk->log, "AT+CFUN"));
		} else {
			assert_non_null(strstr(buf_str(&talk->script.notices), "lte.default"));
		}
		buf_free(&said);
		talk_free(talk);
	}
}

/* A private SIM: attached with another APN it is denied, or its calls fail. */
static void an_attach_context_that_fails_is_overwritten_with_a_word(void **state)
{
	struct row rows[] = {
		OK("AT+CPIN?", "+CPIN: READY"),
		{"AT+CGDCONT?", AT_FINAL_OK, 0, "+CGDCONT: 1,\"IP\",\"lte.default\"", 1, 0},
		{"AT+CREG?", AT_FINAL_OK, 0, "+CREG: 0,3", 11, 0},
		OK("AT+CREG?", "+CREG: 0,1"),
		OK("AT+CGATT?", "+CGATT: 1"),
		OK("AT+CEREG?", "+CEREG: 0,0"),
		{"ATD*99***2#", AT_FINAL_NO_CARRIER, 0, "", 0, 0},
		{"ATD*99***1#", AT_FINAL_CONNECT, 0, "", 0, 0}};
	struct talk *talk = talk_new(rows, COUNT(rows));
	const char *notices;

	(void)state;
	set(&talk->conf.network.apn, "iot.private");
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(script_cid(&talk->script), 2);
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	assert_non_null(
		strstr(talk->log, "|AT+CFUN=4|AT+CGDCONT=1,\"IP\",\"iot.private\"|AT+CFUN=1|"));
	assert_int_equal(script_cid(&talk->script), 1);
	notices = buf_str(&talk->script.notices);
	assert_non_null(strstr(notices, "\n5context 1 was \"IP\",\"lte.default\""));
	/* The same, when the call shows it. */
	rows[1].sent = 0;
	rows[2].sent = 11;
	assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	talk->script.memory.toggle_futile = true;
	talk->script.memory.data_tried = true;
	assert_int_equal(run(talk, SCRIPT_DIAL, 60000), SCRIPT_DONE);
	assert_string_equal(talk->log, "ATD*99***2#|AT+CGATT?|AT+CFUN=4|AT+CGDCONT=1,\"IP\","
				       "\"iot.private\"|AT+CFUN=1|AT+CREG?|ATD*99***1#|");
	talk_free(talk);
}

/* IMS is the network's for good reasons: one refused call is not enough. */
static void an_ims_context_outlives_a_refused_call(void **state)
{
	struct row rows[] = {
		OK("AT+CPIN?", "+CPIN: READY"),
		OK("AT+CGDCONT?", "+CGDCONT: 1,\"IPV6\",\"ims\"\n+CGDCONT: 3,\"IP\",\"net\""),
		OK("AT+CREG?", "+CREG: 0,1"),
		OK("AT+CGATT?", "+CGATT: 1"),
		{"ATD*99***3#", AT_FINAL_NO_CARRIER, 0, "", 0, 0},
		{"ATD*99***1#", AT_FINAL_CONNECT, 0, "", 0, 0}};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	set(&talk->conf.network.apn, "net");
	for (int dial = 0; dial < 2; dial++) {
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
		assert_int_equal(run(talk, SCRIPT_DIAL, 60000), dial ? SCRIPT_DONE : SCRIPT_FAILED);
		assert_int_equal(strstr(talk->log, "AT+CGDCONT=1,") != NULL, dial == 1);
		script_got_no_link(&talk->script);
	}
	talk_free(talk);
}

static void a_sim_without_power_gets_it_before_it_is_called_broken(void **state)
{
	static const struct {
		int fun, code;
		const char *said; /* up to the first +CPIN? that is not refused */
	} cases[] = {
		{0, 13, "AT+CPIN?|AT+CFUN?|AT+CFUN=1|AT+CPIN?|AT+CGDCONT?|"},
		{0, 10, "AT+CPIN?|AT+CFUN?|AT+CFUN=1|AT+CPIN?|AT+CGDCONT?|"},
		{4, 3, "AT+CPIN?|AT+CFUN?|AT+CFUN=1|AT+CPIN?|AT+CGDCONT?|"},
		{1, 14, "AT+CPIN?|AT+CFUN?|AT+CPIN?|AT+CGDCONT?|"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char fun[16];
		struct row rows[] = {{"AT+CPIN?", AT_FINAL_CME, cases[i].code, "", 1, 0},
				     OK("AT+CPIN?", "+CPIN: READY"),
				     OK("AT+CFUN?", fun)};
		struct talk *talk = talk_new(rows, COUNT(rows));

		snprintf(fun, sizeof(fun), "+CFUN: %d", cases[i].fun);
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_non_null(strstr(talk->log, cases[i].said));
		talk_free(talk);
	}
}

/* The commands of the log that begin so. */
static void pick_commands(const struct talk *talk, const char *begin, char *to, size_t size)
{
	size_t len = 0;

	*to = '\0';
	for (const char *at = talk->log; (at = strstr(at, begin)); at++)
		len += (size_t)snprintf(to + len, size - len, "%.*s|", (int)strcspn(at, "|"), at);
}

static void a_sim_that_is_not_seen_is_looked_for_with_the_radio_off_and_on(void **state)
{
	static const struct {
		const char *family, *cgatt;
		bool refuses; /* +CFUN: 4 */
		const char *sent;
	} cases[] = {
		{"", "+CGATT: 0", false, "AT+CFUN=4|AT+CFUN=1|AT+CFUN=1|AT+CFUN=0|AT+CFUN=1|"},
		{"", "+CGATT: 0", true, "AT+CFUN=4|AT+CFUN=0|AT+CFUN=1|AT+CFUN=1|"},
		{"Telit", "+CGATT: 0", false, "AT+CFUN=4|AT+CFUN=1|AT+CFUN=1|"},
		{"Telit", "+CGATT: 0", true, "AT+CFUN=4|"},
		{"", "+CGATT: 1", false, ""}, /* it is in use */
	};
	char sent[128];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {CME("AT+CPIN?", 10),
				     OK("AT+CFUN?", "+CFUN: 1"),
				     OK("AT+CGATT?", cases[i].cgatt),
				     /* It is still on its way down. */
				     {"AT+CFUN=1", AT_FINAL_ERROR, 0, "", 1, 0},
				     CME("AT+CFUN=4", 3)};
		struct talk *talk = talk_new(rows, COUNT(rows) - !cases[i].refuses);

		talk->script.family = modem_family_find(0, cases[i].family);
		for (int dial = 0; dial < 2; dial++) {
			assert_int_equal(run(talk, SCRIPT_PREPARE, 90000), SCRIPT_FAILED);
			assert_int_equal(talk->script.cause, CAUSE_SIM);
			pick_commands(talk, "AT+CFUN=", sent, sizeof(sent));
			assert_string_equal(sent, dial ? "" : cases[i].sent);
		}
		talk_free(talk);
	}
}

static void a_call_is_made_all_the_same_when_the_network_shows_otherwise(void **state)
{
	static const struct {
		const char *cgatt, *cops, *imsi;
		bool roaming;
		const char *operator;
		enum script_verdict verdict;
	} cases[] = {
		{"+CGATT: 1", "+COPS: 0", "", true, "auto", SCRIPT_DONE},
		{"+CGATT: 0", "+COPS: 0,0,\"3\",7", "", true, "auto", SCRIPT_DONE},
		{"+CGATT: 0", "+COPS: 0", "", true, "auto", SCRIPT_WAIT},
		{"+CGATT: 1", "+COPS: 0,2,\"23420\",7", "234201234567890", false, "auto",
		 SCRIPT_DONE},
		{"+CGATT: 1", "+COPS: 0,2,\"26201\",7", "234201234567890", false, "auto",
		 SCRIPT_WAIT},
		{"+CGATT: 1", "+COPS: 0,0,\"3\",7", "234201234567890", false, "auto", SCRIPT_WAIT},
		{"+CGATT: 1", "+COPS: 0,2,\"23420\",7", "", true, "26201", SCRIPT_WAIT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {OK("AT+CREG?", "+CREG: 0,2"), OK("AT+CGATT?", cases[i].cgatt),
				     OK("AT+COPS?", cases[i].cops), OK("AT+CIMI", cases[i].imsi)};
		struct talk *talk = talk_new(rows, COUNT(rows));

		talk->conf.network.roaming = cases[i].roaming;
		set(&talk->conf.network.operator, cases[i].operator);
		assert_int_equal(run(talk, SCRIPT_REGISTER, 100000), cases[i].verdict);
		if (cases[i].verdict == SCRIPT_DONE) {
			assert_in_range(talk->now, 20000, 24000);
			/* It came to nothing: later, the next time. */
			talk->now = 0;
			assert_int_equal(run(talk, SCRIPT_REGISTER, 100000), SCRIPT_DONE);
			assert_in_range(talk->now, 40000, 44000);
		}
		talk_free(talk);
	}
}

/* After NO CARRIER once, whatever it says to AT+CGDATA. */
static void a_modem_that_takes_the_string_for_a_number_gets_cgdata(void **state)
{
	static const char all[] = "ATD*99***1#|AT+CGATT?|ATD*99#|AT+CGDATA=\"PPP\",1|";
	struct row rows[] = {{"ATD*99***1#", AT_FINAL_NO_CARRIER, 0, "", 0, 0},
			     {"ATD*99#", AT_FINAL_NO_CARRIER, 0, "", 0, 0},
			     {"AT+CGDATA=\"PPP\",1", AT_FINAL_CONNECT, 0, "", 0, 0},
			     OK("AT+CGATT?", "+CGATT: 1")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	assert_int_equal(run(talk, SCRIPT_DIAL, 200000), SCRIPT_DONE);
	assert_string_equal(talk->log, all);
	talk_free(talk);
	rows[2].kind = AT_FINAL_ERROR;
	talk = talk_new(rows, COUNT(rows));
	talk->script.memory.toggle_futile = true;
	assert_int_equal(run(talk, SCRIPT_DIAL, 200000), SCRIPT_FAILED);
	assert_memory_equal(talk->log, all, sizeof(all) - 1);
	assert_string_equal(talk->log + sizeof(all) - 1, "AT+CEER|");
	assert_int_equal(run(talk, SCRIPT_DIAL, 200000), SCRIPT_FAILED);
	assert_null(strstr(talk->log, "CGDATA"));
	talk_free(talk);
}

/* Once; an operator's name is not enough, for the modem may camp there. */
static void a_call_is_made_once_when_one_domain_denies_and_the_modem_is_attached(void **state)
{
	struct row rows[] = {OK("AT+CREG?", "+CREG: 0,3"), OK("AT+CGATT?", "+CGATT: 1"),
			     OK("AT+COPS?", "+COPS: 0,0,\"Net\",2")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_DONE);
	assert_in_range(talk->now, 15000, 24000);
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_FAILED);
	assert_true(talk->script.denied);
	talk_free(talk);
	rows[1].text = "+CGATT: 0";
	talk = talk_new(rows, COUNT(rows));
	assert_int_equal(run(talk, SCRIPT_REGISTER, 60000), SCRIPT_FAILED);
	assert_true(talk->script.denied);
	talk_free(talk);
}

static void dial_strings_are_tried_until_one_is_understood(void **state)
{
	static const struct {
		enum at_final_kind kind;
		int code, cid;
		const char *takes, *said;
	} cases[] = {
		{AT_FINAL_ERROR, 0, 1, "ATD*99#", "ATD*99***1#|ATD*99#|"},
		{AT_FINAL_CME, 3, 1, "ATD*99#", "ATD*99***1#|ATD*99#|"},
		{AT_FINAL_OK, 0, 1, "ATDT*99***1#", "ATD*99***1#|ATD*99#|ATDT*99***1#|"},
		{AT_FINAL_CME, 4, 1, "ATDT*99***1#", "ATD*99***1#|ATD*99#|ATDT*99***1#|"},
		{AT_FINAL_CME, 100, 1, "AT+CGDATA=\"PPP\",1",
		 "ATD*99***1#|ATD*99#|ATDT*99***1#|AT+CGDATA=\"PPP\",1|"},
		{AT_FINAL_ERROR, 0, 1, "ATD*98*1#",
		 "ATD*99***1#|ATD*99#|ATDT*99***1#|AT+CGDATA=\"PPP\",1|ATD*98*1#|"},
		/* *99# is context 1. */
		{AT_FINAL_ERROR, 0, 3, "AT+CGDATA=\"PPP\",3",
		 "ATD*99***3#|ATDT*99***3#|AT+CGDATA=\"PPP\",3|"},
		{AT_FINAL_NO_CARRIER, 0, 1, "ATD*99#", "ATD*99***1#|AT+CGATT?|ATD*99#|"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {
			{cases[i].takes, AT_FINAL_CONNECT, 0, "", 0, 0},
			{"ATD*99***1#", cases[i].kind, cases[i].code, "", 0, 0},
			{"ATD*99***3#", cases[i].kind, cases[i].code, "", 0, 0},
			{"ATD*99#", cases[i].kind, cases[i].code, "", 0, 0},
			{"ATDT*99***1#", cases[i].kind, cases[i].code, "", 0, 0},
			{"ATDT*99***3#", cases[i].kind, cases[i].code, "", 0, 0},
			{"AT+CGDATA=\"PPP\",1", cases[i].kind, cases[i].code, "", 0, 0},
			OK("AT+CGATT?", "+CGATT: 1")};
		struct talk *talk = talk_new(rows, COUNT(rows));

		talk->conf.network.cid = cases[i].cid;
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_int_equal(run(talk, SCRIPT_DIAL, 200000), SCRIPT_DONE);
		assert_string_equal(talk->log, cases[i].said);
		/* Without a link it may have been the wrong one; with one it is remembered. */
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_int_equal(talk->script.memory.form, 0);
		assert_int_equal(run(talk, SCRIPT_DIAL, 200000), SCRIPT_DONE);
		script_succeeded(&talk->script);
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_int_equal(run(talk, SCRIPT_DIAL, 200000), SCRIPT_DONE);
		assert_memory_equal(talk->log, cases[i].takes, strlen(cases[i].takes));
		talk_free(talk);
	}
}

static void a_given_dial_string_is_the_only_one(void **state)
{
	static const struct {
		const char *dial, *said;
		int cid;
	} cases[] = {
		{"*99***3#", "ATD*99***3#|AT+CGATT?|AT+CEER|", 3},
		{"*98#", "ATD*98#|AT+CGATT?|AT+CEER|", 1},
		{"#777", "ATD#777|AT+CGATT?|AT+CEER|", 1},
		{"cgdata", "AT+CGDATA=\"PPP\",1|AT+CGATT?|AT+CEER|", 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {ERROR("ATD*99***3#"), ERROR("ATD*98#"), ERROR("ATD#777"),
				     ERROR("AT+CGDATA=\"PPP\",1"), OK("AT+CGATT?", "+CGATT: 1")};
		struct talk *talk = talk_new(rows, COUNT(rows));

		set(&talk->conf.network.dial, cases[i].dial);
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_int_equal(script_cid(&talk->script), cases[i].cid);
		talk->script.memory.toggle_futile = true;
		talk->script.memory.data_tried = true;
		assert_int_equal(run(talk, SCRIPT_DIAL, 200000), SCRIPT_FAILED);
		assert_string_equal(talk->log, cases[i].said);
		talk_free(talk);
	}
}

static void a_modem_that_is_not_attached_is_told_to(void **state)
{
	static const struct {
		const char *cgatt;
		bool attaches;
		int refusals; /* of the call */
		const char *said;
		enum script_verdict verdict;
	} cases[] = {
		{"+CGATT: 0", true, 1, "D|AT+CGATT?|AT+CGATT=1|D|", SCRIPT_DONE},
		{"+CGATT: 1", true, 9, "D|AT+CGATT?|ATD*99#|AT+CEER|", SCRIPT_FAILED},
		{"+CGATT: 0", true, 9, "D|AT+CGATT?|AT+CGATT=1|D|ATD*99#|AT+CEER|", SCRIPT_FAILED},
		{"+CGATT: 0", false, 9, "D|AT+CGATT?|AT+CGATT=1|ATD*99#|AT+CEER|", SCRIPT_FAILED},
		{"", true, 1, "D|AT+CGATT?|AT+CGATT=1|D|", SCRIPT_DONE},
		{"", false, 9, "D|AT+CGATT?|AT+CGATT=1|ATD*99#|AT+CEER|", SCRIPT_FAILED},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {
			{"ATD*99***1#", AT_FINAL_NO_CARRIER, 0, "", cases[i].refusals, 0},
			{"ATD*99***1#", AT_FINAL_CONNECT, 0, "", 0, 0},
			{"ATD*99#", AT_FINAL_NO_CARRIER, 0, "", 0, 0},
			OK("AT+CGATT?", cases[i].cgatt),
			{"AT+CGATT=1", cases[i].attaches ? AT_FINAL_OK : AT_FINAL_CME, 148, "", 0,
			 0}};
		struct talk *talk = talk_new(rows, COUNT(rows));
		struct buf said = BUF_INIT;

		for (const char *at = cases[i].said; *at; at++)
			buf_printf(&said, *at == 'D' && at[1] == '|' ? "ATD*99***1#" : "%c", *at);
		talk->script.memory.toggle_futile = true;
		talk->script.memory.data_tried = true;
		assert_int_equal(run(talk, SCRIPT_DIAL, 200000), cases[i].verdict);
		assert_string_equal(talk->log, buf_str(&said));
		buf_free(&said);
		talk_free(talk);
	}
}

/* After a refused call: made active, or no longer so, and put back where that did not help. */
static void a_context_in_the_wrong_state_is_put_in_the_other(void **state)
{
	static const struct {
		const char *cgact, *cereg;
		int refusals; /* of the call */
		const char *said;
	} cases[] = {
		{"+CGACT: 1,0", "", 2, "D|AT+CGATT?|ATD*99#|AT+CGACT?|AT+CGACT=1,1|D|"},
		{"", "", 2, "D|AT+CGATT?|ATD*99#|AT+CGACT?|AT+CGACT=1,1|D|"},
		{"+CGACT: 2,1\n+CGACT: 1,1", "", 2,
		 "D|AT+CGATT?|ATD*99#|AT+CGACT?|AT+CGACT=0,1|D|"},
		{"+CGACT: 1,0", "", 9,
		 "D|AT+CGATT?|ATD*99#|AT+CGACT?|AT+CGACT=1,1|D|AT+CGACT=0,1|AT+CEER|"},
		/* LTE would leave the network. */
		{"+CGACT: 1,1", "+CEREG: 0,1", 9, "D|AT+CGATT?|ATD*99#|AT+CGACT?|AT+CEER|"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct row rows[] = {
			OK("AT+CREG?", "+CREG: 0,0"),
			OK("AT+CGREG?", *cases[i].cereg ? "" : "+CGREG: 0,1"),
			OK("AT+CEREG?", cases[i].cereg),
			{"ATD*99***1#", AT_FINAL_NO_CARRIER, 0, "", cases[i].refusals - 1, 0},
			{"ATD*99#", AT_FINAL_NO_CARRIER, 0, "", 0, 0},
			{"ATD*99***1#", AT_FINAL_CONNECT, 0, "", 0, 0},
			OK("AT+CGATT?", "+CGATT: 1"),
			OK("AT+CGACT?", cases[i].cgact)};
		struct talk *talk = talk_new(rows, COUNT(rows));
		struct buf said = BUF_INIT;

		for (const char *at = cases[i].said; *at; at++)
			buf_printf(&said, *at == 'D' && at[1] == '|' ? "ATD*99***1#" : "%c", *at);
		talk->script.memory.data_tried = true;
		assert_int_equal(run(talk, SCRIPT_REGISTER, 10000), SCRIPT_DONE);
		assert_int_equal(run(talk, SCRIPT_DIAL, 200000),
				 cases[i].refusals == 9 ? SCRIPT_FAILED : SCRIPT_DONE);
		assert_string_equal(talk->log, buf_str(&said));
		/* What did not help is not tried again before a link has come. */
		assert_int_equal(run(talk, SCRIPT_DIAL, 200000),
				 cases[i].refusals == 9 ? SCRIPT_FAILED : SCRIPT_DONE);
		assert_null(strstr(talk->log, "CGACT="));
		buf_free(&said);
		talk_free(talk);
	}
}

static void who_lets_another_dial_is_attached_before(void **state)
{
	struct row rows[] = {OK("AT+CREG?", "+CREG: 0,1"), OK("AT+CGATT?", "+CGATT: 0")};
	struct talk *talk = talk_new(rows, COUNT(rows));

	(void)state;
	talk->script.attach_first = true;
	assert_int_equal(run(talk, SCRIPT_REGISTER, 10000), SCRIPT_DONE);
	assert_non_null(strstr(talk->log, "|AT+CGATT?|AT+CGATT=1|"));
	talk_free(talk);
}

static bool recall_form(void *ctx, const char *model, char *form, size_t size)
{
	const char *const *known = ctx;

	if (strcmp(known[0], model) == 0)
		snprintf(form, size, "%s", known[1]);
	return strcmp(known[0], model) == 0;
}

static void keep_form(void *ctx, const char *model, const char *form)
{
	const char **known = ctx;

	assert_string_equal(model, "Maker Model 3");
	known[2] = form;
}

static void what_a_model_was_dialled_by_outlives_us(void **state)
{
	static const struct form_ops forms = {recall_form, keep_form};
	static const struct {
		const char *known, *first, *kept; /* NULL: nothing new */
	} cases[] = {
		{"ATD*99#", "ATD*99#|", NULL},
		{"", "ATD*99***1#|ATD*99#|", "ATD*99#"},
		{"ATDT*99***%d#", "ATDT*99***1#|ATD*99***1#|ATD*99#|", "ATD*99#"},
		{"an odd line", "ATD*99***1#|ATD*99#|", "ATD*99#"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *known[3] = {"Maker Model 3", cases[i].known, NULL};
		struct row rows[] = {{"ATD*99#", AT_FINAL_CONNECT, 0, "", 0, 0},
				     ERROR("ATD*99***1#"),
				     ERROR("ATDT*99***1#")};
		struct talk *talk = talk_new(rows, COUNT(rows));

		talk->script.forms = &forms;
		talk->script.forms_ctx = known;
		strcpy(talk->script.ati.manufacturer, "Maker");
		strcpy(talk->script.ati.model, "Model 3");
		assert_int_equal(run(talk, SCRIPT_PREPARE, 60000), SCRIPT_DONE);
		assert_int_equal(run(talk, SCRIPT_DIAL, 60000), SCRIPT_DONE);
		assert_string_equal(talk->log, cases[i].first);
		script_succeeded(&talk->script);
		if (cases[i].kept)
			assert_string_equal(known[2], cases[i].kept);
		else
			assert_null(known[2]);
		talk_free(talk);
	}
}

static void a_refused_call_is_not_dialled_again_and_says_why(void **state)
{
	static const enum at_final_kind kinds[] = {AT_FINAL_NO_CARRIER, AT_FINAL_BUSY,
						   AT_FINAL_NO_ANSWER, AT_FINAL_TIMEOUT};

	(void)state;
	for (size_t i = 0; i < COUNT(kinds); i++) {
		struct row rows[] = {{"ATD*99***3#", kinds[i], 0, "", 0, 0},
				     OK("AT+CGATT?", "+CGATT: 1"),
				     OK("AT+CEER", "+CEER: PDP authentication failure")};
		struct talk *talk = talk_new(rows, COUNT(rows));

		talk->conf.network.cid = 3;
		talk->script.memory.toggle_futile = true;
		talk->script.memory.data_tried = true;
		assert_int_equal(run(talk, SCRIPT_DIAL, 200000), SCRIPT_FAILED);
		assert_int_equal(talk->script.cause, CAUSE_CALL);
		assert_non_null(strstr(buf_str(&talk->script.text), "PDP authentication failure"));
		assert_string_equal(talk->log, i == 0 ? "ATD*99***3#|AT+CGATT?|AT+CEER|"
						      : "ATD*99***3#|AT+CEER|");
		talk_free(talk);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_context_that_is_right_is_left_alone),
		cmocka_unit_test(a_context_that_differs_is_written_once),
		cmocka_unit_test(a_modem_without_dual_contexts_gets_one_for_ipv4),
		cmocka_unit_test(only_so_many_contexts_are_kept),
		cmocka_unit_test(name_and_password_in_the_family_s_form),
		cmocka_unit_test(no_password_breaks_out_of_its_quotes),
		cmocka_unit_test(refused_authentication_is_told_and_survived),
		cmocka_unit_test(a_modem_bound_by_hand_is_set_free),
		cmocka_unit_test(an_operator_that_is_refused_is_named),
		cmocka_unit_test(registration_is_told_unasked_as_far_as_it_goes),
		cmocka_unit_test(an_apn_cannot_break_out_of_its_quotes),
		cmocka_unit_test(no_other_modem_than_the_configured_one_is_used),
		cmocka_unit_test(a_good_pin_opens_the_sim),
		cmocka_unit_test(a_refused_pin_is_never_sent_again),
		cmocka_unit_test(a_pin_without_an_answer_is_not_sent_again),
		cmocka_unit_test(a_sim_that_takes_the_pin_and_wants_it_still_gets_it_once),
		cmocka_unit_test(the_sims_own_word_counts),
		cmocka_unit_test(a_pin_is_noted_with_card_and_modem_before_it_goes),
		cmocka_unit_test(no_question_is_left_out_before_the_pin),
		cmocka_unit_test(a_sim_that_is_open_is_asked_nothing_more),
		cmocka_unit_test(a_pin_that_cannot_be_noted_stays_here),
		cmocka_unit_test(a_pin_that_was_not_taken_is_not_called_wrong),
		cmocka_unit_test(an_open_sim_clears_what_was_sent_before),
		cmocka_unit_test(a_right_pin_is_forgotten_when_another_instance_lets_it),
		cmocka_unit_test(the_last_attempt_is_not_spent),
		cmocka_unit_test(sim_states_become_causes),
		cmocka_unit_test(a_pin_that_was_taken_has_half_a_minute_to_open_the_sim),
		cmocka_unit_test(a_busy_sim_is_waited_for),
		cmocka_unit_test(a_sim_is_seen_to_open_soon_after_its_pin),
		cmocka_unit_test(a_refused_init_command_is_told_and_survived),
		cmocka_unit_test(either_domain_is_enough_to_dial),
		cmocka_unit_test(roaming_is_refused_when_forbidden),
		cmocka_unit_test(a_radio_that_stays_off_is_told_apart),
		cmocka_unit_test(a_radio_that_is_on_is_left_alone),
		cmocka_unit_test(a_radio_that_was_off_is_switched_on),
		cmocka_unit_test(a_radio_in_an_odd_state_is_switched_on_when_nothing_else_helps),
		cmocka_unit_test(a_radio_that_refuses_to_go_on_is_asked_again),
		cmocka_unit_test(a_denial_of_an_hour_is_asked_about_with_the_radio_off_and_on),
		cmocka_unit_test(an_operator_is_selected_only_when_another_serves),
		cmocka_unit_test(technology_is_told_in_the_maker_s_word),
		cmocka_unit_test(a_signal_that_csq_does_not_know_is_asked_of_the_maker),
		cmocka_unit_test(a_type_that_is_refused_is_not_asked_for_again),
		cmocka_unit_test(the_right_context_is_chosen_and_no_other_overwritten),
		cmocka_unit_test(a_context_that_is_active_is_ended_and_written),
		cmocka_unit_test(an_attach_context_that_fails_is_overwritten_with_a_word),
		cmocka_unit_test(an_ims_context_outlives_a_refused_call),
		cmocka_unit_test(a_sim_without_power_gets_it_before_it_is_called_broken),
		cmocka_unit_test(a_sim_that_is_not_seen_is_looked_for_with_the_radio_off_and_on),
		cmocka_unit_test(a_call_is_made_all_the_same_when_the_network_shows_otherwise),
		cmocka_unit_test(a_given_dial_string_is_the_only_one),
		cmocka_unit_test(a_modem_that_is_not_attached_is_told_to),
		cmocka_unit_test(a_context_in_the_wrong_state_is_put_in_the_other),
		cmocka_unit_test(who_lets_another_dial_is_attached_before),
		cmocka_unit_test(a_modem_that_takes_the_string_for_a_number_gets_cgdata),
		cmocka_unit_test(
			a_call_is_made_once_when_one_domain_denies_and_the_modem_is_attached),
		cmocka_unit_test(dial_strings_are_tried_until_one_is_understood),
		cmocka_unit_test(what_a_model_was_dialled_by_outlives_us),
		cmocka_unit_test(a_refused_call_is_not_dialled_again_and_says_why),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
