/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_STR_H
#define GD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Copy with a NUL at the end, cut to `size`. True when all of it fits. */
bool str_copy(char *to, size_t size, const char *from);

/* Overwrite a text that may be a secret, and free it. NULL is fine. */
void str_free_secret(char *text);

/* Whether `text` starts with `prefix`; the second ignores ASCII case. */
bool str_starts(const char *text, const char *prefix);
bool str_starts_nocase(const char *text, const char *prefix);

/* Append `len` bytes, with control characters and bytes that are not UTF-8 as \ooo: a foreign text
 * made safe for terminals and logs. */
void str_print_safe(struct buf *out, const char *text, size_t len);

/* Append it as one word of a shell command. */
void str_print_word(struct buf *out, const char *text);

/* Append how to call gobi-dial with that command: "gobi-dial run gobi", or with a `file` that does
 * not belong to an instance "gobi-dial -c FILE run". */
void str_print_call(struct buf *out, const char *command, const char *name, const char *file);

/* An instance's name: [A-Za-z0-9_-]{1,32}. */
bool str_is_name(const char *text);

/* A numeric IPv4 or IPv6 address, without a scope. */
bool str_is_ip(const char *text);

/* A decimal number in min..max and nothing else. */
bool str_to_int(const char *text, long min, long max, long *value);

/* The word of the NULL-terminated list that is nearest to `text`; NULL when none is likely
 * meant. */
const char *str_nearest(const char *text, const char *const *words);

#endif
