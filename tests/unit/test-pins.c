/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "base/buf.h"
#include "io/pinfile.h"
#include "modem/pins.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#define A            "89490200000863940628"
#define B            "8939104170000600742"
#define M            "351234040123456"
#define MV           "3512340401234599" /* M with its version */
#define N            "861234567890123"

static int set_up(void **state)
{
	char *dir = strdup("/tmp/gobi-pins-XXXXXX");

	*state = dir;
	return dir && mkdtemp(dir) && rmdir(dir) == 0 ? 0 : -1;
}

static int tear_down(void **state)
{
	static const char *const names[] = {"sent-pins", "sent-pins.new", "sent-pins.lock"};
	char path[64];

	for (size_t i = 0; i < COUNT(names); i++) {
		snprintf(path, sizeof(path), "%s/%s", (char *)*state, names[i]);
		unlink(path);
	}
	rmdir(*state);
	free(*state);
	return 0;
}

static int send_pin(void **state, const struct pins_key *key)
{
	struct pinfile file = {.dir = *state, .lock = -1};

	return pins_send(&pinfile_disk, &file, key);
}

static int take_pin(void **state, const struct pins_key *key)
{
	struct pinfile file = {.dir = *state, .lock = -1};

	return pins_taken(&pinfile_disk, &file, key);
}

static size_t read_file(void **state, char *to, size_t size)
{
	char path[64];
	ssize_t len;
	int fd;

	snprintf(path, sizeof(path), "%s/sent-pins", (char *)*state);
	fd = open(path, O_RDONLY);
	if (fd < 0)
		return 0;
	len = read(fd, to, size - 1);
	close(fd);
	assert_true(len > 0);
	to[len] = '\0';
	return (size_t)len;
}

static void write_file(void **state, const char *text, size_t len)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "%s/sent-pins", (char *)*state);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, len), (ssize_t)len);
	close(fd);
}

static void a_pin_goes_to_a_sim_once(void **state)
{
	static const struct {
		struct pins_key key;
		int error;
	} steps[] = {
		{{"1234", A, M}, 0},
		{{"1234", A, M}, -EEXIST},
		{{"1234", A, N}, -EEXIST}, /* in another modem */
		{{"1234", A, ""}, -EEXIST},
		{{"1234", "", M}, -EEXIST}, /* it may be the same one */
		{{"1234", "", MV}, -EEXIST},
		{{"1234", "", ""}, -EEXIST},
		{{"4321", A, M}, 0}, /* another PIN */
		{{"1234", B, M}, 0}, /* another SIM */
		{{"1234", "", N}, 0},
		{{"1234", "", N}, -EEXIST},
		{{"1234", "", ""}, -EEXIST},
		{{"12345", A, M}, 0},
	};

	for (size_t i = 0; i < COUNT(steps); i++)
		assert_int_equal(send_pin(state, &steps[i].key), steps[i].error);
}

static void what_was_taken_goes_again(void **state)
{
	const struct pins_key wrong = {"0000", A, M}, right = {"1234", A, M};
	char text[PINS_FILE_MAX];

	assert_int_equal(send_pin(state, &wrong), 0);
	assert_int_equal(send_pin(state, &right), 0);
	assert_int_equal(take_pin(state, &right), 0);
	assert_int_equal(send_pin(state, &right), 0);
	assert_int_equal(send_pin(state, &right), -EEXIST);
	assert_int_equal(send_pin(state, &wrong), -EEXIST);
	assert_int_equal(take_pin(state, &right), 0);
	assert_int_equal(take_pin(state, &wrong), 0);
	/* Nothing to remember leaves nothing behind. */
	assert_int_equal(read_file(state, text, sizeof(text)), 0);
}

static void the_file_is_roots_and_tells_no_pin(void **state)
{
	const struct pins_key key = {"123456", A, M};
	char text[PINS_FILE_MAX], path[64];
	struct stat status;

	assert_int_equal(send_pin(state, &key), 0);
	assert_int_equal(stat(*state, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0700);
	snprintf(path, sizeof(path), "%s/sent-pins", (char *)*state);
	assert_int_equal(stat(path, &status), 0);
	assert_int_equal(status.st_mode & 07777, 0600);
	assert_true(read_file(state, text, sizeof(text)) > 0);
	assert_null(strstr(text, key.pin));
	assert_null(strstr(text, A));
	assert_null(strstr(text, "35123404012345"));
	assert_non_null(strstr(text, "salt $6$"));
}

static void a_damaged_file_lets_no_pin_out(void **state)
{
	const struct pins_key key = {"1234", A, M}, other = {"4321", B, N};
	char text[PINS_FILE_MAX], bad[PINS_FILE_MAX];
	size_t len;

	assert_int_equal(send_pin(state, &key), 0);
	len = read_file(state, text, sizeof(text));
	for (size_t i = 0; i < len; i++) {
		memcpy(bad, text, len);
		bad[i] ^= 1;
		write_file(state, bad, len);
		assert_int_equal(send_pin(state, &other), -EBADMSG);
		write_file(state, text, i); /* cut short, or empty */
		assert_int_equal(send_pin(state, &other), -EBADMSG);
	}
	memcpy(bad, text, len);
	bad[len] = '\n';
	write_file(state, bad, len + 1);
	assert_int_equal(send_pin(state, &other), -EBADMSG);
	write_file(state, text, len);
	assert_int_equal(send_pin(state, &other), 0);
}

static void a_full_memory_lets_no_pin_out(void **state)
{
	char pin[8];
	struct pins_key key = {pin, A, M};

	for (int i = 0; i < PINS_SENT_MAX; i++) {
		snprintf(pin, sizeof(pin), "%04d", i);
		assert_int_equal(send_pin(state, &key), 0);
	}
	snprintf(pin, sizeof(pin), "9999");
	assert_int_equal(send_pin(state, &key), -ENOSPC);
}

static void a_mark_that_cannot_be_made_lets_no_pin_out(void **state)
{
	const struct pins_key key = {"1234", A, M};
	struct pinfile nowhere = {.dir = "/nowhere/at/all", .lock = -1};
	char path[64];

	assert_int_equal(pins_send(&pinfile_disk, &nowhere, &key), -ENOENT);
	/* Something else is in the place of the new file. */
	assert_int_equal(mkdir(*state, 0700), 0);
	snprintf(path, sizeof(path), "%s/sent-pins.new", (char *)*state);
	assert_int_equal(mkdir(path, 0700), 0);
	assert_int_equal(send_pin(state, &key), -EISDIR);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(symlink("/etc/passwd", path), 0);
	assert_int_equal(send_pin(state, &key), -ELOOP);
}

static void two_instances_take_turns(void **state)
{
	const struct pins_key key = {"1234", A, M};
	struct pinfile other = {.dir = *state, .lock = -1};

	assert_int_equal(pinfile_disk.lock(&other), 0);
	assert_int_equal(send_pin(state, &key), -EAGAIN);
	pinfile_disk.unlock(&other);
	assert_int_equal(send_pin(state, &key), 0);
}

static void each_refusal_has_its_words(void **state)
{
	static const struct {
		int error;
		const char *words;
	} rows[] = {
		{-EEXIST, "delete /some/file"},
		{-EBADMSG, "/some/file, which records the PINs"},
		{-ENOSPC, "/some/file"},
		{-ENOSYS, "SHA-512"},
		{-EROFS, "/some/file first: Read-only file system"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf text = BUF_INIT;

		pins_describe(rows[i].error, "/some/file", &text);
		assert_non_null(strstr(buf_str(&text), rows[i].words));
		buf_free(&text);
	}
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		TEST(a_pin_goes_to_a_sim_once),
		TEST(what_was_taken_goes_again),
		TEST(the_file_is_roots_and_tells_no_pin),
		TEST(a_damaged_file_lets_no_pin_out),
		TEST(a_full_memory_lets_no_pin_out),
		TEST(a_mark_that_cannot_be_made_lets_no_pin_out),
		TEST(two_instances_take_turns),
		cmocka_unit_test(each_refusal_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
