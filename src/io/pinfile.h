/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PINFILE_H
#define GD_IO_PINFILE_H

#include "modem/pins.h"

/* The file of sent PINs (0600) below `dir`, which is created if it is missing (0700). */
struct pinfile {
	const char *dir;
	int lock; /* -1: not held */
};

/* The steps on it; ctx is a struct pinfile. */
extern const struct pins_disk pinfile_disk;

/* For a script, on the machine's own file; ctx is not used. */
extern const struct pins_ops pinfile_ops;

/* What would be said to sending this PIN; nothing is changed. */
int pinfile_ask(const struct pins_key *key, struct buf *why);

#define PINFILE_DIR  STATEDIR
#define PINFILE_NAME "sent-pins"
#define PINFILE_PATH PINFILE_DIR "/" PINFILE_NAME

#endif
