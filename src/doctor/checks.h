/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_CHECKS_H
#define GD_DOCTOR_CHECKS_H

#include "doctor/facts.h"
#include "doctor/finding.h"

/* Between examine.c and the tables of checks; nobody else includes this. */

/* The code of the check that holds, of those that share this function, with text, evidence and fix
 * filled; NULL when none does. It does no I/O. */
typedef const char *check_judge(const struct doctor_facts *facts, struct finding *finding);

struct check {
	const char *code;
	enum doctor_severity severity;
	check_judge *judge;
	const char *meaning;
	enum cause cause;
	enum doctor_mend mend;
};

struct check_table {
	const struct check *checks;
	size_t count;
};

extern const struct check_table checks_setup;  /* configuration, rights */
extern const struct check_table checks_device; /* USB, firmware, drivers */
extern const struct check_table checks_power;  /* key, reset, STATUS */
extern const struct check_table checks_port;   /* ports and who holds them */
extern const struct check_table checks_modem;  /* SIM, radio, network */
extern const struct check_table checks_ppp;    /* kernel, pppd, instance */

/* A line of a fix: "gobi-dial COMMAND" for the configuration that is looked at. */
void check_put_command(const struct doctor_facts *facts, const char *command, struct buf *out);

enum check_package {
	CHECK_PACKAGE_DRIVERS, /* option, qcserial */
	CHECK_PACKAGE_PPP,     /* pppd */
	CHECK_PACKAGE_KERNEL_PPP,
	CHECK_PACKAGE_SWITCH, /* for modems that are disks at first */
};

/* Append the commands that install it, or words on a platform whose packages are not known. */
void check_put_install(enum doctor_platform platform, enum check_package package, struct buf *out);

#endif
