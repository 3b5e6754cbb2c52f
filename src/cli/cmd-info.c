/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "io/port.h"
#include "status/modem-info.h"
#include "status/show.h"

static void print_info(const struct cli *cli, struct json_object *object)
{
	struct buf text = BUF_INIT;

	if (cli->options[CLI_OPTION_JSON])
		buf_printf(&text, "%s\n", json_object_to_json_string_ext(object, JSON_LINE));
	else
		modem_info_render(object, &text);
	fputs(buf_str(&text), stdout);
	buf_free(&text);
}

/* The object for the modem that answered; NULL if none did. */
static struct json_object *ask_modem_info(const struct conf *conf, const char *port,
					  const struct port_list *ports, struct survey *survey)
{
	const struct survey_options options = {.port = port, .ports = ports, .progress = true};
	const char *imei = survey->script.facts.identity.imei, *wanted = conf->modem.imei;

	survey_run(survey, conf, &options);
	/* Only the first 14 digits identify the modem; a check digit or a version follows. */
	if (survey->cause == CAUSE_NONE && *wanted && *imei && strncmp(wanted, imei, 14) != 0) {
		survey->cause = CAUSE_NO_MODEM;
		buf_printf(&survey->text, "another modem: its IMEI is %s, and modem.imei is %s",
			   imei, wanted);
	}
	if (survey->cause != CAUSE_NONE)
		return NULL;
	return modem_info_json(&survey->script.facts,
			       survey->result->ports[survey->result->chosen].port.device, "modem");
}

static int show_modem(const struct cli *cli, const struct conf *conf)
{
	struct survey survey;
	struct json_object *object =
		ask_modem_info(conf, cli->options[CLI_OPTION_PORT], NULL, &survey);
	int cause = (int)survey.cause;

	if (object)
		print_info(cli, object);
	else
		fprintf(stderr, "gobi-dial info: %s (%s)\n", buf_str(&survey.text),
			cause_name(survey.cause));
	json_object_put(object);
	survey_free(&survey);
	return cause;
}

/* During a call the modem may have another port to ask. Before the call the instance needs all
 * ports itself, and tells what it knows. */
static int show_instance(const struct cli *cli, const struct conf *conf, int fd)
{
	struct json_object *response, *known, *object = NULL;
	struct port_list spare = {NULL, 0};
	struct survey survey;
	int cause = cli_request(fd, "info", NULL, &response);

	close(fd);
	if (cause != CAUSE_NONE)
		return cause;
	json_make_safe(response);
	known = show_get(response, "info");
	if (strcmp(show_text(response, "state"), "connected") == 0 &&
	    port_list_add_other_at(&spare, show_text(response, "usb_path"),
				   show_text(known, "port")) == 0 &&
	    spare.count > 0) {
		object = ask_modem_info(conf, NULL, &spare, &survey);
		survey_free(&survey);
	}
	print_info(cli, object ? object : known);
	json_object_put(object);
	json_object_put(response);
	port_list_free(&spare);
	return CAUSE_NONE;
}

int cli_info(struct cli *cli)
{
	/* --port asks that tty, whether an instance runs or not. */
	int cause, fd = cli->options[CLI_OPTION_PORT] ? -ECONNREFUSED : cli_socket(cli);
	struct conf conf;

	if (fd < 0 && fd != -ECONNREFUSED)
		return cli_no_socket(cli, fd);
	if (fd >= 0)
		cause = conf_init(&conf) ? CAUSE_INTERNAL : CAUSE_NONE;
	else
		cause = cli_load_for_port(cli, cli->options[CLI_OPTION_PORT] != NULL, &conf);
	if (cause == CAUSE_NONE)
		cause = fd >= 0 ? show_instance(cli, &conf, fd) : show_modem(cli, &conf);
	conf_free(&conf);
	return cause;
}
