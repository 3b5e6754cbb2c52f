/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_LINE_SETUP_H
#define GD_MODEM_LINE_SETUP_H

#include <stdbool.h>

#include "at/final.h"
#include "conf/conf.h"

/*
 * Both ends of a UART whose modem answers: RTS/CTS, and then a higher rate, each only as long as
 * the modem still answers, and put back where it does not. Asked, it says the next command and how
 * our end is to be set before that.
 */

struct line_wish {
	enum conf_flow flow;
	bool no_flow; /* CONF_FLOW_AUTO has found out before that nothing passes with it */
	int raise;    /* the rate to go up to; 0: stay */
};

struct line_setup {
	/* Our end. */
	int baud;
	bool rtscts;
	int pause_ms; /* before the next command: the modem changes its own end */

	bool no_flow;       /* nothing has passed with RTS/CTS */
	bool raised;        /* the modem has been told another rate */
	const char *failed; /* the modem has been lost: why, static; NULL */

	struct line_wish wish;
	int base, stage, row, tries;
	char command[32];
};

/* The modem answers at `baud`, without flow control. */
void line_setup_start(struct line_setup *setup, const struct line_wish *wish, int baud);

/* The next command; NULL: nothing more is to be done. Good until the next call. */
const char *line_setup_next(struct line_setup *setup);

/* What came of it. */
void line_setup_reply(struct line_setup *setup, enum at_final_kind kind, const char *text);

#endif
