/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_JSON_H
#define GD_BASE_JSON_H

#include <json-c/json.h>

/* How an object is printed: on one line, and no \/ where the library can. */
#ifdef JSON_C_TO_STRING_NOSLASHESCAPE
#define JSON_LINE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
#else
#define JSON_LINE JSON_C_TO_STRING_PLAIN
#endif

/* Add to an object what is known: nothing at all for NULL, "" and numbers below 0. Texts may be a
 * stranger's: controls and bytes that are no UTF-8 become \ooo, so that the result is always
 * JSON. */
void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_number(struct json_object *object, const char *key, long long number);

/* As four hexadecimal digits, as USB ids are written. */
void json_add_hex4(struct json_object *object, const char *key, int number);

#endif
