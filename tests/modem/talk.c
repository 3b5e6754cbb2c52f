/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "talk.h"

/* Generous: under valgrind on a busy machine nothing is quick. */
#define DEADLINE_MS 10000
#define HEAR_MAX    131072

long talk_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

const char *talk_path(const struct talk *talk, const char *name)
{
	static char path[256];

	snprintf(path, sizeof(path), "%s/%s", talk->dir, name);
	return path;
}

void talk_wait(bool (*is_true)(void *ctx), void *ctx, const char *what)
{
	long end = talk_ms() + DEADLINE_MS;

	while (!is_true(ctx)) {
		if (talk_ms() > end)
			fail_msg("in vain: %s", what);
		poll(NULL, 0, 2);
	}
}

static const char *from_env(const char *name, const char *fallback)
{
	const char *value = getenv(name);

	return value ? value : fallback;
}

static char *path_copy(const struct talk *talk, const char *name)
{
	return strdup(talk_path(talk, name));
}

/* In the child: it dies with a test that fails. */
static void run_modem(const struct talk *talk, const char *description, const char *peer)
{
	char program[512];

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* For peers that have something to tell. */
	setenv("TALK_DIR", talk->dir, 1);
	snprintf(program, sizeof(program), "%s/tests/modem/gobi-modem",
		 from_env("top_builddir", "."));
	execl(program, program, "-l", path_copy(talk, "log"), "-s", path_copy(talk, "sock"), "-r",
	      path_copy(talk, "ready"), "--pty", talk->dir, description, peer ? "-p" : NULL, peer,
	      NULL);
	_exit(127);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static bool is_ready(void *ctx)
{
	struct talk *talk = ctx;

	if (waitpid(talk->pid, NULL, WNOHANG) == talk->pid)
		fail_msg("gobi-modem did not start");
	return access(talk_path(talk, "ready"), F_OK) == 0;
}

static void connect_control(struct talk *talk)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", talk_path(talk, "sock"));
	talk->control = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(talk->control >= 0);
	assert_int_equal(connect(talk->control, (struct sockaddr *)&address, sizeof(address)), 0);
}

static void start(struct talk *talk, const char *file, const char *peer)
{
	talk->pid = fork();
	assert_true(talk->pid >= 0);
	if (talk->pid == 0)
		run_modem(talk, file, peer);
	talk_wait(is_ready, talk, "the ready file");
	connect_control(talk);
}

static void make_dir(struct talk *talk)
{
	memset(talk, 0, sizeof(*talk));
	talk->control = talk->port = -1;
	snprintf(talk->dir, sizeof(talk->dir), "/tmp/gobi-modem.XXXXXX");
	assert_non_null(mkdtemp(talk->dir));
}

void talk_start(struct talk *talk, const char *description, const char *peer)
{
	char file[128];

	make_dir(talk);
	snprintf(file, sizeof(file), "%s/modem", talk->dir);
	write_file(file, description);
	start(talk, file, peer);
	talk->port = talk_open(talk, 0);
}

void talk_start_file(struct talk *talk, const char *name)
{
	char file[512];

	make_dir(talk);
	snprintf(file, sizeof(file), "%s/tests/modem/%s", from_env("top_srcdir", "."), name);
	start(talk, file, NULL);
}

static void remove_dir(struct talk *talk)
{
	static const char *const files[] = {"log", "modem", "said", "pid"};

	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++)
		unlink(talk_path(talk, files[i]));
	/* Fails when a link, the socket or the ready file is left behind. */
	assert_int_equal(rmdir(talk->dir), 0);
}

void talk_end(struct talk *talk)
{
	int status;

	if (talk->port >= 0)
		close(talk->port);
	close(talk->control);
	kill(talk->pid, SIGTERM);
	assert_int_equal(waitpid(talk->pid, &status, 0), talk->pid);
	assert_int_equal(status, 0);
	remove_dir(talk);
}

int talk_refused(const char *description, char *said, size_t size)
{
	struct talk talk;
	char path[128];
	FILE *file;
	int status;
	size_t len;

	make_dir(&talk);
	snprintf(path, sizeof(path), "%s/modem", talk.dir);
	write_file(path, description);
	talk.pid = fork();
	if (talk.pid == 0) {
		if (!freopen(talk_path(&talk, "said"), "w", stderr))
			_exit(126);
		run_modem(&talk, path, NULL);
	}
	assert_int_equal(waitpid(talk.pid, &status, 0), talk.pid);
	file = fopen(talk_path(&talk, "said"), "r");
	assert_non_null(file);
	len = fread(said, 1, size - 1, file);
	said[len] = '\0';
	fclose(file);
	remove_dir(&talk);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int talk_open(struct talk *talk, int interface)
{
	char name[16];
	int fd;

	snprintf(name, sizeof(name), "if%d", interface);
	fd = open(talk_path(talk, name), O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	assert_true(fd >= 0);
	return fd;
}

void talk_say_bytes(int fd, const void *bytes, size_t len)
{
	struct pollfd out = {.fd = fd, .events = POLLOUT};

	while (len > 0) {
		ssize_t done = write(fd, bytes, len);

		if (done < 0 && errno == EAGAIN) {
			assert_int_equal(poll(&out, 1, DEADLINE_MS), 1);
			continue;
		}
		assert_true(done > 0);
		bytes = (const char *)bytes + done;
		len -= (size_t)done;
	}
}

void talk_say(int fd, const char *text)
{
	talk_say_bytes(fd, text, strlen(text));
}

/* One read; 0 at the deadline. */
static size_t hear_some(int fd, char *to, size_t size, long end)
{
	struct pollfd in = {.fd = fd, .events = POLLIN};
	long left = end - talk_ms();
	ssize_t len;

	if (left <= 0 || poll(&in, 1, (int)left) <= 0)
		return 0;
	len = read(fd, to, size);
	return len > 0 ? (size_t)len : 0;
}

void talk_hear_bytes(int fd, const void *bytes, size_t len)
{
	char *heard = calloc(1, len + 1);
	long end = talk_ms() + DEADLINE_MS;
	size_t have = 0;

	assert_non_null(heard);
	while (have < len) {
		size_t more = hear_some(fd, heard + have, len - have, end);

		have += more;
		if (memcmp(heard, bytes, have) != 0 || more == 0)
			break;
	}
	if (have != len || memcmp(heard, bytes, len) != 0)
		fail_msg("wanted <%s>, heard <%s>", (const char *)bytes, heard);
	free(heard);
}

void talk_hear(int fd, const char *text)
{
	talk_hear_bytes(fd, text, strlen(text));
}

size_t talk_hear_until(int fd, const char *text)
{
	char *heard = calloc(1, HEAR_MAX);
	long end = talk_ms() + DEADLINE_MS;
	size_t have = 0, len = strlen(text);

	assert_non_null(heard);
	/* Byte by byte, so that what follows stays. */
	while (have < len || memcmp(heard + have - len, text, len) != 0) {
		if (have >= HEAR_MAX - 1 || !hear_some(fd, heard + have, 1, end))
			fail_msg("wanted <%s>, heard <%s>", text, heard);
		have++;
	}
	free(heard);
	return have;
}

void talk_ask(int fd, const char *command, const char *answer)
{
	talk_say(fd, command);
	talk_hear(fd, answer);
}

static const char *control(struct talk *talk, const char *command)
{
	static char line[8192];
	long end = talk_ms() + DEADLINE_MS;
	size_t have = 0;

	talk_say(talk->control, command);
	talk_say(talk->control, "\n");
	do {
		size_t more = hear_some(talk->control, line + have, sizeof(line) - 1 - have, end);

		if (more == 0)
			fail_msg("no answer to %s", command);
		have += more;
	} while (line[have - 1] != '\n');
	line[have - 1] = '\0';
	return line;
}

void talk_control(struct talk *talk, const char *command, const char *answer)
{
	const char *line = control(talk, command);

	if (answer)
		assert_string_equal(line, answer);
	else if (strncmp(line, "ok", 2) != 0)
		fail_msg("%s: %s", command, line);
}

long talk_number(struct talk *talk, const char *command, const char *name)
{
	char wanted[64];
	const char *at;

	snprintf(wanted, sizeof(wanted), " %s=", name);
	at = strstr(control(talk, command), wanted);
	assert_non_null(at);
	return strtol(at + strlen(wanted), NULL, 10);
}

/* Call `each` for the log's lines until it says true. */
static bool walk_log(struct talk *talk, bool (*each)(const char *, void *), void *ctx)
{
	FILE *file = fopen(talk_path(talk, "log"), "r");
	char *line = NULL;
	size_t size = 0;
	bool found = false;

	assert_non_null(file);
	while (!found && getline(&line, &size, file) > 0)
		found = each(line, ctx);
	free(line);
	fclose(file);
	return found;
}

struct wanted {
	struct talk *talk;
	const char *text;
};

static bool line_has(const char *line, void *ctx)
{
	return strstr(line, ctx) != NULL;
}

static bool log_has(void *ctx)
{
	struct wanted *wanted = ctx;

	return walk_log(wanted->talk, line_has, (void *)wanted->text);
}

void talk_log_has(struct talk *talk, const char *text)
{
	struct wanted wanted = {talk, text};

	talk_wait(log_has, &wanted, text);
}

/* Escapes count as one byte: \r, \", \303. */
static size_t unescaped_len(const char *text)
{
	size_t len = 0;

	for (; *text && *text != '\n'; len++) {
		if (text[0] != '\\')
			text++;
		else
			text += text[1] >= '0' && text[1] <= '7' ? 4 : 2;
	}
	return len;
}

static bool measure(const char *line, void *ctx)
{
	const char *text = strstr(line, " > ");
	size_t *longest = ctx;

	if (text && unescaped_len(text + 3) > *longest)
		*longest = unescaped_len(text + 3);
	return false;
}

size_t talk_longest_piece(struct talk *talk)
{
	size_t longest = 0;

	walk_log(talk, measure, &longest);
	return longest;
}
