/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/str.h"
#include "session/flaps.h"

#define WINDOW_MS 600000
#define FLAPS_MAX 3

bool flaps_note(struct flaps *flaps, const char *path, int devnum, int64_t now)
{
	bool same = strcmp(flaps->path, path) == 0;
	bool counts = same && devnum != flaps->devnum && !flaps->expected;

	if (same && devnum == flaps->devnum) {
		flaps->expected = false; /* what has come back need not have a new number */
		return false;
	}
	str_copy(flaps->path, sizeof(flaps->path), path);
	flaps->devnum = devnum;
	flaps->expected = false;
	if (!same || now - flaps->since > WINDOW_MS) {
		flaps->count = 0;
		flaps->since = now;
	}
	flaps->count += counts;
	if (flaps->count < FLAPS_MAX)
		return false;
	flaps->count = 0;
	return true;
}
