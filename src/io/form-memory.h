/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_FORM_MEMORY_H
#define GD_IO_FORM_MEMORY_H

#include "modem/script.h"

/* Which form of dialing brought the last link, by model, in STATEDIR/dial-forms. For a script; ctx
 * is not used. */
extern const struct form_ops form_memory_ops;

#endif
