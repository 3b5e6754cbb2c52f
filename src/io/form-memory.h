/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_FORM_MEMORY_H
#define GD_IO_FORM_MEMORY_H

#include "modem/script.h"

/* Which form of dialing brought the last link, by model, in STATEDIR/dial-forms: a line each of
 * "FORM MODEL", the last one written first. For a script; ctx is not used. */
extern const struct form_ops form_memory_ops;

/* The same on `path`. */
bool form_memory_recall(const char *path, const char *model, char *form, size_t size);
int form_memory_keep(const char *path, const char *model, const char *form);

#endif
