/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "at/fields.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/family.h"

/* clang-format off */
static const struct {
	const char *name, *text;
} reasons[MODEM_RADIO_REASON_COUNT] = {
	[MODEM_RADIO_FREE] = { "", "" },
	[MODEM_RADIO_W_DISABLE] = { "W_DISABLE",
		"the card's W_DISABLE pin holds it off: a switch or a key of "
		"the computer, or a slot that pulls pin 20 down" },
	[MODEM_RADIO_RFKILL] = { "rfkill",
		"rfkill blocks it; see \"rfkill list\", and "
		"\"rfkill unblock wwan\"" },
	[MODEM_RADIO_TEMPERATURE] = { "temperature",
		"the modem is too hot or too cold and has switched it off" },
	[MODEM_RADIO_VOLTAGE] = { "voltage",
		"the modem gets too little voltage and has switched it off" },
	[MODEM_RADIO_IMAGE] = { "image",
		"the modem's firmware and its operator settings do not fit "
		"together; see AT!IMPREF?" },
	[MODEM_RADIO_BIOS] = { "BIOS",
		"the modem waits for the computer's maker to allow it" },
	[MODEM_RADIO_AIRPLANE] = { "airplane mode",
		"airplane mode: somebody has switched it off" },
};
/* clang-format on */

const char *modem_radio_state_name(enum modem_radio_state state)
{
	static const char *const names[] = {"unknown", "on", "off", "low-power"};

	return (unsigned)state < COUNT(names) ? names[state] : "unknown";
}

const char *modem_radio_reason_name(enum modem_radio_reason reason)
{
	return (unsigned)reason < COUNT(reasons) ? reasons[reason].name : "";
}

const char *modem_radio_reason_text(enum modem_radio_reason reason)
{
	return (unsigned)reason < COUNT(reasons) ? reasons[reason].text : "";
}

struct modem_radio modem_radio_of_fun(int fun)
{
	if (fun == 0 || fun == 4 || fun == 7)
		return (struct modem_radio){MODEM_RADIO_OFF, MODEM_RADIO_AIRPLANE};
	return (struct modem_radio){MODEM_RADIO_ON, MODEM_RADIO_FREE};
}

bool modem_decode_radio(const char *line, struct modem_radio *radio)
{
	line += strspn(line, " \t");
	for (const struct modem_family *const *at = modem_families; *at; at++)
		if ((*at)->decode_radio && (*at)->decode_radio(line, radio))
			return true;
	return false;
}
