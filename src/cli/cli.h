/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_CLI_H
#define GD_CLI_CLI_H

#include <stdbool.h>

struct buf;
struct command;
struct conf;
struct json_object;

/* The options of all commands; commands.c has a row for each. */
enum cli_option {
	CLI_OPTION_NONE,
	CLI_OPTION_CONF,
	CLI_OPTION_VERBOSE,
	CLI_OPTION_QUIET,
	CLI_OPTION_HELP,
	CLI_OPTION_VERSION,
	CLI_OPTION_OF_COMMANDS, /* those below belong to some commands only */
	CLI_OPTION_JSON = CLI_OPTION_OF_COMMANDS,
	CLI_OPTION_FIRST,
	CLI_OPTION_PORT,
	CLI_OPTION_TIMEOUT,
	CLI_OPTION_KEEP_GOING,
	CLI_OPTION_FORCE,
	CLI_OPTION_FIX,
	CLI_OPTION_SCAN,
	CLI_OPTION_PEER,
	CLI_OPTION_KEY,
	CLI_OPTION_ONCE,
	CLI_OPTION_LAST_ATTEMPT,
	CLI_OPTION_SYSLOG,
	CLI_OPTION_WITH_PARENT,
	CLI_OPTION_FOLLOW,
	CLI_OPTION_HISTORY,
	CLI_OPTION_FORMAT,
	CLI_OPTION_PPPD_OPTIONS,
	CLI_OPTION_APN,
	CLI_OPTION_COUNT
};

/* A command line that cmdline_parse has taken apart, and the instance that it means. */
struct cli {
	const struct command *command; /* NULL: none was given */
	char **words;                  /* behind the command, without the options */
	int count;
	const char *options[CLI_OPTION_COUNT]; /* the value, or any text; NULL: not given */
	int verbose;                           /* log levels above the default */

	/* From cli_set_name. */
	const char *conf_path; /* -c FILE, or the instance's own file */
	char name[33];
	char default_path[128];
	bool conf_given; /* by -c or a NAME other than "gobi": the file must exist */
};

/* A command's exit code is an enum cause. */
typedef int cli_command(struct cli *cli);

/* Choose the instance: NAME, or for NULL that of -c or the default one. False, with a message, if
 * its name is not valid. */
bool cli_set_name(struct cli *cli, const char *name);

/* Read the configuration that cli_set_name chose. The instance's own file may be missing: then the
 * defaults apply. Errors go to stderr. Returns the exit code; free `conf` in every case. */
int cli_load(const struct cli *cli, struct conf *conf);

/* The same where a port may be named: that needs no configuration, unless it is named, too. */
int cli_load_for_port(const struct cli *cli, bool port_is_named, struct conf *conf);

/* Print what is wrong with the command line and where its help is. Returns CAUSE_USAGE. */
int cli_usage(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Connect to the running instance. The socket or a negative errno: -ECONNREFUSED if none runs. */
int cli_socket(const struct cli *cli);

/* Print why cli_socket failed. Returns the cause. */
int cli_no_socket(const struct cli *cli, int error);

/* Both together: the socket, or -1 with a message and *cause. */
int cli_connect(const struct cli *cli, int *cause);

/* Send `command`. CAUSE_NONE and the answer, which the caller puts, or a message and the cause.
 * What may come after the answer is left in `in`, unless that is NULL. */
int cli_request(int fd, const char *command, struct buf *in, struct json_object **response);

/* Print the text of an answer that is not "ok". Returns its cause. */
int cli_refusal(struct json_object *response);

cli_command cli_at;
cli_command cli_probe;
cli_command cli_info;
cli_command cli_doctor;
cli_command cli_check;
cli_command cli_run;
cli_command cli_pty;
cli_command cli_prepare;
cli_command cli_status;
cli_command cli_control;
cli_command cli_power;

/* Tell the pppd that started `pty` that its command line is wrong. */
void cli_pty_refuse(void);

#endif
