/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_STEP_H
#define GD_MODEM_STEP_H

#include <stddef.h>

#include "base/count.h"
#include "modem/script.h"

/* Between script.c and the files of its stages; nobody else includes this. */

enum step_outcome {
	STEP_SEND,   /* ask: script->command is filled */
	STEP_NEXT,   /* this step is over, or not needed */
	STEP_AGAIN,  /* go on at script->step, and not before script->wake_at */
	STEP_FINISH, /* the stage is done */
	STEP_FAIL    /* script_fail has been called */
};

/* Steps that others jump to. */
enum step_label {
	STEP_UNLABELLED,
	STEP_SIM,
	STEP_MODE,
	STEP_DOMAINS,
	STEP_OPERATOR,
};

/* A command and what becomes of its answer: when -> text or ask -> line, for each -> take. All of
 * them may use script->now, ->number and ->at, which has what the row says. */
struct step {
	const char *text;      /* the command */
	unsigned short family; /* ... or where struct modem_family has it: STEP_FAMILY */
	bool (*when)(const struct script *script); /* whether to ask; NULL: always */
	/* ... or what fills script->command, and changes script->at where the row is not enough */
	enum step_outcome (*ask)(struct script *script);
	void (*line)(struct script *script, const char *line);
	enum step_outcome (*take)(struct script *script, const struct at_event *reply);
	int number;     /* script->number meanwhile */
	int timeout_ms; /* 0: 5 s */
	unsigned flags; /* enum at_flags */
	enum step_label label;
	bool plain;    /* the answer may lack the command's name */
	bool numbered; /* kept[number] ends the command: it puts back */
	bool watched;  /* of SCRIPT_WATCH too */
};

/* The family's own command; no step without one. */
#define STEP_FAMILY(command) .family = offsetof(struct modem_family, command)

/* A part of a stage. */
struct steps {
	const struct step *rows;
	size_t count;
};
#define STEPS(rows)               \
	{                         \
		rows, COUNT(rows) \
	}

extern const struct steps steps_prepare, steps_sim, steps_mode, steps_context, steps_register,
	steps_registered, steps_dial, steps_inquiry;

/* Set cause and text; returns STEP_FAIL. */
enum step_outcome script_fail(struct script *script, enum cause cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with the text "COMMAND refused: FINAL". */
enum step_outcome script_fail_refused(struct script *script, enum cause cause,
				      const struct at_event *reply);

/* A line for the log that is no reason to stop. */
void script_notice(struct script *script, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* The same with the text "COMMAND refused: FINAL" and what follows from it. */
void script_notice_refused(struct script *script, const struct at_event *reply, const char *more);

/* Make the step with that label the next one; returns STEP_AGAIN. */
enum step_outcome script_jump(struct script *script, enum step_label label);

/* Go through an answer's lines: copies the next into `line`, false at the end. Start with *at =
 * reply->text. */
bool step_next_line(const char **at, char *line, size_t size);

/* A registration line into the facts; false if it is none. */
bool step_take_registration(struct script *script, const char *line);

/* STEP_FAIL when registered with a foreign network that is not wanted. */
enum step_outcome step_check_roaming(struct script *script);

/* What an error to +CPIN? says of the SIM. */
enum modem_sim step_sim_of_error(const struct at_final *final);

/* Members `line` that several stages use, by what they read. */
void step_line_pin_left(struct script *script, const char *line);
void step_line_iccid(struct script *script, const char *line);
void step_line_context(struct script *script, const char *line);
void step_line_signal(struct script *script, const char *line); /* and technology */

/* "; the modem is told to use 4g only", when it is. Appended. */
void mode_describe_limit(const struct script *script, struct buf *out);

#endif
