/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "talk.h"

#define PORT "ports: ( { interface = 0; role = \"at\"; } );"

static void echoes_until_told_not_to(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, PORT, NULL);
	talk_ask(talk.port, "AT\r", "AT\r\r\nOK\r\n");
	talk_ask(talk.port, "ATE0\r", "ATE0\r\r\nOK\r\n");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_ask(talk.port, "ATZ\r", "\r\nOK\r\n");
	talk_ask(talk.port, "AT\r", "AT\r\r\nOK\r\n");
	talk_end(&talk);
}

static void only_cr_ends_a_line(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, "at: { echo = false; };" PORT, NULL);
	talk_ask(talk.port, "\nAT\n+C\nGMM\r", "\r\nModem\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT\r\n", "\r\nOK\r\n");
	talk_ask(talk.port, "AT+GMM\r", "\r\nModem\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void lf_behind_cr_may_be_an_error(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, "at: { echo = false; lf_error = true; };" PORT, NULL);
	talk_ask(talk.port, "AT\r\n", "\r\nOK\r\n\r\nERROR\r\n");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void takes_several_commands_on_a_line(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, "at: { echo = false; };" PORT, NULL);
	talk_ask(talk.port, "AT+COPS=3,2;+COPS?\r", "\r\n+COPS: 0,2,\"26201\",2\r\n\r\nOK\r\n");
	talk_ask(talk.port, "atz e0 v1 +cmee=1\r", "\r\nOK\r\n");
	talk_ask(talk.port, "AT+CMEE?;+CSQ;S7?\r",
		 "\r\n+CMEE: 1\r\n\r\n+CSQ: 17,99\r\n\r\n050\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CSQ;+NONSENSE;+CSQ\r", "\r\n+CSQ: 17,99\r\n\r\nERROR\r\n");
	talk_ask(talk.port, "A/", "\r\n+CSQ: 17,99\r\n\r\nERROR\r\n");
	talk_end(&talk);
}

static void results_are_numeric_or_quiet_on_demand(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, "at: { echo = false; };" PORT, NULL);
	talk_ask(talk.port, "ATV0\r", "0\r");
	talk_ask(talk.port, "AT+CSQ\r", "+CSQ: 17,99\r\n0\r");
	talk_ask(talk.port, "AT+NONSENSE\r", "4\r");
	talk_say(talk.port, "ATQ1\r");
	talk_ask(talk.port, "AT+CSQ\r", "+CSQ: 17,99\r\n");
	talk_ask(talk.port, "ATQ0V1\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void errors_have_three_forms(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, "at: { echo = false; }; sim: { state = \"missing\"; };" PORT, NULL);
	talk_ask(talk.port, "AT+CIMI\r", "\r\nERROR\r\n");
	talk_ask(talk.port, "AT+CMEE=1;+CIMI\r", "\r\n+CME ERROR: 10\r\n");
	talk_ask(talk.port, "AT+CMEE=2;+CIMI\r", "\r\n+CME ERROR: SIM not inserted\r\n");
	talk_end(&talk);
}

static void line_noise_is_survived(void **state)
{
	static char noise[65536];
	unsigned seed = 7;
	struct talk talk;

	(void)state;
	for (size_t i = 0; i < sizeof(noise); i++) {
		seed = seed * 1103515245u + 12345u;
		/* The escape of a call cannot come up: no D. */
		noise[i] = (char)((seed >> 16) % 251);
		if (noise[i] == 'D' || noise[i] == 'd')
			noise[i] = 'x';
	}
	talk_start(&talk, "at: { echo = false; };" PORT, NULL);
	talk_say_bytes(talk.port, noise, sizeof(noise));
	talk_say(talk.port, "\rATQ0V1E0;+GMM\r");
	talk_hear_until(talk.port, "Modem\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void wrong_pins_lead_to_the_puk(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "at: { echo = false; cmee = 1; };sim: { state = \"pin\"; pin = \"4711\"; };"
		   "commands: ( { command = \"AT+CPINC?\";"
		   " lines = ( \"+CPINC: ${pin_left},${puk_left}\" ); } );" PORT,
		   NULL);
	talk_ask(talk.port, "AT+CPIN?\r", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CREG?\r", "\r\n+CREG: 0,0\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CPIN=1234\r", "\r\n+CME ERROR: 16\r\n");
	talk_ask(talk.port, "AT+CPIN=\"1234\"\r", "\r\n+CME ERROR: 16\r\n");
	talk_ask(talk.port, "AT+CPINC?\r", "\r\n+CPINC: 1,10\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CPIN=\"1\"\r", "\r\n+CME ERROR: 50\r\n");
	talk_ask(talk.port, "AT+CPIN=1234\r", "\r\n+CME ERROR: 12\r\n");
	talk_ask(talk.port, "AT+CPIN?\r", "\r\n+CPIN: SIM PUK\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CPIN=4711\r", "\r\n+CME ERROR: 12\r\n");
	talk_ask(talk.port, "AT+CPIN=\"12345678\",\"0000\"\r", "\r\nOK\r\n");
	talk_ask(talk.port, "AT+CPIN?\r", "\r\n+CPIN: READY\r\n\r\nOK\r\n");
	assert_int_equal(talk_number(&talk, "stats", "pins"), 3);
	assert_int_equal(talk_number(&talk, "stats", "puks"), 1);
	talk_log_has(&talk, "pin 1234 wrong left=1");
	talk_end(&talk);
}

static void attempts_outlive_a_replug_and_the_pin_does_not(void **state)
{
	struct talk talk;
	int fd;

	(void)state;
	talk_start(&talk, "at: { echo = false; cmee = 1; };sim: { state = \"pin\"; };" PORT, NULL);
	talk_ask(talk.port, "AT+CPIN=9999\r", "\r\n+CME ERROR: 16\r\n");
	talk_control(&talk, "replug", "ok");
	fd = talk_open(&talk, 0);
	assert_int_equal(talk_number(&talk, "state", "pin_left"), 2);
	talk_ask(fd, "AT+CPIN=1234\r", "\r\nOK\r\n");
	talk_ask(fd, "AT+CLCK=\"SC\",2\r", "\r\n+CLCK: 1\r\n\r\nOK\r\n");
	assert_int_equal(talk_number(&talk, "state", "pin_left"), 3);
	close(fd);
	talk_control(&talk, "replug", "ok");
	fd = talk_open(&talk, 0);
	talk_ask(fd, "AT+CPIN?\r", "\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n");
	close(fd);
	talk_end(&talk);
}

static void registration_takes_its_time(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "at: { echo = false; };sim: { state = \"pin\"; ready_ms = 10; };"
		   "network: { registration = ({ after_ms = 0; stat = 2; },"
		   "{ after_ms = 30; stat = 5; lac = \"8C65\"; ci = \"A1\"; act = 7; },"
		   "{ after_ms = 60; stat = 1; creg = 3; cereg = 4; } ); };" PORT,
		   NULL);
	talk_ask(talk.port, "AT+CREG=1;+CGREG=2;+CEREG=2\r", "\r\nOK\r\n");
	talk_ask(talk.port, "AT+CPIN=1234\r", "\r\nOK\r\n");
	talk_hear(talk.port, "\r\n+CREG: 2\r\n\r\n+CGREG: 2\r\n");
	talk_hear(talk.port, "\r\n+CREG: 5\r\n"
			     "\r\n+CGREG: 5,\"8C65\",\"A1\",7\r\n"
			     "\r\n+CEREG: 5,\"8C65\",\"A1\",7\r\n");
	talk_hear(talk.port, "\r\n+CREG: 3\r\n"
			     "\r\n+CGREG: 1,\"0001\",\"00000001\",2\r\n"
			     "\r\n+CEREG: 4\r\n");
	talk_ask(talk.port, "AT+CGREG?\r", "\r\n+CGREG: 2,1,\"0001\",\"00000001\",2\r\n\r\nOK\r\n");
	talk_control(&talk, "registration 2", "ok");
	talk_hear(talk.port, "\r\n+CREG: 2\r\n\r\n+CGREG: 2\r\n\r\n+CEREG: 0\r\n");
	talk_end(&talk);
}

static void operators_have_three_names(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "at: { echo = false; cmee = 1; };"
		   "network: { operator = \"Long\"; short_operator = \"S\"; };" PORT,
		   NULL);
	talk_ask(talk.port, "AT+COPS?\r", "\r\n+COPS: 0,0,\"Long\",2\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+COPS=3,1;+COPS?\r", "\r\n+COPS: 0,1,\"S\",2\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CSCS=\"UCS2\";+COPS?\r", "\r\n+COPS: 0,1,\"0053\",2\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CSCS=\"IRA\";+COPS=1,2,\"99999\"\r", "\r\n+CME ERROR: 30\r\n");
	talk_ask(talk.port, "AT+COPS=1,2,\"26201\";+COPS?\r",
		 "\r\n+COPS: 1,2,\"26201\",2\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void contexts_are_kept(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "at: { echo = false; cmee = 1; };"
		   "contexts: ( { cid = 2; type = \"IPV6\"; apn = \"six\"; } );" PORT,
		   NULL);
	talk_ask(talk.port, "AT+CGDCONT?\r",
		 "\r\n+CGDCONT: 2,\"IPV6\",\"six\",\"0.0.0.0\",0,0\r\n"
		 "\r\nOK\r\n");
	talk_ask(talk.port, "AT+CGDCONT=1,\"IP\",\"a,;b\";E0\r", "\r\nOK\r\n");
	talk_ask(talk.port, "AT+CGDCONT=2;+CGDCONT?\r",
		 "\r\n+CGDCONT: 1,\"IP\",\"a,;b\",\"0.0.0.0\",0,0\r\n"
		 "\r\nOK\r\n");
	talk_ask(talk.port, "AT+CGDCONT=17,\"IP\"\r", "\r\n+CME ERROR: 50\r\n");
	talk_ask(talk.port, "AT+CGDCONT=1,\"X25\"\r", "\r\n+CME ERROR: 50\r\n");
	talk_ask(talk.port, "AT+CGACT=1,1;+CGPADDR=1\r",
		 "\r\n+CGPADDR: 1,\"10.64.0.2\"\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void radio_off_is_off(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, "at: { echo = false; };" PORT, NULL);
	talk_ask(talk.port, "AT+CFUN=4;+CREG?;+CSQ\r",
		 "\r\n+CREG: 0,0\r\n\r\n+CSQ: 99,99\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CFUN=1;+CREG?\r", "\r\n+CREG: 0,1\r\n\r\nOK\r\n");
	/* W_DISABLE: it says OK and stays where it is. */
	talk_control(&talk, "w-disable on", "ok");
	talk_ask(talk.port, "AT+CFUN=1;+CFUN?\r", "\r\n+CFUN: 0\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void own_commands_come_first(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "at: { echo = false; unknown = \"COMMAND NOT SUPPORT\";"
		   " unsupported = ( \"+CEREG\" ); };commands: ("
		   "{ command = \"AT+CSQ\"; once = true; result = \"+CME ERROR: 14\"; },"
		   "{ command = \"AT!X=*\"; lines = ( \"a\", \"b ${imei} ${no}\" ); },"
		   "{ command = \"AT+GMR\"; port = 7; result = \"ERROR\"; },"
		   "{ command = \"AT*RAW\"; raw = \"\\x0d\\x0a^X\\x0d\\x0a\"; } );" PORT,
		   NULL);
	talk_ask(talk.port, "AT+CSQ\r", "\r\n+CME ERROR: 14\r\n");
	talk_ask(talk.port, "AT+CSQ\r", "\r\n+CSQ: 17,99\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT!x=1,2\r", "\r\na\r\nb 350000000000006 ${no}\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT*RAW\r", "\r\n^X\r\n");
	talk_ask(talk.port, "AT+GMR\r", "\r\n1.0\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CEREG?\r", "\r\nCOMMAND NOT SUPPORT\r\n");
	talk_end(&talk);
}

static void commands_set_and_show_variables(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "at: { echo = false; };variables: ( { name = \"v\"; value = \"old\"; } );"
		   "commands: ({ command = \"AT!V?\"; lines = ( \"!V: ${v}\" ); },"
		   "{ command = \"AT!V=*\"; set = \"v\"; value = \"${args}\"; },"
		   "{ command = \"AT+CSQ\"; builtin = true; set = \"v\";"
		   " value = \"asked\"; latency_ms = 60; } );" PORT,
		   NULL);
	talk_ask(talk.port, "AT!V?;!V=1,2;!V?\r", "\r\n!V: old\r\n\r\n!V: 1,2\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT+CSQ;!V?\r", "\r\n+CSQ: 17,99\r\n\r\n!V: asked\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void a_choice_is_what_the_arguments_begin_with(void **state)
{
	static const char description[] = "at: { echo = false; cmee = 1; };" PORT "commands: ("
					  " { command = \"AT!R?\"; lines = ( \"!R: ${v}\" ); },"
					  " { command = \"AT!R=*\"; set = \"v\";"
					  "   choices = ( \"00, All of it\", \"4\", \"4,2\" ); } );"
					  "variables: ( { name = \"v\"; value = \"old\"; } );";
	struct talk talk;

	(void)state;
	talk_start(&talk, description, NULL);
	talk_ask(talk.port, "AT!R=5\r", "\r\n+CME ERROR: 50\r\n");
	talk_ask(talk.port, "AT!R=44\r", "\r\n+CME ERROR: 50\r\n");
	talk_ask(talk.port, "AT!R?\r", "\r\n!R: old\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT!R=00\r", "\r\nOK\r\n");
	talk_ask(talk.port, "AT!R?\r", "\r\n!R: 00, All of it\r\n\r\nOK\r\n");
	talk_ask(talk.port, "AT!R=4,2,9\r", "\r\nOK\r\n");
	talk_ask(talk.port, "AT!R?\r", "\r\n!R: 4,2\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void a_built_in_command_may_take_long(void **state)
{
	struct talk talk;
	long start;

	(void)state;
	talk_start(&talk,
		   "at: { echo = false; };commands: ( { command = \"AT+CPIN?\"; builtin = true;"
		   " latency_ms = 60; } );" PORT,
		   NULL);
	start = talk_ms();
	talk_ask(talk.port, "AT+CPIN?\r", "\r\n+CPIN: READY\r\n\r\nOK\r\n");
	assert_true(talk_ms() - start >= 59);
	talk_end(&talk);
}

static void the_card_may_go(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, "at: { echo = false; cmee = 1; };" PORT, NULL);
	talk_ask(talk.port, "AT+CREG=1\r", "\r\nOK\r\n");
	talk_control(&talk, "sim missing", "ok");
	talk_hear(talk.port, "\r\n+CREG: 0\r\n");
	talk_ask(talk.port, "AT+CPIN?\r", "\r\n+CME ERROR: 10\r\n");
	talk_control(&talk, "sim gone", "error no state of a SIM: gone; usage: sim STATE");
	talk_control(&talk, "csq 5,1", "ok");
	talk_ask(talk.port, "AT+CSQ\r", "\r\n+CSQ: 5,1\r\n\r\nOK\r\n");
	talk_end(&talk);
}

/* Each file of ours is a modem, and says its name where it should. */
static void every_description_answers(void **state)
{
	static const struct {
		const char *file;
		int interface;
		const char *model;
	} rows[] = {
		{"mc8355.modem", 2, "MC8355"},
		{"mc8355-if3.modem", 3, "MC8355"},
		{"huawei-e1752.modem", 0, "E1752"},
		{"quectel-ec25.modem", 3, "EC25"},
		{"uart.modem", 0, "SIMCOM_SIM800"},
		{"sierra-mc7710.modem", 3, "MC7710"},
		{"sierra-em7455.modem", 3, "EM7455B"},
		{"huawei-me909s.modem", 0, "ME909s-120"},
		{"zte-mf110.modem", 3, "MF110"},
		{"quectel-rm500q.modem", 2, "RM500Q-GL"},
		{"simcom-sim7600.modem", 2, "SIMCOM_SIM7600E"},
		{"telit-le910.modem", 4, "LE910C1-EU"},
		{"cinterion-pls8.modem", 0, "PLS8-E"},
		{"ublox-toby-l2.modem", 0, "TOBY-L210"},
		{"option-gtm382.modem", 1, "GTM382"},
		{"novatel-mc950d.modem", 0, "Ovation MC950D Card"},
		{"ericsson-f5521gw.modem", 1, "F5521gw"},
		{"fibocom-l850.modem", 2, "L850-GL"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct talk talk;
		char answer[64];

		talk_start_file(&talk, rows[i].file);
		talk.port = talk_open(&talk, rows[i].interface);
		talk_log_has(&talk, "booted");
		snprintf(answer, sizeof(answer), "\r\n%s\r\n\r\nOK\r\n", rows[i].model);
		talk_say(talk.port, "ATE0+CGMM\r");
		talk_hear_until(talk.port, answer);
		talk_end(&talk);
	}
}

static void bad_descriptions_are_named(void **state)
{
	static const struct {
		const char *text;
		const char *said;
	} rows[] = {
		{"timing: { latency = 5; };\n" PORT,
		 "modem:1: latency: is no key; meant: latency_ms"},
		{PORT "\nsim: { state = \"locked\"; };", "modem:2: state: "},
		{PORT "\nat: { echo = 1; };", "must be true or false"},
		{PORT "commands: ( { command = \"AT\"; set = \"x\"; } );", "set names no variable"},
		{"ports: ();", "needs 1 to 16 ports"},
		{"ports: ( { interface = 0 ", "modem:1: syntax error"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char said[512];

		assert_int_equal(talk_refused(rows[i].text, said, sizeof(said)), 1);
		if (!strstr(said, rows[i].said))
			fail_msg("wanted <%s>, got <%s>", rows[i].said, said);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echoes_until_told_not_to),
		cmocka_unit_test(only_cr_ends_a_line),
		cmocka_unit_test(lf_behind_cr_may_be_an_error),
		cmocka_unit_test(takes_several_commands_on_a_line),
		cmocka_unit_test(results_are_numeric_or_quiet_on_demand),
		cmocka_unit_test(errors_have_three_forms),
		cmocka_unit_test(line_noise_is_survived),
		cmocka_unit_test(wrong_pins_lead_to_the_puk),
		cmocka_unit_test(attempts_outlive_a_replug_and_the_pin_does_not),
		cmocka_unit_test(registration_takes_its_time),
		cmocka_unit_test(operators_have_three_names),
		cmocka_unit_test(contexts_are_kept),
		cmocka_unit_test(radio_off_is_off),
		cmocka_unit_test(own_commands_come_first),
		cmocka_unit_test(commands_set_and_show_variables),
		cmocka_unit_test(a_choice_is_what_the_arguments_begin_with),
		cmocka_unit_test(a_built_in_command_may_take_long),
		cmocka_unit_test(the_card_may_go),
		cmocka_unit_test(every_description_answers),
		cmocka_unit_test(bad_descriptions_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
