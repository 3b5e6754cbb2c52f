/* SPDX-License-Identifier: ISC */
/* All commands and all options; the help is made from these tables. */
#include <string.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/count.h"
#include "base/str.h"
#include "cli/commands.h"

#define LABEL_WIDTH 19

static cli_command cli_help;

/* clang-format off */
const struct command_option command_options[CLI_OPTION_COUNT] = {
	[CLI_OPTION_CONF] = { 'c', NULL, "FILE", 0, "configuration file; default " CONFDIR "/NAME.conf" },
	[CLI_OPTION_VERBOSE] = { 'v', NULL, NULL, 1, "log more; -vv: AT commands and pppd's output, too" },
	[CLI_OPTION_QUIET] = { 'q', NULL, NULL, -1, "log only warnings and errors; -qq: only errors" },
	[CLI_OPTION_HELP] = { 'h', "help", NULL, 0, "show this help, or that of COMMAND" },
	[CLI_OPTION_VERSION] = { 'V', "version", NULL, 0, "show the version" },
	[CLI_OPTION_JSON] = { 0, "json", NULL, 0, "print one JSON object" },
	[CLI_OPTION_FIRST] = { 0, "first", NULL, 0, "stop at the first certain answer, as \"run\" does" },
	[CLI_OPTION_PORT] = { 0, "port", "PORT", 0,
		"use this tty, of any kind: ttyS1, /dev/ttyUSB2;\ndefault: the one that answers AT" },
	[CLI_OPTION_TIMEOUT] = { 0, "timeout", "SECONDS", 0,
		"wait this long for each answer, 1 to 600; default: 15" },
	[CLI_OPTION_KEEP_GOING] = { 0, "keep-going", NULL, 0,
		"send the remaining commands after one that fails" },
	[CLI_OPTION_FORCE] = { 0, "force", NULL, 0,
		"send even what may contain a PIN, makes a call, or\n"
		"breaks the call of the running instance" },
	[CLI_OPTION_FIX] = { 0, "fix", NULL, 0,
		"bind the modem's interface to a driver that works, load\n"
		"the kernel's PPP, and check again; a reboot undoes it" },
	[CLI_OPTION_SCAN] = { 0, "scan", NULL, 0,
		"have the modem list the networks around too, which\ntakes up to 3 minutes" },
	[CLI_OPTION_PEER] = { 0, "peer", NULL, 0,
		"print a peers file for pppd instead, password included" },
	[CLI_OPTION_KEY] = { 0, "key", "KEY", 0,
		"print only this setting, such as ppp.metric" },
	[CLI_OPTION_ONCE] = { 0, "once", NULL, 0, "do not redial: the first failure is the exit code" },
	[CLI_OPTION_LAST_ATTEMPT] = { 0, "last-attempt", NULL, 0,
		"send the PIN even if the SIM allows only one more try" },
	[CLI_OPTION_SYSLOG] = { 0, "syslog", NULL, 0,
		"log to syslog, where there is one, instead of stderr" },
	[CLI_OPTION_WITH_PARENT] = { 0, "with-parent", NULL, 0,
		"stop when the program that started it dies" },
	[CLI_OPTION_FOLLOW] = { 0, "follow", NULL, 0,
		"keep updating, at each change and every second: in\n"
		"place on a terminal, else one JSON object a line;\nCtrl-C ends it" },
	[CLI_OPTION_HISTORY] = { 0, "history", NULL, 0,
		"with --json: how the signal was, the last 120 times it was asked" },
	[CLI_OPTION_FORMAT] = { 0, "format", "FORMAT", 0,
		"text, json, or prometheus (for node_exporter)" },
	[CLI_OPTION_PPPD_OPTIONS] = { 0, "options", "ID", 0,
		"warn if the configuration no longer gives the options\n"
		"with this ID; \"check --peer\" writes it" },
	[CLI_OPTION_APN] = { 0, "apn", NULL, 0,
		"ask the modem for its SIM instead, and show the access\n"
		"points that would be tried for it, in that order" },
};

const struct command commands[] = {
	{ "probe", "show which port answers AT, and what the others are",
	  "Asks all ports at once, and leaves ports and modem as they were found.",
	  { CLI_OPTION_JSON, CLI_OPTION_FIRST }, "[PORT...]",
	  "ask only these ttys, of any kind: ttyS1, /dev/ttyUSB2;\n"
	  "default: all USB ttys that match the configuration", .run = cli_probe },
	{ "info", "show modem, SIM, network and signal",
	  "Sends no PIN, and changes no setting for good. While the instance runs, the\n"
	  "modem is asked on its second AT port; if it has none, the instance reports what\n"
	  "it knows.",
	  { CLI_OPTION_JSON, CLI_OPTION_PORT }, .run = cli_info },
	{ "at", "send AT commands to the modem, and print its answers",
	  "Sends one after the other, until one fails: during a call to the modem's second\n"
	  "AT port; while the instance waits for a network, to the port that it will dial\n"
	  "on.",
	  { CLI_OPTION_JSON, CLI_OPTION_PORT, CLI_OPTION_TIMEOUT, CLI_OPTION_KEEP_GOING,
	    CLI_OPTION_FORCE }, "COMMAND...",
	  "begins with AT; - reads commands from standard input,\none on each line",
	  .run = cli_at },
	{ "doctor", "find out why there is no link, and how to fix it",
	  "Checks the configuration, the modem's drivers, ports, SIM and network, the\n"
	  "kernel's PPP, and pppd. Long numbers are masked, so that the output can be shown\n"
	  "to others. The exit code is that of the first problem.",
	  { CLI_OPTION_JSON, CLI_OPTION_FIX, CLI_OPTION_SCAN }, .run = cli_doctor },
	{ "check", "check the configuration, and show the pppd options it gives",
	  "Reports every error with file and line, and shows the settings that differ from\n"
	  "the defaults. Secrets are hidden. Nothing is dialed.",
	  { CLI_OPTION_KEY, CLI_OPTION_PEER, CLI_OPTION_APN }, .run = cli_check },
	{ "run", "find the modem, dial, and keep the link up",
	  "Stays in the foreground and logs to stderr. SIGTERM, SIGINT and the loss of its\n"
	  "terminal stop it, SIGHUP makes it read its configuration again, and SIGUSR1\n"
	  "makes it redial.",
	  { CLI_OPTION_ONCE, CLI_OPTION_LAST_ATTEMPT, CLI_OPTION_SYSLOG,
	    CLI_OPTION_WITH_PARENT }, .run = cli_run },
	{ "status", "show the state of the running instance",
	  "Shows state, modem, network, link, the last failure, and how long each step of\n"
	  "the last dial took.",
	  { CLI_OPTION_JSON, CLI_OPTION_FOLLOW, CLI_OPTION_FORMAT, CLI_OPTION_HISTORY }, .run = cli_status },
	{ "redial", "make the running instance hang up and dial again",
	  "Returns at once; \"gobi-dial status\" shows the result.", .run = cli_control },
	{ "reload", "make the running instance read its configuration again",
	  "The link stays up. Shows which changes take effect now, and which with the next\n"
	  "dial. If there is an error in the file, nothing changes.", .run = cli_control },
	{ "stop", "stop the running instance",
	  "Returns when it has hung up and exited.", .run = cli_control },
	{ "power", "switch the modem on or off by its power key",
	  "Where the group power of the configuration says how. The running instance hangs\n"
	  "up first, and after off it waits for on. Returns when it is done.",
	  { 0 }, "on|off|cycle", "cycle: off, and then on", .run = cli_power },
	{ "pty", "make a call for the pppd that runs this as its pty",
	  "For files in /etc/ppp/peers; see gobi-dial-peers(5).",
	  { CLI_OPTION_PPPD_OPTIONS }, .run = cli_pty, .refuse = cli_pty_refuse },
	{ "prepare", "register the modem, and write its port down for pppd",
	  "Writes pppd options that name the port to " RUNDIR "/NAME.port;\n"
	  "see gobi-dial-peers(5).", .run = cli_prepare },
	{ "help", "show the help of a command",
	  "Without COMMAND it lists all commands, and the options that all of them have.",
	  .words = "[COMMAND]", .words_help = "the command to explain", .nameless = true,
	  .run = cli_help },
	{ NULL },
};
/* clang-format on */

const struct command *commands_find(const char *name)
{
	const struct command *command = commands;

	while (command->name && strcmp(command->name, name) != 0)
		command++;
	return command->name ? command : NULL;
}

void commands_unknown(const char *name, struct buf *error)
{
	const char *names[COUNT(commands)], *nearest;

	for (size_t i = 0; i < COUNT(commands); i++)
		names[i] = commands[i].name;
	nearest = str_nearest(name, names);
	buf_printf(error, "unknown command \"%s\"", name);
	if (nearest)
		buf_printf(error, "; did you mean \"%s\"?", nearest);
}

bool commands_take(const struct command *command, enum cli_option option)
{
	for (size_t i = 0; i < COUNT(command->options); i++)
		if (command->options[i] == option)
			return true;
	return option < CLI_OPTION_OF_COMMANDS;
}

const char *commands_label(enum cli_option option, char label[COMMANDS_LABEL_SIZE])
{
	const struct command_option *row = &command_options[option];

	if (row->name)
		snprintf(label, COMMANDS_LABEL_SIZE, "--%s", row->name);
	else
		snprintf(label, COMMANDS_LABEL_SIZE, "-%c", row->letter);
	return label;
}

static void print_row(FILE *out, const char *label, const char *text)
{
	for (size_t len; *text; text += len + (text[len] == '\n'), label = "") {
		len = strcspn(text, "\n");
		fprintf(out, "  %-*s%.*s\n", LABEL_WIDTH, label, (int)len, text);
	}
}

static void print_option(FILE *out, enum cli_option option)
{
	const struct command_option *row = &command_options[option];
	char name[COMMANDS_LABEL_SIZE], label[2 * COMMANDS_LABEL_SIZE],
		letter[] = {'-', row->letter, ',', ' ', '\0'};

	commands_label(option, name);
	snprintf(label, sizeof(label), "%s%s%s%s", row->letter && row->name ? letter : "", name,
		 row->value ? " " : "", row->value ? row->value : "");
	print_row(out, label, row->help);
}

void commands_help(const struct command *command, FILE *out)
{
	const enum cli_option *options;
	char label[COMMANDS_LABEL_SIZE];

	if (!command) {
		fprintf(out, "Usage: gobi-dial [-c FILE] [-v]... [-q]... COMMAND [ARG...]\n"
			     "Find a cellular modem's AT port, dial, and keep the link up.\n"
			     "\n");
		for (command = commands; command->name; command++)
			print_row(out, command->name, command->does);
		fprintf(out, "\nOptions of every command, before or behind it:\n");
		for (int i = CLI_OPTION_NONE + 1; i < CLI_OPTION_OF_COMMANDS; i++)
			print_option(out, (enum cli_option)i);
		fprintf(out, "\n\"gobi-dial help COMMAND\" explains a command; the manual is "
			     "gobi-dial(8).\n");
		return;
	}
	options = command->options;
	fprintf(out, "Usage: gobi-dial %s%s", command->name, command->nameless ? "" : " [NAME]");
	for (size_t i = 0; options[i]; i++)
		fprintf(out, " [%s%s%s]", commands_label(options[i], label),
			command_options[options[i]].value ? " " : "",
			command_options[options[i]].value ? command_options[options[i]].value : "");
	fprintf(out, "%s%s\n%c%s.\n\n%s\n\n", command->words ? " " : "",
		command->words ? command->words : "", command->does[0] - 'a' + 'A',
		command->does + 1, command->details);
	if (!command->nameless)
		print_row(out, "NAME", "the instance; default: gobi");
	if (command->words) {
		const char *word = command->words + strspn(command->words, "[");

		snprintf(label, sizeof(label), "%.*s", (int)strcspn(word, ".]"), word);
		print_row(out, label, command->words_help);
	}
	for (size_t i = 0; options[i]; i++)
		print_option(out, options[i]);
	fprintf(out, "\n\"gobi-dial help\" lists the options of all commands.\n");
}

static int cli_help(struct cli *cli)
{
	const struct command *command = cli->count ? commands_find(cli->words[0]) : NULL;
	struct buf error = BUF_INIT;
	int cause = CAUSE_NONE;

	if (cli->count && !command) {
		commands_unknown(cli->words[0], &error);
		cause = cli_usage(cli, "%s", buf_str(&error));
	} else {
		commands_help(command, stdout);
	}
	buf_free(&error);
	return cause;
}
