/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <ev.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/count.h"
#include "base/log.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "daemon/report.h"
#include "io/atport.h"
#include "io/port.h"
#include "io/clock.h"
#include "modem/family.h"
#include "modem/at-request.h"

#define LIMIT_S 120. /* all questions together; most modems take one second */
#define END_S   5.   /* for putting back what was set, when interrupted */

static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
#define SIGNALS COUNT(signals)

static void finish(struct survey *survey, enum cause cause, const char *text)
{
	survey->cause = cause;
	buf_clear(&survey->text);
	buf_printf(&survey->text, "%s", text);
	ev_break(survey->loop, EVBREAK_ALL);
}

static void pump_order(struct survey *survey)
{
	struct at_command command;

	if (!at_request_next(survey->order, &command, 0))
		finish(survey, CAUSE_NONE, "");
	else if (atport_send(survey->atport, &command) < 0)
		finish(survey, CAUSE_INTERNAL, "a command could not be sent");
}

static void pump(struct survey *survey)
{
	struct script *script = &survey->script;
	struct at_command command;

	switch (script_next(script, &command, clock_now_ms())) {
	case SCRIPT_COMMAND:
		if (atport_send(survey->atport, &command) < 0)
			finish(survey, CAUSE_INTERNAL, "a command could not be sent");
		break;
	case SCRIPT_DONE:
		finish(survey, CAUSE_NONE, "");
		break;
	case SCRIPT_FAILED:
		finish(survey, script->cause, buf_str(&script->text));
		break;
	case SCRIPT_PENDING:
	case SCRIPT_WAIT:
		break;
	}
}

static void on_event(void *ctx, const struct at_event *event)
{
	struct survey *survey = ctx;

	if (survey->order) {
		if (event->type != AT_EVENT_REPLY)
			return;
		at_request_reply(survey->order, event);
		pump_order(survey);
		return;
	}
	if (event->type == AT_EVENT_REPLY)
		script_reply(&survey->script, event, clock_now_ms());
	else
		script_urc(&survey->script, event->text, clock_now_ms());
	pump(survey);
}

static void on_gone(void *ctx)
{
	finish(ctx, CAUSE_NO_MODEM, "the port went away");
}

static void on_limit(struct ev_loop *loop, ev_timer *timer, int events)
{
	(void)loop;
	(void)events;
	finish(timer->data, CAUSE_NO_AT_PORT, "the modem takes too long to answer");
}

static void on_signal(struct ev_loop *loop, ev_signal *watcher, int events)
{
	struct survey *survey = watcher->data;
	bool again = survey->signal != 0;

	(void)events;
	survey->signal = watcher->signum;
	if (again || !survey->asked) {
		finish(survey, CAUSE_INTERNAL, "interrupted");
		return;
	}
	script_wind_up(&survey->script);
	ev_timer_stop(loop, &survey->limit);
	ev_timer_set(&survey->limit, END_S, 0.);
	ev_timer_start(loop, &survey->limit);
}

static void ask_modem(struct survey *survey, const struct probed_port *chosen)
{
	static const struct atport_callbacks callbacks = {on_event, on_gone};
	struct serial *serial = probe_take_serial(survey->probe);

	if (serial)
		survey->atport = atport_new(survey->loop, serial, &callbacks, survey);
	if (!survey->atport) {
		finish(survey, CAUSE_INTERNAL, "out of memory");
		return;
	}
	if (survey->order) {
		pump_order(survey);
		return;
	}
	survey->asked = true;
	survey->script.family = modem_family_find(chosen->port.vid, chosen->identity);
	script_start(&survey->script, SCRIPT_INFO, clock_now_ms());
	pump(survey);
}

static void on_probed(void *ctx, struct probe *probe, const struct probe_result *result)
{
	struct survey *survey = ctx;
	struct buf text = BUF_INIT;

	(void)probe;
	survey->result = result;
	if (result->chosen >= 0) {
		ask_modem(survey, &result->ports[result->chosen]);
		return;
	}
	report_probe(result, &text);
	finish(survey, result->cause, buf_str(&text));
	buf_free(&text);
}

static void watch_signals(struct survey *survey, struct ev_signal *watchers)
{
	for (size_t i = 0; i < SIGNALS; i++) {
		ev_signal_init(&watchers[i], on_signal, signals[i]);
		watchers[i].data = survey;
		ev_signal_start(survey->loop, &watchers[i]);
	}
}

/* Those who give commands say how long each may take. */
static double limit_s(const struct at_request *order)
{
	return order ? LIMIT_S + (double)order->count * order->timeout_ms / 1e3 : LIMIT_S;
}

static void run_loop(struct survey *survey)
{
	struct ev_signal watchers[SIGNALS];

	watch_signals(survey, watchers);
	ev_timer_init(&survey->limit, on_limit, limit_s(survey->order), 0.);
	survey->limit.data = survey;
	ev_timer_start(survey->loop, &survey->limit);
	ev_run(survey->loop, 0);
	ev_timer_stop(survey->loop, &survey->limit);
	atport_free(survey->atport);
	survey->atport = NULL;
	for (size_t i = 0; i < SIGNALS; i++)
		ev_signal_stop(survey->loop, &watchers[i]);
}

static void show_progress(const struct survey_options *options, const char *text)
{
	if (options->progress && isatty(STDERR_FILENO))
		fputs(text, stderr);
}

enum cause survey_run(struct survey *survey, const struct conf *conf, const struct port_list *ports,
		      const struct survey_options *options)
{
	const struct probe_options how = {.keep = true, .keep_echo = true, .all = options->all};

	memset(survey, 0, sizeof(*survey));
	script_init(&survey->script, conf);
	survey->order = options->order;
	survey->cause = CAUSE_INTERNAL;
	survey->loop = ev_default_loop(0);
	if (!survey->loop)
		return survey->cause;
	show_progress(options, "asking the modem ...");
	survey->probe = probe_start(survey->loop, ports, &how, on_probed, survey);
	if (survey->probe)
		run_loop(survey);
	show_progress(options, "\r\033[K");
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
	script_free(&survey->script);
	buf_free(&survey->text);
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

int survey_list(const struct conf *conf, const char *device, struct port_list *ports)
{
	int error;

	if (device)
		return survey_add(ports, device);
	error = port_list_configured(ports, conf);
	if (!error || error == -ENOMEM || error == -EIO)
		return error;
	return survey_add(ports, conf->modem.port);
}
