/* SPDX-License-Identifier: ISC */
/*
 * Tokenizer and channel. The first byte picks what the rest is:
 *	even: a modem's bytes after one of a few commands; fed whole and one by
 *	one they have to give the same events and data
 *	odd: a script of pairs, what to do and how much of it
 */
#include <string.h>

#include "fuzz.h"

#include "at/chan.h"
#include "base/buf.h"

static const struct at_command commands[] = {
	{"AT+CREG?", "+CREG:", 1000, 0, 1},
	{"ATI", "", 1000, 0, 2},
	{"ATE0", NULL, 1000, 0, 3},
	{"ATD*99***1#", NULL, 1000, AT_DIAL, 4},
	{"AT+CPIN=\"1234\"", "", 1000, AT_SECRET, 5},
	{"AT+COPS?", "+COPS:", 1000, 0, 6},
};

#define COUNT(rows) (sizeof(rows) / sizeof(*(rows)))

static const struct at_command *pick_command(unsigned n)
{
	return &commands[n % COUNT(commands)];
}

static void claim_event(const struct at_event *event)
{
	CLAIM(event->text && event->command);
	CLAIM(!strchr(event->text, '\r'));
	CLAIM(!strstr(event->command, "1234"));
	if (event->type == AT_EVENT_URC)
		CLAIM(event->text[0] && !strchr(event->text, '\n'));
	if (event->type == AT_EVENT_REPLY) {
		CLAIM(event->final.kind != AT_FINAL_NONE);
		CLAIM(event->elapsed_ms >= 0);
		CLAIM(event->id >= 1 && event->id <= (int)COUNT(commands));
	}
}

/* Take all events; returns how many replies. */
static int hear(struct at_chan *chan, struct buf *heard, int64_t now)
{
	int replies = 0;

	for (;;) {
		struct at_event event = at_chan_next(chan, now);

		claim_event(&event);
		if (event.type == AT_EVENT_NONE)
			return replies;
		replies += event.type == AT_EVENT_REPLY;
		if (heard)
			buf_printf(heard, "%d %d %d %s\n", event.type, event.final.kind,
				   event.final.code, event.text);
	}
}

static void write_all(struct at_chan *chan, int64_t now)
{
	size_t len;

	while (at_chan_output(chan, &len, now))
		at_chan_written(chan, len, now);
}

static void listen(const struct at_command *command, const uint8_t *data, size_t size, size_t step,
		   struct buf *heard)
{
	struct at_chan *chan = at_chan_new();
	const char *ppp;
	size_t len;

	if (!chan)
		return;
	CLAIM(at_chan_send(chan, command) == 0);
	write_all(chan, 0);
	for (size_t at = 0; at < size; at += len) {
		len = step < size - at ? step : size - at;
		at_chan_feed(chan, data + at, len, 1);
		hear(chan, heard, 1);
	}
	ppp = at_chan_data(chan, &len);
	CLAIM(len <= size);
	buf_append(heard, ppp, len);
	at_chan_free(chan);
}

static void claim_pieces_do_not_matter(unsigned pick, const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT, pieces = BUF_INIT;

	/* Under the bounds of what a channel keeps. */
	if (size == 0 || size > 4000)
		return;
	listen(pick_command(pick), data, size, size, &whole);
	listen(pick_command(pick), data, size, 1, &pieces);
	CLAIM(whole.len == pieces.len);
	CLAIM(whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0);
	buf_free(&whole);
	buf_free(&pieces);
}

static const char *const speeches[] = {
	"\r\nOK\r\n",
	"\r\nERROR\r\n",
	"\r\nCONNECT 1\r\n~",
	"\r\n> ",
	"AT\r",
	"\r\n+CREG: 1\r\n",
	"\r\n+CREG: 0,1\r\n",
	"+C",
	"REG: 0",
	"\r",
	"\n",
	"AT+CPIN=\"1234\"\r\r\n",
	"\"",
	"\r\nNO CARRIER\r\n",
};

struct script {
	struct at_chan *chan;
	int64_t now;
	int sent;
	int replies;
	bool fresh; /* no reset and no data mode that forgot commands */
};

static void step(struct script *script, uint8_t what, uint8_t much)
{
	const char *speech = speeches[much % COUNT(speeches)];
	size_t len;

	switch (what % 8) {
	case 0:
		script->sent += at_chan_send(script->chan, pick_command(much)) == 0;
		break;
	case 1:
		if (at_chan_output(script->chan, &len, script->now))
			at_chan_written(script->chan, much, script->now);
		break;
	case 2:
		write_all(script->chan, script->now);
		break;
	case 3:
		script->replies += hear(script->chan, NULL, script->now);
		break;
	case 4:
		script->now += much * 20;
		break;
	case 5:
		at_chan_feed(script->chan, &much, 1, script->now);
		break;
	case 6:
		at_chan_feed(script->chan, speech, strlen(speech), script->now);
		break;
	default:
		if (much == 0) {
			at_chan_reset(script->chan);
			script->fresh = false;
		}
	}
}

/* Left alone, a channel answers all it was given and comes to rest. */
static void claim_rest(struct script *script)
{
	struct at_command probe = {"AT", NULL, 1, 0, 1};
	int64_t at;
	int turns = 0;

	while ((at = at_chan_deadline(script->chan)) >= 0) {
		CLAIM(turns++ < 10000);
		if (at > script->now)
			script->now = at;
		script->replies += hear(script->chan, NULL, script->now);
		write_all(script->chan, script->now);
	}
	CLAIM(at_chan_idle(script->chan));
	if (at_chan_send(script->chan, &probe) < 0)
		script->fresh = false; /* data mode */
	if (script->fresh)
		CLAIM(script->replies == script->sent);
	CLAIM(script->replies <= script->sent);
}

static void follow(const uint8_t *data, size_t size)
{
	struct script script = {at_chan_new(), 0, 0, 0, true};

	if (!script.chan)
		return;
	for (size_t i = 0; i + 1 < size; i += 2) {
		step(&script, data[i], data[i + 1]);
		CLAIM(at_chan_deadline(script.chan) >= -1);
	}
	claim_rest(&script);
	at_chan_free(script.chan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 1)
		follow(data + 1, size - 1);
	else
		claim_pieces_do_not_matter(data[0] >> 1, data + 1, size - 1);
	return 0;
}
