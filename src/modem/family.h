/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_FAMILY_H
#define GD_MODEM_FAMILY_H

struct mode_dialect;

/*
 * A maker's dialect of AT: the commands for what 27.007 leaves open. Data only,
 * a row a family in family.c. A command that is "" the family does not have, or
 * we do not know it; one that is refused is no reason to stop, for firmware
 * varies within each family.
 */
/*
 * `auth` tells the modem name and password of a context, `auth_none` that there
 * are none. %c is the context's number, %t its type (1 IPv4, 2 IPv6, 3 both),
 * %n its APN, %u the name, %p the password, these three in quotes; %a 1 for PAP
 * and 2 for CHAP or either, %e the same with 3 for either. Forms are tried in
 * turn until one is taken; | stands between them. NULL: no such command, or not
 * known, and then pppd alone tells them.
 */
struct modem_family {
	const char *name;       /* "sierra" */
	const char *pin_left;   /* reads how often the PIN may still be tried */
	const char *iccid;      /* reads the SIM card's number */
	const char *technology; /* reads the radio technology in use */
	const char *auth, *auth_none;
	const char *technology_else;     /* where that one tells nothing; NULL */
	const char *signal;              /* reads more than +CSQ tells */
	const char *radio;               /* reads why the radio is off */
	const char *radio_else;          /* the same, where that is refused; NULL */
	const char *reset;               /* restarts the modem, where +CFUN=1,1 is not the
			    * first choice; NULL */
	const struct mode_dialect *mode; /* how the network mode is told */
};

/* The family of a modem with these USB ids (0: unknown) that has answered ATI with `identity`; the
 * words count more than the vendor id, for modems are sold under other names. Never NULL: "generic"
 * is a family too. */
const struct modem_family *modem_family_find(int vid, const char *identity);

#endif
