/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_FOREIGN_H
#define GD_MODEM_FOREIGN_H

#include <stdbool.h>

struct buf;

/*
 * Which ttys on USB may be asked unless somebody names them: those of the modems' own drivers,
 * whatever the id, and those of cdc_acm and usbserial's generic driver with an id that layout.h
 * knows. All others belong to printers, UPSes, Arduinos, PLCs: opening such a tty resets some of
 * them, and a few bytes switch others. `wwan`: the driver uses the kernel's usb_wwan.
 */
bool foreign_judge(const char *driver, bool wwan, int vid, int pid);

/* Why the tty was not asked, and the line of configuration that names it. */
void foreign_explain(const char *driver, const char *device, struct buf *out);

#endif
