/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/count.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/follow.h"
#include "cli/term.h"
#include "status/show.h"
#include "status/snapshot.h"

struct request {
	const char *name;
	const char *format; /* NULL: as it suits the output */
	bool follow;
};

static void print_text(struct json_object *status, const char *name)
{
	struct status_look look = term_look();
	struct buf out = BUF_INIT;

	(void)name;
	status_render(status, &look, &out);
	fputs(buf_str(&out), stdout);
	buf_free(&out);
}

static void print_json(struct json_object *status, const char *name)
{
	(void)name;
	puts(json_object_to_json_string_ext(status, JSON_LINE));
}

static void print_prometheus(struct json_object *status, const char *name)
{
	struct buf out = BUF_INIT;

	status_to_prometheus(status, name, &out);
	fputs(buf_str(&out), stdout);
	buf_free(&out);
}

static const struct format {
	const char *name;
	/* `status` NULL: the instance does not run. */
	void (*print)(struct json_object *status, const char *name);
	bool alone; /* says that, too, and cannot follow */
} formats[] = {
	{"text", print_text, false},
	{"json", print_json, false},
	{"prometheus", print_prometheus, true},
};

static const struct format *find_format(const char *name)
{
	for (size_t i = 0; i < COUNT(formats); i++)
		if (strcmp(formats[i].name, name) == 0)
			return &formats[i];
	return NULL;
}

static int follow(const struct cli *cli, const char *format)
{
	bool on_terminal = term_is_there();

	if (format ? strcmp(format, "json") == 0 : !on_terminal)
		return follow_run(cli, FOLLOW_JSON);
	return follow_run(cli, on_terminal ? FOLLOW_SCREEN : FOLLOW_TEXT);
}

static int print_once(const struct cli *cli, const struct format *format)
{
	struct json_object *response = NULL;
	int cause, fd = cli_connect(cli, &cause);

	if (fd >= 0) {
		cause = cli_request(fd, "status", &response);
		close(fd);
	}
	if (response || format->alone)
		format->print(show_get(response, "status"), cli->name);
	json_object_put(response);
	return cause;
}

static int parse(struct request *request, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			request->format = "json";
		else if (strcmp(argv[i], "--follow") == 0)
			request->follow = true;
		else if (strcmp(argv[i], "--format") == 0 && i + 1 < argc)
			request->format = argv[++i];
		else if (strcmp(argv[i], "--format") == 0)
			return cli_usage("status", "--format wants a FORMAT");
		else if (argv[i][0] == '-')
			return cli_usage("status", "no option \"%s\"", argv[i]);
		else if (request->name)
			return cli_usage("status", "one NAME only");
		else
			request->name = argv[i];
	}
	if (request->format && !find_format(request->format))
		return cli_usage("status", "no format \"%s\"", request->format);
	if (request->follow && request->format && find_format(request->format)->alone)
		return cli_usage("status", "--follow goes with text and json");
	return CAUSE_NONE;
}

int cli_status(struct cli *cli, int argc, char **argv)
{
	struct request request = {0};
	int cause = parse(&request, argc, argv);

	if (cause != CAUSE_NONE)
		return cause;
	if (!cli_set_name(cli, request.name))
		return CAUSE_USAGE;
	if (request.follow)
		return follow(cli, request.format);
	return print_once(cli, find_format(request.format ? request.format : "text"));
}
