/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PACKET_H
#define GD_MODEM_PACKET_H

#include <stdbool.h>
#include <stddef.h>

struct modem;

#define PACKET_CIDS 16

struct packet_context {
	bool defined;
	bool active, own;
	char type[8];
	char apn[101];
};

/* Contexts survive a power cycle, as in the modem's own memory. */
struct packet {
	struct packet_context contexts[PACKET_CIDS + 1]; /* by cid */
	char apn[101];          /* the only one that the network accepts, "" any */
	const char *last_error; /* for AT+CEER */
};

void packet_init(struct packet *packet, struct modem *modem);

/* May a call on this context begin? NULL, or the result that says no. */
const char *packet_refusal(struct modem *modem, int cid);

#endif
