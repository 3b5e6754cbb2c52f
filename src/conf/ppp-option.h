/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_PPP_OPTION_H
#define GD_CONF_PPP_OPTION_H

#include <stdbool.h>

struct buf;

/*
 * One item of ppp.options: a pppd option and, where it takes one, its value:
 * `mru 1400`, `domain "example.org"`. Words end at blanks; a word in quotes of
 * either kind holds everything up to the next such quote as it is. With `out`,
 * append the line for pppd. False, with the reason in `why`, when the item is
 * malformed, unknown, or would break what gobi-dial relies on.
 */
bool conf_ppp_option(const char *item, struct buf *out, struct buf *why);

/* One word in quotes, fit for pppd's getword(). */
void conf_ppp_quote(struct buf *out, const char *word);

#endif
