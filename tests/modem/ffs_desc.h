/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_FFS_DESC_H
#define GD_MODEM_FFS_DESC_H

#include "desc.h"

struct buf;

/* What FunctionFS wants on ep0, in this order: the descriptors of all ports, at both speeds, and
 * the (no) strings. Endpoints go by port: bulk-IN, bulk-OUT, interrupt-IN. */
void ffs_desc_build(struct buf *out, const struct desc *desc);
void ffs_desc_strings(struct buf *out);

#endif
