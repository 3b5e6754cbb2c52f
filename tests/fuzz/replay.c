/* SPDX-License-Identifier: ISC */
/*
 * Stands in for libFuzzer's main: feeds the target each file named on the
 * command line or, without any, each of its seeds, tests/fuzz/seeds/TARGET in
 * $top_srcdir. TAP on stdout. A crash ends the plan early, which is a failure.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"

#define SEED_MAX (1 << 20)

static int read_file(const char *path, uint8_t **data, size_t *size)
{
	FILE *file = fopen(path, "rb");
	int error = 0;

	if (!file)
		return -errno;
	*data = malloc(SEED_MAX);
	*size = *data ? fread(*data, 1, SEED_MAX, file) : 0;
	if (!*data || ferror(file))
		error = -EIO;
	fclose(file);
	return error;
}

/* A copy of exactly its size, so that sanitizers see the first byte too far. */
static int replay(const char *path)
{
	uint8_t *data = NULL, *exact;
	size_t size = 0;
	int error = read_file(path, &data, &size);

	exact = error ? NULL : malloc(size ? size : 1);
	if (exact) {
		memcpy(exact, data, size);
		LLVMFuzzerTestOneInput(exact, size);
	}
	error = error || !exact;
	free(exact);
	free(data);
	return error;
}

static int visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

static const char *base_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* libtool or gdb may have renamed it: "lt-fuzz-x". */
static const char *target_name(const char *program)
{
	const char *name = strstr(base_name(program), "fuzz-");

	return name ? name : base_name(program);
}

static int say(int failed, int number, const char *name)
{
	printf("%sok %d - %s\n", failed ? "not " : "", number, name);
	fflush(stdout);
	return failed;
}

static int replay_files(int count, char **paths)
{
	int failed = 0;

	printf("1..%d\n", count);
	for (int i = 0; i < count; i++)
		failed |= say(replay(paths[i]), i + 1, base_name(paths[i]));
	return failed;
}

static int replay_seeds(const char *target)
{
	const char *top = getenv("top_srcdir");
	struct dirent **names;
	char dir[1024], path[2048];
	int count, failed = 0;

	snprintf(dir, sizeof(dir), "%s/tests/fuzz/seeds/%s", top ? top : ".", target);
	count = scandir(dir, &names, visible, alphasort);
	if (count <= 0) {
		printf("1..1\nnot ok 1 - no seeds in %s\n", dir);
		return 1;
	}
	printf("1..%d\n", count);
	for (int i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		failed |= say(replay(path), i + 1, names[i]->d_name);
		free(names[i]);
	}
	free(names);
	return failed;
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return replay_files(argc - 1, argv + 1);
	return replay_seeds(target_name(argv[0]));
}
