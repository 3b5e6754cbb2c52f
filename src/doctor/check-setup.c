/* SPDX-License-Identifier: ISC */
/* The configuration, and what we may do. */
#include "base/count.h"
#include "doctor/checks.h"

static const char *judge_conf(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->conf_cause != CAUSE_NONE) {
		buf_printf(&finding->text, "%s cannot be used", facts->conf_path);
		buf_printf(&finding->evidence, "%s", facts->conf_errors);
		check_put_command(facts, "check", &finding->fix);
		finding->cause = facts->conf_cause;
		return "config-wrong";
	}
	if (!facts->conf_there) {
		buf_printf(&finding->text, "there is no %s", facts->conf_path);
		return "config-missing";
	}
	buf_printf(&finding->text, "%s has no mistakes", facts->conf_path);
	return "config-fine";
}

static const char *judge_user(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->root)
		return NULL;
	buf_printf(&finding->text, "doctor does not run as root");
	buf_printf(&finding->fix, "sudo ");
	check_put_command(facts, "doctor", &finding->fix);
	return "not-root";
}

/* clang-format off */
static const struct check checks[] = {
	{ "config-wrong", DOCTOR_PROBLEM, judge_conf,
	  "run does not start with this file. Everything below is judged with the defaults "
	  "instead.",
	  .cause = CAUSE_CONFIG },
	{ "config-missing", DOCTOR_NOTE, judge_conf,
	  "The defaults apply: the first modem that is found, with the SIM's own access point name "
	  "and no PIN." },
	{ "config-fine", DOCTOR_OK, judge_conf, NULL },
	{ "not-root", DOCTOR_NOTE, judge_user,
	  "It may not see who holds a port, what the drivers do and whether the kernel has PPP. "
	  "Dialing needs root anyway." },
};
/* clang-format on */

const struct check_table checks_setup = {checks, COUNT(checks)};
