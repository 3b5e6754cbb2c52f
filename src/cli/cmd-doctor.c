/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <ev.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/survey.h"
#include "cli/term.h"
#include "conf/conf.h"
#include "ctl/client.h"
#include "doctor/facts.h"
#include "doctor/finding.h"
#include "io/rebind.h"
#include "io/command.h"
#include "io/conf-load.h"
#include "io/providers.h"
#include "status/apn-json.h"
#include "status/show.h"

#define ANSWER_MS   2000
#define MODPROBE_MS 15000

/* One examination, and what has to live as long as its findings. */
struct walk {
	struct conf conf;
	struct buf conf_errors;
	struct json_object *status; /* of the running instance; NULL */
	struct buf refused;         /* APNs, as it says */
	struct buf providers;
	struct survey survey;
	struct doctor_facts facts;
	struct finding_list findings;
};

/* What --fix has done. */
struct mending {
	struct buf text;           /* for people, by lines */
	struct json_object *fixed; /* for --json */
	bool done[DOCTOR_MEND_PPP_MODULE + 1];
	int outcome;
	struct ev_loop *loop;
};

static void ask_running_instance(const struct cli *cli, struct walk *walk)
{
	struct doctor_facts *facts = &walk->facts;
	struct json_object *status, *failure;
	int fd = cli_socket(cli);

	if (fd == -ECONNREFUSED)
		return;
	facts->instance.runs = true;
	facts->instance.state = fd < 0 ? "running, and does not let you ask it" : "not answering";
	if (fd < 0)
		return;
	ctl_client_request(fd, "status", ANSWER_MS, &walk->status);
	close(fd);
	status = show_get(walk->status, "status");
	if (!status)
		return;
	failure = show_get(status, "last_failure");
	facts->instance.state = show_text(status, "state");
	facts->instance.muxed = json_object_get_boolean(show_get(status, "mux"));
	facts->instance.cause = show_text(failure, "cause");
	facts->instance.text = show_text(failure, "text");
	apn_render(show_get(status, "apn"), false, &walk->refused);
	facts->instance.refused = buf_str(&walk->refused);
}

static int walk_all(const struct cli *cli, struct walk *walk)
{
	struct survey_options options = {
		.all = true, .progress = true, .scan = cli->options[CLI_OPTION_SCAN]};
	struct doctor_facts *facts = &walk->facts;
	int error;

	memset(walk, 0, sizeof(*walk));
	doctor_facts_init(&walk->facts);
	error = conf_load(&walk->conf, cli->conf_path, &walk->conf_errors);
	facts->name = cli->name;
	facts->conf_path = cli->conf_path;
	facts->file = cli->options[CLI_OPTION_CONF];
	facts->conf_there = error != -ENOENT;
	if (error) {
		conf_free(&walk->conf);
		if (error != -ENOENT || cli->conf_given)
			facts->conf_cause = error == -EACCES ? CAUSE_PERMISSION : CAUSE_CONFIG;
		facts->conf_errors = buf_str(&walk->conf_errors);
		if (conf_init(&walk->conf) < 0)
			return -ENOMEM;
	}
	options.providers = facts->providers =
		providers_load(walk->conf.network.providers, &walk->providers);
	ask_running_instance(cli, walk);
	if (facts->instance.runs) {
		facts->ask_text = "the running instance is using the modem";
	} else {
		survey_run(&walk->survey, &walk->conf, &options);
		facts->ask_text = buf_str(&walk->survey.text);
		if (walk->survey.asked)
			facts->modem = &walk->survey.script.facts;
	}
	if (options.scan)
		facts->scan = &walk->survey.script.scan;
	doctor_collect(&walk->facts, "", &walk->conf, walk->survey.result);
	doctor_collect_pin(&walk->facts);
	doctor_collect_pppd(&walk->facts);
	return doctor_examine(facts, &walk->findings);
}

static void walk_free(struct walk *walk)
{
	finding_list_free(&walk->findings);
	doctor_facts_free(&walk->facts);
	survey_free(&walk->survey);
	json_object_put(walk->status);
	buf_free(&walk->conf_errors);
	buf_free(&walk->refused);
	buf_free(&walk->providers);
	conf_free(&walk->conf);
}

static void on_interface_bound(void *ctx, int error)
{
	struct mending *mending = ctx;

	mending->outcome = error;
	ev_break(mending->loop, EVBREAK_ALL);
}

static void mend_finding(struct mending *mending, const struct walk *walk,
			 const struct finding *finding)
{
	const char *const modprobe[] = {"modprobe", "ppp_async", NULL};
	const struct rebind_job *job = &walk->facts.job;
	struct json_object *object = json_object_new_object();
	struct buf what = BUF_INIT, said = BUF_INIT;
	struct rebind rebind = {.deadline = 0.};

	mending->done[finding->mend] = true;
	if (finding->mend == DOCTOR_MEND_BIND) {
		buf_printf(&what, "gave %s to the driver " DRIVER_WITH_DTR,
			   rebind_interface_name(job));
		mending->loop = ev_default_loop(0);
		mending->outcome = -EIO;
		if (mending->loop &&
		    rebind_start(&rebind, mending->loop, job, on_interface_bound, mending) == 0)
			ev_run(mending->loop, 0);
		rebind_cancel(&rebind);
	} else {
		buf_printf(&what, "modprobe ppp_async");
		mending->outcome = command_run(modprobe, MODPROBE_MS, &said);
		if (mending->outcome > 0)
			mending->outcome = -ENODEV;
	}
	buf_printf(&mending->text, "fix      %s: %s [%s]\n", buf_str(&what),
		   mending->outcome ? strerror(-mending->outcome) : "done", finding->code);
	json_add_text(object, "code", finding->code);
	json_add_text(object, "text", buf_str(&what));
	json_object_object_add(object, "done", json_object_new_boolean(!mending->outcome));
	if (mending->outcome)
		json_add_text(object, "error", strerror(-mending->outcome));
	json_object_array_add(mending->fixed, object);
	buf_free(&what);
	buf_free(&said);
}

/* Returns whether anything was tried. A running instance binds by itself. */
static bool mend_findings(struct mending *mending, const struct walk *walk)
{
	bool tried = false;

	for (size_t i = 0; i < walk->findings.count; i++) {
		const struct finding *finding = &walk->findings.findings[i];

		if (finding->mend == DOCTOR_MEND_NONE || mending->done[finding->mend] ||
		    walk->facts.instance.runs)
			continue;
		mend_finding(mending, walk, finding);
		tried = true;
	}
	return tried;
}

int cli_doctor(struct cli *cli)
{
	struct mending mending = {.text = BUF_INIT, .fixed = json_object_new_array()};
	struct json_object *object;
	struct buf text = BUF_INIT;
	struct walk walk;
	int error = walk_all(cli, &walk), cause = CAUSE_INTERNAL;

	if (!error && cli->options[CLI_OPTION_FIX] && mend_findings(&mending, &walk)) {
		walk_free(&walk);
		error = walk_all(cli, &walk);
	}
	if (!error) {
		if (cli->options[CLI_OPTION_JSON]) {
			object = finding_list_json(&walk.findings);
			json_object_object_add(object, "fixed", json_object_get(mending.fixed));
			puts(json_object_to_json_string_ext(object, JSON_LINE));
			json_object_put(object);
		} else {
			finding_list_render(&walk.findings, term_has_colours(), &text);
			printf("%s%s", buf_str(&mending.text), buf_str(&text));
			buf_free(&text);
		}
		cause = (int)finding_list_cause(&walk.findings);
	}
	walk_free(&walk);
	json_object_put(mending.fixed);
	buf_free(&mending.text);
	return cause;
}
