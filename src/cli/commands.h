/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_COMMANDS_H
#define GD_CLI_COMMANDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "cli/cli.h"

struct command {
	const char *name;
	const char *does;    /* a line in the list of commands */
	const char *details; /* for the command's own help */
	enum cli_option options[6];
	const char *words;      /* what may follow NAME; NULL: nothing, and main takes NAME */
	const char *words_help; /* of these */
	bool nameless;          /* takes no NAME, and one word at most */
	cli_command *run;
	void (*refuse)(void); /* told of a bad command line; or NULL */
};

struct command_option {
	char letter;       /* 0: none */
	const char *name;  /* without its hyphens; NULL: none */
	const char *value; /* the name of its value; NULL: takes none */
	int louder;        /* levels of the log */
	const char *help;
};

/* Ends with a NULL name. */
extern const struct command commands[];

/* The row 0 is empty. */
extern const struct command_option command_options[CLI_OPTION_COUNT];

/* NULL if there is none of that name. */
const struct command *commands_find(const char *name);

/* Append that there is no such command, and the one that is most like it. */
void commands_unknown(const char *name, struct buf *error);

/* Whether it is an option of that command, or of all. */
bool commands_take(const struct command *command, enum cli_option option);

/* "-c" or "--json", into `label`. Returns `label`. */
#define COMMANDS_LABEL_SIZE 32
const char *commands_label(enum cli_option option, char label[COMMANDS_LABEL_SIZE]);

/* Print the help: of one command, or for NULL the list of all. */
void commands_help(const struct command *command, FILE *out);

#endif
