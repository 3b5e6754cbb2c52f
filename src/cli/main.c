/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/cause.h"
#include "base/count.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/cli.h"

struct command {
	const char *name;
	const char *usage;
	const char *does;    /* a line of the list */
	const char *details; /* for those who ask for this one */
	cli_command *run;
};

static cli_command help;

/* clang-format off */
static const struct command commands[] = {
	{ "probe",  "[NAME] [--json] [--first] [PORT...]",
	  "say which port answers AT, and what each of the others is",
	  "Asks all ports at once, and leaves them and the modem as they were.\n"
	  "  NAME       the instance whose configuration says which modem it is\n"
	  "  --json     print one JSON object\n"
	  "  --first    stop at the first sure answer, as run does\n"
	  "  PORT       a tty to ask, and no others: ttyS1, /dev/ttyUSB2;\n"
	  "             default: all on USB that fit the configuration\n",
	  cli_probe },
	{ "info",   "[NAME] [--json] [--port PORT]",
	  "say what modem and SIM there are, and which network has taken them",
	  "Sends no PIN, and sets nothing for good. While the instance runs, it tells\n"
	  "what it knows, unless the modem has a second AT port to ask.\n"
	  "  NAME       the instance; default gobi\n"
	  "  --json     print one JSON object\n"
	  "  --port     ask the modem at this tty, PORT: ttyS1, /dev/ttyUSB2;\n"
	  "  PORT       default: the one that answers\n",
	  cli_info },
	{ "at",     "[NAME] [--port PORT] [--timeout SECONDS] [--keep-going] [--json] [--force] COMMAND...",
	  "send AT commands to the modem, and print what it answers",
	  "One after the other, until one fails. While the instance has a call, they go\n"
	  "to the modem's second AT port; while it waits for a network, to the call's.\n"
	  "  NAME       the instance; default gobi\n"
	  "  --port     send them to this tty, PORT: ttyS1, /dev/ttyUSB2;\n"
	  "  PORT       default: the one that answers\n"
	  "  --timeout  how long to wait for each answer, SECONDS: 1 to 600;\n"
	  "  SECONDS    default: 15\n"
	  "  --keep-going  send the rest after one that fails\n"
	  "  --json     print one JSON object\n"
	  "  --force    send what may hold a PIN, makes a call, or breaks the instance's, too\n"
	  "  COMMAND    begins with AT; - reads them from the standard input, by lines\n",
	  cli_at },
	{ "doctor", "[NAME] [--json] [--fix]",
	  "find out why it does not work, and what to do about it",
	  "Walks from the configuration over the modem's drivers, ports, SIM and network\n"
	  "to the kernel's PPP and pppd. Long numbers are masked, so that all of it can\n"
	  "be shown to others. The exit code is the first problem's.\n"
	  "  NAME       the instance; default gobi\n"
	  "  --json     print one JSON object\n"
	  "  --fix      give the modem's interface to a driver that works, load the\n"
	  "             kernel's PPP, and look again; the next boot undoes it\n",
	  cli_doctor },
	{ "check",  "[NAME] [--peer]",
	  "read the configuration, report every error in it, show pppd's options",
	  "Shows what differs from the defaults, and hides secrets. Dials nothing.\n"
	  "  NAME       the instance whose configuration to read; default gobi\n"
	  "  --peer     print a peers file for pppd, with the password, instead\n",
	  cli_check },
	{ "run",    "[NAME] [--once] [--last-attempt]",
	  "find the modem, dial, and keep the link up",
	  "Stays in the foreground and logs to stderr. SIGTERM and SIGINT stop it, and so\n"
	  "does the end of its terminal. SIGHUP has it read its configuration again,\n"
	  "SIGUSR1 has it dial again.\n"
	  "  NAME       the instance; default gobi\n"
	  "  --once     do not dial again: the first failure is the exit code\n"
	  "  --last-attempt  send the PIN even if the SIM allows but one more\n",
	  cli_run },
	{ "status", "[NAME] [--json] [--follow] [--format FORMAT]",
	  "say how the running instance is",
	  "State, modem, network, link, the last failure, the last dial's timeline.\n"
	  "  NAME       the instance; default gobi\n"
	  "  --json     print one JSON object\n"
	  "  --follow   go on, at each change and every second: on a terminal in place,\n"
	  "             elsewhere one JSON object a line; Ctrl-C ends it\n"
	  "  --format   print it as FORMAT, whatever the output is\n"
	  "  FORMAT     text, json, or prometheus, for node_exporter\n",
	  cli_status },
	{ "redial", "[NAME]",
	  "have the running instance hang up and dial again",
	  "Returns at once; see status for what came of it.\n"
	  "  NAME       the instance; default gobi\n",
	  cli_control },
	{ "reload", "[NAME]",
	  "have the running instance read its configuration again",
	  "The link stays. Says what is in force now, and what with the next dial; if\n"
	  "there is a mistake in it, nothing changes.\n"
	  "  NAME       the instance; default gobi\n",
	  cli_control },
	{ "stop",   "[NAME]",
	  "stop the running instance",
	  "Returns when it has hung up and ended.\n"
	  "  NAME       the instance; default gobi\n",
	  cli_control },
	{ "pty",    "[NAME] [--options ID]",
	  "make a call for the pppd that runs this by its option pty",
	  "For files in /etc/ppp/peers; see gobi-dial-peers(5).\n"
	  "  NAME       the instance; default gobi\n"
	  "  --options  warn if this is not the number of the options that the\n"
	  "  ID         configuration gives now; check --peer has put it there\n",
	  cli_pty },
	{ "prepare", "[NAME]",
	  "have the modem registered, and write its port down for pppd",
	  "Options for pppd with the port come into " RUNDIR "/NAME.port;\n"
	  "see gobi-dial-peers(5).\n"
	  "  NAME       the instance; default gobi\n",
	  cli_prepare },
	{ "help",   "[COMMAND]",
	  "say what the commands do",
	  "  COMMAND    the one to explain; default: a list of all\n",
	  help },
};
/* clang-format on */

#define COMMAND_COUNT COUNT(commands)

static const struct command *find_command(const char *name)
{
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		if (strcmp(commands[i].name, name) == 0)
			return &commands[i];
	return NULL;
}

static void print_usage(FILE *out)
{
	fprintf(out, "Usage: gobi-dial [-c FILE] [-v]... [-q]... COMMAND [ARG...]\n"
		     "Find a cellular modem's AT port, dial, and keep the link up.\n"
		     "\n");
	for (size_t i = 0; i < COMMAND_COUNT; i++)
		fprintf(out, "  %-8s %s\n", commands[i].name, commands[i].does);
	fprintf(out,
		"\n"
		"  -c FILE    configuration; default %s/NAME.conf\n"
		"  -v         say more; -vv: AT commands and pppd's log too\n"
		"  -q         say less: warnings and errors; twice: errors\n"
		"  -h, --help, -V, --version\n"
		"\n"
		"\"gobi-dial help COMMAND\" explains one; gobi-dial(8) has all.\n",
		CONFDIR);
}

static int unknown_command(const char *name)
{
	const char *names[COMMAND_COUNT + 1] = {NULL};
	const char *nearest;

	for (size_t i = 0; i < COMMAND_COUNT; i++)
		names[i] = commands[i].name;
	nearest = str_nearest(name, names);
	if (nearest)
		return cli_usage(NULL, "no command \"%s\"; did you mean \"%s\"?", name, nearest);
	return cli_usage(NULL, "no command \"%s\"", name);
}

static int explain(const struct command *command)
{
	printf("Usage: gobi-dial %s %s\n%s\n\n%s", command->name, command->usage, command->does,
	       command->details);
	return CAUSE_NONE;
}

static int help(struct cli *cli, int argc, char **argv)
{
	const struct command *command;

	(void)cli;
	if (argc < 2) {
		print_usage(stdout);
		return CAUSE_NONE;
	}
	if (argc > 2)
		return cli_usage("help", "one COMMAND only");
	command = find_command(argv[1]);
	if (!command)
		return unknown_command(argv[1]);
	return explain(command);
}

int cli_usage(const char *command, const char *format, ...)
{
	va_list ap;

	fprintf(stderr, "gobi-dial%s%s: ", command ? " " : "", command ? command : "");
	va_start(ap, format);
	vfprintf(stderr, format, ap);
	va_end(ap);
	fprintf(stderr, "\nSee \"gobi-dial help%s%s\".\n", command ? " " : "",
		command ? command : "");
	return CAUSE_USAGE;
}

static bool name_from_path(struct cli *cli)
{
	const char *base = strrchr(cli->conf_path, '/');
	size_t len, suffix = strlen(".conf");

	base = base ? base + 1 : cli->conf_path;
	len = strlen(base);
	if (len > suffix && strcmp(base + len - suffix, ".conf") == 0)
		len -= suffix;
	if (len >= sizeof(cli->name))
		return false;
	memcpy(cli->name, base, len);
	cli->name[len] = '\0';
	return str_is_name(cli->name);
}

bool cli_set_name(struct cli *cli, const char *name)
{
	bool fits;

	if (cli->conf_path) {
		if (name) {
			cli_usage(NULL, "give -c FILE or NAME, not both");
			return false;
		}
		if (!name_from_path(cli)) {
			cli_usage(NULL,
				  "-c %s: the file's base name has to be an "
				  "instance's name: 1 to 32 of A-Z a-z 0-9 _ -",
				  cli->conf_path);
			return false;
		}
		cli->conf_given = true;
		return true;
	}
	/* "gobi" is what no NAME means, and its file may be missing. */
	cli->conf_given = name && strcmp(name, "gobi") != 0;
	name = name ? name : "gobi";
	if (!str_is_name(name)) {
		cli_usage(NULL, "\"%s\" is no instance's name: 1 to 32 of A-Z a-z 0-9 _ -", name);
		return false;
	}
	str_copy(cli->name, sizeof(cli->name), name);
	fits = (size_t)snprintf(cli->default_path, sizeof(cli->default_path), "%s/%s.conf", CONFDIR,
				name) < sizeof(cli->default_path);
	cli->conf_path = cli->default_path;
	return fits;
}

const char *cli_given_file(const struct cli *cli)
{
	return cli->conf_path == cli->default_path ? NULL : cli->conf_path;
}

static int run_line(int argc, char **argv)
{
	struct cli cli = {0};
	const struct command *command;
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strcmp(argv[i], "-h") == 0 || strcmp(argv[i], "--help") == 0) {
			print_usage(stdout);
			return CAUSE_NONE;
		}
		if (strcmp(argv[i], "-V") == 0 || strcmp(argv[i], "--version") == 0) {
			printf("%s\n", PACKAGE_STRING);
			return CAUSE_NONE;
		}
		if (strcmp(argv[i], "-c") == 0 && i + 1 < argc)
			cli.conf_path = argv[++i];
		else if (strspn(argv[i] + 1, "v") == strlen(argv[i] + 1) && argv[i][1])
			cli.verbose += (int)strlen(argv[i] + 1);
		else if (strspn(argv[i] + 1, "q") == strlen(argv[i] + 1) && argv[i][1])
			cli.verbose -= (int)strlen(argv[i] + 1);
		else if (strcmp(argv[i], "-c") == 0)
			return cli_usage(NULL, "-c wants a file");
		else
			return cli_usage(NULL, "no option \"%s\"", argv[i]);
	}
	if (i == argc) {
		print_usage(stderr);
		return CAUSE_USAGE;
	}
	log_init((enum log_level)(LOG_LEVEL_NOTICE + cli.verbose));
	command = find_command(argv[i]);
	if (!command)
		return unknown_command(argv[i]);
	if (i + 1 < argc && (strcmp(argv[i + 1], "--help") == 0 || strcmp(argv[i + 1], "-h") == 0))
		return explain(command);
	return command->run(&cli, argc - i, argv + i);
}

/* What could not be printed, on a full disk say, was not done. */
static int close_output(int cause)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return cause;
	fprintf(stderr, "gobi-dial: cannot write the output: %s\n", strerror(errno));
	return cause == CAUSE_NONE ? CAUSE_INTERNAL : cause;
}

/* What is closed would be the next tty or socket, and get what is printed. These fail as the closed
 * ones do. */
static bool keep_standard_descriptors_apart(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			return false;
	return true;
}

int main(int argc, char **argv)
{
	if (!keep_standard_descriptors_apart())
		return CAUSE_INTERNAL;
	return close_output(run_line(argc, argv));
}
