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
struct modem_family {
	const char *name;       /* "sierra" */
	const char *pin_left;   /* reads how often the PIN may still be tried */
	const char *iccid;      /* reads the SIM card's number */
	const char *technology; /* reads the radio technology in use */
	const char *technology_else; /* where that one tells nothing; NULL */
	const char *signal;          /* reads more than +CSQ tells */
	const char *radio;           /* reads why the radio is off */
	const char *radio_else;      /* the same, where that is refused; NULL */
	const struct mode_dialect *mode; /* how the network mode is told */
};

/* The family of a modem with these USB ids (0: unknown) that has answered ATI
 * with `identity`; the words count more than the vendor id, for modems are sold
 * under other names. Never NULL: "generic" is a family too. */
const struct modem_family *modem_family_find(int vid, const char *identity);

#endif
