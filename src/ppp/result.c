/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "ppp/result.h"

/* What a shell and our own fork exit with when there was nothing to run. */
#define EXIT_NOT_RUN     126
#define EXIT_NOT_FOUND   127

#define EXIT_AUTH_TOPEER 19

/* What an exit code means before and after the link came up. */
struct exit_row {
	const char *text;
	enum cause down;
	enum cause up;
};

/* clang-format off */
static const struct exit_row exits[] = {
	[0]  = { "the link was closed by the other side",
		 CAUSE_PPP, CAUSE_LINK_LOST },
	[1]  = { "a fatal error; its log names it",
		 CAUSE_INTERNAL, CAUSE_LINK_LOST },
	[2]  = { "an option was refused; its log names it",
		 CAUSE_CONFIG, CAUSE_CONFIG },
	[3]  = { "it must be started by root",
		 CAUSE_PERMISSION, CAUSE_PERMISSION },
	[4]  = { "the kernel has no PPP",
		 CAUSE_NO_PPP, CAUSE_NO_PPP },
	[5]  = { "stopped by a signal",
		 CAUSE_PPP, CAUSE_LINK_LOST },
	[6]  = { "the port is locked by another program",
		 CAUSE_BUSY, CAUSE_BUSY },
	[7]  = { "the port could not be opened",
		 CAUSE_NO_AT_PORT, CAUSE_LINK_LOST },
	[8]  = { "dialing failed",
		 CAUSE_CALL, CAUSE_LINK_LOST },
	[9]  = { "the pty command failed",
		 CAUSE_CALL, CAUSE_LINK_LOST },
	[10] = { "negotiation failed",
		 CAUSE_PPP, CAUSE_LINK_LOST },
	[11] = { "the network did not prove its identity",
		 CAUSE_PPP, CAUSE_PPP },
	[12] = { "the link was idle",
		 CAUSE_LINK_LOST, CAUSE_LINK_LOST },
	[13] = { "the time allowed for a link is over",
		 CAUSE_LINK_LOST, CAUSE_LINK_LOST },
	[14] = { "callback was agreed upon",
		 CAUSE_PPP, CAUSE_PPP },
	[15] = { "the echo requests went unanswered",
		 CAUSE_PPP, CAUSE_LINK_LOST },
	[16] = { "the modem hung up",
		 CAUSE_CALL, CAUSE_LINK_LOST },
	[17] = { "the modem sent our own packets back",
		 CAUSE_PPP, CAUSE_LINK_LOST },
	[18] = { "the init command failed",
		 CAUSE_CALL, CAUSE_CALL },
	[19] = { "the network refused the user name or the password",
		 CAUSE_PPP_AUTH, CAUSE_PPP_AUTH },
	[20] = { "the traffic allowed is used up",
		 CAUSE_LINK_LOST, CAUSE_LINK_LOST },
	[21] = { "the caller's number is not allowed",
		 CAUSE_PPP, CAUSE_PPP },
};

#define EXIT_COUNT ((int)COUNT(exits))

enum value { NO_VALUE, WORD, REMOTE, DNS, PEER_TEXT, PROTOCOL };

struct line_row {
	const char *start;
	enum ppp_event_type type;
	enum value value;
};

/* The same in 2.4.7 to 2.5.3. Compared from the start of the line: the network's
 * own text comes later in it, as in "LCP terminated by peer (TEXT)". */
static const struct line_row lines[] = {
	{ "Using interface ", PPP_EVENT_INTERFACE, WORD },
	{ "Connect: ", PPP_EVENT_LCP_START },
	{ "PAP authentication succeeded", PPP_EVENT_AUTH_OK },
	{ "CHAP authentication succeeded", PPP_EVENT_AUTH_OK },
	{ "EAP authentication succeeded", PPP_EVENT_AUTH_OK },
	{ "PAP authentication failed", PPP_EVENT_AUTH_FAILED },
	{ "CHAP authentication failed", PPP_EVENT_AUTH_FAILED },
	{ "MS-CHAP authentication failed", PPP_EVENT_AUTH_FAILED },
	{ "EAP: peer reports authentication failure", PPP_EVENT_AUTH_FAILED },
	{ "No response to PAP authenticate-requests", PPP_EVENT_AUTH_FAILED },
	{ "local  IP address ", PPP_EVENT_LOCAL, WORD },
	{ "remote IP address ", PPP_EVENT_REMOTE, REMOTE },
	{ "primary   DNS address ", PPP_EVENT_DNS, DNS },
	{ "secondary DNS address ", PPP_EVENT_DNS, DNS },
	{ "local  LL address ", PPP_EVENT_IPV6_LOCAL, WORD },
	{ "LCP: timeout sending Config-Requests", PPP_EVENT_LCP_TIMEOUT },
	{ "IPCP: timeout sending Config-Requests", PPP_EVENT_IPCP_TIMEOUT },
	{ "Could not determine local IP address", PPP_EVENT_NO_ADDRESS },
	{ "Peer refused to agree to our IP address", PPP_EVENT_NO_ADDRESS },
	{ "Could not determine local LL address", PPP_EVENT_NO_ADDRESS },
	{ "Serial link appears to be disconnected", PPP_EVENT_ECHO_LOST },
	{ "LCP terminated by peer", PPP_EVENT_PEER_TERMINATED, PEER_TEXT },
	/* These three only with `debug`. */
	{ "Protocol-Reject for ", PPP_EVENT_OTHER, PROTOCOL },
	{ "sent [LCP EchoReq ", PPP_EVENT_ECHO_SENT },
	{ "rcvd [LCP EchoRep ", PPP_EVENT_ECHO_ANSWERED },
	{ "Modem hangup", PPP_EVENT_HANGUP },
	{ "Serial line is looped back", PPP_EVENT_LOOPBACK },
	{ "Couldn't set tty to PPP discipline", PPP_EVENT_NO_KERNEL_PPP },
	{ "Couldn't open the /dev/ppp device", PPP_EVENT_NO_KERNEL_PPP },
	{ "Couldn't open /dev/ppp", PPP_EVENT_NO_KERNEL_PPP },
	{ "This system lacks kernel support for PPP",
	  PPP_EVENT_NO_KERNEL_PPP },
	{ "Please load the ppp_generic kernel module",
	  PPP_EVENT_NO_KERNEL_PPP },
	{ "You need to create the /dev/ppp device", PPP_EVENT_NO_KERNEL_PPP },
	{ "Connect script failed", PPP_EVENT_CONNECT_FAILED },
	{ "Connection terminated", PPP_EVENT_TERMINATED },
	{ "Terminating on signal ", PPP_EVENT_TERMINATED },
	{ "Hangup (SIGHUP)", PPP_EVENT_TERMINATED },
	{ "Terminating connection due to lack of activity", PPP_EVENT_TERMINATED },
	{ "Connect time expired", PPP_EVENT_TERMINATED },
	{ "Traffic limit reached", PPP_EVENT_TERMINATED },
};
/* clang-format on */

const char *ppp_exit_text(int code)
{
	return code >= 0 && code < EXIT_COUNT ? exits[code].text : NULL;
}

/* When the network gives none, pppd makes up 10.64.64.64 or 10.112.112.112 plus the unit's number
 * (ipcp.c). */
static bool is_made_up(const char *address)
{
	long last;

	if (str_starts(address, "10.64.64."))
		return str_to_int(address + 9, 64, 255, &last);
	if (str_starts(address, "10.112.112."))
		return str_to_int(address + 11, 112, 255, &last);
	return false;
}

struct ppp_event ppp_event_parse(const char *line)
{
	struct ppp_event event = {.type = PPP_EVENT_OTHER};
	const char *rest;
	size_t len;

	for (size_t i = 0; i < COUNT(lines); i++) {
		if (!str_starts(line, lines[i].start))
			continue;
		event.type = lines[i].type;
		rest = line + strlen(lines[i].start);
		len = strcspn(rest, "\n");
		/* What a Terminate-Request says, in brackets; may be cut. */
		if (lines[i].value == PEER_TEXT && str_starts(rest, " (") && len > 3)
			snprintf(event.value, sizeof(event.value), "%.*s", (int)len - 3, rest + 2);
		else if (lines[i].value == PROTOCOL)
			event.type = strstr(line, "0x8021")   ? PPP_EVENT_NO_IPV4
				     : strstr(line, "0x8057") ? PPP_EVENT_NO_IPV6
							      : PPP_EVENT_OTHER;
		else if (lines[i].value != NO_VALUE && lines[i].value != PEER_TEXT)
			snprintf(event.value, sizeof(event.value), "%.*s",
				 (int)strcspn(rest, " \t\r\n"), rest);
		if (lines[i].value == REMOTE && is_made_up(event.value))
			event.value[0] = '\0';
		/* Qualcomm's modems offer these until the network has given them its own. */
		if (lines[i].value == DNS && (strcmp(event.value, "10.11.12.13") == 0 ||
					      strcmp(event.value, "10.11.12.14") == 0))
			event.type = PPP_EVENT_NO_DNS;
		break;
	}
	return event;
}

bool ppp_event_is_end(enum ppp_event_type type)
{
	return type == PPP_EVENT_HANGUP || type == PPP_EVENT_TERMINATED ||
	       type == PPP_EVENT_ECHO_LOST || type == PPP_EVENT_PEER_TERMINATED;
}

void ppp_life_event(struct ppp_life *life, const struct ppp_event *event)
{
	life->ending |= ppp_event_is_end(event->type);
	switch (event->type) {
	case PPP_EVENT_LCP_START:
		life->lcp_started = true;
		break;
	case PPP_EVENT_LOCAL:
	case PPP_EVENT_IPV6_LOCAL:
		life->was_up = true;
		break;
	case PPP_EVENT_AUTH_FAILED:
		life->auth_failed = true;
		break;
	case PPP_EVENT_ECHO_LOST:
		life->echo_lost = true;
		break;
	case PPP_EVENT_NO_KERNEL_PPP:
		life->no_kernel_ppp = true;
		break;
	case PPP_EVENT_PEER_TERMINATED:
		life->peer_terminated = true;
		str_copy(life->peer_text, sizeof(life->peer_text), event->value);
		break;
	case PPP_EVENT_ECHO_SENT:
		life->echo_sent = true;
		break;
	case PPP_EVENT_ECHO_ANSWERED:
		life->echo_answered = true;
		break;
	case PPP_EVENT_LCP_TIMEOUT:
	case PPP_EVENT_IPCP_TIMEOUT:
	case PPP_EVENT_NO_ADDRESS:
	case PPP_EVENT_LOOPBACK:
		if (life->failure == PPP_EVENT_OTHER)
			life->failure = event->type;
		break;
	default:
		break;
	}
}

bool ppp_life_is_deaf(const struct ppp_life *life)
{
	return life->echo_lost && life->echo_sent && !life->echo_answered;
}

/* A network may say it in LCP alone, without any answer in PAP or CHAP. */
static bool is_auth_refused(const struct ppp_life *life)
{
	static const char *const words[] = {"authent",  "password",  "credential",
					    "login",    "user name", "username",
					    "authoriz", "authoris",  "access denied"};

	for (size_t i = 0; i < COUNT(words) && !life->was_up; i++)
		if (strcasestr(life->peer_text, words[i]))
			return true;
	return life->auth_failed;
}

static enum cause cause_of_exit(const struct ppp_life *life, int code)
{
	if (code == EXIT_NOT_FOUND)
		return CAUSE_NO_PPP;
	if (code == EXIT_NOT_RUN)
		return CAUSE_PERMISSION;
	if (code < 0 || code >= EXIT_COUNT)
		return life->was_up ? CAUSE_LINK_LOST : CAUSE_INTERNAL;
	/* A modem that hangs up before LCP has ended the call; during LCP, a negotiation. */
	if (!life->was_up && exits[code].down == CAUSE_CALL && life->lcp_started)
		return CAUSE_PPP;
	return life->was_up ? exits[code].up : exits[code].down;
}

/* What the log says and the status does not; NULL: nothing. */
static const char *log_reason(const struct ppp_life *life)
{
	if (life->no_kernel_ppp)
		return "the kernel has no PPP for a tty; load ppp_async";
	if (life->auth_failed)
		return "the network refused the user name or the password";
	if (life->echo_lost)
		return "the echo requests went unanswered";
	if (life->was_up)
		return life->peer_terminated ? "the network ended the link" : NULL;
	if (is_auth_refused(life))
		return "the network refused the link; see network.user, network.password and "
		       "network.auth";
	/* If a hang-up follows, the status is 16, as for any other hang-up. */
	switch (life->failure) {
	case PPP_EVENT_LCP_TIMEOUT:
		return "the call was taken, but no PPP came: nothing answered the LCP requests";
	case PPP_EVENT_IPCP_TIMEOUT:
		return "PPP came, but no address: nothing answered the IPCP requests";
	case PPP_EVENT_NO_ADDRESS:
		return "PPP came, but the network gave no address; is network.apn right?";
	case PPP_EVENT_LOOPBACK:
		return "the modem sent our own packets back";
	default:
		return life->peer_terminated ? "the network refused the link" : NULL;
	}
}

enum cause ppp_life_cause(const struct ppp_life *life, int wait_status, struct buf *text)
{
	bool killed = WIFSIGNALED(wait_status);
	int number = killed ? WTERMSIG(wait_status) : WEXITSTATUS(wait_status);
	const char *why = log_reason(life);
	enum cause cause;

	if (!why && !killed)
		why = number == EXIT_NOT_FOUND ? "there is no pppd"
		      : number == EXIT_NOT_RUN ? "pppd cannot be run"
					       : ppp_exit_text(number);
	if (why)
		buf_printf(text, "%s", why);
	if (why && *life->peer_text) {
		buf_printf(text, "; it said \"");
		str_print_safe(text, life->peer_text, strlen(life->peer_text));
		buf_printf(text, "\"");
	}
	if (why)
		buf_printf(text, " (");
	buf_printf(text, "pppd %s %d%s", killed ? "was killed by signal" : "ended with", number,
		   why ? ")" : "");
	if (killed)
		cause = life->was_up ? CAUSE_LINK_LOST : CAUSE_INTERNAL;
	else
		cause = cause_of_exit(life, number);
	if (life->no_kernel_ppp && !life->was_up)
		return CAUSE_NO_PPP;
	if (is_auth_refused(life) && !life->was_up)
		return CAUSE_PPP_AUTH;
	return cause;
}
