/* SPDX-License-Identifier: ISC */
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
#include "base/log.h"
#include "io/holder.h"
#include "io/lock.h"

/* Some programs, like pppd, create the file first and write their pid afterwards. An empty file
 * counts as left behind only when it is older than this. */
#define HALF_WRITTEN_S 5

/* So many times another process may interfere before the port counts as busy. */
#define TRIES 5

/* A program writes its lock and then opens the port, which on a modem that hangs takes 5 s; before
 * open() returns, /proc does not show it. */
#define OPENING_S 15

struct lock {
	char *path;
	char *temporary; /* where the file is written before it takes its place */
	struct lock *next;
};

/* The locks of this process: tells our own from a leftover of a process that had our pid before. */
static struct lock *held;

enum owner { OWNER_NOBODY, OWNER_LIVE, OWNER_UNKNOWN };

static enum owner read_owner(int fd, const char *path, pid_t *pid)
{
	struct stat status;
	time_t age;
	char text[32] = "";
	ssize_t len = pread(fd, text, sizeof(text) - 1, 0);
	long value = len > 0 ? strtol(text, NULL, 10) : 0;
	int raw;

	/* Kermit writes four raw bytes; all others write text. */
	if (len == (ssize_t)sizeof(raw) && strspn(text, "0123456789 \n") < sizeof(raw)) {
		memcpy(&raw, text, sizeof(raw));
		value = raw;
	}
	if (value > 0 && value <= 0x7fffffff) {
		*pid = (pid_t)value;
		if (*pid == getpid()) {
			for (const struct lock *lock = held; lock; lock = lock->next)
				if (strcmp(lock->path, path) == 0)
					return OWNER_LIVE;
			return OWNER_NOBODY;
		}
		if (kill(*pid, 0) < 0 && errno == ESRCH)
			return OWNER_NOBODY;
		return OWNER_LIVE;
	}
	if (fstat(fd, &status) < 0)
		return OWNER_UNKNOWN;
	/* A router's clock may have gone back to 1970 since. */
	age = time(NULL) - status.st_mtime;
	return age > HALF_WRITTEN_S || age < -HALF_WRITTEN_S ? OWNER_NOBODY : OWNER_UNKNOWN;
}

/* Anybody may write to the lock folder on many systems, so a file alone does not keep a port from
 * root: some process must have the port open. Only root sees that of every process. */
static bool is_port_free(dev_t tty, pid_t pid)
{
	struct holder_list list;
	char path[48], target[8];
	bool free;

	/* In a container or under a security module a process may be hidden from root as well. */
	snprintf(path, sizeof(path), "/proc/%d/fd/0", (int)pid);
	if (geteuid() != 0 || tty == 0 ||
	    (readlink(path, target, sizeof(target)) < 0 && errno != ENOENT))
		return false;
	holder_scan(&list);
	free = !list.partial && holder_find(&list, tty) == 0;
	holder_list_free(&list);
	return free;
}

/* What is no regular file is no lock. A folder with something in it is put aside. */
static int clear_away(const char *path)
{
	struct buf aside = BUF_INIT;
	int error = 0;

	if (geteuid() != 0)
		return -EBUSY;
	if (unlink(path) < 0 && rmdir(path) < 0 && errno != ENOENT) {
		buf_printf(&aside, "%s.no-lock.%d", path, (int)getpid());
		if (aside.failed || rename(path, buf_str(&aside)) < 0)
			error = -EBUSY;
		buf_free(&aside);
	}
	if (error == 0)
		log_notice("%s is not a lock file; it is moved out of the way", path);
	return error;
}

static bool same_file(int fd, const char *path)
{
	struct stat ours, there;

	return fstat(fd, &ours) == 0 && lstat(path, &there) == 0 && ours.st_dev == there.st_dev &&
	       ours.st_ino == there.st_ino;
}

/*
 * Remove the file unless a live process holds it. When two processes find the
 * same dead lock, the second must not remove the new lock of the first: so the
 * file is flocked, and compared once more, before it is removed. 0: gone, try
 * again; -EBUSY.
 */
static int break_stale(const char *path, dev_t tty, struct buf *holder)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	struct stat status;
	enum owner owner;
	time_t age;
	pid_t pid = 0;
	int result = 0;

	if (fd < 0 && errno == ENOENT)
		return 0;
	/* A symlink or a socket is no lock; any other error says nothing of it. */
	if (fd < 0 && errno != ELOOP && errno != ENXIO)
		return errno == EACCES || errno == EPERM ? -EBUSY : -errno;
	if (fd < 0 || fstat(fd, &status) < 0 || !S_ISREG(status.st_mode)) {
		if (fd >= 0)
			close(fd);
		return clear_away(path);
	}
	owner = read_owner(fd, path, &pid);
	age = time(NULL) - status.st_mtime;
	if (pid != getpid() && owner != OWNER_NOBODY && (age > OPENING_S || age < -OPENING_S) &&
	    is_port_free(tty, pid)) {
		log_notice("%s names a process that does not have the port open; it is removed",
			   path);
		owner = OWNER_NOBODY;
	}
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

/* A descriptor of a new file with our pid in it: our lock file is never seen without it. */
static int write_lock_file(const char *temporary)
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

static void free_lock(struct lock *lock)
{
	free(lock->path);
	free(lock->temporary);
	free(lock);
}

static struct lock *new_lock(const char *dir, const char *device)
{
	const char *name = strstr(device, "dev/");
	struct lock *lock = calloc(1, sizeof(*lock));
	struct buf path = BUF_INIT, temporary = BUF_INIT;

	if (!lock)
		return NULL;
	buf_printf(&path, "%s/LCK..", dir);
	for (name = name ? name + 4 : device; *name; name++)
		buf_append(&path, *name == '/' ? "_" : name, 1);
	buf_printf(&temporary, "%s.%d", buf_str(&path), (int)getpid());
	lock->path = path.data;
	lock->temporary = temporary.data;
	if (!path.failed && !temporary.failed)
		return lock;
	free_lock(lock);
	return NULL;
}

/* Ours from now on, or freed where it could not be had. */
static struct lock *hold_lock(struct lock *lock, int error)
{
	if (error == 0) {
		lock->next = held;
		held = lock;
		return lock;
	}
	free_lock(lock);
	return NULL;
}

struct lock *lock_take(const char *dir, const char *device, int *error, struct buf *holder)
{
	struct lock *lock = new_lock(dir, device);
	size_t before = holder->len;
	struct stat status;
	dev_t tty = stat(device, &status) == 0 && S_ISCHR(status.st_mode) ? status.st_rdev : 0;

	*error = -ENOMEM;
	if (!lock)
		return NULL;
	*error = -EEXIST;
	for (int i = 0; i < TRIES && *error == -EEXIST; i++) {
		int fd = write_lock_file(lock->temporary), stale;

		*error = fd < 0 ? fd : 0;
		if (fd < 0)
			break;
		if (link(lock->temporary, lock->path) < 0)
			*error = -errno;
		else if (!same_file(fd, lock->path))
			*error = -EEXIST;
		unlink(lock->temporary);
		close(fd);
		stale = *error == -EEXIST ? break_stale(lock->path, tty, holder) : 0;
		if (stale)
			*error = stale;
	}
	if (*error == -EEXIST)
		*error = -EBUSY;
	if (*error == -EBUSY && holder->len == before)
		buf_printf(holder, "another process, by its lock file %s", lock->path);
	else if (*error == -EBUSY)
		buf_printf(holder, ", by its lock file %s", lock->path);
	else if (*error < 0)
		buf_printf(holder, "lock file %s: %s", lock->path, strerror(-*error));
	return hold_lock(lock, *error);
}

static bool is_of_process(const char *path, pid_t pid)
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

struct lock *lock_take_over(const char *dir, const char *device, pid_t from, int *error)
{
	struct lock *lock = new_lock(dir, device);
	int fd;

	*error = -ENOMEM;
	if (!lock)
		return NULL;
	fd = is_of_process(lock->path, from) ? write_lock_file(lock->temporary) : -EBUSY;
	*error = fd < 0 ? fd : 0;
	if (fd >= 0 && rename(lock->temporary, lock->path) < 0) {
		*error = -errno;
		unlink(lock->temporary);
	}
	if (fd >= 0)
		close(fd);
	return hold_lock(lock, *error);
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
	if (is_of_process(lock->path, getpid()))
		unlink(lock->path);
	free_lock(lock);
}
