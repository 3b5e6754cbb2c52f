/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/str.h"
#include "io/conf-source.h"

#define BYTES_MAX (64 * 1024)
#define DEPTH_MAX 10

#define DIGITS    "0123456789"
#define HEX       DIGITS "abcdefABCDEF"
#define WORD      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_*-" DIGITS

int conf_source_slurp(const char *path, size_t max, struct buf *out, mode_t *mode)
{
	/* O_NONBLOCK: a FIFO that somebody put there must not block us. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	char chunk[4096];
	struct stat st;
	ssize_t n = 1;
	int err = 0;

	if (fd < 0 || fstat(fd, &st) < 0) {
		err = -errno;
	} else {
		*mode = st.st_mode;
		err = S_ISDIR(st.st_mode)           ? -EISDIR
		      : !S_ISREG(st.st_mode)        ? -EINVAL
		      : (st.st_mode & S_IWOTH) != 0 ? -EPERM
						    : 0;
	}
	while (!err && n != 0) {
		n = read(fd, chunk, sizeof(chunk));
		if (n > 0)
			buf_append(out, chunk, (size_t)n);
		else if (n < 0 && errno != EINTR)
			err = -errno;
		if (out->len > max)
			err = -EFBIG;
		else if (out->failed)
			err = -ENOMEM;
	}
	explicit_bzero(chunk, sizeof(chunk));
	if (fd >= 0)
		close(fd);
	return err;
}

const char *conf_source_strerror(int err)
{
	switch (err) {
	case -EINVAL:
		return "not a regular file";
	case -EFBIG:
		return "too large";
	case -ELOOP:
		return "nested too deep; does it include itself?";
	case -EMFILE:
		return "too many files";
	case -EPERM:
		return "everybody may write to it, so nothing in it can be trusted; chmod o-w it";
	default:
		return strerror(-err);
	}
}

char *conf_source_resolve(const char *from, const char *name)
{
	const char *slash = strrchr(from, '/');
	size_t dir = slash && name[0] != '/' ? (size_t)(slash - from) + 1 : 0;
	char *path = malloc(dir + strlen(name) + 1);

	if (path) {
		memcpy(path, from, dir);
		strcpy(path + dir, name);
	}
	return path;
}

void conf_source_complain(struct buf *errors, const char *path, int line, const char *format, ...)
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

/* One file on its way into the whole. */
struct reader {
	struct conf_source *source;
	size_t file;
	int depth;
	struct buf *errors;
	const char *text;
	size_t len, at;
	size_t copied; /* what is before is in the whole */
	int line;      /* of `at` */
};

static void read_text(struct conf_source *source, size_t file, const struct buf *text, int depth,
		      struct buf *errors);

/* The byte `ahead` of where we are; NUL behind the end. */
static char peek_byte(const struct reader *reader, size_t ahead)
{
	return reader->at + ahead < reader->len ? reader->text[reader->at + ahead] : '\0';
}

static bool next_is(const struct reader *reader, size_t ahead, const char *set)
{
	char c = peek_byte(reader, ahead);

	return c != '\0' && strchr(set, c);
}

static size_t count_span(const struct reader *reader, size_t ahead, const char *set)
{
	size_t len = 0;

	while (next_is(reader, ahead + len, set))
		len++;
	return len;
}

static void skip_bytes(struct reader *reader, size_t len)
{
	while (len-- > 0 && reader->at < reader->len)
		if (reader->text[reader->at++] == '\n')
			reader->line++;
}

static void complain_at(struct reader *reader, int line, const char *what)
{
	conf_source_complain(reader->errors, reader->source->files[reader->file].path, line, "%s",
			     what);
}

static void add_text(struct conf_source *source, const char *text, size_t len)
{
	buf_append(&source->text, text, len);
	for (size_t i = 0; i < len; i++)
		source->line += text[i] == '\n';
}

/* Bring the whole up to `end`, and go on behind where we are. */
static void copy_until(struct reader *reader, size_t end)
{
	add_text(reader->source, reader->text + reader->copied, end - reader->copied);
	reader->copied = reader->at;
}

static void add_span(const struct reader *reader)
{
	struct conf_source *source = reader->source;
	struct conf_source_span *spans =
		realloc(source->spans, (source->span_count + 1) * sizeof(*source->spans));

	if (!spans) {
		source->text.failed = true;
		return;
	}
	source->spans = spans;
	spans[source->span_count++] = (struct conf_source_span){
		.line = source->line, .file_line = reader->line, .file = reader->file};
}

/* Takes `path` over. The file's index, or -errno. */
static int add_file(struct conf_source *source, char *path, mode_t mode)
{
	if (!path)
		return -ENOMEM;
	if (source->file_count == CONF_SOURCE_FILES_MAX) {
		free(path);
		return -EMFILE;
	}
	source->files[source->file_count] = (struct conf_source_file){.path = path, .mode = mode};
	return (int)source->file_count++;
}

/* From quote to quote. Only the first error in it is told. */
static void read_string(struct reader *reader)
{
	int line = reader->line, bad_line = 0;
	const char *bad = NULL;

	skip_bytes(reader, 1);
	while (reader->at < reader->len && peek_byte(reader, 0) != '"') {
		char c = peek_byte(reader, 0);
		bool hex = c == '\\' && next_is(reader, 1, "xX");

		if (!bad) {
			bad_line = reader->line;
			if (hex && count_span(reader, 2, HEX) < 2)
				bad = "\\x wants two hex digits";
			else if (c == '\0' || (hex && peek_byte(reader, 2) == '0' &&
					       peek_byte(reader, 3) == '0'))
				bad = "a value cannot hold a NUL byte";
			else if (c == '\\' && !hex && !next_is(reader, 1, "\\\"nrtf"))
				bad = "unknown escape; write \\\\ for a backslash";
		}
		skip_bytes(reader, c == '\\' ? 2 : 1);
	}
	if (reader->at == reader->len)
		complain_at(reader, line, "this string has no end; a quote is missing");
	else if (bad)
		complain_at(reader, bad_line, bad);
	skip_bytes(reader, 1);
}

/* To the end of the line, or to the end of the comment where it is a block. */
static void skip_comment(struct reader *reader, bool block)
{
	int line = reader->line;

	if (block)
		skip_bytes(reader, 2);
	while (reader->at < reader->len &&
	       (block ? peek_byte(reader, 0) != '*' || peek_byte(reader, 1) != '/'
		      : peek_byte(reader, 0) != '\n'))
		skip_bytes(reader, 1);
	if (block && reader->at == reader->len)
		complain_at(reader, line, "this comment has no end; \"*/\" is missing");
	if (block)
		skip_bytes(reader, 2);
}

static void read_number(struct reader *reader)
{
	bool hex = peek_byte(reader, 0) == '0' && next_is(reader, 1, "xX");
	size_t len = hex ? 2 + count_span(reader, 2, HEX) : count_span(reader, 0, DIGITS);
	bool whole = !next_is(reader, len, WORD ".");
	char digits[24] = "";
	long long value = 0;

	if (len < sizeof(digits))
		memcpy(digits, reader->text + reader->at, len);
	skip_bytes(reader, len);
	if (!whole)
		skip_bytes(reader, count_span(reader, 0, WORD "."));
	errno = 0;
	if (digits[0])
		value = strtoll(digits, NULL, hex ? 16 : 10);
	if (whole && (!digits[0] || errno || value > 2147483647LL)) {
		copy_until(reader, reader->at);
		add_text(reader->source, "L", 1);
	}
}

/* Put the file in. */
static void include_file(struct reader *reader, const char *name)
{
	struct conf_source *source = reader->source;
	const struct conf_source_file *by = &source->files[reader->file];
	struct buf text = BUF_INIT;
	int file = -ELOOP, err;
	mode_t mode = 0;
	char *path;

	if (!by->mode) {
		complain_at(reader, reader->line, "@include works in files only");
		return;
	}
	path = conf_source_resolve(by->path, name);
	err = !path                        ? -ENOMEM
	      : reader->depth >= DEPTH_MAX ? -ELOOP
					   : conf_source_slurp(path, BYTES_MAX, &text, &mode);
	if (err)
		conf_source_complain(reader->errors, by->path, reader->line, "@include %s: %s",
				     path ? path : "", conf_source_strerror(err));
	else
		file = add_file(source, strdup(path), mode);
	if (!err && file >= 0)
		read_text(source, (size_t)file, &text, reader->depth + 1, reader->errors);
	else if (!err)
		conf_source_complain(reader->errors, by->path, reader->line, "@include: %s",
				     conf_source_strerror(file));
	free(path);
	buf_free(&text);
}

/* `^[ \t]*@include[ \t]+"NAME"`, as libconfig has it. False when there is none here. */
static bool read_include(struct reader *reader)
{
	static const char word[] = "@include";
	size_t start = reader->at, blanks = count_span(reader, 0, " \t"), len = 0;
	char *name;

	if ((start > 0 && reader->text[start - 1] != '\n') ||
	    reader->len - start - blanks <= strlen(word) ||
	    memcmp(reader->text + start + blanks, word, strlen(word)) != 0)
		return false;
	skip_bytes(reader, blanks + strlen(word));
	blanks = count_span(reader, 0, " \t");
	skip_bytes(reader, blanks);
	if (blanks > 0 && peek_byte(reader, 0) == '"')
		while (peek_byte(reader, 1 + len) && !next_is(reader, 1 + len, "\"\\\n"))
			len++;
	if (len > 0 && peek_byte(reader, 1 + len) == '"') {
		name = strndup(reader->text + reader->at + 1, len);
		skip_bytes(reader, len + 2);
		copy_until(reader, start);
		if (name)
			include_file(reader, name);
		else
			reader->source->text.failed = true;
		free(name);
	} else {
		complain_at(reader, reader->line, "write @include \"FILE\"");
		skip_comment(reader, false);
		copy_until(reader, start);
	}
	/* What follows on this line must not be a line's start, where libconfig would look for
	 * another @include and open it. */
	add_span(reader);
	add_text(reader->source, "/**/", 4);
	return true;
}

static void read_text(struct conf_source *source, size_t file, const struct buf *text, int depth,
		      struct buf *errors)
{
	struct reader reader = {
		.source = source,
		.file = file,
		.depth = depth,
		.errors = errors,
		.text = buf_str(text),
		.len = text->len,
		.line = 1,
	};

	add_span(&reader);
	while (reader.at < reader.len) {
		char c = peek_byte(&reader, 0);

		if (read_include(&reader))
			continue;
		if (c == '"') {
			read_string(&reader);
		} else if (c == '/' && peek_byte(&reader, 1) == '*') {
			skip_comment(&reader, true);
		} else if (c == '#' || (c == '/' && peek_byte(&reader, 1) == '/')) {
			skip_comment(&reader, false);
		} else if (next_is(&reader, 0, DIGITS)) {
			read_number(&reader);
		} else if (next_is(&reader, 0, WORD) && c != '-') {
			skip_bytes(&reader, count_span(&reader, 0, WORD));
		} else {
			if (c == '\0')
				complain_at(&reader, reader.line,
					    "a NUL byte; this is no text file");
			skip_bytes(&reader, 1);
		}
	}
	copy_until(&reader, reader.len);
	/* libconfig 1.5 takes a comment that ends with the text for garbage. */
	add_text(source, "\n", 1);
}

int conf_source_read(struct conf_source *source, const char *path, struct buf *errors)
{
	struct buf text = BUF_INIT;
	mode_t mode = 0;
	int err = conf_source_slurp(path, BYTES_MAX, &text, &mode);

	source->line = 1;
	if (!err)
		err = add_file(source, strdup(path), mode);
	if (err < 0)
		conf_source_complain(errors, path, 0, "cannot read it: %s",
				     conf_source_strerror(err));
	else
		read_text(source, (size_t)err, &text, 0, errors);
	buf_free(&text);
	return err < 0 ? err : source->text.failed ? -ENOMEM : 0;
}

int conf_source_from_text(struct conf_source *source, const char *name, const char *text,
			  size_t len, struct buf *errors)
{
	struct buf copy = BUF_INIT;
	int file = add_file(source, strdup(name), 0);

	if (file < 0)
		return file;
	source->line = 1;
	buf_append(&copy, text, len);
	if (!copy.failed)
		read_text(source, (size_t)file, &copy, 0, errors);
	source->text.failed |= copy.failed;
	buf_free(&copy);
	return source->text.failed ? -ENOMEM : 0;
}

struct conf_source_place conf_source_find(const struct conf_source *source, int line)
{
	const struct conf_source_span *span;
	size_t i = source->span_count;

	while (i > 1 && source->spans[i - 1].line > line)
		i--;
	if (i == 0)
		return (struct conf_source_place){.file = &source->files[0]};
	span = &source->spans[i - 1];
	return (struct conf_source_place){.file = &source->files[span->file],
					  .line = span->file_line + line - span->line};
}

void conf_source_free(struct conf_source *source)
{
	for (size_t i = 0; i < source->file_count; i++)
		free(source->files[i].path);
	free(source->spans);
	buf_free(&source->text);
	*source = (struct conf_source){0};
}
