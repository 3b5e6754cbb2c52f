/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "modem/decode.h"
#include "modem/family.h"

/* clang-format off */
static const struct {
	const char *line;
	bool valid;
	enum modem_domain domain;
	struct modem_registration want;
} registrations[] = {
	{ "+CREG: 0,1", true, MODEM_DOMAIN_CS, { MODEM_REG_HOME, -1, -1, -1 } },
	{ "+CREG: 1", true, MODEM_DOMAIN_CS, { MODEM_REG_HOME, -1, -1, -1 } },
	{ "+CREG:0,5", true, MODEM_DOMAIN_CS, { MODEM_REG_ROAMING, -1, -1, -1 } },
	{ "+CREG: 2,1,\"1206\",\"19E4A03\"", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_HOME, 0x1206, 0x19e4a03, -1 } },
	{ "+CREG: 1,\"1206\",\"19E4A03\",2", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_HOME, 0x1206, 0x19e4a03, 2 } },
	{ "+CREG: 2,1,  0 5, 2715", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_HOME, 0x05, 0x2715, -1 } },
	{ "+CREG: 5,0005,2715", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_ROAMING, 0x05, 0x2715, -1 } },
	{ "+CGREG: 2,1,\"8C65\",\"A14666A\",7", true, MODEM_DOMAIN_PS,
	  { MODEM_REG_HOME, 0x8c65, 0xa14666a, 7 } },
	{ "+CGREG: 2,1,\"8C65\",\"A14666A\",7,\"FF\"", true, MODEM_DOMAIN_PS,
	  { MODEM_REG_HOME, 0x8c65, 0xa14666a, 7 } },
	{ "+CGREG: 1,\"1422\",\"00000142\",3,\"00\"", true, MODEM_DOMAIN_PS,
	  { MODEM_REG_HOME, 0x1422, 0x142, 3 } },
	{ "+CGREG: 2,1, 81ED, 1A9CEB", true, MODEM_DOMAIN_PS,
	  { MODEM_REG_HOME, 0x81ed, 0x1a9ceb, -1 } },
	{ "+CREG: 2,1, 550014, 676", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_HOME, 0x550014, 0x676, -1 } },
	{ "+CREG: 2,1,000B,2816, B, C2816", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_HOME, 0x0b, 0x2816, -1 } },
	{ "+CEREG: 2,1, 1F00, 20, 79D903 ,7", true, MODEM_DOMAIN_EPS,
	  { MODEM_REG_HOME, 0x1f00, 0x79d903, 7 } },
	{ "+CEREG: 1, 1F00, 20, 79D903 ,7", true, MODEM_DOMAIN_EPS,
	  { MODEM_REG_HOME, 0x1f00, 0x79d903, 7 } },
	{ "+CREG: 1,05,A34F0", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_HOME, 0x05, 0xa34f0, -1 } },
	{ "+CREG: 1,0,0", true, MODEM_DOMAIN_CS, { MODEM_REG_HOME, 0, 0, -1 } },
	{ "+CREG: 5,05,000A34F0,2", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_ROAMING, 0x05, 0xa34f0, 2 } },
	{ "+CREG: 2,5,0000047c,0000a34f,2", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_ROAMING, 0x47c, 0xa34f, 2 } },
	{ "+CREG: 0,1,", true, MODEM_DOMAIN_CS, { MODEM_REG_HOME, -1, -1, -1 } },
	{ "+CREG: 00,01", true, MODEM_DOMAIN_CS, { MODEM_REG_HOME, -1, -1, -1 } },
	{ "+CREG: 002,001,\"18d8\",\"ffff\"", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_HOME, 0x18d8, 0xffff, -1 } },
	{ "+CREG: 001", true, MODEM_DOMAIN_CS, { MODEM_REG_HOME, -1, -1, -1 } },
	{ "+CREG: 005,\"18d8\",\"ffff\",007", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_ROAMING, 0x18d8, 0xffff, 7 } },
	{ "+CGREG: 02,05,\"18D8\",\"FFFF\",02", true, MODEM_DOMAIN_PS,
	  { MODEM_REG_ROAMING, 0x18d8, 0xffff, 2 } },
	{ "+CEREG: 000,010", true, MODEM_DOMAIN_EPS, { MODEM_REG_ROAMING_CSFB, -1, -1, -1 } },
	{ "+CREG: 3,3,,,,0,15", true, MODEM_DOMAIN_CS,
	  { MODEM_REG_DENIED, -1, -1, -1 } },
	{ "+CEREG: 4,1,\"1206\",\"19E4A03\",7,,,\"00000000\"", true,
	  MODEM_DOMAIN_EPS, { MODEM_REG_HOME, 0x1206, 0x19e4a03, 7 } },
	{ "+CEREG: 2,1,\"1206\",\"19E4A03\",13", true, MODEM_DOMAIN_EPS,
	  { MODEM_REG_HOME, 0x1206, 0x19e4a03, 13 } },
	{ "+cereg: 0,10", true, MODEM_DOMAIN_EPS,
	  { MODEM_REG_ROAMING_CSFB, -1, -1, -1 } },
	{ "+CREG: 0,3", true, MODEM_DOMAIN_CS, { MODEM_REG_DENIED, -1, -1, -1 } },
	/* the makers' own numbers: an A6, a GM02S, an nRF91 whose SIM fails */
	{ "+CREG: 1,13", true, MODEM_DOMAIN_CS, { MODEM_REG_UNKNOWN, -1, -1, -1 } },
	{ "+CEREG: 5,80", true, MODEM_DOMAIN_EPS, { MODEM_REG_UNKNOWN, -1, -1, -1 } },
	{ "+CEREG: 80", true, MODEM_DOMAIN_EPS, { MODEM_REG_UNKNOWN, -1, -1, -1 } },
	{ "+CEREG: 5,90,,\"FFFFFFFF\",,,,,", true, MODEM_DOMAIN_EPS,
	  { MODEM_REG_UNKNOWN, -1, 0xfffffff, -1 } },
	{ "+CEREG: 90,,\"FFFFFFFF\",,,,,", true, MODEM_DOMAIN_EPS,
	  { MODEM_REG_UNKNOWN, -1, 0xfffffff, -1 } },
	{ "+CEREG: 1,90,\"FFFE\",\"FFFFFFFF\",7", true, MODEM_DOMAIN_EPS,
	  { MODEM_REG_UNKNOWN, 0xfffe, 0xfffffff, 7 } },
	{ "+CREG: 5,\"18\",\"80\"", true, MODEM_DOMAIN_CS, { MODEM_REG_ROAMING, 0x18, 0x80, -1 } },
	{ "+CREG: 5,18,8000", true, MODEM_DOMAIN_CS, { MODEM_REG_ROAMING, 0x18, 0x8000, -1 } },
	{ "+CREG: 100", false, 0, { 0 } },
	{ "+CREG: ", false, 0, { 0 } },
	{ "+CREG: x,1", false, 0, { 0 } },
	{ "+COPS: 0", false, 0, { 0 } },
};
/* clang-format on */

static void registration_in_every_real_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(registrations); i++) {
		struct modem_registration got = {.lac = -7};
		enum modem_domain domain = MODEM_DOMAIN_COUNT;
		bool valid = modem_decode_registration(registrations[i].line, &domain, &got);

		assert_int_equal(valid, registrations[i].valid);
		if (!valid) {
			assert_int_equal(got.lac, -7);
			continue;
		}
		assert_int_equal(domain, registrations[i].domain);
		assert_int_equal(got.stat, registrations[i].want.stat);
		assert_int_equal(got.lac, registrations[i].want.lac);
		assert_int_equal(got.ci, registrations[i].want.ci);
		assert_int_equal(got.act, registrations[i].want.act);
	}
}

static void only_home_and_roaming_carry_data(void **state)
{
	static const enum modem_reg carry[] = {MODEM_REG_HOME, MODEM_REG_ROAMING,
					       MODEM_REG_HOME_CSFB, MODEM_REG_ROAMING_CSFB};

	(void)state;
	for (int reg = 0; reg < MODEM_REG_COUNT; reg++) {
		bool want = false;

		for (size_t i = 0; i < COUNT(carry); i++)
			want |= carry[i] == (enum modem_reg)reg;
		assert_int_equal(modem_reg_is_registered((enum modem_reg)reg), want);
	}
}

static void cpin_in_every_real_form(void **state)
{
	static const struct {
		const char *line;
		bool valid;
		enum modem_sim sim;
	} rows[] = {
		{"+CPIN: READY", true, MODEM_SIM_READY},
		{"+CPIN:READY", true, MODEM_SIM_READY},
		{"+CPIN: \"SIM PIN\"", true, MODEM_SIM_PIN},
		{"+CPIN: SIM PIN", true, MODEM_SIM_PIN},
		{"+CPIN: SIM PIN2", true, MODEM_SIM_READY},
		{"+CPIN: SIM PUK", true, MODEM_SIM_PUK},
		{"+CPIN: PH-NET PIN", true, MODEM_SIM_OTHER_LOCK},
		{"+CPIN: NOT READY", true, MODEM_SIM_BUSY},
		{"+CPIN: SIM BUSY", true, MODEM_SIM_BUSY},
		{"+CPIN: NOT INSERTED", true, MODEM_SIM_MISSING},
		{"+CPIN: SIM REMOVED", true, MODEM_SIM_MISSING},
		{"+CPIN: SIM FAILURE", true, MODEM_SIM_FAILED},
		{"+CPIN: WHATEVER", false, MODEM_SIM_UNKNOWN},
		{"READY", false, MODEM_SIM_UNKNOWN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		enum modem_sim sim = MODEM_SIM_UNKNOWN;

		assert_int_equal(modem_decode_cpin(rows[i].line, &sim), rows[i].valid);
		assert_int_equal(sim, rows[i].sim);
	}
}

static void contexts_with_and_without_address(void **state)
{
	struct modem_context context;

	(void)state;
	assert_true(modem_decode_context("+CGDCONT: 1,\"IP\",\"3g.utel.ua\",\"0.0.0.0\",0,0",
					 &context));
	assert_int_equal(context.cid, 1);
	assert_string_equal(context.type, "IP");
	assert_string_equal(context.apn, "3g.utel.ua");
	assert_true(modem_decode_context("+CGDCONT: 2,\"IPV4V6\",\"\"", &context));
	assert_int_equal(context.cid, 2);
	assert_string_equal(context.apn, "");
	assert_true(modem_decode_context("+CGDCONT: 3,\"IP\"", &context));
	assert_string_equal(context.apn, "");
	assert_false(modem_decode_context("+CGDCONT: ,\"IP\"", &context));
}

static void signal_is_in_its_range(void **state)
{
	int csq = -1, ber = -1;

	(void)state;
	assert_true(modem_decode_csq("+CSQ: 13,99", &csq, &ber));
	assert_int_equal(csq, 13);
	assert_int_equal(ber, 99);
	assert_int_equal(modem_csq_dbm(13), -87);
	assert_int_equal(modem_csq_dbm(0), -113);
	assert_int_equal(modem_csq_dbm(31), -51);
	assert_true(modem_decode_csq("+CSQ: 99", &csq, &ber));
	assert_false(modem_decode_csq("+CSQ: 32,0", &csq, &ber));
	assert_false(modem_decode_csq("+CSQ: -1,0", &csq, &ber));
}

static void operator_by_name_number_and_ucs2(void **state)
{
	static const struct {
		const char *line;
		bool valid;
		const char *name;
		const char *mccmnc;
		int act;
	} rows[] = {
		{"+COPS: 0,0,\"MEDION Mobile\",2", true, "MEDION Mobile", "", 2},
		{"+COPS: 0,2,\"26203\",2", true, "", "26203", 2},
		{"+COPS: 0,2,\"20201\"", true, "", "20201", -1},
		{"+COPS: 0,0,\"0033002000410054\",2", true, "3 AT", "", 2},
		{"+COPS: 0,0,\"0054006500CC006C\"", true, "Te\xc3\x8cl", "", -1},
		{"+COPS: 0,0,\"20012002\"", true, "20012002", "", -1},
		{"+COPS: 0", false, "", "", -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char name[64] = "", mccmnc[8] = "";
		int act = -1;

		assert_int_equal(modem_decode_cops(rows[i].line, name, sizeof(name), mccmnc,
						   sizeof(mccmnc), &act),
				 rows[i].valid);
		assert_string_equal(name, rows[i].name);
		assert_string_equal(mccmnc, rows[i].mccmnc);
		assert_int_equal(act, rows[i].act);
	}
}

static void selection_with_and_without_an_operator(void **state)
{
	int mode = -1;

	(void)state;
	assert_true(modem_decode_number("+COPS: 1,2,\"26203\",2", "+COPS:", &mode));
	assert_int_equal(mode, 1);
	assert_true(modem_decode_number("+COPS: 2", "+COPS:", &mode));
	assert_int_equal(mode, 2);
	assert_false(modem_decode_number("+COPS: (1,\"x\")", "+COPS:", &mode));
	assert_false(modem_decode_number("+COPS:", "+COPS:", &mode));
}

static void a_hostile_operator_name_stays_in_its_bounds(void **state)
{
	char line[400] = "+COPS: 0,0,\"", name[8] = "", mccmnc[8] = "";
	int act;

	(void)state;
	memset(line + strlen(line), 'A', 300);
	strcat(line, "\",2");
	modem_decode_cops(line, name, sizeof(name), mccmnc, sizeof(mccmnc), &act);
	assert_true(strlen(name) < sizeof(name));
	assert_true(modem_decode_cops("+COPS: 0,0,\"004100420043004400450046\"", name, sizeof(name),
				      mccmnc, sizeof(mccmnc), &act));
	assert_true(strlen(name) < sizeof(name));
	assert_memory_equal(name, "ABCD", 4);
}

static void apns_are_equal_as_the_network_sees_them(void **state)
{
	(void)state;
	assert_true(modem_apn_equal("internet", "Internet"));
	assert_true(modem_apn_equal("internet", "internet.mnc001.mcc262.gprs"));
	assert_true(modem_apn_equal("internet.MNC001.MCC262.GPRS", "INTERNET"));
	assert_true(modem_apn_equal("", ""));
	assert_false(modem_apn_equal("internet", "internet2"));
	assert_false(modem_apn_equal("internet", "internet.example.com"));
	assert_false(modem_apn_equal("", ".mnc001.mcc262.gprs"));
}

/* Seen in +CREG: 002,001,"18d8","ffff"; so in every answer. */
static void leading_zeros_change_no_number(void **state)
{
	struct modem_context context;
	struct modem_signal signal;
	struct modem_radio radio;
	struct mode_choice choice;
	char name[16] = "", mccmnc[8] = "";
	int csq, ber, act, number;

	(void)state;
	assert_true(modem_decode_csq("+CSQ: 017,099", &csq, &ber));
	assert_int_equal(csq, 17);
	assert_true(modem_decode_cops("+COPS: 000,002,\"26201\",007", name, sizeof(name), mccmnc,
				      sizeof(mccmnc), &act));
	assert_string_equal(mccmnc, "26201");
	assert_int_equal(act, 7);
	assert_true(modem_decode_number("+COPS: 002", "+COPS:", &number) && number == 2);
	assert_true(modem_decode_number("+CFUN: 004", "+CFUN:", &number) && number == 4);
	assert_true(modem_decode_context("+CGDCONT: 001,\"IP\",\"a\"", &context));
	assert_int_equal(context.cid, 1);
	assert_true(modem_decode_pin_left("+CPINC: 003,010", &number) && number == 3);
	assert_true(modem_decode_pin_left("+CPINR: SIM PIN, 003, 003", &number) && number == 3);
	assert_true(modem_decode_radio("^RFSWITCH:001,000", &radio));
	assert_int_equal(radio.reason, MODEM_RADIO_W_DISABLE);
	modem_signal_clear(&signal);
	assert_true(modem_decode_signal("^HCSQ:\"LTE\",046,041,081,020", &signal));
	assert_int_equal(signal.rsrp_dbm, -100);
	assert_string_equal(modem_decode_technology("^SYSINFO:002,003,000,005,001,,004"), "UMTS");
	assert_true(mode_decode(modem_family_find(0, "zte")->mode, "+ZSNT: 02,00,00", &choice));
	assert_int_equal(choice.mode.allowed, MODE_3G);
	assert_true(
		mode_decode(modem_family_find(0, "huawei")->mode, "^SYSCFGEX:\"00\",3F", &choice));
	assert_false(mode_bars_roaming(modem_family_find(0, "huawei")->mode,
				       "^SYSCFGEX:\"00\",3FFFFFFF,1,2,7FFFFFFFFFFFFFFF"));
	assert_true(mode_bars_roaming(modem_family_find(0, "huawei")->mode,
				      "^SYSCFGEX: \"00\",3FFFFFFF,0,2,7FFFFFFFFFFFFFFF"));
	assert_true(mode_bars_roaming(modem_family_find(0, "huawei")->mode->otherwise,
				      "^SYSCFG:2,0,3FFFFFFF,0,2"));
	assert_false(
		mode_bars_roaming(modem_family_find(0, "huawei")->mode->otherwise, "^SYSCFG:2,0"));
	assert_int_equal(choice.mode.allowed, MODE_ALL);
	assert_true(mode_decode(modem_family_find(0, "huawei")->mode->otherwise,
				"^SYSCFG:013,001,3F", &choice));
	assert_int_equal(choice.mode.allowed, MODE_2G);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(registration_in_every_real_form),
		cmocka_unit_test(only_home_and_roaming_carry_data),
		cmocka_unit_test(cpin_in_every_real_form),
		cmocka_unit_test(contexts_with_and_without_address),
		cmocka_unit_test(signal_is_in_its_range),
		cmocka_unit_test(operator_by_name_number_and_ucs2),
		cmocka_unit_test(selection_with_and_without_an_operator),
		cmocka_unit_test(a_hostile_operator_name_stays_in_its_bounds),
		cmocka_unit_test(leading_zeros_change_no_number),
		cmocka_unit_test(apns_are_equal_as_the_network_sees_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
