/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "at/between.h"
#include "base/count.h"
#include "io/relay.h"

/* Two reads of a tty, each 4 kB at most. */
#define WAY_BYTES 8192

struct way {
	struct relay *relay;
	int from, to;
	bool from_far;
	ev_io reader, writer;
	size_t start, end; /* of the bytes to be written */
	char bytes[WAY_BYTES];
};

struct relay {
	struct ev_loop *loop;
	relay_teller *gone;
	void (*agreed)(void *ctx);
	void *ctx;
	struct way out; /* near to far */
	struct way in;  /* far to near */
	bool held;      /* `in` must wait */
	struct at_between between;
	ev_timer hold;
};

static void stop_watchers(struct relay *relay)
{
	ev_io_stop(relay->loop, &relay->out.reader);
	ev_io_stop(relay->loop, &relay->out.writer);
	ev_io_stop(relay->loop, &relay->in.reader);
	ev_io_stop(relay->loop, &relay->in.writer);
	ev_timer_stop(relay->loop, &relay->hold);
}

/* The caller must not use the relay after this. */
static void end_relay(struct relay *relay, bool far, const char *words)
{
	stop_watchers(relay);
	relay->gone(relay->ctx, far, words);
}

static bool is_for_later(int error)
{
	return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

static void flush_way(struct way *way)
{
	struct ev_loop *loop = way->relay->loop;
	ssize_t len = 0;

	while (len >= 0 && way->start < way->end) {
		len = write(way->to, way->bytes + way->start, way->end - way->start);
		if (len > 0)
			way->start += (size_t)len;
	}
	if (len < 0 && !is_for_later(errno)) {
		end_relay(way->relay, !way->from_far, NULL);
		return;
	}
	if (way->start == way->end)
		way->start = way->end = 0;
	if (way->end == 0)
		ev_io_stop(loop, &way->writer);
	else
		ev_io_start(loop, &way->writer);
	if (way->end == sizeof(way->bytes))
		ev_io_stop(loop, &way->reader);
	else
		ev_io_start(loop, &way->reader);
}

static void let_go(struct relay *relay)
{
	relay->held = false;
	ev_timer_stop(relay->loop, &relay->hold);
	/* Writes what there is, and starts to read. */
	ev_feed_event(relay->loop, &relay->in.writer, EV_WRITE);
}

static void on_way_ready(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct way *way = watcher->data;
	struct relay *relay = way->relay;
	void (*agreed)(void *ctx);
	struct at_final final;
	ssize_t len;
	bool ended;

	(void)loop;
	if (revents & EV_WRITE) {
		flush_way(way);
		return;
	}
	len = read(way->from, way->bytes + way->end, sizeof(way->bytes) - way->end);
	if (len < 0 && is_for_later(errno))
		return;
	if (len <= 0) {
		end_relay(relay, way->from_far, NULL);
		return;
	}
	ended = way->from_far &&
		at_between_feed(&relay->between, way->bytes + way->end, (size_t)len, &final);
	/* Told before the end, which may have come with it. */
	agreed = relay->between.agreed ? relay->agreed : NULL;
	if (agreed) {
		relay->agreed = NULL;
		agreed(relay->ctx);
	}
	if (ended) {
		end_relay(relay, true, final.line);
		return;
	}
	way->end += (size_t)len;
	if (relay->held)
		let_go(relay);
	flush_way(way);
}

static void on_hold_over(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)revents;
	let_go(watcher->data);
}

static void way_init(struct way *way, struct relay *relay, int from, int to)
{
	way->relay = relay;
	way->from = from;
	way->to = to;
	ev_io_init(&way->reader, on_way_ready, from, EV_READ);
	ev_io_init(&way->writer, on_way_ready, to, EV_WRITE);
	way->reader.data = way;
	way->writer.data = way;
}

struct relay *relay_new(struct ev_loop *loop, const struct relay_ends *ends, const void *early,
			size_t len, int hold_ms, relay_teller *gone, void *ctx)
{
	const int fds[] = {ends->in, ends->out, ends->far};
	struct relay *relay = calloc(1, sizeof(*relay));

	if (!relay)
		return NULL;
	relay->loop = loop;
	relay->gone = gone;
	relay->agreed = ends->agreed;
	relay->ctx = ctx;
	relay->held = true;
	way_init(&relay->out, relay, ends->in, ends->far);
	way_init(&relay->in, relay, ends->far, ends->out);
	relay->in.from_far = true;
	relay->in.end = len < WAY_BYTES ? len : WAY_BYTES;
	memcpy(relay->in.bytes, early, relay->in.end);
	for (size_t i = 0; i < COUNT(fds); i++)
		fcntl(fds[i], F_SETFL, fcntl(fds[i], F_GETFL) | O_NONBLOCK);
	ev_timer_init(&relay->hold, on_hold_over, hold_ms / 1e3, 0.);
	relay->hold.data = relay;
	ev_now_update(loop);
	ev_timer_start(loop, &relay->hold);
	ev_io_start(loop, &relay->out.reader);
	return relay;
}

bool relay_has_heard(const struct relay *relay)
{
	return relay && relay->between.heard;
}

void relay_free(struct relay *relay)
{
	if (!relay)
		return;
	stop_watchers(relay);
	free(relay);
}
