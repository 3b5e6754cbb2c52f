/* SPDX-License-Identifier: ISC */
/* The SIM's steps of preparing. */
#include <errno.h>
#include <string.h>

#include "at/fields.h"
#include "conf/conf.h"
#include "modem/pins.h"
#include "modem/prepare.h"

#define COUNT(array)      (sizeof(array) / sizeof(*(array)))

#define SIM_RETRY_MS      1000
#define SIM_OPENS_MS      200   /* the same behind the PIN */
#define SIM_BUSY_LIMIT_MS 40000 /* busy, as some are after a cold boot */
#define SIM_FAIL_LIMIT_MS 20000 /* "SIM failure" that was none */
#define PIN_LEFT_MIN      2     /* with one attempt left none is made */
#define PIN_GRACE_MS      5000  /* after OK to the PIN "SIM PIN" may linger */
#define PIN_NOTE_RETRY_MS 100   /* another instance notes a PIN */
#define PIN_NOTE_LIMIT_MS 60000

#define PUK_TEXT                                                               \
	"the SIM is blocked after too many wrong PINs and wants its PUK; put " \
	"it into a telephone and enter there the PUK that came with it"

enum step_ask sim_ask(struct plan *plan, struct at_command *command, int64_t now)
{
	(void)now;
	buf_printf(&plan->command, "AT+CPIN?");
	command->timeout_ms = 10000;
	return ASK_SEND;
}

static enum step_outcome fail_sim(struct plan *plan, const struct at_event *reply)
{
	const char *what = "the SIM is busy and does not get ready";
	struct buf answer = BUF_INIT;

	if (plan->facts.sim == MODEM_SIM_MISSING)
		what = "the modem sees no SIM: none is in it, or the wrong way "
		       "round, or without contact";
	else if (plan->facts.sim == MODEM_SIM_FAILED)
		what = "the modem cannot read the SIM: it is damaged or has "
		       "bad contact, or wants a PIN (set sim.pin)";
	at_final_describe(&reply->final, &answer);
	plan_fail(plan, CAUSE_SIM, "%s (AT+CPIN?: %s)", what, buf_str(&answer));
	buf_free(&answer);
	return STEP_FAIL;
}

/* Until READY has been seen the PIN's mark stays, and should the end come in between it stays for
 * good. */
static int retry_ms(const struct plan *plan)
{
	return plan->pin_sent ? SIM_OPENS_MS : SIM_RETRY_MS;
}

static enum step_outcome retry_sim(struct plan *plan, enum modem_sim sim, int64_t limit_ms,
				   int64_t now, const struct at_event *reply)
{
	plan->facts.sim = sim;
	if (now - plan->started_at >= limit_ms)
		return fail_sim(plan, reply);
	plan->wake_at = now + retry_ms(plan);
	return STEP_AGAIN;
}

static enum step_outcome take_sim_error(struct plan *plan, const struct at_event *reply,
					int64_t now)
{
	switch (at_final_class(&reply->final)) {
	case AT_ERROR_PIN:
		plan->facts.sim = MODEM_SIM_PIN;
		return STEP_NEXT;
	case AT_ERROR_PUK:
		plan->facts.sim = MODEM_SIM_PUK;
		return plan_fail(plan, CAUSE_PUK, PUK_TEXT);
	case AT_ERROR_BUSY:
		return retry_sim(plan, MODEM_SIM_BUSY, SIM_BUSY_LIMIT_MS, now, reply);
	case AT_ERROR_SIM:
		return retry_sim(plan,
				 reply->final.code == 10 ? MODEM_SIM_MISSING : MODEM_SIM_FAILED,
				 SIM_FAIL_LIMIT_MS, now, reply);
	default:
		/* A modem with no such command has no SIM to unlock. */
		plan->facts.sim = MODEM_SIM_UNKNOWN;
		return STEP_NEXT;
	}
}

static struct pins_key key_of(const struct plan *plan)
{
	return (struct pins_key){.pin = plan->conf->sim.pin,
				 .iccid = plan->facts.iccid,
				 .imei = plan->facts.identity.imei};
}

/* While another instance is at it. */
static bool may_note_later(const struct plan *plan, int error, int64_t now)
{
	return error == -EAGAIN && now - plan->started_at < PIN_NOTE_LIMIT_MS;
}

/* The PIN was right: what noted it down may forget it. */
static enum step_outcome forget_pin(struct plan *plan, int64_t now)
{
	struct pins_key key = key_of(plan);
	struct buf why = BUF_INIT;
	int error;

	if (!plan->pin_sent || plan->pin_taken)
		return STEP_NEXT;
	error = plan->pins->taken(plan->pins_ctx, &key, &why);
	if (may_note_later(plan, error, now)) {
		plan->wake_at = now + PIN_NOTE_RETRY_MS;
		buf_free(&why);
		return STEP_AGAIN;
	}
	plan->pin_taken = true;
	if (error < 0)
		plan_notice(plan,
			    "the PIN is right, but will not be sent when the SIM wants it next: %s",
			    buf_str(&why));
	buf_free(&why);
	return STEP_NEXT;
}

enum step_outcome sim_take(struct plan *plan, const struct at_event *reply, int64_t now)
{
	const char *at = reply->text;
	char line[64];

	plan->index = 0;
	if (reply->final.kind == AT_FINAL_TIMEOUT)
		return retry_sim(plan, MODEM_SIM_BUSY, SIM_BUSY_LIMIT_MS, now, reply);
	if (reply->final.kind != AT_FINAL_OK)
		return take_sim_error(plan, reply, now);
	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_cpin(line, &plan->facts.sim);
	switch (plan->facts.sim) {
	case MODEM_SIM_PUK:
		return plan_fail(plan, CAUSE_PUK, PUK_TEXT);
	case MODEM_SIM_OTHER_LOCK:
		return plan_fail(plan, CAUSE_SIM,
				 "the modem is locked to another network or SIM: %s", reply->text);
	case MODEM_SIM_READY:
		return forget_pin(plan, now);
	default:
		return STEP_NEXT;
	}
}

/* A maker's own counter first. Where the maker is not known one of these is his, and the others say
 * ERROR at once. Then 27.007 8.65, and an empty VERIFY: with no PIN in it the card tells how often
 * one may still be tried, and counts nothing (TS 102 221 11.1.9; a card from before that says 6E00
 * or 6700). */
static const char *const pin_left_commands[] = {
	"AT+CPINC?", "AT+QPINC=\"SC\"",      "AT+UPINCNT",
	"AT^CPIN?",  "AT+CPINR=\"SIM PIN\"", "AT+CSIM=10,\"0020000100\""};

#define PIN_LEFT_STANDARD 4 /* from here on any maker's */

/* "" does not open the card. Sierra's !ICCID? for one is refused before the PIN is in; EF ICCID
 * itself is always to be read (TS 102 221 13.2). */
static const char *const iccid_commands[] = {"AT+CCID", "AT+ICCID", "AT+CRSM=176,12258,0,0,10"};

/* The `index`th of the family's own command and a list from `first` on; NULL behind the end. */
static const char *nth_command(const char *own, const char *const *list, size_t count, size_t index)
{
	if (*own && index-- == 0)
		return own;
	return index < count ? list[index] : NULL;
}

static bool pin_is_wanted(const struct plan *plan)
{
	return plan->facts.sim == MODEM_SIM_PIN && *plan->conf->sim.pin && !plan->pin_sent;
}

static enum step_ask ask_text(struct plan *plan, struct at_command *command, const char *text)
{
	if (!text) {
		plan->index = 0;
		return ASK_SKIP;
	}
	buf_printf(&plan->command, "%s", text);
	command->timeout_ms = 3000;
	return ASK_SEND;
}

/* Of one of several commands that may tell it; the ask sees what is known. */
static enum step_outcome take_lines(struct plan *plan, const struct at_event *reply,
				    void (*take)(struct modem_facts *facts, const char *line))
{
	const char *at = reply->text;
	char line[96];

	while (step_next_line(&at, line, sizeof(line)))
		take(&plan->facts, line);
	plan->index++;
	return STEP_AGAIN;
}

static void take_pin_left(struct modem_facts *facts, const char *line)
{
	modem_decode_pin_left(line, &facts->pin_left);
}

static void take_iccid(struct modem_facts *facts, const char *line)
{
	modem_decode_iccid(line, facts->iccid);
}

enum step_ask sim_ask_pin_left(struct plan *plan, struct at_command *command, int64_t now)
{
	const char *own = plan->family->pin_left;
	size_t first = *own ? PIN_LEFT_STANDARD : 0;
	const char *text = NULL;

	(void)now;
	if (pin_is_wanted(plan) && plan->facts.pin_left < 0)
		text = nth_command(own, pin_left_commands + first, COUNT(pin_left_commands) - first,
				   plan->index);
	return ask_text(plan, command, text);
}

enum step_outcome sim_take_pin_left(struct plan *plan, const struct at_event *reply, int64_t now)
{
	(void)now;
	return take_lines(plan, reply, take_pin_left);
}

enum step_ask sim_ask_iccid(struct plan *plan, struct at_command *command, int64_t now)
{
	const char *text = NULL;

	(void)now;
	if (pin_is_wanted(plan) && !*plan->facts.iccid)
		text = nth_command(plan->family->iccid, iccid_commands, COUNT(iccid_commands),
				   plan->index);
	command->prefix = "";
	return ask_text(plan, command, text);
}

enum step_outcome sim_take_iccid(struct plan *plan, const struct at_event *reply, int64_t now)
{
	(void)now;
	return take_lines(plan, reply, take_iccid);
}

enum step_ask sim_ask_imei(struct plan *plan, struct at_command *command, int64_t now)
{
	(void)now;
	if (!pin_is_wanted(plan) || *plan->facts.identity.imei)
		return ASK_SKIP;
	command->prefix = "";
	return ask_text(plan, command, "AT+CGSN");
}

enum step_outcome sim_take_imei(struct plan *plan, const struct at_event *reply, int64_t now)
{
	(void)now;
	modem_decode_digits(reply->text, 14, 16, plan->facts.identity.imei,
			    sizeof(plan->facts.identity.imei));
	return STEP_NEXT;
}

/* What the SIM made of the PIN that it got. */
static enum step_ask judge_pin(struct plan *plan, int64_t now)
{
	struct buf answer = BUF_INIT;

	if (plan->pin_answer.kind == AT_FINAL_OK && now - plan->pin_at < PIN_GRACE_MS) {
		plan->step = PREPARE_SIM;
		plan->wake_at = now + retry_ms(plan);
		return ASK_JUMP;
	}
	at_final_describe(&plan->pin_answer, &answer);
	plan_fail(plan, CAUSE_PIN,
		  "the SIM has got the PIN (AT+CPIN: %s) and still wants one, "
		  "so it is wrong; it is not sent again",
		  buf_str(&answer));
	buf_free(&answer);
	return ASK_FAIL;
}

/* Whether the PIN may go out, but for what is remembered of it. */
static bool check_pin(struct plan *plan)
{
	int left = plan->facts.pin_left;

	if (!*plan->conf->sim.pin)
		plan_fail(plan, CAUSE_PIN, "the SIM wants its PIN and none is given; set sim.pin");
	else if (left == 0)
		plan_fail(plan, CAUSE_PUK, PUK_TEXT);
	else if (left > 0 && left < PIN_LEFT_MIN && !plan->conf->sim.last_attempt)
		plan_fail(plan, CAUSE_PIN,
			  "the SIM allows one more attempt before it blocks, "
			  "so no PIN is sent. Enter it in a telephone, or say "
			  "\"gobi-dial run --last-attempt\" if it is right beyond doubt");
	return plan->cause == CAUSE_NONE;
}

/* The mark of it is on the disk when this says 0. */
static int note_pin(struct plan *plan, struct buf *why)
{
	struct pins_key key = key_of(plan);

	if (plan->pins)
		return plan->pins->send(plan->pins_ctx, &key, why);
	buf_printf(why, "no PIN is sent: nothing here remembers PINs");
	return -ENOSYS;
}

enum step_ask sim_ask_pin(struct plan *plan, struct at_command *command, int64_t now)
{
	struct buf why = BUF_INIT;
	int error;

	if (plan->facts.sim != MODEM_SIM_PIN)
		return ASK_SKIP;
	if (plan->pin_sent)
		return judge_pin(plan, now);
	if (!check_pin(plan))
		return ASK_FAIL;
	buf_printf(&plan->command, "AT+CPIN=");
	if (at_quote(&plan->command, plan->conf->sim.pin) < 0) {
		plan_fail(plan, CAUSE_CONFIG, "sim.pin is no PIN");
		return ASK_FAIL;
	}
	error = note_pin(plan, &why);
	if (may_note_later(plan, error, now))
		plan->wake_at = now + PIN_NOTE_RETRY_MS;
	else if (error < 0)
		plan_fail(plan, CAUSE_PIN, "%s", buf_str(&why));
	buf_free(&why);
	if (error < 0)
		return plan->cause == CAUSE_NONE ? ASK_JUMP : ASK_FAIL;
	command->flags = AT_SECRET;
	command->timeout_ms = 20000;
	plan->pin_sent = true;
	plan->pin_at = now;
	plan->pin_answer = (struct at_final){.kind = AT_FINAL_TIMEOUT};
	return ASK_SEND;
}

/* The SIM's own word is what counts: an answer may be lost, and OK or ERROR a mistake. A refusal
 * that is clear is not looked behind. */
enum step_outcome sim_take_pin(struct plan *plan, const struct at_event *reply, int64_t now)
{
	plan->pin_answer = reply->final;
	plan->pin_at = now;
	switch (at_final_class(&reply->final)) {
	case AT_ERROR_PUK:
		plan->facts.sim = MODEM_SIM_PUK;
		return plan_fail(plan, CAUSE_PUK, PUK_TEXT);
	case AT_ERROR_PIN:
		return plan_fail(plan, CAUSE_PIN,
				 "the SIM has refused the PIN: it is wrong. It "
				 "is not sent again; set the right one in sim.pin");
	default:
		plan->facts.sim = MODEM_SIM_UNKNOWN;
		plan->step = PREPARE_SIM;
		plan->wake_at = now;
		plan->started_at = now;
		return STEP_JUMP;
	}
}
