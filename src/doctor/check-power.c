/* SPDX-License-Identifier: ISC */
/* The modem's power key: whether its lines are there, and what STATUS says to them. */
#include "base/count.h"
#include "conf/conf.h"
#include "doctor/checks.h"
#include "io/power-key.h"
#include "io/probe.h"

static const char *judge_lines(const struct doctor_facts *facts, struct finding *finding)
{
	static const struct {
		enum power_result result;
		const char *code;
	} rows[] = {
		{POWER_RESULT_NO_CHIP, "power-chip-missing"},
		{POWER_RESULT_NO_LINE, "power-line-missing"},
		{POWER_RESULT_HELD, "power-line-held"},
		{POWER_RESULT_DENIED, "power-denied"},
		{POWER_RESULT_BROKEN, "power-chip-broken"},
	};

	for (size_t i = 0; facts->power_configured && i < COUNT(rows); i++) {
		if (rows[i].result != facts->power_check)
			continue;
		power_key_explain(facts->conf, facts->power_check, &finding->text);
		if (facts->power_check == POWER_RESULT_NO_CHIP)
			buf_printf(&finding->fix,
				   "grep . /sys/bus/gpio/devices/gpiochip*/uevent\n");
		return rows[i].code;
	}
	return NULL;
}

static const char *judge_status(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->power_configured || facts->power_check != POWER_RESULT_DONE)
		return NULL;
	if (facts->power_past.act >= 0 && facts->power_past.result == POWER_RESULT_NO_EFFECT) {
		buf_printf(&finding->text, "STATUS did not change when the key was pressed");
		buf_printf(&finding->evidence,
			   "key is line %s, STATUS line %s of %s; STATUS is %d\n",
			   facts->conf->power.key, facts->conf->power.status,
			   facts->conf->power.chip, facts->power_status);
		return "power-no-effect";
	}
	if (facts->power_status == 0 && facts->probe && facts->probe->chosen >= 0) {
		buf_printf(&finding->text, "STATUS says that the modem is off, and it answers");
		return "power-wrong-status";
	}
	if (facts->power_status == 0) {
		buf_printf(&finding->text, "STATUS says that the modem is off");
		check_put_command(facts, "power", &finding->fix);
		finding->fix.data[--finding->fix.len] = '\0';
		buf_printf(&finding->fix, " on\n");
		return "power-off";
	}
	if (facts->power_status == 1 && facts->probe && facts->probe->cause == CAUSE_NO_AT_PORT) {
		buf_printf(&finding->text, "STATUS says that the modem is on, but it is silent");
		check_put_command(facts, "power", &finding->fix);
		finding->fix.data[--finding->fix.len] = '\0';
		buf_printf(&finding->fix, " cycle\n");
		return "power-on-silent";
	}
	buf_printf(&finding->text, "the modem's power can be switched%s",
		   facts->power_status == 1 ? "; STATUS says that it is on" : "");
	return "power-fine";
}

/* clang-format off */
static const struct check checks[] = {
	{ "power-chip-missing", DOCTOR_PROBLEM, judge_lines,
	  "Chips are numbered in the order in which they appear: the label, which stays the same, is "
	  "good for power.chip too. A chip on USB, as of a CP2104, is there while that is plugged in.",
	  .cause = CAUSE_POWER },
	{ "power-line-missing", DOCTOR_PROBLEM, judge_lines,
	  "power.key, power.reset and power.status are offsets at this chip, or names of its lines. "
	  "gpioinfo lists them.",
	  .cause = CAUSE_POWER },
	{ "power-line-held", DOCTOR_PROBLEM, judge_lines,
	  "Only one can have a line. A driver or the device tree that has it may switch the modem "
	  "already; a line that was exported in /sys/class/gpio is given back there.",
	  .cause = CAUSE_POWER },
	{ "power-denied", DOCTOR_PROBLEM, judge_lines,
	  "Only root may open it.",
	  .cause = CAUSE_POWER },
	{ "power-chip-broken", DOCTOR_PROBLEM, judge_lines,
	  "The kernel gave an error that should not be.",
	  .cause = CAUSE_POWER },
	{ "power-no-effect", DOCTOR_PROBLEM, judge_status,
	  "One of the lines is not where the configuration has it, or power.active is the wrong way "
	  "round (\"high\" where a transistor is between), or the modem has no supply. A modem that is "
	  "just hung has its STATUS up.",
	  .cause = CAUSE_POWER },
	{ "power-wrong-status", DOCTOR_PROBLEM, judge_status,
	  "That line is not the modem's STATUS, or something turns it round. Leave power.status out "
	  "rather than have a running modem taken for one that is off.",
	  .cause = CAUSE_POWER },
	{ "power-off", DOCTOR_PROBLEM, judge_status,
	  "run switches it on by itself.",
	  .cause = CAUSE_NO_AT_PORT },
	{ "power-on-silent", DOCTOR_PROBLEM, judge_status,
	  "So the key's line is not the fault: the modem hangs, or still starts, or TX and RX are "
	  "crossed, or the port is another one.",
	  .cause = CAUSE_NO_AT_PORT },
	{ "power-fine", DOCTOR_OK, judge_status, NULL },
};
/* clang-format on */

const struct check_table checks_power = {checks, COUNT(checks)};
