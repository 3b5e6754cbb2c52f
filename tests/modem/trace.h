/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_TRACE_H
#define GD_MODEM_TRACE_H

#include <stddef.h>

/*
 * The log that tests read, one line a chunk or event:
 *     <ms> <interface> < AT\r        from the host
 *     <ms> <interface> > \r\nOK\r\n  to the host
 *     <ms> <interface> # dtr on      what happened; interface - is the modem
 * ms are milliseconds since trace_open.
 */

/* 0 or a negative errno. With NULL nothing is written. */
int trace_open(const char *path);
void trace_close(void);

void trace_bytes(int interface, char direction, const void *bytes, size_t len);

/* `interface` -1: the modem as a whole. */
void trace_event(int interface, const char *format, ...) __attribute__((format(printf, 2, 3)));

long trace_ms(void);

#endif
