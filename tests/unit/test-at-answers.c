/* SPDX-License-Identifier: ISC */
#include "unit.h"

#include "at-talk.h"

#include "base/count.h"

static void assert_talks(const struct talk *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_talk(&rows[i]);
}

/* clang-format off */

static void answers_of_a_huawei_with_echo(void **state)
{
	static const struct talk rows[] = {
		{ { "AT+GCAP", "+GCAP:", 1000 },
		  BYTES("AT+GCAP\r\r\n+CME ERROR: SIM busy\r\n"),
		  "reply CME 14:\n" },
		{ { "AT+GCAP", "+GCAP:", 1000 },
		  BYTES("AT+GCAP\r\r\n+GCAP: +CGSM,+DS,+ES\r\n\r\nOK\r\n"),
		  "reply OK: +GCAP: +CGSM,+DS,+ES\n" },
		{ { "ATZ E0 V1 +CMEE=1", NULL, 1000 },
		  BYTES("ATZ E0 V1 +CMEE=1\r\r\nOK\r\n"),
		  "reply OK:\n" },
		{ { "AT+CPIN?", "+CPIN:", 1000 },
		  BYTES("\r\n+CPIN: READY\r\n\r\nOK\r\n"),
		  "reply OK: +CPIN: READY\n" },
		{ { "AT+CREG?", "+CREG:", 1000 },
		  BYTES("\r\n+CREG: 0,1\r\n\r\nOK\r\n"),
		  "reply OK: +CREG: 0,1\n" },
		{ { "AT+COPS=3,2;+COPS?", "+COPS:", 1000 },
		  BYTES("\r\n+COPS: 0,2,\"26203\",2\r\n\r\nOK\r\n"),
		  "reply OK: +COPS: 0,2,\"26203\",2\n" },
		{ { "AT+CGDCONT?", "+CGDCONT:", 1000 },
		  BYTES("\r\n+CGDCONT: 1,\"IP\",\"tagesflat.eplus.de\",\"0.0.0.0\",0,0\r\n\r\nOK\r\n"),
		  "reply OK: +CGDCONT: 1,\"IP\",\"tagesflat.eplus.de\",\"0.0.0.0\",0,0\n" },
		{ { "ATD*99***1#", NULL, 1000, AT_DIAL },
		  BYTES("\r\nCONNECT 3600000\r\n"),
		  "reply CONNECT:\n" },
		{ { "AT+CGMI", "", 1000 },
		  BYTES("AT+CGMI\r\r\nhuawei\r\n\r\nOK\r\n"),
		  "reply OK: huawei\n" },
		{ { "AT+CPROT=?", "+CPROT:", 1000 },
		  BYTES("AT+CPROT=?\r\r\nCOMMAND NOT SUPPORT\r\n"),
		  "reply ERROR:\n" },
		{ { "AT^CPIN?", "^CPIN:", 1000 },
		  BYTES("\r\nTOO MANY PARAMETERS\r\n"),
		  "reply ERROR:\n" },
	};

	(void)state;
	assert_talks(rows, COUNT(rows));
}

static void answers_of_sierras(void **state)
{
	static const struct talk rows[] = {
		{ { "ATI", "", 1000 },
		  BYTES("\r\nManufacturer: Sierra Wireless, Incorporated\r\n"
			"Model: MC8355\r\nRevision: D3200-STSUGN-1575\r\n"
			"IMEI: 358900000000017\r\nIMEI SV: 12\r\n"
			"+GCAP: +CGSM,+DS,+ES\r\n\r\n\r\nOK\r\n"),
		  "reply OK: Manufacturer: Sierra Wireless, Incorporated|"
		  "Model: MC8355|Revision: D3200-STSUGN-1575|"
		  "IMEI: 358900000000017|IMEI SV: 12|+GCAP: +CGSM,+DS,+ES\n" },
		{ { "AT!PCINFO?", "", 1000 },
		  BYTES("State: 0 (LPM)\r\n"
			"LPM force flags - W_DISABLE:1, User:1, Temp:0, Volt:0\r\n"
			"W_DISABLE: 1\r\nPoweroff mode: 0\r\nLPM Persistent: 0\r\n"
			"\r\n\r\nOK\r\n"),
		  "reply OK: State: 0 (LPM)|"
		  "LPM force flags - W_DISABLE:1, User:1, Temp:0, Volt:0|"
		  "W_DISABLE: 1|Poweroff mode: 0|LPM Persistent: 0\n" },
		{ { "AT!GSTATUS?", "", 1000 },
		  BYTES("\r\n!GSTATUS: \r\n"
			"Current Time:  602\t\tTemperature: 3t 5\r\n"
			"Bootup Time:   1\t\tMode:        ONLINE         \r\n"
			"GMM (PS) state:REGISTERED       NORMAL SERVICE \r\n"
			"\r\n\r\nOK\r\n"),
		  "reply OK: !GSTATUS: |Current Time:  602\t\tTemperature: 3t 5|"
		  "Bootup Time:   1\t\tMode:        ONLINE         |"
		  "GMM (PS) state:REGISTERED       NORMAL SERVICE \n" },
		{ { "AT!SELRAT=?", "", 1000 },
		  BYTES("\r\n!SELRAT: Index, Name\r\n00, Automatic\r\n"
			"01, UMTS 3G Only\r\n0A, HRPD only\r\n\r\nOK\r\n"),
		  "reply OK: !SELRAT: Index, Name|00, Automatic|"
		  "01, UMTS 3G Only|0A, HRPD only\n" },
		{ { "AT!SELRAT=06", NULL, 1000 },
		  BYTES("\r\nERROR\r\n"),
		  "reply ERROR:\n" },
		{ { "AT!SCACT=1,1", NULL, 1000 },
		  BYTES("\r\n+CME ERROR: no network service\r\n"),
		  "reply CME 30:\n" },
		{ { "AT+CGACT=1,2", NULL, 1000 },
		  BYTES("\r\n+CME ERROR: requested service option not subscribed\r\n"),
		  "reply CME 133:\n" },
		{ { "AT+CGPADDR=1", "+CGPADDR:", 1000 },
		  BYTES("\r\n+CGPADDR: 1,100.87.86.56\r\n\r\nOK\r\n"),
		  "reply OK: +CGPADDR: 1,100.87.86.56\n" },
		{ { "AT+CPINC?", "+CPINC:", 1000 },
		  BYTES("\r\n+CPINC: 3, 3, 10, 10\r\n\r\nOK\r\n"),
		  "reply OK: +CPINC: 3, 3, 10, 10\n" },
		{ { "AT$QCRMCALL=1,1", NULL, 1000, AT_DIAL },
		  BYTES("\r\nNO CARRIER\r\n"),
		  "reply NO CARRIER:\n" },
		/* the leading CR is missing */
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\nNO CARRIER\r\n"),
		  "reply NO CARRIER:\n" },
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\nCONNECT\r\n"),
		  "reply CONNECT:\n" },
	};

	(void)state;
	assert_talks(rows, COUNT(rows));
}

static void answers_of_others(void **state)
{
	static const struct talk rows[] = {
		{ { "AT+CGMI", "", 1000 },
		  BYTES("\r\nOption N.V.\r\n\r\nOK\r\n"),
		  "reply OK: Option N.V.\n" },
		{ { "AT+WS46=?", "+WS46:", 1000 },
		  BYTES("\r\n+WS46: (12,22,25)\r\n\r\nOK\r\n"),
		  "reply OK: +WS46: (12,22,25)\n" },
		{ { "AT+GMI", "", 1000 },
		  BYTES("\r\n+GMI: LG Electronics Inc.\r\n\r\nOK\r\n"),
		  "reply OK: +GMI: LG Electronics Inc.\n" },
		{ { "AT+GCAP", "+GCAP:", 1000 },
		  BYTES("NA\r\n"),
		  "reply ERROR:\n" },
		{ { "AT+GCAP", "+GCAP:", 1000 },
		  BYTES("\r\nMODEM ERROR: 7\r\n"),
		  "reply ERROR:\n" },
		{ { "AT+COPS=?", "+COPS:", 1000 },
		  BYTES("\r\nABORTED\r\n"),
		  "reply ERROR:\n" },
		{ { "AT+CMGF=0", NULL, 1000 },
		  BYTES("\r\n+CMS ERROR: 310\r\n"),
		  "reply CMS 310:\n" },
		{ { "AT+CPIN?", "+CPIN:", 1000 },
		  BYTES("\r\n+CME ERROR:\r\n"),
		  "reply CME -1:\n" },
		{ { "AT+CPIN?", "+CPIN:", 1000 },
		  BYTES("\r\n+CME ERROR: simpinrequired\r\n"),
		  "reply CME 11:\n" },
		{ { "AT+CPIN?", "+CPIN:", 1000 },
		  BYTES("\r\n+CME ERROR: the moon is in the way\r\n"),
		  "reply CME -1:\n" },
		{ { "AT+CSQ", "+CSQ:", 1000 },
		  BYTES("\n+CSQ: 13,99\n\nOK\n"),
		  "reply OK: +CSQ: 13,99\n" },
		{ { "AT+CSQ", "+CSQ:", 1000 },
		  BYTES("+CSQ: 13,99\rOK\r"),
		  "reply OK: +CSQ: 13,99\n" },
		/* an operator's name with a line end in it */
		{ { "AT+COPS?", "+COPS:", 1000 },
		  BYTES("\r\n+COPS: 0,0,\"Far\nAway\",2\r\n\r\nOK\r\n"),
		  "reply OK: +COPS: 0,0,\"Far Away\",2\n" },
		{ { "AT+COPS?", "+COPS:", 1000 },
		  BYTES("\r\n+COPS: 0,0,\"Far\r\n\r\nOK\r\n"),
		  "reply OK: +COPS: 0,0,\"Far\n" },
	};

	(void)state;
	assert_talks(rows, COUNT(rows));
}

static void drops_the_echo_whole_late_or_in_pieces(void **state)
{
	static const struct talk rows[] = {
		{ { "AT", NULL, 1000 },
		  BYTES("AT\rOK\r"),
		  "reply OK:\n" },
		{ { "AT+CGMM", "", 1000 },
		  BYTES("at+cgmm\r\r\nE620\r\n\r\nOK\r\n"),
		  "reply OK: E620\n" },
		/* the first bytes are lost */
		{ { "AT+CGMM", "", 1000 },
		  BYTES("+CGMM\r\r\nE620\r\n\r\nOK\r\n"),
		  "reply OK: E620\n" },
		/* a URC cuts in */
		{ { "AT+CPIN?", "+CPIN:", 1000 },
		  BYTES("AT+CP\r\n^RSSI:12\r\nIN?\r\r\n+CPIN: READY\r\n\r\nOK\r\n"),
		  "urc ^RSSI:12\nreply OK: +CPIN: READY\n" },
		{ { "AT+CGMM", "", 1000 },
		  BYTES("AT+C\r\n+CREG: 2\r\nGMM\r\r\nE620\r\n\r\nOK\r\n"),
		  "urc +CREG: 2\nreply OK: E620\n" },
		{ { "AT+CGMM", "", 1000 },
		  BYTES("^RSSI:12AT+CGMM\r\r\nE620\r\n\r\nOK\r\n"),
		  "urc ^RSSI:12\nreply OK: E620\n" },
		/* noise stands before it */
		{ { "AT+CGMM", "", 1000 },
		  BYTES("\xfe~}AT+CGMM\r\r\nE620\r\n\r\nOK\r\n"),
		  "reply OK: E620\n" },
		/* it comes after the answer */
		{ { "AT+CGMM", "", 1000 },
		  BYTES("\r\nE620\r\nAT+CGMM\r\r\nOK\r\n"),
		  "reply OK: E620\n" },
		/* no echo, though it looks like one */
		{ { "AT+CGMM", "", 1000 },
		  BYTES("\r\nE620\r\nGMM\r\n\r\nOK\r\n"),
		  "reply OK: E620|GMM\n" },
		{ { "AT+CGMM", "", 1000 },
		  BYTES("AT+CGMM\r\r\nGMM\r\n\r\nOK\r\n"),
		  "reply OK: GMM\n" },
		{ { "ATI", "", 1000 },
		  BYTES("\r\nI\r\n\r\nOK\r\n"),
		  "reply OK: I\n" },
	};

	(void)state;
	assert_talks(rows, COUNT(rows));
}

static void tells_urcs_from_answers(void **state)
{
	static const struct talk rows[] = {
		{ { "AT+CREG?", "+CREG:", 1000 },
		  BYTES("\r\n+CREG: 1\r\n\r\n+CREG: 0,1\r\n\r\nOK\r\n"),
		  "urc +CREG: 1\nreply OK: +CREG: 0,1\n" },
		{ { "AT+CREG?", "+CREG:", 1000 },
		  BYTES("\r\n+CREG: 1,\"00C3\",\"2715\"\r\n+CREG: 2,1,\"00C3\",\"2715\"\r\nOK\r\n"),
		  "urc +CREG: 1,\"00C3\",\"2715\"\n"
		  "reply OK: +CREG: 2,1,\"00C3\",\"2715\"\n" },
		{ { "AT+CREG?", "+CREG:", 1000 },
		  BYTES("\r\n+CREG: 002,001,\"18d8\",\"ffff\"\r\n\r\nOK\r\n"),
		  "reply OK: +CREG: 002,001,\"18d8\",\"ffff\"\n" },
		{ { "AT+CREG?", "", 1000 },
		  BYTES("\r\n+CREG: 5\r\n\r\n+CREG: 0,1\r\n\r\nOK\r\n"),
		  "urc +CREG: 5\nreply OK: +CREG: 0,1\n" },
		{ { "AT+CPIN?", "+CPIN:", 1000 },
		  BYTES("\r\n^BOOT:49096436,0,0,0,87\r\n\r\n+CPIN: READY\r\n"
			"\r\n^SRVST:1\r\n\r\nOK\r\n\r\n+CMTI: \"ME\",1\r\n"),
		  "urc ^BOOT:49096436,0,0,0,87\nurc ^SRVST:1\n"
		  "reply OK: +CPIN: READY\nurc +CMTI: \"ME\",1\n" },
		{ { "AT+CGMI", "", 1000 },
		  BYTES("\r\n+CPIN: READY\r\n\r\nQuectel\r\nRDY\r\n\r\nOK\r\n"),
		  "urc +CPIN: READY\nurc RDY\nreply OK: Quectel\n" },
		{ { "AT+CPIN?", "", 1000 },
		  BYTES("\r\n+CPIN: READY\r\n\r\nOK\r\n"),
		  "reply OK: +CPIN: READY\n" },
		{ { "AT+CFUN=1", NULL, 1000 },
		  BYTES("\r\nOK\r\n\r\n+CFUN: 1\r\n\r\n+CPIN: READY\r\n"),
		  "reply OK:\nurc +CFUN: 1\nurc +CPIN: READY\n" },
		/* another port's call ends */
		{ { "AT+CSQ", "+CSQ:", 1000 },
		  BYTES("\r\nNO CARRIER\r\n\r\n+CSQ: 13,99\r\n\r\nOK\r\n"),
		  "urc NO CARRIER\nreply OK: +CSQ: 13,99\n" },
		{ { "AT+CGMM", "", 1000 },
		  BYTES("\r\nBUSY\r\n\r\nE620\r\n\r\nOK\r\n"),
		  "urc BUSY\nreply OK: E620\n" },
		/* a vendor's name that no table has */
		{ { "AT+CSQ", "+CSQ:", 1000 },
		  BYTES("\r\n^XYZZY:1,2\r\n\r\n+CSQ: 13,99\r\n\r\nOK\r\n"),
		  "urc ^XYZZY:1,2\nreply OK: +CSQ: 13,99\n" },
		/* nothing is in flight */
		{ { NULL },
		  BYTES("\r\n+CPIN: READY\r\n\r\nOK\r\nNOISE\r\n;RDY\r\n+CREG: 0,1\r\n"),
		  "urc +CPIN: READY\nurc ;RDY\n" },
		{ { NULL },
		  BYTES("\r\n^STIN:0,0,0\r\n\r\n^MODE:5,4\r\n\r\n^SIMST:1\r\n"),
		  "urc ^STIN:0,0,0\nurc ^MODE:5,4\nurc ^SIMST:1\n" },
		{ { NULL },
		  BYTES("$GPGGA,,,,,,0,,,,,,,,*66\r\n"),
		  "" },
	};

	(void)state;
	assert_talks(rows, COUNT(rows));
}

static void keeps_what_stands_behind_connect(void **state)
{
	static const struct talk rows[] = {
		{ { "ATD*99***1#", NULL, 1000, AT_DIAL },
		  BYTES("ATD*99***1#\r\r\nCONNECT 100000000\r\n~\xff}#\xc0!\r\nOK\r\n"),
		  "reply CONNECT:\ndata ~\xff}#\xc0!\r\nOK\r\n\n" },
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\r\n CONNECT 150000000\r\n~data"),
		  "reply CONNECT:\ndata ~data\n" },
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\r\nCONNECT\r\n\r\nNO CARRIER\r\n"),
		  "reply CONNECT:\ndata \r\nNO CARRIER\r\n\n" },
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\nCONNECT\n~x"),
		  "reply CONNECT:\ndata ~x\n" },
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\r\n^DSFLOWRPT:1\r\n\r\nCONNECT 7200000/HSDPA\r\n"),
		  "urc ^DSFLOWRPT:1\nreply CONNECT:\n" },
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\r\nNO DIALTONE\r\n"),
		  "reply NO DIALTONE:\n" },
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\r\nBUSY\r\n"),
		  "reply BUSY:\n" },
		{ { "ATD*99#", NULL, 1000, AT_DIAL },
		  BYTES("\r\nNO ANSWER\r\n"),
		  "reply NO ANSWER:\n" },
	};

	(void)state;
	assert_talks(rows, COUNT(rows));
}

static void reads_through_nuls_and_noise(void **state)
{
	static const struct talk rows[] = {
		{ { "AT+CSQ", "+CSQ:", 1000 },
		  BYTES("\0\0AT+C\0SQ\r\r\n+CS\0Q: 13,99\r\n\r\nO\0K\r\n"),
		  "reply OK: +CSQ: 13,99\n" },
		{ { "AT+CSQ", "+CSQ:", 1000 },
		  BYTES("\xff\xfe\x01\r\n+CSQ: 13,99\r\r\n\r\r\nOK\r\r\n"),
		  "reply OK: +CSQ: 13,99\n" },
		{ { "AT+CSQ", "+CSQ:", 1000 },
		  BYTES("~\xff}#\xc0!}!}!} }4~\r\n+CSQ: 13,99\r\nOK\r\n"),
		  "reply OK: +CSQ: 13,99\n" },
		{ { "AT+CSQ", "+CSQ:", 1000 },
		  BYTES("OKAY\r\n> +CSQ\r\n+CSQ: 13,99\r\n\r\nOK \r\n"),
		  "reply OK: +CSQ: 13,99\n" },
	};

	(void)state;
	assert_talks(rows, COUNT(rows));
}

/* clang-format on */

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_of_a_huawei_with_echo),
		cmocka_unit_test(answers_of_sierras),
		cmocka_unit_test(answers_of_others),
		cmocka_unit_test(drops_the_echo_whole_late_or_in_pieces),
		cmocka_unit_test(tells_urcs_from_answers),
		cmocka_unit_test(keeps_what_stands_behind_connect),
		cmocka_unit_test(reads_through_nuls_and_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
