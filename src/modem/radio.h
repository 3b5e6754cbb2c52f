/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_RADIO_H
#define GD_MODEM_RADIO_H

#include <stdbool.h>

/* Whether the radio may transmit: "on", "off", "low-power" in the JSON output. */
enum modem_radio_state {
	MODEM_RADIO_UNKNOWN,
	MODEM_RADIO_ON,
	MODEM_RADIO_OFF,
	MODEM_RADIO_LOW_POWER, /* by the modem itself: heat, voltage */
};

/* What keeps it off; the worst first. */
enum modem_radio_reason {
	MODEM_RADIO_FREE,
	MODEM_RADIO_W_DISABLE, /* the card's pin 20, or a switch on it */
	MODEM_RADIO_RFKILL,    /* the host's switch; not from the modem */
	MODEM_RADIO_TEMPERATURE,
	MODEM_RADIO_VOLTAGE,
	MODEM_RADIO_IMAGE,    /* firmware and operator's settings do not fit */
	MODEM_RADIO_BIOS,     /* the laptop's maker wants it unlocked */
	MODEM_RADIO_AIRPLANE, /* somebody said +CFUN=0 or 4 */
	MODEM_RADIO_REASON_COUNT
};

/* "on", "off", ...; "unknown". Static. */
const char *modem_radio_state_name(enum modem_radio_state state);
/* "W_DISABLE", "airplane mode", ...; "" for FREE. Static. */
const char *modem_radio_reason_name(enum modem_radio_reason reason);
/* What it is and what helps, for people; "" for FREE. Static. */
const char *modem_radio_reason_text(enum modem_radio_reason reason);

struct modem_radio {
	enum modem_radio_state state;
	enum modem_radio_reason reason; /* also FREE when unknown */
};

/* +CFUN's <fun> (27.007 8.2): 0, 4 and 7 are off, the others are vendors' ways to say on. */
struct modem_radio modem_radio_of_fun(int fun);

/* A line of an answer to any family's `radio`. Lines add up: a worse reason replaces a lesser one.
 * False for other lines. */
bool modem_decode_radio(const char *line, struct modem_radio *radio);

#endif
