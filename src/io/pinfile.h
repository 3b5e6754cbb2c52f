/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_PINFILE_H
#define GD_IO_PINFILE_H

#include "modem/apn.h"
#include "modem/pins.h"

/* A file of secrets (0600) below `dir`, which is created if it is missing (0700): of the sent PINs,
 * or of the APNs that worked. */
struct pinfile {
	const char *dir;
	const char *name;
	int lock; /* -1: not held */
};

/* The steps on it; ctx is a struct pinfile. */
extern const struct pins_disk pinfile_disk;

/* For a script, on the machine's own file; ctx is not used. */
extern const struct pins_ops pinfile_ops;

/* The same for the APNs; ctx is not used. */
extern const struct apn_ops apnfile_ops;

#define PINFILE_DIR  STATEDIR
#define PINFILE_NAME "sent-pins"
#define APNFILE_NAME "apns"
#define PINFILE_PATH PINFILE_DIR "/" PINFILE_NAME

#endif
