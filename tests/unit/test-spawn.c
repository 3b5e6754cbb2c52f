/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit.h"

#include "base/buf.h"
#include "base/count.h"
#include "io/command.h"
#include "io/spawn.h"

#define DEADLINE_MS 10000

static const char *const environment[] = {SPAWN_PATH, "WORD=one two", NULL};

/* What the program prints until the last holder of its output has closed it. */
static const char *read_all(int fd)
{
	static char text[4096];
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	size_t used = 0;
	ssize_t len;

	do {
		assert_int_equal(poll(&poller, 1, DEADLINE_MS), 1);
		len = read(fd, text + used, sizeof(text) - 1 - used);
		used += len > 0 ? (size_t)len : 0;
	} while (len > 0);
	text[used] = '\0';
	return text;
}

/* Run a shell's line with /dev/null, a pipe and our stderr. */
static const char *say(const char *line, bool group, int *status)
{
	const char *const argv[] = {"/bin/sh", "-c", line, "sh", NULL};
	const char *text;
	int ends[2];
	pid_t pid;

	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	pid = spawn_program(&(struct spawn_program){.argv = argv,
						    .envp = environment,
						    .fds = (int[]){-1, ends[1], STDERR_FILENO},
						    .fd_count = 3,
						    .group = group});
	close(ends[1]);
	assert_true(pid > 0);
	text = read_all(ends[0]);
	close(ends[0]);
	assert_int_equal(waitpid(pid, status, 0), pid);
	return text;
}

static void the_errno_of_a_failed_exec_comes_back(void **state)
{
	static const struct {
		const char *path, *content;
		mode_t mode;
		int error;
	} rows[] = {
		{"missing", NULL, 0, ENOENT},
		{"not-executable", "#!/bin/sh\n", 0644, EACCES},
		{"no-interpreter", "#!/no/such/shell\n", 0755, ENOENT},
		{"no-program", "true\n", 0755, ENOEXEC},
		{"folder/", NULL, 0755, EACCES},
		{"not-executable/below", NULL, 0, ENOTDIR},
	};
	char folder[] = "/tmp/test-spawn-XXXXXX", command[64];
	const char *preload = getenv("LD_PRELOAD");
	bool under_valgrind = preload && strstr(preload, "vgpreload");

	(void)state;
	assert_non_null(mkdtemp(folder));
	assert_int_equal(chdir(folder), 0);
	assert_int_equal(mkdir("folder", 0755), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		char path[64];
		const char *const argv[] = {path, NULL};
		FILE *file;

		/* valgrind dies of an execve(2) that fails after its own checks. */
		if (under_valgrind && strcmp(rows[i].path, "no-interpreter") == 0)
			continue;
		snprintf(path, sizeof(path), "./%s", rows[i].path);
		if (rows[i].content) {
			file = fopen(path, "w");
			assert_non_null(file);
			fputs(rows[i].content, file);
			fclose(file);
			assert_int_equal(chmod(path, rows[i].mode), 0);
		}
		assert_int_equal(
			spawn_program(&(struct spawn_program){.argv = argv, .envp = environment}),
			-rows[i].error);
		/* No zombie is left. */
		assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
		assert_int_equal(errno, ECHILD);
	}
	assert_int_equal(chdir("/"), 0);
	snprintf(command, sizeof(command), "rm -r %s", folder);
	assert_int_equal(system(command), 0);
}

static void without_a_free_descriptor_it_says_so(void **state)
{
	const char *const argv[] = {"true", NULL};
	struct rlimit limit, low;
	int fds[64], count = 0, fd;
	pid_t pid = 0;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	low = (struct rlimit){COUNT(fds), limit.rlim_max};
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
	while ((fd = open("/dev/null", O_RDONLY | O_CLOEXEC)) >= 0)
		fds[count++] = fd;
	/* Two are enough: the child has room, for it drops ours. */
	for (int i = 0; i < 3; i++) {
		pid = spawn_program(&(struct spawn_program){.argv = argv,
							    .envp = environment,
							    .fds = (int[]){-1, -1, -1},
							    .fd_count = 3});
		if (i < 2)
			assert_int_equal(pid, -EMFILE);
		close(fds[--count]);
	}
	while (count > 0)
		close(fds[--count]);
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
}

static void a_name_is_looked_for_in_its_own_path(void **state)
{
	const char *const argv[] = {"true", NULL}, *const missing[] = {"gobi-no-such", NULL};
	const char *const elsewhere[] = {"PATH=/nowhere", NULL};
	int status;
	pid_t pid;

	(void)state;
	pid = spawn_program(&(struct spawn_program){.argv = argv, .envp = environment});
	assert_true(pid > 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	assert_int_equal(spawn_program(&(struct spawn_program){.argv = argv, .envp = elsewhere}),
			 -ENOENT);
	assert_int_equal(
		spawn_program(&(struct spawn_program){.argv = missing, .envp = environment}),
		-ENOENT);
}

static void it_gets_its_environment_and_no_other(void **state)
{
	int status;

	(void)state;
	setenv("STRANGER", "here", 1);
	assert_string_equal(say("echo \"$WORD|$PATH|$STRANGER\"; exit 7", false, &status),
			    "one two|/usr/sbin:/usr/bin:/sbin:/bin|\n");
	assert_int_equal(WEXITSTATUS(status), 7);
}

static void it_gets_no_descriptor_but_its_own(void **state)
{
	const char *const argv[] = {
		"/bin/sh", "-c",
		"for i in 0 1 2 3 4 5 6 7 8 9 40; do "
		"[ -e /proc/$$/fd/$i ] && echo $i; done; read -r word <&4 && echo $word >&3",
		NULL};
	int ends[2], words[2], status, leaks[] = {dup2(2, 9), dup2(2, 40)};
	pid_t pid;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(pipe(words), 0);
	assert_int_equal(write(words[1], "word\n", 5), 5);
	/* Its numbers are sources of others' too: none may tread on another. */
	pid = spawn_program(&(struct spawn_program){
		.argv = argv,
		.envp = environment,
		.fds = (int[]){-1, ends[1], -1, ends[1], words[0]},
		.fd_count = 5,
	});
	close(ends[1]);
	assert_true(pid > 0);
	assert_string_equal(read_all(ends[0]), "0\n1\n2\n3\n4\nword\n");
	assert_int_equal(waitpid(pid, &status, 0), pid);
	close(ends[0]);
	close(words[0]);
	close(words[1]);
	close(leaks[0]);
	close(leaks[1]);
}

static void signals_are_as_new_and_the_mask_here_is_kept(void **state)
{
	unsigned long long blocking, ignoring;
	sigset_t blocked, old;
	int status;

	(void)state;
	sigemptyset(&blocked);
	sigaddset(&blocked, SIGTERM);
	sigprocmask(SIG_BLOCK, &blocked, NULL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	assert_int_equal(sscanf(say("grep -E '^Sig(Blk|Ign)' /proc/self/status", false, &status),
				"SigBlk: %llx SigIgn: %llx", &blocking, &ignoring),
			 2);
	/* 32 and above may be the C library's own. */
	assert_int_equal((blocking | ignoring) & 0x7fffffff, 0);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigprocmask(SIG_SETMASK, NULL, &old);
	assert_true(sigismember(&old, SIGTERM) && !sigismember(&old, SIGCHLD));
	sigprocmask(SIG_UNBLOCK, &blocked, NULL);
}

static void it_has_a_group_of_its_own_if_asked(void **state)
{
	int status, pid, group;

	(void)state;
	assert_int_equal(sscanf(say("cut -d' ' -f1,5 /proc/self/stat", false, &status), "%d %d",
				&pid, &group),
			 2);
	assert_int_equal(group, getpgrp());
	assert_int_equal(sscanf(say("echo $$; cut -d' ' -f5 /proc/$$/stat", true, &status), "%d %d",
				&pid, &group),
			 2);
	assert_int_equal(group, pid);
}

static void it_dies_with_us_if_asked(void **state)
{
	const char *const argv[] = {"sleep", "1000", NULL};
	int ends[2], status;
	pid_t between, pid;

	(void)state;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	between = fork();
	if (between == 0) {
		pid = spawn_program(&(struct spawn_program){.argv = argv,
							    .envp = environment,
							    .fds = (int[]){-1, ends[1], -1},
							    .fd_count = 3,
							    .group = true,
							    .death_signal = SIGTERM});
		_exit(pid > 0 ? 0 : 1);
	}
	close(ends[1]);
	assert_int_equal(waitpid(between, &status, 0), between);
	assert_int_equal(status, 0);
	/* Only its end closes the pipe. */
	assert_string_equal(read_all(ends[0]), "");
	close(ends[0]);
}

static void a_command_tells_what_came_of_it(void **state)
{
	static const struct {
		const char *argv[4];
		int timeout_ms, result;
		const char *output;
	} rows[] = {
		{{"/bin/sh", "-c", "echo out; echo err >&2; cat; exit 3"},
		 DEADLINE_MS,
		 3,
		 "out\nerr\n"},
		{{"/bin/sh", "-c", "kill -9 $$"}, DEADLINE_MS, 128, ""},
		{{"/bin/sh", "-c", "echo begun; exec sleep 1000"}, 300, -ETIMEDOUT, "begun\n"},
		{{"gobi-no-such"}, DEADLINE_MS, -ENOENT, ""},
		{{"/dev/null"}, DEADLINE_MS, -EACCES, ""},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf output = BUF_INIT;

		assert_int_equal(command_run(rows[i].argv, rows[i].timeout_ms, &output),
				 rows[i].result);
		assert_string_equal(buf_str(&output), rows[i].output);
		buf_free(&output);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_errno_of_a_failed_exec_comes_back),
		cmocka_unit_test(without_a_free_descriptor_it_says_so),
		cmocka_unit_test(a_name_is_looked_for_in_its_own_path),
		cmocka_unit_test(it_gets_its_environment_and_no_other),
		cmocka_unit_test(it_gets_no_descriptor_but_its_own),
		cmocka_unit_test(signals_are_as_new_and_the_mask_here_is_kept),
		cmocka_unit_test(it_has_a_group_of_its_own_if_asked),
		cmocka_unit_test(it_dies_with_us_if_asked),
		cmocka_unit_test(a_command_tells_what_came_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
