/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PLUGGED_H
#define GD_IO_PLUGGED_H

#include <stdbool.h>

#define PLUGGED_MAX 8

/* A set of USB devices, each for as long as it is plugged in: another devnum is another device. A
 * ninth replaces the oldest. All zero is empty. */
struct plugged {
	struct {
		char path[32];
		int devnum;
	} devices[PLUGGED_MAX];
	unsigned count; /* since the start */
};

void plugged_add(struct plugged *plugged, const char *path, int devnum);
bool plugged_has(const struct plugged *plugged, const char *path, int devnum);

#endif
