/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_ERRORS_H
#define GD_AT_ERRORS_H

#include "at/final.h"

/* A row of 27.007 9.2 or 27.005 3.2.5. */
struct at_error {
	short code;
	short class;      /* enum at_error_class */
	const char *text; /* NULL: none; static */
};

/* `kind` is AT_FINAL_CME or AT_FINAL_CMS. None when the number has no row. */
struct at_error at_error_by_code(enum at_final_kind kind, int code);

/* Compares letters and digits only, without case; a cause number at the end, "(#33)", is ignored.
 * None when nothing fits. */
struct at_error at_error_by_text(enum at_final_kind kind, const char *text);

/* Of the network's refusals, 102 to 149, the one that fits the text best: whose words are in it, or
 * which has all of its words ("unknown APN"). */
struct at_error at_error_in_text(const char *text);

#endif
