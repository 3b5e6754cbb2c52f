/* SPDX-License-Identifier: ISC */
/* The SIM's steps of preparing. */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "at/fields.h"
#include "base/str.h"
#include "conf/conf.h"
#include "modem/pins.h"
#include "modem/step.h"

#define SIM_RETRY_MS      1000
#define SIM_DOUBT_MS      2000
#define SIM_OPENS_MS      200    /* the same after the PIN */
#define SIM_BUSY_LIMIT_MS 300000 /* busy, as some are for a minute after a cold boot */
#define SIM_MUTE_LIMIT_MS 40000
#define SIM_FAIL_LIMIT_MS 20000 /* "SIM failure" that was none */
#define SIM_UNSEEN_MS     5000  /* before the radio of a modem that is up long goes off for it */
#define SIM_WOKEN_MS      7000  /* after that has been done */
#define PIN_LEFT_MIN      2     /* the last attempt is not made */
#define PIN_GRACE_MS      5000  /* after OK to the PIN "SIM PIN" may linger */
#define PIN_UNSURE_MS     30000 /* the same where no counter tells what became of it */
#define PIN_AGAIN_MS      5000  /* before a PIN that was not taken is sent once more */
#define PIN_NOTE_RETRY_MS 100   /* another instance is noting a PIN down */
#define PIN_NOTE_LIMIT_MS 60000
#define SIM_WAKES_MAX     2

#define PUK_TEXT                                                               \
	"the SIM is blocked after too many wrong PINs and wants its PUK; put " \
	"it into a telephone and enter there the PUK that came with it"

/* The PIN's mark stays until READY has been seen; if we end before that, it stays for good. So look
 * again soon after a PIN. */
static int64_t next_look_at(const struct script *script)
{
	return script->now + (script->modem.pin_sent ? SIM_OPENS_MS : SIM_RETRY_MS);
}

/* Some modules see a SIM only when they start it anew. +CFUN=4 does that without a write to their
 * flash; some need 0, in which the port of others goes to sleep. */
static int sim_wake_fun(const struct script *script)
{
	int wakes = script->memory.sim_wakes;

	if (wakes == 0)
		return 4;
	return wakes == 1 && !script->family->sleeps_in_fun_0 ? 0 : -1;
}

static enum step_outcome retry_sim(struct script *script, enum modem_sim sim, int64_t limit_ms,
				   const struct at_event *reply)
{
	const char *what = "the SIM is busy and does not get ready";
	bool is_old = !script_is_early(script, &reply->final);
	bool is_first = script->memory.sim_wakes == 0;
	struct buf answer = BUF_INIT;

	script->facts.sim = sim;
	/* The network is asked too, and that is where the time runs out. */
	if (script->stage == SCRIPT_REGISTER && !script->modem.pin_sent)
		return STEP_NEXT;
	if (sim != MODEM_SIM_BUSY && script->stage == SCRIPT_PREPARE && !script->modem.pin_sent &&
	    sim_wake_fun(script) >= 0 &&
	    script->now - script->started_at >= (is_first && is_old ? SIM_UNSEEN_MS : limit_ms)) {
		script->modem.sim_wakes = true;
		return script_jump(script, STEP_SIM_WAKE);
	}
	if (script->now - script->started_at < limit_ms || (sim == MODEM_SIM_FAILED && !is_old)) {
		script->wake_at = next_look_at(script);
		return script_jump(script, STEP_SIM);
	}
	if (sim == MODEM_SIM_MISSING)
		what = "the modem sees no SIM: none is in it, or the wrong way round, or without "
		       "contact";
	else if (sim == MODEM_SIM_FAILED)
		what = "the modem cannot read the SIM: it is damaged or has bad contact, or wants "
		       "a PIN (set sim.pin)";
	at_final_describe(&reply->final, &answer);
	script_fail(script, CAUSE_SIM, "%s (AT+CPIN?: %s)", what,
		    *reply->text ? reply->text : buf_str(&answer));
	buf_free(&answer);
	return STEP_FAIL;
}

static struct pins_key key_of(const struct script *script)
{
	return (struct pins_key){.pin = script->conf->sim.pin,
				 .iccid = script->facts.iccid,
				 .imei = script->facts.identity.imei,
				 .left = script->facts.pin_left};
}

/* Another instance is noting one down. */
static bool may_note_later(const struct script *script, int error)
{
	return error == -EAGAIN && script->now - script->started_at < PIN_NOTE_LIMIT_MS;
}

/* The SIM is open: the mark of the PIN that did it can go, also of one that was sent before a kill
 * or a power cut. */
static enum step_outcome forget_pin(struct script *script)
{
	struct script_modem *modem = &script->modem;
	struct pins_key key = key_of(script);
	struct buf why = BUF_INIT;
	int error;

	if ((!modem->pin_sent && !modem->pin_pending) || modem->pin_taken)
		return STEP_NEXT;
	if (!modem->pin_sent)
		key.pin = "";
	error = script->pins->note(script->pins_ctx, PINS_EVENT_TAKEN, &key, &why);
	if (may_note_later(script, error)) {
		script->wake_at = script->now + PIN_NOTE_RETRY_MS;
		buf_free(&why);
		return STEP_AGAIN;
	}
	modem->pin_taken = true;
	if (error < 0)
		script_notice(script, "the PIN is right, but its mark stays: %s", buf_str(&why));
	buf_free(&why);
	return STEP_NEXT;
}

/* What only a person can mend ends it for good, so one answer is not enough. */
static bool asks_once_more(struct script *script, int for_ms)
{
	if (script->early_at < 0)
		script->early_at = script->now;
	if (script->now - script->early_at >= for_ms)
		return false;
	script->wake_at = script->now + SIM_RETRY_MS;
	script_jump(script, STEP_SIM);
	return true;
}

/* The SIM is blocked. A PIN that it got before is the one that did it. */
static enum step_outcome fail_puk(struct script *script)
{
	struct pins_key key = key_of(script);
	struct buf why = BUF_INIT;

	if (script->modem.pin_sent)
		script->pins->note(script->pins_ctx, PINS_EVENT_REFUSED, &key, &why);
	else if (asks_once_more(script, SIM_DOUBT_MS))
		return STEP_AGAIN;
	buf_free(&why);
	script->facts.sim = MODEM_SIM_PUK;
	return script_fail(script, CAUSE_PUK, PUK_TEXT);
}

static enum step_outcome judge_sim_state(struct script *script, const struct at_event *reply)
{
	enum modem_sim sim = script->facts.sim;

	if (reply->final.kind == AT_FINAL_TIMEOUT)
		return retry_sim(script, MODEM_SIM_BUSY, SIM_MUTE_LIMIT_MS, reply);
	switch (sim) {
	case MODEM_SIM_BUSY:
		return retry_sim(script, sim, SIM_BUSY_LIMIT_MS, reply);
	case MODEM_SIM_MISSING:
	case MODEM_SIM_FAILED:
		return retry_sim(script, sim, SIM_FAIL_LIMIT_MS, reply);
	case MODEM_SIM_PUK:
		return fail_puk(script);
	case MODEM_SIM_OTHER_LOCK:
		return script_fail(script, CAUSE_SIM,
				   "the modem is locked to another network or SIM: %s",
				   reply->text);
	case MODEM_SIM_READY:
		script->modem.pin_pending = !script->modem.pin_sent && script->pins &&
					    script->pins->pending(script->pins_ctx);
		return STEP_NEXT;
	default:
		/* A modem with no such command has no SIM to unlock; one that does not know its SIM
		 * yet is asked again while it looks for a network. */
		return STEP_NEXT;
	}
}

static bool sim_is_usable(enum modem_sim sim)
{
	return sim == MODEM_SIM_READY || sim == MODEM_SIM_PIN || sim == MODEM_SIM_PUK ||
	       sim == MODEM_SIM_OTHER_LOCK;
}

static enum step_outcome take_sim(struct script *script, const struct at_event *reply)
{
	struct script_modem *modem = &script->modem;
	enum modem_sim *sim = &script->facts.sim;

	if (reply->final.kind != AT_FINAL_OK)
		*sim = step_sim_of_error(&reply->final);
	modem->sim_final = reply->final;
	str_copy(modem->sim_text, sizeof(modem->sim_text), reply->text);
	if (sim_is_usable(*sim) || reply->final.kind == AT_FINAL_TIMEOUT ||
	    modem->sim_radio_checked || script->stage != SCRIPT_PREPARE)
		return judge_sim_state(script, reply);
	return STEP_NEXT;
}

/* With the radio off a SIM may have no power: its error is believed once the radio is on. */
static enum step_outcome ask_sim_radio(struct script *script)
{
	if (sim_is_usable(script->facts.sim) || script->modem.sim_radio_checked ||
	    script->stage != SCRIPT_PREPARE)
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CFUN?");
	return STEP_SEND;
}

static enum step_outcome take_sim_radio(struct script *script, const struct at_event *reply)
{
	struct script_modem *modem = &script->modem;
	struct at_event first = {.final = modem->sim_final, .text = modem->sim_text};

	(void)reply;
	modem->sim_radio_checked = true;
	if (script->facts.radio.state == MODEM_RADIO_OFF)
		return STEP_NEXT;
	return judge_sim_state(script, &first);
}

/* With a SIM that nobody sees the modem is attached to no network; one that is lies, and may be in
 * somebody's call. */
static enum step_outcome ask_sim_used(struct script *script)
{
	if (!script->modem.sim_wakes)
		return STEP_NEXT;
	script->modem.attached = -1;
	buf_printf(&script->command, "AT+CGATT?");
	return STEP_SEND;
}

static enum step_outcome ask_sim_off(struct script *script)
{
	int fun = sim_wake_fun(script);

	if (!script->modem.sim_wakes)
		return STEP_NEXT;
	if (script->modem.attached == 1 || fun < 0) {
		script->modem.sim_wakes = false;
		script->memory.sim_wakes = SIM_WAKES_MAX;
		return script_jump(script, STEP_SIM);
	}
	script->memory.sim_wakes++;
	script->facts.fun = fun;
	buf_printf(&script->command, "AT+CFUN=%d", fun);
	return STEP_SEND;
}

static enum step_outcome take_sim_off(struct script *script, const struct at_event *reply)
{
	if (reply->final.kind != AT_FINAL_OK && reply->final.kind != AT_FINAL_TIMEOUT)
		return STEP_AGAIN;
	script_say(script,
		   "the modem sees no SIM that it can read; its radio is switched off and on "
		   "(+CFUN: %d, 1), in case that helps",
		   script->facts.fun);
	script->facts.radio.state = MODEM_RADIO_OFF;
	return STEP_NEXT;
}

static enum step_outcome ask_sim_power(struct script *script)
{
	if (sim_is_usable(script->facts.sim) || script->stage != SCRIPT_PREPARE ||
	    script->facts.radio.state != MODEM_RADIO_OFF)
		return STEP_NEXT;
	buf_printf(&script->command, "AT+CFUN=1");
	return STEP_SEND;
}

static enum step_outcome take_sim_power(struct script *script, const struct at_event *reply)
{
	bool wakes = script->modem.sim_wakes;

	if (step_repeats_radio_on(script, reply))
		return STEP_AGAIN;
	if (reply->final.kind == AT_FINAL_OK && !wakes) {
		script_say(script,
			   "the radio was off (+CFUN: %d) and the SIM without power; it is on now",
			   script->facts.fun);
		script->born_at = script->now; /* so is the SIM */
	} else if (reply->final.kind != AT_FINAL_OK) {
		script_notice_refused(script, reply, "");
	}
	script->modem.sim_wakes = false;
	script->facts.radio.state = MODEM_RADIO_UNKNOWN;
	script->facts.sim = MODEM_SIM_UNKNOWN;
	script->started_at = script->now - (wakes ? SIM_FAIL_LIMIT_MS - SIM_WOKEN_MS : 0);
	return script_jump(script, STEP_SIM);
}

enum modem_sim step_sim_of_error(const struct at_final *final)
{
	switch (at_final_class(final)) {
	case AT_ERROR_PIN:
		return MODEM_SIM_PIN;
	case AT_ERROR_PUK:
		return MODEM_SIM_PUK;
	case AT_ERROR_BUSY:
		return MODEM_SIM_BUSY;
	case AT_ERROR_SIM:
		return final->code == 10 ? MODEM_SIM_MISSING : MODEM_SIM_FAILED;
	default:
		return MODEM_SIM_UNKNOWN;
	}
}

/* The SIM still wants a PIN after it got ours: wait, or ask the counter. If it proves that no
 * attempt was spent, the PIN may go once more, as its mark has it; otherwise it is wrong. */
static enum step_outcome judge_pin(struct script *script)
{
	struct script_modem *modem = &script->modem;
	struct pins_key key = key_of(script);
	struct buf text = BUF_INIT;
	int error;

	if (modem->pin_answer.kind == AT_FINAL_OK &&
	    script->now - modem->pin_at < (modem->pin_left < 0 ? PIN_UNSURE_MS : PIN_GRACE_MS)) {
		script->wake_at = next_look_at(script);
		return script_jump(script, STEP_SIM);
	}
	if (!modem->pin_refused && !modem->pin_doubted) {
		modem->pin_doubted = true;
		script->facts.pin_left = -1;
		return script_jump(script, STEP_SIM);
	}
	if (!modem->pin_refused && modem->pin_left >= 0 &&
	    script->facts.pin_left >= modem->pin_left) {
		modem->pin_sent = modem->pin_doubted = false;
		script->facts.pin_left = -1;
		script->started_at = script->now;
		script->wake_at = script->now + PIN_AGAIN_MS;
		return script_jump(script, STEP_SIM);
	}
	error = script->pins->note(script->pins_ctx, PINS_EVENT_REFUSED, &key, &text);
	buf_free(&text);
	if (may_note_later(script, error)) {
		script->wake_at = script->now + PIN_NOTE_RETRY_MS;
		return STEP_AGAIN;
	}
	at_final_describe(&modem->pin_answer, &text);
	if (modem->pin_refused)
		script_fail(script, CAUSE_PIN,
			    "the SIM has refused the PIN: it is wrong. It is not sent again; set "
			    "the right one in sim.pin");
	else if (modem->pin_answer.kind == AT_FINAL_TIMEOUT && modem->pin_left < 0)
		script_fail(script, CAUSE_PIN,
			    "the modem was sent the PIN (AT+CPIN: %s), still wants one, and does "
			    "not tell how many attempts are left, so it is not sent again. Try it "
			    "in a telephone, and set the right one in sim.pin",
			    buf_str(&text));
	else
		script_fail(script, CAUSE_PIN,
			    "the SIM has got the PIN (AT+CPIN: %s) and still wants one, so it is "
			    "wrong; it is not sent again",
			    buf_str(&text));
	buf_free(&text);
	return STEP_FAIL;
}

static enum step_outcome ask_pin(struct script *script)
{
	struct pins_key key = key_of(script);
	struct buf why = BUF_INIT;
	int left = script->facts.pin_left, error = -ENOSYS;

	if (script->facts.sim == MODEM_SIM_READY)
		return forget_pin(script);
	if (script->facts.sim != MODEM_SIM_PIN)
		return STEP_NEXT;
	/* It was right, so the modem has started anew since, perhaps with another card. */
	if (script->modem.pin_sent && script->modem.pin_taken) {
		script->modem.pin_sent = script->modem.pin_taken = false;
		script->modem.pin_doubted = false;
		script->facts.pin_left = -1;
		script->facts.iccid[0] = '\0';
		return script_jump(script, STEP_SIM);
	}
	if (script->modem.pin_sent)
		return judge_pin(script);
	/* A modem that still reads a SIM without a PIN may say "SIM PIN", as an RM520N does. */
	if (!*script->conf->sim.pin &&
	    asks_once_more(script, script_is_early(script, &script->modem.sim_final)
					   ? SCRIPT_EARLY_MS
					   : SIM_DOUBT_MS))
		return STEP_AGAIN;
	if (!*script->conf->sim.pin)
		return script_fail(script, CAUSE_PIN,
				   "the SIM wants its PIN and none is given; set sim.pin");
	if (left == 0)
		return script_fail(script, CAUSE_PUK, PUK_TEXT);
	if (left > 0 && left < PIN_LEFT_MIN && !script->conf->sim.last_attempt)
		return script_fail(
			script, CAUSE_PIN,
			"the SIM allows one more attempt before it blocks, so no PIN is "
			"sent. Enter "
			"it in a telephone, or say \"gobi-dial run --last-attempt\" if it is right "
			"beyond doubt");
	buf_printf(&script->command, "AT+CPIN=");
	if (at_quote(&script->command, script->conf->sim.pin) < 0)
		return script_fail(script, CAUSE_CONFIG, "sim.pin is not a valid PIN");
	if (script->command.failed)
		return script_fail(script, CAUSE_INTERNAL, "no PIN is sent: %s", strerror(ENOMEM));
	/* Its mark is on the disk when this does not fail. */
	if (script->pins)
		error = script->pins->note(script->pins_ctx, PINS_EVENT_SEND, &key, &why);
	else
		buf_printf(&why, "no PIN is sent: nothing here remembers PINs");
	if (may_note_later(script, error))
		script->wake_at = script->now + PIN_NOTE_RETRY_MS;
	else if (error < 0)
		script_fail(script, pins_cause(error), "%s", buf_str(&why));
	buf_free(&why);
	if (error < 0)
		return script->cause == CAUSE_NONE ? STEP_AGAIN : STEP_FAIL;
	if (error == PINS_AGAIN)
		script_notice(script,
			      "the modem has not taken the PIN, %d attempts are left as before; it "
			      "is sent once more",
			      left);
	script->modem.pin_sent = true;
	script->modem.pin_left = left;
	script->modem.pin_at = script->now;
	script->modem.pin_answer = (struct at_final){.kind = AT_FINAL_TIMEOUT};
	return STEP_SEND;
}

/* What +CPIN? says afterwards is what counts, since an answer may get lost, and OK or ERROR may be
 * wrong. Only a clear refusal is taken at its word. */
static enum step_outcome take_pin(struct script *script, const struct at_event *reply)
{
	script->modem.pin_answer = reply->final;
	script->modem.pin_at = script->now;
	switch (at_final_class(&reply->final)) {
	case AT_ERROR_PUK:
		return fail_puk(script);
	case AT_ERROR_PIN:
		script->modem.pin_refused = true;
		return STEP_AGAIN;
	default:
		script->facts.sim = MODEM_SIM_UNKNOWN;
		script->wake_at = script->started_at = script->now;
		return script_jump(script, STEP_SIM);
	}
}

/* clang-format off */
#define PIN_LEFT .fact = FACT_PIN_LEFT, .timeout_s = 3
#define ICCID    .when = IF_ICCID_WANTED, .fact = FACT_ICCID, .plain = true, .timeout_s = 3

static const struct step rows[] = {
	{ "AT+CPIN?", .when = IF_SIM_UNSETTLED, .fact = FACT_SIM, .take = take_sim, .timeout_s = 10,
	  .label = STEP_SIM },
	{ .ask = ask_sim_radio, .fact = FACT_FUN, .take = take_sim_radio },
	{ .ask = ask_sim_used, .fact = FACT_ATTACHED, .label = STEP_SIM_WAKE },
	{ .ask = ask_sim_off, .take = take_sim_off, .timeout_s = 30 },
	{ .ask = ask_sim_power, .take = take_sim_power, .timeout_s = 30 },
	/* Try the vendor's PIN counter first. For an unknown vendor try them all; unsupported ones
	 * fail at once. */
	{ STEP_FAMILY(pin_left), .when = IF_PIN_LEFT_WANTED, PIN_LEFT },
	{ "AT+CPINC?", .when = IF_PIN_LEFT_GUESSED, PIN_LEFT },
	{ "AT+QPINC=\"SC\"", .when = IF_PIN_LEFT_GUESSED, PIN_LEFT },
	{ "AT+UPINCNT", .when = IF_PIN_LEFT_GUESSED, PIN_LEFT },
	{ "AT^CPIN?", .when = IF_PIN_LEFT_GUESSED, PIN_LEFT },
	/* Then 27.007 8.65, and an empty VERIFY: without a PIN in it the card tells how often one may
	 * still be tried, and counts nothing (TS 102 221 11.1.9; an older card says 6E00 or 6700). */
	{ "AT+CPINR=\"SIM PIN\"", .when = IF_PIN_LEFT_WANTED, PIN_LEFT },
	{ "AT+EPINC?", .when = IF_PIN_LEFT_WANTED, PIN_LEFT }, /* MediaTek's */
	{ "AT+CSIM=10,\"0020000100\"", .when = IF_PIN_LEFT_WANTED, PIN_LEFT },
	/* Sierra's !ICCID?, for one, is refused before the PIN is in; EF ICCID itself can always be
	 * read (TS 102 221 13.2). */
	{ STEP_FAMILY(iccid), ICCID },
	{ "AT+CCID", ICCID },
	{ "AT+ICCID", ICCID },
	{ "AT+CRSM=176,12258,0,0,10", ICCID },
	{ "AT+CGSN", .when = IF_IMEI_WANTED, .fact = FACT_IMEI, .plain = true, .timeout_s = 3 },
	{ .ask = ask_pin, .take = take_pin, .timeout_s = 20, .flags = AT_SECRET },
};
/* clang-format on */

const struct steps steps_sim = STEPS(rows);
