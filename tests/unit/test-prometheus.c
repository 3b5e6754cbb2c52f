/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "session/session.h"
#include "status/prometheus.h"

/*
 * A strict reader of the text format 0.0.4: HELP, TYPE, then the family's
 * samples, each family once, each series once, and a line feed at the end.
 */
#define FAMILIES_MAX 32
#define SAMPLES_MAX  64

struct sample {
	char series[512]; /* name and labels */
	double value;
};

struct page {
	char families[FAMILIES_MAX][64];
	size_t family_count;
	struct sample samples[SAMPLES_MAX];
	size_t sample_count;
	const char *wrong;
};

static bool is_name(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (!isalpha((unsigned char)text[i]) && text[i] != '_' &&
		    (i == 0 || !isdigit((unsigned char)text[i])))
			return false;
	return len > 0;
}

/* Past one `name="value"`; NULL when it is none. */
static const char *label(const char *at)
{
	size_t len = strcspn(at, "=");

	if (!is_name(at, len) || strncmp(at + len, "=\"", 2) != 0)
		return NULL;
	for (at += len + 2; *at != '"'; at++) {
		if (*at == '\0' || *at == '\n')
			return NULL;
		if (*at == '\\' && !strchr("\\\"n", *++at))
			return NULL;
	}
	return at + 1;
}

static const char *labels(const char *at)
{
	do
		at = label(at + 1);
	while (at && *at == ',');
	return at && *at == '}' ? at + 1 : NULL;
}

static bool take_sample(struct page *page, const char *line)
{
	struct sample *sample = &page->samples[page->sample_count++];
	size_t name = strcspn(line, "{ ");
	const char *end = line[name] == '{' ? labels(line + name) : line + name;
	char *rest;

	if (!end || *end != ' ' || !is_name(line, name) || page->family_count == 0 ||
	    strlen(page->families[page->family_count - 1]) != name ||
	    strncmp(page->families[page->family_count - 1], line, name) != 0)
		return false;
	snprintf(sample->series, sizeof(sample->series), "%.*s", (int)(end - line), line);
	for (size_t i = 0; i + 1 < page->sample_count; i++)
		if (strcmp(page->samples[i].series, sample->series) == 0)
			return false;
	sample->value = strtod(end + 1, &rest);
	return rest != end + 1 && *rest == '\0';
}

static bool take_help(struct page *page, const char *line)
{
	size_t len = strcspn(line, " ");
	char *family = page->families[page->family_count++];

	snprintf(family, sizeof(page->families[0]), "%.*s", (int)len, line);
	for (size_t i = 0; i + 1 < page->family_count; i++)
		if (strcmp(page->families[i], family) == 0)
			return false;
	return is_name(line, len) && line[len] == ' ' && line[len + 1];
}

static bool take_type(const struct page *page, const char *line)
{
	size_t last = page->family_count ? page->family_count - 1 : 0;
	const char *family = page->families[last];
	size_t len = strlen(family);
	bool total = len > 6 && strcmp(family + len - 6, "_total") == 0;

	if (page->family_count == 0 || strncmp(line, family, len) != 0)
		return false;
	return strcmp(line + len, total ? " counter" : " gauge") == 0;
}

static bool take_line(struct page *page, const char *line, bool *typed)
{
	if (strncmp(line, "# HELP ", 7) == 0) {
		*typed = false;
		return take_help(page, line + 7);
	}
	if (strncmp(line, "# TYPE ", 7) == 0) {
		bool first = !*typed;

		*typed = true;
		return first && take_type(page, line + 7);
	}
	return *typed && take_sample(page, line);
}

static void read_page(struct page *page, const char *text)
{
	bool typed = false;
	static char line[1024];

	memset(page, 0, sizeof(*page));
	while (*text && !page->wrong) {
		size_t len = strcspn(text, "\n");

		snprintf(line, sizeof(line), "%.*s", (int)len, text);
		if (text[len] != '\n' || len >= sizeof(line) ||
		    page->family_count == FAMILIES_MAX || page->sample_count == SAMPLES_MAX ||
		    !take_line(page, line, &typed))
			page->wrong = line;
		text += len + (text[len] == '\n');
	}
}

static void print(struct page *page, const char *json)
{
	struct json_object *object = json ? json_tokener_parse(json) : NULL;
	struct buf out = BUF_INIT;

	assert_true(!json || object);
	prometheus_print(object, "roof", &out);
	read_page(page, buf_str(&out));
	if (page->wrong)
		print_message("%s\n", page->wrong);
	assert_null(page->wrong);
	buf_free(&out);
	json_object_put(object);
}

/* -1: it is not there; none of ours is. */
static double value_of(const struct page *page, const char *series)
{
	for (size_t i = 0; i < page->sample_count; i++)
		if (strcmp(page->samples[i].series, series) == 0)
			return page->samples[i].value;
	return -1;
}

static void the_reader_is_strict(void **state)
{
	static const struct {
		const char *text;
		bool good;
	} rows[] = {
		{"# HELP a b\n# TYPE a gauge\na 1\n", true},
		{"# HELP a b\n# TYPE a gauge\na{b=\"\\\\\\\"\\n\"} -1.5\n", true},
		{"# HELP a b\n# TYPE a gauge\na 1", false},
		{"# TYPE a gauge\na 1\n", false},
		{"# HELP a b\na 1\n", false},
		{"# HELP a b\n# TYPE a counter\na 1\n", false},
		{"# HELP a b\n# TYPE b gauge\na 1\n", false},
		{"# HELP a b\n# TYPE a gauge\nb 1\n", false},
		{"# HELP a b\n# TYPE a gauge\na 1\na 2\n", false},
		{"# HELP a b\n# TYPE a gauge\na x\n", false},
		{"# HELP a b\n# TYPE a gauge\na{} 1\n", false},
		{"# HELP a b\n# TYPE a gauge\na{b=\"\\x\"} 1\n", false},
		{"# HELP a b\n# TYPE a gauge\na{b=\"c\"d} 1\n", false},
		{"# HELP a b\n# TYPE a gauge\na{b-c=\"d\"} 1\n", false},
		{"# HELP 1a b\n# TYPE 1a gauge\n1a 1\n", false},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct page page;

		read_page(&page, rows[i].text);
		assert_int_equal(page.wrong == NULL, rows[i].good);
	}
}

static void all_that_is_known_is_there(void **state)
{
	static const struct {
		const char *series;
		double value;
	} rows[] = {
		{"gobi_dial_running{name=\"roof\"}", 1},
		{"gobi_dial_up{name=\"roof\"}", 1},
		{"gobi_dial_state{name=\"roof\",state=\"connected\"}", 1},
		{"gobi_dial_state{name=\"roof\",state=\"failed\"}", 0},
		{"gobi_dial_state_seconds{name=\"roof\"}", 61.005},
		{"gobi_dial_receive_bytes_total{name=\"roof\"}", 5000000000.},
		{"gobi_dial_transmit_bytes_total{name=\"roof\"}", 7},
		{"gobi_dial_redials_total{name=\"roof\"}", 2},
		{"gobi_dial_signal_rssi_dbm{name=\"roof\"}", -87},
		{"gobi_dial_signal_percent{name=\"roof\"}", 42},
		{"gobi_dial_last_failure_seconds{name=\"roof\",cause=\"link-lost\"}", 60},
		{"gobi_dial_registered{name=\"roof\"}", 1},
		{"gobi_dial_roaming{name=\"roof\"}", 0},
		{"gobi_dial_network_info{name=\"roof\",registration=\"home\","
		 "operator=\"A\\\\\\\"B\\\\012\\n\",mccmnc=\"26201\",technology=\"HSPA\"}",
		 1},
		{"gobi_dial_modem_info{name=\"roof\",manufacturer=\"\","
		 "model=\"MC8355\",vid=\"1199\",pid=\"9013\",usb_path=\"1-1\"}",
		 1},
	};
	struct page page;

	(void)state;
	print(&page, "{\"state\":\"connected\",\"since_ms\":61005,\"redials\":2,"
		     "\"modem\":{\"model\":\"MC8355\",\"vid\":\"1199\","
		     "\"pid\":\"9013\",\"usb_path\":\"1-1\"},"
		     "\"ppp\":{\"rx_bytes\":5000000000,\"tx_bytes\":7},"
		     "\"network\":{\"registration\":\"home\",\"roaming\":false,"
		     "\"operator\":\"A\\\\\\\"B\\\\012\\n\",\"mccmnc\":\"26201\","
		     "\"technology\":\"HSPA\"},\"signal\":{\"rssi_dbm\":-87,\"percent\":42},"
		     "\"last_failure\":{\"cause\":\"link-lost\",\"text\":\"x\",\"ago_ms\":60000}}");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (value_of(&page, rows[i].series) != rows[i].value)
			print_message("%s\n", rows[i].series);
		assert_true(value_of(&page, rows[i].series) == rows[i].value);
	}
}

static void what_is_not_known_is_not_there(void **state)
{
	struct page page;

	(void)state;
	print(&page, NULL);
	assert_int_equal(page.sample_count, 1);
	assert_true(value_of(&page, "gobi_dial_running{name=\"roof\"}") == 0);
	print(&page, "{\"state\":\"waiting\",\"network\":{},\"signal\":{},\"last_failure\":null}");
	assert_true(value_of(&page, "gobi_dial_up{name=\"roof\"}") == 0);
	for (size_t i = 0; i < page.family_count; i++)
		assert_false(strstr(page.families[i], "signal") ||
			     strstr(page.families[i], "failure") ||
			     strstr(page.families[i], "registered"));
	/* Whatever an instance may say. */
	print(&page, "{\"state\":{},\"ppp\":[],\"network\":1,\"modem\":[],"
		     "\"last_failure\":[1],\"signal\":\"x\"}");
	print(&page, "{}");
}

/* Each state is one of the series, and the only one that is 1. */
static void every_state_has_a_series(void **state)
{
	struct page page, other;
	char json[64];

	(void)state;
	print(&other, "{\"state\":\"other\"}");
	for (int i = 0; i < SESSION_STATE_COUNT; i++) {
		const char *name = session_state_name((enum session_state)i);
		char series[96];
		int ones = 0;

		snprintf(json, sizeof(json), "{\"state\":\"%s\"}", name);
		print(&page, json);
		/* Known: "other" has a series more. */
		assert_int_equal(page.sample_count, other.sample_count - 1);
		snprintf(series, sizeof(series), "gobi_dial_state{name=\"roof\",state=\"%s\"}",
			 name);
		assert_true(value_of(&page, series) == 1);
		for (size_t j = 0; j < page.sample_count; j++)
			if (strstr(page.samples[j].series, "dial_state{"))
				ones += page.samples[j].value == 1;
		assert_int_equal(ones, 1);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_reader_is_strict),
		cmocka_unit_test(all_that_is_known_is_there),
		cmocka_unit_test(what_is_not_known_is_not_there),
		cmocka_unit_test(every_state_has_a_series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
