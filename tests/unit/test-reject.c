/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/count.h"
#include "conf/conf.h"
#include "modem/script.h"

#define SIM      "the SIM is not activated"
#define MODEM    "by its IMEI"
#define CONTRACT "contract does not cover it"
#define PLACE    "may not use this network"
#define CELLS    "may use no cell here"
#define APN      "check network.apn"
#define TYPE     "check network.pdp_type"
#define ACCOUNT  "check network.user"
#define FULL     "wants to be left alone"
#define PASSES   "often passes"

/* clang-format off */

/* Each of the network's reasons as modems tell it: what it is, what to do, how soon to try again. */
static const struct {
	const char *line;
	int cause;
	bool of_call;
	const char *text, *advice;
	enum reject_pace pace;
} rows[] = {
	/* 27.007 with <n> = 3: read and unasked, with <rac>, with and without a cell */
	{ "+CREG: 3,3,,,,0,2", 2, false, "IMSI unknown in HSS", SIM, REJECT_LASTS },
	{ "+CREG: 3,3,\"\",\"\",,0,3", 3, false, "illegal MS", SIM, REJECT_LASTS },
	{ "+CEREG: 3,3,\"FFFE\",\"FFFFFFF\",7,0,5", 5, false, "IMEI not accepted", MODEM,
	  REJECT_LASTS },
	{ "+CREG: 3,3,\"1389\",\"01F5C481\",2,0,6", 6, false, "illegal ME", MODEM, REJECT_LASTS },
	{ "+CGREG: 3,3,\"1389\",\"01F5C481\",2,\"01\",0,7", 7, false, "GPRS services not allowed",
	  CONTRACT, REJECT_LASTS },
	{ "+CEREG: 3,,,,0,8", 8, false, "non-GPRS services not allowed", CONTRACT, REJECT_LASTS },
	{ "+CGREG: 3,2,,,,,0,9", 9, false, "cannot be derived", PASSES, REJECT_PASSES },
	{ "+CGREG: 3,,,,,0,10", 10, false, "implicitly detached", PASSES, REJECT_PASSES },
	{ "+CEREG: 3,\"1F00\",\"79D903\",7,0,11", 11, false, "PLMN not allowed", PLACE,
	  REJECT_LASTS },
	{ "+CREG: 3,3,,,,0,12", 12, false, "area not allowed", PLACE, REJECT_LASTS },
	{ "+CGREG: 3,3,,,,0,13", 13, false, "roaming not allowed", PLACE, REJECT_LASTS },
	{ "+CEREG:3,3,,,,0,14", 14, false, "not allowed in this PLMN", CONTRACT, REJECT_LASTS },
	{ "+CEREG: 3,2,,,,0,15", 15, false, "no suitable cells", CELLS, REJECT_LASTS },
	{ "+CEREG: 3,,,,,0,15", 15, false, "no suitable cells", CELLS, REJECT_LASTS },
	{ "+CEREG: 5,3,,,,,0,11", 11, false, "PLMN not allowed", PLACE, REJECT_LASTS },
	{ "+CREG: 3,2,,,,0,16", 16, false, "not reachable", PASSES, REJECT_PASSES },
	{ "+CREG: 3,2,,,,0,17", 17, false, "network failure", PASSES, REJECT_PASSES },
	{ "+CEREG: 5,2,,,,0,19,,", 19, false, "ESM failure", APN, REJECT_LASTS },
	{ "+CEREG: 3,0,,,,0,22", 22, false, "congestion", FULL, REJECT_WAITS },
	{ "+CREG: 3,3,,,,0,25", 25, false, "CSG", PLACE, REJECT_LASTS },
	{ "+CREG: 3,3,,,,0,33", 33, false, "not subscribed", CONTRACT, REJECT_LASTS },
	{ "+CREG: 3,3,,,,0,38", 38, false, "without a known reason", PASSES, REJECT_PASSES },
	{ "+CEREG: 3,2,,,,0,40", 40, false, "without a known reason", PASSES, REJECT_PASSES },
	{ "+CEREG: 3,2,,,,0,42", 42, false, "without a known reason", PASSES, REJECT_PASSES },
	{ "+CEREG: 3,2,,,,0,97", 97, false, "protocol error", PASSES, REJECT_PASSES },
	{ "+CEREG: 3,2,,,,0,77", 77, false, "without a known reason", PASSES, REJECT_PASSES },
	{ "+CEREG: 3,3,,,,0,27", 27, false, "without a known reason", PASSES, REJECT_PASSES },
	/* the makers' own */
	{ "#CEERNET: 15", 15, false, "no suitable cells", CELLS, REJECT_LASTS },
	{ "#CEERNET: 22", 22, false, "congestion", FULL, REJECT_WAITS },
	{ "^REJINFO: \"46000\",0,7,6,0,7,\"1422\",\"05\",\"0C027F50\"", 7, false,
	  "GPRS services not allowed", CONTRACT, REJECT_LASTS },
	{ "^REJINFO:46000,1,40,2,3,40,\"0026F8\",\"FF\",\"0A444202\"", 40, false,
	  "without a known reason", PASSES, REJECT_PASSES },
	{ "+QCFG: \"emmcause\",11", 11, false, "PLMN not allowed", PLACE, REJECT_LASTS },
	{ "+CEER: \"EMM reject\",19,\"ESM failure\"", 19, false, "ESM failure", APN, REJECT_LASTS },
	{ "+CEER: \"EMM cause\",11,\"PLMN not allowed\"", 11, false, "PLMN", PLACE, REJECT_LASTS },
	{ "+CEER: \"SM attach error\",7,\"GPRS services not allowed\"", 7, false, "GPRS", CONTRACT,
	  REJECT_LASTS },
	{ "+CEER: EMM cause 15, no suitable cells", 15, false, "suitable", CELLS, REJECT_LASTS },
	{ "+CEER: EMM_CAUSE_ESM_FAILURE", 19, false, "ESM failure", APN, REJECT_LASTS },
	{ "+CEER: EPS_AND_NON_EPS_SERVICES_NOT_ALLOWED", 8, true, "operator determined barring",
	  CONTRACT, REJECT_LASTS },
	{ "+CEER: Illegal MS", 3, true, "illegal MS", SIM, REJECT_LASTS },
	{ "+CEER: Illegal ME", 6, true, "illegal ME", MODEM, REJECT_LASTS },
	{ "+CEREG: 3,3,\"2C01\",\"01A2B30C\",8,0,7", 7, false, "not allowed", "with this modem's IMEI",
	  REJECT_LASTS },
	{ "+CEER: NO_SUITABLE_CELLS_IN_TRACKING_AREA", 15, true, "suitable", CELLS, REJECT_LASTS },
	{ "+CEER: EPS services not allowed", 7, true, "not allowed", CONTRACT, REJECT_LASTS },
	{ "+CEER: \"PLMN not allowed\"", 11, true, "PLMN not allowed", PLACE, REJECT_LASTS },
	{ "+CEER: \"EMM 11\"", 11, false, "PLMN not allowed", PLACE, REJECT_LASTS },
	/* of calls */
	{ "+CEER: \"ESM 27\"", 27, true, "unknown APN", APN, REJECT_LASTS },
	{ "+CEER: \"SM activation error\",133,\"Requested service option not subscribed\"", 33, true,
	  "not subscribed", CONTRACT, REJECT_LASTS },
	{ "+CEER: \"SM activation error\",8,\"Operator determined barring\"", 8, true,
	  "operator determined barring", CONTRACT, REJECT_LASTS },
	{ "+CEER: \"SM activation error\",25,\"LLC or SNDCP failure\"", 25, true, "without a known reason", PASSES,
	  REJECT_PASSES },
	{ "+CEER: \"SM activation error\",26,\"Insufficient resources\"", 26, true,
	  "insufficient resources", FULL, REJECT_WAITS },
	{ "+CEER: Unknown APN", 27, true, "unknown APN", APN, REJECT_LASTS },
	{ "+CEER: Missing or unknown APN", 27, true, "unknown APN", APN, REJECT_LASTS },
	{ "+CEER: Unknown PDP address or PDP type", 28, true, "PDP type", TYPE, REJECT_LASTS },
	{ "+CEER: PDP authentication failure", 29, true, "user authentication failed", ACCOUNT,
	  REJECT_LASTS },
	{ "+CEER: SM cause=29", 29, true, "user authentication failed", ACCOUNT, REJECT_LASTS },
	{ "+CEER: Activation rejected by GGSN", 30, true, "activation rejected", PASSES,
	  REJECT_PASSES },
	{ "+CEER: Activation rejected, unspecified", 31, true, "unspecified", PASSES,
	  REJECT_PASSES },
	{ "+CEER: Service option not supported", 32, true, "not supported", CONTRACT,
	  REJECT_LASTS },
	{ "+CEER: Requested service option not subscribed (#33)", 33, true, "not subscribed",
	  CONTRACT, REJECT_LASTS },
	{ "+CEER: \"No PDP context activated\",\"SM\",\"Cause: 33 - requested service option "
	  "not subscribed\"", 33, true, "not subscribed", CONTRACT, REJECT_LASTS },
	{ "+CEER: \"ESM cause\",34,\"\"", 34, true, "temporarily out of order", PASSES,
	  REJECT_PASSES },
	{ "+CEER: SM cause: 38", 38, true, "network failure", PASSES, REJECT_PASSES },
	{ "+CEER: \"SM activation error\",50,\"PDP type IPv4 only allowed\"", 50, true, "only IPv4",
	  TYPE, REJECT_LASTS },
	{ "+CEER: \"SM activation error\",51,\"\"", 51, true, "only IPv6", TYPE, REJECT_LASTS },
};

/* No reason of a network's, or none that can be told. */
static const char *const others[] = {
	"+CEER: No report available", "+CEER: \"No report available\"", "+CEER: 0,0,0",
	"+CEER: 5,19,0", "+CEER: \"CC setup error\", 16, \"Normal call clearing\"",
	"+CEER: \"CC cause 31\"", "+CEER: \"SM detach\",0,\"No cause information available\"",
	"+CEER: \"0 Unknown\"", "+CEER: \"16 Normal call clearing\"", "+CEER: EMM detached",
	"+CEER: Regular deactivation", "+CEER: SM cause 36", "+CEER: ", "+CEER: \"", "+CEER: \",,",
	"+CEER: cause", "+CEER: cause 999999999999", "+CEER: cause -3", "+CEER: SIM failure",
	"+CEER: 0,NONE", "+CEER: 0,-1", "+CEER: \"SMS 301\"", "+CEER: ESM sync up with network",
	"+CEER: Error 0 (this error code is not referenced)", "+CEER: Limited service",
	"+CEER: No cause information available", "+CEER: No report",
	"+CEER: 0,0,5,16,normal call clearing", "+CEER: network rejected call",
	"+CEREG: 3,2,,,,0,114", "+CEREG: 3,3,\"124A\",\"02ED0202\",7,0,0", "#CEERNET: 0", "#CEERNET: 1", "#CEERNET: 256", "#CEERNET:", "^REJINFO: 3",
	"^REJINFO: 46000,1,258,2,3", "+QCFG: \"emmcause\"", "+QCFG: \"emmcause\",0",
	"+QCFG: \"nwscanmode\",3", "+CREG: 0,3", "OK", "",
	/* <cause_type> 1 is the maker's own, and a modem that is registered is not refused */
	"+CREG: 3,3,,,,1,15", "+CEREG: 3,1,\"1F00\",\"79D903\",7,0,15", "+CEREG: 3,5,,,,0,15",
	"+CEREG: 4,2,,,7,,,\"00000000\",\"00000000\"", "+CREG: 2,3,\"1389\",\"01F5C481\",2",
	"+CREG: 3,3,,,,0,", "+CREG: 3,3,,,,0,x", "+CREG: 3,3,,,,0,-1", "+CGREG: 3,3,,,,\"01\"",
};
/* clang-format on */

static bool decode(const char *line, struct modem_reject *reject)
{
	struct modem_registration registration;
	enum modem_domain domain;

	if (!modem_decode_registration(line, &domain, &registration))
		return modem_decode_reject(line, reject);
	reject->cause = registration.cause;
	return registration.cause > 0;
}

static void reasons_in_every_maker_s_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct modem_reject got = {0};
		struct buf text = BUF_INIT;

		if (!decode(rows[i].line, &got) || got.cause != rows[i].cause ||
		    got.of_call != rows[i].of_call)
			fail_msg("%s: %d %d", rows[i].line, got.cause, got.of_call);
		modem_reject_print(&got, &text);
		if (!strstr(buf_str(&text), rows[i].text) ||
		    !strstr(buf_str(&text), rows[i].advice) ||
		    modem_reject_pace(&got) != rows[i].pace)
			fail_msg("%s: %s", rows[i].line, buf_str(&text));
		buf_free(&text);
	}
}

static void what_is_no_reason_is_none(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(others); i++) {
		struct modem_reject got = {0};

		if (decode(others[i], &got) || got.cause != 0)
			fail_msg("%s: %d", others[i], got.cause);
		assert_int_equal(modem_reject_pace(&got), REJECT_PASSES);
	}
}

static void the_network_s_own_timer_is_read(void **state)
{
	static const struct {
		const char *line;
		int wait_s;
	} timers[] = {
		{"+CABTRDP: \"internet\",720,0,0,0", 720},
		{"+CABTRDP: \"internet\",0", 0},
		{"+CABTRDP: \"internet\"", 0},
		{"+CABTRDP: \"internet\",-5", 0},
		{"+CABTRDP: \"internet\",99999999", 0},
		{"+CEER: 720", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(timers); i++) {
		struct modem_reject got = {.cause = 26, .of_call = true};

		modem_decode_backoff(timers[i].line, &got);
		assert_int_equal(got.wait_s, timers[i].wait_s);
	}
}

/* How a modem answers, and what the stage makes of it. */
struct play {
	const char *creg, *cereg; /* the answers to the reads */
	int vid;
	const char *command, *text; /* one more */
	bool dial;
	enum at_final_kind final; /* of ATD */
	int code;
	const char *want, *log;
	int cause, wait_s;
};

static void run_play(const struct play *play)
{
	struct conf conf;
	struct script script;
	struct at_command command;
	struct buf log = BUF_INIT;
	enum script_verdict verdict;
	int64_t now = 1000, end = now + 19000;

	assert_int_equal(conf_init(&conf), 0);
	script_init(&script, &conf);
	script.family = modem_family_find(play->vid, "");
	script.facts.sim = MODEM_SIM_READY;
	script.memory.toggle_futile = true;
	script.memory.data_tried = true;
	strcpy(script.modem.context.apn, "internet");
	script_start(&script, play->dial ? SCRIPT_DIAL : SCRIPT_REGISTER, now);
	while ((verdict = script_next(&script, &command, now)) == SCRIPT_COMMAND ||
	       (verdict == SCRIPT_WAIT && script.wake_at < end)) {
		struct at_event event = {.type = AT_EVENT_REPLY,
					 .final = {.kind = AT_FINAL_OK},
					 .text = "",
					 .command = command.text};

		if (verdict == SCRIPT_WAIT) {
			now = script.wake_at;
			continue;
		}
		buf_printf(&log, "%s|", command.text);
		if (strcmp(command.text, "AT+CREG?") == 0)
			event.text = play->creg;
		else if (strcmp(command.text, "AT+CEREG?") == 0)
			event.text = play->cereg;
		else if (play->dial && strcmp(command.text, "AT+CGATT?") == 0)
			event.text = "+CGATT: 1";
		else if (play->command && strcmp(command.text, play->command) == 0)
			event.text = play->text;
		if (strncmp(command.text, "AT+WS46", 7) == 0)
			event.final.kind = AT_FINAL_ERROR;
		if (strncmp(command.text, "ATD", 3) == 0)
			event.final = (struct at_final){play->final, play->code, "NO CARRIER"};
		now += 20;
		script_reply(&script, &event, now);
	}
	if (verdict == SCRIPT_WAIT)
		script_describe_registration(&script, &script.text);
	if (!strstr(buf_str(&script.text), play->want) || !strstr(buf_str(&log), play->log))
		fail_msg("%s\n%s", buf_str(&script.text), buf_str(&log));
	assert_int_equal(script.facts.reject.cause, play->cause);
	assert_int_equal(script.facts.reject.wait_s, play->wait_s);
	buf_free(&log);
	script_free(&script);
	conf_free(&conf);
}

static void a_refusal_is_told_with_its_reason(void **state)
{
	/* clang-format off */
	static const struct play plays[] = {
		{ .creg = "+CREG: 3,3,,,,0,13", .cereg = "",
		  .want = "denies registration (cs denied, ps idle, eps idle; the network's reason: "
			  "roaming not allowed in this location area (cause 13): the SIM may not",
		  .log = "AT+CREG=3|", .cause = 13 },
		{ .creg = "+CREG: 0,3", .cereg = "",
		  .want = "(cs denied, ps idle, eps idle; the SIM tells no IMSI: is it an eSIM without a "
			  "profile?), and does not say why; is the SIM",
		  .log = "AT+CEER|", .cause = 0 },
		/* An EG25 that is in for messages alone */
		{ .creg = "+CREG: 0,6", .cereg = "+CEREG: 2,6", .want = "it may send messages only",
		  .log = "AT+CEREG?|" },
		/* Searching on, after a refusal by all that it has found */
		{ .creg = "+CREG: 2,2", .cereg = "+CEREG: 2,0", .vid = 0x1bc7,
		  .command = "AT#CEERNET", .text = "#CEERNET: 15", .want = "(cause 15)",
		  .log = "|AT#CEERNET|", .cause = 15 },
		{ .creg = "+CREG: 2,2", .cereg = "", .vid = 0x12d1, .command = "AT^REJINFO?",
		  .text = "^REJINFO: \"46000\",0,11,6,0,11,\"1422\",\"05\",\"0C027F50\"",
		  .want = "PLMN not allowed (cause 11)", .log = "|AT^REJINFO?|", .cause = 11 },
		{ .creg = "+CREG: 0,3", .cereg = "", .vid = 0x2c7c,
		  .command = "AT+QCFG=\"emmcause\"", .text = "+QCFG: \"emmcause\",7",
		  .want = "(cause 7)", .log = "AT+QCFG=\"emmcause\"|", .cause = 7 },
		{ .creg = "+CREG: 0,3", .cereg = "", .vid = 0x1546, .command = "AT+CEER",
		  .text = "+CEER: \"EMM cause\",11,\"PLMN not allowed\"",
		  .want = "PLMN not allowed (cause 11)", .log = "AT+CEER|", .cause = 11 },
		/* What +CEER says here is of an earlier call. */
		{ .creg = "+CREG: 0,3", .cereg = "", .command = "AT+CEER",
		  .text = "+CEER: Requested service option not subscribed",
		  .want = ", and does not say why", .log = "AT+CEER|", .cause = 0 },
		{ .dial = true, .final = AT_FINAL_NO_CARRIER, .command = "AT+CEER",
		  .text = "+CEER: Unknown APN",
		  .want = "ATD*99***1# refused: NO CARRIER (+CEER: Unknown APN): missing or unknown "
			  "APN (cause 27): check network.apn",
		  .log = "ATD*99***1#|AT+CGATT?|ATD*99#|AT+CEER|", .cause = 27 },
		{ .dial = true, .final = AT_FINAL_NO_CARRIER, .command = "AT+CEER",
		  .text = "+CEER: No report available",
		  .want = "ATD*99***1# refused: NO CARRIER (+CEER: No report available)",
		  .log = "AT+CEER|", .cause = 0 },
		{ .dial = true, .final = AT_FINAL_CME, .code = 133, .want = "(cause 33)",
		  .log = "AT+CEER|", .cause = 33 },
		{ .dial = true, .final = AT_FINAL_CME, .code = 126,
		  .command = "AT+CABTRDP=\"internet\"", .text = "+CABTRDP: \"internet\",720",
		  .want = "wants to be left alone for a while, for 720 s",
		  .log = "AT+CEER|AT+CABTRDP=\"internet\"|", .cause = 26, .wait_s = 720 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(plays); i++)
		run_play(&plays[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reasons_in_every_maker_s_form),
		cmocka_unit_test(what_is_no_reason_is_none),
		cmocka_unit_test(the_network_s_own_timer_is_read),
		cmocka_unit_test(a_refusal_is_told_with_its_reason),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
