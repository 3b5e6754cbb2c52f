/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "at/between.h"
#include "at/cmux.h"
#include "at/lines.h"
#include "base/buf.h"
#include "base/log.h"
#include "io/clock.h"
#include "io/mux.h"
#include "io/serial.h"

#define CHANNELS    2
#define ASK_S       .6 /* between two ATs that prove a channel */
#define OPENING_MS  6000
#define REST_MS     500 /* behind the OK to AT+CMUX: a frame at once hangs a BG95, and an ME910G1 */
#define STOP_BYTES  8192  /* unread by pppd: the modem is told to stop */
#define DROP_BYTES  65536 /* and does not */
#define START_BYTES 1024  /* it may go on */

struct mux_channel {
	struct mux *mux;
	int dlci;
	int master, slave; /* the slave keeps the master from hanging up */
	ev_io reader, writer;
	struct buf unread;      /* what the pty has not taken */
	struct at_lines answer; /* to the AT that proves it */
	int asked, answered;    /* such ATs */
	bool proven;
};

struct mux {
	struct ev_loop *loop;
	struct serial *tty;
	mux_teller *tell;
	void *ctx;
	struct mux_channel channels[CHANNELS];
	ev_io reader, writer;
	ev_timer due;   /* the multiplexer's own */
	ev_timer asked; /* the next AT of those that prove; or the end of `held` */
	int64_t until;  /* for opening */
	bool ask_n1;    /* by PN */
	bool up, busy, freed;
	bool call;    /* pppd has the first channel */
	bool held;    /* and has not spoken yet */
	bool carrier; /* the modem has raised DCD in it */
	struct at_between between;
	struct at_between line; /* outside of all frames */
	struct cmux cmux;
};

static struct mux_channel *find_channel(struct mux *mux, int dlci)
{
	return &mux->channels[dlci - 1];
}

static void close_channel(struct mux_channel *channel)
{
	struct ev_loop *loop = channel->mux->loop;

	ev_io_stop(loop, &channel->reader);
	ev_io_stop(loop, &channel->writer);
	buf_free(&channel->unread);
	if (channel->master >= 0)
		close(channel->master);
	if (channel->slave >= 0)
		close(channel->slave);
	channel->master = channel->slave = -1;
}

static void stop_mux(struct mux *mux)
{
	ev_io_stop(mux->loop, &mux->reader);
	ev_io_stop(mux->loop, &mux->writer);
	ev_timer_stop(mux->loop, &mux->due);
	ev_timer_stop(mux->loop, &mux->asked);
	for (int i = 0; i < CHANNELS; i++)
		close_channel(&mux->channels[i]);
}

/* Nothing more is done for this multiplexer. */
static void end_mux(struct mux *mux, enum mux_news news, const char *words)
{
	stop_mux(mux);
	mux->tell(mux->ctx, news, words);
}

static void set_stop(struct mux_channel *channel, bool stop)
{
	unsigned lines = channel->mux->cmux.dlcis[channel->dlci].lines;

	cmux_set_lines(&channel->mux->cmux, channel->dlci,
		       stop ? lines | CMUX_FC : lines & ~(unsigned)CMUX_FC, clock_now_ms());
}

static void flush_channel(struct mux_channel *channel)
{
	struct mux *mux = channel->mux;
	ssize_t len = 0;

	if (channel->dlci == MUX_CALL && mux->held)
		return;
	while (len >= 0 && channel->unread.len > 0) {
		len = write(channel->master, channel->unread.data, channel->unread.len);
		if (len > 0)
			buf_consume(&channel->unread, (size_t)len);
	}
	if (channel->unread.len == 0)
		ev_io_stop(mux->loop, &channel->writer);
	else
		ev_io_start(mux->loop, &channel->writer);
	if (channel->unread.len <= START_BYTES)
		set_stop(channel, false);
}

/* Bytes for a pty, straight from the frame; only what it does not take is kept, and that only of
 * the call. */
static void write_channel(struct mux_channel *channel, const char *bytes, size_t len)
{
	struct mux *mux = channel->mux;
	bool waits = channel->unread.len > 0 || (channel->dlci == MUX_CALL && mux->held);
	ssize_t written = waits || channel->master < 0 ? 0 : write(channel->master, bytes, len);

	if (written < 0)
		written = 0;
	len -= (size_t)written;
	if (len == 0 || channel->dlci != MUX_CALL || channel->master < 0 ||
	    channel->unread.len + len > DROP_BYTES)
		return;
	buf_append(&channel->unread, bytes + written, len);
	if (!mux->held)
		ev_io_start(mux->loop, &channel->writer);
	if (channel->unread.len >= STOP_BYTES)
		set_stop(channel, true);
}

static void send_at(struct mux_channel *channel)
{
	size_t room;
	char *to = cmux_room(&channel->mux->cmux, channel->dlci, &room);

	if (!to)
		return;
	memcpy(to, "ATE0\r", 5);
	cmux_send(&channel->mux->cmux, channel->dlci, 5);
	channel->asked++;
	ev_timer_again(channel->mux->loop, &channel->mux->asked);
}

/* A channel that is open may still lead nowhere, and has an echo of its own. */
static void take_proof(struct mux_channel *channel, const char *bytes, size_t len)
{
	enum at_lines_item item;

	while (len > 0) {
		size_t taken = at_lines_feed(&channel->answer, bytes, len, &item);

		bytes += taken;
		len -= taken;
		/* The OK to a repeated one must not come in the session's way. */
		if (item == AT_LINES_LINE && strcmp(channel->answer.text, "OK") == 0)
			channel->proven |= ++channel->answered >= channel->asked;
	}
}

static void go_up(struct mux *mux)
{
	for (int i = 0; i < CHANNELS; i++)
		if (!mux->channels[i].proven)
			return;
	mux->up = true;
	ev_timer_stop(mux->loop, &mux->asked);
	log_info("%s: multiplexed, in frames of %zu bytes", serial_device(mux->tty), mux->cmux.n1);
	mux->tell(mux->ctx, MUX_UP, NULL);
}

static void end_call(struct mux *mux, const char *words)
{
	close_channel(find_channel(mux, MUX_CALL));
	mux->call = false;
	mux->tell(mux->ctx, MUX_ENDED, words);
}

static void take_data(struct mux *mux, const struct cmux_event *event)
{
	struct mux_channel *channel = find_channel(mux, event->dlci);
	struct at_final final;

	if (!mux->up) {
		take_proof(channel, event->bytes, event->len);
	} else if (event->dlci == MUX_CALL && mux->call &&
		   at_between_feed(&mux->between, event->bytes, event->len, &final)) {
		end_call(mux, final.line);
	} else {
		write_channel(channel, event->bytes, event->len);
	}
}

static void take_opened(struct mux *mux, int dlci)
{
	int64_t now = clock_now_ms();

	if (dlci > 0) {
		send_at(find_channel(mux, dlci));
		return;
	}
	if (mux->ask_n1)
		cmux_propose(&mux->cmux, MUX_CALL, CMUX_N1_MAX, now);
	for (int i = 1; i <= CHANNELS && !mux->ask_n1; i++)
		cmux_open(&mux->cmux, i, now);
}

static void take_event(struct mux *mux, const struct cmux_event *event)
{
	bool ours = event->dlci >= 1 && event->dlci <= CHANNELS;
	char words[64];

	switch (event->type) {
	case CMUX_EVENT_OPEN:
		take_opened(mux, event->dlci);
		break;
	case CMUX_EVENT_N1:
		mux->ask_n1 = false;
		take_opened(mux, 0);
		break;
	case CMUX_EVENT_DATA:
		if (ours)
			take_data(mux, event);
		break;
	case CMUX_EVENT_LINES:
		mux->carrier |= event->dlci == MUX_CALL && mux->call && event->lines & CMUX_DV;
		if (event->dlci == MUX_CALL && mux->call && mux->carrier &&
		    !(event->lines & CMUX_DV))
			end_call(mux, "the carrier was lost");
		break;
	case CMUX_EVENT_REFUSED:
		snprintf(words, sizeof(words), "channel %d is not to be had", event->dlci);
		end_mux(mux, MUX_FAILED, words);
		break;
	case CMUX_EVENT_CLOSED:
		if (!mux->up)
			end_mux(mux, MUX_FAILED, "it closes its channels again");
		else if (event->dlci == MUX_CALL && mux->call)
			end_call(mux, "it closed the channel");
		else if (ours)
			close_channel(find_channel(mux, event->dlci));
		break;
	case CMUX_EVENT_DOWN:
		end_mux(mux, mux->up ? MUX_GONE : MUX_FAILED, mux->up ? NULL : "it ends again");
		break;
	case CMUX_EVENT_NONE:
		break;
	}
}

/* Read from the ptys only what the modem takes. */
static void arm_readers(struct mux *mux)
{
	size_t room;

	for (int i = 0; i < CHANNELS; i++) {
		struct mux_channel *channel = &mux->channels[i];

		if (mux->up && channel->master >= 0 && cmux_room(&mux->cmux, channel->dlci, &room))
			ev_io_start(mux->loop, &channel->reader);
		else
			ev_io_stop(mux->loop, &channel->reader);
	}
}

/* All there is to do now: events, output, deadlines. The teller may release us in here. */
static void pump_mux(struct mux *mux)
{
	struct cmux_event event;
	const char *bytes;
	ssize_t written = 0;
	int64_t deadline;
	size_t len;

	mux->busy = true;
	while (!mux->freed && ev_is_active(&mux->reader) &&
	       (event = cmux_next(&mux->cmux, clock_now_ms())).type != CMUX_EVENT_NONE)
		take_event(mux, &event);
	if (!mux->freed && !mux->up && ev_is_active(&mux->reader))
		go_up(mux);
	mux->busy = false;
	if (mux->freed) {
		free(mux);
		return;
	}
	if (!ev_is_active(&mux->reader))
		return;
	while (written >= 0 && (bytes = cmux_output(&mux->cmux, &len))) {
		written = serial_write(mux->tty, bytes, len);
		if (written > 0)
			cmux_written(&mux->cmux, (size_t)written);
	}
	if (written < 0 && written != -EAGAIN) {
		end_mux(mux, MUX_GONE, NULL);
		return;
	}
	if (written == -EAGAIN)
		ev_io_start(mux->loop, &mux->writer);
	else
		ev_io_stop(mux->loop, &mux->writer);
	arm_readers(mux);
	deadline = cmux_deadline(&mux->cmux);
	ev_timer_stop(mux->loop, &mux->due);
	if (deadline >= 0) {
		int64_t ms = deadline - clock_now_ms();

		ev_now_update(mux->loop);
		ev_timer_set(&mux->due, ms > 0 ? (double)ms / 1e3 : 0., 0.);
		ev_timer_start(mux->loop, &mux->due);
	}
}

static void on_line_ready(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct mux *mux = watcher->data;
	struct at_final final;
	size_t room;
	ssize_t len;
	char *to;

	(void)loop;
	if (revents & EV_READ) {
		to = cmux_space(&mux->cmux, &room);
		len = serial_read(mux->tty, to, room);
		if (len < 0 && len != -EAGAIN) {
			end_mux(mux, MUX_GONE, NULL);
			return;
		}
		if (len > 0 && mux->up && at_between_feed(&mux->line, to, (size_t)len, &final)) {
			end_mux(mux, MUX_LOST, final.line);
			return;
		}
		if (len > 0)
			cmux_filled(&mux->cmux, (size_t)len, clock_now_ms());
	}
	pump_mux(mux);
}

static void on_mux_due(struct ev_loop *loop, ev_timer *timer, int revents)
{
	(void)loop;
	(void)revents;
	pump_mux(timer->data);
}

static void on_asked(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct mux *mux = timer->data;

	(void)loop;
	(void)revents;
	if (mux->held) {
		mux->held = false;
		flush_channel(find_channel(mux, MUX_CALL));
	} else if (!mux->up && clock_now_ms() >= mux->until) {
		end_mux(mux, MUX_FAILED, "its channels do not answer AT");
		return;
	} else if (!mux->up) {
		for (int i = 0; i < CHANNELS; i++) {
			mux->channels[i].proven |= mux->channels[i].answered > 0;
			if (!mux->channels[i].proven)
				send_at(&mux->channels[i]);
		}
	}
	if (mux->up)
		ev_timer_stop(mux->loop, timer);
	pump_mux(mux);
}

/* Straight into the next frame. */
static void on_channel_ready(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct mux_channel *channel = watcher->data;
	struct mux *mux = channel->mux;
	size_t room;
	ssize_t len;
	char *to;

	if (revents & EV_WRITE)
		flush_channel(channel);
	to = revents & EV_READ ? cmux_room(&mux->cmux, channel->dlci, &room) : NULL;
	if (to) {
		len = read(channel->master, to, room);
		if (len > 0)
			cmux_send(&mux->cmux, channel->dlci, (size_t)len);
		else if (len == 0 || (errno != EAGAIN && errno != EINTR))
			ev_io_stop(loop, watcher);
		if (len > 0 && channel->dlci == MUX_CALL && mux->held)
			ev_feed_event(loop, &mux->asked, EV_TIMER);
	}
	pump_mux(mux);
}

static bool open_pty(struct mux_channel *channel)
{
	struct termios raw;
	char name[64];

	channel->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (channel->master >= 0 && unlockpt(channel->master) == 0 &&
	    ptsname_r(channel->master, name, sizeof(name)) == 0)
		channel->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (channel->slave < 0 || tcgetattr(channel->slave, &raw) < 0)
		return false;
	cfmakeraw(&raw);
	tcsetattr(channel->slave, TCSANOW, &raw);
	ev_io_init(&channel->reader, on_channel_ready, channel->master, EV_READ);
	ev_io_init(&channel->writer, on_channel_ready, channel->master, EV_WRITE);
	channel->reader.data = channel->writer.data = channel;
	return true;
}

struct mux *mux_new(struct ev_loop *loop, struct serial *tty, int n1, mux_teller *tell, void *ctx)
{
	struct mux *mux = calloc(1, sizeof(*mux));
	bool opened = mux != NULL;

	if (!mux) {
		serial_close(tty);
		return NULL;
	}
	mux->loop = loop;
	mux->tty = tty;
	mux->tell = tell;
	mux->ctx = ctx;
	mux->ask_n1 = n1 < 0;
	mux->line.flag = (char)CMUX_FLAG;
	mux->until = clock_now_ms() + REST_MS + OPENING_MS;
	ev_io_init(&mux->reader, on_line_ready, serial_fd(tty), EV_READ);
	ev_io_init(&mux->writer, on_line_ready, serial_fd(tty), EV_WRITE);
	ev_timer_init(&mux->due, on_mux_due, 0., 0.);
	ev_timer_init(&mux->asked, on_asked, ASK_S, ASK_S);
	mux->reader.data = mux->writer.data = mux->due.data = mux->asked.data = mux;
	for (int i = 0; i < CHANNELS; i++) {
		mux->channels[i].mux = mux;
		mux->channels[i].dlci = i + 1;
		mux->channels[i].master = mux->channels[i].slave = -1;
		opened = opened && open_pty(&mux->channels[i]);
	}
	if (!opened) {
		log_error("%s: cannot make a pty: %s", serial_device(tty), strerror(errno));
		serial_close(mux_release(mux));
		return NULL;
	}
	cmux_init(&mux->cmux, n1 < 0 ? 0 : (size_t)n1);
	cmux_open(&mux->cmux, 0, clock_now_ms() + REST_MS);
	ev_now_update(loop);
	ev_io_start(loop, &mux->reader);
	ev_timer_start(loop, &mux->asked);
	ev_feed_event(loop, &mux->due, EV_TIMER);
	return mux;
}

struct serial *mux_open(struct mux *mux, enum mux_channel_number channel)
{
	int slave = find_channel(mux, (int)channel)->slave, fd;

	if (slave < 0)
		return NULL;
	tcflush(slave, TCIFLUSH);
	fd = fcntl(slave, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? NULL : serial_channel(mux->tty, fd);
}

void mux_connect(struct mux *mux, const char *early, size_t len, int hold_ms)
{
	struct mux_channel *channel = find_channel(mux, MUX_CALL);
	char bytes[1024];
	ssize_t more;

	mux->call = true;
	mux->carrier = mux->cmux.dlcis[MUX_CALL].peer_lines & CMUX_DV;
	memset(&mux->between, 0, sizeof(mux->between));
	if (hold_ms <= 0)
		return;
	mux->held = true;
	buf_append(&channel->unread, early, len);
	/* What has been written since CONNECT would be lost when PPP takes the pty. */
	while ((more = read(channel->slave, bytes, sizeof(bytes))) > 0)
		buf_append(&channel->unread, bytes, (size_t)more);
	ev_now_update(mux->loop);
	ev_timer_stop(mux->loop, &mux->asked);
	ev_timer_set(&mux->asked, hold_ms / 1e3, 0.);
	ev_timer_start(mux->loop, &mux->asked);
}

void mux_hang_up(struct mux *mux)
{
	close_channel(find_channel(mux, MUX_CALL));
	mux->call = mux->held = false;
	if (!ev_is_active(&mux->reader))
		return;
	cmux_close(&mux->cmux, MUX_CALL, clock_now_ms());
	ev_feed_event(mux->loop, &mux->due, EV_TIMER);
}

struct serial *mux_release(struct mux *mux)
{
	struct serial *tty;

	if (!mux)
		return NULL;
	stop_mux(mux);
	tty = mux->tty;
	mux->freed = true;
	if (!mux->busy)
		free(mux);
	return tty;
}
