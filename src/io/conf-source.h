/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CONF_SOURCE_H
#define GD_IO_CONF_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"

#define CONF_SOURCE_FILES_MAX 32

struct conf_source_file {
	char *path;
	mode_t mode; /* 0: no file, a text in memory */
};

/* From this line of the whole on, it is `file` from `file_line` on. */
struct conf_source_span {
	int line;
	int file_line;
	size_t file;
};

/*
 * A configuration with its included files in their places, as libconfig is to read it. What is left
 * to libconfig is all that it can do; before it we do what some version of it from 1.5 on cannot:
 * - @include relative to the including file, and by absolute path;
 * - whole numbers over 32 bits: 1.5 cuts them unless an L follows, so that wrong ones look right;
 * - escapes that do not exist, and NUL bytes: they change or cut a value (a password) silently;
 * - a comment without an end: it swallows the rest silently.
 */
struct conf_source {
	struct buf text;
	int line; /* of the end of `text` */
	struct conf_source_file files[CONF_SOURCE_FILES_MAX];
	size_t file_count;
	struct conf_source_span *spans;
	size_t span_count;
};

struct conf_source_place {
	const struct conf_source_file *file;
	int line;
};

/*
 * Fill a zeroed `source`; free it in every case. What is wrong in the text
 * goes to `errors`, and reading goes on. -errno when `path` itself cannot be
 * read, which is in `errors` too.
 */
int conf_source_read(struct conf_source *source, const char *path, struct buf *errors);

/* The same of a text in memory, which cannot include. -ENOMEM. */
int conf_source_from_text(struct conf_source *source, const char *name, const char *text,
			  size_t len, struct buf *errors);

/* Where a line of the whole comes from. */
struct conf_source_place conf_source_find(const struct conf_source *source, int line);

void conf_source_free(struct conf_source *source);

/* `name` as seen from the folder of the file `from`; the caller frees it. NULL: no memory. */
char *conf_source_resolve(const char *from, const char *name);

/* Append a regular file of at most `max` bytes. -errno; conf_source_strerror says what that means
 * here. */
int conf_source_slurp(const char *path, size_t max, struct buf *out, mode_t *mode);

const char *conf_source_strerror(int err);

/* Append "FILE:LINE: ..." (line 0: "FILE: ...") and a newline, safe for a terminal. */
void conf_source_complain(struct buf *errors, const char *path, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
