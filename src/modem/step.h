/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_STEP_H
#define GD_MODEM_STEP_H

#include "modem/script.h"

/* Between script.c and the files of its stages; nobody else includes this. */

enum step_outcome {
	STEP_NEXT,
	STEP_AGAIN, /* the same one, at script->wake_at */
	STEP_JUMP,  /* script->step has been set */
	STEP_FAIL,  /* script_fail has been called */
	STEP_FINISH /* the stage is done */
};

enum step_ask {
	ASK_SEND, /* script->command is filled */
	ASK_SKIP, /* not needed */
	ASK_JUMP, /* script->step has been set, and wake_at if it is to wait */
	ASK_FAIL, /* script_fail has been called */
};

struct step {
	/* Fill script->command, and `command` beyond its defaults (an answer with the command's own
	 * prefix, 5 s). */
	enum step_ask (*ask)(struct script *script, struct at_command *command, int64_t now);
	enum step_outcome (*take)(struct script *script, const struct at_event *reply, int64_t now);
};

struct stage {
	const struct step *steps;
	size_t count;
};

extern const struct stage stage_prepare;
extern const struct stage stage_register;
extern const struct stage stage_dial;
extern const struct stage stage_info;
extern const struct stage stage_watch;

/* Set cause and text; returns STEP_FAIL. */
enum step_outcome script_fail(struct script *script, enum cause cause, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* The same with the text "COMMAND refused: FINAL". */
enum step_outcome script_fail_refused(struct script *script, enum cause cause,
				      const struct at_event *reply);

/* A line for the log that is no reason to stop. */
void script_notice(struct script *script, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Go through an answer's lines: copies the next into `line`, false at the end. Start with *at =
 * reply->text. */
bool step_next_line(const char **at, char *line, size_t size);

/* A take for commands whose refusal does not matter. */
enum step_outcome step_take_any(struct script *script, const struct at_event *reply, int64_t now);

/* A take for what tells of signal and technology. */
enum step_outcome step_take_radio(struct script *script, const struct at_event *reply, int64_t now);

/* STEP_FAIL when registered with a foreign network that is not wanted. */
enum step_outcome step_check_roaming(struct script *script);

/* Into the facts' list, in place of the one with its cid; what is more than the list holds is left
 * out. */
void step_put_context(struct script *script, const struct modem_context *context);

/* Take a registration line into the facts; false if it is none. */
bool step_take_registration(struct script *script, const char *line);

#endif
