/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <ev.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/count.h"
#include "base/json.h"
#include "base/str.h"
#include "cli/cli.h"
#include "cli/probe-show.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "io/rebind.h"
#include "io/port.h"
#include "io/probe.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

struct asking {
	const struct cli *cli;
	struct port_list ports;
	bool named; /* the ports are the user's */
	struct conf conf;
	struct ev_loop *loop;
	int signal; /* that ended it */
	int cause;
};

static void on_probe_signal(struct ev_loop *loop, struct ev_signal *watcher, int events)
{
	struct asking *asking = watcher->data;

	(void)events;
	asking->signal = watcher->signum;
	ev_break(loop, EVBREAK_ALL);
}

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* A named port stands for its modem. */
static bool find_bind_job(struct asking *asking, const struct probe_result *result,
			  struct rebind_job *job)
{
	struct port_filter filter = {.vid = -1, .pid = -1};

	if (!rebind_may_help(result->cause))
		return false;
	if (!asking->named && strcmp(asking->conf.modem.port, "auto") == 0)
		filter = port_filter_configured(&asking->conf);
	else if (result->count > 0 && *result->ports[0].port.usb_path)
		filter.usb_path = result->ports[0].port.usb_path;
	else
		return false;
	return rebind_find(job, "", &filter, result, NULL, 0);
}

static void on_probe_done(void *ctx, struct probe *probe, const struct probe_result *is)
{
	struct asking *asking = ctx;
	struct probe_result result = *is;
	struct rebind_job job;
	bool found = find_bind_job(asking, &result, &job);
	struct json_object *object;
	struct buf text = BUF_INIT;

	(void)probe;
	clear_progress();
	/* A boot loader may have no tty. */
	if (found && job.verdict == DRIVER_FIRMWARE && result.cause == CAUSE_NO_MODEM)
		result.cause = CAUSE_FIRMWARE;
	asking->cause = (int)result.cause;
	if (asking->cli->options[CLI_OPTION_JSON]) {
		object = probe_json(&result);
		puts(json_object_to_json_string_ext(object, JSON_LINE));
		json_object_put(object);
	} else {
		probe_show(&result, found ? &job : NULL, &text);
		fputs(buf_str(&text), stdout);
		buf_free(&text);
	}
	ev_break(asking->loop, EVBREAK_ALL);
}

static int ask_ports(struct asking *asking)
{
	struct probe_options options = {.all = !asking->cli->options[CLI_OPTION_FIRST]};
	struct ev_signal watchers[COUNT(signals)];
	struct probe *probe;

	asking->loop = ev_default_loop(0);
	asking->cause = CAUSE_INTERNAL;
	if (!asking->loop)
		return CAUSE_INTERNAL;
	for (size_t i = 0; i < COUNT(signals); i++) {
		ev_signal_init(&watchers[i], on_probe_signal, signals[i]);
		watchers[i].data = asking;
		ev_signal_start(asking->loop, &watchers[i]);
	}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "asking %zu port%s ...", asking->ports.count,
			asking->ports.count == 1 ? "" : "s");
	probe = probe_start(asking->loop, &asking->ports, &options, on_probe_done, asking);
	if (probe)
		ev_run(asking->loop, 0);
	probe_free(probe);
	for (size_t i = 0; i < COUNT(signals); i++)
		ev_signal_stop(asking->loop, &watchers[i]);
	return asking->cause;
}

/* The words are ports, and one of them may be NAME. A port has a slash in it, or is the name of
 * something in /dev or of what can only be a tty: no instance has such a name. */
static int take_port_words(struct asking *asking, const char **name)
{
	for (int i = 0; i < asking->cli->count; i++) {
		const char *word = asking->cli->words[i];
		char path[PATH_MAX];

		snprintf(path, sizeof(path), "/dev/%s", word);
		if (!*word)
			return cli_usage(asking->cli, "the name of a PORT cannot be empty");
		if (strchr(word, '/') || str_starts(word, "tty") || access(path, F_OK) == 0) {
			asking->named = true;
			if (survey_add(&asking->ports, word) < 0)
				return CAUSE_INTERNAL;
		} else if (*name) {
			return cli_usage(asking->cli,
					 "\"%s\" is not a port, and NAME is given already (\"%s\")",
					 word, *name);
		} else {
			*name = word;
		}
	}
	return CAUSE_NONE;
}

/* The ports that the instance's configuration selects. */
static int list_ports(struct asking *asking)
{
	int cause = cli_load(asking->cli, &asking->conf);
	int error = 0;

	if (cause == CAUSE_NONE && !asking->named)
		error = survey_list(&asking->conf, NULL, &asking->ports);
	if (error)
		fprintf(stderr, "gobi-dial probe: listing the ttys: %s\n", strerror(-error));
	return error ? CAUSE_INTERNAL : cause;
}

int cli_probe(struct cli *cli)
{
	struct asking asking = {.cli = cli};
	const char *name = NULL;
	int cause = take_port_words(&asking, &name);

	if (cause == CAUSE_NONE && !cli_set_name(cli, name))
		cause = CAUSE_USAGE;
	/* Ports that are named need no configuration, unless that is named too. */
	if (cause == CAUSE_NONE && (!asking.named || cli->conf_given))
		cause = list_ports(&asking);
	if (cause == CAUSE_NONE)
		cause = ask_ports(&asking);
	port_list_free(&asking.ports);
	conf_free(&asking.conf);
	if (asking.signal) {
		clear_progress();
		signal(asking.signal, SIG_DFL);
		raise(asking.signal);
	}
	return cause;
}
