/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_RFKILL_H
#define GD_IO_RFKILL_H

#include <stdbool.h>

struct buf;

/* Whether one of the kernel's switches for mobile radio is off, in the sysfs below `root` ("" for
 * the machine's own). Then its name and the remedy go to `out`: "rfkill0 (hp-wwan) is blocked:
 * rfkill unblock wwan". */
bool rfkill_is_blocked(const char *root, struct buf *out);

#endif
