/* SPDX-License-Identifier: ISC */
#include <signal.h>

#include <sys/prctl.h>
#include <syslog.h>
#include <unistd.h>

#include "base/cause.h"
#include "base/log.h"
#include "cli/cli.h"
#include "conf/conf.h"
#include "daemon/daemon.h"

int cli_run(struct cli *cli)
{
	const struct daemon_source source = {.path = cli->conf_path, .optional = !cli->conf_given};
	struct conf conf;
	int cause;

	if (cli->options[CLI_OPTION_WITH_PARENT])
		prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (cli->options[CLI_OPTION_SYSLOG] && access(_PATH_LOG, F_OK) == 0) {
		log_to_syslog("gobi-dial", LOG_DAEMON);
		log_leave_stderr();
	}
	cause = cli_load(cli, &conf);
	conf.sim.last_attempt = cli->options[CLI_OPTION_LAST_ATTEMPT] != NULL;
	if (cause == CAUSE_NONE)
		cause = (int)daemon_run(&conf, &source, cli->name,
					cli->options[CLI_OPTION_ONCE] != NULL);
	conf_free(&conf);
	return cause;
}
