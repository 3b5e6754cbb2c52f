/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"

static enum log_level max_level = LOG_LEVEL_NOTICE;
static bool with_priority;

void log_init(enum log_level level)
{
	max_level = level;
	with_priority = getenv("JOURNAL_STREAM") && !isatty(STDERR_FILENO);
}

enum log_level log_get_level(void)
{
	return max_level;
}

void log_write(enum log_level level, const char *format, ...)
{
	struct buf text = BUF_INIT, line = BUF_INIT;
	va_list ap;

	if (level > max_level)
		return;
	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	if (with_priority)
		buf_printf(&line, "<%d>", level);
	else
		buf_printf(&line, "gobi-dial: ");
	str_print_safe(&line, buf_str(&text), text.len);
	buf_printf(&line, "\n");
	/* One write a line, so that lines of two processes do not mix. */
	if (write(STDERR_FILENO, buf_str(&line), line.len) < 0) {
		/* Nobody is left to tell. */
	}
	buf_free(&text);
	buf_free(&line);
}
