/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "at/chan.h"
#include "at/lines.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/port-probe.h"
#include "modem/stream.h"

#define LF_MS 250

/* When AT is sent, counted from the start. The first may get lost in a modem that has just seen
 * DTR; the last leaves time for a late answer. A modem that was left in ATQ1 or ATV0 does not
 * answer in words; the third command changes that. */
static const struct slot {
	int ms;
	const char *text; /* NULL: DTR goes */
	const char *cure; /* what an answer to it or behind it is owed to */
	bool dtr_low;
} first_slots[] = {
	{0, "AT\r"}, {300, "AT\r"}, {800, "ATQ0V1\r"}, {1500, "AT\r"}, {2200, "AT\r"},
};

/* A modem that finds the rate by itself has done so in the first pass. */
static const struct slot rate_slots[] = {{0, "AT\r"}, {150, "AT\r"}, {300, "ATQ0V1\r"}};

/* Nokia's phones ignore a CR alone. A modem that has just started answers the first of these. */
static const struct slot lf_slots[] = {{0, "AT\r"}, {LF_MS, "\n"}, {500, "AT\r\n"}};

/*
 * Out of a data mode that nothing has ended, by what the modem may heed, the mildest first: DTR (no
 * wire at many boards), +++ with its guard times (off in an nRF91 and a SARA-R4), and an LCP
 * Terminate-Request, as pppd would have sent. ATH for a call that +++ has only left.
 */
#define ESCAPE_SLOT 2
static const struct slot leave_slots[] = {
	{0, NULL, "dropping DTR", true},
	{150, NULL},
	{1050, "+++", "+++"},
	{2150, "ATH\r"},
	{2300, stream_terminate, "an LCP Terminate-Request"},
	{2450, "AT\r"},
};

/* CLD, the multiplexer close down of 27.010 5.4.6.3.3, on DLCI 0; and DISC there, which ends it too
 * and is all that some heed, after one on each channel, without which others heed neither; and both
 * in the advanced option. After AT: what is not understood may spoil the next line. */
static const struct slot mux_slots[] = {
	{0, "\xf9\x03\xef\x05\xc3\x01\xf2\xf9", "CLD"},
	{200, "AT\r"},
	{400,
	 "\xf9\x07\x53\x01\x3f\xf9\xf9\x0b\x53\x01\xb8\xf9\xf9\x0f\x53\x01\x7a\xf9"
	 "\xf9\x13\x53\x01\x77\xf9\xf9\x03\x53\x01\xfd\xf9",
	 "DISC"},
	{550, "AT\r"},
	{700, "\x7e\x03\xef\xc3\x01\x70\x7e\x7e\x03\x53\xbd\x7e", "CLD"},
	{850, "AT\r"},
	{1000, "AT\r"},
};

/* All but the first are for a port that is searched. */
enum pass { PASS_MUXED, PASS_GUESS, PASS_FIRST, PASS_RATE, PASS_LF, PASS_LEAVE, PASS_MUX };

static const struct {
	const struct slot *slots;
	size_t count;
	int ms;
} passes[] = {
	[PASS_MUXED] = {mux_slots, COUNT(mux_slots), 1250},
	[PASS_GUESS] = {rate_slots, COUNT(rate_slots), 700},
	[PASS_FIRST] = {first_slots, COUNT(first_slots), 0}, /* the caller's time */
	[PASS_RATE] = {rate_slots, COUNT(rate_slots), 600},
	[PASS_LF] = {lf_slots, COUNT(lf_slots), 750},
	[PASS_LEAVE] = {leave_slots, COUNT(leave_slots), 2700},
	[PASS_MUX] = {mux_slots, COUNT(mux_slots), 1250},
};

/* After the first: the most common, and then the slow ones, whose owners know least of rates. */
static const int rates[] = {115200, 9600, 19200, 38400, 57600, 230400, 460800, 921600, 3000000};

/* Garbage says that something speaks, and that this is not its rate. */
#define GARBAGE_BYTES 2
#define GARBAGE_MS    300

/* Two slots: enough for any modem that is awake. */
#define AWAKE_MS 450

/* GPS sends once a second: with LISTEN_MS its first sentence is heard. */
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
	STATE_SETTING_UP, /* both ends of the line */
};

enum check { CHECK_AT, CHECK_NONSENSE, CHECK_IDENTITY, CHECK_ECHO, CHECK_SETUP };

struct port_probe {
	enum state state;
	struct port_finding found;
	struct at_lines lines;
	struct stream stream;
	struct at_chan *chan;

	const char *out; /* while `chan` is not used yet */
	size_t out_len;
	bool out_asks; /* is a command */

	enum pass pass;
	int first_ms; /* how long that one takes */
	struct port_search search;
	bool searches;
	size_t guess; /* the next in search.guesses */
	size_t rate;  /* the next in `rates` */
	const char *cure;
	bool leaving; /* a call of old has been heard, and is to be ended */

	int64_t start;    /* of the pass */
	int64_t end;      /* of asking */
	int64_t deadline; /* of the other states */
	int64_t first_sent, last_sent;
	size_t slot;
	int sent, finals;
	int owed; /* answers to an AT that may still come */
	bool ok, hung_up;
	bool refused_nonsense, is_app;

	struct line_setup setup;
	int64_t setup_at; /* its next command; -1: one is on its way */
};

static const char *const role_names[] = {
	[PORT_ROLE_UNKNOWN] = "unknown",
	[PORT_ROLE_AT] = "at",
	[PORT_ROLE_AT_SECONDARY] = "at-secondary",
	[PORT_ROLE_NMEA] = "nmea",
	[PORT_ROLE_DIAG] = "diag",
	[PORT_ROLE_PPP] = "ppp",
	[PORT_ROLE_SILENT] = "silent",
	[PORT_ROLE_NO_DTR] = "no-dtr",
	[PORT_ROLE_BUSY] = "busy",
	[PORT_ROLE_ERROR] = "error",
	[PORT_ROLE_OTHER] = "other",
};

const char *port_role_name(enum port_role role)
{
	return (unsigned)role < PORT_ROLE_COUNT ? role_names[role] : "unknown";
}

struct port_probe *port_probe_new(const char *name, int pass_ms, int64_t now)
{
	struct port_probe *probe = calloc(1, sizeof(*probe));

	if (!probe)
		return NULL;
	probe->chan = at_chan_new();
	if (!probe->chan) {
		free(probe);
		return NULL;
	}
	at_chan_set_name(probe->chan, name);
	stream_init(&probe->stream);
	probe->found.why = "";
	probe->pass = PASS_FIRST;
	probe->start = now;
	if (pass_ms < PASS_MIN_MS)
		pass_ms = PASS_MIN_MS;
	probe->first_ms = pass_ms - LISTEN_MS;
	probe->end = now + probe->first_ms;
	probe->first_sent = -1;
	probe->found.answer_ms = -1;
	return probe;
}

void port_probe_free(struct port_probe *probe)
{
	if (!probe)
		return;
	at_chan_free(probe->chan);
	free(probe);
}

static void settle_role(struct port_probe *probe, enum port_role role, const char *why)
{
	probe->state = STATE_SETTLED;
	probe->found.role = role;
	probe->found.why = why;
	probe->out_len = 0;
}

static void offer_bytes(struct port_probe *probe, const char *bytes, size_t len)
{
	probe->out = bytes;
	probe->out_len = len;
	probe->out_asks = len > 2 && str_starts(bytes, "AT");
}

static bool uses_chan(const struct port_probe *probe)
{
	return probe->state == STATE_CHECKING || probe->state == STATE_ECHO_OFF ||
	       probe->state == STATE_SETTING_UP;
}

/* What went into a call gets no answer. */
static void forget_sent(struct port_probe *probe)
{
	probe->sent = probe->finals = 0;
	probe->first_sent = -1;
}

static void ask_again(struct port_probe *probe, const char *text, int64_t now)
{
	probe->state = STATE_ASKING;
	forget_sent(probe);
	probe->found.dtr_low = false;
	offer_bytes(probe, text, strlen(text));
	if (probe->end < now + AWAKE_MS)
		probe->end = now + AWAKE_MS;
}

static void take_at_final(struct port_probe *probe, const char *line, int64_t now)
{
	struct at_final final = at_final_parse(line, true);

	/* It answers the program that used the port before, or what has left the call; that itself
	 * may still be there, as after +++, and would keep the next one out. */
	if (probe->sent == 0) {
		if (probe->pass == PASS_LEAVE && final.kind == AT_FINAL_OK)
			ask_again(probe, "ATH\r", now);
		if (probe->pass != PASS_LEAVE || final.kind != AT_FINAL_NO_CARRIER)
			return;
	}
	switch (final.kind) {
	case AT_FINAL_OK:
		if (!probe->ok)
			probe->found.answer_ms = (int)(now - probe->first_sent);
		probe->ok = true;
		break;
	case AT_FINAL_ERROR:
	case AT_FINAL_CME:
	case AT_FINAL_CMS:
		break;
	case AT_FINAL_NO_CARRIER:
		/* A modem that was left in data mode may say this to bytes that are no frame, or to
		 * the frames of stream_question. Then it can be asked again. */
		if (probe->hung_up || probe->state == STATE_DRAINING)
			return;
		probe->hung_up = true;
		ask_again(probe, "AT\r", now);
		return;
	default:
		probe->found.echoed |= final.kind == AT_FINAL_NONE && strcmp(line, "AT") == 0;
		return;
	}
	probe->found.echoed = false;
	probe->found.wants_lf = probe->pass == PASS_LF && probe->slot > 1;
	/* One that was silent may just have started, and not have heeded DTR. */
	probe->found.freed = probe->leaving || probe->slot > ESCAPE_SLOT ||
					     probe->pass == PASS_MUX || probe->pass == PASS_MUXED
				     ? probe->cure
				     : NULL;
	probe->finals++;
	if (probe->state == STATE_DRAINING) {
		probe->owed--;
		return;
	}
	probe->state = STATE_DRAINING;
	probe->owed = probe->sent - 1;
	/* If this answers the first AT, the answer to the last one comes as much later as that was
	 * sent later. */
	probe->deadline = now + probe->last_sent - probe->first_sent + MARGIN_MS;
}

void port_probe_feed(struct port_probe *probe, const void *bytes, size_t len, int64_t now)
{
	const char *at = bytes;
	enum at_lines_item item;

	if (uses_chan(probe)) {
		at_chan_feed(probe->chan, bytes, len, now);
		return;
	}
	if (probe->state == STATE_SETTLED)
		return;
	stream_feed(&probe->stream, bytes, len);
	while (len > 0) {
		size_t taken = at_lines_feed(&probe->lines, at, len, &item);

		at += taken;
		len -= taken;
		if (item == AT_LINES_LINE && !probe->lines.cut)
			take_at_final(probe, probe->lines.text, now);
		else if (item == AT_LINES_PROMPT && probe->out_len == 0)
			offer_bytes(probe, "\033", 1); /* leave a text prompt that was left open */
	}
}

const char *port_probe_output(struct port_probe *probe, size_t *len, int64_t now)
{
	if (uses_chan(probe))
		return at_chan_output(probe->chan, len, now);
	*len = probe->out_len;
	return probe->out_len ? probe->out : NULL;
}

void port_probe_written(struct port_probe *probe, size_t len, int64_t now)
{
	if (uses_chan(probe)) {
		at_chan_written(probe->chan, len, now);
		return;
	}
	if (len == 0)
		return;
	if (probe->first_sent < 0 && probe->out_asks)
		probe->first_sent = now;
	probe->out += len;
	probe->out_len -= len;
	if (probe->out_len > 0 || !probe->out_asks)
		return;
	probe->last_sent = now;
	probe->sent++;
}

static void send_check(struct port_probe *probe, enum check check, const char *text)
{
	int timeout_ms = 4 * probe->found.answer_ms;
	struct at_command command = {text, "", 0, 0, (int)check};

	if (timeout_ms < CHECK_MIN_MS)
		timeout_ms = CHECK_MIN_MS;
	if (timeout_ms > CHECK_MAX_MS)
		timeout_ms = CHECK_MAX_MS;
	command.timeout_ms = timeout_ms;
	at_chan_send(probe->chan, &command);
}

/* An OK to nonsense may be the late answer to an AT; then the real answer to the nonsense follows.
 * If none follows, it was a parrot, and being asked once more does not harm. */
static void doubt_nonsense(struct port_probe *probe, int64_t now)
{
	int patience = 2 * probe->found.answer_ms;

	if (patience < AWAKE_MS)
		patience = AWAKE_MS;
	at_chan_reset(probe->chan);
	probe->state = STATE_DRAINING;
	probe->deadline = now + patience;
	probe->owed--;
	probe->finals = 0;
	probe->sent = probe->owed + 1;
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

static void advance_setup(struct port_probe *probe, int64_t now);

static void take_check_reply(struct port_probe *probe, const struct at_event *event, int64_t now)
{
	enum at_final_kind kind = event->final.kind;

	switch ((enum check)event->id) {
	case CHECK_AT:
		probe->ok = kind == AT_FINAL_OK;
		if (probe->ok)
			probe->found.answer_ms = (int)(now - probe->first_sent);
		send_check(probe, CHECK_NONSENSE, NONSENSE);
		break;
	case CHECK_NONSENSE:
		probe->refused_nonsense = kind != AT_FINAL_TIMEOUT;
		if (kind != AT_FINAL_OK)
			send_check(probe, CHECK_IDENTITY, "ATI");
		else if (probe->owed > 0)
			doubt_nonsense(probe, now);
		else
			settle_role(probe, PORT_ROLE_AT_SECONDARY, "says OK to nonsense");
		break;
	case CHECK_IDENTITY:
		/* Some modems ignore an unknown command instead of refusing it. */
		if (kind != AT_FINAL_TIMEOUT)
			probe->refused_nonsense = true;
		probe->is_app = names_app(event->text);
		str_copy(probe->found.identity, sizeof(probe->found.identity), event->text);
		if (!probe->ok)
			settle_role(probe, PORT_ROLE_AT_SECONDARY, "says ERROR to a plain AT");
		else if (probe->is_app)
			settle_role(probe, PORT_ROLE_AT_SECONDARY, "calls itself an APP port");
		else if (!probe->refused_nonsense)
			settle_role(probe, PORT_ROLE_AT_SECONDARY, "has stopped answering");
		else
			settle_role(probe, PORT_ROLE_AT, "");
		break;
	case CHECK_ECHO:
		probe->state = STATE_SETTLED;
		if (!probe->searches)
			break;
		probe->state = STATE_SETTING_UP;
		probe->setup_at = now;
		advance_setup(probe, now);
		break;
	case CHECK_SETUP:
		line_setup_reply(&probe->setup, event->final.kind, event->text);
		probe->setup_at = now + probe->setup.pause_ms;
		/* Our end goes first. */
		probe->found.baud = probe->setup.baud;
		probe->found.rtscts = probe->setup.rtscts;
		advance_setup(probe, now);
		break;
	}
}

/* What its bytes so far have shown it to be; UNKNOWN: nothing yet. */
static enum port_role stream_role(const struct stream *stream)
{
	if (stream->ppp)
		return PORT_ROLE_PPP;
	if (stream->diag)
		return PORT_ROLE_DIAG;
	return stream->nmea ? PORT_ROLE_NMEA : PORT_ROLE_UNKNOWN;
}

/* The end of asking: early if what came in is surely something else, or not at its rate. */
static int64_t find_pass_end(const struct port_probe *probe)
{
	int64_t early = probe->start + (probe->pass == PASS_FIRST ? AWAKE_MS : GARBAGE_MS);
	bool garbled =
		probe->searches && probe->pass <= PASS_RATE && probe->stream.odd >= GARBAGE_BYTES;
	bool sure = garbled || (probe->searches && probe->stream.console) ||
		    (stream_role(&probe->stream) != PORT_ROLE_UNKNOWN && probe->pass < PASS_LEAVE);

	return sure && early < probe->end ? early : probe->end;
}

static int64_t next_slot(const struct port_probe *probe)
{
	int64_t end = find_pass_end(probe), at = end;

	if (probe->slot < passes[probe->pass].count)
		at = probe->start + passes[probe->pass].slots[probe->slot].ms;
	return at < end ? at : end;
}

static void begin_pass(struct port_probe *probe, enum pass pass, int baud, int64_t now)
{
	probe->state = STATE_ASKING;
	probe->pass = pass;
	probe->start = now;
	probe->end = now + (pass == PASS_FIRST ? probe->first_ms : passes[pass].ms);
	probe->slot = 0;
	probe->cure = NULL;
	probe->hung_up = probe->found.dtr_low = false;
	forget_sent(probe);
	probe->out_len = 0;
	probe->stream.odd = 0;
	memset(&probe->lines, 0, sizeof(probe->lines));
	probe->found.baud = baud;
}

static void note_rate(struct port_probe *probe)
{
	char *tried = probe->found.tried;
	size_t len = strlen(tried);

	snprintf(tried + len, sizeof(probe->found.tried) - len, "%s%d", len ? ", " : "",
		 probe->found.baud);
}

/* The first pass's rate again, but for what must not be asked twice. */
static bool take_next_rate(struct port_probe *probe, int64_t now)
{
	while (!probe->search.fixed && probe->rate < COUNT(rates)) {
		int baud = rates[probe->rate++];
		bool asked = baud == probe->search.baud;

		for (size_t i = 0; i < COUNT(probe->search.guesses); i++)
			asked |= baud == probe->search.guesses[i];
		if (asked)
			continue;
		begin_pass(probe, PASS_RATE, baud, now);
		note_rate(probe);
		return true;
	}
	return false;
}

static bool take_next_guess(struct port_probe *probe, int64_t now)
{
	while (probe->guess < COUNT(probe->search.guesses)) {
		int baud = probe->search.guesses[probe->guess++];

		if (baud == 0)
			continue;
		begin_pass(probe, PASS_GUESS, baud, now);
		note_rate(probe);
		return true;
	}
	return false;
}

/* Where a call or a multiplexer that speaks no more would be. */
static int likely_baud(const struct port_probe *probe)
{
	return !probe->search.fixed && probe->search.guesses[0] ? probe->search.guesses[0]
								: probe->search.baud;
}

/* It was silent in this one. */
static void begin_next_pass(struct port_probe *probe, int64_t now)
{
	bool called = probe->search.left == PORT_LEFT_CALLING;
	enum pass pass = probe->pass;
	int raised = probe->search.guesses[1];

	if (probe->searches && pass == PASS_MUX && !called && !probe->leaving && raised &&
	    probe->found.baud != raised) {
		/* Of a run that was killed in a call at the higher rate. */
		begin_pass(probe, PASS_LEAVE, raised, now);
	} else if (!probe->searches || pass == PASS_MUX) {
		settle_role(probe, probe->leaving ? PORT_ROLE_PPP : PORT_ROLE_SILENT, "");
	} else if (pass == PASS_LEAVE && !called) {
		begin_pass(probe, PASS_MUX, probe->found.baud, now);
	} else if (pass == PASS_LF) {
		begin_pass(probe, called ? PASS_MUX : PASS_LEAVE, likely_baud(probe), now);
	} else if (pass <= PASS_GUESS && take_next_guess(probe, now)) {
		return;
	} else if (pass <= PASS_GUESS && called) {
		begin_pass(probe, PASS_LEAVE, raised ? raised : likely_baud(probe), now);
	} else if (pass <= PASS_GUESS || pass == PASS_LEAVE) {
		begin_pass(probe, PASS_FIRST, probe->search.baud, now);
		note_rate(probe);
	} else if (!take_next_rate(probe, now)) {
		begin_pass(probe, PASS_LF, likely_baud(probe), now);
	}
}

void port_probe_search(struct port_probe *probe, const struct port_search *search, int64_t now)
{
	probe->searches = true;
	probe->search = *search;
	probe->found.baud = search->baud;
	if (search->left == PORT_LEFT_MUXED)
		begin_pass(probe, PASS_MUXED,
			   search->guesses[1] ? search->guesses[1] : likely_baud(probe), now);
	else if (!take_next_guess(probe, now))
		note_rate(probe);
}

void port_probe_skip_rate(struct port_probe *probe, int64_t now)
{
	begin_next_pass(probe, now);
}

/* What has been heard while it was asked. PPP is a call of old at a line that is ours. */
static void take_heard(struct port_probe *probe, enum port_role heard, int64_t now)
{
	if (heard != PORT_ROLE_PPP || !probe->searches || probe->pass >= PASS_LEAVE) {
		settle_role(probe, heard, "");
		return;
	}
	probe->leaving = true;
	probe->search.left = PORT_LEFT_FREE;
	begin_pass(probe, PASS_LEAVE, probe->found.baud, now);
}

/* The setup's next command; a late answer must not count for it, so the channel starts afresh. */
static void advance_setup(struct port_probe *probe, int64_t now)
{
	struct line_setup *setup = &probe->setup;
	const char *text;

	if (probe->state != STATE_SETTING_UP || probe->setup_at < 0 || now < probe->setup_at)
		return;
	text = line_setup_next(setup);
	if (text) {
		probe->setup_at = -1;
		at_chan_reset(probe->chan);
		send_check(probe, CHECK_SETUP, text);
	} else if (setup->failed) {
		settle_role(probe, PORT_ROLE_SILENT, setup->failed);
	} else {
		probe->state = STATE_SETTLED;
	}
}

void port_probe_tick(struct port_probe *probe, int64_t now)
{
	enum port_role heard = stream_role(&probe->stream);

	if (probe->state == STATE_ASKING) {
		bool ends = now >= find_pass_end(probe);

		if (probe->searches && probe->pass <= PASS_RATE &&
		    probe->stream.odd >= GARBAGE_BYTES)
			probe->found.garbled = true;
		if (ends && probe->searches && probe->stream.console) {
			/* Each further AT would be a name or a command there. */
			probe->found.console = true;
			probe->found.echoed = false;
			settle_role(probe, PORT_ROLE_SILENT, "the console of another computer");
		} else if (ends && heard != PORT_ROLE_UNKNOWN && probe->pass < PASS_LEAVE) {
			take_heard(probe, heard, now);
		} else if (ends && probe->pass == PASS_FIRST && !probe->found.garbled) {
			probe->state = STATE_LISTENING;
			probe->deadline = now + LISTEN_MS;
			offer_bytes(probe, stream_question, stream_question_len);
		} else if (ends) {
			begin_next_pass(probe, now);
		} else if (probe->slot < passes[probe->pass].count && now >= next_slot(probe)) {
			const struct slot *slot = &passes[probe->pass].slots[probe->slot++];

			if (slot->cure)
				probe->cure = slot->cure;
			if (!slot->text)
				probe->found.dtr_low = slot->dtr_low;
			/* An AT that the port has not taken yet is still good. */
			else if (probe->out_len == 0)
				offer_bytes(probe, slot->text, strlen(slot->text));
		}
	} else if (probe->state == STATE_LISTENING) {
		if (heard != PORT_ROLE_UNKNOWN)
			take_heard(probe, heard, now);
		else if (now >= probe->deadline)
			begin_next_pass(probe, now);
	} else if (probe->state == STATE_DRAINING &&
		   (probe->finals >= probe->sent || now >= probe->deadline)) {
		probe->state = STATE_CHECKING;
		at_chan_set_lf(probe->chan, probe->found.wants_lf);
		if (probe->ok)
			send_check(probe, CHECK_NONSENSE, NONSENSE);
		else
			send_check(probe, CHECK_AT, "AT");
	}
	advance_setup(probe, now);
	while (uses_chan(probe)) {
		struct at_event event = at_chan_next(probe->chan, now);

		if (event.type == AT_EVENT_NONE)
			return;
		if (event.type == AT_EVENT_REPLY)
			take_check_reply(probe, &event, now);
	}
}

int64_t port_probe_deadline(const struct port_probe *probe)
{
	switch (probe->state) {
	case STATE_ASKING:
		return next_slot(probe);
	case STATE_DRAINING:
	case STATE_LISTENING:
		return probe->deadline;
	case STATE_SETTING_UP:
		if (probe->setup_at >= 0)
			return probe->setup_at;
		return at_chan_deadline(probe->chan);
	case STATE_CHECKING:
	case STATE_ECHO_OFF:
		return at_chan_deadline(probe->chan);
	default:
		return -1;
	}
}

const struct port_finding *port_probe_finding(const struct port_probe *probe)
{
	return &probe->found;
}

void port_probe_hurry(struct port_probe *probe, int answer_ms)
{
	int patience = AWAKE_MS + 4 * answer_ms;
	int64_t end;

	probe->searches = false;
	end = probe->start + (patience < HURRIED_MS ? HURRIED_MS : patience);
	if (end < probe->end)
		probe->end = end;
}

void port_probe_set_up(struct port_probe *probe, const struct line_wish *wish)
{
	if (probe->state != STATE_SETTLED || probe->found.role != PORT_ROLE_AT)
		return;
	line_setup_start(&probe->setup, wish, probe->found.baud);
	probe->state = STATE_ECHO_OFF;
	send_check(probe, CHECK_ECHO, "ATE0");
}

const struct line_setup *port_probe_line(const struct port_probe *probe)
{
	return &probe->setup;
}

bool port_probe_is_idle(const struct port_probe *probe)
{
	return probe->state == STATE_SETTLED;
}
