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
#include "base/count.h"
#include "io/pinfile.h"
#include "modem/pins.h"

#define A  "89490200000863940628"
#define B  "8939104170000600749"
#define M  "351234040123456"
#define MV "3512340401234599" /* M with its version */
#define N  "861234567890123"

/* As version 1 wrote it: 1234 and 4321 for A in M. */
static const char version_1[] =
	"gobi-dial pins 1\n"
	"salt $6$UGiXBXIIx6DOEwoH\n"
	"sent "
	"3ypXytbIHrjZzdZSuu7FbTufmj/wiEIz2CYZ.Y560Xca4G4fLB1u2a95jY1uJVK6cA9gTPaL7TZbpeE6y8vep/ "
	".hn5jOn0F4FrWwzPyi93XZBV/y0xlsDmp8gIhdp8mApwujeW32z8bm6P5yvmLnwXyZN3hsR4b181yozc3MXe50 "
	"l6c/aGNJw2FbvojsrAAzoOpLvOHrrLU0vPFI32p9xZ4v.241wyQJsT.Xs9I1QfGTDG2arFwyyw2fim75W3rY51\n"
	"sent "
	"eg.xf6.fTjg/Adypfu9PNKFDaX4e28V/BBVxwsCP9X6I.lGPni.0LDi36xTCfM8kOryRbldSnj2EdFhRGhCw11 "
	"IOfDMxMluA06maS1lhL23YjUSDVwnWIA6KOHoLv8ynBBlLPbf1d..ZeGN7jUutFh8s2gB0xjEBlUwJzGGRczV1 "
	"kUtFStALDn9ML.kCooxMjzPKHaBN9UH5pZM/VcTP.RA9gZtFUwGnz6qiIEleP0AZNWSAXWTZyx/NXda0Xfble.\n"
	"sum 6c3f08f6\n";

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
	struct pinfile file = {.dir = *state, .name = PINFILE_NAME, .lock = -1};

	return pins_note(&pinfile_disk, &file, PINS_EVENT_SEND, key);
}

static int refuse_pin(void **state, const struct pins_key *key)
{
	struct pinfile file = {.dir = *state, .name = PINFILE_NAME, .lock = -1};

	return pins_note(&pinfile_disk, &file, PINS_EVENT_REFUSED, key);
}

static bool is_pending(void **state)
{
	struct pinfile file = {.dir = *state, .name = PINFILE_NAME, .lock = -1};

	return pins_pending(&pinfile_disk, &file);
}

static int take_pin(void **state, const struct pins_key *key)
{
	struct pinfile file = {.dir = *state, .name = PINFILE_NAME, .lock = -1};

	return pins_note(&pinfile_disk, &file, PINS_EVENT_TAKEN, key);
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
		{{"1234", A, M, -1}, 0},
		{{"1234", A, M, 3}, -ENODATA},
		{{"1234", A, N, -1}, -ENODATA}, /* in another modem */
		{{"1234", A, "", -1}, -ENODATA},
		{{"1234", "", M, -1}, -ENODATA}, /* it may be the same one */
		{{"1234", "", MV, -1}, -ENODATA},
		{{"1234", "", "", -1}, -ENODATA},
		{{"4321", A, M, -1}, 0}, /* another PIN */
		{{"1234", B, M, -1}, 0}, /* another SIM */
		{{"1234", "", N, -1}, 0},
		{{"1234", "", N, -1}, -ENODATA},
		{{"1234", "", "", -1}, -ENODATA},
		{{"12345", A, M, -1}, 0},
	};

	for (size_t i = 0; i < COUNT(steps); i++)
		assert_int_equal(send_pin(state, &steps[i].key), steps[i].error);
}

static void what_was_taken_goes_again(void **state)
{
	const struct pins_key wrong = {"0000", A, M, -1}, right = {"1234", A, M, -1};

	assert_int_equal(send_pin(state, &wrong), 0);
	assert_int_equal(send_pin(state, &right), 0);
	assert_int_equal(take_pin(state, &right), 0);
	assert_int_equal(send_pin(state, &right), 0);
	assert_int_equal(send_pin(state, &right), -ENODATA);
	/* Another one has opened it. */
	assert_int_equal(send_pin(state, &wrong), -EEXIST);
	assert_int_equal(take_pin(state, &right), 0);
	assert_int_equal(take_pin(state, &wrong), 0);
	assert_int_equal(send_pin(state, &wrong), -EEXIST);
}

static void nothing_to_remember_leaves_nothing_behind(void **state)
{
	const struct pins_key right = {"1234", A, M, -1};
	char text[PINS_FILE_MAX];

	assert_int_equal(send_pin(state, &right), 0);
	assert_int_equal(take_pin(state, &right), 0);
	assert_int_equal(read_file(state, text, sizeof(text)), 0);
}

/* A second try only if the counter proves that the first was not refused, and never below two. */
static void the_counter_allows_one_more_try(void **state)
{
	static const struct {
		int before, now[3], errors[3];
	} rows[] = {
		{3, {3, 3, 3}, {PINS_AGAIN, -EALREADY, -EALREADY}},
		{2, {3, 3, 3}, {PINS_AGAIN, -EALREADY, -EALREADY}},
		{2, {2, 1, 3}, {PINS_AGAIN, -EEXIST, -EEXIST}},
		{3, {-1, 3, 3}, {-ENODATA, PINS_AGAIN, -EALREADY}},
		{3, {2, 3, 3}, {-EEXIST, -EEXIST, -EEXIST}},
		{-1, {3, 3, 3}, {-ENODATA, -ENODATA, -ENODATA}},
		{1, {1, 3, 3}, {-EALREADY, -EALREADY, -EALREADY}},
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char pin[8];
		struct pins_key key = {pin, A, M, rows[i].before};

		snprintf(pin, sizeof(pin), "%04zu", i);
		assert_int_equal(send_pin(state, &key), 0);
		assert_true(is_pending(state));
		for (int j = 0; j < 3; j++) {
			key.left = rows[i].now[j];
			assert_int_equal(send_pin(state, &key), rows[i].errors[j]);
		}
	}
}

static void a_refusal_stays_whatever_the_counter_says(void **state)
{
	const struct pins_key key = {"1234", A, M, 3}, open = {"", A, M, 3};

	assert_int_equal(send_pin(state, &key), 0);
	assert_int_equal(refuse_pin(state, &key), 0);
	assert_false(is_pending(state));
	assert_int_equal(take_pin(state, &open), 0);
	assert_int_equal(send_pin(state, &key), -EEXIST);
}

/* An open SIM proves the PIN that it was sent last, and no other. */
static void an_open_sim_proves_its_last_pin(void **state)
{
	const struct pins_key wrong = {"0000", A, M, 3}, right = {"1234", "", M, 2};
	const struct pins_key other = {"1234", B, N, 3}, open = {"", A, M, 3};

	assert_int_equal(send_pin(state, &wrong), 0);
	assert_int_equal(send_pin(state, &right), 0);
	assert_int_equal(send_pin(state, &other), 0);
	assert_int_equal(take_pin(state, &open), 0);
	assert_int_equal(send_pin(state, &wrong), -EEXIST);
	assert_int_equal(send_pin(state, &right), 0);
	assert_int_equal(send_pin(state, &other), PINS_AGAIN);
}

/* A is "89 49 02 00000 86394062 8" with its digit, in forms that a modem may read on another
 * day. */
static void an_iccid_is_the_same_however_it_is_read(void **state)
{
	static const char *const forms[] = {A, "8949020000086394062", "894902000008639406",
					    "89490200000863940629", ""};
	const struct pins_key key = {"1234", A, M, 3};
	char lost[24];

	assert_int_equal(send_pin(state, &key), 0);
	assert_int_equal(refuse_pin(state, &key), 0);
	for (size_t i = 0; i < COUNT(forms); i++) {
		const struct pins_key today = {"1234", forms[i], M, 3};

		assert_int_equal(send_pin(state, &today), -EEXIST);
	}
	for (size_t i = 0; i < strlen(A); i++) {
		const struct pins_key today = {"1234", lost, M, 3};

		snprintf(lost, sizeof(lost), "%.*s%s", (int)i, A, &A[i + 1]);
		assert_int_equal(send_pin(state, &today), -EEXIST);
		strcpy(lost, A);
		lost[i] = lost[i] == '7' ? '3' : '7';
		assert_int_equal(send_pin(state, &today), -EEXIST);
	}
}

static void marks_of_version_1_stay_in_force(void **state)
{
	const struct pins_key marked = {"1234", A, M, 3}, moved = {"1234", A, N, 3};
	const struct pins_key unread = {"1234", "", M, 3}, other = {"1234", B, N, 3};
	const struct pins_key open = {"", A, M, 3}, new = {"0000", A, M, 3};

	assert_int_equal(mkdir(*state, 0700), 0);
	write_file(state, version_1, strlen(version_1));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(send_pin(state, &marked), -EEXIST);
		assert_int_equal(send_pin(state, &moved), -EEXIST);
		assert_int_equal(send_pin(state, &unread), -EEXIST);
		assert_int_equal(take_pin(state, &open), 0);
		assert_int_equal(send_pin(state, i ? &other : &new), 0);
	}
}

static void the_file_is_roots_and_tells_no_pin(void **state)
{
	const struct pins_key key = {"123456", A, M, -1};
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
	const struct pins_key key = {"1234", A, M, -1}, other = {"4321", B, N, -1};
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
	assert_int_equal(send_pin(state, &key), -E2BIG);
}

static void a_mark_that_cannot_be_made_lets_no_pin_out(void **state)
{
	const struct pins_key key = {"1234", A, M, -1};
	struct pinfile nowhere = {.dir = "/nowhere/at/all", .name = PINFILE_NAME, .lock = -1};
	char path[64];

	assert_int_equal(pins_note(&pinfile_disk, &nowhere, PINS_EVENT_SEND, &key), -ENOENT);
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
	const struct pins_key key = {"1234", A, M, -1};
	struct pinfile other = {.dir = *state, .name = PINFILE_NAME, .lock = -1};

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
		{-ENODATA, "does not tell how many attempts are left"},
		{-EALREADY, "has not taken it"},
		{-E2BIG, "/some/file"},
		{-EBADMSG, "/some/file, which records the PINs"},
		{-ENOSPC, "/some/file first: No space left on device"},
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
		TEST(nothing_to_remember_leaves_nothing_behind),
		TEST(the_counter_allows_one_more_try),
		TEST(a_refusal_stays_whatever_the_counter_says),
		TEST(an_open_sim_proves_its_last_pin),
		TEST(an_iccid_is_the_same_however_it_is_read),
		TEST(marks_of_version_1_stay_in_force),
		TEST(the_file_is_roots_and_tells_no_pin),
		TEST(a_damaged_file_lets_no_pin_out),
		TEST(a_full_memory_lets_no_pin_out),
		TEST(a_mark_that_cannot_be_made_lets_no_pin_out),
		TEST(two_instances_take_turns),
		cmocka_unit_test(each_refusal_has_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
