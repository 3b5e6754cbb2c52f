/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_SCREEN_H
#define GD_STATUS_SCREEN_H

#include <stdbool.h>

struct buf;
struct json_object;

struct screen_look {
	bool colour; /* SGR */
	int columns; /* of the terminal; 0: lines of any length */
};

/* A status object as a screen for people. Takes any object: what is absent is left out. */
void screen_render(struct json_object *object, const struct screen_look *look, struct buf *out);

#endif
