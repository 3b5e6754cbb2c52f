/* SPDX-License-Identifier: ISC */
/* What commands share: messages, the instance, its configuration and its socket. */
#include <errno.h>
#include <json-c/json.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "conf/conf.h"
#include "ctl/client.h"
#include "io/conf-load.h"
#include "io/rundir.h"
#include "status/show.h"

#define ANSWER_MS  2000
#define NAME_RULES "1 to 32 of A-Z a-z 0-9 _ -"

int cli_usage(const struct cli *cli, const char *format, ...)
{
	const char *blank = cli->command ? " " : "", *command = "";
	va_list ap;

	if (cli->command)
		command = cli->command->name;
	fprintf(stderr, "gobi-dial%s%s: ", blank, command);
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\nSee \"gobi-dial help%s%s\".\n", blank, command);
	return CAUSE_USAGE;
}

bool cli_set_name(struct cli *cli, const char *name)
{
	size_t len, suffix = strlen(".conf");
	const char *base;

	cli->conf_path = cli->options[CLI_OPTION_CONF];
	if (cli->conf_path) {
		cli->conf_given = true;
		base = strrchr(cli->conf_path, '/');
		base = base ? base + 1 : cli->conf_path;
		len = strlen(base);
		if (len > suffix && strcmp(base + len - suffix, ".conf") == 0)
			len -= suffix;
		snprintf(cli->name, sizeof(cli->name), "%.*s", (int)len, base);
		if (name)
			cli_usage(cli, "give either -c FILE or NAME (\"%s\"), not both", name);
		else if (len >= sizeof(cli->name) || !str_is_name(cli->name))
			cli_usage(cli,
				  "-c %s: the file's base name must be a valid instance name "
				  "(" NAME_RULES ")",
				  cli->conf_path);
		else
			return true;
		return false;
	}
	/* Without NAME it is "gobi", whose file may be missing. */
	cli->conf_given = name && strcmp(name, "gobi") != 0;
	name = name ? name : "gobi";
	if (!str_is_name(name)) {
		cli_usage(cli, "\"%s\" is not a valid instance name (" NAME_RULES ")", name);
		return false;
	}
	str_copy(cli->name, sizeof(cli->name), name);
	cli->conf_path = cli->default_path;
	return (size_t)snprintf(cli->default_path, sizeof(cli->default_path), "%s/%s.conf", CONFDIR,
				name) < sizeof(cli->default_path);
}

int cli_load(const struct cli *cli, struct conf *conf)
{
	struct buf errors = BUF_INIT;
	int err = cli->conf_given ? conf_load(conf, cli->conf_path, &errors)
				  : conf_load_if_there(conf, cli->conf_path, &errors);

	fputs(buf_str(&errors), stderr);
	buf_free(&errors);
	if (err == -ENOMEM) {
		log_error("%s: %s", cli->conf_path, strerror(ENOMEM));
		return CAUSE_INTERNAL;
	}
	if (err == -EACCES)
		return CAUSE_PERMISSION;
	return err ? CAUSE_CONFIG : CAUSE_NONE;
}

int cli_load_for_port(const struct cli *cli, bool port_is_named, struct conf *conf)
{
	if (!port_is_named || cli->conf_given)
		return cli_load(cli, conf);
	return conf_init(conf) ? CAUSE_INTERNAL : CAUSE_NONE;
}

int cli_socket(const struct cli *cli)
{
	char path[256];
	int fd;

	rundir_path(path, sizeof(path), cli->name, "sock");
	fd = ctl_client_connect(path);
	return fd == -ENOENT ? -ECONNREFUSED : fd;
}

int cli_no_socket(const struct cli *cli, int error)
{
	struct buf call = BUF_INIT;

	str_print_call(&call, "run", cli->name, cli->options[CLI_OPTION_CONF]);
	if (error == -ECONNREFUSED)
		fprintf(stderr, "gobi-dial: no instance \"%s\" is running; start it with \"%s\"\n",
			cli->name, buf_str(&call));
	else
		fprintf(stderr, "gobi-dial: cannot connect to the instance \"%s\": %s\n", cli->name,
			strerror(-error));
	buf_free(&call);
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

int cli_refusal(struct json_object *response)
{
	enum cause cause = cause_find(show_text(response, "cause"));
	struct json_object *text, *errors;

	json_make_safe(response);
	text = show_get(response, "text");
	fprintf(stderr, "gobi-dial: the instance refused: %s\n",
		text ? json_object_get_string(text) : "it gave no reason");
	errors = show_get(response, "errors");
	for (size_t i = 0; i < show_count(errors); i++)
		fprintf(stderr, "%s\n",
			json_object_get_string(json_object_array_get_idx(errors, i)));
	return cause == CAUSE_NONE || cause == CAUSE_COUNT ? CAUSE_INTERNAL : (int)cause;
}

int cli_request(int fd, const char *command, struct buf *in, struct json_object **response)
{
	int cause = CAUSE_INTERNAL, error = ctl_client_send(fd, command);
	struct buf own = BUF_INIT;

	*response = NULL;
	if (error == 0)
		error = ctl_client_next(fd, in ? in : &own, ANSWER_MS, response);
	buf_free(&own);
	if (error == 0 && json_object_get_boolean(show_get(*response, "ok")))
		return CAUSE_NONE;
	if (error == 0)
		cause = cli_refusal(*response);
	else
		fprintf(stderr, "gobi-dial: no answer from the instance: %s\n", strerror(-error));
	json_object_put(*response);
	*response = NULL;
	return cause;
}
