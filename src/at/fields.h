/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_FIELDS_H
#define GD_AT_FIELDS_H

#include <stdbool.h>
#include <stddef.h>

/*
 * Iterate over the comma-separated values of an answer line: V.250 5.4.3.3's
 * constants as modems really write them, with blanks around them, with quotes or
 * without, with commas and brackets inside quotes. A bracketed group, (2,"T",1), is
 * one field including its brackets.
 */
struct at_fields {
	const char *at; /* what is left */
	bool more;      /* another field follows (an empty one too) */
};

/* Start after `prefix` ("+CREG:"), compared without case; false when the line has another one.
 * `line` is borrowed while the fields are read. */
bool at_fields_start(struct at_fields *fields, const char *line, const char *prefix);

/* Every next_* takes one field, whether it fits or not, and says whether it did; also false when
 * there are no more. */
bool at_fields_next_int(struct at_fields *fields, int *value);
/* Hexadecimal, quoted or not, blanks inside allowed ("  0 5" of a Gobi). */
bool at_fields_next_hex(struct at_fields *fields, unsigned *value);
/* The text without its quotes; false and an empty string when it does not fit `size`. */
bool at_fields_next_string(struct at_fields *fields, char *to, size_t size);
bool at_fields_skip(struct at_fields *fields);

/* Whether the next field is quoted: tells a LAC from an <n>. Takes nothing. */
bool at_fields_is_quoted(const struct at_fields *fields);

/* How many fields are left. */
size_t at_fields_left(const struct at_fields *fields);

/* Append `value` as an AT string constant, with its quotes. -EINVAL when it has a byte that is not
 * allowed there: a quote, or anything outside 0x20..0x7e. */
struct buf;
int at_quote(struct buf *out, const char *value);

#endif
