/* SPDX-License-Identifier: ISC */
/* The modem's power key or switch: by the running instance where there is one, for it must not find
 * its modem gone, else by ourselves. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/cause.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "ctl/client.h"
#include "io/clock.h"
#include "io/power-key.h"
#include "io/spawn.h"
#include "status/show.h"

static int ask_instance(struct cli *cli, int fd, enum power_act act)
{
	struct json_object *request = json_object_new_object(), *response = NULL;
	struct buf in = BUF_INIT;
	int error, cause = CAUSE_NONE;

	json_add_text(request, "command", "power");
	json_add_text(request, "act", power_act_name(act));
	error = ctl_client_send_object(fd, request);
	if (error == 0)
		error = ctl_client_next(fd, &in, POWER_KEY_LIMIT_MS, &response);
	close(fd);
	if (error) {
		fprintf(stderr, "gobi-dial power: no answer from the instance: %s\n",
			strerror(-error));
		cause = CAUSE_INTERNAL;
	} else if (!json_object_get_boolean(show_get(response, "ok"))) {
		cause = cli_refusal(response);
	} else {
		printf("%s: %s\n", cli->name,
		       act == POWER_ON ? "the instance switches the modem on where it is off"
				       : show_text(response, "text"));
	}
	json_object_put(request);
	json_object_put(response);
	buf_free(&in);
	return cause;
}

/* Whether the modem says anything at all. */
static bool is_silent(const struct conf *conf)
{
	const struct survey_options options = {.ports_only = true, .progress = true};
	struct survey survey;
	bool silent = true;

	survey_run(&survey, conf, &options);
	for (size_t i = 0; survey.result && i < survey.result->count; i++)
		silent &= survey.result->ports[i].role == PORT_ROLE_SILENT &&
			  !survey.result->ports[i].garbled && !survey.result->ports[i].console;
	survey_free(&survey);
	return silent;
}

/* In a child: a ^C that ended us must not make a press longer. */
static enum power_result do_apart(const struct power_job *job)
{
	int status = 0;
	pid_t pid = spawn_fork(true, NULL, 0);

	if (pid == 0)
		_exit(power_key_do(job));
	while (pid > 0 && waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return pid > 0 && WIFEXITED(status) ? (enum power_result)WEXITSTATUS(status)
					    : POWER_RESULT_BROKEN;
}

static int switch_directly(struct cli *cli, const struct conf *conf, enum power_act act)
{
	struct power_job job = {.conf = conf, .name = cli->name, .act = act};
	bool wired = power_wiring(conf).status;
	struct buf text = BUF_INIT;
	enum power_result result;
	int64_t end;

	job.times = power_times(conf, NULL, "");
	job.silent = !wired && is_silent(conf);
	result = do_apart(&job);
	power_key_explain(conf, result, &text);
	printf("%s: %s\n", cli->name, buf_str(&text));
	buf_free(&text);
	/* Where STATUS cannot tell, its first answer does. */
	end = clock_now_ms() + job.times.boot_ms;
	if (result == POWER_RESULT_DONE && !wired && act != POWER_OFF) {
		while (is_silent(conf) && result == POWER_RESULT_DONE)
			if (clock_now_ms() >= end)
				result = POWER_RESULT_NO_EFFECT;
		printf("%s: %s\n", cli->name,
		       result == POWER_RESULT_DONE ? "the modem answers"
						   : "the modem stays silent");
	}
	return result > POWER_RESULT_STARTING ? CAUSE_POWER : CAUSE_NONE;
}

int cli_power(struct cli *cli)
{
	enum power_act act =
		cli->count ? power_act_find(cli->words[cli->count - 1]) : POWER_ACT_COUNT;
	int fd, cause = CAUSE_NONE;
	struct conf conf;

	if (act == POWER_ACT_COUNT || cli->count > 2)
		return cli_usage(cli,
				 "say \"on\", \"off\" or \"cycle\", behind the instance's name "
				 "if there is one");
	if (!cli_set_name(cli, cli->count == 2 ? cli->words[0] : NULL))
		return CAUSE_USAGE;
	fd = cli_socket(cli);
	if (fd >= 0)
		return ask_instance(cli, fd, act);
	if (fd != -ECONNREFUSED)
		return cli_no_socket(cli, fd);
	cause = cli_load(cli, &conf);
	if (cause == CAUSE_NONE && !power_is_configured(&conf)) {
		fprintf(stderr,
			"gobi-dial power: the group \"power\" of %s names no key, reset or "
			"command\n",
			cli->conf_path);
		cause = CAUSE_CONFIG;
	}
	if (cause == CAUSE_NONE)
		cause = switch_directly(cli, &conf, act);
	conf_free(&conf);
	return cause;
}
