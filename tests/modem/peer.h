/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PEER_H
#define GD_MODEM_PEER_H

#include <stdbool.h>
#include <stddef.h>

struct ev_loop;

/* The network's end of a call: a command on a pty of its own. */
struct peer;

struct peer_ops {
	void (*received)(void *ctx, const void *bytes, size_t len);
	void (*ended)(void *ctx, int status);
};

/* Start `command` with `sh -c`, PPP_TTY naming the pty's slave. NULL on failure, said on stderr. */
struct peer *peer_start(struct ev_loop *loop, const char *command, const struct peer_ops *ops,
			void *ctx);

/* Bytes from the host; those that the peer does not read are dropped after 64 kB. */
void peer_send(struct peer *peer, const void *bytes, size_t len);

/* Stop or go on reading from it, so that a slow host slows it down. */
void peer_pause(struct peer *peer, bool pause);

/* SIGTERM to its process group, and forget it. NULL is fine. */
void peer_free(struct peer *peer);

#endif
