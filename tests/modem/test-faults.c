/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "talk.h"

#define QUICK "at: { echo = false; };"
#define PORT  "ports: ( { interface = 0; role = \"at\"; } );"
#define BASE  QUICK PORT

static void answers_come_in_pieces(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, NULL);
	talk_ask(talk.port, "AT+CGMM\r", "\r\nModem\r\n\r\nOK\r\n");
	talk_log_has(&talk, "> \\r\\nModem\\r\\n\\r\\nOK\\r\\n");
	assert_int_equal(talk_longest_piece(&talk), 15);
	talk_control(&talk, "split 16 1", "ok");
	talk_ask(talk.port, "ATI\r",
		 "\r\nManufacturer: Simulated\r\nModel: Modem\r\n"
		 "Revision: 1.0\r\nIMEI: 350000000000006\r\n"
		 "+GCAP: +CGSM,+DS,+ES\r\n\r\nOK\r\n");
	assert_int_equal(talk_longest_piece(&talk), 16);
	talk_control(&talk, "split 0", "ok");
	talk_say(talk.port, "ATI\r");
	talk_hear_until(talk.port, "OK\r\n");
	talk_log_has(&talk, "+GCAP: +CGSM,+DS,+ES\\r\\n\\r\\nOK\\r\\n");
	assert_true(talk_longest_piece(&talk) > 16);
	talk_end(&talk);
}

static void answers_are_late(void **state)
{
	struct talk talk;
	long start;

	(void)state;
	talk_start(&talk, BASE "timing: { latency_ms = 30; };", NULL);
	start = talk_ms();
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	assert_true(talk_ms() - start >= 29);
	/* What comes meanwhile waits for its turn. */
	talk_control(&talk, "latency 120 AT+CSQ", "ok");
	start = talk_ms();
	talk_say(talk.port, "AT+CSQ\r");
	talk_ask(talk.port, "AT+GMM\r", "\r\n+CSQ: 17,99\r\n\r\nOK\r\n\r\nModem\r\n\r\nOK\r\n");
	assert_true(talk_ms() - start >= 119);
	talk_control(&talk, "latency 0", "ok");
	talk_end(&talk);
}

static void answers_can_be_anything(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, NULL);
	talk_control(&talk, "answer once AT+CSQ \\x00\\377\\r\\n\\\"x", "ok");
	talk_say(talk.port, "AT+CSQ\r");
	talk_hear_bytes(talk.port, "\0\xff\r\n\"x", 6);
	talk_ask(talk.port, "AT+CSQ\r", "\r\n+CSQ: 17,99\r\n\r\nOK\r\n");
	talk_control(&talk, "answer AT+C* \\r\\nNA\\r\\n", "ok");
	talk_ask(talk.port, "AT+CSQ\r", "\r\nNA\r\n");
	talk_ask(talk.port, "AT+CGMM\r", "\r\nNA\r\n");
	talk_control(&talk, "answer AT+C* default", "ok");
	talk_ask(talk.port, "AT+CGMM\r", "\r\nModem\r\n\r\nOK\r\n");
	/* No answer: the next command's comes instead. */
	talk_control(&talk, "answer AT", "ok");
	talk_say(talk.port, "AT\r");
	talk_ask(talk.port, "AT+GMM\r", "\r\nModem\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void noise_comes_when_it_should(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   BASE "noise: ( { text = \"<b>\"; before = \"AT+CSQ\"; },"
			"{ text = \"<i>\"; inside = \"AT+CSQ\"; },"
			"{ text = \"<a>\"; after = \"AT+CSQ\"; },"
			"{ text = \"<other>\"; port = 9; after = \"AT+CSQ\"; } );",
		   NULL);
	talk_ask(talk.port, "AT+CSQ\r", "<b>\r\n+CSQ: 17,99\r\n<i>\r\nOK\r\n<a>");
	talk_control(&talk, "say 0 \\r\\n+CMTI: \"ME\",1\\r\\n", "ok");
	talk_hear(talk.port, "\r\n+CMTI: \"ME\",1\r\n");
	talk_end(&talk);
}

static void noise_repeats(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   BASE "contexts: ( { cid = 1; } );noise: ( { text = \"<r>\"; every_ms = 5; },"
			"{ text = \"<c>\"; every_ms = 5; connected = true; } );",
		   NULL);
	talk_hear(talk.port, "<r><r><r>");
	/* In data mode a port has no URCs. */
	talk_say(talk.port, "ATD*99#\r");
	talk_hear_until(talk.port, "\r\nCONNECT\r\n");
	talk_control(&talk, "hangup", "ok");
	talk_hear(talk.port, "\r\nNO CARRIER\r\n");
	talk_end(&talk);
}

static void noise_faster_than_the_line_delays_no_answer_for_ever(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "at: { echo = false; split = 1; split_gap_ms = 1; };" PORT
		   "noise: ( { text = \"0123456789\"; every_ms = 1; } );",
		   NULL);
	/* Ten bytes come for each one that goes: after 500 there would be 4500 to hear before the
	 * answer. */
	for (int i = 0; i < 50; i++)
		talk_hear_until(talk.port, "9");
	talk_say(talk.port, "AT\r");
	assert_true(talk_hear_until(talk.port, "\r\nOK\r\n") < 2000);
	talk_end(&talk);
}

static void garbage_is_always_the_same(void **state)
{
	struct talk talk;
	char one[200], two[200];
	size_t have;

	(void)state;
	talk_start(&talk, BASE, NULL);
	for (int round = 0; round < 2; round++) {
		char *to = round ? two : one;
		struct pollfd in = {.fd = talk.port, .events = POLLIN};

		talk_control(&talk, "garbage 200", "ok");
		for (have = 0; have < sizeof(one);) {
			assert_int_equal(poll(&in, 1, 20000), 1);
			have += (size_t)read(talk.port, to + have, sizeof(one) - have);
		}
	}
	assert_memory_equal(one, two, sizeof(one));
	assert_non_null(memchr(one, '\0', sizeof(one)));
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void a_mute_port_neither_hears_nor_speaks(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, NULL);
	talk_control(&talk, "mute 0 on", "ok");
	talk_say(talk.port, "AT+CGMI\r");
	talk_log_has(&talk, "< AT+CGMI");
	talk_control(&talk, "say 0 lost", "ok");
	talk_control(&talk, "mute 0 off", "ok");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void a_parrot_says_yes_to_everything(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   QUICK "ports: ( { interface = 0; role = \"parrot\"; } );"
			 "commands: ( { command = \"ATI\"; lines = ( \"APP1\" ); } );",
		   NULL);
	talk_ask(talk.port, "AT+NONSENSE=?\r", "\r\nOK\r\n");
	talk_ask(talk.port, "ATD*99#\r", "\r\nOK\r\n");
	talk_ask(talk.port, "ATI\r", "\r\nAPP1\r\n\r\nOK\r\n");
	talk_end(&talk);
}

static void nmea_streams_once_it_is_told(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "ports: ( { interface = 0; role = \"nmea\"; every_ms = 5;"
		   " start = \"$GPS_START\"; } );",
		   NULL);
	talk_say(talk.port, "AT\r");
	talk_log_has(&talk, "< AT");
	assert_int_equal(talk_number(&talk, "stats", "to_host"), 0);
	talk_say(talk.port, "$GPS_START\r\n");
	talk_hear(talk.port, "$GPGGA,120000.0,5003.000,N,01424.000,E,1,05,1.5,"
			     "250.0,M,45.0,M,,*5D\r\n$GPRMC,");
	talk_end(&talk);
}

static void diag_answers_frames_only(void **state)
{
	/* Version request, and a command that there is not; both with the FCS that Qualcomm's own
	 * tools send. */
	static const char version[] = "\x00\x78\xf0\x7e";
	static const char heard[] = "\x00Jan 01 2020";
	struct talk talk;

	(void)state;
	talk_start(&talk, "ports: ( { interface = 0; role = \"diag\"; } );", NULL);
	talk_say(talk.port, "AT\r");
	talk_log_has(&talk, "< AT");
	assert_int_equal(talk_number(&talk, "stats", "to_host"), 0);
	/* The flag ends the AT as a frame that is none. */
	talk_say(talk.port, "~");
	talk_say_bytes(talk.port, version, 4);
	talk_hear_bytes(talk.port, heard, 12);
	talk_end(&talk);
}

static void unplugging_hangs_up(void **state)
{
	struct talk talk;
	char byte;

	(void)state;
	talk_start(&talk, BASE, NULL);
	talk_control(&talk, "unplug", "ok");
	assert_int_equal(access(talk_path(&talk, "if0"), F_OK), -1);
	assert_true(read(talk.port, &byte, 1) <= 0);
	talk_control(&talk, "unplug",
		     "error Operation already in progress; usage: unplug [keep-open]");
	close(talk.port);
	talk_control(&talk, "plug", "ok");
	talk.port = talk_open(&talk, 0);
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void replugging_may_keep_the_number_taken(void **state)
{
	struct talk talk;
	char before[64] = "", after[64] = "", byte;
	int fd;

	(void)state;
	talk_start(&talk, BASE, NULL);
	assert_true(readlink(talk_path(&talk, "if0"), before, 63) > 0);
	talk_control(&talk, "replug keep-open", "ok");
	assert_true(readlink(talk_path(&talk, "if0"), after, 63) > 0);
	assert_string_not_equal(before, after);
	talk_say(talk.port, "AT\r");
	assert_int_equal(read(talk.port, &byte, 1), -1);
	assert_int_equal(errno, EAGAIN);
	fd = talk_open(&talk, 0);
	talk_ask(fd, "AT\r", "\r\nOK\r\n");
	close(fd);
	talk_end(&talk);
}

static bool is_plugged(void *ctx)
{
	return talk_number(ctx, "state", "plugged") == 1;
}

static void a_reset_takes_usb_away(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE "usb: { vid = 0x1199; }; timing: { reset_ms = 1; };", NULL);
	talk_ask(talk.port, "AT+CFUN=1,1\r", "\r\nOK\r\n");
	talk_log_has(&talk, "unplug");
	close(talk.port);
	talk_wait(is_plugged, &talk, "the modem's return");
	talk.port = talk_open(&talk, 0);
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void a_reset_of_a_uart_does_not(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   BASE "timing: { reset_ms = 1; boot_delay_ms = 1; };"
			"commands: ( { command = \"AT!RESET\"; effect = \"reset\"; } );"
			"noise: ( { text = \"RDY\"; at_ms = 0; } );",
		   NULL);
	talk_log_has(&talk, "booted");
	talk_say(talk.port, "ATE1;!RESET\r");
	talk_hear_until(talk.port, "\r\nOK\r\n");
	talk_hear(talk.port, "RDY");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void a_port_opens_again_and_again(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, NULL);
	close(talk.port);
	for (int i = 0; i < 50; i++) {
		talk.port = talk_open(&talk, 0);
		talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
		close(talk.port);
	}
	talk.port = -1;
	talk_log_has(&talk, "0 # close");
	talk_end(&talk);
}

static void nobody_hears_a_closed_port(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, NULL);
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	close(talk.port);
	talk_log_has(&talk, "0 # close");
	talk_control(&talk, "say 0 stale", "ok");
	talk.port = talk_open(&talk, 0);
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void control_refuses_what_it_does_not_know(void **state)
{
	static const struct {
		const char *command;
		const char *answer;
	} rows[] = {
		{"", "error unknown command, try help"},
		{"frobnicate", "error unknown command, try help"},
		{"plu", "error unknown command, try help"},
		{"mute", "error no port with this interface number: ; usage: mute PORT on|off"},
		{"mute 0 perhaps", "error want on or off, not: perhaps; usage: mute PORT on|off"},
		{"mute 5 on", "error no port with this interface number: 5; "
			      "usage: mute PORT on|off"},
		{"split x", "error not a number in range: x; usage: split BYTES [GAP_MS]"},
		{"say 0 \\q", "error bad escape: \\q; usage: say PORT ESCAPED"},
		{"registration 12", "error not a number in range: 12; usage: registration STAT"},
		{"dial", "error which result?; usage: dial RESULT|default [COUNT]"},
	};
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, NULL);
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		talk_control(&talk, rows[i].command, rows[i].answer);
	talk_end(&talk);
}

static void the_log_is_c_strings(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, PORT, NULL);
	talk_ask(talk.port, "AT+X=\"\\\"\r", "AT+X=\"\\\"\r\r\nERROR\r\n");
	talk_log_has(&talk, " 0 < AT+X=\\\"\\\\\\\"\\r\n");
	talk_log_has(&talk, " 0 > AT+X=\\\"\\\\\\\"\\r\\r\\nERROR\\r\\n\n");
	talk_end(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_come_in_pieces),
		cmocka_unit_test(answers_are_late),
		cmocka_unit_test(answers_can_be_anything),
		cmocka_unit_test(noise_comes_when_it_should),
		cmocka_unit_test(noise_repeats),
		cmocka_unit_test(noise_faster_than_the_line_delays_no_answer_for_ever),
		cmocka_unit_test(garbage_is_always_the_same),
		cmocka_unit_test(a_mute_port_neither_hears_nor_speaks),
		cmocka_unit_test(a_parrot_says_yes_to_everything),
		cmocka_unit_test(nmea_streams_once_it_is_told),
		cmocka_unit_test(diag_answers_frames_only),
		cmocka_unit_test(unplugging_hangs_up),
		cmocka_unit_test(replugging_may_keep_the_number_taken),
		cmocka_unit_test(a_reset_takes_usb_away),
		cmocka_unit_test(a_reset_of_a_uart_does_not),
		cmocka_unit_test(a_port_opens_again_and_again),
		cmocka_unit_test(nobody_hears_a_closed_port),
		cmocka_unit_test(control_refuses_what_it_does_not_know),
		cmocka_unit_test(the_log_is_c_strings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
