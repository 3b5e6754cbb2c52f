/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "io/providers.h"
#include "modem/provider.h"

/* C11 promises 4095 bytes to a string; all compilers take more. */
#pragma GCC diagnostic ignored "-Woverlength-strings"

const char *providers_builtin(void)
{
#ifdef PROVIDERS
	static const char table[] =
#include "io/provider-table.inc"
		;

	return table;
#else
	return NULL;
#endif
}

int providers_read(const char *path, struct buf *text, int *line)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char bytes[4096];
	ssize_t len = 1;

	*line = 0;
	if (fd < 0)
		return -errno;
	while (len > 0 && text->len <= PROVIDER_SIZE_MAX) {
		len = read(fd, bytes, sizeof(bytes));
		if (len > 0)
			buf_append(text, bytes, (size_t)len);
	}
	if (len < 0)
		len = -errno;
	close(fd);
	if (len < 0 || text->failed)
		return len < 0 ? (int)len : -ENOMEM;
	if (text->len > PROVIDER_SIZE_MAX)
		return -EFBIG;
	*line = provider_check(buf_str(text), text->len);
	return *line ? -EBADMSG : 0;
}

const char *providers_load(const char *path, struct buf *text)
{
	int line, error;

	buf_clear(text);
	if (!*path)
		return providers_builtin();
	error = providers_read(path, text, &line);
	if (error == 0)
		return buf_str(text);
	if (error == -EBADMSG)
		log_warning("network.providers: %s: line %d is not valid; the file is ignored",
			    path, line);
	else
		log_warning("network.providers: %s: %s; the file is ignored", path,
			    strerror(-error));
	return providers_builtin();
}

bool providers_refresh(const char *path, struct providers_kept *kept)
{
	struct stat is;
	uint64_t seen[5] = {1};

	for (const char *c = path; *c; c++)
		seen[0] = seen[0] * 31 + (unsigned char)*c;
	if (*path && stat(path, &is) == 0) {
		seen[1] = is.st_ino;
		seen[2] = (uint64_t)is.st_size;
		seen[3] = (uint64_t)is.st_mtim.tv_sec;
		seen[4] = (uint64_t)is.st_mtim.tv_nsec;
	}
	if (memcmp(seen, kept->seen, sizeof(seen)) == 0)
		return false;
	memcpy(kept->seen, seen, sizeof(seen));
	kept->table = providers_load(path, &kept->text);
	return true;
}
