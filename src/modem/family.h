/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_FAMILY_H
#define GD_MODEM_FAMILY_H

#include "modem/card.h"
#include "modem/layout.h"
#include "modem/mode.h"
#include "modem/power-plan.h"
#include "modem/radio.h"
#include "modem/reject.h"
#include "modem/signal.h"

/*
 * A maker's dialect: how its modems are known, the commands and answers for what 27.007 leaves
 * open, and its USB layouts. A file of maker/ each, and a line in family.c. Whatever is left out
 * the family does not have, or we do not know it. Firmware varies within each family, so a command
 * that is refused is no reason to stop.
 */
struct modem_family {
	const char *name;  /* "sierra" */
	const char *words; /* in its answer to ATI, whatever the case: one behind the other */
	uint16_t vid;      /* its USB vendor id */
	uint32_t also[2];  /* ids of others that are its modems: 0x03f0581d */

	/* Commands */
	const char *pin_left;        /* how often the PIN may still be tried */
	const char *iccid;           /* the SIM card's number */
	const char *technology;      /* the radio technology in use */
	const char *technology_else; /* where that one tells nothing */
	const char *signal;          /* more than +CSQ tells */
	const char *radio;           /* why the radio is off */
	const char *radio_else;      /* where that is refused */
	const char *reject;          /* why a network has refused the modem */
	const char *reset;    /* restarts the modem, where +CFUN=1,1 is not the first choice */
	bool sleeps_in_fun_0; /* its port says nothing in +CFUN: 0 */

	/* `auth` tells the modem name and password of a context, `auth_none` that there are none.
	 * %c is the context's number, %t its type (1 IPv4, 2 IPv6, 3 both), %n its APN, %u the
	 * name, %p the password, these three in quotes; %a 1 for PAP and 2 for CHAP or either, %e
	 * the same with 3 for either, %% a %. Forms are separated by | and tried in turn until one
	 * is taken. NULL: only pppd tells them. */
	const char *auth, *auth_none;

	const struct mode_dialect *mode; /* how the network mode is told; never NULL in a dialect */

	/* How its power key is pressed: rows up to an empty one, the first that fits counts; NULL:
	 * as usual. */
	const struct power_times *power;

	/* Answers, whatever command they answer: rows up to an empty one. An answer is known by its
	 * prefix, whichever family asked, since modems are sold under other names. */
	const struct card_counter *counters;
	const struct signal_report *reports;
	const struct signal_technology *technologies;
	const struct reject_report *rejects;
	/* ... and what no row can say; see modem_decode_signal and modem_decode_radio. */
	bool (*decode_signal)(const char *line, struct modem_signal *signal);
	bool (*decode_radio)(const char *line, struct modem_radio *radio);

	/* USB: rows up to an empty one */
	const struct layout_map *maps;
	const struct layout_triple *triples;
	const struct layout_boot *boots;
};

/* All of them, NULL at the end. */
extern const struct modem_family *const modem_families[];

/* The family of a modem with this USB vendor id (0: unknown) that has answered ATI with `identity`;
 * the words count more than the vendor id, for modems are sold under other names. Never NULL:
 * "generic" is a family too. */
const struct modem_family *modem_family_find(int vid, const char *identity);

#endif
