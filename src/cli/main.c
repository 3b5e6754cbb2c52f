/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/log.h"
#include "cli/cmdline.h"
#include "cli/commands.h"
#include "io/loop-memory.h"

static int run_line(int argc, char **argv)
{
	struct buf error = BUF_INIT;
	struct cli cli;
	bool good = cmdline_parse(&cli, argc, argv, &error);

	if (!good)
		cli_usage(&cli, "%s", buf_str(&error));
	buf_free(&error);
	if (good && cli.options[CLI_OPTION_VERSION]) {
		printf("%s\n", PACKAGE_STRING);
		return CAUSE_NONE;
	}
	if (good && (cli.options[CLI_OPTION_HELP] || !cli.command)) {
		commands_help(cli.command, cli.options[CLI_OPTION_HELP] ? stdout : stderr);
		return cli.options[CLI_OPTION_HELP] ? CAUSE_NONE : CAUSE_USAGE;
	}
	if (good && !cli.command->words)
		good = cli_set_name(&cli, cli.count ? cli.words[0] : NULL);
	if (!good) {
		if (cli.command && cli.command->refuse)
			cli.command->refuse();
		return CAUSE_USAGE;
	}
	log_init((enum log_level)(LOG_LEVEL_NOTICE + cli.verbose));
	return cli.command->run(&cli);
}

int main(int argc, char **argv)
{
	int cause;

	/* A descriptor that is closed would be given to the next tty or socket, which would get
	 * what is printed. Reading or writing these fails as it does on closed ones. */
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			return CAUSE_INTERNAL;
	loop_memory_reserve();
	cause = run_line(argc, argv);
	/* If the output could not be written, on a full disk for example, the command has
	 * failed. */
	if (fflush(stdout) == 0 && !ferror(stdout))
		return cause;
	fprintf(stderr, "gobi-dial: cannot write the output: %s\n", strerror(errno));
	return cause == CAUSE_NONE ? CAUSE_INTERNAL : cause;
}
