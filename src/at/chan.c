/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "at/chan.h"
#include "at/job.h"
#include "at/lines.h"
#include "at/outbox.h"
#include "at/urc.h"
#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"

#define QUEUE_MAX 32
#define DATA_MAX  4096

/* Quarantine: a port is quiet after this long without a byte; one that never is (NMEA) is asked
 * after QUIET_MAX anyway. */
#define ENOUGH_MS     1000 /* AT_ONE_LINE */
#define STALE_MS      1000 /* NO CARRIER may be the end of the call before: CONNECT may follow */
#define STALE_OK_MS   5000 /* and so it may an OK, by which a modem has only heard the dial */
#define QUIET_MS      200
#define QUIET_MAX_MS  2000
#define SYNC_MS       1000
#define SETTLE_MAX_MS 1000
/* After these it is parked until there is something to send. */
#define SYNC_TRIES 3

enum state {
	STATE_READY,
	STATE_RUNNING, /* `job` is being written, or waits for its answer */
	/* Quarantine after `job` has timed out: */
	STATE_QUIET,  /* waits for quiet */
	STATE_SYNC,   /* AT is being written, or waits for its answer */
	STATE_SETTLE, /* got its OK; a late reply's OK would come now */
	STATE_PARKED, /* no OK, nothing to send: gave up for now */
	STATE_DATA,   /* CONNECT */
};

struct at_chan {
	char name[32];
	bool lf;
	enum state state;
	struct at_lines lines;
	bool body; /* the next line is a message's text */
	struct at_job *queue[QUEUE_MAX];
	size_t queued;
	struct at_job *job;

	const char *out; /* still to be written */
	size_t out_len;
	bool written;    /* the modem has all of the command (or AT) */
	bool stale_line; /* the line now arriving began before that */
	bool escaped;    /* a prompt was already answered with ESC */
	int64_t since;   /* when that was */

	struct at_final stale; /* may be the answer to the dial, unless another comes */
	int64_t deadline;      /* of the state */
	int64_t quiet_until;   /* QUIET and SETTLE: not longer than this */
	int64_t head_deadline; /* quarantine: of the first in the queue, -1 */
	int tries;

	struct at_outbox box;
	struct buf data;
	bool line_end; /* the CONNECT line's own CR and LF may still come */
};

struct at_chan *at_chan_new(void)
{
	struct at_chan *chan = calloc(1, sizeof(*chan));

	if (chan)
		str_copy(chan->name, sizeof(chan->name), "at");
	return chan;
}

static void forget_jobs(struct at_chan *chan)
{
	for (size_t i = 0; i < chan->queued; i++)
		at_job_free(chan->queue[i]);
	chan->queued = 0;
	at_job_free(chan->job);
	chan->job = NULL;
	chan->out_len = 0;
}

void at_chan_free(struct at_chan *chan)
{
	if (!chan)
		return;
	forget_jobs(chan);
	at_outbox_free(&chan->box);
	buf_free(&chan->data);
	explicit_bzero(chan, sizeof(*chan));
	free(chan);
}

void at_chan_set_name(struct at_chan *chan, const char *name)
{
	str_copy(chan->name, sizeof(chan->name), name);
}

void at_chan_set_lf(struct at_chan *chan, bool lf)
{
	chan->lf = lf;
}

void at_chan_reset(struct at_chan *chan)
{
	forget_jobs(chan);
	memset(&chan->lines, 0, sizeof(chan->lines));
	at_outbox_free(&chan->box);
	buf_free(&chan->data);
	chan->stale_line = chan->body = false;
	chan->state = STATE_READY;
}

static bool in_quarantine(const struct at_chan *chan)
{
	return chan->state == STATE_QUIET || chan->state == STATE_SYNC ||
	       chan->state == STATE_SETTLE;
}

static bool is_job_secret(const struct at_chan *chan)
{
	return chan->job && (chan->job->flags & AT_SECRET);
}

int at_chan_send(struct at_chan *chan, const struct at_command *command)
{
	const char *text = command->text;
	struct at_job *job;
	size_t len = 0;

	while (text[len] >= 0x20 && text[len] <= 0x7e && len < AT_COMMAND_MAX)
		len++;
	if (len == 0 || text[len])
		return -EINVAL;
	if (chan->state == STATE_DATA)
		return -EBUSY;
	if (chan->queued == QUEUE_MAX)
		return -ENOSPC;
	job = at_job_new(command);
	if (!job)
		return -ENOMEM;
	if (chan->queued == 0)
		chan->head_deadline = -1;
	chan->queue[chan->queued++] = job;
	return 0;
}

static struct at_job *take_from_queue(struct at_chan *chan)
{
	struct at_job *job = chan->queue[0];

	chan->queued--;
	memmove(chan->queue, chan->queue + 1, chan->queued * sizeof(*chan->queue));
	chan->head_deadline = -1;
	return job;
}

bool at_chan_idle(const struct at_chan *chan)
{
	return chan->queued == 0 && chan->state != STATE_RUNNING && !in_quarantine(chan);
}

static const struct at_final timed_out = {AT_FINAL_TIMEOUT, 0, ""};
static const struct at_final enough = {AT_FINAL_OK, 0, "OK"};

/* All of the answer is there, but for its final. */
static bool says_enough(const struct at_chan *chan)
{
	return chan->job->flags & AT_ONE_LINE && chan->box.answer.len > 0 && !chan->box.open_quote;
}

static void wait_for_quiet(struct at_chan *chan, int64_t now)
{
	chan->state = STATE_QUIET;
	chan->deadline = now + QUIET_MS;
	chan->quiet_until = now + QUIET_MAX_MS;
	chan->out_len = 0;
}

static void set_out(struct at_chan *chan, const char *bytes, size_t len)
{
	chan->out = bytes;
	chan->out_len = len;
	chan->written = false;
	chan->escaped = false;
	chan->stale.kind = AT_FINAL_NONE;
}

static void end_job(struct at_chan *chan)
{
	at_job_free(chan->job);
	chan->job = NULL;
	chan->state = STATE_READY;
}

/* Let the deadlines at or before `now` take effect. */
static void apply_deadlines(struct at_chan *chan, int64_t now)
{
	struct at_job *first;

	if (chan->state == STATE_PARKED && chan->queued) {
		chan->tries = 0;
		wait_for_quiet(chan, now);
	}
	if (chan->state == STATE_RUNNING && now >= chan->deadline &&
	    chan->stale.kind != AT_FINAL_NONE) {
		at_outbox_reply(&chan->box, chan->job, chan->stale, now - chan->since);
		end_job(chan);
	} else if (chan->state == STATE_RUNNING && now >= chan->deadline) {
		at_outbox_reply(&chan->box, chan->job, says_enough(chan) ? enough : timed_out,
				chan->written ? now - chan->since : 0);
		log_debug("%s: no final in %d ms, waiting for quiet", chan->name,
			  (int)(now - chan->since));
		chan->head_deadline = -1;
		chan->tries = 0;
		wait_for_quiet(chan, now);
	} else if (chan->state == STATE_QUIET && now >= chan->deadline) {
		chan->state = STATE_SYNC;
		chan->deadline = now + SYNC_MS;
		set_out(chan, "AT\r\n", chan->lf ? 4 : 3);
	} else if (chan->state == STATE_SYNC && now >= chan->deadline) {
		wait_for_quiet(chan, now);
		if (++chan->tries >= SYNC_TRIES)
			chan->state = STATE_PARKED;
	} else if (chan->state == STATE_SETTLE && now >= chan->deadline) {
		end_job(chan);
	}
	if (!in_quarantine(chan) || !chan->queued)
		return;
	/* The first in the queue does not wait for a mute modem longer than it would have waited
	 * for its own answer. */
	if (chan->head_deadline < 0)
		chan->head_deadline = now + chan->queue[0]->timeout_ms;
	if (now < chan->head_deadline || chan->box.reply_ready)
		return;
	first = take_from_queue(chan);
	at_outbox_start_answer(&chan->box);
	at_outbox_reply(&chan->box, first, timed_out, 0);
	at_job_free(first);
}

static void log_received(const struct at_chan *chan, const char *line, bool shown)
{
	log_debug("%s < %s", chan->name, shown ? line : "(hidden)");
}

/* A line that is no answer. While a secret is being sent, an unknown line may be its garbled
 * echo. */
static void take_unasked(struct at_chan *chan, const char *line, enum at_urc urc)
{
	bool known = urc == AT_URC_UNASKED || urc == AT_URC_SURE;

	if (is_job_secret(chan) && !known) {
		log_received(chan, line, false);
		return;
	}
	log_received(chan, line, true);
	if (urc != AT_URC_NOT)
		at_outbox_add_urc(&chan->box, line);
}

static void take_final(struct at_chan *chan, struct at_final final, int64_t now)
{
	log_received(chan, final.line, true);
	if ((final.kind == AT_FINAL_NO_CARRIER || final.kind == AT_FINAL_OK) &&
	    chan->job->flags & AT_DIAL) {
		if (chan->stale.kind == AT_FINAL_NONE)
			chan->deadline = now + (final.kind == AT_FINAL_OK ? STALE_OK_MS : STALE_MS);
		if (chan->stale.kind != AT_FINAL_NO_CARRIER)
			chan->stale = final;
		return;
	}
	at_outbox_reply(&chan->box, chan->job, final, now - chan->since);
	if (final.kind != AT_FINAL_CONNECT) {
		end_job(chan);
		return;
	}
	forget_jobs(chan);
	memset(&chan->lines, 0, sizeof(chan->lines));
	chan->state = STATE_DATA;
	chan->line_end = true;
}

static void take_answer_line(struct at_chan *chan, char *line, int64_t now)
{
	struct at_job *job = chan->job;
	enum at_echo echo = at_job_take_echo(job, line, chan->box.answer.len > 0);
	enum at_urc urc = at_urc_of(line);
	struct at_final final;
	bool answers, continues;

	if (echo == AT_ECHO_WHOLE)
		return;
	if (is_job_secret(chan))
		at_job_hide_values(job, line);
	final = at_final_parse(line, job->flags & AT_DIAL);
	answers = at_job_answers(job, line, urc);
	/* A line end inside quotes (operators' names have them) splits a value. The rest of it is
	 * joined again where the answer's prefix is known. */
	continues = chan->box.open_quote && urc == AT_URC_NOT && job->prefix && job->prefix[0];
	if (echo == AT_ECHO_CUT) {
		take_unasked(chan, line, urc);
	} else if (final.kind != AT_FINAL_NONE) {
		take_final(chan, final, now);
	} else if (answers || continues) {
		log_received(chan, line, !is_job_secret(chan));
		at_outbox_add_answer(&chan->box, line, !answers);
		if (says_enough(chan) && chan->deadline > now + ENOUGH_MS)
			chan->deadline = now + ENOUGH_MS;
	} else {
		take_unasked(chan, line, urc);
	}
}

/* In quarantine only the OK to AT and URCs count. */
static void take_late(struct at_chan *chan, char *line, int64_t now)
{
	const struct at_job *job = chan->job;
	enum at_urc urc = at_urc_of(line);
	int64_t wait = 2 * (now - chan->since);
	struct at_final final;

	if (is_job_secret(chan))
		at_job_hide_values(job, line);
	final = at_final_parse(line, false);
	if (final.kind == AT_FINAL_NONE) {
		if (at_job_answers(job, line, urc) || at_job_names(job, line))
			log_received(chan, line, !is_job_secret(chan));
		else
			take_unasked(chan, line, urc);
		return;
	}
	log_received(chan, line, true);
	if (chan->state == STATE_SYNC && chan->written && final.kind == AT_FINAL_OK) {
		chan->state = STATE_SETTLE;
		chan->quiet_until = now + QUIET_MAX_MS;
		chan->out_len = 0;
	}
	if (chan->state != STATE_SETTLE)
		return;
	if (wait < QUIET_MS)
		wait = QUIET_MS;
	if (wait > SETTLE_MAX_MS)
		wait = SETTLE_MAX_MS;
	chan->deadline = now + wait;
	if (chan->deadline > chan->quiet_until)
		chan->deadline = chan->quiet_until;
}

static void take_complete_line(struct at_chan *chan, int64_t now)
{
	char *line = chan->lines.text;
	bool stale = chan->stale_line, body = chan->body;

	chan->stale_line = false;
	/* 27.005 3.4.1: a line with the message follows, and people write OK. */
	chan->body =
		!body && (str_starts_nocase(line, "+CMT:") || str_starts_nocase(line, "+CBM:"));
	if (body)
		log_received(chan, line, false);
	else if (chan->lines.cut)
		log_debug("%s: a line of over %d bytes dropped", chan->name, AT_LINE_MAX);
	else if (in_quarantine(chan))
		take_late(chan, line, now);
	else if (chan->state == STATE_RUNNING && chan->written && !stale)
		take_answer_line(chan, line, now);
	else
		take_unasked(chan, line, at_urc_of(line));
}

/* An LCP Configure-Request as it is before LCP is open: all below 0x20 stuffed (RFC 1662). */
#define LCP_START "~\xff}#\xc0!}!"

/* An AirCard 750 begins its call without the word CONNECT; so may one whose CONNECT was lost. The
 * frame is kept, for pppd. */
static void take_ppp_for_connect(struct at_chan *chan, int64_t now)
{
	const struct at_final connect = {AT_FINAL_CONNECT, 0, "PPP without CONNECT"};
	const char *frame = strstr(chan->lines.text, LCP_START);

	if (chan->state != STATE_RUNNING || !chan->written || !(chan->job->flags & AT_DIAL) ||
	    !frame)
		return;
	buf_append(&chan->data, frame, strlen(frame));
	take_final(chan, connect, now);
	chan->line_end = false;
}

void at_chan_feed(struct at_chan *chan, const void *bytes, size_t len, int64_t now)
{
	const char *at = bytes;

	if (chan->state == STATE_QUIET && len > 0) {
		chan->deadline = now + QUIET_MS;
		if (chan->deadline > chan->quiet_until)
			chan->deadline = chan->quiet_until;
	}
	while (len > 0 && chan->state != STATE_DATA) {
		/* Byte by byte, so that it does not matter in which pieces a frame arrives. */
		bool dials = chan->state == STATE_RUNNING && chan->job->flags & AT_DIAL;
		enum at_lines_item item;
		size_t taken = at_lines_feed(&chan->lines, at, dials ? 1 : len, &item);

		at += taken;
		len -= taken;
		take_ppp_for_connect(chan, now);
		if (chan->state == STATE_DATA)
			break;
		if (item == AT_LINES_LINE)
			take_complete_line(chan, now);
		/* Nobody here has a text for the modem; 27.005 3.5.1 ends its wait with ESC. */
		if (item == AT_LINES_PROMPT && chan->written && !chan->escaped &&
		    (chan->state == STATE_RUNNING || chan->state == STATE_SYNC)) {
			chan->escaped = true;
			chan->out = "\033";
			chan->out_len = 1;
		}
	}
	for (; len > 0 && chan->line_end; at++, len--) {
		if (*at != '\r' && *at != '\n') {
			chan->line_end = false;
			break;
		}
		chan->line_end = *at != '\n';
	}
	if (len > DATA_MAX - chan->data.len)
		len = DATA_MAX - chan->data.len;
	buf_append(&chan->data, at, len);
}

const char *at_chan_output(struct at_chan *chan, size_t *len, int64_t now)
{
	apply_deadlines(chan, now);
	/* One reply at a time: its text lies where the next answer grows. */
	if (chan->state == STATE_READY && chan->queued && !chan->box.reply_ready) {
		chan->job = take_from_queue(chan);
		chan->state = STATE_RUNNING;
		chan->deadline = now + chan->job->timeout_ms;
		at_outbox_start_answer(&chan->box);
		set_out(chan, chan->job->text, chan->job->len + (chan->lf ? 2 : 1));
	}
	*len = chan->out_len;
	return chan->out_len ? chan->out : NULL;
}

void at_chan_written(struct at_chan *chan, size_t len, int64_t now)
{
	char masked[AT_JOB_MASKED_MAX] = "AT";
	bool sync = chan->state == STATE_SYNC;

	if (len > chan->out_len)
		len = chan->out_len;
	if (len == 0)
		return;
	chan->out += len;
	chan->out_len -= len;
	if (chan->out_len > 0 || chan->written)
		return;
	chan->written = true;
	chan->since = now;
	chan->stale_line = at_lines_pending(&chan->lines);
	chan->deadline = now + (sync ? SYNC_MS : chan->job->timeout_ms);
	if (!sync)
		at_job_mask(chan->job, masked);
	log_debug("%s > %s", chan->name, masked);
}

struct at_event at_chan_next(struct at_chan *chan, int64_t now)
{
	apply_deadlines(chan, now);
	return at_outbox_next(&chan->box);
}

int64_t at_chan_deadline(const struct at_chan *chan)
{
	bool quarantine = in_quarantine(chan);

	if (!at_outbox_is_empty(&chan->box))
		return 0;
	if (chan->queued && (chan->state == STATE_READY || chan->state == STATE_PARKED ||
			     (quarantine && chan->head_deadline < 0)))
		return 0;
	if (quarantine && chan->queued && chan->head_deadline < chan->deadline)
		return chan->head_deadline;
	return quarantine || chan->state == STATE_RUNNING ? chan->deadline : -1;
}

const char *at_chan_data(const struct at_chan *chan, size_t *len)
{
	*len = chan->data.len;
	return buf_str(&chan->data);
}
