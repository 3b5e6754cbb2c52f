/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/probe-show.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "io/rebind.h"
#include "io/port.h"
#include "io/probe.h"

/* A named port stands for its modem. */
static bool find_rebind_job(const struct conf *conf, const struct port_list *named,
			    const struct probe_result *result, struct rebind_job *job)
{
	struct port_filter filter = {.vid = -1, .pid = -1};

	if (!rebind_may_help(result->cause))
		return false;
	if (named->count == 0 && strcmp(conf->modem.port, "auto") == 0)
		filter = port_filter_configured(conf);
	else if (result->count > 0 && *result->ports[0].port.usb_path)
		filter = (struct port_filter){-1, -1, result->ports[0].port.usb_path, NULL, true};
	else
		return false;
	return rebind_find(job, "", &filter, result, NULL, 0);
}

/* The words are ports, and one of them may be NAME. A port has a slash in it, or is the name of
 * something in /dev or of what can only be a tty: no instance has such a name. */
static int take_port_words(const struct cli *cli, struct port_list *ports, const char **name)
{
	for (int i = 0; i < cli->count; i++) {
		const char *word = cli->words[i];
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "/dev/%s", word);
		if (!*word)
			return cli_usage(cli, "the name of a PORT cannot be empty");
		if (strchr(word, '/') || str_starts(word, "tty") || access(path, F_OK) == 0) {
			if (survey_add(ports, word) < 0)
				return CAUSE_INTERNAL;
		} else if (*name) {
			return cli_usage(cli,
					 "\"%s\" is not a port, and NAME is given already (\"%s\")",
					 word, *name);
		} else {
			*name = word;
		}
	}
	return CAUSE_NONE;
}

static int show_ports(const struct cli *cli, const struct conf *conf, const struct port_list *named)
{
	const struct survey_options options = {.ports = named->count > 0 ? named : NULL,
					       .ports_only = true,
					       .progress = true,
					       .all = !cli->options[CLI_OPTION_FIRST]};
	struct buf text = BUF_INIT;
	struct probe_result result;
	struct rebind_job job;
	struct survey survey;
	int cause = (int)survey_run(&survey, conf, &options);
	bool found;

	if (survey.result) {
		result = *survey.result;
		found = find_rebind_job(conf, named, &result, &job);
		/* A boot loader may have no tty. */
		if (found && job.verdict == DRIVER_FIRMWARE && result.cause == CAUSE_NO_MODEM)
			result.cause = CAUSE_FIRMWARE;
		cause = (int)result.cause;
		if (cli->options[CLI_OPTION_JSON])
			probe_show_json(&result, &text);
		else
			probe_show(&result, found ? &job : NULL, &text);
		fputs(buf_str(&text), stdout);
	} else {
		fprintf(stderr, "gobi-dial probe: %s\n", buf_str(&survey.text));
	}
	survey_free(&survey);
	buf_free(&text);
	return cause;
}

int cli_probe(struct cli *cli)
{
	struct port_list named = {NULL, 0};
	const char *name = NULL;
	struct conf conf;
	int cause = take_port_words(cli, &named, &name);

	if (cause == CAUSE_NONE && !cli_set_name(cli, name))
		cause = CAUSE_USAGE;
	if (cause == CAUSE_NONE) {
		cause = cli_load_for_port(cli, named.count > 0, &conf);
		if (cause == CAUSE_NONE)
			cause = show_ports(cli, &conf, &named);
		conf_free(&conf);
	}
	port_list_free(&named);
	return cause;
}
