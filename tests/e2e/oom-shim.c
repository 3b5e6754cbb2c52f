/* SPDX-License-Identifier: ISC */
/*
 * Preloaded into gobi-dial: memory runs out. Of the allocations of that program
 * (not of the children that it executes) number OOM_AT fails, or with OOM_ALL
 * set all from there on. OOM_OUT is a file that gets the number of allocations
 * at the end, and a stack where one fails. Children that it forks count as well.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <execinfo.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FRAMES 24

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *block, size_t size);

/* Its forked children count on. */
static struct counter {
	long fail_at, count;
} * counter;
static bool all, inside;
static int out = -1;

__attribute__((constructor)) static void begin(void)
{
	const char *at = getenv("OOM_AT"), *file = getenv("OOM_OUT");
	void *frames[FRAMES];

	if (strcmp(program_invocation_short_name, "gobi-dial") != 0 || !at)
		return;
	counter = mmap(NULL, sizeof(*counter), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	if (counter == MAP_FAILED) {
		counter = NULL;
		return;
	}
	all = getenv("OOM_ALL") != NULL;
	/* The first call loads a library. */
	backtrace(frames, FRAMES);
	if (file)
		out = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	counter->fail_at = atol(at);
}

__attribute__((destructor)) static void end(void)
{
	if (counter && out >= 0)
		dprintf(out, "%ld allocations\n", counter->count);
}

static bool fails(void)
{
	void *frames[FRAMES];
	int depth;

	if (!counter || inside || ++counter->count < counter->fail_at || counter->fail_at == 0)
		return false;
	inside = true;
	depth = backtrace(frames, FRAMES);
	if (out >= 0 && !all)
		backtrace_symbols_fd(frames, depth, out);
	if (!all)
		counter->fail_at = 0;
	inside = false;
	errno = ENOMEM;
	return true;
}

__attribute__((visibility("default"))) void *malloc(size_t size)
{
	return fails() ? NULL : __libc_malloc(size);
}

__attribute__((visibility("default"))) void *calloc(size_t number, size_t size)
{
	return fails() ? NULL : __libc_calloc(number, size);
}

__attribute__((visibility("default"))) void *realloc(void *block, size_t size)
{
	return size > 0 && fails() ? NULL : __libc_realloc(block, size);
}
