/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_CLOCK_H
#define GD_IO_CLOCK_H

#include <stdint.h>

/* Milliseconds of CLOCK_MONOTONIC: a router that boots in 1970 and learns the date later does not
 * disturb us. */
int64_t clock_now_ms(void);

/* The same in microseconds. */
int64_t clock_now_us(void);

#endif
