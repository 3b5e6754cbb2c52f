/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_MULTIPLEX_H
#define GD_MODEM_MULTIPLEX_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* What a modem says to AT+CMUX=? (27.007 5.7). */
struct multiplex {
	int n1;    /* the largest frame; 0: not told */
	int speed; /* the highest <port_speed>; 0: not told */
};

/* False: the answer offers no basic option. */
bool multiplex_parse(const char *answer, struct multiplex *offer);

/* Append the command to try as number `n`, from 0: the largest frame first, then nothing but the
 * option. 0: there is no such number; else the N1 that holds once it is taken, and -1 where it has
 * to be asked for by PN. */
int multiplex_command(const struct multiplex *offer, int baud, int n, struct buf *out);

#endif
