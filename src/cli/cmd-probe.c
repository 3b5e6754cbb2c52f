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
#include "io/bind.h"
#include "io/port.h"
#include "io/probe.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
#define SIGNALS COUNT(signals)

struct run {
	const char *name;
	bool json, first;
	struct port_list ports;
	bool named; /* the ports are the user's */
	struct conf conf;
	struct ev_loop *loop;
	int signal; /* that ended it */
	int cause;
};

static void on_signal(struct ev_loop *loop, struct ev_signal *watcher, int events)
{
	struct run *run = watcher->data;

	(void)events;
	run->signal = watcher->signum;
	ev_break(loop, EVBREAK_ALL);
}

static void clear_progress(void)
{
	if (isatty(STDERR_FILENO))
		fputs("\r\033[K", stderr);
}

/* A named port stands for its modem. */
static bool find_bind_job(struct run *run, const struct probe_result *result, struct bind_job *job)
{
	struct port_filter filter = {.vid = -1, .pid = -1};

	if (!bind_may_help(result->cause))
		return false;
	if (!run->named && strcmp(run->conf.modem.port, "auto") == 0)
		filter = port_filter_configured(&run->conf);
	else if (result->count > 0 && *result->ports[0].port.usb_path)
		filter.usb_path = result->ports[0].port.usb_path;
	else
		return false;
	return bind_find(job, "", &filter, result);
}

static void on_done(void *ctx, struct probe *probe, const struct probe_result *is)
{
	struct run *run = ctx;
	struct probe_result result = *is;
	struct bind_job job;
	bool found = find_bind_job(run, &result, &job);
	struct json_object *object;
	struct buf text = BUF_INIT;

	(void)probe;
	clear_progress();
	/* A boot loader may have no tty. */
	if (found && job.verdict == DRIVER_FIRMWARE && result.cause == CAUSE_NO_MODEM)
		result.cause = CAUSE_FIRMWARE;
	run->cause = (int)result.cause;
	if (run->json) {
		object = probe_json(&result);
		puts(json_object_to_json_string_ext(object, JSON_LINE));
		json_object_put(object);
	} else {
		probe_show(&result, found ? &job : NULL, &text);
		fputs(buf_str(&text), stdout);
		buf_free(&text);
	}
	ev_break(run->loop, EVBREAK_ALL);
}

static int ask(struct run *run)
{
	struct probe_options options = {.all = !run->first};
	struct ev_signal watchers[SIGNALS];
	struct probe *probe;

	run->loop = ev_default_loop(0);
	run->cause = CAUSE_INTERNAL;
	if (!run->loop)
		return CAUSE_INTERNAL;
	for (size_t i = 0; i < SIGNALS; i++) {
		ev_signal_init(&watchers[i], on_signal, signals[i]);
		watchers[i].data = run;
		ev_signal_start(run->loop, &watchers[i]);
	}
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "asking %zu port%s ...", run->ports.count,
			run->ports.count == 1 ? "" : "s");
	probe = probe_start(run->loop, &run->ports, &options, on_done, run);
	if (probe)
		ev_run(run->loop, 0);
	probe_free(probe);
	for (size_t i = 0; i < SIGNALS; i++)
		ev_signal_stop(run->loop, &watchers[i]);
	return run->cause;
}

static bool add_port(struct run *run, const char *word)
{
	run->named = true;
	return survey_add(&run->ports, word) == 0;
}

/* A slash, or something of that name in /dev, or what can only be a tty's name: an instance may be
 * called neither. */
static bool is_port(const char *word)
{
	char path[PATH_MAX];

	if (strchr(word, '/') || str_starts(word, "tty"))
		return true;
	snprintf(path, sizeof(path), "/dev/%s", word);
	return access(path, F_OK) == 0;
}

static int parse(struct run *run, int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--json") == 0)
			run->json = true;
		else if (strcmp(argv[i], "--first") == 0)
			run->first = true;
		else if (argv[i][0] == '-')
			return cli_usage("probe", "no option \"%s\"", argv[i]);
		else if (!*argv[i])
			return cli_usage("probe", "a PORT has a name");
		else if (is_port(argv[i])) {
			if (!add_port(run, argv[i]))
				return CAUSE_INTERNAL;
		} else if (run->name)
			return cli_usage("probe",
					 "\"%s\" is no port, and one NAME is there already",
					 argv[i]);
		else
			run->name = argv[i];
	}
	return CAUSE_NONE;
}

/* The ports that the instance's configuration takes. */
static int list_ports(struct cli *cli, struct run *run)
{
	int cause = cli_load(cli, &run->conf);
	int error = 0;

	if (cause == CAUSE_NONE && !run->named)
		error = port_list_configured(&run->ports, &run->conf);
	if (error && error != -ENOMEM && error != -EIO)
		error = add_port(run, run->conf.modem.port) ? 0 : -ENOMEM;
	if (error)
		fprintf(stderr, "gobi-dial probe: listing the ttys: %s\n", strerror(-error));
	return error ? CAUSE_INTERNAL : cause;
}

int cli_probe(struct cli *cli, int argc, char **argv)
{
	struct run run = {0};
	int cause = parse(&run, argc, argv);

	if (cause == CAUSE_NONE && !cli_set_name(cli, run.name))
		cause = CAUSE_USAGE;
	/* For ports that are named only a configuration that is named counts. */
	if (cause == CAUSE_NONE && (!run.named || cli->conf_given))
		cause = list_ports(cli, &run);
	if (cause == CAUSE_NONE)
		cause = ask(&run);
	port_list_free(&run.ports);
	conf_free(&run.conf);
	if (run.signal) {
		clear_progress();
		signal(run.signal, SIG_DFL);
		raise(run.signal);
	}
	return cause;
}
