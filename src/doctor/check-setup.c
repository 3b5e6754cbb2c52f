/* SPDX-License-Identifier: ISC */
/* The configuration, and what we may do. */
#include "base/count.h"
#include "doctor/checks.h"

static bool holds_config_wrong(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->conf.cause == CAUSE_NONE)
		return false;
	buf_printf(&finding->text, "%s cannot be used", facts->conf.path);
	buf_printf(&finding->evidence, "%s", facts->conf.errors);
	check_put_command(facts, "check", &finding->fix);
	finding->cause = facts->conf.cause;
	return true;
}

static bool holds_config_missing(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->conf.there || facts->conf.cause != CAUSE_NONE)
		return false;
	buf_printf(&finding->text, "there is no %s", facts->conf.path);
	return true;
}

static bool holds_config_fine(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->conf.there || facts->conf.cause != CAUSE_NONE)
		return false;
	buf_printf(&finding->text, "%s has no mistakes", facts->conf.path);
	return true;
}

static bool holds_not_root(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->root)
		return false;
	buf_printf(&finding->text, "doctor does not run as root");
	buf_printf(&finding->fix, "sudo ");
	check_put_command(facts, "doctor", &finding->fix);
	return true;
}

/* clang-format off */
static const struct check checks[] = {
	{ "config-wrong", DOCTOR_PROBLEM, holds_config_wrong,
	  "run does not start with it. All that follows is judged with the "
	  "defaults instead.", .cause = CAUSE_CONFIG },
	{ "config-missing", DOCTOR_NOTE, holds_config_missing,
	  "The defaults apply: the first modem that is found, with the SIM's "
	  "own access point name and no PIN." },
	{ "config-fine", DOCTOR_OK, holds_config_fine, NULL },
	{ "not-root", DOCTOR_NOTE, holds_not_root,
	  "Who holds a port, what the drivers do and whether the kernel has "
	  "PPP may not be seen, and dialing takes root anyway." },
};
/* clang-format on */

const struct check_table checks_setup = {checks, COUNT(checks)};
