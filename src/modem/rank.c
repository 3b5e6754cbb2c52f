/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "modem/rank.h"

int rank_best(const struct ranked_port *ports, size_t count)
{
	int best = -1;

	for (size_t i = 0; i < count; i++)
		if (ports[i].usable && (best < 0 || ports[i].hint < ports[best].hint))
			best = (int)i;
	return best;
}

bool rank_is_sure(const struct ranked_port *ports, size_t count, int best)
{
	for (size_t i = 0; i < count; i++)
		if (ports[i].pending && (ports[i].hint < ports[best].hint ||
					 (ports[i].hint == ports[best].hint && ports[i].answered)))
			return false;
	return true;
}

bool rank_is_hopeless(const struct ranked_port *ports, size_t count)
{
	bool no_dtr = false;

	for (size_t i = 0; i < count; i++) {
		if (ports[i].usable ||
		    (ports[i].pending && (ports[i].answered || ports[i].hint < LAYOUT_NOT_AT)))
			return false;
		if (ports[i].no_dtr && ports[i].hint <= LAYOUT_LIKELY)
			no_dtr = true;
	}
	return no_dtr;
}

bool rank_is_secondary(const struct ranked_port *ports, size_t count, int index)
{
	const struct ranked_port *self = &ports[index];

	if (!self->usable || self->hint != LAYOUT_AT)
		return false;
	for (size_t i = 0; i < count; i++)
		if (ports[i].usable && ports[i].hint < LAYOUT_AT &&
		    strcmp(ports[i].device, self->device) == 0)
			return true;
	return false;
}
