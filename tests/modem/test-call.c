/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "talk.h"

#define QUICK "at: { echo = false; };"
#define PORT  "ports: ( { interface = 0; role = \"at\"; } );"
#define CID   "contexts: ( { cid = 1; apn = \"internet\"; } );"
#define AT_1  "\xf9\x07\xef\x07\x41\x54\x0d\xd3\xf9"
#define BASE  QUICK PORT CID

static void dials_as_the_description_says(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   BASE "network: { apn = \"internet\"; };call: { connect = \"CONNECT 7200000\";"
			" apn_mismatch = \"+CME ERROR: 33\"; no_context = \"ERROR\";"
			" results = ( \"NO CARRIER\", \"BUSY\" ); };",
		   NULL);
	talk_ask(talk.port, "ATD*99#\r", "\r\nNO CARRIER\r\n");
	talk_ask(talk.port, "ATD*99#\r", "\r\nBUSY\r\n");
	talk_ask(talk.port, "ATD*99***2#\r", "\r\nERROR\r\n");
	talk_ask(talk.port, "ATD123\r", "\r\nNO CARRIER\r\n");
	talk_ask(talk.port, "AT+CGDCONT=1,\"IP\",\"wrong\"\r", "\r\nOK\r\n");
	talk_ask(talk.port, "ATDT*99***1#\r", "\r\n+CME ERROR: 33\r\n");
	talk_ask(talk.port, "AT+CEER\r",
		 "\r\n+CEER: Requested service option not subscribed\r\n"
		 "\r\nOK\r\n");
	talk_ask(talk.port, "AT+CGDCONT=1,\"IP\",\"Internet\"\r", "\r\nOK\r\n");
	talk_ask(talk.port, "ATD*99**PPP*1#\r", "\r\nCONNECT 7200000\r\n");
	assert_int_equal(talk_number(&talk, "stats", "dials"), 6);
	assert_int_equal(talk_number(&talk, "stats", "connects"), 1);
	talk_end(&talk);
}

#define MUXED                                                                               \
	QUICK CID "ports: ( { interface = 0; role = \"at\"; }, { interface = 1; dlci = 1; " \
		  "role = \"at\"; }, { interface = 2; dlci = 2; role = \"at\"; } );"

static void speaks_on_channels_once_multiplexed(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, MUXED "mux: { n1 = 127; };", NULL);
	talk_ask(talk.port, "AT+CMUX=?\r",
		 "\r\n+CMUX: (0),(0),(1-8),(1-127),(1-255),(0-100),(2-255),(1-255),(1-7)\r\n"
		 "\r\nOK\r\n");
	talk_ask(talk.port, "AT+CMUX=0,0,5,1509\r", "\r\nERROR\r\n");
	talk_ask(talk.port, "AT+CMUX=0,0,5,127\r", "\r\nOK\r\n");
	talk_ask(talk.port, "\xf9\x03\x3f\x01\x1c\xf9", "\xf9\x03\x73\x01\xd7\xf9");
	/* DLCI 1, whose lines follow; AT there; DLCI 3 is not there. */
	talk_ask(talk.port, "\xf9\x07\x3f\x01\xde\xf9",
		 "\xf9\x07\x73\x01\x15\xf9\xf9\x01\xef\x09\xe3\x05\x07\x0d\x9a\xf9");
	talk_ask(talk.port, "\xf9\x03\xef\x09\xe1\x05\x07\x0d\xfb\xf9" AT_1,
		 "\xf9\x05\xef\x0d\r\nOK\r\n_\xf9");
	talk_ask(talk.port, "\xf9\x0f\x3f\x01\x9b\xf9", "\xf9\x0f\x1f\x01\xb1\xf9");
	/* A damaged frame is nothing, PSC is not supported, and CLD ends it. */
	talk_say(talk.port, "\xf9\x07\xef\x07\x41\x54\x0d\xd4\xf9");
	talk_ask(talk.port, "\xf9\x03\xef\x05\x43\x01\xf2\xf9",
		 "\xf9\x01\xef\x07\x11\x03\x43\x70\xf9");
	talk_ask(talk.port, "\xf9\x03\xef\x05\xc3\x01\xf2\xf9", "\xf9\x01\xef\x05\xc1\x01\x93\xf9");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void dials_as_the_control_socket_says(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, NULL);
	talk_control(&talk, "dial +CME ERROR: 30 2", "ok");
	talk_ask(talk.port, "ATD*99#\r", "\r\n+CME ERROR: 30\r\n");
	talk_ask(talk.port, "ATD*99#\r", "\r\n+CME ERROR: 30\r\n");
	talk_control(&talk, "registration 3", "ok");
	talk_ask(talk.port, "ATD*99#\r", "\r\nNO CARRIER\r\n");
	talk_control(&talk, "registration 1", "ok");
	/* No answer at all: the one that comes is the next command's. */
	talk_control(&talk, "dial none 1", "ok");
	talk_say(talk.port, "ATD*99#\r");
	talk_ask(talk.port, "AT+GMM\r", "\r\nModem\r\n\r\nOK\r\n");
	talk_control(&talk, "dial CONNECT 115200", "ok");
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT 115200\r\n");
	talk_end(&talk);
}

static void a_byte_ends_a_dial(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE "call: { dial_ms = 3600000; };", NULL);
	talk_say(talk.port, "ATD*99#\r\n");
	talk_ask(talk.port, "x", "\r\nNO CARRIER\r\n");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_log_has(&talk, "aborted D*99#");
	talk_end(&talk);
}

static bool is_quiet(void *ctx)
{
	return talk_number(ctx, "state", "quiet0") == 1;
}

static void three_pluses_alone_are_an_escape(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE "call: { data = \"echo\"; guard_ms = 40; };", NULL);
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT\r\n");
	talk_ask(talk.port, "a+++b", "a+++b");
	talk_ask(talk.port, "AT\r+++AT\r", "AT\r+++AT\r");
	/* Two pluses with silence around them are data in the end. */
	talk_wait(is_quiet, &talk, "the guard time");
	talk_ask(talk.port, "++", "++");
	talk_wait(is_quiet, &talk, "the guard time");
	talk_ask(talk.port, "+++", "\r\nOK\r\n");
	talk_ask(talk.port, "AT+GMM\r", "\r\nModem\r\n\r\nOK\r\n");
	talk_ask(talk.port, "ATO\r", "\r\nCONNECT\r\n");
	talk_ask(talk.port, "again", "again");
	talk_wait(is_quiet, &talk, "the guard time");
	talk_ask(talk.port, "+++", "\r\nOK\r\n");
	talk_ask(talk.port, "ATH\r", "\r\nOK\r\n");
	talk_ask(talk.port, "ATO\r", "\r\nNO CARRIER\r\n");
	assert_int_equal(talk_number(&talk, "stats", "escapes"), 2);
	talk_end(&talk);
}

static void the_network_may_hang_up(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE "call: { hangup_after_ms = 20; };", NULL);
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT\r\n");
	talk_hear(talk.port, "\r\nNO CARRIER\r\n");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_control(&talk, "hangup", "error no call; usage: hangup [quiet]");
	talk_end(&talk);

	talk_start(&talk, BASE "call: { hangup_after_ms = 20; hangup_quiet = true; };", NULL);
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT\r\n");
	talk_log_has(&talk, "hangup time");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void a_call_can_be_hung_up_at_will(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, PORT CID "at: { missing_cr = true; echo = false; };", NULL);
	talk_ask(talk.port, "ATD*99#\r", "\nCONNECT\r\n");
	talk_control(&talk, "hangup", "ok");
	talk_hear(talk.port, "\nNO CARRIER\r\n");
	talk_ask(talk.port, "ATD*99#\r", "\nCONNECT\r\n");
	talk_control(&talk, "hangup quiet", "ok");
	talk_ask(talk.port, "AT\r", "\r\nOK\r\n");
	talk_end(&talk);
}

static void data_goes_through_the_peer(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, "exec cat <$PPP_TTY >$PPP_TTY");
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT\r\n");
	/* A raw tty: all bytes come back as they were. */
	talk_say_bytes(talk.port, "\0\r\n\x03\x11\x7f\xff", 7);
	talk_hear_bytes(talk.port, "\0\r\n\x03\x11\x7f\xff", 7);
	talk_control(&talk, "drop-data on", "ok");
	talk_say(talk.port, "lost");
	talk_log_has(&talk, "< lost");
	talk_control(&talk, "drop-data off", "ok");
	talk_ask(talk.port, "kept", "kept");
	talk_end(&talk);
}

static void connect_waits_for_the_peers_first_byte(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE "call: { wait_peer_ms = 3600000; };",
		   "printf first >$PPP_TTY; exec cat <$PPP_TTY >$PPP_TTY");
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT\r\nfirst");
	talk_log_has(&talk, "> \\r\\nCONNECT\\r\\nfirst");
	talk_ask(talk.port, "then", "then");
	talk_end(&talk);
}

static bool is_gone(void *ctx)
{
	return kill(*(pid_t *)ctx, 0) < 0 && errno == ESRCH;
}

static pid_t read_pid(struct talk *talk)
{
	FILE *file = fopen(talk_path(talk, "pid"), "r");
	int pid = 0;

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%d", &pid), 1);
	fclose(file);
	return pid;
}

static void hanging_up_kills_the_peer(void **state)
{
	struct talk talk;
	pid_t pid;

	(void)state;
	talk_start(&talk, BASE, "sleep 3600 & echo $! >\"$TALK_DIR\"/pid;echo up >$PPP_TTY; wait");
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT\r\n");
	talk_hear(talk.port, "up\n");
	pid = read_pid(&talk);
	assert_false(is_gone(&pid));
	talk_control(&talk, "hangup", "ok");
	talk_hear(talk.port, "\r\nNO CARRIER\r\n");
	talk_wait(is_gone, &pid, "the peer's end");
	talk_end(&talk);
}

static void a_peer_that_ends_hangs_up(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk, BASE, "read -r line <$PPP_TTY; echo bye >$PPP_TTY; exit 3");
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT\r\n");
	talk_ask(talk.port, "go\n", "bye\n\r\nNO CARRIER\r\n");
	talk_log_has(&talk, "hangup peer-ended");
	talk_end(&talk);
}

static void a_port_may_connect_and_be_dead(void **state)
{
	struct talk talk;
	int other;

	(void)state;
	talk_start(&talk,
		   QUICK CID "ports: ( { interface = 0; role = \"at\"; dial = \"dead\"; },"
			     "{ interface = 4; role = \"at\"; dial = \"refused\"; } );",
		   "exec cat <$PPP_TTY >$PPP_TTY");
	other = talk_open(&talk, 4);
	talk_ask(other, "ATD*99#\r", "\r\nNO CARRIER\r\n");
	talk_ask(talk.port, "ATD*99#\r", "\r\nCONNECT\r\n");
	talk_say(talk.port, "hello?");
	talk_log_has(&talk, "< hello?");
	talk_control(&talk, "hangup", "ok");
	talk_hear(talk.port, "\r\nNO CARRIER\r\n");
	close(other);
	talk_end(&talk);
}

static void a_stuck_port_speaks_lcp_until_it_escapes(void **state)
{
	struct talk talk;

	(void)state;
	talk_start(&talk,
		   "call: { guard_ms = 40; lcp_every_ms = 60; };" QUICK
		   "ports: ( { interface = 0; role = \"ppp\"; } );",
		   NULL);
	talk_say(talk.port, "AT\r");
	talk_hear_until(talk.port, "~\xff}#\xc0!}!");
	talk_hear_until(talk.port, "~");
	talk_wait(is_quiet, &talk, "the guard time");
	talk_say(talk.port, "+++");
	talk_hear_until(talk.port, "\r\nOK\r\n");
	talk_ask(talk.port, "ATH\r", "\r\nOK\r\n");
	talk_ask(talk.port, "AT+GMM\r", "\r\nModem\r\n\r\nOK\r\n");
	talk_end(&talk);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dials_as_the_description_says),
		cmocka_unit_test(dials_as_the_control_socket_says),
		cmocka_unit_test(speaks_on_channels_once_multiplexed),
		cmocka_unit_test(a_byte_ends_a_dial),
		cmocka_unit_test(three_pluses_alone_are_an_escape),
		cmocka_unit_test(the_network_may_hang_up),
		cmocka_unit_test(a_call_can_be_hung_up_at_will),
		cmocka_unit_test(data_goes_through_the_peer),
		cmocka_unit_test(connect_waits_for_the_peers_first_byte),
		cmocka_unit_test(hanging_up_kills_the_peer),
		cmocka_unit_test(a_peer_that_ends_hangs_up),
		cmocka_unit_test(a_port_may_connect_and_be_dead),
		cmocka_unit_test(a_stuck_port_speaks_lcp_until_it_escapes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
