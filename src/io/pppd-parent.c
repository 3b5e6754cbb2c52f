/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "io/clock.h"
#include "io/relay.h"
#include "io/pppd-parent.h"

/* chat/gobi-connect waits for these. chat(8) treats a hyphen as a separator, and a report of more
 * than 255 bytes overruns its buffer. */
#define READY_WORD  "GOBI READY\r\n"
#define FAILED_WORD "GOBI FAILED"
#define TEXT_MAX    200

/* pppd speaks first once it has PPP on the line, and loses what comes before that; unless it is
 * told to be silent. */
#define HOLD_MS   1000
#define UNREAD_MS 3000

struct pppd_parent {
	struct ev_loop *loop;
	pppd_parent_teller *tell;
	void *ctx;
	struct relay *relay;
	bool connected;
	bool heard, agreed; /* the network has spoken PPP, and granted an address */
	bool stopping;
	ev_io reader;  /* until there is a relay */
	ev_timer soon; /* for callbacks that must not run within a call of ours */
};

/* Discard what pppd sends before the call is up. */
static void on_early_bytes(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct pppd_parent *parent = watcher->data;
	char bytes[256];
	ssize_t len = read(STDIN_FILENO, bytes, sizeof(bytes));

	(void)revents;
	if (len > 0 || (len < 0 && (errno == EAGAIN || errno == EINTR)))
		return;
	ev_io_stop(loop, watcher);
	parent->tell(parent->ctx, PPPD_PARENT_CLOSED);
}

static void on_gone(void *ctx, bool far, const char *words)
{
	struct pppd_parent *parent = ctx;

	if (words)
		log_warning("the modem ended the call: %s", words);
	parent->heard |= words != NULL;
	parent->tell(parent->ctx, far ? PPPD_PARENT_LOST : PPPD_PARENT_CLOSED);
}

static void on_agreed(void *ctx)
{
	struct pppd_parent *parent = ctx;

	parent->agreed = true;
	parent->tell(parent->ctx, PPPD_PARENT_AGREED);
}

static void on_soon(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	struct pppd_parent *parent = watcher->data;

	(void)loop;
	(void)revents;
	parent->tell(parent->ctx, parent->stopping    ? PPPD_PARENT_LEFT
				  : parent->connected ? PPPD_PARENT_CLOSED
						      : PPPD_PARENT_READY);
}

struct pppd_parent *pppd_parent_new(struct ev_loop *loop, pppd_parent_teller *tell, void *ctx)
{
	struct pppd_parent *parent = calloc(1, sizeof(*parent));

	if (!parent)
		return NULL;
	parent->loop = loop;
	parent->tell = tell;
	parent->ctx = ctx;
	ev_io_init(&parent->reader, on_early_bytes, STDIN_FILENO, EV_READ);
	ev_timer_init(&parent->soon, on_soon, 0., 0.);
	parent->reader.data = parent;
	parent->soon.data = parent;
	ev_io_start(loop, &parent->reader);
	return parent;
}

void pppd_parent_open(struct pppd_parent *parent)
{
	ev_timer_start(parent->loop, &parent->soon);
}

void pppd_parent_connected(struct pppd_parent *parent, int tty, const char *early, size_t len)
{
	const struct relay_ends ends = {STDIN_FILENO, STDOUT_FILENO, tty, on_agreed};

	parent->connected = true;
	ev_io_stop(parent->loop, &parent->reader);
	if (write(STDOUT_FILENO, READY_WORD, strlen(READY_WORD)) > 0)
		parent->relay =
			relay_new(parent->loop, &ends, early, len, HOLD_MS, on_gone, parent);
	if (!parent->relay)
		ev_timer_start(parent->loop, &parent->soon);
}

void pppd_parent_hush(struct pppd_parent *parent)
{
	parent->heard |= relay_has_heard(parent->relay);
	relay_free(parent->relay);
	parent->relay = NULL;
}

void pppd_parent_stop(struct pppd_parent *parent)
{
	pppd_parent_hush(parent);
	parent->stopping = true;
	ev_timer_start(parent->loop, &parent->soon);
}

bool pppd_parent_was_connected(const struct pppd_parent *parent)
{
	return parent->connected;
}

bool pppd_parent_was_refused(const struct pppd_parent *parent)
{
	return parent->heard && !parent->agreed;
}

void pppd_parent_free(struct pppd_parent *parent)
{
	if (!parent)
		return;
	pppd_parent_hush(parent);
	ev_io_stop(parent->loop, &parent->reader);
	ev_timer_stop(parent->loop, &parent->soon);
	free(parent);
}

void pppd_parent_failed(enum cause cause, const char *text)
{
	struct pollfd line = {.fd = STDIN_FILENO, .events = POLLIN};
	int64_t end = clock_now_ms() + UNREAD_MS, left;
	struct buf words = BUF_INIT;
	char bytes[256];
	ssize_t len;

	buf_printf(&words, "\r\nGOBI: ");
	str_print_safe(&words, text, strlen(text));
	if (words.len > TEXT_MAX)
		words.len = TEXT_MAX;
	buf_printf(&words, " (%s)\r\n" FAILED_WORD "\r\n", cause_name(cause));
	len = write(STDOUT_FILENO, buf_str(&words), words.len);
	buf_free(&words);
	/* pppd closes the line when the script has ended. */
	while (len > 0 && (left = end - clock_now_ms()) > 0) {
		if (poll(&line, 1, (int)left) < 0 || line.revents & (POLLHUP | POLLERR | POLLNVAL))
			return;
		len = line.revents ? read(line.fd, bytes, sizeof(bytes)) : 1;
		if (len < 0 && errno == EAGAIN)
			len = 1;
	}
}
