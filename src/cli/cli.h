/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_CLI_H
#define GD_CLI_CLI_H

#include <stdbool.h>

struct buf;
struct conf;
struct json_object;

/* What stands before COMMAND on the command line, and the instance it means. */
struct cli {
	const char *conf_path; /* -c FILE, or the instance's own file */
	char name[33];         /* the instance */
	char default_path[128];
	bool conf_given; /* -c, or a NAME but "gobi": it has to be there */
	int verbose;
};

/* A command gets its own argc and argv, argv[0] being its name, and returns the exit code, which is
 * an enum cause. */
typedef int cli_command(struct cli *cli, int argc, char **argv);

/* Take the optional NAME out of the arguments. Fills name and conf_path. False, with a message on
 * stderr, when it is none. `name` may be NULL: the default instance, or -c's. */
bool cli_set_name(struct cli *cli, const char *name);

/* The file that -c named, NULL: it is the instance's own. After cli_set_name. */
const char *cli_given_file(const struct cli *cli);

/* Read the configuration that cli_set_name chose; the instance's own file may be missing, and then
 * the defaults apply. Errors go to stderr. The exit code; free `conf` in every case. */
int cli_load(const struct cli *cli, struct conf *conf);

/* The usage error's message on stderr and its exit code. */
int cli_usage(const char *command, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The running instance's socket, or a negative errno: -ECONNREFUSED when none runs. */
int cli_socket(const struct cli *cli);

/* The message for the latter, and its cause. */
int cli_no_socket(const struct cli *cli, int error);

/* Both together: a message and -1 with *cause when there is none. */
int cli_connect(const struct cli *cli, int *cause);

/* Send `command`; CAUSE_NONE and the answer, which the caller puts, or a message and the cause. */
int cli_request(int fd, const char *command, struct json_object **response);

/* The same where more than the answer may come: that stays in `in`. */
int cli_request_on(int fd, const char *command, struct buf *in, struct json_object **response);

/* The cause in an answer that is no "ok", after a message with its text. */
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

#endif
