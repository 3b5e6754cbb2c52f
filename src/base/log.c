/* SPDX-License-Identifier: ISC */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"

static enum log_level max_level = LOG_LEVEL_NOTICE;
static bool with_priority;
static const char *syslog_name; /* NULL: not to syslog */
static int syslog_facility;

void log_init(enum log_level level)
{
	max_level = level;
	with_priority = getenv("JOURNAL_STREAM") && !isatty(STDERR_FILENO);
}

void log_to_syslog(const char *name, int facility)
{
	openlog(name, LOG_PID | LOG_NDELAY, facility);
	syslog_facility = facility;
	syslog_name = name;
}

void log_forget_syslog(void)
{
	if (!syslog_name)
		return;
	closelog();
	openlog(syslog_name, LOG_PID, syslog_facility); /* with the next line */
}

void log_leave_stderr(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0)
		return;
	dup2(null, STDERR_FILENO);
	close(null);
}

/* Without memory, as much of it as a line takes, and only what is surely printable. */
static void write_plain(enum log_level level, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));
static void write_plain(enum log_level level, const char *format, va_list ap)
{
	char line[512] = "gobi-dial: ";
	size_t start = strlen(line), end;

	if (with_priority)
		start = (size_t)snprintf(line, sizeof(line), "<%d>", level);
	vsnprintf(line + start, sizeof(line) - 1 - start, format, ap);
	for (end = start; line[end]; end++)
		if (line[end] < 0x20 || line[end] > 0x7e)
			line[end] = '?';
	if (syslog_name)
		syslog((int)level, "%s", line + start);
	line[end] = '\n';
	if (write(STDERR_FILENO, line, end + 1) < 0) {
		/* There is nowhere left to say so. */
	}
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
	buf_printf(&line, "\n");
	if (text.failed || line.failed) {
		va_start(ap, format);
		write_plain(level, format, ap);
		va_end(ap);
		buf_free(&text);
		buf_free(&line);
		return;
	}
	if (syslog_name)
		syslog((int)level, "%.*s", (int)(line.len - 1 - start), buf_str(&line) + start);
	/* One write per line, so that the lines of two processes do not mix. */
	if (write(STDERR_FILENO, buf_str(&line), line.len) < 0) {
		/* There is nowhere left to say so. */
	}
	buf_free(&text);
	buf_free(&line);
}
