/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "io/pinfile.h"

#define NEW_NAME  PINFILE_NAME ".new"
#define LOCK_NAME PINFILE_NAME ".lock"

static int path_of(const struct pinfile *file, const char *name, char path[PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s/%s", file->dir, name);

	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int open_in(const struct pinfile *file, const char *name, int flags)
{
	char path[PATH_MAX];
	int error = path_of(file, name, path);
	int fd;

	if (error < 0)
		return error;
	fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? -errno : fd;
}

static int sync_dir(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return error;
}

/* A folder whose own entry got lost takes the mark with it. */
static int make_dir(const struct pinfile *file)
{
	char parent[PATH_MAX];

	if (mkdir(file->dir, 0700) < 0)
		return errno == EEXIST ? 0 : -errno;
	snprintf(parent, sizeof(parent), "%s/..", file->dir);
	return sync_dir(parent);
}

static int lock(void *ctx)
{
	struct pinfile *file = ctx;
	int error = make_dir(file);

	if (error < 0)
		return error;
	file->lock = open_in(file, LOCK_NAME, O_RDWR | O_CREAT);
	if (file->lock < 0)
		return file->lock;
	if (flock(file->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	error = errno == EWOULDBLOCK ? -EAGAIN : -errno;
	close(file->lock);
	file->lock = -1;
	return error;
}

static void unlock(void *ctx)
{
	struct pinfile *file = ctx;

	if (file->lock >= 0)
		close(file->lock);
	file->lock = -1;
}

/* One byte more than a good file has, so that a longer one is seen to be bad. */
static int read_all(void *ctx, struct buf *text)
{
	char bytes[1024];
	int fd = open_in(ctx, PINFILE_NAME, O_RDONLY | O_NONBLOCK);
	ssize_t len = 1;

	if (fd < 0)
		return fd;
	while (len > 0 && text->len <= PINS_FILE_MAX) {
		len = read(fd, bytes, sizeof(bytes));
		if (len > 0)
			buf_append(text, bytes, (size_t)len);
	}
	close(fd);
	if (len < 0)
		return -EIO;
	return text->failed ? -ENOMEM : 0;
}

static int salt(void *ctx, char to[PINS_SALT_SIZE])
{
	static const char chars[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "abcdefghijklmnopqrstuvwxyz";
	unsigned char random[16];

	(void)ctx;
	if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
		return -EIO;
	memcpy(to, "$6$", 3);
	for (size_t i = 0; i < sizeof(random); i++)
		to[3 + i] = chars[random[i] & 63];
	to[3 + sizeof(random)] = '\0';
	return 0;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t done = write(fd, text, len);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return done < 0 ? -errno : -EIO;
		text += done;
		len -= (size_t)done;
	}
	return 0;
}

static int write_new(void *ctx, const char *text, size_t len)
{
	int fd = open_in(ctx, NEW_NAME, O_WRONLY | O_CREAT | O_TRUNC);
	int error;

	if (fd < 0)
		return fd;
	error = write_all(fd, text, len);
	if (error == 0 && fsync(fd) < 0)
		error = -errno;
	if (close(fd) < 0 && error == 0)
		error = -errno;
	return error;
}

static int replace(void *ctx)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (path_of(ctx, NEW_NAME, from) < 0 || path_of(ctx, PINFILE_NAME, to) < 0)
		return -ENAMETOOLONG;
	return rename(from, to) < 0 ? -errno : 0;
}

static int remove_file(void *ctx)
{
	char path[PATH_MAX];
	int error = path_of(ctx, PINFILE_NAME, path);

	if (error == 0 && unlink(path) < 0 && errno != ENOENT)
		error = -errno;
	return error;
}

static int sync_entries(void *ctx)
{
	const struct pinfile *file = ctx;

	return sync_dir(file->dir);
}

const struct pins_disk pinfile_disk = {
	.lock = lock,
	.unlock = unlock,
	.read = read_all,
	.salt = salt,
	.write = write_new,
	.replace = replace,
	.remove = remove_file,
	.sync = sync_entries,
};

static int explain(int error, struct buf *why)
{
	if (error < 0)
		pins_describe(error, PINFILE_PATH, why);
	return error;
}

static int send_noted(void *ctx, const struct pins_key *key, struct buf *why)
{
	struct pinfile file = {.dir = PINFILE_DIR, .lock = -1};

	(void)ctx;
	return explain(pins_send(&pinfile_disk, &file, key), why);
}

static int taken(void *ctx, const struct pins_key *key, struct buf *why)
{
	struct pinfile file = {.dir = PINFILE_DIR, .lock = -1};

	(void)ctx;
	return explain(pins_taken(&pinfile_disk, &file, key), why);
}

const struct pins_ops pinfile_ops = {send_noted, taken};
