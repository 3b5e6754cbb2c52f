/* SPDX-License-Identifier: ISC */
/* Not getopt_long(3): that takes abbreviations, which a later option would make ambiguous, its
 * messages name neither the nearest option nor the command that has it, and they differ between
 * glibc and musl. */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "cli/cmdline.h"
#include "cli/commands.h"

static enum cli_option find_option(const char *text, size_t len, bool is_long)
{
	for (int i = CLI_OPTION_NONE + 1; i < CLI_OPTION_COUNT; i++) {
		const struct command_option *row = &command_options[i];

		if (is_long ? row->name && strlen(row->name) == len &&
				      strncmp(row->name, text, len) == 0
			    : row->letter == *text)
			return (enum cli_option)i;
	}
	return CLI_OPTION_NONE;
}

/* One that `text` abbreviates, or the most similar one: of the command's first. */
static const char *nearest_option(const struct command *command, const char *text)
{
	const char *names[CLI_OPTION_COUNT], *nearest;
	size_t count = 0;

	for (int i = CLI_OPTION_NONE + 1; i < CLI_OPTION_COUNT; i++) {
		const char *name = command_options[i].name;

		if (!name || (command && !commands_take(command, (enum cli_option)i)))
			continue;
		if (str_starts(name, text))
			return name;
		names[count++] = name;
	}
	names[count] = NULL;
	nearest = str_nearest(text, names);
	return nearest || !command ? nearest : nearest_option(NULL, text);
}

/* `at` is the letter or name in `word` that no option has. */
static void describe_unknown(const struct command *command, const char *word, const char *at,
			     struct buf *error)
{
	bool is_long = word[1] == '-';
	struct buf name = BUF_INIT;
	const char *nearest = NULL;

	/* "-json" is a long one's, too. */
	buf_printf(&name, "%.*s", (int)strcspn(word + 1 + is_long, "="), word + 1 + is_long);
	if (name.len > 1)
		nearest = nearest_option(command, buf_str(&name));
	if (is_long || name.len == 1)
		buf_printf(error, "unknown option \"%s%s\"", is_long ? "--" : "-", buf_str(&name));
	else
		buf_printf(error, "unknown option \"-%c\" in \"%s\"", *at, word);
	if (nearest)
		buf_printf(error, "; did you mean \"--%s\"?", nearest);
	buf_free(&name);
}

/* The options in one word of the line. How many words they took: 2 when the next one is a value; 0
 * with `error`. */
static int take_options(struct cli *cli, const char *word, const char *next, struct buf *error)
{
	bool is_long = word[1] == '-';
	const char *at = word + 1 + is_long;
	char label[COMMANDS_LABEL_SIZE];

	do {
		size_t len = is_long ? strcspn(at, "=") : 1;
		enum cli_option option = find_option(at, len, is_long);
		const struct command_option *row = &command_options[option];
		const char *value = at + len;
		int used = 1;

		if (!option) {
			describe_unknown(cli->command, word, at, error);
			return 0;
		}
		commands_label(option, label);
		at = value;
		if (!row->value) {
			if (*at == '=') {
				buf_printf(error, "%s takes no value", label);
				return 0;
			}
			cli->options[option] = word;
			cli->verbose += row->louder;
			continue;
		}
		if (is_long && *at == '=') {
			value = at + 1;
		} else if (!*at && next) {
			value = next;
			used = 2;
		}
		if (!*value) {
			buf_printf(error, "%s needs a value: %s %s", label, label, row->value);
			return 0;
		}
		if (used == 2 && value[0] == '-' && value[1]) {
			buf_printf(
				error,
				"%s needs a value, and \"%s\" looks like an option; if it is the "
				"value, write %s%s%s",
				label, value, label, is_long ? "=" : "", value);
			return 0;
		}
		cli->options[option] = value;
		return used;
	} while (!is_long && *at);
	return 1;
}

/* Options may stand before the command, so that only now it is known whether it has them. */
static bool check_options(const struct cli *cli, struct buf *error)
{
	char label[COMMANDS_LABEL_SIZE];
	const char *before = ", but of ";

	for (int i = CLI_OPTION_OF_COMMANDS; i < CLI_OPTION_COUNT; i++) {
		enum cli_option option = (enum cli_option)i;

		if (!cli->options[option] || commands_take(cli->command, option))
			continue;
		buf_printf(error, "%s is not an option of \"%s\"", commands_label(option, label),
			   cli->command->name);
		for (const struct command *other = commands; other->name; other++) {
			if (!commands_take(other, option))
				continue;
			buf_printf(error, "%s\"%s\"", before, other->name);
			before = ", ";
		}
		return false;
	}
	return true;
}

bool cmdline_parse(struct cli *cli, int argc, char **argv, struct buf *error)
{
	bool ended = false;
	int used = 1;

	memset(cli, 0, sizeof(*cli));
	cli->words = argv;
	for (int i = 1; i < argc; i += used) {
		used = 1;
		if (ended || argv[i][0] != '-' || !argv[i][1]) {
			if (cli->command) {
				if (!ended && cli->count == 0 && strcmp(argv[i], "help") == 0)
					cli->options[CLI_OPTION_HELP] = argv[i];
				cli->words[cli->count++] = argv[i];
				continue;
			}
			cli->command = commands_find(argv[i]);
			if (!cli->command) {
				commands_unknown(argv[i], error);
				return false;
			}
		} else if (strcmp(argv[i], "--") == 0) {
			ended = true;
		} else {
			used = take_options(cli, argv[i], argv[i + 1], error);
			if (used == 0)
				return false;
		}
	}
	if (!cli->command || cli->options[CLI_OPTION_HELP] || cli->options[CLI_OPTION_VERSION])
		return true;
	if (!check_options(cli, error))
		return false;
	if (cli->count < 2 || (cli->command->words && !cli->command->nameless))
		return true;
	buf_printf(error, "unexpected argument \"%s\"", cli->words[1]);
	return false;
}
