/* SPDX-License-Identifier: ISC */
/* The SIM's steps of preparing. */
#include <errno.h>
#include <string.h>

#include "at/fields.h"
#include "base/count.h"
#include "conf/conf.h"
#include "modem/pins.h"
#include "modem/prepare.h"

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

enum step_ask sim_ask(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	buf_printf(&script->command, "AT+CPIN?");
	command->timeout_ms = 10000;
	return ASK_SEND;
}

static enum step_outcome fail_sim(struct script *script, const struct at_event *reply)
{
	const char *what = "the SIM is busy and does not get ready";
	struct buf answer = BUF_INIT;

	if (script->facts.sim == MODEM_SIM_MISSING)
		what = "the modem sees no SIM: none is in it, or the wrong way "
		       "round, or without contact";
	else if (script->facts.sim == MODEM_SIM_FAILED)
		what = "the modem cannot read the SIM: it is damaged or has "
		       "bad contact, or wants a PIN (set sim.pin)";
	at_final_describe(&reply->final, &answer);
	script_fail(script, CAUSE_SIM, "%s (AT+CPIN?: %s)", what, buf_str(&answer));
	buf_free(&answer);
	return STEP_FAIL;
}

/* Until READY has been seen the PIN's mark stays, and should the end come in between it stays for
 * good. */
static int retry_ms(const struct script *script)
{
	return script->pin_sent ? SIM_OPENS_MS : SIM_RETRY_MS;
}

static enum step_outcome retry_sim(struct script *script, enum modem_sim sim, int64_t limit_ms,
				   int64_t now, const struct at_event *reply)
{
	script->facts.sim = sim;
	if (now - script->started_at >= limit_ms)
		return fail_sim(script, reply);
	script->wake_at = now + retry_ms(script);
	return STEP_AGAIN;
}

static enum step_outcome take_sim_error(struct script *script, const struct at_event *reply,
					int64_t now)
{
	switch (at_final_class(&reply->final)) {
	case AT_ERROR_PIN:
		script->facts.sim = MODEM_SIM_PIN;
		return STEP_NEXT;
	case AT_ERROR_PUK:
		script->facts.sim = MODEM_SIM_PUK;
		return script_fail(script, CAUSE_PUK, PUK_TEXT);
	case AT_ERROR_BUSY:
		return retry_sim(script, MODEM_SIM_BUSY, SIM_BUSY_LIMIT_MS, now, reply);
	case AT_ERROR_SIM:
		return retry_sim(script,
				 reply->final.code == 10 ? MODEM_SIM_MISSING : MODEM_SIM_FAILED,
				 SIM_FAIL_LIMIT_MS, now, reply);
	default:
		/* A modem with no such command has no SIM to unlock. */
		script->facts.sim = MODEM_SIM_UNKNOWN;
		return STEP_NEXT;
	}
}

static struct pins_key key_of(const struct script *script)
{
	return (struct pins_key){.pin = script->conf->sim.pin,
				 .iccid = script->facts.iccid,
				 .imei = script->facts.identity.imei};
}

/* While another instance is at it. */
static bool may_note_later(const struct script *script, int error, int64_t now)
{
	return error == -EAGAIN && now - script->started_at < PIN_NOTE_LIMIT_MS;
}

/* The PIN was right: what noted it down may forget it. */
static enum step_outcome forget_pin(struct script *script, int64_t now)
{
	struct pins_key key = key_of(script);
	struct buf why = BUF_INIT;
	int error;

	if (!script->pin_sent || script->pin_taken)
		return STEP_NEXT;
	error = script->pins->taken(script->pins_ctx, &key, &why);
	if (may_note_later(script, error, now)) {
		script->wake_at = now + PIN_NOTE_RETRY_MS;
		buf_free(&why);
		return STEP_AGAIN;
	}
	script->pin_taken = true;
	if (error < 0)
		script_notice(
			script,
			"the PIN is right, but will not be sent when the SIM wants it next: %s",
			buf_str(&why));
	buf_free(&why);
	return STEP_NEXT;
}

enum step_outcome sim_take(struct script *script, const struct at_event *reply, int64_t now)
{
	const char *at = reply->text;
	char line[64];

	script->index = 0;
	if (reply->final.kind == AT_FINAL_TIMEOUT)
		return retry_sim(script, MODEM_SIM_BUSY, SIM_BUSY_LIMIT_MS, now, reply);
	if (reply->final.kind != AT_FINAL_OK)
		return take_sim_error(script, reply, now);
	while (step_next_line(&at, line, sizeof(line)))
		modem_decode_cpin(line, &script->facts.sim);
	switch (script->facts.sim) {
	case MODEM_SIM_PUK:
		return script_fail(script, CAUSE_PUK, PUK_TEXT);
	case MODEM_SIM_OTHER_LOCK:
		return script_fail(script, CAUSE_SIM,
				   "the modem is locked to another network or SIM: %s",
				   reply->text);
	case MODEM_SIM_READY:
		return forget_pin(script, now);
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
	if (own && index-- == 0)
		return own;
	return index < count ? list[index] : NULL;
}

static bool pin_is_wanted(const struct script *script)
{
	return script->facts.sim == MODEM_SIM_PIN && *script->conf->sim.pin && !script->pin_sent;
}

static enum step_ask ask_text(struct script *script, struct at_command *command, const char *text)
{
	if (!text) {
		script->index = 0;
		return ASK_SKIP;
	}
	buf_printf(&script->command, "%s", text);
	command->timeout_ms = 3000;
	return ASK_SEND;
}

/* Of one of several commands that may tell it; the ask sees what is known. */
static enum step_outcome take_lines(struct script *script, const struct at_event *reply,
				    void (*take)(struct modem_facts *facts, const char *line))
{
	const char *at = reply->text;
	char line[96];

	while (step_next_line(&at, line, sizeof(line)))
		take(&script->facts, line);
	script->index++;
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

enum step_ask sim_ask_pin_left(struct script *script, struct at_command *command, int64_t now)
{
	const char *own = script->family->pin_left;
	size_t first = own ? PIN_LEFT_STANDARD : 0;
	const char *text = NULL;

	(void)now;
	if (pin_is_wanted(script) && script->facts.pin_left < 0)
		text = nth_command(own, pin_left_commands + first, COUNT(pin_left_commands) - first,
				   script->index);
	return ask_text(script, command, text);
}

enum step_outcome sim_take_pin_left(struct script *script, const struct at_event *reply,
				    int64_t now)
{
	(void)now;
	return take_lines(script, reply, take_pin_left);
}

enum step_ask sim_ask_iccid(struct script *script, struct at_command *command, int64_t now)
{
	const char *text = NULL;

	(void)now;
	if (pin_is_wanted(script) && !*script->facts.iccid)
		text = nth_command(script->family->iccid, iccid_commands, COUNT(iccid_commands),
				   script->index);
	command->prefix = "";
	return ask_text(script, command, text);
}

enum step_outcome sim_take_iccid(struct script *script, const struct at_event *reply, int64_t now)
{
	(void)now;
	return take_lines(script, reply, take_iccid);
}

enum step_ask sim_ask_imei(struct script *script, struct at_command *command, int64_t now)
{
	(void)now;
	if (!pin_is_wanted(script) || *script->facts.identity.imei)
		return ASK_SKIP;
	command->prefix = "";
	return ask_text(script, command, "AT+CGSN");
}

enum step_outcome sim_take_imei(struct script *script, const struct at_event *reply, int64_t now)
{
	(void)now;
	modem_decode_digits(reply->text, 14, 16, script->facts.identity.imei,
			    sizeof(script->facts.identity.imei));
	return STEP_NEXT;
}

/* What the SIM made of the PIN that it got. */
static enum step_ask judge_pin(struct script *script, int64_t now)
{
	struct buf answer = BUF_INIT;

	if (script->pin_answer.kind == AT_FINAL_OK && now - script->pin_at < PIN_GRACE_MS) {
		script->step = PREPARE_SIM;
		script->wake_at = now + retry_ms(script);
		return ASK_JUMP;
	}
	at_final_describe(&script->pin_answer, &answer);
	script_fail(script, CAUSE_PIN,
		    "the SIM has got the PIN (AT+CPIN: %s) and still wants one, "
		    "so it is wrong; it is not sent again",
		    buf_str(&answer));
	buf_free(&answer);
	return ASK_FAIL;
}

/* Whether the PIN may go out, but for what is remembered of it. */
static bool check_pin(struct script *script)
{
	int left = script->facts.pin_left;

	if (!*script->conf->sim.pin)
		script_fail(script, CAUSE_PIN,
			    "the SIM wants its PIN and none is given; set sim.pin");
	else if (left == 0)
		script_fail(script, CAUSE_PUK, PUK_TEXT);
	else if (left > 0 && left < PIN_LEFT_MIN && !script->conf->sim.last_attempt)
		script_fail(script, CAUSE_PIN,
			    "the SIM allows one more attempt before it blocks, "
			    "so no PIN is sent. Enter it in a telephone, or say "
			    "\"gobi-dial run --last-attempt\" if it is right beyond doubt");
	return script->cause == CAUSE_NONE;
}

/* The mark of it is on the disk when this says 0. */
static int note_pin(struct script *script, struct buf *why)
{
	struct pins_key key = key_of(script);

	if (script->pins)
		return script->pins->send(script->pins_ctx, &key, why);
	buf_printf(why, "no PIN is sent: nothing here remembers PINs");
	return -ENOSYS;
}

enum step_ask sim_ask_pin(struct script *script, struct at_command *command, int64_t now)
{
	struct buf why = BUF_INIT;
	int error;

	if (script->facts.sim != MODEM_SIM_PIN)
		return ASK_SKIP;
	if (script->pin_sent)
		return judge_pin(script, now);
	if (!check_pin(script))
		return ASK_FAIL;
	buf_printf(&script->command, "AT+CPIN=");
	if (at_quote(&script->command, script->conf->sim.pin) < 0) {
		script_fail(script, CAUSE_CONFIG, "sim.pin is no PIN");
		return ASK_FAIL;
	}
	error = note_pin(script, &why);
	if (may_note_later(script, error, now))
		script->wake_at = now + PIN_NOTE_RETRY_MS;
	else if (error < 0)
		script_fail(script, CAUSE_PIN, "%s", buf_str(&why));
	buf_free(&why);
	if (error < 0)
		return script->cause == CAUSE_NONE ? ASK_JUMP : ASK_FAIL;
	command->flags = AT_SECRET;
	command->timeout_ms = 20000;
	script->pin_sent = true;
	script->pin_at = now;
	script->pin_answer = (struct at_final){.kind = AT_FINAL_TIMEOUT};
	return ASK_SEND;
}

/* The SIM's own word is what counts: an answer may be lost, and OK or ERROR a mistake. A refusal
 * that is clear is not looked behind. */
enum step_outcome sim_take_pin(struct script *script, const struct at_event *reply, int64_t now)
{
	script->pin_answer = reply->final;
	script->pin_at = now;
	switch (at_final_class(&reply->final)) {
	case AT_ERROR_PUK:
		script->facts.sim = MODEM_SIM_PUK;
		return script_fail(script, CAUSE_PUK, PUK_TEXT);
	case AT_ERROR_PIN:
		return script_fail(script, CAUSE_PIN,
				   "the SIM has refused the PIN: it is wrong. It "
				   "is not sent again; set the right one in sim.pin");
	default:
		script->facts.sim = MODEM_SIM_UNKNOWN;
		script->step = PREPARE_SIM;
		script->wake_at = now;
		script->started_at = now;
		return STEP_JUMP;
	}
}
