/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_BIND_H
#define GD_MODEM_BIND_H

#include <stdbool.h>
#include <stddef.h>

#include "modem/layout.h"

/* The driver that raises DTR on any interface it is given. */
#define BIND_DRIVER "option"

/* What is known of an interface of a modem none of whose ports answers AT. */
struct bind_interface {
	int number;
	enum layout_role role;
	bool vendor;       /* class ff */
	bool interrupt_in; /* has an interrupt endpoint */
	bool data;         /* has a network or a cdc-wdm device: QMI and such */
	bool authorized;
	bool no_dtr;        /* the probe: silent, and its driver cannot raise DTR */
	bool tried;         /* BIND_DRIVER has had it already, in vain */
	const char *driver; /* "": none */
};

enum bind_verdict {
	BIND_UNBOUND, /* to be moved: no driver holds it */
	BIND_NO_DTR,  /* to be moved: its driver cannot raise DTR */
	/* The others are reasons to leave it. */
	BIND_FIRMWARE, /* waits for firmware */
	BIND_BLOCKED,  /* authorized is 0: somebody wants no driver there */
	BIND_FINE,     /* its driver is not what is wrong */
	BIND_UNKNOWN,  /* no interface is known to be the one for calls */
};

/* Which interface is for calls (index in `at`), and whether it should move to BIND_DRIVER. `at` is
 * -1 for BIND_FIRMWARE and BIND_UNKNOWN. */
struct bind_decision {
	enum bind_verdict verdict;
	int at;
};

struct bind_decision bind_decide(const struct bind_interface *interfaces, size_t count);

static inline bool bind_is_move(enum bind_verdict verdict)
{
	return verdict <= BIND_NO_DTR;
}

/* A half sentence: "no driver holds it". Static. */
const char *bind_verdict_text(enum bind_verdict verdict);

/* A device of option's own table whose entry keeps option away from the other interfaces. A new_id
 * that names it copies that. */
struct bind_reference {
	unsigned vid, pid;
};

/*
 * The reference that is the best but `rank` for moving interface `at`: those
 * that no driver holds are at risk at once, a control function (an interrupt
 * endpoint: QMI) the most. The kernel may not know it: then try the next.
 * False when there are no more. Linux drivers/usb/serial/option.c: RSVD.
 */
bool bind_find_reference(const struct bind_interface *interfaces, size_t count, int at, int rank,
			 struct bind_reference *reference);

#endif
