/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "base/buf.h"
#include "conf/conf.h"
#include "io/conf-load.h"

struct dir {
	char path[64];
	char file[128]; /* of the last put or at */
};

static const char *at(struct dir *dir, const char *name)
{
	snprintf(dir->file, sizeof(dir->file), "%s/%s", dir->path, name);
	return dir->file;
}

static void put(struct dir *dir, const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(at(dir, name), "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(dir->file, mode), 0);
}

static int make_dir(void **state)
{
	struct dir *dir = calloc(1, sizeof(*dir));

	strcpy(dir->path, "/tmp/test-conf-XXXXXX");
	if (!mkdtemp(dir->path) || mkdir(at(dir, "sub"), 0700) != 0)
		return -1;
	*state = dir;
	return 0;
}

static int drop_dir(void **state)
{
	static const char *const names[] = {"a.conf",  "sub/b.conf", "sub/c.conf", "pin",
					    "sub/pin", "fifo",       NULL};
	struct dir *dir = *state;

	for (const char *const *name = names; *name; name++)
		unlink(at(dir, *name));
	rmdir(at(dir, "sub"));
	rmdir(dir->path);
	free(dir);
	return 0;
}

/* Load a.conf of the folder; `expect` has to be in the errors. */
static void expect(struct dir *dir, int want, const char *text)
{
	struct buf errors = BUF_INIT;
	struct conf conf;
	int err = conf_load(&conf, at(dir, "a.conf"), &errors);

	if (err != want || !strstr(buf_str(&errors), text))
		fail_msg("%d \"%s\", not %d \"%s\"", err, buf_str(&errors), want, text);
	buf_free(&errors);
	conf_free(&conf);
}

static void includes_are_relative_to_their_file(void **state)
{
	struct dir *dir = *state;
	struct buf errors = BUF_INIT;
	struct conf conf;

	put(dir, "sub/c.conf", "sim: { pin_file = \"pin\"; };", 0600);
	put(dir, "sub/pin", "4711\n", 0600);
	put(dir, "sub/b.conf", "  @include \"c.conf\"\nmonitor: { };\n", 0600);
	put(dir, "a.conf", "/* @include \"x\"\n */ @include \"sub/b.conf\"", 0600);
	expect(dir, -EINVAL, "a.conf:2: syntax error");
	put(dir, "a.conf",
	    "/*\n@include \"x\"\n*/ network: { user = \"\n@include \";};\n"
	    "@include \"sub/b.conf\" ppp: { metric = 1; };\n",
	    0600);
	if (conf_load(&conf, at(dir, "a.conf"), &errors))
		fail_msg("%s", buf_str(&errors));
	assert_string_equal(conf.sim.pin, "4711");
	assert_string_equal(conf.network.user, "\n@include ");
	assert_int_equal(conf.ppp.metric, 1);
	conf_free(&conf);
}

static void one_line_includes_one_file(void **state)
{
	struct dir *dir = *state;
	char text[256];

	put(dir, "sub/b.conf", "ppp: { metric = 1; };\n", 0600);
	snprintf(text, sizeof(text), "\n@include \"sub/b.conf\" @include \"%s\"", dir->file);
	put(dir, "a.conf", text, 0600);
	expect(dir, -EINVAL, "a.conf:2: syntax error");
}

static void includes_work_by_absolute_path(void **state)
{
	struct dir *dir = *state;
	struct buf errors = BUF_INIT;
	struct conf conf;
	char text[256];

	put(dir, "sub/b.conf", "ppp: { metric = 1; };\n", 0600);
	snprintf(text, sizeof(text), "@include \"%s\"\n", dir->file);
	put(dir, "a.conf", text, 0600);
	assert_int_equal(conf_load(&conf, at(dir, "a.conf"), &errors), 0);
	assert_int_equal(conf.ppp.metric, 1);
	conf_free(&conf);
}

static void errors_name_the_included_file_and_its_line(void **state)
{
	struct dir *dir = *state;

	put(dir, "sub/b.conf", "\n\nppp: { metrik = 1; };\n", 0600);
	put(dir, "a.conf", "\n@include \"sub/b.conf\"\nfoo: { };\n", 0600);
	expect(dir, -EINVAL, "sub/b.conf:3: unknown key ppp.metrik");
	expect(dir, -EINVAL, "a.conf:3: unknown group foo");
	put(dir, "sub/b.conf", "\n\nppp: { metric 1; };\n", 0600);
	expect(dir, -EINVAL, "sub/b.conf:3: syntax error");
	put(dir, "sub/b.conf", "ppp: { user = \"", 0600);
	expect(dir, -EINVAL, "sub/b.conf:1: this string has no end");
}

static void includes_that_cannot_be_are_told(void **state)
{
	struct dir *dir = *state;

	put(dir, "a.conf", "\n@include \"none\"\n", 0600);
	expect(dir, -EINVAL, "/none: No such file");
	expect(dir, -EINVAL, "a.conf:2: @include");
	put(dir, "a.conf", "@include \"a.conf\"\n", 0600);
	expect(dir, -EINVAL, "does it include itself");
	put(dir, "a.conf", "@include \"a.conf\"\n@include \"a.conf\"\n", 0600);
	expect(dir, -EINVAL, "too many files");
	put(dir, "a.conf", "@include \"sub\"\n", 0600);
	expect(dir, -EINVAL, "Is a directory");
	assert_int_equal(mkfifo(at(dir, "fifo"), 0600), 0);
	put(dir, "a.conf", "@include \"fifo\"\n", 0600);
	expect(dir, -EINVAL, "not a regular file");
	put(dir, "sub/b.conf", "", 0602);
	put(dir, "a.conf", "@include \"sub/b.conf\"\n", 0600);
	expect(dir, -EINVAL, "chmod o-w");
}

static void a_file_that_cannot_be_read_is_told(void **state)
{
	struct dir *dir = *state;
	struct buf errors = BUF_INIT;
	struct conf conf;

	assert_int_equal(conf_load(&conf, at(dir, "none"), &errors), -ENOENT);
	assert_non_null(strstr(buf_str(&errors), "/none: cannot read it: No "));
	conf_free(&conf);
	put(dir, "a.conf", "", 0606);
	expect(dir, -EPERM, "chmod o-w");
	buf_free(&errors);
}

static void secrets_come_from_files(void **state)
{
	struct dir *dir = *state;
	struct buf errors = BUF_INIT;
	struct conf conf;

	put(dir, "a.conf", "network: { password_file = \"pin\" };", 0600);
	put(dir, "pin", "pass \"word\r\nsecond line", 0600);
	assert_int_equal(conf_load(&conf, at(dir, "a.conf"), &errors), 0);
	assert_string_equal(conf.network.password, "pass \"word");
	conf_free(&conf);
	put(dir, "pin", "", 0600);
	expect(dir, -EINVAL, "its first line has to be the secret");
	put(dir, "pin", "x", 0602);
	expect(dir, -EINVAL, "chmod o-w");
	put(dir, "a.conf", "sim: {\n pin_file = \"none\" };", 0600);
	expect(dir, -EINVAL, "a.conf:2: sim.pin_file: ");
	put(dir, "a.conf", "sim: {\n pin_file = \"pin\" };", 0600);
	put(dir, "pin", "12345678901", 0600);
	expect(dir, -EINVAL, "a.conf:2: sim.pin_file has to be 4 to 8 digits");
	put(dir, "a.conf", "sim: { pin = \"1234\"; pin_file = \"pin\" };", 0600);
	put(dir, "pin", "1234", 0600);
	expect(dir, -EINVAL, "sim.pin_file and sim.pin are both given");
}

/* The log goes to stderr; look at it through a pipe. */
static void expect_warning(struct dir *dir, bool wanted)
{
	struct buf errors = BUF_INIT;
	int pipe_fds[2], saved = dup(STDERR_FILENO);
	char said[512] = "";
	struct conf conf;
	int err;

	assert_true(saved >= 0);
	assert_int_equal(pipe(pipe_fds), 0);
	dup2(pipe_fds[1], STDERR_FILENO);
	err = conf_load(&conf, at(dir, "a.conf"), &errors);
	dup2(saved, STDERR_FILENO);
	close(saved);
	close(pipe_fds[1]);
	assert_true(read(pipe_fds[0], said, sizeof(said) - 1) >= 0);
	close(pipe_fds[0]);
	assert_int_equal(err, 0);
	if (wanted != (strstr(said, "chmod 600 ") != NULL))
		fail_msg("\"%s\"", said);
	conf_free(&conf);
}

static void secrets_that_others_can_read_are_warned_of(void **state)
{
	struct dir *dir = *state;

	put(dir, "a.conf", "network: { password = \"x\" };", 0640);
	expect_warning(dir, true);
	put(dir, "a.conf", "network: { password = \"x\" };", 0600);
	expect_warning(dir, false);
	put(dir, "a.conf", "network: { password = \"\" };", 0644);
	expect_warning(dir, false);
	put(dir, "pin", "1234", 0604);
	put(dir, "a.conf", "sim: { pin_file = \"pin\" };", 0644);
	expect_warning(dir, true);
	put(dir, "pin", "1234", 0400);
	expect_warning(dir, false);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(includes_are_relative_to_their_file, make_dir,
						drop_dir),
		cmocka_unit_test_setup_teardown(one_line_includes_one_file, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(includes_work_by_absolute_path, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(errors_name_the_included_file_and_its_line,
						make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(includes_that_cannot_be_are_told, make_dir,
						drop_dir),
		cmocka_unit_test_setup_teardown(a_file_that_cannot_be_read_is_told, make_dir,
						drop_dir),
		cmocka_unit_test_setup_teardown(secrets_come_from_files, make_dir, drop_dir),
		cmocka_unit_test_setup_teardown(secrets_that_others_can_read_are_warned_of,
						make_dir, drop_dir),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
