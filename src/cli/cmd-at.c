/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "ctl/client.h"
#include "modem/at-request.h"
#include "status/at-json.h"
#include "status/show.h"

#define SLACK_MS 10000 /* for finding a port, and for a command that is before ours */

struct at {
	struct cli *cli;
	struct at_request request;
};

static int print_answers(const struct at *at, struct json_object *object)
{
	struct buf text = BUF_INIT, failure = BUF_INIT;
	int cause = (int)cause_find(show_text(object, "cause"));

	at_json_render(object, &text);
	at_json_failure(object, &failure);
	if (at->cli->options[CLI_OPTION_JSON])
		puts(json_object_to_json_string_ext(object, JSON_LINE));
	else
		fputs(buf_str(&text), stdout);
	if (cause != CAUSE_NONE)
		fprintf(stderr, "gobi-dial at: %s (%s)\n", buf_str(&failure),
			cause_name((enum cause)cause));
	buf_free(&text);
	buf_free(&failure);
	return cause;
}

/* False, with a message, if one of them may not be sent. */
static bool check_commands(const struct at *at, enum at_request_scope scope)
{
	struct buf why = BUF_INIT;
	bool fine = at_request_check(&at->request, scope, &why);

	if (!fine)
		cli_usage(at->cli, "%s", buf_str(&why));
	buf_free(&why);
	return fine;
}

static int send_to_modem(struct at *at)
{
	const struct survey_options options = {.port = at->cli->options[CLI_OPTION_PORT],
					       .progress = !at->cli->options[CLI_OPTION_JSON],
					       .request = &at->request};
	int answered = CAUSE_NONE, cause;
	struct json_object *object;
	struct survey survey;
	struct conf conf;

	if (!check_commands(at, AT_REQUEST_OWN))
		return CAUSE_USAGE;
	cause = cli_load_for_port(at->cli, options.port != NULL, &conf);
	if (cause == CAUSE_NONE) {
		cause = (int)survey_run(&survey, &conf, &options);
		/* Print what was answered, even if the survey ended early. */
		if (at->request.index > 0) {
			object = at_json_result(
				&at->request,
				survey.result->ports[survey.result->chosen].port.device);
			answered = print_answers(at, object);
			json_object_put(object);
		}
		if (cause != CAUSE_NONE)
			fprintf(stderr, "gobi-dial at: %s (%s)\n", buf_str(&survey.text),
				cause_name((enum cause)cause));
		survey_free(&survey);
	}
	conf_free(&conf);
	return cause == CAUSE_NONE ? answered : cause;
}

static int send_to_instance(struct at *at, int fd)
{
	struct json_object *request = json_object_new_object(), *response = NULL;
	int ms = (int)at->request.count * (at->request.timeout_ms + SLACK_MS) + SLACK_MS;
	int error = 0, cause = CAUSE_USAGE;
	struct buf in = BUF_INIT;

	if (check_commands(at, AT_REQUEST_INSTANCE)) {
		json_add_text(request, "command", "at");
		at_json_request(&at->request, request);
		error = ctl_client_send_object(fd, request);
		if (error == 0)
			error = ctl_client_next(fd, &in, ms, &response);
	}
	close(fd);
	if (error)
		fprintf(stderr, "gobi-dial at: no answer from the instance: %s\n",
			strerror(-error));
	if (error)
		cause = CAUSE_INTERNAL;
	else if (json_object_get_boolean(show_get(response, "ok")))
		cause = print_answers(at, show_get(response, "at"));
	else if (json_object_get_boolean(show_get(response, "port_free")))
		cause = send_to_modem(at);
	else if (response)
		cause = cli_refusal(response);
	json_object_put(request);
	json_object_put(response);
	buf_free(&in);
	return cause;
}

static int add_command(struct at *at, const char *text)
{
	int error = at_request_add(&at->request, text);

	if (error == -E2BIG)
		return cli_usage(at->cli, "too many commands: %d at most", AT_REQUEST_COMMANDS_MAX);
	return error ? CAUSE_INTERNAL : CAUSE_NONE;
}

/* From standard input, because a PIN on the command line would be there for all to see. */
static int add_input(struct at *at)
{
	char line[AT_COMMAND_MAX + 1];
	size_t len = 0;
	int c, cause = CAUSE_NONE;

	do {
		c = getchar();
		if (c == EOF || c == '\r' || c == '\n') {
			line[len] = '\0';
			if (strlen(line) != len)
				cause = cli_usage(at->cli, "a command has to be printable ASCII");
			else if (len > 0)
				cause = add_command(at, line);
			len = 0;
		} else if (len == AT_COMMAND_MAX) {
			cause = cli_usage(at->cli, "a command has %d bytes at most",
					  AT_COMMAND_MAX);
		} else {
			line[len++] = (char)c;
		}
	} while (c != EOF && cause == CAUSE_NONE);
	explicit_bzero(line, sizeof(line));
	if (cause == CAUSE_NONE && ferror(stdin))
		cause = cli_usage(at->cli, "reading the commands: %s", strerror(errno));
	return cause;
}

static int refuse_word(const struct at *at, const char *word)
{
	return cli_usage(at->cli, "\"%s\" is not a COMMAND: it does not begin with AT", word);
}

/* The first word may be NAME, the others are COMMANDs. */
static int take_words(struct at *at, const char **name)
{
	int cause = CAUSE_NONE;
	bool has_input = false;

	for (int i = 0; i < at->cli->count && cause == CAUSE_NONE; i++) {
		const char *word = at->cli->words[i];

		if (strcmp(word, "-") == 0) {
			has_input = true;
			cause = add_input(at);
		} else if (str_starts_nocase(word, "AT")) {
			cause = add_command(at, word);
		} else if (*name || at->request.count > 0) {
			cause = refuse_word(at, word);
		} else {
			*name = word;
		}
	}
	if (cause != CAUSE_NONE || at->request.count > 0)
		return cause;
	if (*name && !has_input)
		return refuse_word(at, *name);
	return cli_usage(at->cli, "no COMMAND is given");
}

int cli_at(struct cli *cli)
{
	const char *timeout = cli->options[CLI_OPTION_TIMEOUT], *name = NULL;
	struct at at = {.cli = cli};
	long seconds;
	int fd, cause;

	if (timeout && !str_to_int(timeout, 1, AT_REQUEST_TIMEOUT_MAX, &seconds))
		return cli_usage(cli, "--timeout \"%s\" is not a number of seconds from 1 to %d",
				 timeout, AT_REQUEST_TIMEOUT_MAX);
	at_request_init(&at.request);
	if (timeout)
		at.request.timeout_ms = (int)seconds * 1000;
	at.request.keep_going = cli->options[CLI_OPTION_KEEP_GOING] != NULL;
	at.request.force = cli->options[CLI_OPTION_FORCE] != NULL;
	cause = take_words(&at, &name);
	if (cause == CAUSE_NONE && !cli_set_name(cli, name))
		cause = CAUSE_USAGE;
	if (cause == CAUSE_NONE) {
		/* --port asks that tty, whether an instance runs or not. */
		fd = cli->options[CLI_OPTION_PORT] ? -ECONNREFUSED : cli_socket(cli);
		if (fd >= 0)
			cause = send_to_instance(&at, fd);
		else if (fd == -ECONNREFUSED)
			cause = send_to_modem(&at);
		else
			cause = cli_no_socket(cli, fd);
	}
	at_request_free(&at.request);
	return cause;
}
