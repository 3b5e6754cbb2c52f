/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_MUX_H
#define GD_IO_MUX_H

#include <ev.h>
#include <stddef.h>

struct serial;

/*
 * The multiplexer of a modem that has just said OK to AT+CMUX (at/cmux.h) on the loop: the tty on
 * one side, a pty for each channel on the other. What the line brings is written to the pty from
 * where it was read, and the other way round.
 */
struct mux;

enum mux_channel_number {
	MUX_CALL = 1,  /* the session's commands, then the call */
	MUX_WATCH = 2, /* commands during the call */
};

enum mux_news {
	MUX_UP,     /* both channels answer AT */
	MUX_FAILED, /* they do not: `words` say why */
	MUX_ENDED,  /* the call is over, in the modem's words or ours */
	MUX_LOST,   /* the modem speaks, but in no frames, as after a restart: in `words` */
	MUX_GONE,   /* so is the tty, or the multiplexer; words NULL */
};

/* May be the last call: release it in there or later. */
typedef void mux_teller(void *ctx, enum mux_news news, const char *words);

/* `n1`: the frames' size, agreed by AT+CMUX; -1: ask for it. Takes the tty; on failure too, where
 * it is closed, and NULL returned. */
struct mux *mux_new(struct ev_loop *loop, struct serial *tty, int n1, mux_teller *tell, void *ctx);

/* A channel as a port that talks, for the caller to close. NULL: no memory, or it is closed. */
struct serial *mux_open(struct mux *mux, enum mux_channel_number channel);

/* From now on pppd has the call's channel, and bytes for it wait until it has spoken, for `hold_ms`
 * at most: `early` ones, which came behind CONNECT, first. 0: whoever it is listens. */
void mux_connect(struct mux *mux, const char *early, size_t len, int hold_ms);

/* DTR low and DISC on the call's channel; whoever has it sees a hang-up. */
void mux_hang_up(struct mux *mux);

/* Free it. The tty, still multiplexed: see closer_leave. NULL is fine. */
struct serial *mux_release(struct mux *mux);

#endif
