/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/count.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/follow.h"
#include "cli/term.h"
#include "ctl/client.h"
#include "status/show.h"
#include "status/screen.h"

#define RETRY_MS 500

/* To the alternate screen, so that the lines before ours are there again afterwards, and without a
 * cursor; and back. */
#define ENTER "\033[?1049h\033[?25l"
#define LEAVE "\033[?25h\033[?1049l"

struct follow {
	const struct cli *cli;
	enum follow_form form;
	int fd; /* -1: the instance is gone, and waited for */
	struct buf in;
	struct json_object *status; /* NULL while no instance runs */
};

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT};
static volatile sig_atomic_t caught; /* a bit for each */

static void catch_signal(int number)
{
	caught |= 1 << number;
}

/* In one piece, so that nothing flickers. */
static void print_at_once(const char *text)
{
	fputs(text, stdout);
	fflush(stdout);
}

static void render_status(const struct follow *follow, struct buf *out)
{
	struct screen_look look = term_look();

	if (follow->status)
		screen_render(follow->status, &look, out);
	else
		buf_printf(out, "%s: no instance is running; waiting for it\n", follow->cli->name);
}

static void print_screen(const struct follow *follow)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	const char *at;
	int rows = term_rows();

	render_status(follow, &text);
	/* From the top, each line over the old one; as many as fit. */
	buf_printf(&out, "\033[H");
	for (at = buf_str(&text); *at && rows > 1; rows--) {
		int len = (int)strcspn(at, "\n");

		buf_printf(&out, "%.*s\033[K\n", len, at);
		at += len + (at[len] == '\n');
	}
	buf_printf(&out, "\033[J");
	print_at_once(buf_str(&out));
	buf_free(&text);
	buf_free(&out);
}

static void print_status_text(const struct follow *follow)
{
	struct buf text = BUF_INIT;

	render_status(follow, &text);
	buf_printf(&text, "\n");
	print_at_once(buf_str(&text));
	buf_free(&text);
}

static void print_status_now(const struct follow *follow)
{
	struct json_object *object = json_object_get(follow->status);

	if (follow->form == FOLLOW_SCREEN) {
		print_screen(follow);
	} else if (follow->form == FOLLOW_TEXT) {
		print_status_text(follow);
	} else {
		if (!object) {
			object = json_object_new_object();
			json_add_text(object, "name", follow->cli->name);
			json_object_object_add(object, "state", NULL);
		}
		puts(json_object_to_json_string_ext(object, JSON_LINE));
		fflush(stdout);
	}
	json_object_put(object);
}

static void lose_instance(struct follow *follow)
{
	if (follow->fd >= 0)
		close(follow->fd);
	follow->fd = -1;
	buf_clear(&follow->in);
	if (!follow->status)
		return;
	json_object_put(follow->status);
	follow->status = NULL;
	print_status_now(follow);
}

static void read_news(struct follow *follow)
{
	struct json_object *response, *status;
	int error = 0;

	while (follow->fd >= 0) {
		error = ctl_client_next(follow->fd, &follow->in, 1, &response);
		if (error)
			break;
		status = show_get(response, "status");
		if (status) {
			json_object_put(follow->status);
			follow->status = json_object_get(status);
			print_status_now(follow);
		} else {
			/* Refused, as too many follow already; one of them may end. */
			lose_instance(follow);
		}
		json_object_put(response);
	}
	if (error && error != -ETIMEDOUT)
		lose_instance(follow);
}

/* Returns false when it is time to end. */
static bool obey_signals(const struct follow *follow)
{
	if (caught & (1 << SIGINT | 1 << SIGTERM | 1 << SIGHUP))
		return false;
	if (caught & 1 << SIGTSTP) {
		if (follow->form == FOLLOW_SCREEN)
			print_at_once(LEAVE);
		raise(SIGSTOP);
		if (follow->form == FOLLOW_SCREEN)
			print_at_once(ENTER);
	}
	if (caught && follow->form == FOLLOW_SCREEN)
		print_screen(follow);
	caught = 0;
	return true;
}

static void follow_instance(struct follow *follow)
{
	const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};
	const struct sigaction action = {.sa_handler = catch_signal};
	sigset_t set, before;

	/* Signals arrive while we wait, and at no other time. */
	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(signals); i++) {
		sigaddset(&set, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, &before);
	if (follow->form == FOLLOW_SCREEN)
		print_at_once(ENTER);
	while (!ferror(stdout)) {
		struct pollfd pollers[] = {{.fd = STDOUT_FILENO},
					   {.fd = follow->fd, .events = POLLIN}};

		if (ppoll(pollers, 2, follow->fd < 0 ? &pause : NULL, &before) < 0) {
			if (errno != EINTR)
				break;
		} else if (pollers[0].revents & (POLLERR | POLLHUP | POLLNVAL)) {
			break; /* nobody reads our output any more */
		}
		if (!obey_signals(follow))
			break;
		if (follow->fd < 0) {
			follow->fd = cli_socket(follow->cli);
			if (follow->fd >= 0 && ctl_client_send(follow->fd, "follow") < 0)
				lose_instance(follow);
		}
		read_news(follow);
	}
	if (follow->form != FOLLOW_SCREEN)
		return;
	print_at_once(LEAVE);
	print_status_text(follow);
}

int follow_run(const struct cli *cli, enum follow_form form)
{
	struct follow follow = {.cli = cli, .form = form};
	struct json_object *response;
	int cause;

	follow.fd = cli_connect(cli, &cause);
	if (follow.fd < 0)
		return cause;
	cause = cli_request(follow.fd, "follow", &follow.in, &response);
	if (cause == CAUSE_NONE) {
		follow.status = json_object_get(show_get(response, "status"));
		json_object_put(response);
		if (form != FOLLOW_SCREEN)
			print_status_now(&follow);
		follow_instance(&follow);
	}
	if (follow.fd >= 0)
		close(follow.fd);
	buf_free(&follow.in);
	json_object_put(follow.status);
	return cause;
}
