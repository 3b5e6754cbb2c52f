/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_RANK_H
#define GD_MODEM_RANK_H

#include <stdbool.h>
#include <stddef.h>

#include "modem/layout.h"

/* A port on which the call may be made. */
struct ranked_port {
	enum layout_role hint;
	const char *device; /* ports with the same text are one modem's */
	bool pending;       /* still being asked */
	bool answered;      /* has said OK */
	bool usable;        /* answers AT as a modem does */
	bool no_dtr;        /* silent, and its driver cannot raise DTR */
};

/* The usable port with the best hint, the first among equals; -1: none. */
int rank_best(const struct ranked_port *ports, size_t count);

/* No port that is still being asked has a better hint, and none that has answered already has an
 * equal one. (All were asked at the same moment.) */
bool rank_is_sure(const struct ranked_port *ports, size_t count, int best);

/* A port for calls is silent because it lacks DTR, and no other is left that is known to speak AT
 * or has answered: asking longer does not help. */
bool rank_is_hopeless(const struct ranked_port *ports, size_t count);

/* The port answers, but its modem has another usable one that is meant for calls. */
bool rank_is_secondary(const struct ranked_port *ports, size_t count, int index);

#endif
