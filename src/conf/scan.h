/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_SCAN_H
#define GD_CONF_SCAN_H

#include <stddef.h>

/*
 * One file of libconfig's language, looked at before libconfig sees it, for
 * what its versions read differently or wrongly: @include, whole numbers over
 * 32 bits, escapes that are none, NUL.
 */
struct scan {
	const char *text;
	size_t len;
	size_t at; /* what is before has been looked at */
	int line;  /* of `at` */
};

enum scan_type {
	SCAN_END,
	SCAN_INCLUDE, /* the directive is start..at, its file name `name` */
	SCAN_BIG_INT, /* a number ends at `at` that wants an L behind it */
	SCAN_ERROR,   /* `error` says what; asking goes on */
};

struct scan_item {
	enum scan_type type;
	int line;
	size_t start;
	const char *name; /* in the text, not ended by a NUL; NULL unless it
			   * is, or should be, an @include */
	size_t name_len;
	const char *error; /* static */
};

struct scan_item scan_next(struct scan *scan);

#endif
