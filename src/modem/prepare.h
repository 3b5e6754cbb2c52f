/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PREPARE_H
#define GD_MODEM_PREPARE_H

#include "modem/step.h"

/* Between prepare.c, whose table these are in, and the files that do them; nobody else includes
 * this. */

enum {
	PREPARE_LINE,
	PREPARE_ERRORS,
	PREPARE_IMEI,
	PREPARE_INIT,
	PREPARE_SIM,
	PREPARE_PIN_LEFT,
	PREPARE_ICCID,
	PREPARE_PIN_IMEI,
	PREPARE_PIN,
	PREPARE_MODE,
	PREPARE_MODE_LIST,
	PREPARE_SET_MODE,
	PREPARE_CONTEXT,
	PREPARE_SET_CONTEXT,
	PREPARE_AUTH
};

/* sim.c */
enum step_ask sim_ask(struct script *script, struct at_command *command, int64_t now);
enum step_outcome sim_take(struct script *script, const struct at_event *reply, int64_t now);
enum step_ask sim_ask_pin_left(struct script *script, struct at_command *command, int64_t now);
enum step_outcome sim_take_pin_left(struct script *script, const struct at_event *reply,
				    int64_t now);
enum step_ask sim_ask_iccid(struct script *script, struct at_command *command, int64_t now);
enum step_outcome sim_take_iccid(struct script *script, const struct at_event *reply, int64_t now);
enum step_ask sim_ask_imei(struct script *script, struct at_command *command, int64_t now);
enum step_outcome sim_take_imei(struct script *script, const struct at_event *reply, int64_t now);
enum step_ask sim_ask_pin(struct script *script, struct at_command *command, int64_t now);
enum step_outcome sim_take_pin(struct script *script, const struct at_event *reply, int64_t now);

/* auth.c; after the context's, which has set script->index to 0 */
enum step_ask auth_ask(struct script *script, struct at_command *command, int64_t now);
enum step_outcome auth_take(struct script *script, const struct at_event *reply, int64_t now);

/* context.c */
enum step_ask context_ask(struct script *script, struct at_command *command, int64_t now);
enum step_outcome context_take(struct script *script, const struct at_event *reply, int64_t now);
enum step_ask context_ask_set(struct script *script, struct at_command *command, int64_t now);
enum step_outcome context_take_set(struct script *script, const struct at_event *reply,
				   int64_t now);

#endif
