/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_MUX_H
#define GD_MODEM_MUX_H

#include <stdbool.h>
#include <stddef.h>

#include <ev.h>

struct modem;
struct port;

#define MUX_CHANNELS 8
#define MUX_INFO_MAX 2048

/*
 * The modem's end of 27.010, basic option, written from the standard: the line is the first port,
 * the channels are the ports with a `dlci`.
 */
struct mux {
	struct modem *modem;
	bool wanted; /* +CMUX has been taken: once its OK is out */
	bool on;
	bool hung; /* by a frame that came too early; only a reset helps */
	double begun_at;
	int n1; /* of our frames */
	/* The frame that is being read. */
	enum {
		MUX_HUNT,
		MUX_ADDRESS,
		MUX_CONTROL,
		MUX_LENGTH,
		MUX_LENGTH_2,
		MUX_INFO,
		MUX_FCS,
		MUX_CLOSING
	} state;
	unsigned char fcs;
	int address, control;
	size_t len, have;
	unsigned char info[MUX_INFO_MAX];
	struct mux_channel {
		bool open;
		bool stopped;   /* by the host's FC */
		int lines;      /* ours, as MSC tells them */
		bool lines_due; /* the host has not answered */
		int received;   /* since the last stop */
		bool stopping;  /* we have told it to stop */
		double stopped_at;
	} channels[MUX_CHANNELS];
	ev_timer again; /* for MSC without its answer */
	ev_timer go;    /* the end of a stop */
	unsigned seed;  /* of the damage */
};

void mux_init(struct mux *mux, struct modem *modem);
void mux_stop(struct mux *mux);

/* AT+CMUX=...: whether it is taken. */
bool mux_accept(struct mux *mux, const char *args);

/* The line's OK is out: from now on it carries frames. */
void mux_begin(struct mux *mux);

/* Bytes of the line. */
void mux_feed(struct mux *mux, const unsigned char *bytes, size_t len);

/* Write what a channel has, as far as the line and the host let it. */
void mux_pump(struct mux *mux, struct port *channel);

/* A call's carrier on a channel. */
void mux_carrier(struct mux *mux, struct port *channel, bool on);

#endif
