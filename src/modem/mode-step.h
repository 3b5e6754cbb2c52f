/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_MODE_STEP_H
#define GD_MODEM_MODE_STEP_H

#include "modem/step.h"

/*
 * The network mode's steps, for tables of stages: read it, see what is offered,
 * set it; they stand in this order, and setting goes back to reading. Preparing
 * does what the configuration says, and nothing at all for "auto". Registering
 * lifts with "auto" what keeps a modem from every network it finds. In other
 * stages the first may stand alone: it reads into facts.mode, and fails never.
 */
enum step_ask mode_ask(struct script *script, struct at_command *command, int64_t now);
enum step_outcome mode_take(struct script *script, const struct at_event *reply, int64_t now);
enum step_ask mode_ask_list(struct script *script, struct at_command *command, int64_t now);
enum step_outcome mode_take_list(struct script *script, const struct at_event *reply, int64_t now);
enum step_ask mode_ask_set(struct script *script, struct at_command *command, int64_t now);
enum step_outcome mode_take_set(struct script *script, const struct at_event *reply, int64_t now);

/* "; the modem is told to use 4g only", when it is. Appended. */
void mode_describe_limit(const struct script *script, struct buf *out);

#endif
