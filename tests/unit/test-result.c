/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "base/buf.h"
#include "ppp/result.h"

#define EXITED(code)   ((code) << 8)
#define KILLED(number) (number)

struct line_case {
	const char *line;
	enum ppp_event_type type;
	const char *value;
};

/* clang-format off */
static const struct line_case line_cases[] = {
	{ "Using interface ppp0", PPP_EVENT_INTERFACE, "ppp0" },
	{ "Using interface wwan-gobi\n", PPP_EVENT_INTERFACE, "wwan-gobi" },
	{ "Renamed interface ppp0 to wwan-gobi", PPP_EVENT_OTHER, "" },
	{ "Connect: ppp0 <--> /dev/ttyUSB2", PPP_EVENT_LCP_START, "" },
	{ "Serial connection established.", PPP_EVENT_OTHER, "" },
	{ "CHAP authentication succeeded: Welcome", PPP_EVENT_AUTH_OK, "" },
	{ "PAP authentication succeeded", PPP_EVENT_AUTH_OK, "" },
	{ "PAP authentication failed", PPP_EVENT_AUTH_FAILED, "" },
	{ "CHAP authentication failed: no", PPP_EVENT_AUTH_FAILED, "" },
	{ "MS-CHAP authentication failed: E=691 Authentication failure",
	  PPP_EVENT_AUTH_FAILED, "" },
	{ "local  IP address 10.20.30.40", PPP_EVENT_LOCAL, "10.20.30.40" },
	{ "remote IP address 10.0.0.1", PPP_EVENT_REMOTE, "10.0.0.1" },
	{ "remote IP address 10.64.64.64", PPP_EVENT_REMOTE, "" },
	{ "remote IP address 10.64.64.67", PPP_EVENT_REMOTE, "" },
	{ "remote IP address 10.112.112.113", PPP_EVENT_REMOTE, "" },
	{ "remote IP address 10.64.63.255", PPP_EVENT_REMOTE, "10.64.63.255" },
	{ "local  IP address 10.64.64.64", PPP_EVENT_LOCAL, "10.64.64.64" },
	{ "primary   DNS address 192.0.2.53", PPP_EVENT_DNS, "192.0.2.53" },
	{ "secondary DNS address 192.0.2.54", PPP_EVENT_DNS, "192.0.2.54" },
	{ "primary   DNS address 10.11.12.13", PPP_EVENT_NO_DNS,
	  "10.11.12.13" },
	{ "secondary DNS address 10.11.12.15", PPP_EVENT_DNS, "10.11.12.15" },
	{ "local  LL address fe80::1", PPP_EVENT_IPV6_LOCAL, "fe80::1" },
	{ "remote LL address fe80::2", PPP_EVENT_OTHER, "" },
	{ "LCP: timeout sending Config-Requests\n", PPP_EVENT_LCP_TIMEOUT, "" },
	{ "IPCP: timeout sending Config-Requests", PPP_EVENT_IPCP_TIMEOUT, "" },
	{ "IPV6CP: timeout sending Config-Requests", PPP_EVENT_OTHER, "" },
	{ "Could not determine local IP address", PPP_EVENT_NO_ADDRESS, "" },
	{ "Could not determine remote IP address: defaulting to 10.64.64.64",
	  PPP_EVENT_OTHER, "" },
	{ "No response to 3 echo-requests", PPP_EVENT_OTHER, "" },
	{ "Serial link appears to be disconnected.", PPP_EVENT_ECHO_LOST, "" },
	{ "LCP terminated by peer", PPP_EVENT_PEER_TERMINATED, "" },
	{ "LCP terminated by peer (PAP authentication failed)",
	  PPP_EVENT_PEER_TERMINATED, "PAP authentication failed" },
	{ "LCP terminated by peer ()", PPP_EVENT_PEER_TERMINATED, "" },
	{ "LCP terminated by peer (", PPP_EVENT_PEER_TERMINATED, "" },
	{ "Protocol-Reject for 'IP Control Protocol' (0x8021) received", PPP_EVENT_NO_IPV4, "" },
	{ "Protocol-Reject for 0x8057 received", PPP_EVENT_NO_IPV6, "" },
	{ "Protocol-Reject for 'Compression Control Protocol' (0x80fd) received",
	  PPP_EVENT_OTHER, "" },
	{ "sent [LCP EchoReq id=0x0 magic=0x1]", PPP_EVENT_ECHO_SENT, "" },
	{ "rcvd [LCP EchoRep id=0x0 magic=0x1]", PPP_EVENT_ECHO_ANSWERED, "" },
	{ "rcvd [LCP EchoReq id=0x0 magic=0x1]", PPP_EVENT_OTHER, "" },
	{ "Modem hangup", PPP_EVENT_HANGUP, "" },
	{ "Serial line is looped back.", PPP_EVENT_LOOPBACK, "" },
	{ "Couldn't set tty to PPP discipline: Invalid argument",
	  PPP_EVENT_NO_KERNEL_PPP, "" },
	{ "Couldn't open the /dev/ppp device: No such file or directory",
	  PPP_EVENT_NO_KERNEL_PPP, "" },
	{ "Connect script failed", PPP_EVENT_CONNECT_FAILED, "" },
	{ "Connection terminated.", PPP_EVENT_TERMINATED, "" },
	{ "Terminating on signal 15", PPP_EVENT_TERMINATED, "" },
	{ "Hangup (SIGHUP)", PPP_EVENT_TERMINATED, "" },
	{ "Terminating connection due to lack of activity.", PPP_EVENT_TERMINATED, "" },
	{ "Connect time expired", PPP_EVENT_TERMINATED, "" },
	{ "Traffic limit reached. Limit: 10 Used: 11", PPP_EVENT_TERMINATED, "" },
	{ "", PPP_EVENT_OTHER, "" },
	{ "Remote message: PAP authentication failed", PPP_EVENT_OTHER, "" },
};

struct life_case {
	const char *log; /* lines, each ended by a newline */
	int wait_status;
	enum cause cause;
	const char *text; /* a part of it */
};

#define UP "Connect: ppp0 <--> /dev/ttyUSB2\n" \
	   "local  IP address 10.20.30.40\n"
#define LCP "Connect: ppp0 <--> /dev/ttyUSB2\n"

static const struct life_case life_cases[] = {
	{ "", EXITED(0), CAUSE_PPP, "0" },
	{ UP, EXITED(0), CAUSE_LINK_LOST, "closed by the other side" },
	{ "", EXITED(1), CAUSE_INTERNAL, "fatal" },
	{ "", EXITED(2), CAUSE_CONFIG, "option" },
	{ "", EXITED(3), CAUSE_PERMISSION, "root" },
	{ "", EXITED(4), CAUSE_NO_PPP, "kernel" },
	{ UP, EXITED(5), CAUSE_LINK_LOST, "signal" },
	{ LCP, EXITED(5), CAUSE_PPP, "signal" },
	{ "", EXITED(6), CAUSE_BUSY, "locked" },
	{ "", EXITED(7), CAUSE_NO_AT_PORT, "opened" },
	{ "Connect script failed\n", EXITED(8), CAUSE_CALL, "dialing" },
	{ LCP "LCP: timeout sending Config-Requests\n", EXITED(10), CAUSE_PPP,
	  "no PPP came: nothing answered the LCP requests (pppd ended with "
	  "10)" },
	/* Seen: the hang-up that pppd makes of it. */
	{ LCP "LCP: timeout sending Config-Requests\nModem hangup\n",
	  EXITED(16), CAUSE_PPP, "no PPP came" },
	{ LCP "IPCP: timeout sending Config-Requests\n", EXITED(10), CAUSE_PPP,
	  "no address: nothing answered the IPCP requests" },
	{ LCP "Could not determine local IP address\n"
	  "LCP terminated by peer\n", EXITED(16), CAUSE_PPP,
	  "the network gave no address" },
	{ UP "Serial link appears to be disconnected.\n", EXITED(15),
	  CAUSE_LINK_LOST, "echo" },
	{ "", EXITED(16), CAUSE_CALL, "hung up" },
	{ LCP, EXITED(16), CAUSE_PPP, "hung up" },
	{ UP "Modem hangup\n", EXITED(16), CAUSE_LINK_LOST, "hung up" },
	{ LCP "Serial line is looped back.\n", EXITED(17), CAUSE_PPP,
	  "packets back" },
	{ LCP "PAP authentication failed\n", EXITED(19), CAUSE_PPP_AUTH,
	  "password" },
	/* Upstream lets a hang-up overwrite the refusal. */
	{ LCP "CHAP authentication failed\nModem hangup\n", EXITED(16),
	  CAUSE_PPP_AUTH, "the password (pppd ended with 16)" },
	/* Seen with a lack of ppp_async: status 1 says nothing. */
	{ "Couldn't set tty to PPP discipline: Invalid argument\n", EXITED(1),
	  CAUSE_NO_PPP, "ppp_async" },
	{ LCP "LCP terminated by peer (PAP authentication failed)\n",
	  EXITED(10), CAUSE_PPP_AUTH, "network.auth; it said \"PAP authentication failed\" (" },
	{ LCP "LCP terminated by peer (Login incorrect)\nModem hangup\n",
	  EXITED(16), CAUSE_PPP_AUTH, "it said \"Login incorrect\"" },
	{ LCP "LCP terminated by peer (No network protocols running)\n",
	  EXITED(10), CAUSE_PPP, "the network refused the link; it said \"No network" },
	{ UP "LCP terminated by peer (Session authentication expired)\n", EXITED(16),
	  CAUSE_LINK_LOST, "the network ended the link; it said \"Session" },
	{ UP "LCP terminated by peer\n", EXITED(16), CAUSE_LINK_LOST,
	  "the network ended the link" },
	{ UP, KILLED(9), CAUSE_LINK_LOST, "killed by signal 9" },
	{ "", KILLED(11), CAUSE_INTERNAL, "killed by signal 11" },
	{ "", EXITED(127), CAUSE_NO_PPP, "there is no pppd" },
	{ "", EXITED(126), CAUSE_PERMISSION, "cannot be run" },
	{ "", EXITED(99), CAUSE_INTERNAL, "99" },
};
/* clang-format on */

static void log_lines_are_told_apart(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(line_cases) / sizeof(*line_cases); i++) {
		struct ppp_event event = ppp_event_parse(line_cases[i].line);

		if (event.type != line_cases[i].type ||
		    strcmp(event.value, line_cases[i].value) != 0)
			fail_msg("\"%s\" is %d \"%s\"", line_cases[i].line, event.type,
				 event.value);
	}
}

static void a_value_too_long_is_cut(void **state)
{
	char line[300] = "Using interface ";
	struct ppp_event event;

	(void)state;
	memset(line + strlen(line), 'x', 200);
	event = ppp_event_parse(line);
	assert_int_equal(event.type, PPP_EVENT_INTERFACE);
	assert_int_equal(strlen(event.value), sizeof(event.value) - 1);
}

static void feed(struct ppp_life *life, const char *log)
{
	char line[128];

	for (size_t len; *log; log += len + 1) {
		struct ppp_event event;

		len = strcspn(log, "\n");
		memcpy(line, log, len);
		line[len] = '\0';
		event = ppp_event_parse(line);
		ppp_life_event(life, &event);
	}
}

static void log_and_status_together_give_the_cause(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(life_cases) / sizeof(*life_cases); i++) {
		const struct life_case *row = &life_cases[i];
		struct ppp_life life = {0};
		struct buf text = BUF_INIT;
		enum cause cause;

		feed(&life, row->log);
		cause = ppp_life_cause(&life, row->wait_status, &text);
		if (cause != row->cause || !strstr(buf_str(&text), row->text))
			fail_msg("row %zu: %s, \"%s\"", i, cause_name(cause), buf_str(&text));
		buf_free(&text);
	}
}

static void only_who_never_answered_is_deaf(void **state)
{
	static const char sent[] = LCP "sent [LCP EchoReq id=0x0 magic=0x1]\n";
	static const char lost[] = "Serial link appears to be disconnected.\n";
	struct ppp_life deaf = {0}, heard = {0}, unseen = {0}, hung_up = {0};

	(void)state;
	feed(&deaf, sent);
	feed(&deaf, lost);
	feed(&heard, sent);
	feed(&heard, "rcvd [LCP EchoRep id=0x0 magic=0x1]\n");
	feed(&heard, lost);
	feed(&unseen, lost);
	feed(&hung_up, sent);
	feed(&hung_up, "Modem hangup\n");
	assert_true(ppp_life_is_deaf(&deaf));
	assert_false(ppp_life_is_deaf(&heard));
	assert_false(ppp_life_is_deaf(&unseen));
	assert_false(ppp_life_is_deaf(&hung_up));
}

static void no_status_is_a_success(void **state)
{
	(void)state;
	for (int status = 0; status < 0x10000; status++) {
		struct ppp_life life = {.was_up = status & 1};
		struct buf text = BUF_INIT;

		if ((status & 0xff) == 0x7f) /* stopped, not ended */
			continue;
		assert_int_not_equal(ppp_life_cause(&life, status, &text), CAUSE_NONE);
		assert_true(text.len > 0);
		buf_free(&text);
	}
}

static void exit_texts_end_with_21(void **state)
{
	(void)state;
	for (int code = 0; code <= 21; code++)
		assert_non_null(ppp_exit_text(code));
	assert_null(ppp_exit_text(22));
	assert_null(ppp_exit_text(-1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(log_lines_are_told_apart),
		cmocka_unit_test(a_value_too_long_is_cut),
		cmocka_unit_test(log_and_status_together_give_the_cause),
		cmocka_unit_test(only_who_never_answered_is_deaf),
		cmocka_unit_test(no_status_is_a_success),
		cmocka_unit_test(exit_texts_end_with_21),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
