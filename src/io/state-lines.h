/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_STATE_LINES_H
#define GD_IO_STATE_LINES_H

#include <stdbool.h>
#include <stddef.h>

/*
 * What earlier runs have learnt, in a small file of STATEDIR: a line each of KEY, a tab and VALUE,
 * the last one written first; the oldest fall off the end. Best effort: what is missing is only
 * learnt anew. No key or value has a tab or a line end; what has is neither found nor kept.
 */
bool state_lines_recall(const char *path, const char *key, char *value, size_t size);

/* "" for nothing. Written only where it differs, for flash wears out. Tells the log why not. */
void state_lines_keep(const char *path, const char *key, const char *value);

#endif
