/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"

static enum log_level max_level = LOG_LEVEL_NOTICE;
static bool with_priority;
static const char *syslog_name; /* NULL: not to syslog */

void log_init(enum log_level level)
{
	max_level = level;
	with_priority = getenv("JOURNAL_STREAM") && !isatty(STDERR_FILENO);
}

void log_to_syslog(const char *name)
{
	openlog(name, LOG_PID | LOG_NDELAY, LOG_LOCAL2);
	syslog_name = name;
}

void log_forget_syslog(void)
{
	if (!syslog_name)
		return;
	closelog();
	openlog(syslog_name, LOG_PID, LOG_LOCAL2); /* with the next line */
}

void log_leave_stderr(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, STDERR_FILENO);
	close(null);
}

void log_write(enum log_level level, const char *format, ...)
{
	struct buf text = BUF_INIT, line = BUF_INIT;
	size_t start;
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
	start = line.len;
	str_print_safe(&line, buf_str(&text), text.len);
	if (syslog_name)
		syslog((int)level, "%s", buf_str(&line) + start);
	buf_printf(&line, "\n");
	/* One write per line, so that the lines of two processes do not mix. */
	if (write(STDERR_FILENO, buf_str(&line), line.len) < 0) {
		/* There is nowhere left to say so. */
	}
	buf_free(&text);
	buf_free(&line);
}
