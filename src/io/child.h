/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CHILD_H
#define GD_IO_CHILD_H

/* In a child, after fork: signals as they were, a process group of its own, so
 * that a terminal's ^C does not end it half way, and none of our descriptors but
 * 0, 1 and 2. */
void child_forget_ours(void);

#endif
