/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_REJECT_H
#define GD_MODEM_REJECT_H

#include <stdbool.h>

struct buf;

/* Why a network refuses the modem, or a call. */
struct modem_reject {
	/* Of the registration: 24.008 10.5.3.6 and 10.5.5.14, 24.301 9.9.3.9; of a call: 24.008
	 * 10.5.6.6, 24.301 9.9.4.4. 0: it has not said. */
	int cause;
	bool of_call; /* with cause 0: the modem has not asked the network */
	int wait_s;   /* how long the network wants to be left alone; 0: it has not said */
};

/* What helps against it. */
enum reject_pace {
	REJECT_PASSES, /* it may be gone with the next try */
	REJECT_WAITS,  /* the network is full: later, and no reset makes it better */
	REJECT_LASTS,  /* until the operator or a person mends it */
};

enum reject_pace modem_reject_pace(const struct modem_reject *reject);

/* Of a call: whether another access point may do better, and whether it is only the protocol,
 * network.pdp_type, that the network does not want. */
bool modem_reject_is_of_apn(const struct modem_reject *reject);
bool modem_reject_is_of_type(const struct modem_reject *reject);

/* "PLMN not allowed (cause 11): ...": what it is and what to do. Nothing for none. Appended. */
void modem_reject_print(const struct modem_reject *reject, struct buf *out);

/* Whether it is a number of these. */
bool modem_is_cause(int cause);

/* A line of an answer to AT+CEER or to a family's `reject`, or what a modem says of it unasked.
 * False when it tells no cause; then at most `of_call` is changed. */
bool modem_decode_reject(const char *line, struct modem_reject *reject);

/* 27.007 10.1.66, +CABTRDP: <apn>,<residual_backoff_time> */
bool modem_decode_backoff(const char *line, struct modem_reject *reject);

/* For the families' tables: an answer in fields with the cause in one of them, from 1. `first` is
 * what the first field begins with; NULL: whatever. */
struct reject_report {
	const char *prefix, *first;
	unsigned char field;
};

#endif
