/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <ev.h>
#include <grp.h>
#include <json-c/json.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#include "base/buf.h"
#include "base/count.h"
#include "ctl/client.h"
#include "ctl/server.h"
#include "io/clock.h"
#include "status/show.h"

#define DEADLINE_MS 5000

struct asked {
	struct ctl_server *server;
	int count;
	unsigned long ticket;
};

static struct json_object *handle(void *ctx, const struct ctl_request *request)
{
	struct asked *asked = ctx;

	asked->count++;
	if (strcmp(request->command, "later") == 0) {
		asked->ticket = request->ticket;
		return NULL;
	}
	if (strcmp(request->command, "now") == 0) {
		assert_int_equal(ctl_server_awaits(asked->server, asked->ticket),
				 strcmp(show_text(request->object, "then"), "gone") != 0);
		ctl_server_answer(asked->server, asked->ticket, ctl_success());
	}
	if (strcmp(request->command, "bad") == 0)
		return ctl_refusal("usage", "no \"such\"\ncommand");
	return ctl_success();
}

/* A server in a process of its own, and its socket's path. */
struct fixture {
	char dir[32];
	char path[64];
	pid_t pid;
};

static void serve(const char *path, int ready)
{
	struct ev_loop *loop = ev_default_loop(0);
	struct asked asked = {0};
	struct ctl_server *server;
	int error;

	server = ctl_server_new(loop, path, handle, &asked, &error);
	asked.server = server;
	if (server && write(ready, "r", 1) == 1)
		ev_run(loop, 0);
	_exit(1);
}

static int set_up(void **state)
{
	struct fixture *fixture = calloc(1, sizeof(*fixture));
	struct pollfd poller;
	int ready[2];

	assert_non_null(fixture);
	strcpy(fixture->dir, "/tmp/test-ctl.XXXXXX");
	assert_non_null(mkdtemp(fixture->dir));
	snprintf(fixture->path, sizeof(fixture->path), "%s/sock", fixture->dir);
	assert_int_equal(pipe(ready), 0);
	fixture->pid = fork();
	if (fixture->pid == 0)
		serve(fixture->path, ready[1]);
	poller = (struct pollfd){.fd = ready[0], .events = POLLIN};
	assert_int_equal(poll(&poller, 1, DEADLINE_MS), 1);
	close(ready[0]);
	close(ready[1]);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	kill(fixture->pid, SIGKILL);
	waitpid(fixture->pid, NULL, 0);
	unlink(fixture->path);
	rmdir(fixture->dir);
	free(fixture);
	return 0;
}

static int dial(struct fixture *fixture)
{
	int fd = ctl_client_connect(fixture->path);

	assert_true(fd >= 0);
	return fd;
}

static bool asks_fine(struct fixture *fixture)
{
	struct json_object *response = NULL, *ok = NULL;
	int fd = dial(fixture);
	bool fine = ctl_client_request(fd, "status", DEADLINE_MS, &response) == 0 &&
		    json_object_object_get_ex(response, "ok", &ok) && json_object_get_boolean(ok);

	json_object_put(response);
	close(fd);
	return fine;
}

static bool is_dropped(int fd)
{
	return ctl_client_wait_end(fd, DEADLINE_MS) == 0;
}

static void a_request_gets_its_answer(void **state)
{
	struct json_object *response;
	struct stat st;
	int fd = dial(*state);

	assert_true(asks_fine(*state));
	/* Two on one connection, the second refused, in words with a quote. */
	assert_int_equal(ctl_client_request(fd, "x", DEADLINE_MS, &response), 0);
	json_object_put(response);
	assert_int_equal(ctl_client_request(fd, "bad", DEADLINE_MS, &response), 0);
	assert_non_null(
		strstr(json_object_to_json_string(response), "no \\\"such\\\"\\\\012command"));
	json_object_put(response);
	close(fd);
	assert_int_equal(stat(((struct fixture *)*state)->path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0660);
}

static void say(int fd, const char *line)
{
	assert_int_equal(send(fd, line, strlen(line), 0), strlen(line));
}

/* What has come, up to the end of a line; "" when nothing has. */
static const char *text_of(int fd, int timeout_ms)
{
	static char text[1024];
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	size_t len = 0;

	while (!memchr(text, '\n', len) && poll(&poller, 1, timeout_ms) == 1) {
		ssize_t n = recv(fd, text + len, sizeof(text) - 1 - len, 0);

		if (n <= 0)
			break;
		len += (size_t)n;
	}
	text[len] = '\0';
	return text;
}

static void an_answer_may_come_later_and_in_order(void **state)
{
	int slow = dial(*state), other = dial(*state);

	say(slow, "{\"command\":\"later\"}\n{\"command\":\"bad\"}\n");
	/* Others are served meanwhile, and he is not. */
	assert_true(asks_fine(*state));
	assert_string_equal(text_of(slow, 0), "");
	say(other, "{\"command\":\"now\"}\n");
	assert_string_equal(text_of(other, DEADLINE_MS), "{\"ok\":true}\n");
	assert_non_null(strstr(text_of(slow, DEADLINE_MS), "{\"ok\":true}\n"));
	close(slow);
	close(other);
}

static void one_who_left_gets_no_late_answer(void **state)
{
	int slow = dial(*state), other = dial(*state);

	say(slow, "{\"command\":\"later\"}\n");
	assert_true(asks_fine(*state));
	close(slow);
	/* His place may be another's by then. */
	assert_true(asks_fine(*state));
	say(other, "{\"command\":\"now\",\"then\":\"gone\"}\n");
	assert_string_equal(text_of(other, DEADLINE_MS), "{\"ok\":true}\n");
	assert_true(asks_fine(*state));
	close(other);
}

static void nonsense_is_refused_in_words(void **state)
{
	static const char *const lines[] = {
		"\n",
		"x\n",
		"[]\n",
		"{}\n",
		"{\"command\":7}\n",
		"{\n",
		"{\"command\":\n",
		"\"command\"\n",
		"\xff\xfe\n",
		"{\"command\":\"stop\\u0000x\"}\n",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		struct pollfd poller = {.events = POLLIN};
		char answer[256] = "";
		int fd = dial(*state);

		assert_int_equal(send(fd, lines[i], strlen(lines[i]), 0), strlen(lines[i]));
		poller.fd = fd;
		assert_int_equal(poll(&poller, 1, DEADLINE_MS), 1);
		assert_true(recv(fd, answer, sizeof(answer) - 1, 0) > 0);
		assert_non_null(strstr(answer, "\"usage\""));
		close(fd);
	}
	assert_true(asks_fine(*state));
}

static void a_line_without_end_is_dropped(void **state)
{
	char junk[1024];
	int fd = dial(*state);

	memset(junk, 'x', sizeof(junk));
	for (int i = 0; i < 64; i++)
		if (send(fd, junk, sizeof(junk), MSG_NOSIGNAL) < 0)
			break;
	assert_true(is_dropped(fd));
	close(fd);
	assert_true(asks_fine(*state));
}

static void one_that_never_reads_is_dropped(void **state)
{
	static const char line[] = "{\"command\":\"status\"}\n";
	struct pollfd poller;
	int fd = dial(*state);

	poller = (struct pollfd){.fd = fd, .events = POLLOUT};
	for (int i = 0; i < 100000; i++) {
		if (poll(&poller, 1, DEADLINE_MS) != 1 ||
		    send(fd, line, sizeof(line) - 1, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
			break;
	}
	assert_true(poller.revents & (POLLHUP | POLLERR) || errno == EPIPE || errno == ECONNRESET);
	close(fd);
	assert_true(asks_fine(*state));
}

static void a_crowd_does_not_lock_the_door_for_good(void **state)
{
	int64_t until = clock_now_ms() + DEADLINE_MS;
	int fds[20];

	for (int i = 0; i < 20; i++)
		fds[i] = dial(*state);
	for (int i = 0; i < 20; i++)
		close(fds[i]);
	/* Until it has seen the last of them go, it may turn us away. */
	while (!asks_fine(*state))
		assert_true(clock_now_ms() < until);
}

/* The group's members may take all their places, and still root is answered. */
static void root_always_gets_in(void **state)
{
	struct fixture *fixture = *state;
	int fds[12];

	if (geteuid() != 0)
		skip();
	assert_int_equal(chmod(fixture->dir, 0711) | chmod(fixture->path, 0666), 0);
	assert_int_equal(seteuid(65534), 0);
	for (size_t i = 0; i < COUNT(fds); i++)
		fds[i] = dial(fixture);
	assert_false(asks_fine(fixture));
	assert_int_equal(seteuid(0), 0);
	assert_true(asks_fine(fixture));
	for (size_t i = 0; i < COUNT(fds); i++)
		close(fds[i]);
}

static void stop_the_loop(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)watcher;
	(void)revents;
	ev_break(loop, EVBREAK_ALL);
}

static void run_for(struct ev_loop *loop, double seconds)
{
	ev_timer timer;

	ev_timer_init(&timer, stop_the_loop, seconds, 0.);
	ev_now_update(loop);
	ev_timer_start(loop, &timer);
	ev_run(loop, 0);
}

static void its_group_may_talk_to_it(void **state)
{
	char path[] = "/tmp/test-ctl-XXXXXX";
	int asked = 0, error, file = mkstemp(path);
	struct ev_loop *loop = ev_loop_new(0);
	struct ctl_server *server = ctl_server_new(loop, path, handle, &asked, &error);
	struct group *group = getgrgid(geteuid() == 0 ? 1 : getegid());
	struct stat status;

	(void)state;
	assert_non_null(server);
	assert_non_null(group);
	assert_int_equal(ctl_server_set_group(server, group->gr_name), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_gid, group->gr_gid);
	assert_int_equal(status.st_mode & 0777, 0660);
	assert_int_equal(ctl_server_set_group(server, "no such group"), -ENOENT);
	assert_int_equal(ctl_server_set_group(server, ""), 0);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_gid, getegid());
	ctl_server_free(server);
	ev_loop_destroy(loop);
	close(file);
}

static void allow_descriptors(rlim_t count)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	limit.rlim_cur = count;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void without_a_descriptor_it_does_not_turn(void **state)
{
	char path[] = "/tmp/test-ctl-XXXXXX";
	struct asked asked = {0};
	int error, client = mkstemp(path);
	struct ev_loop *loop = ev_loop_new(0);
	struct ctl_server *server = ctl_server_new(loop, path, handle, &asked, &error);
	struct rlimit before;
	unsigned turns;

	(void)state;
	assert_non_null(server);
	close(client);
	client = ctl_client_connect(path);
	assert_true(client >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	allow_descriptors((rlim_t)client + 1);
	turns = ev_iteration(loop);
	run_for(loop, 0.2);
	assert_in_range(ev_iteration(loop) - turns, 1, 20);
	allow_descriptors(before.rlim_cur);
	/* Valgrind's accept() takes the first before it fails: another. */
	close(client);
	client = ctl_client_connect(path);
	assert_true(client >= 0);
	assert_int_equal(write(client, "{\"command\":\"status\"}\n", 21), 21);
	for (int i = 0; i < 100 && asked.count == 0; i++)
		run_for(loop, 0.1);
	assert_int_equal(asked.count, 1);
	close(client);
	ctl_server_free(server);
	ev_loop_destroy(loop);
}

/* Whoever answers may be in the middle of what the next request wants to end. */
static void the_next_request_is_not_handled_within_an_answer(void **state)
{
	char path[] = "/tmp/test-ctl-XXXXXX";
	struct asked asked = {0};
	int error, fd = mkstemp(path);
	struct ev_loop *loop = ev_loop_new(0);

	(void)state;
	close(fd);
	asked.server = ctl_server_new(loop, path, handle, &asked, &error);
	assert_non_null(asked.server);
	fd = ctl_client_connect(path);
	say(fd, "{\"command\":\"later\"}\n{\"command\":\"stop\"}\n");
	for (int i = 0; i < 100 && asked.count == 0; i++)
		run_for(loop, 0.05);
	ctl_server_answer(asked.server, asked.ticket, ctl_success());
	assert_int_equal(asked.count, 1);
	for (int i = 0; i < 100 && asked.count == 1; i++)
		ev_run(loop, EVRUN_ONCE);
	assert_int_equal(asked.count, 2);
	assert_string_equal(text_of(fd, DEADLINE_MS), "{\"ok\":true}\n{\"ok\":true}\n");
	close(fd);
	ctl_server_free(asked.server);
	ev_loop_destroy(loop);
}

/* A server on this process's own loop, with "follow", and "publish", which says {"n": COUNT} to all
 * who do. */
struct newspaper {
	char path[32];
	struct ev_loop *loop;
	struct ctl_server *server;
	int count;
};

static struct json_object *issue(int count)
{
	struct json_object *object = json_object_new_object();
	char padding[1024];

	memset(padding, 'x', sizeof(padding) - 1);
	padding[sizeof(padding) - 1] = '\0';
	json_object_object_add(object, "n", json_object_new_int(count));
	json_object_object_add(object, "x", json_object_new_string(padding));
	return object;
}

static struct json_object *subscribe(void *ctx, const struct ctl_request *request)
{
	struct newspaper *paper = ctx;

	if (strcmp(request->command, "publish") == 0)
		ctl_server_publish(paper->server, issue(++paper->count));
	else if (ctl_server_follow(paper->server) < 0)
		return ctl_refusal("busy", "enough");
	return ctl_success();
}

static void found(struct newspaper *paper)
{
	int error;

	*paper = (struct newspaper){.path = "/tmp/test-ctl-XXXXXX"};
	close(mkstemp(paper->path));
	paper->loop = ev_loop_new(0);
	paper->server = ctl_server_new(paper->loop, paper->path, subscribe, paper, &error);
	assert_non_null(paper->server);
}

static void shut_down(struct newspaper *paper)
{
	ctl_server_free(paper->server);
	ev_loop_destroy(paper->loop);
}

/* The next object for `fd`, the loop running meanwhile; its "n", 0 without one, -1 for a refusal,
 * -2 for nothing at all. */
static int hear(struct newspaper *paper, int fd, struct buf *in)
{
	int64_t until = clock_now_ms() + DEADLINE_MS;
	struct json_object *object = NULL, *value = NULL;
	int n = 0, error = -ETIMEDOUT;

	while (error == -ETIMEDOUT && clock_now_ms() < until) {
		ev_run(paper->loop, EVRUN_NOWAIT);
		error = ctl_client_next(fd, in, 5, &object);
	}
	if (error < 0)
		return -2;
	if (json_object_object_get_ex(object, "n", &value))
		n = json_object_get_int(value);
	else if (json_object_object_get_ex(object, "ok", &value) && !json_object_get_boolean(value))
		n = -1;
	json_object_put(object);
	return n;
}

static int order(struct newspaper *paper)
{
	int fd = ctl_client_connect(paper->path);

	assert_true(fd >= 0);
	assert_int_equal(ctl_client_send(fd, "follow"), 0);
	return fd;
}

static void who_follows_gets_what_is_published(void **state)
{
	struct buf in = BUF_INIT, other_in = BUF_INIT;
	struct json_object *object;
	struct newspaper paper;
	struct pollfd poller;
	int fd, other;

	(void)state;
	found(&paper);
	fd = order(&paper);
	assert_int_equal(hear(&paper, fd, &in), 0);
	other = ctl_client_connect(paper.path);
	assert_int_equal(ctl_client_send(other, "publish"), 0);
	assert_int_equal(hear(&paper, other, &other_in), 0);
	assert_int_equal(hear(&paper, fd, &in), 1);
	ctl_server_publish(paper.server, issue(7));
	assert_int_equal(hear(&paper, fd, &in), 7);
	/* The other does not follow. */
	poller = (struct pollfd){.fd = other, .events = POLLIN};
	assert_int_equal(poll(&poller, 1, 0), 0);
	/* The last word is sent before the end, also when another waits. */
	ctl_server_publish(paper.server, issue(8));
	ctl_server_publish(paper.server, issue(9));
	shut_down(&paper);
	assert_int_equal(ctl_client_next(fd, &in, DEADLINE_MS, &object), 0);
	assert_non_null(strstr(json_object_to_json_string(object), "\"n\": 8"));
	json_object_put(object);
	assert_int_equal(ctl_client_next(fd, &in, DEADLINE_MS, &object), 0);
	assert_non_null(strstr(json_object_to_json_string(object), "\"n\": 9"));
	json_object_put(object);
	close(fd);
	close(other);
	buf_free(&in);
	buf_free(&other_in);
}

static void who_reads_slowly_misses_some_and_gets_the_latest(void **state)
{
	struct buf in = BUF_INIT;
	struct newspaper paper;
	int fd, n, heard = 0, last = 0;

	(void)state;
	found(&paper);
	fd = order(&paper);
	assert_int_equal(hear(&paper, fd, &in), 0);
	for (int i = 1; i <= 2000; i++) {
		ctl_server_publish(paper.server, issue(i));
		ev_run(paper.loop, EVRUN_NOWAIT);
	}
	while (last != 2000 && (n = hear(&paper, fd, &in)) > 0) {
		assert_true(n > last);
		last = n;
		heard++;
	}
	assert_int_equal(last, 2000);
	assert_in_range(heard, 2, 1000);
	shut_down(&paper);
	close(fd);
	buf_free(&in);
}

static void who_follows_leaves_room_for_others(void **state)
{
	struct buf in = BUF_INIT;
	int fds[CTL_FOLLOWERS_MAX + 1];
	struct newspaper paper;

	(void)state;
	found(&paper);
	for (int i = 0; i < CTL_FOLLOWERS_MAX; i++) {
		fds[i] = order(&paper);
		assert_int_equal(hear(&paper, fds[i], &in), 0);
	}
	fds[CTL_FOLLOWERS_MAX] = order(&paper);
	assert_int_equal(hear(&paper, fds[CTL_FOLLOWERS_MAX], &in), -1);
	assert_int_equal(ctl_server_followers(paper.server), CTL_FOLLOWERS_MAX);
	/* Who has left is forgotten, even while he is told something that he asked for himself. */
	for (int i = 0; i <= CTL_FOLLOWERS_MAX; i++) {
		assert_int_equal(ctl_client_send(fds[i], "publish"), 0);
		close(fds[i]);
	}
	for (int i = 0; i < 20; i++)
		ev_run(paper.loop, EVRUN_NOWAIT);
	assert_int_equal(ctl_server_followers(paper.server), 0);
	assert_int_equal(paper.count, CTL_FOLLOWERS_MAX + 1);
	shut_down(&paper);
	buf_free(&in);
}

static void without_an_instance_it_is_said_at_once(void **state)
{
	(void)state;
	assert_int_equal(ctl_client_connect("/nonexistent/sock"), -ENOENT);
}

int main(void)
{
#define WITH_SERVER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		WITH_SERVER(a_request_gets_its_answer),
		WITH_SERVER(an_answer_may_come_later_and_in_order),
		WITH_SERVER(one_who_left_gets_no_late_answer),
		WITH_SERVER(nonsense_is_refused_in_words),
		WITH_SERVER(a_line_without_end_is_dropped),
		WITH_SERVER(one_that_never_reads_is_dropped),
		WITH_SERVER(a_crowd_does_not_lock_the_door_for_good),
		WITH_SERVER(root_always_gets_in),
		cmocka_unit_test(its_group_may_talk_to_it),
		cmocka_unit_test(the_next_request_is_not_handled_within_an_answer),
		cmocka_unit_test(without_a_descriptor_it_does_not_turn),
		cmocka_unit_test(who_follows_gets_what_is_published),
		cmocka_unit_test(who_reads_slowly_misses_some_and_gets_the_latest),
		cmocka_unit_test(who_follows_leaves_room_for_others),
		cmocka_unit_test(without_an_instance_it_is_said_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
