/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "cli/cmdline.h"
#include "cli/commands.h"

#define WORDS_MAX 24

struct line_case {
	const char *line; /* behind "gobi-dial"; words by single blanks */
	/* "COMMAND word word --option=value v1", or the error. */
	const char *expected;
};

/* clang-format off */
static const struct line_case good[] = {
	{ "", "-" },
	{ "status", "status" },
	{ "status roof", "status roof" },
	/* Before and after the command and its words. */
	{ "status --json", "status --json" },
	{ "--json status", "status --json" },
	{ "status roof --json", "status roof --json" },
	{ "status --json roof", "status roof --json" },
	{ "-v status -v roof -v", "status roof v3" },
	{ "status -c roof.conf", "status -c=roof.conf" },
	{ "-c roof.conf status", "status -c=roof.conf" },
	{ "--port ttyS1 info --json", "info --json --port=ttyS1" },
	{ "probe --first ttyS1 --json ttyS2", "probe ttyS1 ttyS2 --json --first" },
	{ "run --last-attempt --once", "run --once --last-attempt" },
	/* Values. */
	{ "info --port=ttyS1", "info --port=ttyS1" },
	{ "info --port=a=b", "info --port=a=b" },
	{ "info --port=--json", "info --port=--json" },
	{ "at --port - AT", "at AT --port=-" },
	{ "status --format prometheus roof", "status roof --format=prometheus" },
	{ "info --port ttyS1 --port ttyS2", "info --port=ttyS2" },
	{ "check -croof.conf", "check -c=roof.conf" },
	{ "check -c./-x.conf", "check -c=./-x.conf" },
	{ "pty gobi --options 0badcafe", "pty gobi --options=0badcafe" },
	/* Short ones together. */
	{ "-vv run", "run v2" },
	{ "-vq run", "run" },
	{ "-vvq run", "run v1" },
	{ "run -qq", "run v-2" },
	{ "run -vcroof.conf", "run -c=roof.conf v1" },
	{ "run -vvc roof.conf", "run -c=roof.conf v2" },
	{ "run -q -v -v", "run v1" },
	/* AT commands, and the hyphen that stands for standard input. */
	{ "at AT+CSQ AT+COPS? -", "at AT+CSQ AT+COPS? -" },
	{ "at lte AT --force ATD1; --keep-going", "at lte AT ATD1; --keep-going --force" },
	{ "at --timeout 180 AT+COPS=?", "at AT+COPS=? --timeout=180" },
	/* -- ends the options and the help. */
	{ "status -- roof", "status roof" },
	{ "-- status roof", "status roof" },
	{ "status --json -- roof", "status roof --json" },
	{ "probe -- --json -v", "probe --json -v" },
	{ "at -- - --", "at - --" },
	{ "status -- help", "status help" },
	{ "probe -- help --help", "probe help --help" },
	/* Help: as an option anywhere, as a word where it is the first. */
	{ "-h", "- --help" },
	{ "--help", "- --help" },
	{ "status --help", "status --help" },
	{ "status -h", "status --help" },
	{ "--help status", "status --help" },
	{ "status roof --json -h", "status roof --help --json" },
	{ "status -vh", "status --help v1" },
	{ "status help", "status help --help" },
	{ "status --json help", "status help --help --json" },
	{ "-v status help roof", "status help roof --help v1" },
	{ "at help", "at help --help" },
	{ "help help", "help help --help" },
	{ "help", "help" },
	{ "help status", "help status" },
	{ "probe ttyS1 help", "probe ttyS1 help" },
	{ "at AT help", "at AT help" },
	/* Who asks for help need not get the rest right. */
	{ "status a b c --help", "status a b c --help" },
	{ "status --fix --help", "status --help --fix" },
	{ "--version", "- --version" },
	{ "-V", "- --version" },
	{ "status -V", "status --version" },
	/* Empty words are left to the command. */
	{ "probe ''", "probe ''" },
};

static const struct line_case bad[] = {
	{ "stauts", "unknown command \"stauts\"; did you mean \"status\"?" },
	{ "porbe --json", "unknown command \"porbe\"; did you mean \"probe\"?" },
	{ "xyzzy", "unknown command \"xyzzy\"" },
	{ "Status", "unknown command \"Status\"; did you mean \"status\"?" },
	{ "''", "unknown command \"\"" },
	{ "stauts --help", "unknown command \"stauts\"; did you mean \"status\"?" },
	{ "-- --json", "unknown command \"--json\"" },
	/* Reserved for later. */
	{ "sms list", "unknown command \"sms\"" },
	{ "clock", "unknown command \"clock\"; did you mean \"check\"?" },
	{ "status --jsn", "unknown option \"--jsn\"; did you mean \"--json\"?" },
	{ "--jsn status", "unknown option \"--jsn\"; did you mean \"--json\"?" },
	{ "status --flolow", "unknown option \"--flolow\"; did you mean \"--follow\"?" },
	{ "status --froce", "unknown option \"--froce\"; did you mean \"--force\"?" },
	{ "status --nonsense", "unknown option \"--nonsense\"" },
	{ "status --formt=json", "unknown option \"--formt\"; did you mean \"--format\"?" },
	{ "status --hepl", "unknown option \"--hepl\"; did you mean \"--help\"?" },
	{ "status --=x", "unknown option \"--\"" },
	/* No abbreviations: a new option could make them ambiguous. */
	{ "status --fol", "unknown option \"--fol\"; did you mean \"--follow\"?" },
	{ "status --jso", "unknown option \"--jso\"; did you mean \"--json\"?" },
	{ "run -x", "unknown option \"-x\"" },
	{ "run -vx", "unknown option \"-x\" in \"-vx\"" },
	{ "info -json", "unknown option \"-j\" in \"-json\"; did you mean \"--json\"?" },
	{ "-v= run", "-v takes no value" },
	{ "info --port", "--port needs a value: --port PORT" },
	{ "info --port=", "--port needs a value: --port PORT" },
	{ "info --port ''", "--port needs a value: --port PORT" },
	{ "status -c", "-c needs a value: -c FILE" },
	{ "status -vc", "-c needs a value: -c FILE" },
	{ "-c ''", "-c needs a value: -c FILE" },
	{ "info --port --json", "--port needs a value, and \"--json\" looks like an option; if it is "
		"the value, write --port=--json" },
	{ "info --port -- ttyS1", "--port needs a value, and \"--\" looks like an option; if it is "
		"the value, write --port=--" },
	{ "-c -x.conf check", "-c needs a value, and \"-x.conf\" looks like an option; if it is "
		"the value, write -c-x.conf" },
	{ "status --json=yes", "--json takes no value" },
	{ "status --json=", "--json takes no value" },
	{ "status --help=me", "--help takes no value" },
	{ "status --fix", "--fix is not an option of \"status\", but of \"doctor\"" },
	{ "--fix status", "--fix is not an option of \"status\", but of \"doctor\"" },
	{ "status --port ttyS1", "--port is not an option of \"status\", but of \"info\", \"at\"" },
	{ "stop --json", "--json is not an option of \"stop\", but of \"probe\", \"info\", \"at\", "
		"\"doctor\", \"status\"" },
	{ "help --json", "--json is not an option of \"help\", but of \"probe\", \"info\", \"at\", "
		"\"doctor\", \"status\"" },
	{ "status one two", "unexpected argument \"two\"" },
	{ "help check run", "unexpected argument \"run\"" },
	{ "stop one --", NULL },
	{ "stop one -- --two", "unexpected argument \"--two\"" },
};
/* clang-format on */

static void describe(const struct cli *cli, struct buf *out)
{
	char label[COMMANDS_LABEL_SIZE];

	buf_printf(out, "%s", cli->command ? cli->command->name : "-");
	for (int i = 0; i < cli->count; i++)
		buf_printf(out, " %s", *cli->words[i] ? cli->words[i] : "''");
	for (int i = 0; i < CLI_OPTION_COUNT; i++) {
		if (!cli->options[i] || i == CLI_OPTION_VERBOSE || i == CLI_OPTION_QUIET)
			continue;
		buf_printf(out, " %s", commands_label((enum cli_option)i, label));
		if (command_options[i].value)
			buf_printf(out, "=%s", cli->options[i]);
	}
	if (cli->verbose)
		buf_printf(out, " v%d", cli->verbose);
}

/* What comes of the line: described, or the error. Returns whether it is good. */
static bool parse_line(const char *line, struct buf *out)
{
	char copy[256], *argv[WORDS_MAX + 2] = {(char *)"gobi-dial"}, *word, *rest = copy;
	struct cli cli;
	int argc = 1;
	bool fine;

	snprintf(copy, sizeof(copy), "%s", line);
	while ((word = strtok_r(rest, " ", &rest)) && argc <= WORDS_MAX)
		argv[argc++] = strcmp(word, "''") == 0 ? word + 2 : word;
	buf_clear(out);
	fine = cmdline_parse(&cli, argc, argv, out);
	if (fine) {
		assert_int_equal(out->len, 0);
		describe(&cli, out);
	}
	return fine;
}

static void options_stand_anywhere(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(*good); i++) {
		bool fine = parse_line(good[i].line, &out);

		if (!fine || strcmp(buf_str(&out), good[i].expected) != 0)
			fail_msg("\"%s\" gives \"%s\"", good[i].line, buf_str(&out));
	}
	buf_free(&out);
}

static void errors_name_the_thing_and_the_way_out(void **state)
{
	struct buf out = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(*bad); i++) {
		bool fine = parse_line(bad[i].line, &out);

		if (fine != !bad[i].expected ||
		    (!fine && strcmp(buf_str(&out), bad[i].expected) != 0))
			fail_msg("\"%s\" gives \"%s\"", bad[i].line, buf_str(&out));
	}
	buf_free(&out);
}

static void a_bad_line_tells_the_command_that_was_found(void **state)
{
	char *argv[] = {(char *)"gobi-dial", (char *)"pty", (char *)"--nonsense", NULL};
	struct buf error = BUF_INIT;
	struct cli cli;

	(void)state;
	assert_false(cmdline_parse(&cli, 3, argv, &error));
	assert_ptr_equal(cli.command, commands_find("pty"));
	buf_free(&error);
}

/* Every option belongs to a command or to all, can be told from the others, and is explained. */
static void the_tables_are_whole(void **state)
{
	(void)state;
	for (int i = CLI_OPTION_NONE + 1; i < CLI_OPTION_COUNT; i++) {
		const struct command_option *row = &command_options[i];
		bool taken = i < CLI_OPTION_OF_COMMANDS;

		assert_non_null(row->help);
		assert_true(row->letter || row->name);
		for (int j = 1; j < i; j++) {
			const struct command_option *other = &command_options[j];

			assert_true(!row->letter || row->letter != other->letter);
			assert_true(!row->name || !other->name ||
				    strcmp(row->name, other->name) != 0);
		}
		for (const struct command *command = commands; command->name; command++)
			taken = taken || commands_take(command, (enum cli_option)i);
		assert_true(taken);
	}
	for (const struct command *command = commands; command->name; command++) {
		assert_non_null(command->run);
		assert_true(!command->words == !command->words_help);
		assert_int_equal(command->options[5], CLI_OPTION_NONE);
		assert_ptr_equal(commands_find(command->name), command);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_stand_anywhere),
		cmocka_unit_test(errors_name_the_thing_and_the_way_out),
		cmocka_unit_test(a_bad_line_tells_the_command_that_was_found),
		cmocka_unit_test(the_tables_are_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
