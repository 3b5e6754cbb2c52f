/* SPDX-License-Identifier: ISC */
#ifndef GD_TESTS_AT_TALK_H
#define GD_TESTS_AT_TALK_H

#include <stddef.h>

#include "at/chan.h"
#include "base/buf.h"

/* A command (text NULL: none is sent), what the modem says after it, and what
 * the channel makes of that, one event a line:
 *	urc LINE
 *	reply FINAL: TEXT	(a line end inside the text as |)
 *	data BYTES
 */
struct talk {
	struct at_command command;
	const char *bytes;
	size_t len;
	const char *heard;
};

#define BYTES(literal) literal, sizeof(literal) - 1

/* The bytes fed whole, one by one and in every two pieces give `heard`. */
void assert_talk(const struct talk *talk);

/* Every byte that at_chan_output offers at `now` is written; appended to `to` unless NULL. */
void write_all(struct at_chan *chan, struct buf *to, int64_t now);

/* All events there are, in the form above. */
void hear_all(struct at_chan *chan, struct buf *heard, int64_t now);

#endif
