/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/follow.h"
#include "cli/term.h"
#include "status/show.h"
#include "status/prometheus.h"
#include "status/screen.h"

static void print_status(const struct cli *cli, const char *format, struct json_object *status)
{
	struct screen_look look = term_look();
	struct buf out = BUF_INIT;

	if (strcmp(format, "json") == 0)
		buf_printf(&out, "%s\n", json_object_to_json_string_ext(status, JSON_LINE));
	else if (strcmp(format, "prometheus") == 0)
		prometheus_print(status, cli->name, &out);
	else
		screen_render(status, &look, &out);
	fputs(buf_str(&out), stdout);
	buf_free(&out);
}

int cli_status(struct cli *cli)
{
	static const char *const formats[] = {"text", "json", "prometheus"};
	const char *format = cli->options[CLI_OPTION_FORMAT];
	bool json = cli->options[CLI_OPTION_JSON] != NULL;
	bool history = cli->options[CLI_OPTION_HISTORY] != NULL;
	enum follow_form form = FOLLOW_TEXT;
	struct json_object *response = NULL;
	bool is_prometheus, known = !format;
	int cause, fd;

	for (size_t i = 0; i < COUNT(formats) && !known; i++)
		known = strcmp(format, formats[i]) == 0;
	if (!known)
		return cli_usage(cli, "unknown format \"%s\": use text, json or prometheus",
				 format);
	if (json && format && strcmp(format, "json") != 0)
		return cli_usage(cli, "give either --json or --format %s, not both", format);
	if (json)
		format = "json";
	if (history && (!format || strcmp(format, "json") != 0 || cli->options[CLI_OPTION_FOLLOW]))
		return cli_usage(cli, "--history needs --json, and does not follow");
	is_prometheus = format && strcmp(format, "prometheus") == 0;
	if (cli->options[CLI_OPTION_FOLLOW]) {
		if (is_prometheus)
			return cli_usage(cli, "--follow needs the format text or json");
		if (format ? strcmp(format, "json") == 0 : !term_is_there())
			form = FOLLOW_JSON;
		else if (term_is_there())
			form = FOLLOW_SCREEN;
		return follow_run(cli, form);
	}
	fd = cli_connect(cli, &cause);
	if (fd >= 0) {
		cause = cli_request(fd, history ? "history" : "status", NULL, &response);
		close(fd);
	}
	/* Prometheus is told, too, that no instance runs. */
	if (response || is_prometheus)
		print_status(cli, format ? format : "text", show_get(response, "status"));
	json_object_put(response);
	return cause;
}
