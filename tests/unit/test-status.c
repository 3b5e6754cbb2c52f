/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "status/json.h"
#include "status/status.h"

static struct modem_facts facts(void)
{
	struct modem_facts facts = {.registered = true,
				    .act = 6,
				    .operator= "T\xc3\xa9l\xc3\xa9\xff\n" };

	modem_signal_clear(&facts.signal);
	modem_decode_signal("+CSQ: 13,99", &facts.signal);
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		facts.registration[i] = (struct modem_registration){
			.stat = MODEM_REG_IDLE, .lac = -1, .ci = -1, .act = -1};
	facts.domain_known[MODEM_DOMAIN_PS] = true;
	facts.registration[MODEM_DOMAIN_PS].stat = MODEM_REG_HOME;
	facts.registration[MODEM_DOMAIN_PS].lac = 0x1206;
	return facts;
}

static struct status connected(const struct modem_facts *facts)
{
	return (struct status){
		.name = "gobi",
		.state = "connected",
		.since_ms = 3723000,
		.port = "/dev/ttyUSB2",
		.product = "MC8355",
		.usb_path = "1-1",
		.vid = 0x1199,
		.pid = 0x9013,
		.ppp = {.ifname = "ppp0",
			.pid = 4711,
			.local = "10.64.0.2",
			.remote = "10.64.0.1",
			.ipv6 = "",
			.dns = {"192.0.2.53"},
			.dns_count = 1,
			.rx_bytes = 1234567,
			.tx_bytes = 999},
		.facts = facts,
		.redials = 2,
		.failure = {CAUSE_LINK_LOST, "carrier lost", 60000},
		.next_try_ms = -1,
		.timeline = {{"probing", 0}, {"connected", 1100}},
		.timeline_count = 2,
	};
}

static struct json_object *at(struct json_object *object, const char *key)
{
	struct json_object *value = NULL;

	assert_true(json_object_object_get_ex(object, key, &value));
	return value;
}

static const char *text_at(struct json_object *object, const char *key)
{
	return json_object_get_string(at(object, key));
}

static void json_has_the_contracts_fields(void **state)
{
	struct modem_facts known = facts();
	struct status status = connected(&known);
	struct json_object *object = status_to_json(&status);
	struct json_object *ppp = at(object, "ppp");
	struct json_object *network = at(object, "network");
	struct json_object *domain = at(at(network, "domains"), "ps");

	(void)state;
	assert_string_equal(text_at(object, "name"), "gobi");
	assert_string_equal(text_at(object, "state"), "connected");
	assert_int_equal(json_object_get_int(at(object, "since_ms")), 3723000);
	assert_string_equal(text_at(object, "port"), "/dev/ttyUSB2");
	assert_string_equal(text_at(at(object, "modem"), "vid"), "1199");
	assert_string_equal(text_at(ppp, "local"), "10.64.0.2");
	assert_int_equal(json_object_get_int(at(ppp, "rx_bytes")), 1234567);
	assert_string_equal(text_at(network, "registration"), "home");
	assert_string_equal(text_at(network, "technology"), "HSPA");
	assert_string_equal(text_at(domain, "state"), "home");
	assert_int_equal(json_object_get_int(at(domain, "lac")), 0x1206);
	assert_int_equal(
		json_object_get_int(at(at(object, "signal"), "rssi_dbm")), -87);
	assert_string_equal(text_at(at(object, "last_failure"), "cause"),
			    "link-lost");
	assert_int_equal(json_object_array_length(at(object, "timeline")), 2);
	json_object_put(object);
}

static void unknown_values_are_left_out(void **state)
{
	struct status status = {
		.name = "gobi",
		.state = "waiting",
		.vid = -1,
		.pid = -1,
		.ppp = {.pid = -1, .rx_bytes = -1, .tx_bytes = -1},
		.next_try_ms = -1};
	struct json_object *object = status_to_json(&status);
	struct json_object *value;

	(void)state;
	assert_false(json_object_object_get_ex(object, "port", &value));
	assert_false(json_object_object_get_ex(object, "network", &value));
	assert_false(
		json_object_object_get_ex(at(object, "ppp"), "local", &value));
	assert_null(at(object, "last_failure"));
	json_object_put(object);
}

static void a_modems_bytes_stay_json(void **state)
{
	struct modem_facts known = facts();
	struct status status = connected(&known);
	struct json_object *object = status_to_json(&status);
	struct json_object *again =
		json_tokener_parse(json_object_to_json_string(object));

	(void)state;
	assert_non_null(again);
	assert_string_equal(text_at(at(again, "network"), "operator"),
			    "T\xc3\xa9l\xc3\xa9\\377\\012");
	json_object_put(again);
	json_object_put(object);
}

static void the_screen_tells_what_matters(void **state)
{
	static const char *const wanted[] = {
		"gobi: connected for 1 h 2 min\n",
		"/dev/ttyUSB2",
		"MC8355, 1199:9013, USB 1-1",
		"HSPA",
		"|||.. -87 dBm",
		"10.64.0.2 (peer 10.64.0.1)",
		"192.0.2.53",
		"1.2 MB in, 999 B out",
		"link-lost: carrier lost, 1 min 0 s ago",
		"  1100 ms  connected",
	};
	struct modem_facts known = facts();
	struct status status = connected(&known);
	struct json_object *object = status_to_json(&status);
	struct buf out = BUF_INIT;

	(void)state;
	status_render(object, false, &out);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		assert_non_null(strstr(buf_str(&out), wanted[i]));
	assert_null(strchr(buf_str(&out), '\033'));
	buf_clear(&out);
	status_render(object, true, &out);
	assert_non_null(strstr(buf_str(&out), "\033[32mconnected\033[0m"));
	buf_free(&out);
	json_object_put(object);
}

/* The client may talk to anything that calls itself an instance. */
static void the_screen_takes_any_object(void **state)
{
	static const char *const texts[] = {
		"{}",
		"{\"state\":5,\"ppp\":[],\"timeline\":{},\"signal\":\"x\"}",
		"{\"ppp\":{\"local\":\"1\",\"dns\":7},\"timeline\":[null,3]}",
		"{\"last_failure\":[],\"network\":1,\"modem\":{\"vid\":{}}}",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		struct json_object *object = json_tokener_parse(texts[i]);
		struct buf out = BUF_INIT;

		assert_non_null(object);
		status_render(object, true, &out);
		assert_false(out.failed);
		buf_free(&out);
		json_object_put(object);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_the_contracts_fields),
		cmocka_unit_test(unknown_values_are_left_out),
		cmocka_unit_test(a_modems_bytes_stay_json),
		cmocka_unit_test(the_screen_tells_what_matters),
		cmocka_unit_test(the_screen_takes_any_object),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
