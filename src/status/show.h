/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_SHOW_H
#define GD_STATUS_SHOW_H

#include <stdbool.h>
#include <stddef.h>

struct buf;
struct json_object;

/* Shared by everything that reads status objects. A missing key gives NULL, "" or 0, and so does a
 * NULL object. */
struct json_object *show_get(struct json_object *object, const char *key);
const char *show_text(struct json_object *object, const char *key);
bool show_has(struct json_object *object, const char *key);
long long show_number(struct json_object *object, const char *key);
size_t show_count(struct json_object *array);

/* A line's indented first column, SHOW_INDENT wide. */
#define SHOW_INDENT 12
void show_label(struct buf *out, const char *name);

/* A percentage as five characters: "|||..". */
void show_bar(struct buf *out, long long percent);

#endif
