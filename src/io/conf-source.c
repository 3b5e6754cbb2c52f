/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "conf/scan.h"
#include "io/conf-source.h"

#define BYTES_MAX (64 * 1024)
#define DEPTH_MAX 10

static int read_all(int fd, size_t max, struct buf *out)
{
	char chunk[4096];
	ssize_t n;
	int err = 0;

	while (!err && (n = read(fd, chunk, sizeof(chunk))) != 0) {
		if (n > 0)
			buf_append(out, chunk, (size_t)n);
		else if (errno != EINTR)
			err = -errno;
		if (out->len > max)
			err = -EFBIG;
	}
	explicit_bzero(chunk, sizeof(chunk));
	return out->failed ? -ENOMEM : err;
}

static int check_kind(int fd, mode_t *mode)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	*mode = st.st_mode;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return st.st_mode & S_IWOTH ? -EPERM : 0;
}

int source_slurp(const char *path, size_t max, struct buf *out, mode_t *mode)
{
	/* O_NONBLOCK: not to hang on a FIFO that somebody put there. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int err;

	if (fd < 0)
		return -errno;
	err = check_kind(fd, mode);
	if (!err)
		err = read_all(fd, max, out);
	close(fd);
	return err;
}

const char *source_strerror(int err)
{
	switch (err) {
	case -EINVAL:
		return "not a regular file";
	case -EFBIG:
		return "too large";
	case -ELOOP:
		return "too deep; does it include itself?";
	case -EMFILE:
		return "too many files";
	case -EPERM:
		return "everybody may write to it, so nothing in it can be trusted; chmod o-w it";
	default:
		return strerror(-err);
	}
}

char *source_resolve(const char *from, const char *name)
{
	const char *slash = strrchr(from, '/');
	size_t dir = slash && name[0] != '/' ? (size_t)(slash - from) + 1 : 0;
	char *path = malloc(dir + strlen(name) + 1);

	if (!path)
		return NULL;
	memcpy(path, from, dir);
	strcpy(path + dir, name);
	return path;
}

void source_complain(struct buf *errors, const char *path, int line, const char *format, ...)
{
	struct buf text = BUF_INIT;
	va_list ap;

	buf_printf(&text, "%s:", path);
	if (line > 0)
		buf_printf(&text, "%d:", line);
	buf_printf(&text, " ");
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	str_print_safe(errors, buf_str(&text), text.len);
	buf_printf(errors, "\n");
	buf_free(&text);
}

static void add_span(struct source *source, size_t file, int file_line)
{
	struct source_span *spans =
		realloc(source->spans, (source->span_count + 1) * sizeof(*source->spans));

	if (!spans) {
		source->text.failed = true;
		return;
	}
	source->spans = spans;
	spans[source->span_count++] =
		(struct source_span){.line = source->line, .file_line = file_line, .file = file};
}

static void add_text(struct source *source, const char *text, size_t len)
{
	buf_append(&source->text, text, len);
	for (size_t i = 0; i < len; i++)
		source->line += text[i] == '\n';
}

/* Takes `path` over. The file's index, or -errno. */
static int add_file(struct source *source, char *path, mode_t mode)
{
	if (!path)
		return -ENOMEM;
	if (source->file_count == SOURCE_FILES_MAX) {
		free(path);
		return -EMFILE;
	}
	source->files[source->file_count] = (struct source_file){.path = path, .mode = mode};
	return (int)source->file_count++;
}

static void include(struct source *source, size_t from, const struct scan_item *item, int depth,
		    struct buf *errors);

/* What follows an @include on its line is no line's start, where libconfig would look for another
 * one and open it. */
static void resume(struct source *source, size_t file, int line)
{
	add_span(source, file, line);
	add_text(source, "/**/", 4);
}

/* A newline always ends a file: libconfig 1.5 takes a comment for garbage that ends with the
 * text. */
static void add_source(struct source *source, size_t file, const struct buf *text, int depth,
		       struct buf *errors)
{
	const char *path = source->files[file].path;
	struct scan scan = {.text = buf_str(text), .len = text->len, .line = 1};
	struct scan_item item;
	size_t done = 0;

	add_span(source, file, 1);
	while ((item = scan_next(&scan)).type != SCAN_END) {
		size_t end = item.name ? item.start : scan.at;

		add_text(source, scan.text + done, end - done);
		done = scan.at;
		if (item.type == SCAN_BIG_INT)
			add_text(source, "L", 1);
		if (item.type == SCAN_ERROR)
			source_complain(errors, path, item.line, "%s", item.error);
		if (item.type == SCAN_INCLUDE)
			include(source, file, &item, depth, errors);
		if (item.name)
			resume(source, file, scan.line);
	}
	add_text(source, scan.text + done, scan.len - done);
	add_text(source, "\n", 1);
}

static char *included_path(const char *from, const struct scan_item *item)
{
	char *name = strndup(item->name, item->name_len);
	char *path = name ? source_resolve(from, name) : NULL;

	free(name);
	return path;
}

static void include(struct source *source, size_t from, const struct scan_item *item, int depth,
		    struct buf *errors)
{
	const char *by = source->files[from].path;
	struct buf text = BUF_INIT;
	mode_t mode = 0;
	int file, err = -ELOOP;
	char *path;

	if (!source->files[from].mode) {
		source_complain(errors, by, item->line, "@include works in files only");
		return;
	}
	path = included_path(by, item);
	if (path && depth < DEPTH_MAX)
		err = source_slurp(path, BYTES_MAX, &text, &mode);
	if (err) {
		source_complain(errors, by, item->line, "@include %s: %s", path ? path : "",
				source_strerror(err));
		free(path);
	} else {
		file = add_file(source, path, mode);
		if (file >= 0)
			add_source(source, (size_t)file, &text, depth + 1, errors);
		else
			source_complain(errors, by, item->line, "@include: %s",
					source_strerror(file));
	}
	buf_free(&text);
}

int source_read(struct source *source, const char *path, struct buf *errors)
{
	struct buf text = BUF_INIT;
	mode_t mode = 0;
	int err = source_slurp(path, BYTES_MAX, &text, &mode);

	source->line = 1;
	if (!err)
		err = add_file(source, strdup(path), mode);
	if (err < 0)
		source_complain(errors, path, 0, "cannot read it: %s", source_strerror(err));
	else
		add_source(source, (size_t)err, &text, 0, errors);
	buf_free(&text);
	return err < 0 ? err : source->text.failed ? -ENOMEM : 0;
}

int source_from_text(struct source *source, const char *name, const char *text, size_t len,
		     struct buf *errors)
{
	struct buf copy = BUF_INIT;
	int file = add_file(source, strdup(name), 0);

	if (file < 0)
		return file;
	source->line = 1;
	buf_append(&copy, text, len);
	if (!copy.failed)
		add_source(source, (size_t)file, &copy, 0, errors);
	source->text.failed |= copy.failed;
	buf_free(&copy);
	return source->text.failed ? -ENOMEM : 0;
}

struct source_at source_at(const struct source *source, int line)
{
	size_t i = source->span_count;

	while (i > 1 && source->spans[i - 1].line > line)
		i--;
	if (i == 0)
		return (struct source_at){.file = &source->files[0]};
	return (struct source_at){
		.file = &source->files[source->spans[i - 1].file],
		.line = source->spans[i - 1].file_line + line - source->spans[i - 1].line,
	};
}

void source_free(struct source *source)
{
	for (size_t i = 0; i < source->file_count; i++)
		free(source->files[i].path);
	free(source->spans);
	buf_free(&source->text);
	*source = (struct source){0};
}
