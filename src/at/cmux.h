/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_CMUX_H
#define GD_AT_CMUX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Our end of a multiplexer of 3GPP 27.010, basic option, the end that opens it: one line carries
 * several channels (DLCIs), of which 0 is for the two multiplexers themselves. Bytes and times go
 * in, bytes and events come out; it does not read, write or ask the clock. Bytes are read straight
 * into its input and written straight from its output, so that none is copied in between.
 */
#define CMUX_DLCI_MAX   3    /* ours are 0 to this */
#define CMUX_FLAG       0xf9 /* begins and ends a frame */
#define CMUX_N1_DEFAULT 31   /* 27.010 5.7.2, where nothing else has been agreed */
#define CMUX_N1_MAX     1509 /* room for what modems offer (SIM7600, EC25: 1509) */
#define CMUX_FRAME_MAX  (CMUX_N1_MAX + 7)

/* The lines of a channel, as in MSC's V.24 octet (27.010 5.4.6.3.7). */
enum cmux_lines {
	CMUX_FC = 1 << 1,  /* cannot take any bytes now */
	CMUX_RTC = 1 << 2, /* DTR; DSR */
	CMUX_RTR = 1 << 3, /* RTS; CTS */
	CMUX_IC = 1 << 6,  /* RI */
	CMUX_DV = 1 << 7,  /* DCD */
};

enum cmux_event_type {
	CMUX_EVENT_NONE,
	CMUX_EVENT_OPEN,    /* the channel is open */
	CMUX_EVENT_REFUSED, /* it is not to be had: DM, or no answer */
	CMUX_EVENT_CLOSED,  /* it was open: the modem has closed it, or we have */
	CMUX_EVENT_LINES,   /* the modem has set its lines */
	CMUX_EVENT_DATA,
	CMUX_EVENT_N1,   /* the answer to cmux_propose, or that there is none */
	CMUX_EVENT_DOWN, /* the multiplexer has ended, by us or by the modem */
};

struct cmux_event {
	enum cmux_event_type type;
	int dlci;
	unsigned lines, before; /* LINES: as they are and were */
	const char *bytes;      /* DATA: good until cmux_space or cmux_next is called */
	size_t len;
};

enum cmux_state { CMUX_CLOSED, CMUX_OPENING, CMUX_OPEN, CMUX_CLOSING };

struct cmux_dlci {
	enum cmux_state state;
	int64_t again_at; /* T1 of SABM or DISC */
	int tries;
	unsigned lines, peer_lines;
	bool lines_due; /* our MSC has not been answered */
	int64_t lines_at;
	int lines_tries;
};

struct cmux {
	struct cmux_dlci dlcis[CMUX_DLCI_MAX + 1];
	size_t n1;           /* of frames to the modem */
	bool stopped;        /* by FCoff: all channels */
	bool asleep;         /* the modem has said so by PSC */
	int64_t down_at;     /* T1 of CLD; 0: not sent */
	int64_t propose_at;  /* T1 of PN; 0: not sent */
	int tries;           /* of the one or the other */
	int proposed, dlci;  /* PN's */
	size_t start, end;   /* of the input */
	int64_t heard_at;    /* the last byte of it */
	size_t sent, filled; /* of the output */
	unsigned damaged;    /* frames that were no frames, for the log */
	char in[2 * CMUX_FRAME_MAX];
	char out[3 * CMUX_FRAME_MAX];
};

/* `n1`: the largest frame that the modem takes. */
void cmux_init(struct cmux *cmux, size_t n1);

/* SABM until it is answered or has gone out often enough: OPEN or REFUSED. DLCI 0 comes first. */
void cmux_open(struct cmux *cmux, int dlci, int64_t now);

/* Lines down and DISC: CLOSED. */
void cmux_close(struct cmux *cmux, int dlci, int64_t now);

/* CLD: DOWN. */
void cmux_close_down(struct cmux *cmux, int64_t now);

/* PN for a channel before it is opened: N1, and cmux->n1 is what the modem has agreed to. */
void cmux_propose(struct cmux *cmux, int dlci, size_t n1, int64_t now);

/* Our lines of an open channel, told to the modem if they have changed. */
void cmux_set_lines(struct cmux *cmux, int dlci, unsigned lines, int64_t now);

/* Where to put what the line has brought, and how much of it there was. There is always room after
 * cmux_next has said NONE. */
char *cmux_space(struct cmux *cmux, size_t *len);
void cmux_filled(struct cmux *cmux, size_t len, int64_t now);

/* The next event; NONE: feed more. What is due by `now` is done in here. */
struct cmux_event cmux_next(struct cmux *cmux, int64_t now);

/* Where to put bytes for a channel, one frame of them; NULL while it is closed or stopped by the
 * modem, or the output has no room. Then send that many. */
char *cmux_room(struct cmux *cmux, int dlci, size_t *len);
void cmux_send(struct cmux *cmux, int dlci, size_t len);

/* Bytes to write; NULL: none. Partial writes are fine. */
const char *cmux_output(const struct cmux *cmux, size_t *len);
void cmux_written(struct cmux *cmux, size_t len);

/* When cmux_next has to be called although nothing has come; -1: never. */
int64_t cmux_deadline(const struct cmux *cmux);

/* Write DISC for `dlci` and CLD to `bytes`, for a line whose multiplexer is to be left without
 * asking; at least CMUX_FAREWELL_MAX. Returns the length. Whatever was on its way is cut off. */
#define CMUX_FAREWELL_MAX 24
size_t cmux_farewell(char *bytes, int dlci);

/* Whether the answer to its CLD is in there. */
bool cmux_is_farewell(const char *bytes, size_t len);

#endif
