/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_LOG_H
#define GD_BASE_LOG_H

/* syslog(3)'s order. error: cannot go on; warning: odd but handled; notice and info: changes of
 * state; debug: AT traffic, secrets masked. */
enum log_level {
	LOG_LEVEL_ERROR = 3,
	LOG_LEVEL_WARNING = 4,
	LOG_LEVEL_NOTICE = 5,
	LOG_LEVEL_INFO = 6,
	LOG_LEVEL_DEBUG = 7,
};

/* Lines above `level` are dropped. Lines go to stderr; under systemd's journal with its <N>
 * priorities. Default: LOG_LEVEL_NOTICE. */
void log_init(enum log_level level);

/* To syslog too, where pppd and chat log (LOCAL2), as `name`. */
void log_to_syslog(const char *name);

/* No more to stderr, for somebody may wait for its last writer to end. */
void log_leave_stderr(void);

/* In a child, before it closes what is not its own: syslog's socket would be taken for one that is
 * still open, whatever has its number by then. */
void log_forget_syslog(void);

#define log_error(...)   log_write(LOG_LEVEL_ERROR, __VA_ARGS__)
#define log_warning(...) log_write(LOG_LEVEL_WARNING, __VA_ARGS__)
#define log_notice(...)  log_write(LOG_LEVEL_NOTICE, __VA_ARGS__)
#define log_info(...)    log_write(LOG_LEVEL_INFO, __VA_ARGS__)
#define log_debug(...)   log_write(LOG_LEVEL_DEBUG, __VA_ARGS__)

/* One line, without a newline at its end; control characters in the result are written as \ooo, so
 * that no modem can forge a line. */
void log_write(enum log_level level, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
