/* SPDX-License-Identifier: ISC */
/* What the modem said of itself, its SIM, its radio and its network. */
#include <errno.h>
#include <string.h>

#include "base/count.h"
#include "conf/conf.h"
#include "doctor/checks.h"
#include "io/probe.h"
#include "modem/network.h"
#include "modem/script.h"

#define PERCENT_WEAK 17 /* +CSQ: 5, -103 dBm */

static const char *judge_answers(const struct doctor_facts *facts, struct finding *finding)
{
	const char *why = facts->ask_text;

	if (facts->modem && !*why)
		return NULL;
	if (facts->modem) {
		buf_printf(&finding->text, "not everything could be asked: %s", why);
		return "half-asked";
	}
	if (*facts->job.device.path && facts->probe && facts->probe->cause == CAUSE_NO_MODEM)
		why = "the modem has no tty";
	buf_printf(&finding->text, "the modem could not be asked about SIM, radio and network%s%s",
		   *why ? ": " : "", why);
	return "not-asked";
}

static const char *judge_identity(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_identity *is = facts->modem ? &facts->modem->identity : NULL;

	if (!is || !*is->model)
		return NULL;
	buf_printf(&finding->text, "it calls itself %s%s%s", is->manufacturer,
		   *is->manufacturer ? " " : "", is->model);
	if (*is->revision)
		buf_printf(&finding->evidence, "revision %s\n", is->revision);
	if (*is->imei)
		buf_printf(&finding->evidence, "IMEI %s\n", is->imei);
	return "modem-identity";
}

static bool pin_is_last(const struct modem_facts *modem)
{
	return modem->pin_left >= 0 && modem->pin_left < 2;
}

static const char *not_yet(const struct modem_facts *modem)
{
	return modem->sim_early ? "; not yet more: the modem has just started" : "";
}

static const char *judge_needed_pin(const struct doctor_facts *facts, struct finding *finding)
{
	int left = facts->modem->pin_left;

	if (left >= 0)
		buf_printf(&finding->evidence, "the SIM accepts %d more attempts at its PIN\n",
			   left);
	if (!*facts->conf->sim.pin) {
		buf_printf(&finding->text, "the SIM needs its PIN, and none is configured%s",
			   not_yet(facts->modem));
		buf_printf(&finding->fix,
			   "echo 'sim: { pin = \"PIN\"; };' >> %s\n"
			   "chmod 600 %s\n",
			   facts->conf_path, facts->conf_path);
		return "pin-missing";
	}
	if (pin_is_last(facts->modem) || facts->pin_verdict < 0)
		return NULL;
	buf_printf(&finding->text, "the SIM needs its PIN, and run will enter the configured one");
	return "pin-given";
}

static const char *judge_sim(const struct doctor_facts *facts, struct finding *finding)
{
	static const struct {
		const char *code, *text;
	} states[] = {
		[MODEM_SIM_UNKNOWN] = {"sim-unknown", "the modem does not report the SIM's state"},
		[MODEM_SIM_READY] = {"sim-ready", "the SIM is ready"},
		[MODEM_SIM_PUK] = {"sim-puk", "the SIM is blocked and needs its PUK"},
		[MODEM_SIM_MISSING] = {"sim-missing", "the modem sees no SIM"},
		[MODEM_SIM_BUSY] = {"sim-busy", "the SIM is busy"},
		[MODEM_SIM_FAILED] = {"sim-failed", "the modem reports a failure of the SIM"},
		[MODEM_SIM_OTHER_LOCK] = {"modem-locked",
					  "the modem is locked to another network or SIM"},
	};
	enum modem_sim sim;

	if (!facts->modem)
		return NULL;
	sim = facts->modem->sim;
	if (sim == MODEM_SIM_PIN)
		return judge_needed_pin(facts, finding);
	if (sim == MODEM_SIM_UNKNOWN && *facts->ask_text)
		return NULL; /* it was not asked to the end */
	if (sim == MODEM_SIM_READY && !*facts->modem->imsi && !facts->modem->registered &&
	    !*facts->ask_text && !facts->instance.runs) {
		buf_printf(&finding->text, "the SIM tells no IMSI: is it an eSIM without a "
					   "profile?");
		return "sim-failed";
	}
	buf_printf(&finding->text, "%s%s", states[sim].text, not_yet(facts->modem));
	if (sim == MODEM_SIM_READY && *facts->modem->imsi)
		buf_printf(&finding->evidence, "IMSI %s\n", facts->modem->imsi);
	return states[sim].code;
}

static const char *judge_last_pin(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_facts *modem = facts->modem;

	if (!modem || modem->sim != MODEM_SIM_PIN || !pin_is_last(modem))
		return NULL;
	buf_printf(&finding->text, "the SIM accepts %d more PIN before it blocks itself",
		   modem->pin_left);
	return "pin-last-attempt";
}

/* An open SIM clears a PIN whose answer got lost, but not one that it has refused. */
static const char *judge_sent_pin(const struct doctor_facts *facts, struct finding *finding)
{
	int verdict = facts->pin_verdict;
	bool open = verdict != 0 && facts->modem->sim == MODEM_SIM_READY;

	if (verdict == 0 || (!open && facts->modem->sim != MODEM_SIM_PIN))
		return NULL;
	if (verdict < 0 && (!open || (verdict != -ENODATA && verdict != -EALREADY))) {
		buf_printf(&finding->text, "%s", buf_str(&facts->pin_text));
		return open ? "pin-recorded" : "pin-held";
	}
	buf_printf(&finding->text, "the PIN was sent before and its answer got lost; %s",
		   open ? "the SIM is open, and run will remove the record"
			: "no attempt was spent, and run will send it once more");
	return "pin-recorded";
}

static bool modem_radio_is_off(const struct modem_facts *modem)
{
	return modem->radio.state == MODEM_RADIO_OFF || modem->radio.state == MODEM_RADIO_LOW_POWER;
}

static const char *judge_radio(const struct doctor_facts *facts, struct finding *finding)
{
	bool blocked = facts->rfkill.len > 0;
	const char *why;

	if (!facts->modem || !modem_radio_is_off(facts->modem))
		return NULL;
	why = modem_radio_reason_text(blocked ? MODEM_RADIO_RFKILL : facts->modem->radio.reason);
	buf_printf(&finding->text, "the radio is off%s%s", *why ? ": " : "", why);
	if (blocked) {
		buf_printf(&finding->evidence, "%s\n", buf_str(&facts->rfkill));
		buf_printf(&finding->fix, "rfkill unblock wwan\n");
	}
	return "radio-off";
}

static const char *judge_network(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_facts *modem = facts->modem;
	bool searching;

	if (!modem)
		return NULL;
	if (modem->registered) {
		buf_printf(&finding->text, "the modem is registered with %s%s",
			   *modem->operator ? modem->operator
			   : *modem->mccmnc ? modem->mccmnc
					    : "a network",
			   modem->roaming ? ", as a guest" : "");
		return "registered";
	}
	if (modem_radio_is_off(modem))
		return NULL;
	if (modem->no_roaming)
		buf_printf(&finding->evidence, "the modem is set not to roam\n");
	if (modem->reject.cause > 0) {
		buf_printf(&finding->text, "the network refuses the modem: ");
		modem_reject_print(&modem->reject, &finding->text);
		return "network-refuses";
	}
	if (modem_stands_at(modem, MODEM_REG_DENIED)) {
		buf_printf(&finding->text, "the network refuses the modem");
		return "network-denies";
	}
	if (modem_stands_at(modem, MODEM_REG_HOME_SMS) ||
	    modem_stands_at(modem, MODEM_REG_ROAMING_SMS)) {
		buf_printf(&finding->text, "the network lets the modem send messages only");
		return "network-denies";
	}
	searching = modem_stands_at(modem, MODEM_REG_SEARCHING);
	if ((modem->sim == MODEM_SIM_READY || modem->sim == MODEM_SIM_UNKNOWN) &&
	    modem_network_is_known(modem)) {
		buf_printf(&finding->text, "the modem is not registered with a network%s",
			   searching ? " yet: it is searching" : "");
		return "not-registered";
	}
	if (*facts->ask_text || (modem->sim != MODEM_SIM_READY && modem->sim != MODEM_SIM_UNKNOWN))
		return NULL;
	buf_printf(&finding->text, "the modem does not report whether it is registered");
	return "network-unknown";
}

/* A modem lists networks of its own technologies only, as it is set. */
static const char *judge_scan(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_scan *scan = facts->scan;
	struct mode own = {.allowed = scan && scan->own ? scan->own : MODE_ALL};
	struct buf *text = &finding->text;

	if (!scan || (!facts->modem && !facts->instance.runs))
		return NULL;
	if (facts->instance.runs || !scan->done) {
		buf_printf(text, "no networks were looked for: %s",
			   facts->instance.runs ? "that would end the running instance's link"
						: "the modem refused, or took too long");
		if (facts->instance.runs)
			check_put_command(facts, "stop", &finding->fix);
		return "scan-not-done";
	}
	buf_printf(&finding->evidence, "%s", buf_str(&scan->names));
	buf_printf(text, "networks that the modem finds here: %d", scan->networks);
	if (scan->forbidden)
		buf_printf(text, ", of which its SIM may not use %d", scan->forbidden);
	if (own.allowed == MODE_ALL) {
		buf_printf(text, "; which technologies it has is not known");
	} else {
		buf_printf(text, "; it has ");
		mode_print(own, text);
	}
	if (scan->networks > 0 && scan->forbidden == scan->networks && !facts->modem->registered)
		return "networks-forbidden";
	if (facts->modem->registered ||
	    (scan->networks > 0 && (!scan->offered || scan->offered & own.allowed)))
		return "networks-found";
	return scan->networks > 0 || !(own.allowed & (MODE_4G | MODE_5G)) ? "technology-gone"
									  : "no-networks";
}

static const char *judge_roaming(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_facts *modem = facts->modem;

	if (!modem || !modem->registered || !modem->roaming || facts->conf->network.roaming)
		return NULL;
	buf_printf(&finding->text,
		   "the network is a foreign one, and network.roaming = false forbids its use");
	return "roaming-forbidden";
}

static const char *judge_signal(const struct doctor_facts *facts, struct finding *finding)
{
	int percent = facts->modem ? modem_signal_percent(&facts->modem->signal) : -1;

	if (percent < 0 || percent > PERCENT_WEAK)
		return NULL;
	buf_printf(&finding->text, "the signal is weak: %d %%", percent);
	return "signal-weak";
}

static const char *judge_apn(const struct doctor_facts *facts, struct finding *finding)
{
	const struct modem_facts *modem = facts->modem;
	int cid = facts->conf->network.cid > 0 ? facts->conf->network.cid : 1;
	bool is_free = strcmp(facts->conf->network.apn, "auto") == 0;
	struct apn_try first;

	if (!modem || (*facts->conf->network.apn && !is_free))
		return NULL;
	if (is_free && facts->providers) {
		const struct provider_sim sim = apn_sim_of(modem);

		/* A SIM that cannot be read yet is in no table. */
		if (!*modem->imsi || provider_find(facts->providers, &sim, &first, 1) > 0)
			return NULL;
	}
	for (size_t i = 0; i < modem->context_count; i++)
		if (modem->contexts[i].cid == cid && *modem->contexts[i].apn)
			return NULL;
	buf_printf(
		&finding->text,
		"no access point name (APN) is configured, and the modem's context %d has none%s",
		cid,
		!is_free           ? ""
		: facts->providers ? "; nor has the provider table one for the SIM's network"
				   : "; this program has no provider table");
	buf_printf(&finding->fix, "echo 'network: { apn = \"internet\"; };' >> %s\n",
		   facts->conf_path);
	return "apn-missing";
}

/* clang-format off */
static const struct check checks[] = {
	{ "not-asked", DOCTOR_NOTE, judge_answers, NULL },
	{ "half-asked", DOCTOR_NOTE, judge_answers, NULL },
	{ "modem-identity", DOCTOR_OK, judge_identity, NULL },
	{ "sim-ready", DOCTOR_OK, judge_sim, NULL },
	{ "pin-missing", DOCTOR_PROBLEM, judge_sim,
	  "Write the card's own PIN in place of PIN; run refuses the file until it is there. "
	  "doctor never enters a PIN.",
	  .cause = CAUSE_PIN },
	{ "pin-given", DOCTOR_OK, judge_sim, NULL },
	{ "pin-last-attempt", DOCTOR_PROBLEM, judge_last_pin,
	  "gobi-dial does not use it up. Put the card into a phone and enter the PIN there; that "
	  "resets the counter.",
	  .cause = CAUSE_PIN },
	{ "pin-held", DOCTOR_PROBLEM, judge_sent_pin,
	  "A PIN that may be wrong is not sent twice, because the third wrong one blocks the SIM. Its "
	  "record goes when run sees the SIM open, or when somebody removes the file.",
	  .cause = CAUSE_PIN },
	{ "pin-recorded", DOCTOR_NOTE, judge_sent_pin, NULL },
	{ "sim-puk", DOCTOR_PROBLEM, judge_sim,
	  "Put it into a phone and enter the PUK that came with the card. Ten wrong ones destroy "
	  "the card.",
	  .cause = CAUSE_PUK },
	{ "sim-missing", DOCTOR_PROBLEM, judge_sim,
	  "Is it inserted, the right way round, in the slot that belongs to this modem? Many "
	  "routers need a restart to see a new one.",
	  .cause = CAUSE_SIM },
	{ "sim-busy", DOCTOR_NOTE, judge_sim,
	  "This is normal for some seconds after power-up: try again. run waits for it." },
	{ "sim-failed", DOCTOR_PROBLEM, judge_sim,
	  "Some modems report this in their first seconds, or when only the PIN is missing. If it "
	  "stays so, try the card in a phone.",
	  .cause = CAUSE_SIM },
	{ "sim-unknown", DOCTOR_NOTE, judge_sim,
	  "A modem without a SIM slot has no answer to this; run goes on." },
	{ "modem-locked", DOCTOR_PROBLEM, judge_sim,
	  "Only the seller can give you the code that unlocks it.",
	  .cause = CAUSE_SIM },
	{ "radio-off", DOCTOR_PROBLEM, judge_radio,
	  "run switches it on if it can. If it is off again, a switch or a key of the computer, or "
	  "the W_DISABLE pin of the slot, keeps it off.",
	  .cause = CAUSE_RADIO_OFF },
	{ "registered", DOCTOR_OK, judge_network, NULL },
	{ "roaming-forbidden", DOCTOR_PROBLEM, judge_roaming, NULL,
	  .cause = CAUSE_NOT_REGISTERED },
	{ "network-denies", DOCTOR_PROBLEM, judge_network,
	  "It does not say why. Is the SIM activated, does its contract cover this network and this "
	  "modem, and is network.apn right? Trying again seldom helps.",
	  .cause = CAUSE_NOT_REGISTERED },
	{ "network-refuses", DOCTOR_PROBLEM, judge_network, NULL,
	  .cause = CAUSE_NOT_REGISTERED },
	{ "not-registered", DOCTOR_PROBLEM, judge_network,
	  "After power-up this may take a minute or two. If it stays so, check the antenna, the "
	  "location, network.operator, and whether the modem has a technology that is used here.",
	  .cause = CAUSE_NOT_REGISTERED },
	{ "scan-not-done", DOCTOR_NOTE, judge_scan, NULL },
	{ "networks-found", DOCTOR_OK, judge_scan, NULL },
	{ "networks-forbidden", DOCTOR_PROBLEM, judge_scan,
	  "All have refused the SIM before: ask its operator whether it is active, and may roam here.",
	  .cause = CAUSE_NOT_REGISTERED },
	{ "technology-gone", DOCTOR_PROBLEM, judge_scan,
	  "The networks here have switched these off, or are out of reach. No setting mends the "
	  "first: it takes a modem with LTE.",
	  .cause = CAUSE_NOT_REGISTERED },
	{ "no-networks", DOCTOR_PROBLEM, judge_scan,
	  "Check the antenna, the place and network.mode. A modem of 2G or 3G alone finds none where "
	  "these are switched off.",
	  .cause = CAUSE_NOT_REGISTERED },
	{ "network-unknown", DOCTOR_NOTE, judge_network,
	  "run waits for such a report, for network.register_timeout at most." },
	{ "signal-weak", DOCTOR_NOTE, judge_signal,
	  "Calls fail and links stall. Try another place, an outdoor antenna, or connect both "
	  "antennas of the modem." },
	{ "apn-missing", DOCTOR_NOTE, judge_apn,
	  "It is the operator's name for the way to the internet; the operator publishes it. Write "
	  "it in place of \"internet\". Some networks accept a call without it, most do not." },
};
/* clang-format on */

const struct check_table checks_modem = {checks, COUNT(checks)};
