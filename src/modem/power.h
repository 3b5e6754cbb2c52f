/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_POWER_H
#define GD_MODEM_POWER_H

#include "modem/step.h"

/* Steps of register.c's table, which nobody else includes this for. In a row: +CFUN?, the family's
 * own word, +CFUN=1 where it helps. */
enum step_ask power_ask_fun(struct script *script, struct at_command *command, int64_t now);
enum step_outcome power_take_fun(struct script *script, const struct at_event *reply, int64_t now);
enum step_ask power_ask_word(struct script *script, struct at_command *command, int64_t now);
enum step_outcome power_take_word(struct script *script, const struct at_event *reply, int64_t now);
enum step_ask power_ask_on(struct script *script, struct at_command *command, int64_t now);
enum step_outcome power_take_on(struct script *script, const struct at_event *reply, int64_t now);

#endif
