/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "base/count.h"
#include "base/str.h"
#include "modem/maker/maker.h"

/* AT!GSTATUS? names what it says, two to a line; which names there are depends on the firmware. */
static bool decode_gstatus(const char *line, struct modem_signal *signal)
{
	static const struct {
		const char *name;
		enum signal_quantity quantity;
	} named[] = {
		{"RX level C0:", SIGNAL_RSSI},  {"PCC RxM RSSI:", SIGNAL_RSSI},
		{"RSSI (dBm):", SIGNAL_RSSI},   {"PCC RxM RSRP:", SIGNAL_RSRP},
		{"RSRP (dBm):", SIGNAL_RSRP},   {"RSRQ (dB):", SIGNAL_RSRQ},
		{"SINR (dB):", SIGNAL_SINR},    {"LTE band:", SIGNAL_BAND},
		{"LTE Rx chan:", SIGNAL_ARFCN}, {"WCDMA channel:", SIGNAL_ARFCN},
		{"Cell ID:", SIGNAL_CELL_HEX},
	};
	/* The second receiver, the second carrier, and 5G next to LTE. */
	static const char *const others[] = {"RxD", "SCC", "NR5G"};
	bool any = false;

	for (size_t i = 0; i < COUNT(others); i++)
		if (strstr(line, others[i]))
			return false;
	for (size_t i = 0; i < COUNT(named); i++) {
		const char *at = strcasestr(line, named[i].name);

		if (at)
			any |= modem_signal_put(signal, named[i].quantity,
						at + strlen(named[i].name));
	}
	return any;
}

/* A reason counts for more than the ones below it in the enum, and than none. */
static void add_reason(struct modem_radio *radio, enum modem_radio_reason reason)
{
	if (radio->state == MODEM_RADIO_ON ||
	    (radio->reason != MODEM_RADIO_FREE && radio->reason < reason))
		return;
	radio->reason = reason;
	radio->state = reason == MODEM_RADIO_TEMPERATURE || reason == MODEM_RADIO_VOLTAGE
			       ? MODEM_RADIO_LOW_POWER
			       : MODEM_RADIO_OFF;
}

/* AT!PCINFO?'s "State: 0 (LPM)" and "LPM voters - Temp:0, Volt:0, User:0, W_DISABLE:1, ..." (older
 * ones: "LPM force flags", and a line "W_DISABLE: 1"), AT!GSTATUS?'s "Mode: LOW POWER MODE". Which
 * voter it was and the mode stand in different lines. */
static bool decode_pcinfo(const char *line, struct modem_radio *radio)
{
	static const struct {
		const char *name;
		enum modem_radio_reason reason;
	} voters[] = {
		{"W_DISABLE:", MODEM_RADIO_W_DISABLE}, {"Temp:", MODEM_RADIO_TEMPERATURE},
		{"Volt:", MODEM_RADIO_VOLTAGE},        {"IMSWITCH:", MODEM_RADIO_IMAGE},
		{"BIOS:", MODEM_RADIO_BIOS},           {"User:", MODEM_RADIO_AIRPLANE},
	};
	const char *mode = str_starts(line, "State:") ? line : strstr(line, "Mode:");
	bool online;

	if (str_starts(line, "LPM voters") || str_starts(line, "LPM force") ||
	    str_starts(line, "W_DISABLE:")) {
		for (size_t i = 0; i < COUNT(voters); i++) {
			const char *at = strstr(line, voters[i].name);

			if (at) {
				at += strlen(voters[i].name);
				if (at[strspn(at, " ")] == '1')
					add_reason(radio, voters[i].reason);
			}
		}
		return true;
	}
	online = mode && strcasestr(mode, "online");
	if (!mode || (!online && !strcasestr(mode, "lpm") && !strcasestr(mode, "low power")))
		return false;
	if (radio->reason == MODEM_RADIO_FREE)
		radio->state = online ? MODEM_RADIO_ON : MODEM_RADIO_OFF;
	return true;
}

/* clang-format off */

/* The index is hexadecimal and differs with the firmware ("LTE Only" is 04 or 06 in an EM919x); 03
 * and 04 became "Automatic" with LTE. So it is looked up by its name in the modem's own list. */
static const struct mode_dialect mode_selrat = {
	.command = "AT!SELRAT", .fields = 1, .bare = true, .otherwise = &mode_generic,
};

static const struct layout_map maps[] = {
	{ 0x03f04e1d, "-.-A....-.-" },         { 0x0f3d68a2, "-.-A....-.-" },
	{ 0x114f68a2, "-.-A....-.-" },         { 0x68a2, "-.-A....-.-" },
	{ 0x68a5, "--A-" },                    { 0x68a9, "--A-" },
	{ 0x68c0, "-.-A....-.-" },             { 0x9001, "--A-", 0x900a },
	{ 0x9011, "--A-" },                    { 0x9013, "--A-" },
	{ 0x9015, "--A-" },                    { 0x9019, "--A-", 0x901b },
	{ 0x901c, "-.-A....-.-" },             { 0x901f, "-.-A....-.-", 0x9056 },
	{ 0x9060, "-.-A....-.-", 0x9061 },     { 0x9063, "-.-A....-.-", 0x9079 },
	{ 0x907b, "-.-A....-.-" },             { 0x9091, "-.-A....-.-" },
	{ 0x90e5, "-.-A....-.-" },             { 0xc001, "s.A.-" },
	{ 0xc081, "-.-A....-.-" },             { 0x413c81a2, "-.-A....-.-", 0x81a4 },
	{ 0x413c81a8, "-.-A....-.-", 0x81b3 }, { 0x413c81c2, "-.-A....-.-" },
	{ 0x413c81cc, "-.-A....-.-", 0x81d2 }, { 0x413c8217, "-.-A....-.-" },
	{ 0x0017, ".", 0x0301 },               { 0x6802, ".", 0x68ff },
	{ 0x9001, ".", 0x90ff },               { 0xa001, "." },
	{ 0 }
};

static const struct layout_boot boots[] = {
	{ 0x68a4, BOOT_IMAGE },     { 0x68a8, BOOT_IMAGE },     { 0x9000, BOOT_GOBI2 },
	{ 0x9010, BOOT_GOBI3 },     { 0x9012, BOOT_GOBI3 },     { 0x9014, BOOT_GOBI3 },
	{ 0x9018, BOOT_GOBI3 },     { 0x901e, BOOT_IMAGE },     { 0x9062, BOOT_IMAGE },
	{ 0x907a, BOOT_IMAGE },     { 0x9090, BOOT_IMAGE },     { 0x90d2, BOOT_IMAGE },
	{ 0x90e4, BOOT_IMAGE },     { 0xc080, BOOT_IMAGE },     { 0x413c81a6, BOOT_IMAGE },
	{ 0x413c81b5, BOOT_IMAGE }, { 0x413c81b6, BOOT_IMAGE }, { 0x413c81cb, BOOT_IMAGE },
	{ 0x413c8218, BOOT_IMAGE },
	{ 0 }
};

const struct modem_family maker_sierra = {
	.name = "sierra", .words = "sierra\0", .vid = 0x1199,
	.pin_left = "AT+CPINC?", .iccid = "AT!ICCID?",
	.technology = "AT*CNTI=0", .signal = "AT!GSTATUS?",
	.radio = "AT!PCINFO?", .radio_else = "AT!GSTATUS?",
	.reset = "AT!RESET", .reject = "AT+CEER",
	.auth = "AT$QCPDPP=%c,%a,%p,%u", .auth_none = "AT$QCPDPP=%c,0",
	.mode = &mode_selrat,
	.counters = (const struct card_counter[]){ { "+CPINC:" }, { NULL } },
	.technologies = (const struct signal_technology[]){
		{ "*CNTI:", NULL, 2 }, { "System mode:", NULL, 1 }, { NULL },
	},
	.decode_signal = decode_gstatus, .decode_radio = decode_pcinfo,
	.maps = maps, .boots = boots,
};
