/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/holder.h"
#include "io/lock.h"

/* A program that makes the file first and writes its pid afterwards, as pppd does, has this long
 * before the empty file counts as left behind. */
#define HALF_WRITTEN_S 5

/* How often somebody may come in between before we call it busy. */
#define TRIES 5

struct lock {
	char *path;
	struct lock *next;
};

/* What this process holds: tells our own lock from a leftover of somebody who had our pid before
 * us. */
static struct lock *held;

enum owner { OWNER_NOBODY, OWNER_LIVE, OWNER_UNKNOWN };

static char *lock_path(const char *dir, const char *device)
{
	const char *name = strstr(device, "dev/");
	struct buf path = BUF_INIT;

	name = name ? name + 4 : device;
	buf_printf(&path, "%s/LCK..", dir);
	for (; *name; name++)
		buf_append(&path, *name == '/' ? "_" : name, 1);
	buf_append(&path, "", 1);
	if (path.failed)
		buf_free(&path);
	return path.data;
}

/* Kermit's way is four raw bytes; all others write text. */
static long pid_of(const char *text, ssize_t len)
{
	int raw;

	if (len == (ssize_t)sizeof(raw) && !isdigit((unsigned char)text[3])) {
		memcpy(&raw, text, sizeof(raw));
		return raw;
	}
	return strtol(text, NULL, 10);
}

static bool is_held(const char *path)
{
	for (const struct lock *lock = held; lock; lock = lock->next)
		if (strcmp(lock->path, path) == 0)
			return true;
	return false;
}

static enum owner read_owner(int fd, const char *path, pid_t *pid)
{
	struct stat status;
	time_t age;
	char text[32] = "";
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	long value = len > 0 ? pid_of(text, len) : 0;

	if (value > 0 && value <= 0x7fffffff) {
		*pid = (pid_t)value;
		if (*pid == getpid())
			return is_held(path) ? OWNER_LIVE : OWNER_NOBODY;
		if (kill(*pid, 0) < 0 && errno == ESRCH)
			return OWNER_NOBODY;
		return OWNER_LIVE;
	}
	if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
		return OWNER_UNKNOWN;
	/* A router's clock may have fallen back to 1970 since. */
	age = time(NULL) - status.st_mtime;
	return age > HALF_WRITTEN_S || age < -HALF_WRITTEN_S ? OWNER_NOBODY : OWNER_UNKNOWN;
}

static bool same_file(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	       ours.st_ino == there.st_ino;
}

/*
 * Remove the file if nobody alive holds it. Two that find the same dead lock
 * must not both remove "it", for the second would remove the first one's new
 * lock: so the file is flocked, and looked at once more, before it goes.
 * 0: gone, try again; -EBUSY.
 */
static int break_stale(const char *path, struct buf *holder)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	enum owner owner;
	pid_t pid = 0;
	int result = 0;

	if (fd < 0)
		return errno == ENOENT ? 0 : -EBUSY;
	owner = read_owner(fd, path, &pid);
	if (owner == OWNER_NOBODY && flock(fd, LOCK_EX | LOCK_NB) == 0) {
		if (same_file(fd, path) && unlink(path) < 0 && errno != ENOENT)
			result = -errno;
	} else {
		result = -EBUSY;
		if (owner == OWNER_LIVE)
			holder_append(holder, pid);
	}
	close(fd);
	return result;
}

/* With our pid in it: a lock file is never seen without one. */
static int write_file(const char *temporary)
{
	int fd;

	unlink(temporary);
	fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
	if (fd < 0)
		return -errno;
	if (dprintf(fd, "%10d\n", (int)getpid()) == 11)
		return fd;
	unlink(temporary);
	close(fd);
	return -EIO;
}

static int link_in(const char *path, const char *temporary)
{
	int fd = write_file(temporary), error = 0;

	if (fd < 0)
		return fd;
	if (link(temporary, path) < 0)
		error = -errno;
	else if (!same_file(fd, path))
		error = -EEXIST;
	unlink(temporary);
	close(fd);
	return error;
}

static void name_temporary(const char *path, struct buf *temporary)
{
	buf_printf(temporary, "%s.%d", path, (int)getpid());
}

static int take(const char *path, struct buf *holder)
{
	struct buf temporary = BUF_INIT;
	int error = -ENOMEM;

	name_temporary(path, &temporary);
	for (int i = 0; i < TRIES && !temporary.failed; i++) {
		error = link_in(path, buf_str(&temporary));
		if (error != -EEXIST)
			break;
		error = break_stale(path, holder);
		if (error)
			break;
		error = -EBUSY;
	}
	buf_free(&temporary);
	return error;
}

static struct lock *new_lock(const char *dir, const char *device)
{
	struct lock *lock = calloc(1, sizeof(*lock));

	if (!lock)
		return NULL;
	lock->path = lock_path(dir, device);
	if (lock->path)
		return lock;
	free(lock);
	return NULL;
}

/* Ours from now on, or freed where it could not be had. */
static struct lock *hold(struct lock *lock, int error)
{
	if (error == 0) {
		lock->next = held;
		held = lock;
		return lock;
	}
	free(lock->path);
	free(lock);
	return NULL;
}

struct lock *lock_take(const char *dir, const char *device, int *error, struct buf *holder)
{
	struct lock *lock = new_lock(dir, device);
	size_t before = holder->len;

	*error = -ENOMEM;
	if (!lock)
		return NULL;
	*error = take(lock->path, holder);
	if (*error == -EBUSY && holder->len == before)
		buf_printf(holder, "another process");
	else if (*error < 0 && *error != -EBUSY)
		buf_printf(holder, "lock file %s: %s", lock->path, strerror(-*error));
	return hold(lock, *error);
}

static bool is_of(const char *path, pid_t pid)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	char text[16] = "";
	bool is;

	if (fd < 0)
		return false;
	is = read(fd, text, sizeof(text) - 1) > 0 && strtol(text, NULL, 10) == (long)pid;
	close(fd);
	return is;
}

static int take_over(const char *path, pid_t from)
{
	struct buf temporary = BUF_INIT;
	int fd, error = 0;

	if (!is_of(path, from))
		return -EBUSY;
	name_temporary(path, &temporary);
	fd = temporary.failed ? -ENOMEM : write_file(buf_str(&temporary));
	if (fd >= 0 && rename(buf_str(&temporary), path) < 0) {
		error = -errno;
		unlink(buf_str(&temporary));
	}
	if (fd >= 0)
		close(fd);
	buf_free(&temporary);
	return fd < 0 ? fd : error;
}

struct lock *lock_take_over(const char *dir, const char *device, pid_t from, int *error)
{
	struct lock *lock = new_lock(dir, device);

	*error = -ENOMEM;
	if (!lock)
		return NULL;
	*error = take_over(lock->path, from);
	return hold(lock, *error);
}

void lock_release(struct lock *lock)
{
	struct lock **at = &held;

	if (!lock)
		return;
	while (*at && *at != lock)
		at = &(*at)->next;
	if (*at)
		*at = lock->next;
	if (is_of(lock->path, getpid()))
		unlink(lock->path);
	free(lock->path);
	free(lock);
}
