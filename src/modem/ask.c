/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "at/chan.h"
#include "at/lines.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/ask.h"
#include "modem/stream.h"

/* When AT is sent, counted from the start. The first may get lost in a modem that has just seen
 * DTR; the last leaves time for a late answer. One that somebody has left in ATQ1 or ATV0 answers
 * in no words: to the third it does. */
static const struct slot {
	int ms;
	const char *text;
} slots[] = {
	{0, "AT\r"}, {300, "AT\r"}, {800, "ATQ0V1\r"}, {1500, "AT\r"}, {2200, "AT\r"},
};

/* Two slots: enough for whoever is awake. */
#define AWAKE_MS 450

/* GPS speaks once a second: with LISTEN_MS its first sentence is heard. */
#define HURRIED_MS   1000

#define PASS_MIN_MS  500
#define LISTEN_MS    200 /* for the answer to stream_question */
#define MARGIN_MS    50
#define CHECK_MIN_MS 700
#define CHECK_MAX_MS 2000

/* No modem has this command; a parrot says OK to it. */
#define NONSENSE "AT+GOBI?"

enum state {
	STATE_ASKING,
	STATE_DRAINING,  /* has answered; late answers may follow */
	STATE_CHECKING,  /* is it one that can be used? */
	STATE_LISTENING, /* was silent: stream_question is out */
	STATE_SETTLED,
	STATE_ECHO_OFF,
};

enum check { CHECK_AT, CHECK_NONSENSE, CHECK_IDENTITY, CHECK_ECHO };

struct ask {
	enum state state;
	enum ask_verdict verdict;
	const char *why;
	struct at_lines lines;
	struct stream stream;
	struct at_chan *chan;

	const char *out; /* before there is a conversation */
	size_t out_len;

	int64_t start;
	int64_t end;      /* of asking */
	int64_t deadline; /* of the other states */
	int64_t first_sent, last_sent;
	size_t slot;
	int sent, finals, answer_ms;
	int owed; /* answers to an AT that may still come */
	bool ok, hung_up;
	bool refused_nonsense, is_app;
	char identity[ASK_IDENTITY_MAX];
};

struct ask *ask_new(const char *name, int pass_ms, int64_t now)
{
	struct ask *ask = calloc(1, sizeof(*ask));

	if (!ask)
		return NULL;
	ask->chan = at_chan_new();
	if (!ask->chan) {
		free(ask);
		return NULL;
	}
	at_chan_set_name(ask->chan, name);
	stream_init(&ask->stream);
	ask->why = "";
	ask->start = now;
	if (pass_ms < PASS_MIN_MS)
		pass_ms = PASS_MIN_MS;
	ask->end = now + pass_ms - LISTEN_MS;
	ask->first_sent = -1;
	ask->answer_ms = -1;
	return ask;
}

void ask_free(struct ask *ask)
{
	if (!ask)
		return;
	at_chan_free(ask->chan);
	free(ask);
}

static void settle(struct ask *ask, enum ask_verdict verdict, const char *why)
{
	ask->state = STATE_SETTLED;
	ask->verdict = verdict;
	ask->why = why;
	ask->out_len = 0;
}

static void offer(struct ask *ask, const char *bytes, size_t len)
{
	ask->out = bytes;
	ask->out_len = len;
}

static bool is_talking(const struct ask *ask)
{
	return ask->state == STATE_CHECKING || ask->state == STATE_ECHO_OFF;
}

/* A modem that was left in data mode may say NO CARRIER to what is no frame, or to the frames of
 * stream_question: then it can be asked again. */
static void ask_again(struct ask *ask, int64_t now)
{
	if (ask->hung_up || ask->state == STATE_DRAINING)
		return;
	ask->hung_up = true;
	ask->state = STATE_ASKING;
	offer(ask, "AT\r", 3);
	if (ask->end < now + AWAKE_MS)
		ask->end = now + AWAKE_MS;
}

static void take_line(struct ask *ask, const char *line, int64_t now)
{
	struct at_final final = at_final_parse(line, true);

	if (ask->sent == 0) /* it answers somebody who was here before */
		return;
	switch (final.kind) {
	case AT_FINAL_OK:
		if (!ask->ok)
			ask->answer_ms = (int)(now - ask->first_sent);
		ask->ok = true;
		break;
	case AT_FINAL_ERROR:
	case AT_FINAL_CME:
	case AT_FINAL_CMS:
		break;
	case AT_FINAL_NO_CARRIER:
		ask_again(ask, now);
		return;
	default:
		return;
	}
	ask->finals++;
	if (ask->state == STATE_DRAINING) {
		ask->owed--;
	} else {
		ask->state = STATE_DRAINING;
		ask->owed = ask->sent - 1;
		/* If this answers the first AT, the last one's comes as much later as it was sent
		 * later. */
		ask->deadline = now + ask->last_sent - ask->first_sent + MARGIN_MS;
	}
}

static void feed_lines(struct ask *ask, const char *bytes, size_t len, int64_t now)
{
	enum at_lines_item item;

	while (len > 0) {
		size_t taken = at_lines_feed(&ask->lines, bytes, len, &item);

		bytes += taken;
		len -= taken;
		if (item == AT_LINES_LINE && !ask->lines.cut)
			take_line(ask, ask->lines.text, now);
		else if (item == AT_LINES_PROMPT && ask->out_len == 0)
			offer(ask, "\033", 1); /* out of a text left open */
	}
}

void ask_feed(struct ask *ask, const void *bytes, size_t len, int64_t now)
{
	if (is_talking(ask)) {
		at_chan_feed(ask->chan, bytes, len, now);
	} else if (ask->state != STATE_SETTLED) {
		stream_feed(&ask->stream, bytes, len);
		feed_lines(ask, bytes, len, now);
	}
}

const char *ask_output(struct ask *ask, size_t *len, int64_t now)
{
	if (is_talking(ask))
		return at_chan_output(ask->chan, len, now);
	*len = ask->out_len;
	return ask->out_len ? ask->out : NULL;
}

void ask_written(struct ask *ask, size_t len, int64_t now)
{
	if (is_talking(ask)) {
		at_chan_written(ask->chan, len, now);
		return;
	}
	if (len == 0)
		return;
	if (ask->first_sent < 0)
		ask->first_sent = now;
	ask->out += len;
	ask->out_len -= len;
	if (ask->out_len > 0 || ask->out[-1] != '\r')
		return;
	ask->last_sent = now;
	ask->sent++;
}

static void send(struct ask *ask, enum check id, const char *text)
{
	int timeout_ms = 4 * ask->answer_ms;
	struct at_command command = {text, "", 0, 0, (int)id};

	if (timeout_ms < CHECK_MIN_MS)
		timeout_ms = CHECK_MIN_MS;
	if (timeout_ms > CHECK_MAX_MS)
		timeout_ms = CHECK_MAX_MS;
	command.timeout_ms = timeout_ms;
	at_chan_send(ask->chan, &command);
}

static void start_checking(struct ask *ask)
{
	ask->state = STATE_CHECKING;
	if (ask->ok)
		send(ask, CHECK_NONSENSE, NONSENSE);
	else
		send(ask, CHECK_AT, "AT");
}

/* An OK to nonsense may be a late one to an AT. Then what nonsense gets comes behind it; without
 * it, a parrot is only asked once more. */
static void doubt_nonsense(struct ask *ask, int64_t now)
{
	int patience = 2 * ask->answer_ms;

	if (patience < AWAKE_MS)
		patience = AWAKE_MS;
	at_chan_reset(ask->chan);
	ask->state = STATE_DRAINING;
	ask->deadline = now + patience;
	ask->owed--;
	ask->finals = 0;
	ask->sent = ask->owed + 1;
}

/* APP1 to APP4 as a word of its own. */
static bool names_app(const char *text)
{
	const char *at = text;

	while ((at = strstr(at, "APP"))) {
		bool begins = at == text || !isalnum((unsigned char)at[-1]);

		at += 3;
		if (begins && *at >= '1' && *at <= '4' && !isalnum((unsigned char)at[1]))
			return true;
	}
	return false;
}

static void judge(struct ask *ask)
{
	if (!ask->ok)
		settle(ask, ASK_AT_SECONDARY, "says ERROR to a plain AT");
	else if (ask->is_app)
		settle(ask, ASK_AT_SECONDARY, "calls itself an APP port");
	else if (!ask->refused_nonsense)
		settle(ask, ASK_AT_SECONDARY, "has stopped answering");
	else
		settle(ask, ASK_AT, "");
}

static void take_reply(struct ask *ask, const struct at_event *event, int64_t now)
{
	enum at_final_kind kind = event->final.kind;

	switch ((enum check)event->id) {
	case CHECK_AT:
		ask->ok = kind == AT_FINAL_OK;
		if (ask->ok)
			ask->answer_ms = (int)(now - ask->first_sent);
		send(ask, CHECK_NONSENSE, NONSENSE);
		break;
	case CHECK_NONSENSE:
		ask->refused_nonsense = kind != AT_FINAL_TIMEOUT;
		if (kind != AT_FINAL_OK)
			send(ask, CHECK_IDENTITY, "ATI");
		else if (ask->owed > 0)
			doubt_nonsense(ask, now);
		else
			settle(ask, ASK_AT_SECONDARY, "says OK to nonsense");
		break;
	case CHECK_IDENTITY:
		/* Some ignore what they do not know instead of refusing it. */
		if (kind != AT_FINAL_TIMEOUT)
			ask->refused_nonsense = true;
		ask->is_app = names_app(event->text);
		str_copy(ask->identity, sizeof(ask->identity), event->text);
		judge(ask);
		break;
	case CHECK_ECHO:
		ask->state = STATE_SETTLED;
		break;
	}
}

static void tick_talk(struct ask *ask, int64_t now)
{
	while (is_talking(ask)) {
		struct at_event event = at_chan_next(ask->chan, now);

		if (event.type == AT_EVENT_NONE)
			return;
		if (event.type == AT_EVENT_REPLY)
			take_reply(ask, &event, now);
	}
}

static enum ask_verdict stream_verdict(const struct stream *stream)
{
	if (stream->ppp)
		return ASK_PPP;
	if (stream->diag)
		return ASK_DIAG;
	return stream->nmea ? ASK_NMEA : ASK_PENDING;
}

static int64_t next_slot(const struct ask *ask)
{
	int64_t at = ask->slot < COUNT(slots) ? ask->start + slots[ask->slot].ms : ask->end;

	return at < ask->end ? at : ask->end;
}

/* What is surely something else need not be asked to the end. */
static void tick_asking(struct ask *ask, int64_t now)
{
	enum ask_verdict verdict = stream_verdict(&ask->stream);

	if (verdict != ASK_PENDING && now >= ask->start + AWAKE_MS) {
		settle(ask, verdict, "");
	} else if (now >= ask->end) {
		ask->state = STATE_LISTENING;
		ask->deadline = now + LISTEN_MS;
		offer(ask, stream_question, stream_question_len);
	} else if (ask->slot < COUNT(slots) && now >= next_slot(ask)) {
		/* What the port has not taken yet is still good. */
		if (ask->out_len == 0)
			offer(ask, slots[ask->slot].text, strlen(slots[ask->slot].text));
		ask->slot++;
	}
}

static void tick_listening(struct ask *ask, int64_t now)
{
	enum ask_verdict verdict = stream_verdict(&ask->stream);

	if (verdict != ASK_PENDING)
		settle(ask, verdict, "");
	else if (now >= ask->deadline)
		settle(ask, ASK_SILENT, "");
}

void ask_tick(struct ask *ask, int64_t now)
{
	if (ask->state == STATE_ASKING)
		tick_asking(ask, now);
	else if (ask->state == STATE_LISTENING)
		tick_listening(ask, now);
	else if (ask->state == STATE_DRAINING && (ask->finals >= ask->sent || now >= ask->deadline))
		start_checking(ask);
	tick_talk(ask, now);
}

int64_t ask_deadline(const struct ask *ask)
{
	int64_t known;

	switch (ask->state) {
	case STATE_ASKING:
		known = ask->start + AWAKE_MS;
		if (stream_verdict(&ask->stream) != ASK_PENDING && known < next_slot(ask))
			return known;
		return next_slot(ask);
	case STATE_DRAINING:
	case STATE_LISTENING:
		return ask->deadline;
	case STATE_CHECKING:
	case STATE_ECHO_OFF:
		return at_chan_deadline(ask->chan);
	default:
		return -1;
	}
}

enum ask_verdict ask_verdict(const struct ask *ask)
{
	return ask->verdict;
}

int ask_answer_ms(const struct ask *ask)
{
	return ask->answer_ms;
}

const char *ask_why(const struct ask *ask)
{
	return ask->why;
}

const char *ask_identity(const struct ask *ask)
{
	return ask->identity;
}

void ask_hurry(struct ask *ask, int answer_ms)
{
	int patience = AWAKE_MS + 4 * answer_ms;
	int64_t end;

	end = ask->start + (patience < HURRIED_MS ? HURRIED_MS : patience);
	if (end < ask->end)
		ask->end = end;
}

void ask_echo_off(struct ask *ask)
{
	if (ask->state != STATE_SETTLED || ask->verdict != ASK_AT)
		return;
	ask->state = STATE_ECHO_OFF;
	send(ask, CHECK_ECHO, "ATE0");
}

bool ask_is_idle(const struct ask *ask)
{
	return ask->state == STATE_SETTLED;
}
