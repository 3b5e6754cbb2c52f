/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "modem/card.h"

static void pin_counters_of_all_makers(void **state)
{
	static const struct {
		const char *line;
		int left; /* -1: none */
	} rows[] = {
		{"+CPINC: 3, 3, 10, 10", 3},
		{"+CPINC: 1,3,10,10", 1},
		{"+CPINC: 0,3,10,10", 0},
		{"+QPINC: \"SC\",2,10", 2},
		{"+QPINC: \"P2\",3,10", -1},
		{"+UPINCNT: 3,3,10,10", 3},
		{"^CPIN: SIM PIN,,10,3,10,3", 3},
		{"^CPIN:SIM PIN,2,10,2,10,3", 2},
		{"+SPIC: 3,10,3,10", 3},
		{"^SPIC: 2", 2},
		{"#PCT: 3", 3},
		{"*EPIN: 3,10,3,10", 3},
		{"+ZPINPUK: 1,10", 1},
		{"+XPINCNT: 3,3,10,10", 3},
		{"_OERCN: 3,10", 3},
		{"+EPINC: 2, 3, 10, 10", 2},
		{"+EPINC:0,3,10,10", 0},
		{"+CPINR: SIM PIN,3,3", 3},
		{"+CPINR: \"SIM PIN\",1,3", 1},
		{"+CPINR: SIM PUK,10,10", -1},
		{"+CPINR: SIM PIN2,3,3", -1},
		{"+CSIM: 4,\"63C3\"", 3},
		{"+CSIM:4,63c1", 1},
		{"+CSIM: 4,\"63C0\"", 0},
		{"+CSIM: 4,\"6983\"", 0},
		/* no PIN is asked for, wrong class, wrong length, nonsense */
		{"+CSIM: 4,\"9000\"", -1},
		{"+CSIM: 4,\"6E00\"", -1},
		{"+CSIM: 4,\"6700\"", -1},
		{"+CSIM: 4,\"63CF\"", -1},
		{"+CSIM: 8,\"000063C3\"", -1},
		{"+CSIM: 4", -1},
		/* liars */
		{"+CPINC: 255,3,10,10", -1},
		{"+CPINC: -1,3,10,10", -1},
		{"+CPINC: ,3", -1},
		{"+CPINC:", -1},
		{"^CPIN: SIM PIN", -1},
		{"+CPIN: SIM PIN", -1},
		{"3", -1},
		{"", -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		int left = -1;

		assert_int_equal(modem_decode_pin_left(rows[i].line, &left), rows[i].left >= 0);
		assert_int_equal(left, rows[i].left);
	}
}

/* EF-SPN's first byte, then GSM's alphabet or UCS2 in one of three forms. */
static void names_of_providers_are_read_in_each_alphabet(void **state)
{
	static const struct {
		const char *line, *spn;
	} rows[] = {
		{"+CRSM: 144,0,\"014D696E74FFFFFFFFFFFFFFFFFFFFFFFF\"", "Mint"},
		{"+CRSM: 144, 0, \"014d696e74ffffffffffffffffffffffff\"", "Mint"},
		{"+CRSM: 144,0,014D696E74FFFF", "Mint"},
		{"+CRSM: 145,24,\"004C7963616D6F62696C65FFFFFFFFFFFF\"", "Lycamobile"},
		{"+CRSM: 144,0,\"0080004D0069006E0074FFFFFFFFFFFFFF\"", "Mint"},
		{"+CRSM: 144,0,\"0081044D4D696E74FFFFFFFFFFFFFFFFFF\"", "Mint"},
		{"+CRSM: 144,0,\"00820430304D696E74FFFFFFFFFFFFFFFF\"", "Mint"},
		{"+CRSM: 144,0,\"0082\"", NULL},
		{"+CRSM: 144,0,\"00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF\"", NULL},
		{"+CRSM: 144,0,\"\"", NULL},
		{"+CRSM: 148,8,\"\"", NULL},
		{"+CRSM: 105,129,\"\"", NULL},
		{"+CRSM: 106,130", NULL},
		{"+CRSM: 144,0,\"01zz\"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char spn[MODEM_SPN_SIZE] = "";

		assert_int_equal(modem_decode_spn(rows[i].line, spn), rows[i].spn != NULL);
		assert_string_equal(spn, rows[i].spn ? rows[i].spn : "");
	}
}

static void iccids_in_every_form_are_one(void **state)
{
	static const struct {
		const char *line, *iccid; /* NULL: none */
	} rows[] = {
		{"!ICCID: 89490200000863940628", "89490200000863940628"},
		{"ICCID: 89490200000863940628", "89490200000863940628"},
		{"+CCID: 8944501810180244540f, 89033023426200000000000123456789",
		 "8944501810180244540"},
		{"+CCID: \"89490200000863940628\"", "89490200000863940628"},
		{"+CCID: 8939104170000600742", "8939104170000600742"},
		{"8939103320004650065f", "8939103320004650065"},
		{"+QCCID: 8939103320004650065F", "8939103320004650065"},
		{"+ICCID: 897010269813267917FF", "897010269813267917"},
		{"^ICCID: 98930133020064055660", "89391033200046506506"},
		{"^ICCID: 989301330200640556F6", "8939103320004650656"},
		{"#CCID: 8939104170000600742F", "8939104170000600742"},
		{"+CRSM: 144,0,\"98942000008036496082\"", "89490200000863940628"},
		{"+CRSM: 144,0,98942000008036496082", "89490200000863940628"},
		{"898600D0123456789012", "898600D0123456789012"},
		{"+CRSM: 106,130", NULL},
		{"+CRSM: 148,4,\"98942000008036496082\"", NULL},
		{"+CRSM: 144,0,\"\"", NULL},
		{"+CCID: ", NULL},
		{"+CCID: C3729F82", NULL},
		{"+CCID: 8939", NULL},
		{"+CCID: 893910417000060074212", NULL},
		{"+CCID: 89391041700006007 42", NULL},
		{"+CCID: 8939104170000600742;rm", NULL},
		{"FFFFFFFFFFFFFFFFFFFF", NULL},
		{"98FFFFFFFFFFFFFFFFFF", NULL},
		{"262021234567890", NULL},
		{"", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char iccid[MODEM_ICCID_SIZE] = "";

		assert_int_equal(modem_decode_iccid(rows[i].line, iccid), rows[i].iccid != NULL);
		assert_string_equal(iccid, rows[i].iccid ? rows[i].iccid : "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pin_counters_of_all_makers),
		cmocka_unit_test(names_of_providers_are_read_in_each_alphabet),
		cmocka_unit_test(iccids_in_every_form_are_one),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
