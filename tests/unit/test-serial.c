/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <termios.h>
#include <unistd.h>

#include "unit.h"

#include "base/buf.h"
#include "io/baud.h"
#include "io/holder.h"
#include "io/lock.h"
#include "io/serial.h"
#include "tree.h"

#define RACERS 8
#define ROUNDS 40

struct place {
	char dir[64];
	char file[96]; /* the lock of /dev/ttyUSB2 */
};

static int make_place(void **state)
{
	struct place *place = calloc(1, sizeof(*place));

	strcpy(place->dir, "/tmp/gobi-lock-XXXXXX");
	assert_non_null(mkdtemp(place->dir));
	snprintf(place->file, sizeof(place->file), "%s/LCK..ttyUSB2", place->dir);
	*state = place;
	return 0;
}

static int remove_place(void **state)
{
	struct place *place = *state;
	int left;

	unlink(place->file);
	left = rmdir(place->dir); /* fails if a temporary file was left */
	free(place);
	return left;
}

static void write_lock(const struct place *place, const char *text)
{
	FILE *file = fopen(place->file, "w");

	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static pid_t dead_pid(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	return pid;
}

static void lock_is_written_as_pppd_writes_it(void **state)
{
	struct place *place = *state;
	struct buf holder = BUF_INIT;
	char want[16], text[16] = "";
	struct lock *lock;
	struct stat status;
	FILE *file;
	int error;

	lock = lock_take(place->dir, "/dev/ttyUSB2", &error, &holder);
	assert_non_null(lock);
	file = fopen(place->file, "r");
	assert_non_null(file);
	assert_int_equal(fread(text, 1, sizeof(text), file), 11);
	fclose(file);
	snprintf(want, sizeof(want), "%10d\n", (int)getpid());
	assert_string_equal(text, want);
	lock_release(lock);
	assert_int_equal(stat(place->file, &status), -1);
	buf_free(&holder);
}

static void lock_names_the_living(void **state)
{
	struct place *place = *state;
	struct buf holder = BUF_INIT;
	char text[16], want[32];
	int error = 0;

	snprintf(text, sizeof(text), "%10d\n", (int)getppid());
	write_lock(place, text);
	assert_null(lock_take(place->dir, "/dev/ttyUSB2", &error, &holder));
	assert_int_equal(error, -EBUSY);
	snprintf(want, sizeof(want), "(pid %d)", (int)getppid());
	assert_non_null(strstr(buf_str(&holder), want));
	buf_free(&holder);
}

static void lock_of_the_dead_is_broken(void **state)
{
	struct place *place = *state;
	struct buf holder = BUF_INIT;
	char text[48];
	int raw = (int)dead_pid(), error;
	struct lock *lock;
	FILE *file;

	snprintf(text, sizeof(text), "%10d minicom root\n", raw);
	write_lock(place, text);
	lock = lock_take(place->dir, "/dev/ttyUSB2", &error, &holder);
	assert_non_null(lock);
	lock_release(lock);

	file = fopen(place->file, "w");
	fwrite(&raw, sizeof(raw), 1, file);
	fclose(file);
	lock = lock_take(place->dir, "/dev/ttyUSB2", &error, &holder);
	assert_non_null(lock);
	lock_release(lock);
	assert_int_equal(holder.len, 0);
	buf_free(&holder);
}

static void lock_half_written_is_respected_until_it_is_old(void **state)
{
	struct place *place = *state;
	/* The second is from before the clock fell back to 1970. */
	const time_t old[] = {1000000, time(NULL) + 86400};
	struct buf holder = BUF_INIT;
	struct lock *lock;
	int error;

	for (int i = 0; i < 2; i++) {
		struct timespec times[2] = {{old[i], 0}, {old[i], 0}};

		write_lock(place, "");
		buf_clear(&holder);
		assert_null(lock_take(place->dir, "/dev/ttyUSB2", &error, &holder));
		assert_int_equal(error, -EBUSY);
		assert_int_equal(
			strncmp(buf_str(&holder), "another process, by its lock file ", 34), 0);
		assert_non_null(strstr(buf_str(&holder), place->file));
		assert_int_equal(utimensat(AT_FDCWD, place->file, times, 0), 0);
		lock = lock_take(place->dir, "/dev/ttyUSB2", &error, &holder);
		assert_non_null(lock);
		lock_release(lock);
	}
	buf_free(&holder);
}

/* Where root takes the lock all the same, others hear which file is in the way. */
static void assert_not_in_the_way(const struct place *place)
{
	struct buf holder = BUF_INIT;
	struct lock *lock;
	int error;

	lock = lock_take(place->dir, "/dev/ttyUSB2", &error, &holder);
	if (geteuid() == 0) {
		assert_non_null(lock);
	} else {
		assert_null(lock);
		assert_int_equal(error, -EBUSY);
		assert_non_null(strstr(buf_str(&holder), place->file));
	}
	lock_release(lock);
	buf_free(&holder);
}

static void what_is_no_lock_file_keeps_no_port_from_root(void **state)
{
	struct place *place = *state;
	char inside[128], aside[160];
	struct stat status;

	assert_int_equal(symlink("/etc/passwd", place->file), 0);
	assert_not_in_the_way(place);
	assert_int_equal(stat("/etc/passwd", &status), 0);
	unlink(place->file);
	assert_int_equal(mkfifo(place->file, 0666), 0);
	assert_not_in_the_way(place);
	unlink(place->file);
	assert_int_equal(mkdir(place->file, 0700), 0);
	assert_not_in_the_way(place);
	rmdir(place->file);
	assert_int_equal(mkdir(place->file, 0700), 0);
	snprintf(inside, sizeof(inside), "%s/x", place->file);
	assert_int_equal(mkdir(inside, 0700), 0);
	assert_not_in_the_way(place);
	/* Nothing in it is lost. */
	snprintf(aside, sizeof(aside), "%s.no-lock.%d", place->file, (int)getpid());
	if (geteuid() == 0)
		assert_int_equal(rename(aside, place->file), 0);
	assert_int_equal(rmdir(inside) | rmdir(place->file), 0);
}

static void a_missing_lock_folder_is_said(void **state)
{
	struct buf holder = BUF_INIT;
	int error;

	(void)state;
	assert_null(lock_take("/nowhere", "/dev/pts/7", &error, &holder));
	assert_int_equal(error, -ENOENT);
	assert_string_equal(buf_str(&holder),
			    "lock file /nowhere/LCK..pts_7: No such file or directory");
	buf_free(&holder);
}

static void lock_release_leaves_another_ones_file(void **state)
{
	struct place *place = *state;
	struct buf holder = BUF_INIT;
	struct stat status;
	struct lock *lock;
	int error;

	lock = lock_take(place->dir, "/dev/ttyUSB2", &error, &holder);
	assert_non_null(lock);
	write_lock(place, "         1\n");
	lock_release(lock);
	assert_int_equal(stat(place->file, &status), 0);
	buf_free(&holder);
}

static void race(const struct place *place, int go, int won, int end)
{
	struct buf holder = BUF_INIT;
	struct lock *lock;
	char byte;
	int error;

	if (read(go, &byte, 1) < 0)
		_exit(1);
	lock = lock_take(place->dir, "/dev/ttyUSB2", &error, &holder);
	byte = lock ? '1' : error == -EBUSY ? '0' : '?';
	if (write(won, &byte, 1) != 1 || read(end, &byte, 1) < 0)
		_exit(1);
	lock_release(lock);
	buf_free(&holder);
	_exit(0);
}

/* All start at the closing of one pipe, and the winner holds on until all have tried. */
static void one_round(const struct place *place)
{
	int go[2], won[2], end[2], winners = 0;
	pid_t pids[RACERS];
	char byte;

	assert_int_equal(pipe(go) | pipe(won) | pipe(end), 0);
	for (int i = 0; i < RACERS; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			close(go[1]);
			close(end[1]);
			race(place, go[0], won[1], end[0]);
		}
	}
	close(go[1]);
	for (int i = 0; i < RACERS; i++) {
		assert_int_equal(read(won[0], &byte, 1), 1);
		assert_int_not_equal(byte, '?');
		winners += byte == '1';
	}
	close(end[1]);
	for (int i = 0; i < RACERS; i++)
		waitpid(pids[i], NULL, 0);
	close(go[0]);
	close(won[0]);
	close(won[1]);
	close(end[0]);
	assert_int_equal(winners, 1);
}

static void of_many_racers_for_a_dead_lock_one_wins(void **state)
{
	struct place *place = *state;
	char text[16];

	for (int i = 0; i < ROUNDS; i++) {
		snprintf(text, sizeof(text), "%10d\n", (int)dead_pid());
		write_lock(place, text);
		one_round(place);
	}
}

struct pty {
	int master;
	char name[64];
};

static int make_pty(void **state)
{
	struct pty *pty = calloc(1, sizeof(*pty));

	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(pty->master >= 0);
	assert_int_equal(grantpt(pty->master) | unlockpt(pty->master), 0);
	assert_int_equal(ptsname_r(pty->master, pty->name, sizeof(pty->name)), 0);
	*state = pty;
	return 0;
}

static int remove_pty(void **state)
{
	struct pty *pty = *state;

	if (pty->master >= 0)
		close(pty->master);
	free(pty);
	return 0;
}

static struct serial *open_pty(const struct pty *pty)
{
	struct buf holder = BUF_INIT;
	struct serial *serial;
	int error;

	serial = serial_open(pty->name, &error, &holder);
	assert_non_null(serial);
	assert_int_equal(error, 0);
	buf_free(&holder);
	return serial;
}

static void settings_are_raw_while_ours_and_as_found_after(void **state)
{
	struct pty *pty = *state;
	int slave = open(pty->name, O_RDWR | O_NOCTTY | O_CLOEXEC);
	/* musl's have room for more than every kernel fills in. */
	struct termios before = {0}, now = {0};
	struct serial *serial;

	assert_true(slave >= 0);
	assert_int_equal(tcgetattr(slave, &before), 0);
	before.c_cc[VEOL] = 'q';
	assert_int_equal(tcsetattr(slave, TCSANOW, &before), 0);
	serial = open_pty(pty);
	tcgetattr(slave, &now);
	assert_int_equal(now.c_lflag & (ECHO | ICANON | ISIG), 0);
	assert_int_equal(now.c_iflag & (ICRNL | IXON), 0);
	assert_int_equal(now.c_cflag & CRTSCTS, 0);
	assert_string_equal(serial_device(serial), pty->name);
	serial_close(serial);
	tcgetattr(slave, &now);
	assert_int_equal(now.c_lflag, before.c_lflag);
	assert_int_equal(now.c_iflag, before.c_iflag);
	assert_int_equal(now.c_cflag, before.c_cflag);
	assert_memory_equal(now.c_cc, before.c_cc, sizeof(now.c_cc));
	close(slave);
}

static void a_port_is_opened_once(void **state)
{
	struct pty *pty = *state;
	struct serial *serial = open_pty(pty);
	struct buf holder = BUF_INIT;
	int error;

	assert_null(serial_open(pty->name, &error, &holder));
	assert_int_equal(error, -EBUSY);
	serial_close(serial);
	serial_close(open_pty(pty));
	buf_free(&holder);
}

/* Somebody who neither locks nor asks for exclusive use. */
static pid_t hold_open(const struct pty *pty, int *until)
{
	int ready[2], end[2];
	char byte;
	pid_t pid;

	assert_int_equal(pipe(ready) | pipe(end), 0);
	pid = fork();
	if (pid == 0) {
		close(end[1]);
		close(pty->master);
		if (open(pty->name, O_RDWR | O_NOCTTY) < 0 || write(ready[1], "", 1) != 1 ||
		    read(end[0], &byte, 1) < 0)
			_exit(1);
		_exit(0);
	}
	close(ready[1]);
	close(end[0]);
	assert_int_equal(read(ready[0], &byte, 1), 1);
	close(ready[0]);
	*until = end[1];
	return pid;
}

static pid_t idle_process(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			pause();
	}
	return pid;
}

static void a_lock_holds_only_with_the_port_open(void **state)
{
	struct pty *pty = *state;
	const struct timespec old[2] = {{time(NULL) - 60, 0}, {time(NULL) - 60, 0}};
	char dir[] = "/tmp/gobi-lock-XXXXXX", file[96], text[16];
	struct buf holder = BUF_INIT;
	struct lock *lock;
	int error, until;
	pid_t pid = hold_open(pty, &until);

	assert_non_null(mkdtemp(dir));
	snprintf(file, sizeof(file), "%s/LCK..pts_%s", dir, strrchr(pty->name, '/') + 1);
	snprintf(text, sizeof(text), "%10d\n", (int)pid);
	for (int i = 0; i < 2; i++) {
		FILE *stream = fopen(file, "w");

		assert_non_null(stream);
		if (i == 1)
			snprintf(text, sizeof(text), "%10d\n", (int)(pid = idle_process()));
		fputs(text, stream);
		fclose(stream);
		/* A fresh one may be of a process whose open() has not returned yet. */
		assert_true(i == 0 || !lock_take(dir, pty->name, &error, &holder));
		assert_int_equal(utimensat(AT_FDCWD, file, old, 0), 0);
		lock = lock_take(dir, pty->name, &error, &holder);
		assert_true((lock != NULL) == (i == 1 && geteuid() == 0));
		if (!lock) {
			assert_int_equal(error, -EBUSY);
			assert_non_null(strstr(buf_str(&holder), file));
		}
		lock_release(lock);
		if (i == 0)
			close(until);
		else
			kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	unlink(file);
	assert_int_equal(rmdir(dir), 0);
	buf_free(&holder);
}

static void a_port_that_is_merely_open_elsewhere_is_busy(void **state)
{
	struct pty *pty = *state;
	struct buf holder = BUF_INIT;
	char want[32];
	int error, until;
	pid_t pid = hold_open(pty, &until);

	assert_null(serial_open(pty->name, &error, &holder));
	assert_int_equal(error, -EBUSY);
	snprintf(want, sizeof(want), "(pid %d)", (int)pid);
	assert_non_null(strstr(buf_str(&holder), want));
	close(until);
	waitpid(pid, NULL, 0);
	serial_close(open_pty(pty));
	buf_free(&holder);
}

static void bytes_pass_and_a_hangup_is_an_error(void **state)
{
	struct pty *pty = *state;
	struct serial *serial = open_pty(pty);
	struct pollfd fd = {serial_fd(serial), POLLIN, 0};
	char bytes[8];

	assert_int_equal(serial_read(serial, bytes, sizeof(bytes)), -EAGAIN);
	assert_int_equal(serial_write(serial, "AT\r", 3), 3);
	assert_int_equal(read(pty->master, bytes, sizeof(bytes)), 3);
	assert_memory_equal(bytes, "AT\r", 3);
	assert_int_equal(write(pty->master, "\r\nOK", 4), 4);
	assert_int_equal(poll(&fd, 1, 5000), 1);
	assert_int_equal(serial_read(serial, bytes, sizeof(bytes)), 4);
	assert_memory_equal(bytes, "\r\nOK", 4);
	assert_int_equal(serial_set_dtr(serial, true), -ENOTTY);
	close(pty->master);
	pty->master = -1;
	assert_int_equal(serial_read(serial, bytes, sizeof(bytes)), -EIO);
	serial_close(serial);
}

static void a_rate_is_set_and_put_back(void **state)
{
	struct pty *pty = *state;
	struct termios found, now;
	struct serial *serial;
	int error;

	assert_int_equal(tcgetattr(pty->master, &found), 0);
	serial = open_pty(pty);
	assert_int_equal(serial_state(serial).baud, 115200);
	assert_int_equal(serial_set_baud(serial, 9600), 0);
	assert_int_equal(tcgetattr(pty->master, &now), 0);
	assert_int_equal(cfgetospeed(&now), B9600);
	/* One that POSIX has no name for; an emulated processor may not have the kernel's
	 * call. */
	error = serial_set_baud(serial, 250000);
	if (error != -ENOSYS) {
		assert_int_equal(error, 0);
		assert_int_equal(serial_state(serial).baud, 250000);
	}
	assert_int_equal(tcgetattr(pty->master, &now), 0);
	assert_false(baud_is_usual(250000));
	assert_true(baud_is_usual(9600));
	assert_int_equal(serial_set_flow(serial, true), 0);
	assert_int_equal(tcgetattr(pty->master, &now), 0);
	assert_true(now.c_cflag & CRTSCTS);
	assert_int_equal(serial_set_flow(serial, false), 0);
	assert_int_equal(tcgetattr(pty->master, &now), 0);
	assert_false(now.c_cflag & CRTSCTS);
	assert_int_equal(serial_set_baud(serial, 9600), 0);
	serial_close(serial);
	assert_int_equal(tcgetattr(pty->master, &now), 0);
	assert_int_equal(cfgetospeed(&now), cfgetospeed(&found));
}

static void what_is_no_tty_is_refused_untouched(void **state)
{
	struct buf holder = BUF_INIT;
	int error;

	(void)state;
	assert_null(serial_open("/etc/passwd", &error, &holder));
	assert_int_equal(error, -ENOTTY);
	assert_null(serial_open("/dev/null", &error, &holder));
	assert_int_equal(error, -ENOTTY);
	assert_null(serial_open("/dev/ttyNONE7", &error, &holder));
	assert_int_equal(error, -ENOENT);
	buf_free(&holder);
}

#define IN_PLACE(test) cmocka_unit_test_setup_teardown(test, make_place, remove_place)
#define ON_PTY(test)   cmocka_unit_test_setup_teardown(test, make_pty, remove_pty)

static void the_kernels_consoles_are_known(void **state)
{
	static const struct {
		const char *device;
		unsigned major, minor;
		const char *by;
	} rows[] = {
		{"/dev/ttyS0", 4, 64, "/proc/consoles"}, /* by another name there */
		{"/dev/ttyS1", 4, 65, "/proc/cmdline"},
		{"/dev/ttyAMA0", 204, 64, "/sys/class/tty/console/active"},
		{"/dev/ttyS10", 4, 74, NULL},
		{"/dev/ttyS6", 4, 70, NULL},
		{"/dev/ttyAMA1", 204, 65, NULL},
		{"/dev/ttyAMA", 204, 6, NULL},
		{"/dev/tty", 5, 0, NULL},
	};
	const char *root = tree_plant("sysfs/consoles");
	struct buf out = BUF_INIT, wanted = BUF_INIT;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		bool found = holder_is_console(root, rows[i].device,
					       makedev(rows[i].major, rows[i].minor), &out);

		if (rows[i].by)
			buf_printf(&wanted, "the kernel's console (%s)", rows[i].by);
		assert_int_equal(found, rows[i].by != NULL);
		assert_string_equal(buf_str(&out), buf_str(&wanted));
		assert_int_equal(holder_kind(buf_str(&out)),
				 found ? HOLDER_CONSOLE : HOLDER_PROGRAM);
		buf_clear(&out);
		buf_clear(&wanted);
	}
	assert_false(holder_is_console("/nowhere", "/dev/ttyS0", makedev(4, 64), &out));
	tree_fell();
	buf_free(&out);
	buf_free(&wanted);
}

static void a_getty_is_told_from_a_program(void **state)
{
	(void)state;
	assert_int_equal(holder_kind("agetty (pid 312)"), HOLDER_LOGIN);
	assert_int_equal(holder_kind("login (pid 312)"), HOLDER_LOGIN);
	assert_int_equal(holder_kind("minicom (pid 7)"), HOLDER_PROGRAM);
	assert_int_equal(holder_kind("gettysburg (pid 7)"), HOLDER_PROGRAM);
	assert_int_equal(holder_kind(""), HOLDER_PROGRAM);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_kernels_consoles_are_known),
		cmocka_unit_test(a_getty_is_told_from_a_program),
		IN_PLACE(lock_is_written_as_pppd_writes_it),
		IN_PLACE(lock_names_the_living),
		IN_PLACE(lock_of_the_dead_is_broken),
		IN_PLACE(lock_half_written_is_respected_until_it_is_old),
		IN_PLACE(what_is_no_lock_file_keeps_no_port_from_root),
		IN_PLACE(a_missing_lock_folder_is_said),
		IN_PLACE(lock_release_leaves_another_ones_file),
		IN_PLACE(of_many_racers_for_a_dead_lock_one_wins),
		ON_PTY(settings_are_raw_while_ours_and_as_found_after),
		ON_PTY(a_port_is_opened_once),
		ON_PTY(a_lock_holds_only_with_the_port_open),
		ON_PTY(a_port_that_is_merely_open_elsewhere_is_busy),
		ON_PTY(bytes_pass_and_a_hangup_is_an_error),
		ON_PTY(a_rate_is_set_and_put_back),
		cmocka_unit_test(what_is_no_tty_is_refused_untouched),
	};

	alarm(600);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
