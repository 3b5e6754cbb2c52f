/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/str.h"
#include "cli/cli.h"
#include "ctl/client.h"
#include "io/rundir.h"
#include "status/show.h"

#define ANSWER_MS 2000
#define END_MS    6000 /* `stop` promises 5 s */

int cli_socket(const struct cli *cli)
{
	char path[256];
	int fd;

	rundir_path(path, sizeof(path), cli->name, "sock");
	fd = ctl_client_connect(path);
	return fd == -ENOENT ? -ECONNREFUSED : fd;
}

static void print_not_running(const struct cli *cli)
{
	struct buf call = BUF_INIT;

	str_print_call(&call, "run", cli->name, cli_given_file(cli));
	fprintf(stderr, "gobi-dial: no instance \"%s\" is running; start it with \"%s\"\n",
		cli->name, buf_str(&call));
	buf_free(&call);
}

int cli_no_socket(const struct cli *cli, int error)
{
	if (error == -ECONNREFUSED)
		print_not_running(cli);
	else
		fprintf(stderr, "gobi-dial: the socket of the instance \"%s\": %s\n", cli->name,
			strerror(-error));
	return error == -EACCES || error == -EPERM ? CAUSE_PERMISSION : CAUSE_INTERNAL;
}

int cli_connect(const struct cli *cli, int *cause)
{
	int fd = cli_socket(cli);

	if (fd >= 0)
		return fd;
	*cause = cli_no_socket(cli, fd);
	return -1;
}

static void print_errors(struct json_object *lines)
{
	for (size_t i = 0; i < show_count(lines); i++)
		fprintf(stderr, "%s\n",
			json_object_get_string(json_object_array_get_idx(lines, i)));
}

int cli_refusal(struct json_object *response)
{
	struct json_object *text = NULL, *word = NULL;
	enum cause cause = CAUSE_COUNT;

	json_object_object_get_ex(response, "text", &text);
	json_object_object_get_ex(response, "cause", &word);
	fprintf(stderr, "gobi-dial: the instance refused: %s\n",
		text ? json_object_get_string(text) : "it did not say why");
	print_errors(show_get(response, "errors"));
	if (word)
		cause = cause_find(json_object_get_string(word));
	return cause == CAUSE_NONE || cause == CAUSE_COUNT ? CAUSE_INTERNAL : (int)cause;
}

int cli_request_on(int fd, const char *command, struct buf *in, struct json_object **response)
{
	struct json_object *ok = NULL;
	int error = ctl_client_send(fd, command);
	int cause;

	*response = NULL;
	if (error == 0)
		error = ctl_client_next(fd, in, ANSWER_MS, response);
	if (error < 0) {
		fprintf(stderr, "gobi-dial: no answer from the instance: %s\n", strerror(-error));
		return CAUSE_INTERNAL;
	}
	json_object_object_get_ex(*response, "ok", &ok);
	if (json_object_get_boolean(ok))
		return CAUSE_NONE;
	cause = cli_refusal(*response);
	json_object_put(*response);
	*response = NULL;
	return cause;
}

int cli_request(int fd, const char *command, struct json_object **response)
{
	struct buf in = BUF_INIT;
	int cause = cli_request_on(fd, command, &in, response);

	buf_free(&in);
	return cause;
}

static void print_changes(const char *name, struct json_object *response)
{
	struct json_object *rows = show_get(response, "changed");

	if (show_count(rows) == 0)
		printf("%s: nothing has changed\n", name);
	for (size_t i = 0; i < show_count(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);
		bool now = strcmp(show_text(row, "applies"), "now") == 0;

		printf("%s: %s ", name, show_text(row, "key"));
		if (now)
			printf("is in force now\n");
		else
			printf("takes effect with the next dial; \"gobi-dial "
			       "redial %s\" has it at once\n",
			       name);
	}
}

/* `stop` comes back when it has stopped. */
static int wait_end(int fd)
{
	if (ctl_client_wait_end(fd, END_MS) == 0)
		return CAUSE_NONE;
	fprintf(stderr, "gobi-dial: the instance has not stopped in %d s\n", END_MS / 1000);
	return CAUSE_INTERNAL;
}

int cli_control(struct cli *cli, int argc, char **argv)
{
	struct json_object *response = NULL;
	int fd, cause;

	if (argc > 1 && argv[1][0] == '-')
		return cli_usage(argv[0], "no option \"%s\"", argv[1]);
	if (argc > 2)
		return cli_usage(argv[0], "one NAME only");
	if (!cli_set_name(cli, argv[1]))
		return CAUSE_USAGE;
	fd = cli_connect(cli, &cause);
	if (fd < 0)
		return cause;
	cause = cli_request(fd, argv[0], &response);
	if (cause == CAUSE_NONE && strcmp(argv[0], "reload") == 0)
		print_changes(cli->name, response);
	json_object_put(response);
	if (cause == CAUSE_NONE && strcmp(argv[0], "stop") == 0)
		cause = wait_end(fd);
	close(fd);
	return cause;
}
