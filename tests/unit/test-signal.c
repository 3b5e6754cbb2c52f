/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "unit.h"

#include "base/count.h"
#include "modem/signal.h"

#define NO MODEM_DB_UNKNOWN

/* clang-format off */
static const struct {
	const char *line;
	bool valid;
	struct modem_signal want;
} signals[] = {
	/* csq ber rssi rscp rsrp rsrq */
	{ "+CSQ: 13,99", true, { 13, 99, -87, NO, NO, NO } },
	{ "+CSQ: 31,0", true, { 31, 0, -51, NO, NO, NO } },
	{ "+CSQ: 99,99", true, { 99, 99, NO, NO, NO, NO } },
	{ "+CSQ: 32,0", false, { 0 } },
	{ "+CESQ: 63,99,255,255,255,255", true, { 99, 99, -48, NO, NO, NO } },
	{ "+CESQ: 99,99,255,255,20,60", true, { 99, 99, NO, NO, -81, -10 } },
	{ "+CESQ:99,99,40,12,255,255", true, { 99, 99, NO, -81, NO, NO } },
	{ "+CESQ: 99,99,255,255,255,255", false, { 0 } },
	{ "+CESQ: 99", false, { 0 } },
	{ "^HCSQ:\"LTE\",46,41,105,16", true, { 99, 99, -75, NO, -100, -12 } },
	{ "^HCSQ: \"LTE\",255,255,255,255", false, { 0 } },
	{ "^HCSQ:\"WCDMA\",46,41,30", true, { 99, 99, -75, -80, NO, NO } },
	{ "^HCSQ:\"GSM\",46", true, { 99, 99, -75, NO, NO, NO } },
	{ "^HCSQ:\"NR\",41,105,16", true, { 99, 99, NO, NO, -100, -12 } },
	{ "^HCSQ:\"NOSERVICE\"", false, { 0 } },
	{ "+QCSQ: \"LTE\",-52,-81,195,-10", true, { 99, 99, -52, NO, -81, -10 } },
	{ "+QCSQ: \"eMTC\",-52,-81,195,-10", true, { 99, 99, -52, NO, -81, -10 } },
	{ "+QCSQ: \"WCDMA\",-70,-78,-8", true, { 99, 99, -70, -78, NO, NO } },
	{ "+QCSQ: \"GSM\",-61", true, { 99, 99, -61, NO, NO, NO } },
	{ "+QCSQ: \"NOSERVICE\"", false, { 0 } },
	{ "+CPSI: LTE,Online,460-11,0x5A1E,187214780,257,EUTRAN-BAND3,1850,5,5,"
	  "-94,-850,-545,15", true, { 99, 99, -54, NO, -85, -9 } },
	{ "+CPSI: LTE CAT-M1,Online,460-00,0x333C,39589480,64,EUTRAN-BAND39,"
	  "38300,5,5,-13,-102,-75,11", true, { 99, 99, -75, NO, -102, -13 } },
	{ "+CPSI: WCDMA,Online,310-410,0xDE8B,3846084,WCDMA 850,355,4385,0,4.5,"
	  "78,39,37,500", true, { 99, 99, NO, -78, NO, NO } },
	{ "+CPSI: GSM,Online,460-00,0x182d,12401,27 EGSM 900,-64,2110,42-42",
	  true, { 99, 99, -64, NO, NO, NO } },
	{ "+CPSI: NR5G_SA,Online,242-12,0x765D,4955280,0,NR5G_BAND78,640704,-770,-110,290", true,
	  { 99, 99, NO, NO, -77, -11 } },
	{ "+CPSI: NO SERVICE,Online", false, { 0 } },
	{ "^SMONI: 4G,6300,20,10,10,FDD,262,02,BF75,0345103,350,33,-94,-7,"
	  "NOCONN", true, { 99, 99, NO, NO, -94, -7 } },
	{ "^SMONI: 3G,10564,296,-7.5,-79,262,02,0143,00228FF,-92,-78,NOCONN",
	  true, { 99, 99, NO, -79, NO, NO } },
	{ "^SMONI: 2G,71,-61,262,02,0143,83BA,33,33,3,6,G,NOCONN", true,
	  { 99, 99, -61, NO, NO, NO } },
	{ "^SMONI: 3G,SEARCH,SEARCH", false, { 0 } },
	{ "RX level C0:   -68              LAC:         1389 (5001)", true,
	  { 99, 99, -68, NO, NO, NO } },
	{ "RX level C1:   -106             Cell ID:     01F5C481 (32883841)",
	  true, { 99, 99, NO, NO, NO, NO } },
	{ "PCC RxM RSSI:  -45          RSRP (dBm):  -81", true,
	  { 99, 99, -45, NO, -81, NO } },
	{ "PCC RxD RSSI:  -44          RSRP (dBm):  -79", false, { 0 } },
	{ "SCC RxM RSSI:  -52          RSRP (dBm):  -83", false, { 0 } },
	{ "NR5G RSRP (dBm):-90         NR5G RSRQ (dB):-11", false, { 0 } },
	{ "RSRQ (dB):     -14.0        Cell ID:     0A14666A (169106666)", true,
	  { 99, 99, NO, NO, NO, -14 } },
	/* An EP06 without the sign of the first; an RM5xx at an edge that has no SINR */
	{ "+QCSQ: \"LTE\",52,-83,207,-14", true, { 99, 99, NO, NO, -83, -14 } },
	{ "+QCSQ: \"NR5G\",-95,-3276,-12", true, { 99, 99, NO, NO, -95, -12 } },
	{ "+CPSI: NO SERVICE,Powering Off", false, { 0 } },
	{ "+CPSI: LTE,Online,310-260,0x2C01,12345678,257,EUTRAN-BAND66,66786,5,5,"
	  "-185,-1134,-820,3", true, { 99, 99, -82, NO, -113, -18 } },
	/* nonsense */
	{ "RSRP (dBm):  ---", false, { 0 } },
	{ "RSRP (dBm):  99999999999999999999", false, { 0 } },
	{ "RSRP (dBm):  12", false, { 0 } },
	{ "+QCSQ: \"LTE\",1,2,3,4,5,6,7,8,9", true, { 99, 99, NO, NO, NO, 4 } },
	{ "+QCSQ: \"LTE\",x,,\"", false, { 0 } },
	{ "+COPS: 0,0,\"MEDION Mobile\",2", false, { 0 } },
	{ "", false, { 0 } },
};

static const struct {
	const char *line;
	const char *want; /* NULL: it names none */
} technologies[] = {
	{ "*CNTI: 0,HSDPA", "HSDPA" },
	{ "*CNTI: 0,HSDPA/HSUPA", "HSPA" },
	{ "*CNTI: 0,HSPA+", "HSPA+" },
	{ "*CNTI: 0,LTE", "LTE" },
	{ "*CNTI: 0,NONE", NULL }, /* while registered, 13 (EM9191) */
	{ "$CNTI: 0,UMTS", "UMTS" },
	{ "^SYSINFOEX:2,3,0,1,,6,\"LTE\",101,\"LTE\"", "LTE" },
	{ "^SYSINFOEX: 2,3,0,1,,3,\"WCDMA\",46,\"DC-HSPA+\"", "HSPA+" },
	{ "^SYSINFOEX:2,3,0,1,,6,\"LTE\",0,\"\"", "LTE" },
	{ "^SYSINFOEX:0,0,0,1,,0,\"NO SERVICE\",0,\"NO SERVICE\"", NULL },
	{ "^SYSINFO:2,3,0,5,1,,4", "UMTS" },
	{ "^SYSINFO: 2,3,0,5,1,0,7", "HSPA" },
	{ "^SYSINFO:2,3,0,3,1", "GSM" },
	{ "^SYSINFO:2,255,0,5,1", "UMTS" },
	{ "^SYSINFO:0,0,0,0,1,,0", NULL },
	{ "+QNWINFO: \"FDD LTE\",\"26201\",\"LTE BAND 3\",1300", "LTE" },
	{ "+QNWINFO: \"HSPA+\",\"46001\",\"WCDMA 2100\",10663", "HSPA+" },
	{ "+QNWINFO: \"NR5G-NSA\",\"26201\",\"NR5G BAND 78\",1", "LTE+NR" },
	{ "+QNWINFO: \"eMTC\",\"26201\",\"LTE BAND 8\",3734", "LTE-M" },
	{ "+QNWINFO: No Service", NULL },
	{ "+CPSI: LTE,Online,460-11,0x5A1E,187214780,257", "LTE" },
	{ "+CPSI: LTE CAT-M1,Online,460-00,0x333C", "LTE-M" },
	{ "+CPSI: WCDMA,Online,460-01,0xA809", "UMTS" },
	{ "+CPSI: NO SERVICE,Online", NULL },
	{ "+CNSMOD: 0,8", "LTE" },
	{ "+CNSMOD: 0,99", NULL },
	{ "_OCTI: 1,3", "EDGE" },
	{ "_OCTI: 1,0", NULL },
	{ "_OWCTI: 4", "HSPA" },
	{ "#PSNT: 0,4", "LTE" },
	{ "#PSNT: 0,5", NULL },
	{ "^SMONI: 4G,6300,20,10,10,FDD,262,02,BF75", "LTE" },
	{ "+ZPAS: \"UMTS\",\"CS_PS\"", "UMTS" },
	{ "+ZPAS: \"No Service\",\"CS_PS\"", NULL },
	{ "*ERINFO: 0,2,0", "EDGE" },
	{ "*ERINFO: 0,0,2", "HSDPA" },
	{ "*ERINFO: 0,0,0", NULL },
	{ "+UREG: 0,7", "LTE" },
	{ "System mode:   WCDMA            PS state:    Attached     ", "UMTS" },
	{ "System mode:   LTE          PS state:    Attached", "LTE" },
	{ "System mode:   Unknown          PS state:    Not attached ", NULL },
	{ "GMM (PS) state:REGISTERED       NORMAL SERVICE ", NULL },
	{ "#PSNT: 0,-1", NULL },
	{ "+UREG:", NULL },
	{ "", NULL },
};
/* clang-format on */

static void signal_in_every_maker_s_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(signals); i++) {
		const struct modem_signal *want = &signals[i].want;
		struct modem_signal got, none;

		modem_signal_clear(&got);
		modem_signal_clear(&none);
		if (modem_decode_signal(signals[i].line, &got) != signals[i].valid)
			fail_msg("%s", signals[i].line);
		if (!signals[i].valid)
			want = &none;
		if (memcmp(&got, want, offsetof(struct modem_signal, sinr_db)) != 0)
			fail_msg("%s: %d %d %d %d %d %d", signals[i].line, got.csq, got.ber,
				 got.rssi_dbm, got.rscp_dbm, got.rsrp_dbm, got.rsrq_db);
	}
}

/* clang-format off */
static const struct {
	const char *line;
	int sinr_db, band, arfcn, cell;
} cells[] = {
	{ "+QCSQ: \"LTE\",-52,-81,195,-10", 19, -1, -1, -1 },
	{ "+QCSQ: \"LTE\",-52,-81,18,-10", NO, -1, -1, -1 }, /* dB, or a fifth of it */
	{ "+QCSQ: \"LTE\",-52,-81,255,-10", NO, -1, -1, -1 },
	{ "+QCSQ: \"NR5G\",-86,13,-11", 13, -1, -1, -1 },
	{ "+QCSQ: \"NR5G\",-95,-3276,-12", NO, -1, -1, -1 },
	{ "+QCSQ: \"NR5G\",-68,38,-11", 38, -1, -1, -1 },
	{ "+QCSQ: \"LTE\",-52,-81,35,-10", -13, -1, -1, -1 },
	{ "+QCSQ: \"LTE\",52,-83,207,-14", 21, -1, -1, -1 },
	{ "^HCSQ:\"LTE\",46,41,105,16", 1, -1, -1, -1 },
	{ "^HCSQ: \"LTE\",46,41,255,16", NO, -1, -1, -1 },
	{ "^HCSQ: \"LTE\",45,34,,19", NO, -1, -1, -1 },
	{ "^HCSQ: \"NR\",85,200,30", 20, -1, -1, -1 },
	{ "+QNWINFO: \"FDD LTE\",\"46011\",\"LTE BAND 3\",1825", NO, 3, 1825, -1 },
	{ "+QNWINFO: \"TDD NR5G\",\"46000\",\"NR5G BAND 41\",504990", NO, 41, 504990, -1 },
	{ "+QNWINFO: \"WCDMA\",\"26201\",\"WCDMA 2100\",10662", NO, -1, 10662, -1 },
	{ "+QNWINFO: No Service", NO, -1, -1, -1 },
	{ "+CPSI: LTE,Online,460-11,0x5A1E,187214780,257,EUTRAN-BAND3,1850,5,5,"
	  "-94,-850,-545,15", NO, 3, 1850, 187214780 },
	{ "+CPSI: WCDMA,Online,310-410,0xDE8B,3846084,WCDMA 850,355,4385,0,4.5,"
	  "78,39,37,500", NO, -1, 4385, 3846084 },
	{ "+CPSI: GSM,Online,460-00,0x182d,12401,27 EGSM 900,-64,2110,42-42", NO, -1, -1, 12401 },
	{ "+CPSI: NR5G_SA,Online,242-12,0x765D,4955280,0,NR5G_BAND78,640704,-770,-110,290", NO, 78,
	  640704, 4955280 },
	{ "^SMONI: 4G,6300,20,10,10,FDD,262,02,BF75,0345103,350,33,-94,-7,NOCONN",
	  NO, 20, 6300, 0x345103 },
	{ "^SMONI: 3G,10564,296,-7.5,-79,262,02,0143,00228FF,-92,-78,NOCONN", NO, -1, 10564, -1 },
	{ "LTE band:      B2           LTE bw:      20 MHz", NO, 2, -1, -1 },
	{ "LTE Rx chan:   800          LTE Tx chan: 18800", NO, -1, 800, -1 },
	{ "LTE CA state:  ACTIVE       LTE Scell band:B12", NO, -1, -1, -1 },
	{ "LTE band:      ---          LTE bw:      ---", NO, -1, -1, -1 },
	{ "WCDMA band:    WCDMA 2100", NO, -1, -1, -1 },
	{ "WCDMA channel: 10662", NO, -1, 10662, -1 },
	{ "SINR (dB):     23.8", 23, -1, -1, -1 },
	{ "SINR (dB):     -3.2", -3, -1, -1, -1 },
	{ "RSRQ (dB):     -14.0        Cell ID:     0A14666A (169106666)", NO, -1, -1, 0xa14666a },
	{ "RX level C0:   -68              Cell ID:     ---", NO, -1, -1, -1 },
	/* nonsense */
	{ "+QNWINFO: \"FDD LTE\",\"\",\"LTE BAND 99999\",-4", NO, -1, -1, -1 },
	{ "+QNWINFO: \"FDD LTE\",\"\",\"BAND\",0x7b", NO, -1, -1, -1 },
	{ "Cell ID:     FFFFFFFFFFFFFFFF", NO, -1, -1, -1 },
};
/* clang-format on */

static void a_cell_and_its_band_in_every_maker_s_form(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cells); i++) {
		struct modem_signal got;

		modem_signal_clear(&got);
		modem_decode_signal(cells[i].line, &got);
		if (got.sinr_db != cells[i].sinr_db || got.band != cells[i].band ||
		    got.arfcn != cells[i].arfcn || got.cell != cells[i].cell)
			fail_msg("%s: %d %d %d %d", cells[i].line, got.sinr_db, got.band, got.arfcn,
				 got.cell);
	}
}

static void what_a_line_does_not_tell_is_kept(void **state)
{
	struct modem_signal signal;

	(void)state;
	modem_signal_clear(&signal);
	assert_true(modem_decode_signal("+CSQ: 25,99", &signal));
	assert_true(modem_decode_signal("+CESQ: 99,99,255,255,20,60", &signal));
	assert_int_equal(signal.csq, 25);
	assert_int_equal(signal.rssi_dbm, -63);
	assert_int_equal(signal.rsrp_dbm, -81);
}

static void percent_is_of_what_is_known(void **state)
{
	static const struct {
		struct modem_signal signal;
		int percent;
	} rows[] = {
		{{31, 99, NO, NO, NO, NO}, 100},  {{0, 99, NO, NO, NO, NO}, 0},
		{{17, 99, -79, NO, -90, NO}, 54}, {{99, 99, -51, NO, NO, NO}, 100},
		{{99, 99, -120, NO, NO, NO}, 0},  {{99, 99, NO, NO, -92, NO}, 50},
		{{99, 99, NO, NO, -30, NO}, 100}, {{99, 99, NO, -120, NO, NO}, 0},
		{{99, 99, NO, NO, NO, -10}, -1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(modem_signal_percent(&rows[i].signal), rows[i].percent);
}

static void technology_by_the_maker_s_own_word(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(technologies); i++) {
		const char *got = modem_decode_technology(technologies[i].line);

		if (!got || !technologies[i].want ? got != technologies[i].want
						  : strcmp(got, technologies[i].want) != 0)
			fail_msg("%s: %s", technologies[i].line, got ? got : "none");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(signal_in_every_maker_s_form),
		cmocka_unit_test(a_cell_and_its_band_in_every_maker_s_form),
		cmocka_unit_test(what_a_line_does_not_tell_is_kept),
		cmocka_unit_test(percent_is_of_what_is_known),
		cmocka_unit_test(technology_by_the_maker_s_own_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
