/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_DETOUR_H
#define GD_IO_DETOUR_H

#include <ev.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A pty between pppd and a port that is slow and may have no carrier, as a UART: what the modem
 * says between the frames is heard, which it is not once the kernel's PPP has the port.
 */
struct detour;

/* `words`: what the modem said, and that ends a call; NULL: the port is gone. */
typedef void detour_teller(void *ctx, const char *words);

/* NULL, with errno. */
struct detour *detour_new(struct ev_loop *loop, detour_teller *tell, void *ctx);

/* pppd's end, raw. */
int detour_tty(const struct detour *detour);

/* The call is up on `port`; `early` is what followed CONNECT. False: no memory. */
bool detour_connect(struct detour *detour, int port, const char *early, size_t len);

/* Hangs up pppd's end. NULL is fine. From within the teller too. */
void detour_free(struct detour *detour);

#endif
