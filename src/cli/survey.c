/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <ev.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/count.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "daemon/report.h"
#include "io/port.h"
#include "io/clock.h"
#include "io/serial.h"
#include "modem/family.h"
#include "modem/at-request.h"

#define LIMIT_S 120. /* all questions together; most modems take one second */
#define END_S   5.   /* for putting back what was set, when interrupted */

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};

static void end_survey(struct survey *survey, enum cause cause, const char *text)
{
	survey->cause = cause;
	buf_clear(&survey->text);
	buf_printf(&survey->text, "%s", text);
	ev_break(survey->loop, EVBREAK_ALL);
}

static void on_answered(void *ctx, const struct talk_end *end)
{
	struct survey *survey = ctx;
	bool failed = end->cause == CAUSE_NONE && survey->script.cause != CAUSE_NONE;

	if (!survey->talk.port)
		return; /* the survey has ended */
	end_survey(survey, failed ? survey->script.cause : end->cause,
		   failed ? buf_str(&survey->script.text) : end->text);
}

/* Commands to be sent instead of the questions. */
static enum talk_turn take_request_turn(void *job, struct at_command *command)
{
	struct at_request *request = job;

	if (request->pending)
		return TALK_WAIT;
	return at_request_next(request, command, 0) ? TALK_SEND : TALK_DONE;
}

static void take_request_reply(void *job, const struct at_event *event)
{
	at_request_reply(job, event);
}

static void on_survey_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	end_survey(timer->data, CAUSE_NO_AT_PORT, "the modem takes too long to answer");
}

static void on_survey_signal(struct ev_loop *loop, ev_signal *watcher, int events)
{
	struct survey *survey = watcher->data;
	bool again = survey->signal != 0;

	(void)events;
	survey->signal = watcher->signum;
	if (again || !survey->asked) {
		end_survey(survey, CAUSE_INTERNAL, "interrupted");
		return;
	}
	script_wind_up(&survey->script);
	ev_timer_stop(loop, &survey->limit);
	ev_timer_set(&survey->limit, END_S, 0.);
	ev_timer_start(loop, &survey->limit);
}

static void on_survey_probed(void *ctx, struct probe *probe, const struct probe_result *result)
{
	struct survey *survey = ctx;
	struct talk_user user = {.next = take_request_turn,
				 .reply = take_request_reply,
				 .over = on_answered,
				 .job = survey->request,
				 .ctx = survey};
	struct serial *serial;
	struct buf text = BUF_INIT;

	survey->result = result;
	if (survey->ports_only || result->chosen < 0) {
		if (!survey->ports_only)
			report_probe(result, &text);
		end_survey(survey, result->cause, buf_str(&text));
		buf_free(&text);
		return;
	}
	serial = probe_take_serial(probe);
	if (!serial || talk_open(&survey->talk, survey->loop, serial) < 0) {
		end_survey(survey, CAUSE_INTERNAL, "out of memory");
		return;
	}
	if (!survey->request) {
		const struct probed_port *chosen = &result->ports[result->chosen];

		survey->asked = true;
		survey->script.family = modem_family_find(chosen->port.vid, chosen->identity);
		if (chosen->port.plugged_ms > 0)
			survey->script.born_at = clock_now_ms() - chosen->port.plugged_ms;
		script_start(&survey->script, SCRIPT_INFO, clock_now_ms());
		user = talk_script_user(&survey->script, on_answered, survey);
	}
	talk_add(&survey->talk, &user);
	talk_run(&survey->talk);
}

static void run_survey_loop(struct survey *survey)
{
	const struct at_request *request = survey->request;
	struct ev_signal watchers[COUNT(signals)];
	double limit_s = LIMIT_S + (survey->script.scan.wanted ? SCRIPT_SCAN_S : 0.);

	/* A person's commands have a limit each. */
	if (request)
		limit_s += (double)request->count * request->timeout_ms / 1e3;
	for (size_t i = 0; i < COUNT(signals); i++) {
		ev_signal_init(&watchers[i], on_survey_signal, signals[i]);
		watchers[i].data = survey;
		ev_signal_start(survey->loop, &watchers[i]);
	}
	ev_timer_init(&survey->limit, on_survey_limit, limit_s, 0.);
	survey->limit.data = survey;
	/* A probe has its own limits. */
	if (!survey->ports_only)
		ev_timer_start(survey->loop, &survey->limit);
	ev_run(survey->loop, 0);
	ev_timer_stop(survey->loop, &survey->limit);
	serial_close(talk_release(&survey->talk, CAUSE_INTERNAL, ""));
	for (size_t i = 0; i < COUNT(signals); i++)
		ev_signal_stop(survey->loop, &watchers[i]);
}

int survey_add(struct port_list *ports, const char *word)
{
	char device[PATH_MAX];
	struct port port;
	int error;

	snprintf(device, sizeof(device), "%s%s", strchr(word, '/') ? "" : "/dev/", word);
	error = port_list_add(ports, device);
	if (!error || error == -ENOMEM)
		return error;
	port_init(&port, device);
	return port_list_push(ports, &port);
}

enum cause survey_run(struct survey *survey, const struct conf *conf,
		      const struct survey_options *options)
{
	const struct probe_options how = {.keep = !options->ports_only,
					  .keep_echo = !options->ports_only,
					  .all = options->all,
					  .baud = conf->modem.baud};
	const struct port_list *ports = options->ports ? options->ports : &survey->ports;
	bool shown = options->progress && isatty(STDERR_FILENO);
	int error = 0;

	memset(survey, 0, sizeof(*survey));
	script_init(&survey->script, conf);
	survey->script.scan.wanted = options->scan;
	survey->script.providers = options->providers;
	survey->request = options->request;
	survey->ports_only = options->ports_only;
	survey->cause = CAUSE_INTERNAL;
	if (options->port)
		error = survey_add(&survey->ports, options->port);
	else if (!options->ports)
		error = port_list_configured(&survey->ports, conf);
	/* A port that the configuration names is listed even if it does not exist. */
	if (error && error != -ENOMEM && error != -EIO && !options->port)
		error = survey_add(&survey->ports, conf->modem.port);
	survey->loop = ev_default_loop(0);
	if (error < 0 || !survey->loop) {
		buf_printf(&survey->text, "listing the ttys: %s",
			   error < 0 ? strerror(-error) : "no event loop");
		return survey->cause;
	}
	if (shown && options->ports_only)
		fprintf(stderr, "asking %zu port%s ...", ports->count,
			ports->count == 1 ? "" : "s");
	else if (shown)
		fprintf(stderr, "asking the modem%s ...",
			options->scan ? " for networks, up to 4 minutes" : "");
	survey->probe = probe_start(survey->loop, ports, &how, on_survey_probed, survey);
	if (survey->probe)
		run_survey_loop(survey);
	if (shown)
		fputs("\r\033[K", stderr);
	if (survey->signal) {
		/* The ports are put back before. */
		survey_free(survey);
		signal(survey->signal, SIG_DFL);
		raise(survey->signal);
	}
	return survey->cause;
}

void survey_free(struct survey *survey)
{
	probe_free(survey->probe);
	survey->probe = NULL;
	survey->result = NULL;
	port_list_free(&survey->ports);
	script_free(&survey->script);
	buf_free(&survey->text);
}
