/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_CHECKS_H
#define GD_DOCTOR_CHECKS_H

#include <stdbool.h>

#include "doctor/facts.h"
#include "doctor/finding.h"

/* Between examine.c and the tables of checks; nobody else includes this. */

struct check {
	const char *code;
	enum doctor_severity severity;
	/* Does it hold? Then text, evidence and fix are filled. */
	bool (*holds)(const struct doctor_facts *facts, struct finding *finding);
	const char *meaning;
	enum cause cause;
	enum doctor_mend mend;
};

/* A line of a finding's fix: "gobi-dial COMMAND", for the configuration that is looked at. */
void check_put_command(const struct doctor_facts *facts, const char *command, struct buf *out);

struct check_table {
	const struct check *checks;
	size_t count;
};

extern const struct check_table checks_setup;  /* configuration, rights */
extern const struct check_table checks_device; /* USB, firmware, drivers */
extern const struct check_table checks_port;   /* ports and who holds them */
extern const struct check_table checks_modem;  /* SIM, radio, network */
extern const struct check_table checks_ppp;    /* kernel, pppd, instance */

#endif
