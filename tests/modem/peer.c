/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include <ev.h>

#include "base/buf.h"
#include "base/str.h"

#include "peer.h"
#include "trace.h"

#define QUEUE_MAX 65536

struct peer {
	struct ev_loop *loop;
	const struct peer_ops *ops;
	void *ctx;
	int master;
	int slave; /* held, so that the peer may open and close it at will */
	char tty[64];
	pid_t pid;
	struct buf queue;
	ev_io reader;
	ev_io writer;
	ev_child child;
};

static bool read_some(struct peer *peer)
{
	char bytes[4096];
	ssize_t len = read(peer->master, bytes, sizeof(bytes));

	if (len > 0)
		peer->ops->received(peer->ctx, bytes, (size_t)len);
	return len > 0;
}

static void read_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	(void)loop;
	(void)revents;
	read_some(io->data);
}

static void write_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	struct peer *peer = io->data;
	ssize_t len = write(peer->master, buf_str(&peer->queue), peer->queue.len);

	(void)revents;
	if (len > 0)
		buf_consume(&peer->queue, (size_t)len);
	if (peer->queue.len == 0)
		ev_io_stop(loop, io);
}

static void child_cb(struct ev_loop *loop, ev_child *child, int revents)
{
	struct peer *peer = child->data;

	(void)revents;
	ev_child_stop(loop, child);
	trace_event(-1, "peer %d ended %d", (int)child->rpid, child->rstatus);
	peer->pid = 0;
	while (read_some(peer))
		;
	peer->ops->ended(peer->ctx, child->rstatus);
}

static int open_tty(struct peer *peer)
{
	struct termios raw;
	const char *name;

	peer->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	if (peer->master < 0 || grantpt(peer->master) || unlockpt(peer->master))
		return -errno;
	name = ptsname(peer->master);
	if (!name || !str_copy(peer->tty, sizeof(peer->tty), name))
		return -EINVAL;
	peer->slave = open(peer->tty, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (peer->slave < 0 || tcgetattr(peer->slave, &raw))
		return -errno;
	cfmakeraw(&raw);
	return tcsetattr(peer->slave, TCSANOW, &raw) ? -errno : 0;
}

static int start_process(struct peer *peer, const char *command)
{
	if (setenv("PPP_TTY", peer->tty, 1))
		return -errno;
	peer->pid = fork();
	if (peer->pid < 0)
		return -errno;
	if (peer->pid > 0)
		return 0;
	setsid();
	execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	_exit(127);
}

static void watch(struct peer *peer)
{
	ev_io_init(&peer->reader, read_cb, peer->master, EV_READ);
	ev_io_init(&peer->writer, write_cb, peer->master, EV_WRITE);
	ev_child_init(&peer->child, child_cb, peer->pid, 0);
	peer->reader.data = peer->writer.data = peer->child.data = peer;
	ev_io_start(peer->loop, &peer->reader);
	ev_child_start(peer->loop, &peer->child);
}

struct peer *peer_start(struct ev_loop *loop, const char *command, const struct peer_ops *ops,
			void *ctx)
{
	struct peer *peer = calloc(1, sizeof(*peer));
	int error;

	if (!peer)
		return NULL;
	peer->loop = loop;
	peer->ops = ops;
	peer->ctx = ctx;
	peer->master = peer->slave = -1;
	error = open_tty(peer);
	if (!error)
		error = start_process(peer, command);
	if (error) {
		fprintf(stderr, "gobi-modem: PPP peer: %s\n", strerror(-error));
		peer_free(peer);
		return NULL;
	}
	watch(peer);
	trace_event(-1, "peer %d started on %s", (int)peer->pid, peer->tty);
	return peer;
}

void peer_send(struct peer *peer, const void *bytes, size_t len)
{
	if (peer->queue.len + len > QUEUE_MAX)
		return;
	buf_append(&peer->queue, bytes, len);
	if (peer->queue.len > 0)
		ev_io_start(peer->loop, &peer->writer);
}

void peer_pause(struct peer *peer, bool pause)
{
	if (pause)
		ev_io_stop(peer->loop, &peer->reader);
	else
		ev_io_start(peer->loop, &peer->reader);
}

void peer_free(struct peer *peer)
{
	if (!peer)
		return;
	/* Its group is its own as soon as it has run setsid(). */
	if (peer->pid > 0 && kill(-peer->pid, SIGTERM))
		kill(peer->pid, SIGTERM);
	ev_io_stop(peer->loop, &peer->reader);
	ev_io_stop(peer->loop, &peer->writer);
	ev_child_stop(peer->loop, &peer->child);
	if (peer->master >= 0)
		close(peer->master);
	if (peer->slave >= 0)
		close(peer->slave);
	buf_free(&peer->queue);
	free(peer);
}
