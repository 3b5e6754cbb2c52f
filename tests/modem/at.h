/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_AT_H
#define GD_MODEM_AT_H

#include <stdbool.h>
#include <stddef.h>

#include <ev.h>

#include "base/buf.h"

struct port;

#define AT_LINE_MAX 512
#define AT_S_COUNT  32

/* What a command came to; numbers above 0 are those of 27.007 9.2. */
enum at_result {
	AT_OK = 0,
	AT_ERROR = -1,
	AT_NO_CARRIER = -2,
	AT_CONNECT = -3,
	AT_SILENT = -4,  /* everything was said already */
	AT_TEXT = -5,    /* as at->text says */
	AT_PENDING = -6, /* at_result() tells later */
	AT_UNKNOWN = -7, /* no such command */
};

enum at_op { AT_EXEC, AT_READ, AT_TEST, AT_SET };

struct at_cmd {
	enum at_op op;
	char name[32];
	char full[AT_LINE_MAX + 1]; /* "+CPIN=\"1234\"" */
	const char *args;           /* in full, behind the name and its = */
};

/* What ATZ and AT&F put back. */
struct at_settings {
	bool echo, quiet, verbose;
	int cmee, dcd_mode, dtr_mode, level;
	int creg, cgreg, cereg;
	int cops_format;
	char charset[8];
	int s[AT_S_COUNT];
};

/* One port's command interpreter. */
struct at {
	struct port *port;
	struct at_settings settings;
	struct buf line;    /* typed so far */
	struct buf pending; /* arrived while a command ran */
	char last[AT_LINE_MAX + 1];
	bool running;
	const char *rest; /* of the line that runs, in `last` */
	bool fetched;     /* `cmd` waits for its latency or for its end */
	bool first;       /* of its line */
	struct at_cmd cmd;
	int infos; /* lines that `cmd` answered so far */
	const char *text;
	ev_timer timer;
};

void at_init(struct at *at, struct port *port);
void at_free(struct at *at);

/* As after power-up: what was typed or running is forgotten. */
void at_reset(struct at *at);
void at_set_defaults(struct at *at);

/* Bytes from the host, in command mode. */
void at_feed(struct at *at, const char *bytes, size_t len);

/* The end of a command that said AT_PENDING. */
void at_result(struct at *at, int result);

/* One line of an answer. */
void at_info(struct at *at, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* A result that no command asked for, such as NO CARRIER. */
void at_say_final(struct at *at, int result);

/* `pattern` ("AT+CPIN?", or with a * for any end) means this command. */
bool at_matches(const char *pattern, const char *full);

#endif
