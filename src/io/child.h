/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CHILD_H
#define GD_IO_CHILD_H

#include <stddef.h>

/* In a child, after fork: signals as they were, a process group of its own, so that a terminal's ^C
 * does not end it half way, and none of our descriptors but 0, 1, 2 and the `count` ones in
 * `keep`. */
void child_forget_ours(const int *keep, size_t count);

#endif
