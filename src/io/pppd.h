/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PPPD_H
#define GD_IO_PPPD_H

#include <ev.h>
#include <stdbool.h>

#include "base/cause.h"
#include "ppp/result.h"

struct conf;
struct conf_account;

/*
 * One run of the real pppd. The tty is its fd 0, so that it neither locks the
 * port nor pulses DTR. It is started early and waits for its options on a pipe,
 * so that its start-up does not delay the dial and no password is ever on a
 * disk. With the options it opens the tty, which flushes the tty's input; then
 * its `connect` step waits until we have made the call. It dies when we die, in
 * whatever way.
 */
struct pppd;

struct pppd_news {
	enum {
		PPPD_READY, /* it has opened the port and waits for the call */
		PPPD_LOG,   /* log */
		PPPD_EXIT,  /* cause, and text, which says why, for people: free it now or later */
	} type;
	const struct ppp_event *log;
	enum cause cause;
	const char *text;
};

struct pppd_line {
	int tty;
	int baud; /* 0: as it is */
	bool rtscts;
	bool deaf; /* the network answers no LCP echoes, so it is not asked for them */
};

typedef void pppd_teller(void *ctx, const struct pppd_news *news);

/* `loop` must be the default loop (child watchers). NULL with a negative errno in *error: -ENOENT
 * when there is no pppd; -EINVAL, with the reason logged, when the configuration does not fit in
 * pppd's options. */
struct pppd *pppd_start(struct ev_loop *loop, const struct conf *conf, const char *name,
			const struct pppd_line *line, pppd_teller *tell, void *ctx, int *error);

/* Give it its options, with this account: the modem must not be sending anything from now until it
 * is ready. Negative errno. */
int pppd_open(struct pppd *pppd, const struct conf_account *account);

/* The call is up: start LCP. */
void pppd_connected(struct pppd *pppd);

/* TERM, or KILL when `hard`. */
void pppd_stop(struct pppd *pppd, bool hard);

/* Its log says, up to this moment, that the link is over: it will exit by itself, and should get no
 * signal while its scripts may run. */
bool pppd_is_ending(struct pppd *pppd);

/* It has ended the link for lack of echoes on a network that never answered any. */
bool pppd_is_deaf(const struct pppd *pppd);

int pppd_pid(const struct pppd *pppd);

/* Kills it if it is still alive. NULL is fine. */
void pppd_free(struct pppd *pppd);

#endif
