/* SPDX-License-Identifier: ISC */
/* What the modem said of itself, its SIM, its radio and its network. */
#include <string.h>

#include "base/count.h"
#include "doctor/checks.h"

#define PERCENT_WEAK 17 /* +CSQ: 5, -103 dBm */

static bool is_sim(const struct doctor_facts *facts, enum modem_sim sim)
{
	return facts->modem && facts->modem->sim == sim;
}

static bool holds_not_asked(const struct doctor_facts *facts, struct finding *finding)
{
	const char *why = facts->ask_text;

	if (facts->modem)
		return false;
	if (*facts->device.path && facts->probe_cause == CAUSE_NO_MODEM)
		why = "the modem has no tty";
	buf_printf(&finding->text, "SIM, radio and network could not be asked about%s%s",
		   *why ? ": " : "", why);
	return true;
}

static bool holds_half_asked(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->modem || !*facts->ask_text)
		return false;
	buf_printf(&finding->text, "not all could be asked: %s", facts->ask_text);
	return true;
}

static bool holds_identity(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_identity *is;

	if (!facts->modem || !*facts->modem->identity.model)
		return false;
	is = &facts->modem->identity;
	buf_printf(&finding->text, "it calls itself %s%s%s", is->manufacturer,
		   *is->manufacturer ? " " : "", is->model);
	if (*is->revision)
		buf_printf(&finding->evidence, "revision %s\n", is->revision);
	if (*is->imei)
		buf_printf(&finding->evidence, "IMEI %s\n", is->imei);
	return true;
}

static bool holds_sim_ready(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_READY))
		return false;
	buf_printf(&finding->text, "the SIM is ready");
	if (*facts->modem->imsi)
		buf_printf(&finding->evidence, "IMSI %s\n", facts->modem->imsi);
	return true;
}

static void put_attempts(const struct doctor_facts *facts, struct buf *out)
{
	if (facts->modem->pin_left >= 0)
		buf_printf(out, "%d attempts are left for the PIN\n", facts->modem->pin_left);
}

static bool holds_pin_missing(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_PIN) || facts->conf.pin_set)
		return false;
	buf_printf(&finding->text, "the SIM wants its PIN and none is given");
	put_attempts(facts, &finding->evidence);
	buf_printf(&finding->fix,
		   "echo 'sim: { pin = \"PIN\"; };' >> %s\n"
		   "chmod 600 %s\n",
		   facts->conf.path, facts->conf.path);
	return true;
}

static bool is_last_attempt(const struct doctor_facts *facts)
{
	return facts->modem->pin_left >= 0 && facts->modem->pin_left < 2;
}

static bool holds_pin_given(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_PIN) || !facts->conf.pin_set || is_last_attempt(facts))
		return false;
	buf_printf(&finding->text, "the SIM wants its PIN, and run will give it the one that "
				   "is configured");
	put_attempts(facts, &finding->evidence);
	return true;
}

static bool holds_pin_last(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_PIN) || !is_last_attempt(facts))
		return false;
	buf_printf(&finding->text, "the SIM takes %d more PIN before it blocks itself",
		   facts->modem->pin_left);
	return true;
}

static bool holds_puk(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_PUK))
		return false;
	buf_printf(&finding->text, "the SIM is blocked and wants its PUK");
	return true;
}

static bool holds_no_sim(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_MISSING))
		return false;
	buf_printf(&finding->text, "the modem sees no SIM");
	return true;
}

static bool holds_sim_busy(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_BUSY))
		return false;
	buf_printf(&finding->text, "the SIM is busy");
	return true;
}

static bool holds_sim_failed(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_FAILED))
		return false;
	buf_printf(&finding->text, "the modem says that the SIM fails");
	return true;
}

static bool holds_locked(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_OTHER_LOCK))
		return false;
	buf_printf(&finding->text, "the modem is locked to another network or SIM");
	return true;
}

/* What a modem that was asked to the end has not told. */
static bool holds_sim_unknown(const struct doctor_facts *facts, struct finding *finding)
{
	if (!is_sim(facts, MODEM_SIM_UNKNOWN) || *facts->ask_text)
		return false;
	buf_printf(&finding->text, "the modem does not tell how its SIM is doing");
	return true;
}

static bool radio_is_off(const struct doctor_facts *facts)
{
	return facts->modem && (facts->modem->radio.state == MODEM_RADIO_OFF ||
				facts->modem->radio.state == MODEM_RADIO_LOW_POWER);
}

static bool holds_radio_off(const struct doctor_facts *facts, struct finding *finding)
{
	enum modem_radio_reason reason;
	const char *why;

	if (!radio_is_off(facts))
		return false;
	reason = *facts->rfkill ? MODEM_RADIO_RFKILL : facts->modem->radio.reason;
	why = modem_radio_reason_text(reason);
	buf_printf(&finding->text, "the radio is off%s%s", *why ? ": " : "", why);
	if (!*facts->rfkill)
		return true;
	buf_printf(&finding->evidence, "%s\n", facts->rfkill);
	buf_printf(&finding->fix, "rfkill unblock wwan\n");
	return true;
}

/* Some domain says `reg`, and none that it is registered. */
static bool stands_at(const struct doctor_facts *facts, enum modem_reg reg)
{
	const struct modem_facts *modem = facts->modem;

	return modem && !modem->registered && !radio_is_off(facts) && modem_stands_at(modem, reg);
}

static bool holds_registered(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_facts *modem = facts->modem;

	if (!modem || !modem->registered)
		return false;
	buf_printf(&finding->text, "%s has taken the modem%s",
		   *modem->operator ? modem->operator
		   : *modem->mccmnc ? modem->mccmnc
				    : "a network",
		   modem->roaming ? ", as a guest" : "");
	return true;
}

static bool holds_roaming(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->modem || !facts->modem->registered || !facts->modem->roaming ||
	    facts->conf.roaming)
		return false;
	buf_printf(&finding->text, "the network is a foreign one, and network.roaming = false "
				   "forbids its use");
	return true;
}

static bool holds_denied(const struct doctor_facts *facts, struct finding *finding)
{
	if (!stands_at(facts, MODEM_REG_DENIED))
		return false;
	buf_printf(&finding->text, "the network refuses the modem");
	return true;
}

static bool holds_unregistered(const struct doctor_facts *facts, struct finding *finding)
{
	if (stands_at(facts, MODEM_REG_DENIED) ||
	    !(stands_at(facts, MODEM_REG_SEARCHING) || stands_at(facts, MODEM_REG_IDLE)) ||
	    facts->modem->sim != MODEM_SIM_READY)
		return false;
	buf_printf(&finding->text, "no network has taken the modem%s",
		   stands_at(facts, MODEM_REG_SEARCHING) ? " yet: it searches" : "");
	return true;
}

static bool holds_network_unknown(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->modem || *facts->ask_text || radio_is_off(facts) ||
	    (!is_sim(facts, MODEM_SIM_READY) && !is_sim(facts, MODEM_SIM_UNKNOWN)) ||
	    modem_network_is_known(facts->modem))
		return false;
	buf_printf(&finding->text, "the modem does not tell whether a network has taken it");
	return true;
}

static bool holds_weak(const struct doctor_facts *facts, struct finding *finding)
{
	int percent = facts->modem ? modem_signal_percent(&facts->modem->signal) : -1;

	if (percent < 0 || percent > PERCENT_WEAK)
		return false;
	buf_printf(&finding->text, "the signal is weak: %d %%", percent);
	return true;
}

static bool holds_no_apn(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_facts *modem = facts->modem;

	if (*facts->conf.apn || !modem)
		return false;
	for (size_t i = 0; i < modem->context_count; i++)
		if (modem->contexts[i].cid == facts->conf.cid && *modem->contexts[i].apn)
			return false;
	buf_printf(&finding->text,
		   "no access point name (APN) is given, and context %d of the modem has none",
		   facts->conf.cid);
	buf_printf(&finding->fix, "echo 'network: { apn = \"internet\"; };' >> %s\n",
		   facts->conf.path);
	return true;
}

/* clang-format off */
static const struct check checks[] = {
	{ "not-asked", DOCTOR_NOTE, holds_not_asked, NULL },
	{ "half-asked", DOCTOR_NOTE, holds_half_asked, NULL },
	{ "modem-identity", DOCTOR_OK, holds_identity, NULL },
	{ "sim-ready", DOCTOR_OK, holds_sim_ready, NULL },
	{ "pin-missing", DOCTOR_PROBLEM, holds_pin_missing,
	  "The card's own PIN goes where PIN stands; run refuses the file "
	  "until it is there. doctor enters none.",
	  .cause = CAUSE_PIN },
	{ "pin-given", DOCTOR_OK, holds_pin_given, NULL },
	{ "pin-last-attempt", DOCTOR_PROBLEM, holds_pin_last,
	  "gobi-dial does not spend it. Put the card into a telephone and "
	  "enter the PIN there; that sets the counter back.",
	  .cause = CAUSE_PIN },
	{ "sim-puk", DOCTOR_PROBLEM, holds_puk,
	  "Put it into a telephone and enter the PUK there, which came with "
	  "the card. Ten wrong ones and the card is lost.",
	  .cause = CAUSE_PUK },
	{ "sim-missing", DOCTOR_PROBLEM, holds_no_sim,
	  "Is it in, the right way round, and in the slot that belongs to "
	  "this modem? Many routers need a restart to see a new one.",
	  .cause = CAUSE_SIM },
	{ "sim-busy", DOCTOR_NOTE, holds_sim_busy,
	  "For some seconds after power-up that is normal: try again. run "
	  "waits for it." },
	{ "sim-failed", DOCTOR_PROBLEM, holds_sim_failed,
	  "Some say so in their first seconds, or when only the PIN is "
	  "missing. If it stays so, try the card in a telephone.",
	  .cause = CAUSE_SIM },
	{ "sim-unknown", DOCTOR_NOTE, holds_sim_unknown,
	  "A modem without a slot for one has no word for it; run goes on." },
	{ "modem-locked", DOCTOR_PROBLEM, holds_locked,
	  "Only who sold it can tell the code that unlocks it.",
	  .cause = CAUSE_SIM },
	{ "radio-off", DOCTOR_PROBLEM, holds_radio_off,
	  "run switches it on if it can. If it is off again, a switch or a key "
	  "of the computer, or the W_DISABLE pin of the slot, holds it.",
	  .cause = CAUSE_RADIO_OFF },
	{ "registered", DOCTOR_OK, holds_registered, NULL },
	{ "roaming-forbidden", DOCTOR_PROBLEM, holds_roaming, NULL,
	  .cause = CAUSE_NOT_REGISTERED },
	{ "network-denies", DOCTOR_PROBLEM, holds_denied,
	  "The SIM's contract does not cover it: not activated, blocked, or "
	  "no contract here. Trying again does not help.",
	  .cause = CAUSE_NOT_REGISTERED },
	{ "not-registered", DOCTOR_PROBLEM, holds_unregistered,
	  "After power-up it may take a minute or two. If it stays so: the "
	  "aerial, the place, network.operator, or a technology that this "
	  "modem does not have.", .cause = CAUSE_NOT_REGISTERED },
	{ "network-unknown", DOCTOR_NOTE, holds_network_unknown,
	  "run waits until it is told so, for network.register_timeout at "
	  "most." },
	{ "signal-weak", DOCTOR_NOTE, holds_weak,
	  "Calls fail, and links stall. Better: another place, an aerial "
	  "outside, both aerials of the modem." },
	{ "apn-missing", DOCTOR_NOTE, holds_no_apn,
	  "It is the operator's name for the way to the internet, and he "
	  "tells it; it goes where \"internet\" stands. Some networks take a "
	  "call without, most do not." },
};
/* clang-format on */

const struct check_table checks_modem = {checks, COUNT(checks)};
