/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "io/replace.h"
#include "io/state-lines.h"
#include "io/sysfs.h"

#define SIZE_MAX_BYTES 4096

/* Go through the file: the key's value, "" for none, and all other lines into `others`. */
static void read_lines(const char *path, const char *key, char *value, size_t size,
		       struct buf *others)
{
	char text[SIZE_MAX_BYTES], *line = text, *end, *tab;

	*value = '\0';
	if (sysfs_read_all(path, text, sizeof(text)) <= 0)
		return;
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		tab = strchr(line, '\t');
		if (!tab)
			continue;
		*tab++ = '\0';
		if (strcmp(line, key) == 0)
			str_copy(value, size, tab);
		else
			buf_printf(others, "%s\t%s\n", line, tab);
	}
}

bool state_lines_recall(const char *path, const char *key, char *value, size_t size)
{
	struct buf others = BUF_INIT;

	read_lines(path, key, value, size, &others);
	buf_free(&others);
	return *value;
}

static int write_lines(const char *path, struct buf *text)
{
	char folder[PATH_MAX];

	while (text->len >= SIZE_MAX_BYTES) {
		text->len--;
		while (text->len > 0 && text->data[text->len - 1] != '\n')
			text->len--;
	}
	if (text->failed)
		return -ENOMEM;
	str_copy(folder, sizeof(folder), path);
	*strrchr(folder, '/') = '\0';
	if (mkdir(folder, 0700) < 0 && errno != EEXIST)
		return -errno;
	return replace_file(path, buf_str(text), text->len);
}

void state_lines_keep(const char *path, const char *key, const char *value)
{
	struct buf text = BUF_INIT, others = BUF_INIT;
	char known[256];
	int error = 0;

	read_lines(path, key, known, sizeof(known), &others);
	if (strcmp(known, value) != 0 && !strpbrk(key, "\t\n") && !strpbrk(value, "\t\n")) {
		if (*value)
			buf_printf(&text, "%s\t%s\n", key, value);
		buf_append(&text, others.data, others.len);
		text.failed |= others.failed;
		error = write_lines(path, &text);
	}
	if (error < 0)
		log_debug("%s: %s", path, strerror(-error));
	buf_free(&text);
	buf_free(&others);
}
