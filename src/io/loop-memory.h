/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_LOOP_MEMORY_H
#define GD_IO_LOOP_MEMORY_H

/* Before the first loop: libev, which aborts where it gets no memory, falls back on a reserve. What
 * all our watchers can take is a small part of it. */
void loop_memory_reserve(void);

#endif
