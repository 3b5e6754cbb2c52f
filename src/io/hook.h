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

/* Fill a zeroed list; names are as run-parts(8) takes them. A hook that others than root or us can
 * change is left out, and `complaints` gets a line about it. A missing folder is an empty one. */
void hook_list_read(struct hook_list *list, const char *folder, struct buf *complaints);
void hook_list_free(struct hook_list *list);

struct hook;
typedef void hook_done(void *ctx);

/*
 * Run PATH NAME EVENT with this environment (NAME=VALUE, each with a NUL behind it) and SPAWN_PATH.
 * What it prints is logged, up to a limit. After HOOK_LIMIT_S it is killed with its process group.
 * `done` is called when it has ended, and frees it. NULL with errno.
 */
struct hook *hook_start(struct ev_loop *loop, const char *path, const char *name, const char *event,
			const struct buf *environment, hook_done *done, void *ctx);

/* Kills it if it still runs. NULL is fine. */
void hook_free(struct hook *hook);

#endif
