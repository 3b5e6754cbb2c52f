/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "modem/rank.h"

int rank_best(const struct ranked_port *picks, size_t count)
{
	int best = -1;

	for (size_t i = 0; i < count; i++)
		if (picks[i].usable && (best < 0 || picks[i].hint < picks[best].hint))
			best = (int)i;
	return best;
}

bool rank_is_sure(const struct ranked_port *picks, size_t count, int best)
{
	for (size_t i = 0; i < count; i++)
		if (picks[i].pending && (picks[i].hint < picks[best].hint ||
					 (picks[i].hint == picks[best].hint && picks[i].answered)))
			return false;
	return true;
}

bool rank_is_hopeless(const struct ranked_port *picks, size_t count)
{
	bool no_dtr = false;

	for (size_t i = 0; i < count; i++) {
		if (picks[i].usable ||
		    (picks[i].pending && (picks[i].answered || picks[i].hint < LAYOUT_NOT_AT)))
			return false;
		if (picks[i].no_dtr && picks[i].hint <= LAYOUT_LIKELY)
			no_dtr = true;
	}
	return no_dtr;
}

bool rank_is_secondary(const struct ranked_port *picks, size_t count, int index)
{
	const struct ranked_port *self = &picks[index];

	if (!self->usable || self->hint != LAYOUT_AT)
		return false;
	for (size_t i = 0; i < count; i++)
		if (picks[i].usable && picks[i].hint < LAYOUT_AT &&
		    strcmp(picks[i].device, self->device) == 0)
			return true;
	return false;
}
