/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_DRIVER_CHOICE_H
#define GD_MODEM_DRIVER_CHOICE_H

#include <stdbool.h>
#include <stddef.h>

#include "modem/layout.h"

/* The driver that raises DTR on any interface it is given. */
#define DRIVER_WITH_DTR "option"

/* What is known about an interface of a modem none of whose ports answers AT. */
struct driver_interface {
	int number;
	enum layout_role role;
	bool vendor;       /* class ff */
	bool interrupt_in; /* has an interrupt endpoint */
	bool data;         /* has a network or a cdc-wdm device: QMI and such */
	bool authorized;
	bool no_dtr;        /* the probe: silent, and its driver cannot raise DTR */
	bool tried;         /* DRIVER_WITH_DTR had it already, in vain */
	const char *driver; /* "": none */
};

enum driver_verdict {
	DRIVER_UNBOUND, /* move it: no driver holds it */
	DRIVER_NO_DTR,  /* move it: its driver cannot raise DTR */
	/* The others are reasons to leave it. */
	DRIVER_FIRMWARE, /* waits for firmware */
	DRIVER_BLOCKED,  /* authorized is 0: somebody does not want a driver there */
	DRIVER_FINE,     /* its driver is not the problem */
	DRIVER_UNKNOWN,  /* no interface is known to be the one for calls */
};

/* The interface for calls (its index in `at`), and whether it should move to DRIVER_WITH_DTR. `at`
 * is -1 for DRIVER_FIRMWARE and DRIVER_UNKNOWN. */
struct driver_choice {
	enum driver_verdict verdict;
	int at;
};

struct driver_choice driver_choose(const struct driver_interface *interfaces, size_t count);

static inline bool driver_is_to_move(enum driver_verdict verdict)
{
	return verdict <= DRIVER_NO_DTR;
}

/* Half a sentence: "no driver holds it". Static. */
const char *driver_verdict_text(enum driver_verdict verdict);

/* A device in option's own table whose entry keeps option away from the other interfaces. A new_id
 * that names it as reference copies that. */
struct driver_reference {
	unsigned vid, pid;
};

/*
 * The reference that is number `rank` (0: the best) for moving interface `at`.
 * It is worth most where it protects an interface that no driver holds, which
 * option would take at once, and one with a control function (an interrupt
 * endpoint: QMI). The kernel may not know it; then try the next. False when there
 * are no more. Linux drivers/usb/serial/option.c: RSVD.
 */
bool driver_find_reference(const struct driver_interface *interfaces, size_t count, int at,
			   int rank, struct driver_reference *reference);

#endif
