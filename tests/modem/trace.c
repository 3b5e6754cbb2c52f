/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"

#include "escape.h"
#include "trace.h"

static int fd = -1;
static int64_t start_ms;

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int trace_open(const char *path)
{
	start_ms = now_ms();
	if (!path)
		return 0;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_APPEND | O_CLOEXEC, 0644);
	return fd < 0 ? -errno : 0;
}

void trace_close(void)
{
	if (fd >= 0)
		close(fd);
	fd = -1;
}

long trace_ms(void)
{
	return (long)(now_ms() - start_ms);
}

/* One write a line, so that a reader never sees half of one. */
static void write_line(struct buf *line)
{
	buf_printf(line, "\n");
	if (write(fd, buf_str(line), line->len) < 0)
		perror("gobi-modem: log");
	buf_free(line);
}

static void begin_line(struct buf *line, int interface, char kind)
{
	if (interface < 0)
		buf_printf(line, "%ld - %c ", trace_ms(), kind);
	else
		buf_printf(line, "%ld %d %c ", trace_ms(), interface, kind);
}

void trace_bytes(int interface, char direction, const void *bytes, size_t len)
{
	struct buf line = BUF_INIT;

	if (fd < 0)
		return;
	begin_line(&line, interface, direction);
	escape_append(&line, bytes, len);
	write_line(&line);
}

void trace_event(int interface, const char *format, ...)
{
	struct buf line = BUF_INIT, text = BUF_INIT;
	va_list ap;

	if (fd < 0)
		return;
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	begin_line(&line, interface, '#');
	str_print_safe(&line, buf_str(&text), text.len);
	write_line(&line);
	buf_free(&text);
}
