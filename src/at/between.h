/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_BETWEEN_H
#define GD_AT_BETWEEN_H

#include <stdbool.h>
#include <stddef.h>

#include "at/final.h"
#include "ppp/frame.h"

/*
 * What a modem says in plain text between the frames of PPP: NO CARRIER, where a port has no other
 * way to tell, or RDY, when it has restarted; and how far PPP has come, where another program does
 * it. All zeros at first.
 */
struct at_between {
	char flag;   /* of the frames; 0: PPP's */
	bool binary; /* since the last flag something came that is no text */
	bool heard;  /* a packet of PPP's own protocols has come, */
	bool agreed; /* and one that grants us an address: IPCP's or IPV6CP's Configure-Ack */
	struct ppp_frame frame;
	size_t len;
	char line[64];
};

/* Look at bytes in data mode. True at the first line that ends a call; it is in `final`. */
bool at_between_feed(struct at_between *between, const char *bytes, size_t len,
		     struct at_final *final);

#endif
