/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "unit.h"

#include "io/notify.h"

/* The manager's socket under that name, as its environment variable has it. */
static int listen_at(const char *name)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	socklen_t len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	memcpy(address.sun_path, name, strlen(name));
	if (*name == '@')
		address.sun_path[0] = '\0';
	assert_int_equal(bind(fd, (struct sockaddr *)&address, len), 0);
	assert_int_equal(setenv("NOTIFY_SOCKET", name, 1), 0);
	return fd;
}

/* An abstract name that is this run's alone. */
static int listen_abstract(char *name, size_t size)
{
	snprintf(name, size, "@test-notify-%d", getpid());
	return listen_at(name);
}

/* A datagram is there when its sender has returned. */
static void assert_heard(int fd, const char *wanted)
{
	char text[256] = "";

	assert_true(recv(fd, text, sizeof(text) - 1, MSG_DONTWAIT) >= 0);
	assert_string_equal(text, wanted);
}

static void assert_silence(int fd)
{
	char text[256];

	assert_int_equal(recv(fd, text, sizeof(text), MSG_DONTWAIT), -1);
}

static void the_manager_hears_what_is_said(void **state)
{
	char dir[] = "/tmp/test-notify.XXXXXX", names[2][64];

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(names[0], sizeof(names[0]), "%s/sock", dir);
	snprintf(names[1], sizeof(names[1]), "@%s", dir);
	for (int i = 0; i < 2; i++) {
		int fd = listen_at(names[i]);

		notify_init();
		assert_int_equal(notify_send("READY=1"), 0);
		assert_heard(fd, "READY=1");
		notify_status("connected: wwan-gobi");
		assert_heard(fd, "STATUS=connected: wwan-gobi");
		assert_silence(fd);
		close(fd);
		/* Gone in the meantime: an error, no signal, no wait. */
		assert_true(notify_send("WATCHDOG=1") < 0);
	}
	unlink(names[0]);
	rmdir(dir);
}

static void a_modem_cannot_add_a_line_of_its_own(void **state)
{
	char name[64];
	int fd;

	(void)state;
	fd = listen_abstract(name, sizeof(name));
	notify_init();
	notify_status("refused\nMAINPID=1\r\xff");
	assert_heard(fd, "STATUS=refused\\012MAINPID=1\\015\\377");
	close(fd);
}

static void children_do_not_inherit_it(void **state)
{
	char name[64];
	int fd = listen_abstract(name, sizeof(name));

	(void)state;
	setenv("WATCHDOG_USEC", "30000000", 1);
	setenv("WATCHDOG_PID", "1", 1);
	notify_init();
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_null(getenv("WATCHDOG_USEC"));
	assert_null(getenv("WATCHDOG_PID"));
	close(fd);
}

static void without_a_manager_nothing_is_sent(void **state)
{
	char longer[200], name[64];
	const char *const names[] = {NULL, "", "/", "@", "sock", longer, "vsock:2:1"};
	int fd = listen_abstract(name, sizeof(name));

	(void)state;
	memset(longer, 'x', sizeof(longer));
	longer[0] = '@';
	longer[sizeof(longer) - 1] = '\0';
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		/* What was there before does not count. */
		setenv("NOTIFY_SOCKET", name, 1);
		notify_init();
		if (names[i])
			setenv("NOTIFY_SOCKET", names[i], 1);
		notify_init();
		assert_int_equal(notify_send("READY=1"), 0);
		assert_silence(fd);
	}
	close(fd);
}

static void the_watchdog_is_asked_for(void **state)
{
	char own[16];
	const struct {
		const char *usec, *pid;
		int ms;
	} rows[] = {
		{NULL, NULL, 0},
		{"30000000", NULL, 30000},
		{"30000000", own, 30000},
		{"3600000000", own, 3600000},
		{"99999999999999999999999", own, INT32_MAX},
		{"30000000", "1", 0},
		{"30000000", "", 0},
		{"30000000", "x", 0},
		{"", own, 0},
		{"0", own, 0},
		{"-1", own, 0},
		{"often", own, 0},
		{NULL, own, 0},
	};

	(void)state;
	snprintf(own, sizeof(own), "%d", getpid());
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		if (rows[i].usec)
			setenv("WATCHDOG_USEC", rows[i].usec, 1);
		if (rows[i].pid)
			setenv("WATCHDOG_PID", rows[i].pid, 1);
		assert_int_equal(notify_init(), rows[i].ms);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_manager_hears_what_is_said),
		cmocka_unit_test(a_modem_cannot_add_a_line_of_its_own),
		cmocka_unit_test(children_do_not_inherit_it),
		cmocka_unit_test(without_a_manager_nothing_is_sent),
		cmocka_unit_test(the_watchdog_is_asked_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
