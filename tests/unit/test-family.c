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
		assert_string_equal(
			modem_family_find(modems[i].vid, modems[i].identity)
				->name,
			modems[i].family);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_count_more_than_the_vendor_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
