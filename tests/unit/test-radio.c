/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "modem/radio.h"

#define LINES 6

static const struct {
	const char *lines[LINES];
	const char *state, *reason;
} answers[] = {
	/* MC7710 */
	{{"State: 1 (ONLINE)", "LPM force flags - W_DISABLE:0, User:0, Temp:0, Volt:0",
	  "W_DISABLE: 0", "Poweroff mode: 1", "LPM Persistent: 0"},
	 "on",
	 ""},
	{{"State: 0 (LPM)", "LPM force flags - W_DISABLE:0, User:1, Temp:0, Volt:0", "W_DISABLE: 0",
	  "Poweroff mode: 1", "LPM Persistent: 0"},
	 "off",
	 "airplane mode"},
	{{"State: 0 (LPM)", "LPM force flags - W_DISABLE:1, User:1, Temp:0, Volt:0", "W_DISABLE: 1",
	  "Poweroff mode: 0", "LPM Persistent: 0"},
	 "off",
	 "W_DISABLE"},
	{{"State: 0 (LPM)", "LPM force flags - W_DISABLE:0, User:1, Temp:1, Volt:0"},
	 "low-power",
	 "temperature"},
	{{"State: 0 (LPM)", "LPM force flags - W_DISABLE:0, User:0, Temp:0, Volt:1"},
	 "low-power",
	 "voltage"},
	/* EM7455 */
	{{"State: Online",
	  "LPM voters - Temp:0, Volt:0, User:0, W_DISABLE:0, IMSWITCH:0, "
	  "BIOS:0, LWM2M:0, OMADM:0, FOTA:0",
	  "LPM persistence - None"},
	 "on",
	 ""},
	{{"State: Low Power Mode",
	  "LPM voters - Temp:0, Volt:0, User:0, W_DISABLE:0, IMSWITCH:1, "
	  "BIOS:0, LWM2M:0, OMADM:0, FOTA:0",
	  "LPM persistence - None"},
	 "off",
	 "image"},
	{{"State: Low Power Mode", "LPM voters - Temp:0, Volt:0, User:1, W_DISABLE:0, IMSWITCH:0, "
				   "BIOS:1"},
	 "off",
	 "BIOS"},
	{{"State: Low Power Mode"}, "off", ""},
	/* !GSTATUS? */
	{{"!GSTATUS: ", "Current Time:  602              Temperature: 3t 5",
	  "Bootup Time:   1                Mode:        LOW POWER MODE ",
	  "System mode:   Unknown          PS state:    Not attached "},
	 "off",
	 ""},
	{{"Current Time:  22016        Temperature: 40",
	  "Reset Counter: 1            Mode:        ONLINE",
	  "System mode:   LTE          PS state:    Attached"},
	 "on",
	 ""},
	/* Huawei */
	{{"^RFSWITCH:1,1"}, "on", ""},
	{{"^RFSWITCH: 0,1"}, "off", "airplane mode"},
	{{"^RFSWITCH:1,0"}, "off", "W_DISABLE"},
	{{"^RFSWITCH:1"}, "unknown", ""},
	/* nothing of it */
	{{"+CFUN: 1", "", "LPM", "State", "Modem: 1"}, "unknown", ""},
};

static void the_familys_own_word_is_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(answers); i++) {
		struct modem_radio radio = {0};

		for (size_t j = 0; j < LINES && answers[i].lines[j]; j++)
			modem_decode_radio(answers[i].lines[j], &radio);
		assert_string_equal(modem_radio_state_name(radio.state), answers[i].state);
		assert_string_equal(modem_radio_reason_name(radio.reason), answers[i].reason);
	}
}

static void cfun_says_on_or_off(void **state)
{
	static const int off[] = {0, 4, 7};

	(void)state;
	for (int fun = 0; fun < 10; fun++) {
		bool want_on = true;

		for (size_t i = 0; i < COUNT(off); i++)
			want_on &= fun != off[i];
		assert_int_equal(modem_radio_of_fun(fun).state,
				 want_on ? MODEM_RADIO_ON : MODEM_RADIO_OFF);
	}
}

static void every_reason_has_a_name_and_a_text(void **state)
{
	(void)state;
	for (int i = MODEM_RADIO_FREE + 1; i < MODEM_RADIO_REASON_COUNT; i++) {
		enum modem_radio_reason reason = (enum modem_radio_reason)i;

		assert_true(*modem_radio_reason_name(reason));
		assert_true(*modem_radio_reason_text(reason));
	}
	assert_string_equal(modem_radio_reason_name(MODEM_RADIO_FREE), "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_familys_own_word_is_understood),
		cmocka_unit_test(cfun_says_on_or_off),
		cmocka_unit_test(every_reason_has_a_name_and_a_text),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
