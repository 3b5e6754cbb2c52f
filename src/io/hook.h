/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_HOOK_H
#define GD_IO_HOOK_H

#include <ev.h>
#include <stddef.h>

struct buf;

#define HOOK_LIST_MAX 32
#define HOOK_LIMIT_S  10

/* The executables in a folder, in the order of their names. */
struct hook_list {
	char *paths[HOOK_LIST_MAX];
	size_t count;
};

/* Fill a zeroed list by run-parts' rules for names. What may not be run, for somebody else than
 * root or us may change it, is left out, and `complaints` gets a line that says so. A folder that
 * is not there is an empty one. */
void hook_list_read(struct hook_list *list, const char *folder, struct buf *complaints);
void hook_list_free(struct hook_list *list);

struct hook;
typedef void hook_done(void *ctx);

/*
 * Run PATH NAME EVENT with this environment (NAME=VALUE, each with a NUL behind
 * it) and PATH. What it says is logged, up to a bound. After HOOK_LIMIT_S it is
 * killed with its process group. `done` comes when it has ended, and frees it.
 * NULL with errno.
 */
struct hook *hook_start(struct ev_loop *loop, const char *path, const char *name, const char *event,
			const struct buf *environment, hook_done *done, void *ctx);

/* Kills it, if it runs. NULL is fine. */
void hook_free(struct hook *hook);

#endif
