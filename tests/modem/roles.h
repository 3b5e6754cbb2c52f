/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_ROLES_H
#define GD_MODEM_ROLES_H

#include <stddef.h>

struct port;

/* Ports that speak something else than AT: NMEA sentences, Qualcomm's DIAG, nothing. */
void roles_init(struct port *port);
void roles_start(struct port *port);
void roles_stop(struct port *port);
void roles_received(struct port *port, const char *bytes, size_t len);

#endif
