/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/str.h"
#include "session/returns.h"

#define WINDOW_MS   600000
#define RETURNS_MAX 3

bool returns_note(struct returns *returns, const char *path, int devnum, int64_t now)
{
	bool same = strcmp(returns->path, path) == 0;
	bool counts = same && devnum != returns->devnum && !returns->expected;

	if (same && devnum == returns->devnum)
		return false;
	str_copy(returns->path, sizeof(returns->path), path);
	returns->devnum = devnum;
	returns->expected = false;
	if (!same || now - returns->since > WINDOW_MS) {
		returns->count = 0;
		returns->since = now;
	}
	returns->count += counts;
	if (returns->count < RETURNS_MAX)
		return false;
	returns->count = 0;
	return true;
}
