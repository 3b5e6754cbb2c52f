/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "base/json.h"
#include "io/port.h"
#include "status/history.h"
#include "status/rate.h"
#include "session/session.h"
#include "status/screen.h"
#include "status/snapshot.h"
#include "status/wrap.h"

static struct modem_facts facts(void)
{
	struct modem_facts facts = {
		.registered = true, .act = 6, .operator= "T\xc3\xa9l\xc3\xa9\xff\n" };

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

/* A session in a state that it has reached by itself elsewhere. */
struct world {
	struct session session;
	struct port port;
	struct modem_facts facts;
	struct rate rate;
	struct snapshot from;
};

static void begin_world(struct world *world)
{
	memset(world, 0, sizeof(*world));
	world->session.failed_at = world->session.up_at = -1;
	world->session.wake = world->session.limit = -1;
	port_init(&world->port, "");
	world->from = (struct snapshot){.name = "gobi",
					.session = &world->session,
					.port = &world->port,
					.ppp_pid = -1,
					.facts = &world->facts,
					.told_at = -1,
					.rate = &world->rate,
					.now = 10000000};
}

static void connect_world(struct world *world)
{
	struct session *session = &world->session;
	int64_t now;

	begin_world(world);
	now = world->from.now;
	world->facts = facts();
	world->from.told_at = now - 3725000;
	world->from.ppp_pid = 4711;
	world->from.counted = true;
	world->from.rx = 1234567;
	world->from.tx = 999;
	session->state = SESSION_CONNECTED;
	session->since = now - 3723000;
	strcpy(session->port, "/dev/ttyUSB2");
	strcpy(world->port.product, "MC8355");
	strcpy(world->port.usb_path, "1-1");
	world->port.vid = 0x1199;
	world->port.pid = 0x9013;
	strcpy(session->ppp.ifname, "ppp0");
	strcpy(session->ppp.local, "10.64.0.2");
	strcpy(session->ppp.remote, "10.64.0.1");
	strcpy(session->ppp.dns[0], "192.0.2.53");
	session->ppp.dns_count = 1;
	session->up_at = session->since;
	world->rate = (struct rate){
		.link_at = session->up_at, .at = now - 1000, .rx = 1232067, .tx = 987};
	session->dials = 3;
	session->cause = CAUSE_LINK_LOST;
	buf_printf(&session->text, "carrier lost");
	session->failed_at = now - 60000;
	session->ladder.rung = LADDER_CFUN;
	session->ladder.failures = 5;
	session->timeline[0] = (struct session_mark){"probing", 0};
	session->timeline[1] = (struct session_mark){"connected", 1100};
	session->timeline_count = 2;
}

static struct json_object *connected_json(struct world *world)
{
	connect_world(world);
	return snapshot_json(&world->from);
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
	struct world world;
	struct json_object *object = connected_json(&world);
	struct json_object *ppp = at(object, "ppp");
	struct json_object *network = at(object, "network");
	struct json_object *domain = at(at(network, "domains"), "ps");

	(void)state;
	assert_string_equal(text_at(object, "name"), "gobi");
	assert_string_equal(text_at(at(object, "recovery"), "rung"), "cfun");
	assert_int_equal(json_object_get_int(at(at(object, "recovery"), "tries")), 5);
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
	assert_int_equal(json_object_get_int(at(at(object, "signal"), "rssi_dbm")), -87);
	assert_string_equal(text_at(at(object, "last_failure"), "cause"), "link-lost");
	assert_int_equal(json_object_array_length(at(object, "timeline")), 2);
	buf_free(&world.session.text);
	json_object_put(object);
}

static void unknown_values_are_left_out(void **state)
{
	struct json_object *object;
	struct world world;
	struct json_object *value;

	(void)state;
	begin_world(&world);
	object = snapshot_json(&world.from);
	assert_false(json_object_object_get_ex(object, "port", &value));
	assert_false(json_object_object_get_ex(object, "network", &value));
	assert_false(json_object_object_get_ex(at(object, "ppp"), "local", &value));
	assert_null(at(object, "last_failure"));
	json_object_put(object);
}

static void a_modems_bytes_stay_json(void **state)
{
	struct world world;
	struct json_object *object = connected_json(&world);
	struct json_object *again = json_tokener_parse(json_object_to_json_string(object));

	(void)state;
	assert_non_null(again);
	assert_string_equal(text_at(at(again, "network"), "operator"),
			    "T\xc3\xa9l\xc3\xa9\\377\\012");
	json_object_put(again);
	buf_free(&world.session.text);
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
		"2.5 kB/s in, 12 B/s out, over the last 1.0 s",
		"link-lost: carrier lost, 1 min 0 s ago",
		"  1100 ms  connected",
	};
	struct world world;
	struct json_object *object = connected_json(&world);
	struct buf out = BUF_INIT;

	(void)state;
	screen_render(object, &(struct screen_look){0}, &out);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(*wanted); i++)
		assert_non_null(strstr(buf_str(&out), wanted[i]));
	assert_null(strchr(buf_str(&out), '\033'));
	buf_clear(&out);
	screen_render(object, &(struct screen_look){.colour = true}, &out);
	assert_non_null(strstr(buf_str(&out), "\033[32mconnected\033[0m"));
	buf_free(&out);
	buf_free(&world.session.text);
	json_object_put(object);
}

/* How many columns a line takes, with colours and UTF-8. */
static int columns_of(const char *line, size_t len)
{
	int columns = 0;

	for (size_t i = 0; i < len; i++) {
		if (line[i] == '\033')
			while (line[i] != 'm')
				i++;
		else if (((unsigned char)line[i] & 0xc0) != 0x80)
			columns++;
	}
	return columns;
}

static int widest(const char *screen)
{
	int most = 0;

	for (size_t len; *screen; screen += len + 1) {
		len = strcspn(screen, "\n");
		if (columns_of(screen, len) > most)
			most = columns_of(screen, len);
	}
	return most;
}

/* All of `text` but the blanks and the colours. */
static void squeeze(const char *text, struct buf *out)
{
	buf_clear(out);
	for (; *text; text++) {
		if (*text == '\033')
			text = strchr(text, 'm');
		else if (*text != ' ' && *text != '\n')
			buf_append(out, text, 1);
	}
}

static void no_line_is_wider_than_the_terminal(void **state)
{
	static const int widths[] = {200, 80, 40, 21, 20};
	struct world world;
	struct buf whole = BUF_INIT, out = BUF_INIT;
	struct buf is = BUF_INIT, was = BUF_INIT;
	struct json_object *object;

	(void)state;
	connect_world(&world);
	world.session.state = SESSION_BACKING_OFF;
	world.session.wake = world.from.now + 299000;
	strcpy(world.port.product, "Sierra Wireless MC8355 - Gobi 3000(TM) Module");
	strcpy(world.session.ppp.ipv6, "fe80::1234:5678:9abc:def0");
	buf_clear(&world.session.text);
	buf_printf(&world.session.text, "ATD*99***1# refused: NO CARRIER (+CEER: "
					"Requested_service_option_not_subscribed_at_all)");
	object = snapshot_json(&world.from);
	screen_render(object, &(struct screen_look){0}, &whole);
	assert_true(widest(buf_str(&whole)) > 80);
	squeeze(buf_str(&whole), &was);
	for (size_t i = 0; i < sizeof(widths) / sizeof(*widths); i++) {
		struct screen_look look = {true, widths[i]};

		buf_clear(&out);
		screen_render(object, &look, &out);
		assert_in_range(widest(buf_str(&out)), 15, widths[i]);
		/* Nothing got lost. */
		squeeze(buf_str(&out), &is);
		assert_string_equal(buf_str(&is), buf_str(&was));
	}
	buf_free(&whole);
	buf_free(&out);
	buf_free(&is);
	buf_free(&was);
	buf_free(&world.session.text);
	json_object_put(object);
}

static void lines_break_where_it_hurts_least(void **state)
{
	static const struct {
		const char *text, *laid;
	} rows[] = {
		{"", "\n"},
		{"  dns       192.0.2.53, 192.0.2.54",
		 "  dns       192.0.2.53,\n            192.0.2.54\n"},
		/* Exactly as wide as there is room, and one more. */
		{"  port      /dev/ttyUSB22", "  port      /dev/ttyUSB22\n"},
		{"  port      /dev/ttyUSB222", "  port      /dev/ttyUSB22\n            2\n"},
		/* Colours take no room. */
		{"  signal    \033[32m|||||\033[0m -100 dBm",
		 "  signal    \033[32m|||||\033[0m -100\n            dBm\n"},
		/* A character is never cut, and a wide one takes two. */
		{"  network   \xe4\xb8\xad\xe5\x9b\xbd\xe4\xb8\xad\xe5\x9b\xbd"
		 "\xe4\xb8\xad\xe5\x9b\xbd\xe4\xb8\xad",
		 "  network   \xe4\xb8\xad\xe5\x9b\xbd\xe4\xb8\xad\xe5\x9b\xbd"
		 "\xe4\xb8\xad\xe5\x9b\xbd\n            \xe4\xb8\xad\n"},
		/* Bytes that are no character stay inside. */
		{"\xe4\xb8", "\xe4\xb8\n"},
	};
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		buf_clear(&out);
		wrap_line(&out, rows[i].text, 12, 25);
		assert_string_equal(buf_str(&out), rows[i].laid);
	}
	buf_free(&out);
}

static void rates_come_from_two_readings(void **state)
{
	struct rate rate = {0};

	(void)state;
	/* The first is from the link's start, where all began at 0. */
	rate_take(&rate, 1000, 1100, 50, 50);
	assert_int_equal(rate.rx_rate, -1);
	rate_take(&rate, 1000, 3000, 2000, 100);
	assert_int_equal(rate.rx_rate, 1000);
	assert_int_equal(rate.tx_rate, 50);
	assert_int_equal(rate.over_ms, 2000);
	/* Two who ask at once get the same. */
	rate_take(&rate, 1000, 3001, 9000, 100);
	assert_int_equal(rate.rx_rate, 1000);
	rate_take(&rate, 1000, 4000, 12000, 100);
	assert_int_equal(rate.rx_rate, 10000);
	assert_int_equal(rate.tx_rate, 0);
	/* Another link's counters begin anew. */
	rate_take(&rate, 5000, 6000, 700, 1);
	assert_int_equal(rate.rx_rate, 700);
	assert_int_equal(rate.over_ms, 1000);
	/* Days, and more than 32 bits. */
	rate_take(&rate, 5000, 6000 + 10 * 86400000LL, 700 + 86400000000000LL, 1);
	assert_int_equal(rate.rx_rate, 100000000);
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
		screen_render(object, &(struct screen_look){.colour = true, .columns = 20}, &out);
		assert_false(out.failed);
		buf_free(&out);
		json_object_put(object);
	}
}

static void the_history_keeps_the_last_samples(void **state)
{
	struct history history = {0};
	struct modem_signal signal;
	struct json_object *list, *sample;

	(void)state;
	modem_signal_clear(&signal);
	history_add(&history, &signal, 0);
	assert_int_equal(history.count, 0);
	modem_decode_signal("+CSQ: 31,99", &signal);
	history_add(&history, &signal, 1000);
	modem_signal_clear(&signal);
	signal.rsrp_dbm = -97;
	for (int i = 1; i <= HISTORY_SAMPLES; i++)
		history_add(&history, &signal, 1000 + 1000 * i);
	list = history_json(&history, 200000);
	assert_int_equal(json_object_array_length(list), HISTORY_SAMPLES);
	sample = json_object_array_get_idx(list, 0);
	assert_int_equal(json_object_get_int(json_object_object_get(sample, "ago_ms")), 198000);
	assert_int_equal(json_object_get_int(json_object_object_get(sample, "dbm")), -97);
	sample = json_object_array_get_idx(list, HISTORY_SAMPLES - 1);
	assert_int_equal(json_object_get_int(json_object_object_get(sample, "ago_ms")), 79000);
	assert_int_equal(json_object_get_int(json_object_object_get(sample, "percent")),
			 modem_signal_percent(&signal));
	json_object_put(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(json_has_the_contracts_fields),
		cmocka_unit_test(unknown_values_are_left_out),
		cmocka_unit_test(a_modems_bytes_stay_json),
		cmocka_unit_test(the_screen_tells_what_matters),
		cmocka_unit_test(no_line_is_wider_than_the_terminal),
		cmocka_unit_test(lines_break_where_it_hurts_least),
		cmocka_unit_test(rates_come_from_two_readings),
		cmocka_unit_test(the_screen_takes_any_object),
		cmocka_unit_test(the_history_keeps_the_last_samples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
