/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "base/buf.h"
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
	{0, "SIM800 R14.18", "simcom"},
	{0, "SIM7000G R1529", "simcom"},
	{0, "Manufacturer: INCORPORATED\nModel: A7670E-FASE", "simcom"},
	{0, "SARA-U201-03S-00", "ublox"},
	{0, "HL7692", "generic"},
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

/* A row a family: its answers, as they are in tests/modem and in vendors' manuals. NULL: it has no
 * such answer, or 27.007's. */
static const struct family_row {
	const char *name, *identity;
	int vid, pid, data;  /* the interface for calls; -1: no layout is known */
	const char *counter; /* one attempt is left */
	const char *technology_line, *technology;
	const char *signal;                 /* tells how good it is */
	const char *radio;                  /* switched off by a pin */
	const char *mode_line, *mode, *set; /* AT%s=... sets that mode */
} families[] = {
	/* clang-format off */
	{ "sierra", "Manufacturer: Sierra Wireless", 0x1199, 0x9013, 2,
	  "+CPINC: 1,3,10,10", "*CNTI: 0,HSPA+", "HSPA+", "RX level C0:   -68",
	  "LPM voters - Temp:0, Volt:0, User:0, W_DISABLE:1", "!SELRAT: 06, LTE Only", "4g",
	  "AT!SELRAT=06" },
	{ "huawei", "Manufacturer: huawei", 0x12d1, 0x14f1, 2, "^CPIN: SIM PIN,1,10,1,10,3",
	  "^SYSINFOEX:2,3,0,1,,6,\"LTE\",101,\"LTE\"", "LTE", "^HCSQ:\"WCDMA\",46,41,30",
	  "^RFSWITCH:1,0", "^SYSCFGEX:\"0302\",3FFFFFFF,1,2,800C5", "4g-preferred",
	  "AT^SYSCFGEX=\"0302\",40000000,2,4,40000000,," },
	{ "zte", "Manufacturer: ZTE INCORPORATED", 0x19d2, 0x0031, 3, "+ZPINPUK: 1,10",
	  "+ZPAS: \"UMTS\",\"CS_PS\"", "UMTS", NULL, NULL, "+ZSNT: 2,0,0", "3g",
	  "AT+ZSNT=2,0,0" },
	{ "quectel", "Quectel\nEC25", 0x2c7c, 0x0125, 3, "+QPINC: \"SC\",1,10",
	  "+QNWINFO: \"FDD LTE\",\"26201\",\"LTE BAND 3\",1300", "LTE",
	  "+QCSQ: \"LTE\",-52,-81,195,-10", NULL, "+QCFG: \"nwscanmode\",3", "4g",
	  "AT+QCFG=\"nwscanmode\",3" },
	{ "simcom", "Manufacturer: SIMCOM INCORPORATED", 0x1e0e, 0x9001, 3, "+SPIC: 1,10,1,10",
	  "+CPSI: WCDMA,Online,460-01,0xA809", "UMTS",
	  "+CPSI: GSM,Online,460-00,0x182d,12401,27 EGSM 900,-64,2110,42-42", NULL, "+CNMP: 38",
	  "4g", "AT+CNMP=38" },
	{ "telit", "Telit\nLE910", 0x1bc7, 0x1201, 4, "#PCT: 1", "#PSNT: 0,4", "LTE", NULL, NULL,
	  "+WS46: 28", "4g", "AT+WS46=28" },
	{ "cinterion", "Cinterion\nPLS8-E", 0x1e2d, 0x0061, 0, "^SPIC: 1",
	  "^SMONI: 4G,6300,20,10,10,FDD,262,02,BF75", "LTE",
	  "^SMONI: 2G,71,-61,262,02,0143,83BA,33,33,3,6,G,NOCONN", NULL, "^SXRAT: 3", "4g",
	  "AT^SXRAT=3" },
	{ "ublox", "u-blox\nTOBY-L210", 0x1546, -1, -1, "+UPINCNT: 1,3,10,10", "+UREG: 0,7", "LTE",
	  NULL, NULL, "+URAT: 3", "4g", "AT+URAT=3" },
	{ "option", "Option N.V.\nGTM382", 0x0af0, 0x8120, 2, "_OERCN: 1,10", "_OWCTI: 4", "HSPA",
	  NULL, NULL, "_OPSYS: 1,2", "3g", "AT_OPSYS=1,2" },
	{ "novatel", "Novatel Wireless", 0x1410, 0xa001, 2, NULL, "$CNTI: 0,UMTS", "UMTS", NULL,
	  NULL, "$NWRAT: 2,1", "3g", "AT$NWRAT=2,1" },
	{ "ericsson", "Ericsson F5521gw", 0x0bdb, -1, -1, "*EPIN: 1,10,3,10", "*ERINFO: 0,0,2",
	  "HSDPA", NULL, NULL, "+CFUN: 6", "3g", "AT+CFUN=6" },
	{ "fibocom", "Fibocom Wireless Inc.", 0x2cb7, 0x0104, 1, "+XPINCNT: 1,3,10,10", NULL, NULL,
	  NULL, NULL, "+XACT: 2,2", "4g", "AT+XACT=2" },
	{ "icera", "Icera", 0, -1, -1, "%PINNUM: 1,10,3,10", NULL, NULL, NULL, NULL, "+WS46: 22",
	  "3g", "AT+WS46=22" },
	{ "generic", "", 0, -1, -1, "+CPINR: SIM PIN,1,3", NULL, NULL,
	  "+CESQ: 63,99,255,255,255,255", NULL, "+WS46: 22", "3g", "AT+WS46=22" },
	/* clang-format on */
};

static void check_answers(const struct family_row *row, const struct modem_family *family)
{
	struct modem_radio radio = {MODEM_RADIO_UNKNOWN, MODEM_RADIO_FREE};
	struct modem_signal signal;
	struct mode_choice choice = {"", {0, 0}};
	struct buf text = BUF_INIT;
	int left = -1;

	if (row->counter) {
		assert_true(modem_decode_pin_left(row->counter, &left));
		assert_int_equal(left, 1);
	}
	if (row->technology_line)
		assert_string_equal(modem_decode_technology(row->technology_line), row->technology);
	modem_signal_clear(&signal);
	if (row->signal) {
		assert_true(modem_decode_signal(row->signal, &signal));
		assert_true(modem_signal_percent(&signal) >= 0);
	}
	if (row->radio) {
		assert_true(modem_decode_radio(row->radio, &radio));
		assert_int_equal(radio.reason, MODEM_RADIO_W_DISABLE);
	}
	assert_true(mode_decode(family->mode, row->mode_line, &choice));
	mode_print(choice.mode, &text);
	assert_string_equal(buf_str(&text), row->mode);
	buf_clear(&text);
	mode_print_set(family->mode, choice.value, &text);
	assert_int_equal(strncmp(buf_str(&text), row->set, strlen(row->set)), 0);
	buf_free(&text);
}

static void each_family_is_found_and_understood(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++) {
		const struct family_row *row = &families[i];
		const struct modem_family *family = modem_family_find(0, row->identity);
		struct layout_interface interface = {row->vid, row->pid, row->data, 5,
						     -1,       -1,       -1,        -1};

		assert_string_equal(family->name, row->name);
		if (row->vid)
			assert_ptr_equal(modem_family_find(row->vid, ""), family);
		if (row->pid >= 0)
			assert_int_equal(layout_role(&interface), LAYOUT_DATA);
		check_answers(row, family);
	}
}

/* Those that only have USB layouts have none, nor words by which they would be found. */
static void each_dialect_has_a_row(void **state)
{
	(void)state;
	for (const struct modem_family *const *at = modem_families; *at; at++) {
		size_t i = 0;

		while (i < sizeof(families) / sizeof(*families) &&
		       strcmp(families[i].name, (*at)->name) != 0)
			i++;
		assert_int_equal(i < sizeof(families) / sizeof(*families), (*at)->mode != NULL);
		if (!(*at)->mode)
			assert_true(!(*at)->words && !(*at)->vid);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words_count_more_than_the_vendor_id),
		cmocka_unit_test(each_family_has_its_reset),
		cmocka_unit_test(each_family_is_found_and_understood),
		cmocka_unit_test(each_dialect_has_a_row),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
