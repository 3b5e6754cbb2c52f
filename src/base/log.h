/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_LOG_H
#define GD_BASE_LOG_H

/* In syslog(3)'s order. error: cannot go on; warning: odd but handled; notice and info: changes of
 * state; debug: AT traffic with secrets masked. */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/* Drop lines above `level` (LOG_LEVEL_NOTICE by default). Lines go to stderr, for systemd's journal
 * with its <N> priorities. */
void log_init(enum log_level level);

/* Log to syslog too, as `name`, to that facility (LOG_DAEMON, ...; pppd's and chat's is LOCAL2). */
void log_to_syslog(const char *name, int facility);

/* Stop writing to stderr, because its reader may wait until all writers have closed it. */
void log_leave_stderr(void);

/* In a child, before it closes the descriptors that are not its own: syslog(3) would go on using
 * its socket's number, whatever has that number by then. */
void log_forget_syslog(void);

#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* One line, without a newline at its end. Control characters are written as \ooo, so that no modem
 * can forge a line. */
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
