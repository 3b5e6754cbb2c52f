/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "modem/at-request.h"
#include "status/at-json.h"
#include "status/show.h"

static bool may_go(const char *text, enum at_request_scope scope, bool force)
{
	struct buf why = BUF_INIT;
	struct at_request order;
	bool fine;

	at_request_init(&order);
	order.force = force;
	assert_int_equal(at_request_add(&order, text), 0);
	fine = at_request_check(&order, scope, &why);
	assert_true(fine == (why.len == 0));
	assert_null(strstr(buf_str(&why), "=1234"));
	buf_free(&why);
	at_request_free(&order);
	return fine;
}

static void what_asks_only_may_go_to_an_instances_modem(void **state)
{
	static const char *const texts[] = {
		"AT",
		"ati",
		"AT+CSQ",
		"AT+CPIN?",
		"AT+CPIN=?",
		"AT^CPIN?",
		"AT+CPINC?",
		"AT+CLCK=?",
		"AT+COPS?",
		"AT+COPS=?",
		"AT+CFUN?",
		"AT!GSTATUS?",
		"ATE0",
		"AT+CGDCONT?",
		"AT+CREG=2",
		"ATS7=60",
		"AT$QCPDPP?",
		"AT&W",
		"AT+XDATA=\"ATD112;Z\"",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++)
		assert_true(may_go(texts[i], AT_REQUEST_INSTANCE, false));
}

/* What is refused for all; for an instance's modem; and, whatever is meant. */
static const char *const pins[] = {
	"AT+CPIN=1234",
	"at+cpin=\"1234\"",
	"AT + C P I N = 1234",
	"AT+CSQ;+CPIN=1234",
	"AT^CPIN=1234",
	"AT+CPIN2=1234",
	"AT+CLCK=\"SC\",1,\"1234\"",
	"AT+CPWD=\"SC\",\"1\",\"2\"",
	"AT+CSIM=26,\"00200001\"",
	"AT*EPUK=1234",
	"AT+CPIN?;+CPIN=1234",
	"AT+CGLA=1,26,\"0020000108\"",
	"AT^SLCK=\"SC\",0,\"1234\"",
	"AT^SPWD=\"SC\",\"1\",\"2\"",
	"AT^CARDLOCK=1234",
	"AT^CARDUNLOCK=1234",
	"AT^DATALOCK=1234",
	"AT#CSIM=26,\"0\"",
	"AT+ZNCK=1234",
	"AT+EPIN1=1234",
	"AT%APDU=\"00200001\"",
	"ATD**04*1234*0000*0000#",
	"ATD**05*12345678*1234*1234#",
};
static const char *const calls[] = {
	"ATD*99#", "ATDT112;",  "ATE0D1",        "ATE0Q0V1D1",          "ATO",
	"ATA",     "AT+CSQ;D1", "AT+X=\";\";D1", "AT+CGDATA=\"PPP\",1", "AT+CMGS=\"1\"",
	"AT&D2D1", "ATS7=60D1", "ATX3D1",
};
static const char *const breaking[] = {
	"ATZ",        "ATE0Z",       "AT&F",         "AT&D0",     "ATH",
	"AT+CSQ;H",   "AT+CFUN=1,1", "AT+CGACT=0,1", "ATQ0V1",    "AT!RESET",
	"AT^RESET",   "AT#REBOOT",   "AT+QPOWD=1",   "AT+COPS=2", "AT+CGDCONT=1,\"IP\",\"x\"",
	"AT+CGATT=0",
};
static const char *const hiding[] = {
	"ATQ1", "ATV0", "ATV", "ATQ", "ATE0Q1", "AT+CSQ;V0", "ATV1V0",
};
static const char *const harmless[] = {
	"AT+QPING=1,\"x\"", "AT^SLCK?",       "AT+CGLA=?", "AT+CCLK=\"26/11/29,12:00:00\"",
	"ATQ0V1E1",         "ATQ?",           "ATV?",      "AT&V",
	"AT+QV0=1",         "AT+X=\"V0;Q1\"",
};
static const char *const never[] = {
	"",         "hello",  "A",      "+CSQ",   " AT",        "AT\r",
	"AT\nATD1", "AT\x1a", "AT\x1b", "AT\x7f", "AT\xc3\xa9",
};

static void what_breaks_something_has_to_be_meant(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(pins); i++) {
		assert_false(may_go(pins[i], AT_REQUEST_OWN, false));
		assert_true(may_go(pins[i], AT_REQUEST_INSTANCE, true));
	}
	for (size_t i = 0; i < COUNT(calls); i++) {
		assert_false(may_go(calls[i], AT_REQUEST_OWN, false));
		assert_true(may_go(calls[i], AT_REQUEST_OWN, true));
	}
	for (size_t i = 0; i < COUNT(breaking); i++) {
		assert_false(may_go(breaking[i], AT_REQUEST_INSTANCE, false));
		assert_true(may_go(breaking[i], AT_REQUEST_OWN, false));
		assert_true(may_go(breaking[i], AT_REQUEST_INSTANCE, true));
	}
	for (size_t i = 0; i < COUNT(hiding); i++) {
		assert_false(may_go(hiding[i], AT_REQUEST_OWN, false));
		assert_true(may_go(hiding[i], AT_REQUEST_OWN, true));
	}
	for (size_t i = 0; i < COUNT(harmless); i++)
		assert_true(may_go(harmless[i], AT_REQUEST_OWN, false));
	for (size_t i = 0; i < COUNT(never); i++)
		assert_false(may_go(never[i], AT_REQUEST_OWN, true));
}

static void the_longest_command_is_the_channels(void **state)
{
	char text[AT_COMMAND_MAX + 2] = "AT";

	(void)state;
	memset(text + 2, 'X', AT_COMMAND_MAX - 2);
	assert_true(may_go(text, AT_REQUEST_INSTANCE, false));
	text[AT_COMMAND_MAX] = 'X';
	assert_false(may_go(text, AT_REQUEST_INSTANCE, true));
}

static void reply(struct at_request *order, const char *final, const char *text)
{
	const struct at_event event = {.type = AT_EVENT_REPLY,
				       .final = at_final_parse(final, true),
				       .text = text,
				       .command = order->items[order->index].text};

	at_request_reply(order, &event);
}

static void give(struct at_request *order, size_t count)
{
	at_request_init(order);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(at_request_add(order, "AT+CSQ"), 0);
}

static void one_is_sent_after_the_other(void **state)
{
	struct at_command command;
	struct at_request order;

	(void)state;
	give(&order, 2);
	assert_true(at_request_next(&order, &command, 7));
	assert_int_equal(command.id, 7);
	assert_int_equal(command.timeout_ms, AT_REQUEST_TIMEOUT_S * 1000);
	assert_int_equal(command.flags, 0);
	assert_false(at_request_next(&order, &command, 7));
	reply(&order, "OK", "+CSQ: 1,99");
	assert_true(at_request_next(&order, &command, 7));
	reply(&order, "OK", "");
	assert_false(at_request_next(&order, &command, 7));
	assert_int_equal(at_request_cause(&order), CAUSE_NONE);
	at_request_free(&order);
}

static void an_error_ends_it_unless_told_to_go_on(void **state)
{
	struct at_command command;
	struct at_request order;

	(void)state;
	for (int keep_going = 0; keep_going < 2; keep_going++) {
		give(&order, 2);
		order.keep_going = keep_going;
		assert_true(at_request_next(&order, &command, 0));
		reply(&order, "+CME ERROR: 10", "");
		assert_int_equal(at_request_next(&order, &command, 0), keep_going);
		if (keep_going)
			reply(&order, "OK", "");
		assert_int_equal(at_request_cause(&order), CAUSE_SIM);
		at_request_free(&order);
	}
}

static void a_secret_is_marked(void **state)
{
	static const char *const texts[] = {"AT+CPIN=1234", "AT$QCPDPP=1,1,\"p\",\"u\"",
					    "AT^AUTHDATA=1,2,\"\",\"p\",\"u\"",
					    "AT+CGAUTH=1,1,\"u\",\"p\""};
	struct at_command command;
	struct at_request order;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		at_request_init(&order);
		assert_int_equal(at_request_add(&order, texts[i]), 0);
		assert_true(at_request_next(&order, &command, 0));
		assert_int_equal(command.flags, AT_SECRET);
		at_request_free(&order);
	}
}

static void answers_are_kept_up_to_a_bound(void **state)
{
	static char text[16000];
	struct at_command command;
	struct json_object *object;
	struct at_request order;

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	give(&order, 16);
	for (int i = 0; i < 16; i++) {
		assert_true(at_request_next(&order, &command, 0));
		reply(&order, "OK", text);
	}
	assert_true(order.kept <= AT_REQUEST_ANSWER_MAX);
	assert_false(order.items[0].cut);
	assert_true(order.items[15].cut);
	object = at_json_result(&order, "/dev/ttyUSB2");
	/* What the client of the socket takes. */
	assert_true(strlen(json_object_to_json_string(object)) < 262144);
	json_object_put(object);
	at_request_free(&order);
}

static void there_is_an_end_to_commands(void **state)
{
	struct at_request order;

	(void)state;
	give(&order, AT_REQUEST_COMMANDS_MAX);
	assert_int_equal(at_request_add(&order, "AT"), -E2BIG);
	at_request_free(&order);
}

static const struct {
	const char *line;
	bool good;
} requests[] = {
	{"{\"arguments\":[\"AT\"]}", true},
	{"{\"arguments\":[\"AT\"],\"timeout_ms\":1000,\"force\":true}", true},
	{"{}", false},
	{"[]", false},
	{"7", false},
	{"{\"arguments\":[]}", false},
	{"{\"arguments\":\"AT\"}", false},
	{"{\"arguments\":{\"0\":\"AT\"}}", false},
	{"{\"arguments\":[\"AT\",7]}", false},
	{"{\"arguments\":[null]}", false},
	{"{\"arguments\":[[\"AT\"]]}", false},
	{"{\"arguments\":[\"AT\\u0000D1\"]}", false},
	{"{\"arguments\":[\"AT\"],\"timeout_ms\":999}", false},
	{"{\"arguments\":[\"AT\"],\"timeout_ms\":-1}", false},
	{"{\"arguments\":[\"AT\"],\"timeout_ms\":99999999999999999999}", false},
	{"{\"arguments\":[\"AT\"],\"timeout_ms\":\"x\"}", false},
	{"{\"arguments\":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17]}", false},
};

static void requests_are_taken_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(requests); i++) {
		struct json_object *object = json_tokener_parse(requests[i].line);
		struct buf why = BUF_INIT;
		struct at_request order;
		bool good;

		at_request_init(&order);
		good = at_json_read(object, &order, &why);
		assert_int_equal(good, requests[i].good);
		assert_int_equal(good, why.len == 0);
		buf_free(&why);
		at_request_free(&order);
		json_object_put(object);
	}
}

static void a_request_says_all_of_an_order(void **state)
{
	struct json_object *object = json_object_new_object();
	struct buf why = BUF_INIT;
	struct at_request order, other;

	(void)state;
	give(&order, 3);
	order.force = true;
	order.timeout_ms = 7000;
	at_json_request(&order, object);
	at_request_init(&other);
	assert_true(at_json_read(object, &other, &why));
	assert_int_equal(other.count, 3);
	assert_string_equal(other.items[2].text, "AT+CSQ");
	assert_true(other.force);
	assert_false(other.keep_going);
	assert_int_equal(other.timeout_ms, 7000);
	at_request_free(&order);
	at_request_free(&other);
	json_object_put(object);
}

static void any_object_can_be_shown(void **state)
{
	static const char *const texts[] = {"{}",
					    "7",
					    "[]",
					    "{\"commands\":[{}]}",
					    "{\"commands\":7}",
					    "{\"commands\":[7,{\"lines\":7},{\"lines\":[{}]}]}"};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct json_object *object = json_tokener_parse(texts[i]);

		at_json_render(object, &out);
		at_json_failure(object, &out);
		json_object_put(object);
	}
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_asks_only_may_go_to_an_instances_modem),
		cmocka_unit_test(what_breaks_something_has_to_be_meant),
		cmocka_unit_test(the_longest_command_is_the_channels),
		cmocka_unit_test(one_is_sent_after_the_other),
		cmocka_unit_test(an_error_ends_it_unless_told_to_go_on),
		cmocka_unit_test(a_secret_is_marked),
		cmocka_unit_test(answers_are_kept_up_to_a_bound),
		cmocka_unit_test(there_is_an_end_to_commands),
		cmocka_unit_test(requests_are_taken_apart),
		cmocka_unit_test(a_request_says_all_of_an_order),
		cmocka_unit_test(any_object_can_be_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
