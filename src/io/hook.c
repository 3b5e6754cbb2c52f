/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "io/hook.h"
#include "io/spawn.h"

#define VARIABLES_MAX 32
#define LINE_MAX_LEN  256
#define LINES_MAX     50

struct hook {
	struct ev_loop *loop;
	pid_t pid; /* 0: ended */
	int output;
	char *path;
	struct buf line;
	unsigned lines;
	ev_io reader;
	ev_child child;
	ev_timer limit;
	hook_done *done;
	void *ctx;
};

/* Finding them ----------------------------------------------------------------*/

/* NULL, or why what is there is not to be trusted. */
static const char *find_other_writer(const struct stat *status)
{
	if (status->st_uid != 0 && status->st_uid != geteuid())
		return "does not belong to root";
	if (status->st_mode & S_IWOTH)
		return "is writable by everyone";
	if (status->st_mode & S_IWGRP && status->st_gid != 0 && status->st_gid != getegid())
		return "is writable by a group";
	return NULL;
}

void hook_list_read(struct hook_list *list, const char *folder, struct buf *complaints)
{
	struct dirent **entries;
	struct stat status;
	const char *why;
	int count;

	if (stat(folder, &status) < 0)
		return;
	why = find_other_writer(&status);
	if (why) {
		buf_printf(complaints, "%s %s; nothing in it is run\n", folder, why);
		return;
	}
	count = scandir(folder, &entries, NULL, alphasort);
	for (int i = 0; i < count; i++) {
		char path[512];

		snprintf(path, sizeof(path), "%s/%s", folder, entries[i]->d_name);
		/* What run-parts takes: no editor's backups, none of dpkg's leftovers. */
		if (str_is_name(entries[i]->d_name) && stat(path, &status) == 0 &&
		    S_ISREG(status.st_mode) && access(path, X_OK) == 0) {
			why = find_other_writer(&status);
			if (!why && list->count == HOOK_LIST_MAX)
				why = "is one hook too many";
			if (why)
				buf_printf(complaints, "%s %s; it is not run\n", path, why);
			else if ((list->paths[list->count] = strdup(path)))
				list->count++;
		}
		free(entries[i]);
	}
	if (count >= 0)
		free(entries);
}

void hook_list_free(struct hook_list *list)
{
	while (list->count > 0)
		free(list->paths[--list->count]);
}

/* Running one ------------------------------------------------------------------*/

static void log_output_line(struct hook *hook)
{
	if (hook->line.len > 0 && hook->lines < LINES_MAX)
		log_info("%s: %s", hook->path, buf_str(&hook->line));
	else if (hook->line.len > 0 && hook->lines == LINES_MAX)
		log_info("%s: and more, which is left out", hook->path);
	hook->lines += hook->line.len > 0 && hook->lines <= LINES_MAX;
	buf_clear(&hook->line);
}

/* What is there now: one that never stops talking must not hold us up. */
static bool read_output_once(struct hook *hook)
{
	char bytes[1024];
	ssize_t len = read(hook->output, bytes, sizeof(bytes));

	if (len == 0 || (len < 0 && errno != EAGAIN && errno != EINTR))
		ev_io_stop(hook->loop, &hook->reader);
	for (ssize_t i = 0; i < len; i++) {
		if (bytes[i] == '\n')
			log_output_line(hook);
		else if (hook->line.len < LINE_MAX_LEN && bytes[i])
			buf_append(&hook->line, &bytes[i], 1);
	}
	return len > 0;
}

static void on_hook_output(struct ev_loop *loop, ev_io *watcher, int revents)
{
	(void)loop;
	(void)revents;
	read_output_once(watcher->data);
}

static void on_hook_exit(struct ev_loop *loop, ev_child *watcher, int revents)
{
	struct hook *hook = watcher->data;
	int status = watcher->rstatus;

	(void)revents;
	ev_child_stop(loop, watcher);
	hook->pid = 0;
	/* As much as a pipe holds, for others may go on writing to it. */
	for (int i = 0; i < 64 && read_output_once(hook); i++)
		;
	log_output_line(hook);
	if (WIFSIGNALED(status))
		log_warning("%s: killed by signal %d", hook->path, WTERMSIG(status));
	else if (WEXITSTATUS(status) != 0)
		log_warning("%s: exit code %d", hook->path, WEXITSTATUS(status));
	hook->done(hook->ctx);
}

static void on_hook_limit(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	struct hook *hook = watcher->data;

	(void)loop;
	(void)revents;
	log_warning("%s: did not end within %d s; killing it", hook->path, HOOK_LIMIT_S);
	kill(-hook->pid, SIGKILL);
}

struct hook *hook_start(struct ev_loop *loop, const char *path, const char *name, const char *event,
			const struct buf *environment, hook_done *done, void *ctx)
{
	const char *argv[] = {path, name, event, NULL};
	const char *envp[VARIABLES_MAX + 2] = {SPAWN_PATH};
	struct hook *hook = calloc(1, sizeof(*hook));
	int ends[2] = {-1, -1};
	size_t at = 0;
	pid_t pid;

	if (!hook)
		return NULL;
	for (int i = 1; i <= VARIABLES_MAX && at < environment->len; i++) {
		envp[i] = environment->data + at;
		at += strlen(envp[i]) + 1;
	}
	hook->loop = loop;
	hook->done = done;
	hook->ctx = ctx;
	hook->path = strdup(path);
	pid = hook->path && pipe2(ends, O_CLOEXEC) == 0
		      ? spawn_program(&(struct spawn_program){
				.argv = argv,
				.envp = envp,
				.fds = (int[]){-1, ends[1], ends[1]},
				.fd_count = 3,
				.group = true,
				.death_signal = SIGKILL,
			})
		      : -errno;
	if (ends[1] >= 0)
		close(ends[1]);
	hook->output = ends[0];
	if (pid < 0) {
		hook_free(hook);
		errno = -pid;
		return NULL;
	}
	hook->pid = pid;
	fcntl(hook->output, F_SETFL, O_NONBLOCK);
	ev_io_init(&hook->reader, on_hook_output, hook->output, EV_READ);
	ev_child_init(&hook->child, on_hook_exit, hook->pid, 0);
	ev_timer_init(&hook->limit, on_hook_limit, HOOK_LIMIT_S, 0.);
	hook->reader.data = hook->child.data = hook->limit.data = hook;
	ev_io_start(loop, &hook->reader);
	ev_child_start(loop, &hook->child);
	ev_now_update(loop);
	ev_timer_start(loop, &hook->limit);
	return hook;
}

void hook_free(struct hook *hook)
{
	if (!hook)
		return;
	ev_io_stop(hook->loop, &hook->reader);
	ev_child_stop(hook->loop, &hook->child);
	ev_timer_stop(hook->loop, &hook->limit);
	if (hook->pid > 0) {
		kill(-hook->pid, SIGKILL);
		/* One that hangs in the kernel must not hold us up. */
		waitpid(hook->pid, NULL, WNOHANG);
	}
	if (hook->output >= 0)
		close(hook->output);
	buf_free(&hook->line);
	free(hook->path);
	free(hook);
}
