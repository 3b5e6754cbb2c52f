/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_APN_MEMORY_H
#define GD_MODEM_APN_MEMORY_H

#include "modem/pins.h"
#include "modem/provider.h"

/*
 * Which access point brought the last link, by SIM; the one that is written last comes first.
 *
 *     gobi-dial apns 1
 *     $6$rounds=1000$abcdefghijklmnop
 *     HASH|APN|user|password|auth
 *
 * HASH is crypt(3)'s of the ICCID, or of the IMSI. A line that is none is left out. `disk` is as
 * for the PINs: the old file is there until the new one is on the disk.
 */
#define APN_MEMORY_MAX 16 /* SIMs */

/* What this SIM had, or with NULL any SIM that had to->apn. 0, or a negative errno: nothing is
 * known of it, and `to` is as before. */
int apn_memory_recall(const struct pins_disk *disk, void *ctx, const char *key, struct apn_try *to);

/* Write it down, or with NULL forget it, if that changes the file. Negative errno. */
int apn_memory_keep(const struct pins_disk *disk, void *ctx, const char *key,
		    const struct apn_try *good);

#endif
