/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CONF_SOURCE_H
#define GD_IO_CONF_SOURCE_H

#include <stddef.h>
#include <sys/stat.h>

#include "base/buf.h"

#define SOURCE_FILES_MAX 32

struct source_file {
	char *path;
	mode_t mode; /* 0: no file, a text in memory */
};

/* From this line of the whole on, it is `file` from `file_line` on. */
struct source_span {
	int line;
	int file_line;
	size_t file;
};

/* A config with its included files put in their places, for libconfig 1.5 can neither take them
 * relative to the including file nor by absolute path. */
struct source {
	struct buf text;
	int line; /* of the end of `text` */
	struct source_file files[SOURCE_FILES_MAX];
	size_t file_count;
	struct source_span *spans;
	size_t span_count;
};

struct source_at {
	const struct source_file *file;
	int line;
};

/*
 * Fill a zeroed `source`; free it in every case. What is wrong in the text
 * goes to `errors`, and the reading goes on. -errno when `path` itself cannot
 * be read, which is in `errors` too.
 */
int source_read(struct source *source, const char *path, struct buf *errors);

/* The same of a text in memory, which cannot include. -ENOMEM. */
int source_from_text(struct source *source, const char *name, const char *text, size_t len,
		     struct buf *errors);

/* Where a line of the whole comes from. */
struct source_at source_at(const struct source *source, int line);

void source_free(struct source *source);

/* `name` as seen from the folder of the file `from`; the caller's, NULL without memory. */
char *source_resolve(const char *from, const char *name);

/* Append a regular file of at most `max` bytes. -errno; source_strerror says what that means
 * here. */
int source_slurp(const char *path, size_t max, struct buf *out, mode_t *mode);

const char *source_strerror(int err);

/* Append "FILE:LINE: ..." (line 0: "FILE: ...") and a newline, fit for a terminal. */
void source_complain(struct buf *errors, const char *path, int line, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
