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
#include "status/order.h"
#include "status/show.h"

#define SLACK_MS 10000 /* to find a port, and for a command before ours */

struct at {
	struct cli *cli;
	const char *name, *port;
	bool json;
	bool input; /* commands come from there, too */
	struct at_request order;
};

static int print(const struct at *at, struct json_object *object)
{
	struct buf text = BUF_INIT, failure = BUF_INIT;
	int cause = (int)cause_find(show_text(object, "cause"));

	order_render(object, &text);
	order_describe_failure(object, &failure);
	if (at->json)
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

/* False, with a message, where one may not be sent. */
static bool check(const struct at *at, enum at_request_scope scope)
{
	struct buf why = BUF_INIT;
	bool fine = at_request_check(&at->order, scope, &why);

	if (!fine)
		cli_usage("at", "%s", buf_str(&why));
	buf_free(&why);
	return fine;
}

static int ask_ports(struct at *at, const struct conf *conf, const struct port_list *ports)
{
	const struct survey_options options = {.progress = !at->json, .order = &at->order};
	struct survey survey;
	struct json_object *object;
	int cause = (int)survey_run(&survey, conf, ports, &options);

	/* What was answered before it ended is not lost. */
	if (at->order.index > 0) {
		object = order_to_json(&at->order,
				       survey.result->ports[survey.result->chosen].port.device);
		if (cause == CAUSE_NONE)
			cause = print(at, object);
		else
			print(at, object);
		json_object_put(object);
	}
	if (survey.cause != CAUSE_NONE)
		fprintf(stderr, "gobi-dial at: %s (%s)\n", buf_str(&survey.text),
			cause_name(survey.cause));
	survey_free(&survey);
	return cause;
}

static int ask_modem(struct at *at)
{
	struct port_list ports = {NULL, 0};
	struct conf conf;
	int error, cause;

	if (!check(at, AT_REQUEST_OWN))
		return CAUSE_USAGE;
	/* For a port that is named only a configuration that is named counts. */
	if (at->port && !at->cli->conf_given)
		cause = conf_init(&conf) ? CAUSE_INTERNAL : CAUSE_NONE;
	else
		cause = cli_load(at->cli, &conf);
	if (cause == CAUSE_NONE) {
		error = survey_list(&conf, at->port, &ports);
		if (error)
			fprintf(stderr, "gobi-dial at: listing the ttys: %s\n", strerror(-error));
		cause = error ? CAUSE_INTERNAL : ask_ports(at, &conf, &ports);
	}
	port_list_free(&ports);
	conf_free(&conf);
	return cause;
}

static int send_order(struct at *at, int fd, struct json_object **response)
{
	struct buf in = BUF_INIT;
	struct json_object *request = json_object_new_object();
	int ms = (int)at->order.count * (at->order.timeout_ms + SLACK_MS);
	int error;

	json_add_text(request, "command", "at");
	order_to_request(&at->order, request);
	error = ctl_client_send_object(fd, request);
	json_object_put(request);
	if (error == 0)
		error = ctl_client_next(fd, &in, ms + SLACK_MS, response);
	buf_free(&in);
	if (error == 0)
		return CAUSE_NONE;
	fprintf(stderr, "gobi-dial at: no answer from the instance: %s\n", strerror(-error));
	return CAUSE_INTERNAL;
}

static int ask_instance(struct at *at, int fd)
{
	struct json_object *response = NULL;
	int cause = check(at, AT_REQUEST_INSTANCE) ? send_order(at, fd, &response) : CAUSE_USAGE;

	close(fd);
	if (cause != CAUSE_NONE)
		return cause;
	if (json_object_get_boolean(show_get(response, "ok")))
		cause = print(at, show_get(response, "at"));
	else if (json_object_get_boolean(show_get(response, "port_free")))
		cause = ask_modem(at);
	else
		cause = cli_refusal(response);
	json_object_put(response);
	return cause;
}

static int add(struct at *at, const char *text)
{
	int error = at_request_add(&at->order, text);

	if (error == -E2BIG)
		return cli_usage("at", "%d commands at most", AT_REQUEST_COMMANDS_MAX);
	return error ? CAUSE_INTERNAL : CAUSE_NONE;
}

static int add_line(struct at *at, char *line, size_t len)
{
	line[len] = '\0';
	if (strlen(line) != len)
		return cli_usage("at", "a command has to be printable ASCII");
	return len > 0 ? add(at, line) : CAUSE_NONE;
}

/* A PIN on the command line would be there for all to see. */
static int add_input(struct at *at)
{
	char line[AT_COMMAND_MAX + 1];
	size_t len = 0;
	int c, cause = CAUSE_NONE;

	do {
		c = getchar();
		if (c == EOF || c == '\r' || c == '\n') {
			cause = add_line(at, line, len);
			len = 0;
		} else if (len == AT_COMMAND_MAX) {
			cause = cli_usage("at", "a command has %d bytes at most", AT_COMMAND_MAX);
		} else {
			line[len++] = (char)c;
		}
	} while (c != EOF && cause == CAUSE_NONE);
	explicit_bzero(line, sizeof(line));
	if (cause == CAUSE_NONE && ferror(stdin))
		cause = cli_usage("at", "reading the commands: %s", strerror(errno));
	return cause;
}

static int take_timeout(struct at *at, const char *text)
{
	long seconds;

	if (!text || !str_to_int(text, 1, AT_REQUEST_TIMEOUT_MAX, &seconds))
		return cli_usage("at", "--timeout wants 1 to %d seconds", AT_REQUEST_TIMEOUT_MAX);
	at->order.timeout_ms = (int)seconds * 1000;
	return CAUSE_NONE;
}

static int no_command(const char *word)
{
	return cli_usage("at", "\"%s\": a COMMAND has to begin with AT", word);
}

static int take_word(struct at *at, const char *word)
{
	if (strcmp(word, "-") == 0) {
		at->input = true;
		return add_input(at);
	}
	if (word[0] == '-')
		return cli_usage("at", "no option \"%s\"", word);
	if (str_starts_nocase(word, "AT"))
		return add(at, word);
	if (at->name || at->order.count > 0)
		return no_command(word);
	at->name = word;
	return CAUSE_NONE;
}

static int parse(struct at *at, int argc, char **argv)
{
	int cause = CAUSE_NONE;

	for (int i = 1; i < argc && cause == CAUSE_NONE; i++) {
		if (strcmp(argv[i], "--json") == 0)
			at->json = true;
		else if (strcmp(argv[i], "--keep-going") == 0)
			at->order.keep_going = true;
		else if (strcmp(argv[i], "--force") == 0)
			at->order.force = true;
		else if (strcmp(argv[i], "--timeout") == 0)
			cause = take_timeout(at, argv[++i]);
		else if (strcmp(argv[i], "--port") == 0 && argv[i + 1] && *argv[i + 1])
			at->port = argv[++i];
		else if (strcmp(argv[i], "--port") == 0)
			cause = cli_usage("at", "--port wants a tty");
		else
			cause = take_word(at, argv[i]);
	}
	if (cause == CAUSE_NONE && at->order.count == 0)
		cause = at->name && !at->input ? no_command(at->name)
					       : cli_usage("at", "no COMMAND is given");
	return cause;
}

static int ask(struct at *at)
{
	/* Who names a port wants that one asked, whoever runs. */
	int fd = at->port ? -ECONNREFUSED : cli_socket(at->cli);

	if (fd >= 0)
		return ask_instance(at, fd);
	return fd == -ECONNREFUSED ? ask_modem(at) : cli_no_socket(at->cli, fd);
}

int cli_at(struct cli *cli, int argc, char **argv)
{
	struct at at = {.cli = cli};
	int cause;

	at_request_init(&at.order);
	cause = parse(&at, argc, argv);
	if (cause == CAUSE_NONE && !cli_set_name(cli, at.name))
		cause = CAUSE_USAGE;
	if (cause == CAUSE_NONE)
		cause = ask(&at);
	at_request_free(&at.order);
	return cause;
}
