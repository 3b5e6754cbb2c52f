/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_CONTROL_H
#define GD_MODEM_CONTROL_H

#include <stdbool.h>

struct buf;
struct control;
struct modem;

/* Listen on a Unix stream socket: one command a line, one line of answer that begins with `ok` or
 * `error`. NULL with a line on stderr on failure. */
struct control *control_new(struct modem *modem, const char *path);

/* NULL is fine. */
void control_free(struct control *control);

/* Do one command; its answer, without the newline, goes to `answer`. */
void control_do(struct modem *modem, const char *line, struct buf *answer);

#endif
