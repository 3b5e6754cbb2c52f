/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_STR_H
#define GD_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/* Copy with a NUL at the end, cut to `size`. True when all of it fitted. */
bool str_copy(char *to, size_t size, const char *from);

/* Overwrite a text that may be a secret, and free it. NULL is fine. */
void str_free_secret(char *text);

/* `prefix` starts `text`; the second without regard to ASCII case. */
bool str_starts(const char *text, const char *prefix);
bool str_starts_nocase(const char *text, const char *prefix);

/* Append `len` bytes with control characters and bytes that are no UTF-8 as \ooo: what a terminal
 * or a log may show of a stranger's text. */
void str_print_safe(struct buf *out, const char *text, size_t len);

/* Append it as one word of a shell's line. */
void str_print_word(struct buf *out, const char *text);

/* How gobi-dial is called with that command: "gobi-dial run gobi", or where the configuration's
 * file is no instance's own, "gobi-dial -c FILE run". `file` may be NULL. */
void str_print_call(struct buf *out, const char *command, const char *name, const char *file);

/* An instance's name: [A-Za-z0-9_-]{1,32}. */
bool str_is_name(const char *text);

/* A numeric IPv4 or IPv6 address, without a scope. */
bool str_is_ip(const char *text);

/* A whole decimal number in min..max and nothing else. */
bool str_to_int(const char *text, long min, long max, long *value);

/* The word of the NULL-terminated list that is nearest to `text`, NULL when none is near enough to
 * be meant. */
const char *str_nearest(const char *text, const char *const *words);

#endif
