/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_SHOW_H
#define GD_DOCTOR_SHOW_H

#include <stdbool.h>

struct buf;
struct finding_list;
struct json_object;

/* The contract's {"findings": [...]}; the caller puts it. */
struct json_object *doctor_json(const struct finding_list *list);

/* The same for people: problems whole, the rest a line each; colour (SGR) when `colour`. */
void doctor_render(const struct finding_list *list, bool colour, struct buf *out);

#endif
