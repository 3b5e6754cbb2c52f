/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_GADGET_H
#define GD_MODEM_GADGET_H

#include "desc.h"

/* A USB device in configfs with one FunctionFS function. */
struct gadget;

/* Made and FunctionFS mounted, with what an earlier run left of it removed. NULL with a line on
 * stderr on failure. */
struct gadget *gadget_new(const char *name, const struct desc *desc);

/* Where FunctionFS is mounted. */
const char *gadget_dir(const struct gadget *gadget);

/* Connect it to a free device controller, to that of the last time where that is free. 0 or a
 * negative errno. */
int gadget_bind(struct gadget *gadget);
void gadget_unbind(struct gadget *gadget);

/* Unbound, unmounted, removed. All of FunctionFS's files must be closed. NULL is fine. */
void gadget_free(struct gadget *gadget);

#endif
