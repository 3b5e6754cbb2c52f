/* SPDX-License-Identifier: ISC */
/* The kernel's PPP, pppd, and the instance that uses them. */
#include <errno.h>
#include <string.h>

#include "base/count.h"
#include "doctor/checks.h"
#include "doctor/install.h"

static bool kernel_has_no_ppp(const struct doctor_facts *facts)
{
	return facts->dev_ppp == -ENOENT || facts->dev_ppp == -ENODEV || facts->dev_ppp == -ENXIO ||
	       facts->ppp_async == DOCTOR_MODULE_MISSING;
}

static bool holds_no_kernel_ppp(const struct doctor_facts *facts, struct finding *finding)
{
	if (!kernel_has_no_ppp(facts))
		return false;
	buf_printf(&finding->text, "the kernel has no PPP for ttys");
	if (facts->dev_ppp < 0)
		buf_printf(&finding->evidence, "/dev/ppp: %s\n", strerror(-facts->dev_ppp));
	if (facts->ppp_async == DOCTOR_MODULE_MISSING) {
		buf_printf(&finding->evidence, "there is no module ppp_async\n");
		doctor_put_install(facts->platform, DOCTOR_PACKAGE_KERNEL_PPP, &finding->fix);
		finding->mend = DOCTOR_MEND_NONE;
	}
	buf_printf(&finding->fix, "modprobe ppp_async\n");
	return true;
}

static bool holds_kernel_ppp_unknown(const struct doctor_facts *facts, struct finding *finding)
{
	if (kernel_has_no_ppp(facts) || facts->dev_ppp == 0)
		return false;
	buf_printf(&finding->text, "whether the kernel has PPP is not known: /dev/ppp: %s",
		   strerror(-facts->dev_ppp));
	return true;
}

static bool holds_kernel_ppp(const struct doctor_facts *facts, struct finding *finding)
{
	if (kernel_has_no_ppp(facts) || facts->dev_ppp != 0)
		return false;
	buf_printf(&finding->text, "the kernel has PPP");
	return true;
}

static bool holds_no_pppd(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->pppd_there)
		return false;
	buf_printf(&finding->text, "there is no %s", facts->pppd);
	doctor_put_install(facts->platform, DOCTOR_PACKAGE_PPP, &finding->fix);
	return true;
}

static bool holds_pppd(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->pppd_there || !*facts->pppd_version)
		return false;
	buf_printf(&finding->text, "%s is version %s", facts->pppd, facts->pppd_version);
	return true;
}

static bool holds_pppd_strange(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->pppd_there || *facts->pppd_version)
		return false;
	buf_printf(&finding->text, "%s does not tell its version", facts->pppd);
	return true;
}

static bool is_connected(const struct doctor_facts *facts)
{
	return strcmp(facts->instance.state, "connected") == 0;
}

static bool holds_connected(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->instance.runs || !is_connected(facts))
		return false;
	buf_printf(&finding->text, "the instance \"%s\" is connected", facts->name);
	return true;
}

static bool holds_trying(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->instance.runs || is_connected(facts) || *facts->instance.cause)
		return false;
	buf_printf(&finding->text, "the instance \"%s\" is %s", facts->name, facts->instance.state);
	return true;
}

static bool holds_failing(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->instance.runs || is_connected(facts) || !*facts->instance.cause)
		return false;
	buf_printf(&finding->text, "the instance \"%s\" is %s after a failure: %s", facts->name,
		   facts->instance.state, facts->instance.text);
	buf_printf(&finding->evidence, "cause %s\n", facts->instance.cause);
	finding->cause = cause_find(facts->instance.cause);
	if (finding->cause == CAUSE_COUNT)
		finding->cause = CAUSE_INTERNAL;
	return true;
}

static bool holds_stopped(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->instance.runs)
		return false;
	buf_printf(&finding->text, "no instance \"%s\" runs", facts->name);
	check_put_command(facts, "run", &finding->fix);
	return true;
}

/* clang-format off */
static const struct check checks[] = {
	{ "kernel-ppp-missing", DOCTOR_PROBLEM, holds_no_kernel_ppp,
	  "PPP makes a network interface of the call, and the kernel has a "
	  "part in it.",
	  .cause = CAUSE_NO_PPP, .mend = DOCTOR_MEND_PPP_MODULE },
	{ "kernel-ppp-unknown", DOCTOR_NOTE, holds_kernel_ppp_unknown, NULL },
	{ "kernel-ppp", DOCTOR_OK, holds_kernel_ppp, NULL },
	{ "pppd-missing", DOCTOR_PROBLEM, holds_no_pppd,
	  "It is the program that makes a network interface of the call.",
	  .cause = CAUSE_NO_PPP },
	{ "pppd-found", DOCTOR_OK, holds_pppd, NULL },
	{ "pppd-strange", DOCTOR_NOTE, holds_pppd_strange,
	  "Versions 2.4.7 to 2.5.3 are known to work." },
	{ "instance-connected", DOCTOR_OK, holds_connected, NULL },
	{ "instance-trying", DOCTOR_NOTE, holds_trying, NULL },
	{ "instance-failing", DOCTOR_PROBLEM, holds_failing, NULL },
	{ "instance-stopped", DOCTOR_NOTE, holds_stopped, NULL },
};
/* clang-format on */

const struct check_table checks_ppp = {checks, COUNT(checks)};
