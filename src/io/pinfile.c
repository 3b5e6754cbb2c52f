/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "io/pinfile.h"
#include "io/replace.h"
#include "modem/apn-memory.h"

static int pinfile_path(const struct pinfile *file, const char *end, char path[PATH_MAX])
{
	int len = snprintf(path, PATH_MAX, "%s/%s%s", file->dir, file->name, end);

	return len < PATH_MAX ? 0 : -ENAMETOOLONG;
}

static int open_pinfile(const struct pinfile *file, const char *end, int flags)
{
	char path[PATH_MAX];
	int error = pinfile_path(file, end, path);
	int fd;

	if (error < 0)
		return error;
	fd = open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
	return fd < 0 ? -errno : fd;
}

/* Have the folder's entries on the disk. */
static int sync_folder(const char *path)
{
	int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int error = fd < 0 || fsync(fd) < 0 ? -errno : 0;

	if (fd >= 0)
		close(fd);
	return error;
}

static int lock_pinfile(void *ctx)
{
	struct pinfile *file = ctx;
	char parent[PATH_MAX];
	int error;

	if (mkdir(file->dir, 0700) == 0) {
		/* A folder whose own entry gets lost takes the mark with it. */
		snprintf(parent, sizeof(parent), "%s/..", file->dir);
		error = sync_folder(parent);
		if (error < 0)
			return error;
	} else if (errno != EEXIST) {
		return -errno;
	}
	file->lock = open_pinfile(file, ".lock", O_RDWR | O_CREAT);
	if (file->lock < 0)
		return file->lock;
	if (flock(file->lock, LOCK_EX | LOCK_NB) == 0)
		return 0;
	error = errno == EWOULDBLOCK ? -EAGAIN : -errno;
	close(file->lock);
	file->lock = -1;
	return error;
}

static void unlock_pinfile(void *ctx)
{
	struct pinfile *file = ctx;

	if (file->lock >= 0)
		close(file->lock);
	file->lock = -1;
}

/* Reads more than PINS_FILE_MAX of a longer file, so that it is seen to be bad. */
static int read_pinfile(void *ctx, struct buf *text)
{
	char bytes[1024];
	int fd = open_pinfile(ctx, "", O_RDONLY | O_NONBLOCK);
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
		return -errno;
	return text->failed ? -ENOMEM : 0;
}

static int make_salt(void *ctx, char to[PINS_SALT_SIZE])
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

static int write_new_pinfile(void *ctx, const char *text, size_t len)
{
	int fd = open_pinfile(ctx, ".new", O_WRONLY | O_CREAT | O_TRUNC);
	int error;

	if (fd < 0)
		return fd;
	error = write_whole(fd, text, len);
	if (error == 0 && fsync(fd) < 0)
		error = -errno;
	if (close(fd) < 0 && error == 0)
		error = -errno;
	return error;
}

static int replace_pinfile(void *ctx)
{
	char from[PATH_MAX], to[PATH_MAX];

	if (pinfile_path(ctx, ".new", from) < 0 || pinfile_path(ctx, "", to) < 0)
		return -ENAMETOOLONG;
	return rename(from, to) < 0 ? -errno : 0;
}

static int remove_pinfile(void *ctx)
{
	char path[PATH_MAX];
	int error = pinfile_path(ctx, "", path);

	if (error == 0 && unlink(path) < 0 && errno != ENOENT)
		error = -errno;
	return error;
}

static int sync_pinfile(void *ctx)
{
	const struct pinfile *file = ctx;

	return sync_folder(file->dir);
}

const struct pins_disk pinfile_disk = {
	.lock = lock_pinfile,
	.unlock = unlock_pinfile,
	.read = read_pinfile,
	.salt = make_salt,
	.write = write_new_pinfile,
	.replace = replace_pinfile,
	.remove = remove_pinfile,
	.sync = sync_pinfile,
};

static int note_pin(void *ctx, enum pins_event event, const struct pins_key *key, struct buf *why)
{
	struct pinfile file = {.dir = PINFILE_DIR, .name = PINFILE_NAME, .lock = -1};
	int error = pins_note(&pinfile_disk, &file, event, key);

	(void)ctx;
	if (error < 0)
		pins_describe(error, PINFILE_PATH, why);
	return error;
}

static bool is_pin_pending(void *ctx)
{
	struct pinfile file = {.dir = PINFILE_DIR, .name = PINFILE_NAME, .lock = -1};

	(void)ctx;
	return pins_pending(&pinfile_disk, &file);
}

const struct pins_ops pinfile_ops = {note_pin, is_pin_pending};

static bool recall_apn(void *ctx, const char *key, struct apn_try *to)
{
	struct pinfile file = {.dir = PINFILE_DIR, .name = APNFILE_NAME, .lock = -1};

	(void)ctx;
	return apn_memory_recall(&pinfile_disk, &file, key, to) == 0;
}

/* Without it the next start only takes a few dials more. */
static bool keep_apn(void *ctx, const char *key, const struct apn_try *good)
{
	struct pinfile file = {.dir = PINFILE_DIR, .name = APNFILE_NAME, .lock = -1};
	int error, tries = 0;

	(void)ctx;
	/* Two modems that come up at once: the other one's instance is done in no time. */
	while ((error = apn_memory_keep(&pinfile_disk, &file, key, good)) == -EAGAIN &&
	       tries++ < 20)
		poll(NULL, 0, 10);
	if (error < 0)
		log_notice("%s/%s: the APN of this SIM is not remembered: %s", file.dir, file.name,
			   strerror(-error));
	return error == 0;
}

const struct apn_ops apnfile_ops = {recall_apn, keep_apn};
