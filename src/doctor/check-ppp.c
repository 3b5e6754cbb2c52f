/* SPDX-License-Identifier: ISC */
/* The kernel's PPP, pppd, and the instance that uses them. */
#include <errno.h>
#include <string.h>

#include "base/count.h"
#include "doctor/checks.h"

static const char *judge_kernel(const struct doctor_facts *facts, struct finding *finding)
{
	if (facts->dev_ppp == -ENOENT || facts->dev_ppp == -ENODEV || facts->dev_ppp == -ENXIO ||
	    facts->ppp_async == DOCTOR_MODULE_MISSING) {
		buf_printf(&finding->text, "the kernel has no PPP for ttys");
		if (facts->dev_ppp < 0)
			buf_printf(&finding->evidence, "/dev/ppp: %s\n", strerror(-facts->dev_ppp));
		if (facts->ppp_async == DOCTOR_MODULE_MISSING) {
			buf_printf(&finding->evidence, "there is no module ppp_async\n");
			check_put_install(facts->platform, CHECK_PACKAGE_KERNEL_PPP, &finding->fix);
			finding->mend = DOCTOR_MEND_NONE;
		}
		buf_printf(&finding->fix, "modprobe ppp_async\n");
		return "kernel-ppp-missing";
	}
	if (facts->dev_ppp != 0) {
		buf_printf(&finding->text,
			   "it is not known whether the kernel has PPP: /dev/ppp: %s",
			   strerror(-facts->dev_ppp));
		return "kernel-ppp-unknown";
	}
	buf_printf(&finding->text, "the kernel has PPP");
	return "kernel-ppp";
}

static const char *judge_pppd(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->pppd_there) {
		buf_printf(&finding->text, "there is no %s", facts->pppd);
		check_put_install(facts->platform, CHECK_PACKAGE_PPP, &finding->fix);
		return "pppd-missing";
	}
	if (!*facts->pppd_version) {
		buf_printf(&finding->text, "%s does not tell its version", facts->pppd);
		return "pppd-strange";
	}
	buf_printf(&finding->text, "%s is version %s", facts->pppd, facts->pppd_version);
	return "pppd-found";
}

static const char *judge_instance(const struct doctor_facts *facts, struct finding *finding)
{
	if (!facts->instance.runs) {
		buf_printf(&finding->text, "the instance \"%s\" is not running", facts->name);
		check_put_command(facts, "run", &finding->fix);
		return "instance-stopped";
	}
	buf_printf(&finding->text, "the instance \"%s\" is %s", facts->name, facts->instance.state);
	if (facts->instance.muxed)
		buf_printf(&finding->text, ", its modem multiplexed");
	if (strcmp(facts->instance.state, "connected") == 0)
		return "instance-connected";
	if (!*facts->instance.cause)
		return "instance-trying";
	buf_printf(&finding->text, " after a failure: %s", facts->instance.text);
	buf_printf(&finding->evidence, "cause %s\n", facts->instance.cause);
	buf_printf(&finding->evidence, "%s", facts->instance.refused);
	finding->cause = cause_find(facts->instance.cause);
	if (finding->cause == CAUSE_COUNT)
		finding->cause = CAUSE_INTERNAL;
	return "instance-failing";
}

/* clang-format off */
static const struct check checks[] = {
	{ "kernel-ppp-missing", DOCTOR_PROBLEM, judge_kernel,
	  "PPP makes a network interface of the call, and part of it is in the kernel.",
	  .cause = CAUSE_NO_PPP, .mend = DOCTOR_MEND_PPP_MODULE },
	{ "kernel-ppp-unknown", DOCTOR_NOTE, judge_kernel, NULL },
	{ "kernel-ppp", DOCTOR_OK, judge_kernel, NULL },
	{ "pppd-missing", DOCTOR_PROBLEM, judge_pppd,
	  "This program makes a network interface of the call.",
	  .cause = CAUSE_NO_PPP },
	{ "pppd-found", DOCTOR_OK, judge_pppd, NULL },
	{ "pppd-strange", DOCTOR_NOTE, judge_pppd, "Versions 2.4.7 to 2.5.3 are known to work." },
	{ "instance-connected", DOCTOR_OK, judge_instance, NULL },
	{ "instance-trying", DOCTOR_NOTE, judge_instance, NULL },
	{ "instance-failing", DOCTOR_PROBLEM, judge_instance, NULL },
	{ "instance-stopped", DOCTOR_NOTE, judge_instance, NULL },
};
/* clang-format on */

const struct check_table checks_ppp = {checks, COUNT(checks)};
