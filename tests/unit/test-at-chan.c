/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#include "at-talk.h"
#include "base/log.h"

/* A channel, its time, what it wrote and what it said. */
struct rig {
	struct at_chan *chan;
	int64_t now;
	struct buf wrote;
	struct buf heard;
};

static int set_up(void **state)
{
	struct rig *rig = calloc(1, sizeof(*rig));

	rig->chan = at_chan_new();
	*state = rig;
	return rig->chan ? 0 : -1;
}

static int tear_down(void **state)
{
	struct rig *rig = *state;

	at_chan_free(rig->chan);
	buf_free(&rig->wrote);
	buf_free(&rig->heard);
	free(rig);
	return 0;
}

static void send(struct rig *rig, const char *text, const char *prefix, int timeout_ms,
		 unsigned flags)
{
	struct at_command command = {text, prefix, timeout_ms, flags, 0};

	assert_int_equal(at_chan_send(rig->chan, &command), 0);
}

/* As a loop does after each wake-up. */
static void turn(struct rig *rig)
{
	hear_all(rig->chan, &rig->heard, rig->now);
	write_all(rig->chan, &rig->wrote, rig->now);
	hear_all(rig->chan, &rig->heard, rig->now);
}

static void say(struct rig *rig, const char *bytes)
{
	at_chan_feed(rig->chan, bytes, strlen(bytes), rig->now);
	turn(rig);
}

/* Wake up when the channel asks for it, until `until`. */
static void sleep_until(struct rig *rig, int64_t until)
{
	int64_t at;

	while ((at = at_chan_deadline(rig->chan)) >= 0 && at <= until) {
		if (at > rig->now)
			rig->now = at;
		turn(rig);
	}
	rig->now = until;
	turn(rig);
}

#define assert_wrote(rig, text) assert_taken(&(rig)->wrote, text)
#define assert_heard(rig, text) assert_taken(&(rig)->heard, text)

static void assert_taken(struct buf *buf, const char *text)
{
	assert_string_equal(buf_str(buf), text);
	buf_clear(buf);
}

static void sends_one_command_at_a_time(void **state)
{
	struct rig *rig = *state;

	assert_true(at_chan_idle(rig->chan));
	assert_int_equal(at_chan_deadline(rig->chan), -1);
	send(rig, "ATE0", NULL, 1000, 0);
	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	assert_false(at_chan_idle(rig->chan));
	turn(rig);
	assert_wrote(rig, "ATE0\r");
	say(rig, "ATE0\r");
	assert_wrote(rig, "");
	say(rig, "\r\nOK\r\n");
	assert_heard(rig, "reply OK:\n");
	assert_wrote(rig, "AT+CSQ\r");
	say(rig, "\r\n+CSQ: 1,99\r\n\r\nOK\r\n");
	assert_heard(rig, "reply OK: +CSQ: 1,99\n");
	assert_true(at_chan_idle(rig->chan));
	assert_int_equal(at_chan_deadline(rig->chan), -1);
}

static void refuses_what_no_at_line_may_carry(void **state)
{
	static const char *const texts[] = {"",       "AT\r",   "AT\nATZ",
					    "AT\033", "AT\x7f", "AT\xc3\xa4"};
	struct rig *rig = *state;
	char longest[AT_COMMAND_MAX + 2];
	struct at_command command = {.prefix = NULL, .timeout_ms = 1};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++) {
		command.text = texts[i];
		assert_int_equal(at_chan_send(rig->chan, &command), -EINVAL);
	}
	memset(longest, 'A', sizeof(longest) - 1);
	longest[AT_COMMAND_MAX + 1] = '\0';
	command.text = longest;
	assert_int_equal(at_chan_send(rig->chan, &command), -EINVAL);
	longest[AT_COMMAND_MAX] = '\0';
	assert_int_equal(at_chan_send(rig->chan, &command), 0);
	command.text = "AT";
	while (at_chan_send(rig->chan, &command) == 0) {
	}
	assert_int_equal(at_chan_send(rig->chan, &command), -ENOSPC);
}

static void keeps_what_the_port_did_not_take(void **state)
{
	struct rig *rig = *state;
	const char *out;
	size_t len;

	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	out = at_chan_output(rig->chan, &len, 0);
	assert_memory_equal(out, "AT+CSQ\r", len);
	at_chan_written(rig->chan, 3, 0);
	out = at_chan_output(rig->chan, &len, 10);
	assert_int_equal(len, 4);
	assert_memory_equal(out, "CSQ\r", len);
	at_chan_written(rig->chan, 99, 10);
	assert_null(at_chan_output(rig->chan, &len, 10));
	assert_int_equal(len, 0);
	assert_int_equal(at_chan_deadline(rig->chan), 1010);
	at_chan_feed(rig->chan, "OK\r", 3, 30);
	assert_int_equal(at_chan_next(rig->chan, 30).elapsed_ms, 20);
}

static void a_final_before_the_command_is_out_is_not_its(void **state)
{
	struct rig *rig = *state;
	const char *out;
	size_t len;

	send(rig, "ATD*99#", NULL, 1000, AT_DIAL);
	out = at_chan_output(rig->chan, &len, 0);
	assert_non_null(out);
	at_chan_written(rig->chan, 3, 0);
	at_chan_feed(rig->chan, "\r\nERROR\r\n\r\nNO CARR", 18, 0);
	hear_all(rig->chan, &rig->heard, 0);
	assert_heard(rig, "");
	at_chan_written(rig->chan, len - 3, 0);
	at_chan_feed(rig->chan, "IER\r\n", 5, 0);
	hear_all(rig->chan, &rig->heard, 0);
	assert_heard(rig, "urc NO CARRIER\n");
	say(rig, "\r\nCONNECT\r\n");
	assert_heard(rig, "reply CONNECT:\n");
}

static void events_come_in_order(void **state)
{
	struct rig *rig = *state;
	struct at_event event;

	send(rig, "AT", NULL, 1000, 0);
	turn(rig);
	at_chan_feed(rig->chan, BYTES("^A1:0\r\n^RSSI:1\r\n"), 0);
	event = at_chan_next(rig->chan, 0);
	assert_string_equal(event.text, "^A1:0");
	at_chan_feed(rig->chan, BYTES("OK\r\n^RSSI:2\r\n"), 0);
	assert_int_equal(at_chan_deadline(rig->chan), 0);
	turn(rig);
	assert_heard(rig, "urc ^RSSI:1\nreply OK:\nurc ^RSSI:2\n");
	assert_int_equal(at_chan_deadline(rig->chan), -1);
}

static void a_reply_is_not_lost_among_urcs_nobody_takes(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT", NULL, 1000, 0);
	turn(rig);
	for (int i = 0; i < 10000; i++)
		at_chan_feed(rig->chan, BYTES("\r\n^RSSI:12\r\n"), 0);
	at_chan_feed(rig->chan, BYTES("\r\nOK\r\n"), 0);
	turn(rig);
	assert_in_range(rig->heard.len, 8000, 20000);
	assert_string_equal(buf_str(&rig->heard) + rig->heard.len - 10, "reply OK:\n");
}

static void a_megabyte_of_noise_hides_no_answer(void **state)
{
	static char noise[1 << 20];
	struct rig *rig = *state;

	memset(noise, 'x', sizeof(noise));
	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	turn(rig);
	at_chan_feed(rig->chan, noise, sizeof(noise), 0);
	say(rig, "\r\n+CSQ: 1,99\r\n");
	at_chan_feed(rig->chan, noise, sizeof(noise), 0);
	say(rig, "\r\nOK\r\n");
	assert_heard(rig, "reply OK: +CSQ: 1,99\n");
}

static void half_a_line_is_no_answer(void **state)
{
	static char line[3000];
	struct rig *rig = *state;

	memset(line, 'x', sizeof(line));
	send(rig, "ATI", "", 1000, 0);
	turn(rig);
	at_chan_feed(rig->chan, line, sizeof(line), 0);
	say(rig, "\r\nshort\r\nOK\r\n");
	assert_heard(rig, "reply OK: short\n");
}

static void an_endless_answer_is_bounded(void **state)
{
	struct rig *rig = *state;

	send(rig, "ATI", "", 1000, 0);
	turn(rig);
	for (int i = 0; i < 10000; i++)
		at_chan_feed(rig->chan, BYTES("0123456789\r\n"), 0);
	say(rig, "OK\r\n");
	assert_in_range(rig->heard.len, 16000, 17000);
}

static void a_late_reply_does_not_answer_the_next_command(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CPIN?", "+CPIN:", 1000, 0);
	send(rig, "AT+CSQ", "+CSQ:", 3000, 0);
	turn(rig);
	assert_wrote(rig, "AT+CPIN?\r");
	sleep_until(rig, 999);
	assert_heard(rig, "");
	sleep_until(rig, 1000);
	assert_heard(rig, "reply TIMEOUT:\n");
	rig->now = 1100;
	say(rig, "\r\n+CPIN: READY\r\n\r\nOK\r\n\r\n^RSSI:3\r\n");
	assert_heard(rig, "urc ^RSSI:3\n");
	sleep_until(rig, 1299);
	assert_wrote(rig, "");
	sleep_until(rig, 1300);
	assert_wrote(rig, "AT\r");
	say(rig, "AT\r\r\nOK\r\n");
	sleep_until(rig, 1499);
	assert_wrote(rig, "");
	sleep_until(rig, 1500);
	assert_wrote(rig, "AT+CSQ\r");
	say(rig, "\r\n+CSQ: 1,99\r\n\r\nOK\r\n");
	assert_heard(rig, "reply OK: +CSQ: 1,99\n");
	assert_true(at_chan_idle(rig->chan));
}

static void a_late_reply_that_crosses_at_is_waited_for(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+COPS=0", NULL, 1000, 0);
	send(rig, "AT+CSQ", "+CSQ:", 9000, 0);
	turn(rig);
	sleep_until(rig, 1200);
	assert_wrote(rig, "AT+COPS=0\rAT\r");
	sleep_until(rig, 1205);
	say(rig, "\r\nOK\r\n"); /* this is +COPS's */
	sleep_until(rig, 1400);
	say(rig, "\r\nOK\r\n"); /* and this is AT's */
	sleep_until(rig, 1500);
	assert_wrote(rig, "");
	sleep_until(rig, 2000);
	assert_wrote(rig, "AT+CSQ\r");
	say(rig, "\r\n+CSQ: 1,99\r\n\r\nOK\r\n");
	assert_heard(rig, "reply TIMEOUT:\nreply OK: +CSQ: 1,99\n");
}

static void quarantine_takes_no_error_for_its_ok(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CGDCONT=1", NULL, 1000, 0);
	turn(rig);
	sleep_until(rig, 1200);
	assert_wrote(rig, "AT+CGDCONT=1\rAT\r");
	say(rig, "\r\n+CME ERROR: 50\r\n");
	sleep_until(rig, 2199);
	assert_false(at_chan_idle(rig->chan));
	assert_wrote(rig, "");
	sleep_until(rig, 2400);
	assert_wrote(rig, "AT\r");
	say(rig, "\r\nOK\r\n");
	sleep_until(rig, 2600);
	assert_true(at_chan_idle(rig->chan));
	assert_heard(rig, "reply TIMEOUT:\n");
}

/* A Wavecom says +CPIN: READY and no OK. */
static void one_line_is_enough_where_no_final_comes(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CPIN?", "+CPIN:", 10000, AT_ONE_LINE);
	turn(rig);
	sleep_until(rig, 100);
	say(rig, "\r\n+CPIN: READY\r\n");
	sleep_until(rig, 1099);
	assert_heard(rig, "");
	sleep_until(rig, 1100);
	assert_heard(rig, "reply OK: +CPIN: READY\n");
	/* A late OK is not the next command's. */
	send(rig, "AT+CSQ", "+CSQ:", 5000, AT_ONE_LINE);
	sleep_until(rig, 1200);
	say(rig, "\r\nOK\r\n");
	sleep_until(rig, 1500);
	assert_wrote(rig, "AT+CPIN?\rAT\r");
	say(rig, "\r\nOK\r\n");
	sleep_until(rig, 1800);
	assert_wrote(rig, "AT+CSQ\r");
	say(rig, "\r\n+CSQ: 9,99\r\n\r\nOK\r\n");
	assert_heard(rig, "reply OK: +CSQ: 9,99\n");
	/* No line at all is none, and neither is half a name. */
	send(rig, "AT+COPS?", "+COPS:", 3000, AT_ONE_LINE);
	turn(rig);
	say(rig, "\r\n+COPS: 0,0,\"a\r\n");
	sleep_until(rig, 4700);
	assert_heard(rig, "");
	sleep_until(rig, 4900);
	assert_heard(rig, "reply TIMEOUT: +COPS: 0,0,\"a\n");
}

static void a_mute_modem_costs_each_command_its_own_time(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT", NULL, 300, 0);
	send(rig, "AT+CGMI", "", 500, 0);
	send(rig, "AT+CGMM", "", 700, 0);
	sleep_until(rig, 799);
	assert_heard(rig, "reply TIMEOUT:\n");
	sleep_until(rig, 800);
	assert_heard(rig, "reply TIMEOUT:\n");
	sleep_until(rig, 1500);
	assert_heard(rig, "reply TIMEOUT:\n");
	assert_wrote(rig, "AT\rAT\r");
	sleep_until(rig, 60000);
	assert_wrote(rig, "AT\rAT\r");
	/* it rests: no wake-up any more */
	assert_true(at_chan_idle(rig->chan));
	assert_int_equal(at_chan_deadline(rig->chan), -1);
	send(rig, "AT+CGMI", "", 1000, 0);
	assert_int_equal(at_chan_deadline(rig->chan), 0);
	sleep_until(rig, 60200);
	assert_wrote(rig, "AT\r");
	say(rig, "\r\nOK\r\n");
	sleep_until(rig, 60400);
	assert_wrote(rig, "AT+CGMI\r");
	say(rig, "\r\nhuawei\r\nOK\r\n");
	assert_heard(rig, "reply OK: huawei\n");
}

static void a_port_that_takes_no_bytes_times_out_too(void **state)
{
	struct rig *rig = *state;
	size_t len;

	send(rig, "AT", NULL, 300, 0);
	assert_non_null(at_chan_output(rig->chan, &len, 0));
	assert_int_equal(at_chan_deadline(rig->chan), 300);
	hear_all(rig->chan, &rig->heard, 300);
	assert_heard(rig, "reply TIMEOUT:\n");
}

static void a_port_that_is_never_quiet_is_asked_all_the_same(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	turn(rig);
	sleep_until(rig, 1000);
	assert_wrote(rig, "AT+CSQ\r");
	while (rig->now < 5000) {
		sleep_until(rig, rig->now + 100);
		at_chan_feed(rig->chan, BYTES("$GPGGA,,*66\r\n"), rig->now);
		if (rig->wrote.len)
			break;
	}
	assert_wrote(rig, "AT\r");
	assert_in_range(rig->now, 3000, 3100);
}

static void partial_answers_come_with_the_timeout(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CPIN?", "+CPIN:", 1000, 0);
	turn(rig);
	say(rig, "\r\n+CPIN: READY\r\n");
	sleep_until(rig, 1000);
	assert_heard(rig, "reply TIMEOUT: +CPIN: READY\n");
}

static void data_mode_lasts_until_reset(void **state)
{
	struct rig *rig = *state;
	struct at_command command = {"AT", NULL, 1000, 0, 0};
	const char *data;
	size_t len;

	send(rig, "ATD*99#", NULL, 1000, AT_DIAL);
	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	turn(rig);
	say(rig, "\r\nCONNECT\r\n~one");
	say(rig, "~two\r\nNO CARRIER\r\n");
	assert_heard(rig, "reply CONNECT:\n");
	assert_wrote(rig, "ATD*99#\r");
	assert_true(at_chan_idle(rig->chan));
	assert_int_equal(at_chan_deadline(rig->chan), -1);
	assert_int_equal(at_chan_send(rig->chan, &command), -EBUSY);
	data = at_chan_data(rig->chan, &len);
	assert_int_equal(len, strlen("~one~two\r\nNO CARRIER\r\n"));
	assert_memory_equal(data, "~one~two\r\n", 10);
	for (int i = 0; i < 10000; i++)
		at_chan_feed(rig->chan, BYTES("~more"), 0);
	at_chan_data(rig->chan, &len);
	assert_int_equal(len, 4096);
	at_chan_reset(rig->chan);
	at_chan_data(rig->chan, &len);
	assert_int_equal(len, 0);
	send(rig, "AT", NULL, 1000, 0);
	turn(rig);
	say(rig, "OK\r");
	assert_heard(rig, "reply OK:\n");
}

static void the_end_of_a_dial_waits_for_a_better_word(void **state)
{
	static const struct {
		const char *said, *told;
		int64_t ms;
	} rows[] = {
		{"\r\nNO CARRIER\r\n", "reply NO CARRIER:\n", 1000},
		{"\r\nOK\r\n", "reply OK:\n", 5000},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(*rows); i++) {
		bool better = i % 2 == 0;

		at_chan_reset(rig->chan);
		send(rig, "ATD*99#", NULL, 60000, AT_DIAL);
		turn(rig);
		say(rig, rows[i / 2].said);
		sleep_until(rig, rig->now + rows[i / 2].ms - 100);
		assert_heard(rig, "");
		if (better)
			say(rig, "\r\nCONNECT\r\n");
		else
			sleep_until(rig, rig->now + 100);
		assert_heard(rig, better ? "reply CONNECT:\n" : rows[i / 2].told);
	}
	send(rig, "AT", NULL, 1000, 0);
	turn(rig);
	say(rig, "\r\nOK\r\n");
	assert_heard(rig, "reply OK:\n");
}

static void a_message_that_comes_in_is_no_answer(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	turn(rig);
	say(rig, "\r\n+CMT: \"+4912\",,\"26/11/29,12:00:00+04\"\r\nOK\r\n");
	assert_heard(rig, "urc +CMT: \"+4912\",,\"26/11/29,12:00:00+04\"\n");
	say(rig, "\r\n+CSQ: 9,99\r\n\r\nOK\r\n");
	assert_heard(rig, "reply OK: +CSQ: 9,99\n");
}

/* As an AirCard 750 does. */
static void ppp_after_a_dial_is_a_connect(void **state)
{
	static const char frame[] = "~\xff}#\xc0!}!}!} }4}\"}&} } } } }%}&+},X\xfb~";
	struct rig *rig = *state;
	const char *data;
	size_t len;

	for (size_t cut = 1; cut < sizeof(frame) - 1; cut++) {
		at_chan_reset(rig->chan);
		send(rig, "ATD*99#", NULL, 1000, AT_DIAL);
		turn(rig);
		say(rig, "ATD*99#\r");
		at_chan_feed(rig->chan, frame, cut, 0);
		at_chan_feed(rig->chan, frame + cut, sizeof(frame) - 1 - cut, 0);
		turn(rig);
		assert_heard(rig, "reply CONNECT:\n");
		say(rig, "~more");
		data = at_chan_data(rig->chan, &len);
		assert_int_equal(len, sizeof(frame) - 1 + 5);
		assert_memory_equal(data, frame, sizeof(frame) - 1);
	}
}

static void ppp_after_another_command_is_none(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	turn(rig);
	say(rig, "~\xff}#\xc0!}!}!} }4~\r\nOK\r\n");
	assert_non_null(strstr(buf_str(&rig->heard), "reply OK:"));
	buf_clear(&rig->heard);
}

static void reset_forgets_everything(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	send(rig, "AT+CPIN?", "+CPIN:", 1000, 0);
	turn(rig);
	at_chan_feed(rig->chan, BYTES("^RSSI:1\r\n+CSQ: 1,99\r\nOK\r\n^RS"), 0);
	at_chan_reset(rig->chan);
	assert_true(at_chan_idle(rig->chan));
	assert_int_equal(at_chan_deadline(rig->chan), -1);
	say(rig, "SI:2\r\n");
	assert_heard(rig, "");
	send(rig, "AT", NULL, 100, 0);
	turn(rig);
	sleep_until(rig, 150);
	assert_false(at_chan_idle(rig->chan));
	at_chan_reset(rig->chan);
	assert_true(at_chan_idle(rig->chan));
	at_chan_reset(rig->chan);
	at_chan_free(NULL);
}

static void commands_end_in_cr_lf_where_that_is_wanted(void **state)
{
	struct rig *rig = *state;

	at_chan_set_lf(rig->chan, true);
	send(rig, "AT+CSQ", "+CSQ:", 1000, 0);
	turn(rig);
	assert_string_equal(buf_str(&rig->wrote), "AT+CSQ\r\n");
}

static void a_prompt_is_ended_with_escape_once(void **state)
{
	struct rig *rig = *state;

	send(rig, "AT+CMGS=1", NULL, 1000, 0);
	turn(rig);
	say(rig, "\r\n> ");
	assert_wrote(rig, "AT+CMGS=1\r\033");
	say(rig, "\r\n> ");
	assert_wrote(rig, "");
	say(rig, "\r\nOK\r\n");
	assert_heard(rig, "reply OK:\n");
	say(rig, "\r\n> ");
	assert_wrote(rig, "");
}

static FILE *catch_stderr(int *saved)
{
	FILE *file = tmpfile();

	assert_non_null(file);
	fflush(stderr);
	*saved = dup(STDERR_FILENO);
	assert_true(*saved >= 0);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	return file;
}

static void read_caught(FILE *file, int saved, char *text, size_t size)
{
	size_t len;

	dup2(saved, STDERR_FILENO);
	close(saved);
	rewind(file);
	len = fread(text, 1, size - 1, file);
	text[len] = '\0';
	fclose(file);
}

static void speak_of_secrets(struct rig *rig)
{
	send(rig, "AT+CPIN=\"1234\"", NULL, 1000, AT_SECRET);
	turn(rig);
	say(rig, "AT+CPI\x01=\"1234\"\r\r\n+12: 1234\r\n\r\nOK\r\n");
	send(rig, "AT+CPIN?", "+CPIN:", 1000, 0);
	turn(rig);
	say(rig, "\r\n+CPIN: READY\r\n\r\nOK\r\n");
	send(rig, "AT$QCPDPP?", "$QCPDPP:", 1000, AT_SECRET);
	turn(rig);
	say(rig, "\r\n$QCPDPP: 1,2,\"1234\"\r\n\r\nOK\r\n");
	send(rig, "AT+CPIN=\"1234\"", "", 1000, AT_SECRET);
	turn(rig);
	sleep_until(rig, 1100);
	say(rig, "T+CPIN=\"1234\"\r\r\n1234\r\n+AB1234: 1\r\nOK\r\n");
	sleep_until(rig, 9000);
}

static void secrets_are_in_no_log_and_no_event(void **state)
{
	struct rig *rig = *state;
	char text[8192];
	FILE *file;
	int saved;

	log_init(LOG_LEVEL_DEBUG);
	at_chan_set_name(rig->chan, "ttyUSB2");
	file = catch_stderr(&saved);
	speak_of_secrets(rig);
	read_caught(file, saved, text, sizeof(text));
	log_init(LOG_LEVEL_NOTICE);
	assert_non_null(strstr(text, "ttyUSB2 > AT+CPIN=***\n"));
	assert_non_null(strstr(text, "ttyUSB2 > AT+CPIN?\n"));
	assert_non_null(strstr(text, "ttyUSB2 < +CPIN: READY\n"));
	assert_non_null(strstr(text, "ttyUSB2 < OK\n"));
	assert_null(strstr(text, "1234"));
	/* The caller asked for this one. */
	assert_heard(rig, "reply OK:\nreply OK: +CPIN: READY\n"
			  "reply OK: $QCPDPP: 1,2,\"1234\"\nreply TIMEOUT:\n");
}

/* In an error's text too, which goes on into messages, JSON and hooks. */
static void a_secret_that_is_repeated_is_masked(void **state)
{
	static const char *const rows[][3] = {
		{"AT+CPIN=\"1234\"", "+CME ERROR: PIN 1234 wrong", "+CME ERROR: PIN **** wrong"},
		{"AT+CPIN=1234", "ERROR: 1234", NULL},
		{"AT^SLCK=\"SC\",0,\"87654321\"", "+CME ERROR: 87654321", "+CME ERROR: ********"},
		{"AT+CPIN=\"0016\"", "+CME ERROR: 16", "+CME ERROR: 16"},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct at_event event;
		char line[80];

		at_chan_reset(rig->chan);
		send(rig, rows[i][0], "", 1000, AT_SECRET);
		write_all(rig->chan, NULL, 0);
		snprintf(line, sizeof(line), "\r\n%s\r\n\r\nOK\r\n", rows[i][1]);
		at_chan_feed(rig->chan, line, strlen(line), 0);
		event = at_chan_next(rig->chan, 0);
		assert_int_equal(event.type, AT_EVENT_REPLY);
		assert_null(strstr(event.text, "1234"));
		assert_null(strstr(event.final.line, "1234"));
		if (rows[i][2])
			assert_string_equal(event.final.line, rows[i][2]);
	}
}

static void commands_are_masked(void **state)
{
	static const char *const rows[][2] = {
		{"AT+CPIN=\"1234\"", "AT+CPIN=***"},
		{"AT+CPIN1234", "AT+CPIN***"},
		{"AT^CPIN?", "AT^CPIN***"},
		{"at$QCPDPP=1,1,\"a\",\"b\"", "at$QCPDPP=***"},
		{"ATD1234", "ATD***"},
		{"AT", "AT***"},
		{"secret", "***"},
	};
	struct rig *rig = *state;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		at_chan_reset(rig->chan);
		send(rig, rows[i][0], NULL, 1, AT_SECRET);
		write_all(rig->chan, NULL, 0);
		assert_string_equal(at_chan_next(rig->chan, 1).command, rows[i][1]);
	}
	at_chan_reset(rig->chan);
	send(rig, "AT+CGMI", "", 1, 0);
	write_all(rig->chan, NULL, 0);
	assert_string_equal(at_chan_next(rig->chan, 1).command, "AT+CGMI");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sends_one_command_at_a_time),
		TEST(refuses_what_no_at_line_may_carry),
		TEST(keeps_what_the_port_did_not_take),
		TEST(a_final_before_the_command_is_out_is_not_its),
		TEST(events_come_in_order),
		TEST(a_reply_is_not_lost_among_urcs_nobody_takes),
		TEST(a_megabyte_of_noise_hides_no_answer),
		TEST(half_a_line_is_no_answer),
		TEST(an_endless_answer_is_bounded),
		TEST(a_late_reply_does_not_answer_the_next_command),
		TEST(a_late_reply_that_crosses_at_is_waited_for),
		TEST(quarantine_takes_no_error_for_its_ok),
		TEST(one_line_is_enough_where_no_final_comes),
		TEST(a_mute_modem_costs_each_command_its_own_time),
		TEST(a_port_that_takes_no_bytes_times_out_too),
		TEST(a_port_that_is_never_quiet_is_asked_all_the_same),
		TEST(partial_answers_come_with_the_timeout),
		TEST(data_mode_lasts_until_reset),
		TEST(the_end_of_a_dial_waits_for_a_better_word),
		TEST(a_message_that_comes_in_is_no_answer),
		TEST(ppp_after_a_dial_is_a_connect),
		TEST(ppp_after_another_command_is_none),
		TEST(reset_forgets_everything),
		TEST(commands_end_in_cr_lf_where_that_is_wanted),
		TEST(a_prompt_is_ended_with_escape_once),
		TEST(secrets_are_in_no_log_and_no_event),
		TEST(a_secret_that_is_repeated_is_masked),
		TEST(commands_are_masked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
