/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_NOISE_H
#define GD_MODEM_NOISE_H

#include <stddef.h>

struct modem;
struct noise;
struct port;

enum noise_moment { NOISE_BEFORE, NOISE_INSIDE, NOISE_AFTER };

/* The description's noise; NULL when memory is out. */
struct noise *noise_new(struct modem *modem);
void noise_free(struct noise *noise);

/* Timed noise starts to count, or stops. */
void noise_start(struct noise *noise);
void noise_stop(struct noise *noise);

/* What belongs to this moment of this command. */
void noise_at(struct noise *noise, enum noise_moment moment, struct port *port,
	      const char *command);

#endif
