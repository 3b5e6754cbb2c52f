/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PLUGGED_H
#define GD_IO_PLUGGED_H

#include <stdbool.h>

#define PLUGGED_MAX 8

/* USB devices, each as it is plugged in now: another devnum is another device. The oldest is
 * forgotten for a ninth. All zero is empty. */
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
