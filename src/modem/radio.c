/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/radio.h"

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

/* Of "LPM voters" and "LPM force flags", by what makes each worse. */
static const struct {
	const char *name;
	enum modem_radio_reason reason;
} voters[] = {
	{ "W_DISABLE:", MODEM_RADIO_W_DISABLE },
	{ "Temp:",      MODEM_RADIO_TEMPERATURE },
	{ "Volt:",      MODEM_RADIO_VOLTAGE },
	{ "IMSWITCH:",  MODEM_RADIO_IMAGE },
	{ "BIOS:",      MODEM_RADIO_BIOS },
	{ "User:",      MODEM_RADIO_AIRPLANE },
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

static void add_reason(struct modem_radio *radio, enum modem_radio_reason reason)
{
	/* Online with W_DISABLE low: AT!PCOFFEN=2 makes it not mind. */
	if (radio->state == MODEM_RADIO_ON ||
	    (radio->reason != MODEM_RADIO_FREE && radio->reason < reason))
		return;
	radio->reason = reason;
	radio->state = reason == MODEM_RADIO_TEMPERATURE || reason == MODEM_RADIO_VOLTAGE
			       ? MODEM_RADIO_LOW_POWER
			       : MODEM_RADIO_OFF;
}

/* "LPM voters - Temp:0, Volt:0, User:0, W_DISABLE:1, ..." */
static void take_voters(const char *line, struct modem_radio *radio)
{
	for (size_t i = 0; i < COUNT(voters); i++) {
		const char *at = strstr(line, voters[i].name);

		if (!at)
			continue;
		at += strlen(voters[i].name);
		if (at[strspn(at, " ")] == '1')
			add_reason(radio, voters[i].reason);
	}
}

/* "1 (ONLINE)", "Online", "ONLINE " against "0 (LPM)", "Low Power Mode" and "LOW POWER MODE". Which
 * voter it was stands in another line. */
static bool take_mode(const char *text, struct modem_radio *radio)
{
	if (strcasestr(text, "online")) {
		if (radio->reason == MODEM_RADIO_FREE)
			radio->state = MODEM_RADIO_ON;
		return true;
	}
	if (!strcasestr(text, "lpm") && !strcasestr(text, "low power"))
		return false;
	if (radio->reason == MODEM_RADIO_FREE)
		radio->state = MODEM_RADIO_OFF;
	return true;
}

/* ^RFSWITCH:<software>,<hardware>; 1 is on. */
static bool take_rfswitch(const char *line, struct modem_radio *radio)
{
	struct at_fields fields;
	int software, hardware;

	if (!at_fields_start(&fields, line, "^RFSWITCH:") ||
	    !at_fields_next_int(&fields, &software) || !at_fields_next_int(&fields, &hardware))
		return false;
	*radio = modem_radio_of_fun(software && hardware ? 1 : 0);
	if (hardware == 0)
		radio->reason = MODEM_RADIO_W_DISABLE;
	return true;
}

bool modem_decode_radio(const char *line, struct modem_radio *radio)
{
	const char *mode = strstr(line, "Mode:");

	line += strspn(line, " \t");
	if (str_starts(line, "LPM voters") || str_starts(line, "LPM force") ||
	    str_starts(line, "W_DISABLE:")) {
		take_voters(line, radio);
		return true;
	}
	if (str_starts(line, "State:"))
		return take_mode(line + strlen("State:"), radio);
	if (mode)
		return take_mode(mode, radio);
	return take_rfswitch(line, radio);
}
