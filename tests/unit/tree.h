/* SPDX-License-Identifier: ISC */
#ifndef GD_TESTS_TREE_H
#define GD_TESTS_TREE_H

/*
 * Plant tests/fixtures/NAME.tree below a new folder of /tmp, whose name is
 * returned in static storage. In it "[dir]" opens a folder, "name = text" is a
 * file, "name -> target" a symlink. It fails the test when it cannot.
 */
const char *tree_plant(const char *name);

void tree_fell(void);

#endif
