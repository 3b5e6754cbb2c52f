/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/cause.h"
#include "cli/cli.h"
#include "conf/conf.h"
#include "daemon/daemon.h"

int cli_run(struct cli *cli, int argc, char **argv)
{
	struct daemon_source source;
	const char *name = NULL;
	struct conf conf;
	bool once = false, last_attempt = false;
	int cause;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--once") == 0)
			once = true;
		else if (strcmp(argv[i], "--last-attempt") == 0)
			last_attempt = true;
		else if (argv[i][0] == '-')
			return cli_usage("run", "no option \"%s\"", argv[i]);
		else if (name)
			return cli_usage("run", "one NAME only");
		else
			name = argv[i];
	}
	if (!cli_set_name(cli, name))
		return CAUSE_USAGE;
	source = (struct daemon_source){.path = cli->conf_path, .optional = !cli->conf_given};
	cause = cli_load(cli, &conf);
	conf.sim.last_attempt = last_attempt;
	if (cause == CAUSE_NONE)
		cause = (int)daemon_run(&conf, &source, cli->name, once);
	conf_free(&conf);
	return cause;
}
