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
#include "status/snapshot.h"

#define RETRY_MS 500

/* The other screen, so that the lines before ours are still there after it, and no cursor; and
 * back. */
#define ENTER "\033[?1049h\033[?25l"
#define LEAVE "\033[?25h\033[?1049l"

struct follow {
	const struct cli *cli;
	enum follow_form form;
	int fd; /* -1: the instance is gone, and waited for */
	struct buf in;
	struct json_object *status; /* NULL while nobody tells */
};

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGWINCH, SIGTSTP, SIGCONT};
static volatile sig_atomic_t caught; /* a bit for each */

static void on_signal(int number)
{
	caught |= 1 << number;
}

static bool was_caught(int number)
{
	return caught & 1 << number;
}

/* They come while we wait, and at no other time. */
static void watch_signals(sigset_t *before)
{
	const struct sigaction action = {.sa_handler = on_signal};
	sigset_t set;

	sigemptyset(&set);
	for (size_t i = 0; i < COUNT(signals); i++) {
		sigaddset(&set, signals[i]);
		sigaction(signals[i], &action, NULL);
	}
	sigprocmask(SIG_BLOCK, &set, before);
}

/* In one piece, so that nothing flickers. */
static void emit(const char *text)
{
	fputs(text, stdout);
	fflush(stdout);
}

static void render(const struct follow *follow, struct buf *out)
{
	struct status_look look = term_look();

	if (follow->status)
		status_render(follow->status, &look, out);
	else
		buf_printf(out, "%s: no instance is running; waiting for it\n", follow->cli->name);
}

/* From the top, each line over the one that was there; as many as fit. */
static void draw(const struct follow *follow)
{
	struct buf text = BUF_INIT, out = BUF_INIT;
	const char *at;
	int rows = term_rows();

	render(follow, &text);
	buf_printf(&out, "\033[H");
	for (at = buf_str(&text); *at && rows > 1; rows--) {
		int len = (int)strcspn(at, "\n");

		buf_printf(&out, "%.*s\033[K\n", len, at);
		at += len + (at[len] == '\n');
	}
	buf_printf(&out, "\033[J");
	emit(buf_str(&out));
	buf_free(&text);
	buf_free(&out);
}

static void print_json(const struct follow *follow)
{
	struct json_object *gone = NULL, *object = follow->status;

	if (!object) {
		object = gone = json_object_new_object();
		json_add_text(gone, "name", follow->cli->name);
		json_object_object_add(gone, "state", NULL);
	}
	puts(json_object_to_json_string_ext(object, JSON_LINE));
	fflush(stdout);
	json_object_put(gone);
}

static void print_text(const struct follow *follow)
{
	struct buf text = BUF_INIT;

	render(follow, &text);
	buf_printf(&text, "\n");
	emit(buf_str(&text));
	buf_free(&text);
}

static void show(const struct follow *follow)
{
	if (follow->form == FOLLOW_SCREEN)
		draw(follow);
	else if (follow->form == FOLLOW_JSON)
		print_json(follow);
	else
		print_text(follow);
}

static void lose(struct follow *follow)
{
	if (follow->fd >= 0)
		close(follow->fd);
	follow->fd = -1;
	buf_clear(&follow->in);
	if (!follow->status)
		return;
	json_object_put(follow->status);
	follow->status = NULL;
	show(follow);
}

static void take(struct follow *follow, struct json_object *response)
{
	struct json_object *status = show_get(response, "status");

	if (status) {
		json_object_put(follow->status);
		follow->status = json_object_get(status);
		show(follow);
	} else {
		/* Too many follow: one of them may end. */
		lose(follow);
	}
	json_object_put(response);
}

static void read_on(struct follow *follow)
{
	struct json_object *response;
	int error;

	while ((error = ctl_client_next(follow->fd, &follow->in, 1, &response)) == 0) {
		take(follow, response);
		if (follow->fd < 0)
			return;
	}
	if (error != -ETIMEDOUT)
		lose(follow);
}

static void try_again(struct follow *follow)
{
	follow->fd = cli_socket(follow->cli);
	if (follow->fd >= 0 && ctl_client_send(follow->fd, "follow") < 0)
		lose(follow);
}

static void pause_for_the_shell(const struct follow *follow)
{
	if (follow->form == FOLLOW_SCREEN)
		emit(LEAVE);
	raise(SIGSTOP);
	if (follow->form == FOLLOW_SCREEN)
		emit(ENTER);
}

/* False when it is to end. */
static bool heed_signals(const struct follow *follow)
{
	if (was_caught(SIGINT) || was_caught(SIGTERM) || was_caught(SIGHUP))
		return false;
	if (was_caught(SIGTSTP))
		pause_for_the_shell(follow);
	if (caught && follow->form == FOLLOW_SCREEN)
		draw(follow);
	caught = 0;
	return true;
}

/* Until there is something to do. False when nobody reads us any more. */
static bool wait_for_news(const struct follow *follow, const sigset_t *mask)
{
	const struct timespec pause = {.tv_nsec = RETRY_MS * 1000000L};
	struct pollfd pollers[] = {{.fd = STDOUT_FILENO}, {.fd = follow->fd, .events = POLLIN}};

	if (ppoll(pollers, 2, follow->fd < 0 ? &pause : NULL, mask) < 0)
		return errno == EINTR;
	return !(pollers[0].revents & (POLLERR | POLLHUP | POLLNVAL));
}

static void follow_on(struct follow *follow)
{
	sigset_t before;

	watch_signals(&before);
	if (follow->form == FOLLOW_SCREEN)
		emit(ENTER);
	while (wait_for_news(follow, &before) && heed_signals(follow) && !ferror(stdout)) {
		if (follow->fd < 0)
			try_again(follow);
		if (follow->fd >= 0)
			read_on(follow);
	}
	if (follow->form != FOLLOW_SCREEN)
		return;
	emit(LEAVE);
	print_text(follow);
}

int follow_run(const struct cli *cli, enum follow_form form)
{
	struct follow follow = {.cli = cli, .form = form};
	struct json_object *response;
	int cause;

	follow.fd = cli_connect(cli, &cause);
	if (follow.fd < 0)
		return cause;
	cause = cli_request_on(follow.fd, "follow", &follow.in, &response);
	if (cause == CAUSE_NONE) {
		follow.status = json_object_get(show_get(response, "status"));
		json_object_put(response);
		if (form != FOLLOW_SCREEN)
			show(&follow);
		follow_on(&follow);
	}
	if (follow.fd >= 0)
		close(follow.fd);
	buf_free(&follow.in);
	json_object_put(follow.status);
	return cause;
}
