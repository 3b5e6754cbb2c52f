/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "unit.h"

#include "tree.h"

static char root[32];

static void make_folders_above(char *path)
{
	for (char *at = path + strlen(root) + 1; (at = strchr(at, '/')); at++) {
		*at = '\0';
		if (mkdir(path, 0755) < 0)
			assert_int_equal(errno, EEXIST);
		*at = '/';
	}
}

static void plant_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	fprintf(file, "%s\n", text);
	fclose(file);
}

static void plant(const char *folder, const char *line)
{
	const char *equals = strstr(line, " ="), *arrow = strstr(line, " -> ");
	const char *end = arrow ? arrow : equals;
	char path[512];

	assert_non_null(end);
	assert_in_range(
		snprintf(path, sizeof(path), "%s/%s/%.*s", root, folder, (int)(end - line), line),
		1, sizeof(path) - 1);
	make_folders_above(path);
	if (arrow)
		assert_int_equal(symlink(arrow + 4, path), 0);
	else
		plant_file(path, equals[2] ? equals + 3 : "");
}

const char *tree_plant(const char *name)
{
	char path[512], line[512], folder[256] = "";
	const char *top = getenv("top_srcdir");
	FILE *file;

	strcpy(root, "/tmp/gobi-tree-XXXXXX");
	assert_non_null(mkdtemp(root));
	snprintf(path, sizeof(path), "%s/tests/fixtures/%s.tree", top ? top : ".", name);
	file = fopen(path, "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '[')
			snprintf(folder, sizeof(folder), "%.*s", (int)strlen(line) - 2, line + 1);
		else if (line[0] && line[0] != '#')
			plant(folder, line);
	}
	fclose(file);
	return root;
}

static int fell(const char *path, const struct stat *status, int type, struct FTW *at)
{
	(void)status;
	(void)type;
	(void)at;
	return remove(path);
}

void tree_fell(void)
{
	/* musl's goes no deeper than that number. */
	assert_int_equal(nftw(root, fell, 64, FTW_DEPTH | FTW_PHYS), 0);
}
