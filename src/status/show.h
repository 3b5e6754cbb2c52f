/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_SHOW_H
#define GD_STATUS_SHOW_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct json_object;

/* What the screens made from JSON share. A key that is not there gives NULL, "" or 0, and so does a
 * NULL object. */
struct json_object *show_get(struct json_object *object, const char *key);
const char *show_text(struct json_object *object, const char *key);
bool show_has(struct json_object *object, const char *key);
long long show_number(struct json_object *object, const char *key);
size_t show_count(struct json_object *array);

/* A line's indented first column, SHOW_INDENT wide. */
#define SHOW_INDENT 12
void show_label(struct buf *out, const char *name);

/* Five signs for a percentage: "|||..". */
void show_bar(struct buf *out, long long percent);

#endif
