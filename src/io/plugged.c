/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/str.h"
#include "io/plugged.h"

bool plugged_has(const struct plugged *plugged, const char *path, int devnum)
{
	for (size_t i = 0; i < PLUGGED_MAX; i++)
		if (plugged->devices[i].devnum == devnum &&
		    strcmp(plugged->devices[i].path, path) == 0)
			return true;
	return false;
}

void plugged_add(struct plugged *plugged, const char *path, int devnum)
{
	unsigned i = plugged->count++ % PLUGGED_MAX;

	str_copy(plugged->devices[i].path, sizeof(plugged->devices[i].path), path);
	plugged->devices[i].devnum = devnum;
}
