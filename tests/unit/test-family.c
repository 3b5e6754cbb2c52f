/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "modem/family.h"

static const struct {
	int vid;
	const char *identity;
	const char *family;
} modems[] = {
	{0x1199, "", "sierra"},
	{0x1199, "Manufacturer: Sierra Wireless, Incorporated", "sierra"},
	{0x413c, "Manufacturer: Sierra Wireless, Incorporated", "sierra"},
	{0x413c, "Manufacturer: Dell", "generic"},
	{0x03f0, "Manufacturer: huawei\nModel: ME906s", "huawei"},
	{0x05c6, "Quectel\nEC20", "quectel"},
	{0x05c6, "Manufacturer: QUALCOMM INCORPORATED\nModel: 88", "generic"},
	{0x12d1, "Manufacturer: huawei", "huawei"},
	{0x19d2, "Manufacturer: ZTE INCORPORATED", "zte"},
	{0x1e0e, "Manufacturer: SIMCOM INCORPORATED", "simcom"},
	{0x1bc7, "332", "telit"},
	{0x1e2d, "Cinterion\nPLS8-E", "cinterion"},
	{0x1546, "u-blox\nTOBY-L210", "ublox"},
	{0x0af0, "GTM382", "option"},
	{0x1410, "", "novatel"},
	{0x0bdb, "F5521gw", "ericsson"},
	{0x2cb7, "Fibocom Wireless Inc.", "fibocom"},
	{0, "", "generic"},
};

static void words_count_more_than_the_vendor_id(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(modems) / sizeof(*modems); i++)
		assert_string_equal(modem_family_find(modems[i].vid, modems[i].identity)->name,
				    modems[i].family);
}

/* NULL: +CFUN=1,1 alone (27.007 8.2). */
static void each_family_has_its_reset(void **state)
{
	static const struct {
		int vid;
		const char *reset;
	} rows[] = {
		{0x1199, "AT!RESET"},   {0x12d1, "AT^RESET"},
		{0x1e0e, "AT+CRESET"},  {0x1bc7, "AT#REBOOT"},
		{0x1546, "AT+CFUN=16"}, {0x0bdb, "AT*E2RESET"},
		{0x2cb7, "AT+CFUN=15"}, {0x2c7c, NULL},
		{0x1e2d, NULL},         {0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *reset = modem_family_find(rows[i].vid, "")->reset;

		if (rows[i].reset)
			assert_string_equal(reset, rows[i].reset);
		else
			assert_null(reset);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_count_more_than_the_vendor_id),
		cmocka_unit_test(each_family_has_its_reset),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
