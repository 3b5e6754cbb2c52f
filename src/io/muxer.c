/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>

#include "at/cmux.h"
#include "base/buf.h"
#include "base/str.h"
#include "io/muxer.h"
#include "io/serial.h"

#define ASK_MS   3000
#define BACK_S   .4 /* between two ATs on the way back to AT; and the quiet after its OK */
#define BACK_ATS 6

static void tell_begun(struct muxer *muxer, struct serial *port)
{
	muxer->listener.begun(muxer->ctx, port, muxer->why);
}

/* AT, until it is answered, and then until no answer is late. */
static void on_back_timer(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct muxer *muxer = timer->data;
	struct serial *tty = muxer->tty;

	(void)revents;
	if (!muxer->answered && muxer->ats++ < BACK_ATS) {
		serial_write(tty, "AT\r", 3);
		return;
	}
	ev_io_stop(loop, &muxer->reader);
	ev_timer_stop(loop, timer);
	muxer->tty = NULL;
	if (!muxer->answered) {
		serial_close(tty);
		tty = NULL;
	}
	tell_begun(muxer, tty);
}

static void on_back_ready(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct muxer *muxer = watcher->data;
	enum at_lines_item item;
	char bytes[256];
	ssize_t len = serial_read(muxer->tty, bytes, sizeof(bytes));

	(void)revents;
	if (len < 0 && len != -EAGAIN) {
		muxer->ats = BACK_ATS;
		ev_io_stop(loop, watcher);
	}
	for (ssize_t at = 0; at < len;) {
		at += (ssize_t)at_lines_feed(&muxer->answer, bytes + at, (size_t)(len - at), &item);
		if (item == AT_LINES_LINE && strcmp(muxer->answer.text, "OK") == 0) {
			muxer->answered = true;
			ev_timer_again(loop, &muxer->timer);
		}
	}
}

/* A modem may have taken AT+CMUX and speak of nothing else, or have lied, and take the farewell for
 * a bad command. */
static void go_back(struct muxer *muxer, struct serial *tty, const char *why)
{
	char farewell[CMUX_FAREWELL_MAX];

	str_copy(muxer->why, sizeof(muxer->why), why);
	muxer->tty = tty;
	muxer->ats = 0;
	muxer->answered = false;
	memset(&muxer->answer, 0, sizeof(muxer->answer));
	serial_write(tty, farewell, cmux_farewell(farewell, MUX_CALL));
	ev_io_init(&muxer->reader, on_back_ready, serial_fd(tty), EV_READ);
	ev_timer_init(&muxer->timer, on_back_timer, BACK_S, BACK_S);
	muxer->reader.data = muxer->timer.data = muxer;
	ev_now_update(muxer->loop);
	ev_io_start(muxer->loop, &muxer->reader);
	ev_timer_start(muxer->loop, &muxer->timer);
}

static void on_mux_news(void *ctx, enum mux_news news, const char *words)
{
	struct muxer *muxer = ctx;
	struct serial *port;

	if (muxer->up) {
		muxer->listener.news(muxer->ctx, news, words);
	} else if (news == MUX_UP) {
		port = mux_open(muxer->mux, MUX_CALL);
		muxer->up = true;
		tell_begun(muxer, port);
	} else if (news == MUX_FAILED) {
		port = mux_release(muxer->mux);
		muxer->mux = NULL;
		go_back(muxer, port, words);
	} else {
		serial_abandon(mux_release(muxer->mux));
		muxer->mux = NULL;
		tell_begun(muxer, NULL);
	}
}

static enum talk_turn take_muxer_turn(void *job, struct at_command *command)
{
	struct muxer *muxer = job;

	*command = (struct at_command){"AT+CMUX=?", "+CMUX:", ASK_MS, 0, 0};
	if (!muxer->asked)
		return TALK_SEND;
	if (muxer->taken || muxer->tries < 0)
		return TALK_DONE;
	buf_clear(&muxer->command);
	muxer->n1 = multiplex_command(&muxer->offer, muxer->baud, muxer->tries, &muxer->command);
	if (muxer->n1 == 0)
		return TALK_DONE;
	command->text = buf_str(&muxer->command);
	command->prefix = NULL;
	return TALK_SEND;
}

static void take_muxer_reply(void *job, const struct at_event *event)
{
	struct muxer *muxer = job;
	bool ok = event->final.kind == AT_FINAL_OK;

	if (!muxer->asked) {
		muxer->asked = true;
		if (!(ok && multiplex_parse(event->text, &muxer->offer)) && !muxer->insist)
			muxer->tries = -1;
	} else if (ok || event->final.kind == AT_FINAL_TIMEOUT) {
		muxer->taken = true;
		if (!ok)
			str_copy(muxer->why, sizeof(muxer->why), "no answer to AT+CMUX");
	} else {
		muxer->tries++;
	}
}

static void on_muxer_asked(void *ctx, const struct talk_end *end)
{
	struct muxer *muxer = ctx;
	struct serial *tty = talk_release(&muxer->talk, CAUSE_NONE, "");

	(void)end;
	buf_free(&muxer->command);
	if (!tty || !muxer->taken) {
		if (muxer->tries > 0)
			str_copy(muxer->why, sizeof(muxer->why), "it refuses AT+CMUX");
		tell_begun(muxer, tty);
	} else if (*muxer->why) {
		go_back(muxer, tty, "no answer to AT+CMUX");
	} else {
		muxer->mux = mux_new(muxer->loop, tty, muxer->n1, on_mux_news, muxer);
		if (!muxer->mux)
			tell_begun(muxer, NULL);
	}
}

int muxer_start(struct muxer *muxer, struct ev_loop *loop, struct serial *tty, bool insist,
		const struct muxer_listener *listener, void *ctx)
{
	const struct talk_user user = {.next = take_muxer_turn,
				       .reply = take_muxer_reply,
				       .over = on_muxer_asked,
				       .job = muxer,
				       .ctx = muxer};

	memset(muxer, 0, sizeof(*muxer));
	muxer->loop = loop;
	muxer->listener = *listener;
	muxer->ctx = ctx;
	muxer->insist = insist;
	muxer->baud = serial_state(tty).baud;
	if (talk_open(&muxer->talk, loop, tty) < 0)
		return -ENOMEM;
	talk_add(&muxer->talk, &user);
	talk_run(&muxer->talk);
	return 0;
}

struct mux *muxer_mux(const struct muxer *muxer)
{
	return muxer->up ? muxer->mux : NULL;
}

struct serial *muxer_release(struct muxer *muxer, bool *muxed)
{
	struct serial *tty = muxer->tty;

	*muxed = muxer->taken;
	if (tty) {
		ev_io_stop(muxer->loop, &muxer->reader);
		ev_timer_stop(muxer->loop, &muxer->timer);
	} else if (muxer->mux) {
		tty = mux_release(muxer->mux);
	} else if (muxer->talk.port) {
		/* An AT+CMUX may be on its way. */
		*muxed = muxer->asked;
		muxer->talk.count = 0;
		tty = talk_release(&muxer->talk, CAUSE_NONE, "");
	}
	buf_free(&muxer->command);
	memset(muxer, 0, sizeof(*muxer));
	return tty;
}
