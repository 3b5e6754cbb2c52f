/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_RFKILL_H
#define GD_IO_RFKILL_H

#include <stdbool.h>

struct buf;

/* Whether a switch of the kernel's for mobile radio is off, in the sysfs below `root` ("" is the
 * machine's own). Then `out` gets its name and what helps, for people: "rfkill0 (hp-wwan) is
 * blocked: rfkill unblock wwan". */
bool rfkill_is_blocked(const char *root, struct buf *out);

#endif
