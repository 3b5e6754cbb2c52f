/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/cause.h"

struct cause_row {
	const char *name;
	const char *text;
	enum cause_reaction reaction;
};

/* clang-format off */
static const struct cause_row rows[CAUSE_COUNT] = {
	[CAUSE_NONE]           = { "none", "no failure",
				   CAUSE_REACTION_STOP },
	[CAUSE_INTERNAL]       = { "internal", "internal error",
				   CAUSE_REACTION_BACKOFF },
	[CAUSE_USAGE]          = { "usage", "bad command line",
				   CAUSE_REACTION_STOP },
	[CAUSE_CONFIG]         = { "config", "bad configuration",
				   CAUSE_REACTION_STOP },
	[CAUSE_NO_MODEM]       = { "no-modem", "no modem is plugged in",
				   CAUSE_REACTION_WAIT },
	[CAUSE_NO_AT_PORT]     = { "no-at-port", "no port answers AT",
				   CAUSE_REACTION_BACKOFF },
	[CAUSE_BUSY]           = { "busy", "the port or the instance is held by another process",
				   CAUSE_REACTION_BACKOFF },
	[CAUSE_FIRMWARE]       = { "firmware", "the modem waits for its firmware",
				   CAUSE_REACTION_WAIT },
	[CAUSE_SIM]            = { "sim", "no SIM, or the SIM fails",
				   CAUSE_REACTION_SLOW },
	[CAUSE_PIN]            = { "pin", "the SIM needs a PIN, or refused the one it was given",
				   CAUSE_REACTION_STOP },
	[CAUSE_PUK]            = { "puk", "the SIM needs its PUK",
				   CAUSE_REACTION_STOP },
	[CAUSE_RADIO_OFF]      = { "radio-off", "the radio is off",
				   CAUSE_REACTION_SLOW },
	[CAUSE_NOT_REGISTERED] = { "not-registered", "the modem is not registered with a network",
				   CAUSE_REACTION_BACKOFF },
	[CAUSE_CALL]           = { "call", "the call was refused",
				   CAUSE_REACTION_BACKOFF },
	[CAUSE_PPP]            = { "ppp", "PPP did not come up",
				   CAUSE_REACTION_BACKOFF },
	[CAUSE_PPP_AUTH]       = { "ppp-auth", "the network refused the user name or the password",
				   CAUSE_REACTION_SLOW },
	[CAUSE_LINK_LOST]      = { "link-lost", "the link was up and got lost",
				   CAUSE_REACTION_AT_ONCE },
	[CAUSE_NO_PPP]         = { "no-ppp", "pppd or the kernel's PPP is missing",
				   CAUSE_REACTION_STOP },
	[CAUSE_PERMISSION]     = { "permission", "not allowed",
				   CAUSE_REACTION_STOP },
	[CAUSE_POWER]          = { "power", "the modem's power key or switch had no effect",
				   CAUSE_REACTION_SLOW },
};
/* clang-format on */

static const struct cause_row *find_cause_row(enum cause cause)
{
	if ((unsigned)cause >= CAUSE_COUNT || !rows[cause].name)
		cause = CAUSE_INTERNAL;
	return &rows[cause];
}

const char *cause_name(enum cause cause)
{
	return find_cause_row(cause)->name;
}

enum cause cause_find(const char *name)
{
	int cause = CAUSE_NONE;

	while (cause < CAUSE_COUNT && (!rows[cause].name || strcmp(rows[cause].name, name) != 0))
		cause++;
	return (enum cause)cause;
}

const char *cause_text(enum cause cause)
{
	return find_cause_row(cause)->text;
}

enum cause_reaction cause_reaction(enum cause cause)
{
	return find_cause_row(cause)->reaction;
}
