/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <ev.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "io/loop-memory.h"

#define RESERVE 65536

/* Before each block: its size, for what grows has to be copied into the reserve. */
union header {
	size_t size;
	max_align_t align;
};

static union header reserve[RESERVE / sizeof(union header)];
static size_t used; /* of them; nothing returns to it */

static bool is_reserve(const union header *block)
{
	return (uintptr_t)block >= (uintptr_t)reserve &&
	       (uintptr_t)block < (uintptr_t)(reserve + used);
}

static union header *take_reserve(size_t size)
{
	size_t units = 1 + (size + sizeof(union header) - 1) / sizeof(union header);
	union header *block = reserve + used;

	if (units > sizeof(reserve) / sizeof(*reserve) - used)
		return NULL; /* libev says so, and aborts */
	if (used == 0)
		log_error("the event loop: %s; going on with the reserve", strerror(ENOMEM));
	used += units;
	return block;
}

static void *allocate_block(void *data, long size)
{
	union header *old = data ? (union header *)data - 1 : NULL, *block;
	bool fixed = old && is_reserve(old);
	size_t bytes = (size_t)size;

	if (size == 0) {
		if (!fixed)
			free(old);
		return NULL;
	}
	block = fixed ? malloc(sizeof(*block) + bytes) : realloc(old, sizeof(*block) + bytes);
	if (!block && !(block = take_reserve(bytes)))
		return NULL;
	/* realloc has copied, unless it failed. */
	if (old && (fixed || is_reserve(block)))
		memcpy(block + 1, old + 1, old->size < bytes ? old->size : bytes);
	if (old && !fixed && is_reserve(block))
		free(old);
	block->size = bytes;
	return block + 1;
}

void loop_memory_reserve(void)
{
	ev_set_allocator(allocate_block);
}
