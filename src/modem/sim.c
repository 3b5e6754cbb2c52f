/* SPDX-License-Identifier: ISC */
/* The SIM's steps of preparing. */
#include <string.h>

#include "at/fields.h"
#include "conf/conf.h"
#include "modem/prepare.h"

#define SIM_RETRY_MS      1000
#define SIM_BUSY_LIMIT_MS 40000 /* busy, as some are after a cold boot */
#define SIM_FAIL_LIMIT_MS 20000 /* "SIM failure" that was none */
#define PIN_LEFT_MIN      2     /* with one attempt left none is made */

enum step_ask sim_ask(struct plan *plan, struct at_command *command,
		      int64_t now)
{
	(void)now;
	buf_printf(&plan->command, "AT+CPIN?");
	command->timeout_ms = 10000;
	return ASK_SEND;
}

static enum step_outcome retry_sim(struct plan *plan, enum modem_sim sim,
				   int64_t limit_ms, int64_t now,
				   const struct at_event *reply)
{
	plan->facts.sim = sim;
	if (now - plan->started_at >= limit_ms)
		return plan_fail_refused(plan, CAUSE_SIM, reply);
	plan->wake_at = now + SIM_RETRY_MS;
	return STEP_AGAIN;
}

static enum step_outcome take_sim_error(struct plan *plan,
					const struct at_event *reply,
					int64_t now)
{
	switch (at_final_class(&reply->final)) {
	case AT_ERROR_PIN:
		plan->facts.sim = MODEM_SIM_PIN;
		return STEP_NEXT;
	case AT_ERROR_PUK:
		plan->facts.sim = MODEM_SIM_PUK;
		return plan_fail_refused(plan, CAUSE_PUK, reply);
	case AT_ERROR_BUSY:
		return retry_sim(plan, MODEM_SIM_BUSY, SIM_BUSY_LIMIT_MS, now,
				 reply);
	case AT_ERROR_SIM:
		return retry_sim(plan,
				 reply->final.code == 10 ? MODEM_SIM_MISSING
							 : MODEM_SIM_FAILED,
				 SIM_FAIL_LIMIT_MS, now, reply);
	default:
		/* A modem with no such command has no SIM to unlock. */
		plan->facts.sim = MODEM_SIM_UNKNOWN;
		return STEP_NEXT;
	}
}

enum step_outcome sim_take(struct plan *plan, const struct at_event *reply,
			   int64_t now)
{
	const char *at = reply->text;
	char line[64];

	if (reply->final.kind == AT_FINAL_TIMEOUT)
		return retry_sim(plan, MODEM_SIM_BUSY, SIM_BUSY_LIMIT_MS, now,
				 reply);
	if (reply->final.kind != AT_FINAL_OK)
		return take_sim_error(plan, reply, now);
	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_cpin(line, &plan->facts.sim);
	switch (plan->facts.sim) {
	case MODEM_SIM_PUK:
		return plan_fail(plan, CAUSE_PUK,
				 "the SIM is blocked and wants its PUK; put it "
				 "into a telephone and enter the PUK there");
	case MODEM_SIM_OTHER_LOCK:
		return plan_fail(plan, CAUSE_SIM,
				 "the modem is locked to another network or "
				 "SIM: %s",
				 reply->text);
	default:
		plan->index = 0;
		return STEP_NEXT;
	}
}

/* One of these is the vendor's; the others say ERROR at once. */
static const char *const pin_left_commands[] = {"AT+CPINC?", "AT+QPINC=\"SC\"",
						"AT+UPINCNT", "AT^CPIN?"};

enum step_ask sim_ask_pin_left(struct plan *plan, struct at_command *command,
			       int64_t now)
{
	(void)now;
	if (plan->facts.sim != MODEM_SIM_PIN || !*plan->conf->sim.pin ||
	    plan->facts.pin_left >= 0 ||
	    plan->index >=
		    sizeof(pin_left_commands) / sizeof(*pin_left_commands))
		return ASK_SKIP;
	buf_printf(&plan->command, "%s", pin_left_commands[plan->index]);
	command->timeout_ms = 3000;
	return ASK_SEND;
}

enum step_outcome sim_take_pin_left(struct plan *plan,
				    const struct at_event *reply, int64_t now)
{
	const char *at = reply->text;
	char line[64];

	(void)now;
	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_pin_left(line, &plan->facts.pin_left);
	plan->index++;
	return STEP_AGAIN;
}

/* Whether the PIN may go out; at most once a plug-in, and never again after a
 * refusal, whatever happens. */
static enum step_outcome check_pin(struct plan *plan)
{
	if (!*plan->conf->sim.pin)
		return plan_fail(plan, CAUSE_PIN,
				 "the SIM wants its PIN and none is given; set "
				 "sim.pin");
	if (plan->pin_refused)
		return plan_fail(plan, CAUSE_PIN,
				 "the SIM has refused the PIN that is "
				 "configured, or never answered it; it is not "
				 "sent again");
	if (plan->pin_sent)
		return plan_fail(plan, CAUSE_PIN,
				 "the SIM took the PIN and still wants one");
	if (plan->facts.pin_left >= 0 && plan->facts.pin_left < PIN_LEFT_MIN)
		return plan_fail(plan, CAUSE_PIN,
				 "the SIM allows %d more attempt before it "
				 "blocks, so no PIN is sent; enter it in a "
				 "telephone",
				 plan->facts.pin_left);
	return STEP_NEXT;
}

enum step_ask sim_ask_pin(struct plan *plan, struct at_command *command,
			  int64_t now)
{
	(void)now;
	if (plan->facts.sim != MODEM_SIM_PIN)
		return ASK_SKIP;
	if (check_pin(plan) == STEP_FAIL)
		return ASK_FAIL;
	buf_printf(&plan->command, "AT+CPIN=");
	if (at_quote(&plan->command, plan->conf->sim.pin) < 0) {
		plan_fail(plan, CAUSE_CONFIG, "sim.pin is no PIN");
		return ASK_FAIL;
	}
	command->flags = AT_SECRET;
	command->timeout_ms = 20000;
	plan->pin_sent = true;
	/* Until the SIM has taken it: its answer may get lost with the port. */
	plan->pin_refused = true;
	return ASK_SEND;
}

enum step_outcome sim_take_pin(struct plan *plan, const struct at_event *reply,
			       int64_t now)
{
	if (reply->final.kind == AT_FINAL_OK) {
		plan->pin_refused = false;
		plan->facts.sim = MODEM_SIM_UNKNOWN;
		plan->step = PREPARE_SIM;
		plan->wake_at = now;
		return STEP_JUMP;
	}
	/* Whatever the words: it may have counted. */
	return plan_fail_refused(plan, CAUSE_PIN, reply);
}
