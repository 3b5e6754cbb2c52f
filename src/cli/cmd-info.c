/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "io/port.h"
#include "status/modem-info.h"
#include "status/show.h"

struct info {
	const char *name, *port;
	bool json;
	struct conf conf;
};

static void print(const struct info *info, struct json_object *object)
{
	struct buf text = BUF_INIT;

	if (info->json) {
		puts(json_object_to_json_string_ext(object, JSON_LINE));
		return;
	}
	modem_info_render(object, &text);
	fputs(buf_str(&text), stdout);
	buf_free(&text);
}

/* Fourteen digits are the modem's; a check digit or a version follows. */
static bool is_other_modem(const struct info *info, const char *imei)
{
	return *info->conf.modem.imei && *imei && strncmp(info->conf.modem.imei, imei, 14) != 0;
}

/* The object of a modem that was asked; NULL when that failed. */
static struct json_object *ask_ports(struct info *info, const struct port_list *ports,
				     struct survey *survey)
{
	const struct survey_options options = {.progress = true};
	const char *imei = survey->script.facts.identity.imei;

	survey_run(survey, &info->conf, ports, &options);
	if (survey->cause == CAUSE_NONE && is_other_modem(info, imei)) {
		survey->cause = CAUSE_NO_MODEM;
		buf_printf(&survey->text, "another modem: its IMEI is %s, and modem.imei is %s",
			   imei, info->conf.modem.imei);
	}
	if (survey->cause != CAUSE_NONE)
		return NULL;
	return modem_info_json(&survey->script.facts,
			       survey->result->ports[survey->result->chosen].port.device, "modem");
}

static int ask_modem(struct info *info)
{
	struct port_list ports = {NULL, 0};
	struct json_object *object;
	struct survey survey;
	int error = survey_list(&info->conf, info->port, &ports);
	int cause;

	if (error) {
		fprintf(stderr, "gobi-dial info: listing the ttys: %s\n", strerror(-error));
		return CAUSE_INTERNAL;
	}
	object = ask_ports(info, &ports, &survey);
	if (object)
		print(info, object);
	else
		fprintf(stderr, "gobi-dial info: %s (%s)\n", buf_str(&survey.text),
			cause_name(survey.cause));
	cause = (int)survey.cause;
	json_object_put(object);
	survey_free(&survey);
	port_list_free(&ports);
	return cause;
}

/* During a call the modem may be asked on another port; before it the instance wants all ports
 * itself. */
static void ask_spare(struct info *info, struct json_object *response)
{
	struct port_list spare = {NULL, 0};
	struct json_object *object = NULL;
	struct survey survey;

	if (strcmp(show_text(response, "state"), "connected") == 0 &&
	    port_list_add_other_at(&spare, show_text(response, "usb_path"),
				   show_text(show_get(response, "info"), "port")) == 0 &&
	    spare.count > 0) {
		object = ask_ports(info, &spare, &survey);
		survey_free(&survey);
	}
	print(info, object ? object : show_get(response, "info"));
	json_object_put(object);
	port_list_free(&spare);
}

static int ask_instance(struct info *info, int fd)
{
	struct json_object *response;
	int cause = cli_request(fd, "info", &response);

	close(fd);
	if (cause != CAUSE_NONE)
		return cause;
	ask_spare(info, response);
	json_object_put(response);
	return CAUSE_NONE;
}

static int parse(struct info *info, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			info->json = true;
		else if (strcmp(argv[i], "--port") == 0 && argv[i + 1] && *argv[i + 1])
			info->port = argv[++i];
		else if (strcmp(argv[i], "--port") == 0)
			return cli_usage("info", "--port wants a tty");
		else if (argv[i][0] == '-')
			return cli_usage("info", "no option \"%s\"", argv[i]);
		else if (info->name)
			return cli_usage("info", "one NAME only");
		else
			info->name = argv[i];
	}
	return CAUSE_NONE;
}

int cli_info(struct cli *cli, int argc, char **argv)
{
	struct info info = {NULL};
	int cause = parse(&info, argc, argv);
	int fd;

	if (cause != CAUSE_NONE)
		return cause;
	if (!cli_set_name(cli, info.name))
		return CAUSE_USAGE;
	/* Who names a port wants that one asked, whoever runs. */
	fd = info.port ? -ECONNREFUSED : cli_socket(cli);
	if (fd < 0 && fd != -ECONNREFUSED)
		return cli_no_socket(cli, fd);
	/* For a port that is named only a configuration that is named counts. */
	if (fd >= 0 || (info.port && !cli->conf_given))
		cause = conf_init(&info.conf) ? CAUSE_INTERNAL : CAUSE_NONE;
	else
		cause = cli_load(cli, &info.conf);
	if (cause == CAUSE_NONE)
		cause = fd >= 0 ? ask_instance(&info, fd) : ask_modem(&info);
	conf_free(&info.conf);
	return cause;
}
