/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_JSON_H
#define GD_BASE_JSON_H

#include <json-c/json.h>

/* How an object is printed: on one line, and with plain slashes where the library can. */
#ifdef JSON_C_TO_STRING_NOSLASHESCAPE
#define JSON_LINE (JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE)
#else
#define JSON_LINE JSON_C_TO_STRING_PLAIN
#endif

/* json-c takes NULL, which is JSON's null, for a value, but asserts that what it goes into is
 * there. Without memory it is not: these take that, put the value, and say so. */
int json_add_value(struct json_object *object, const char *key, struct json_object *value);
int json_append_value(struct json_object *array, struct json_object *value);
#define json_object_object_add json_add_value
#define json_object_array_add  json_append_value

/* How many members or elements; 0 where it is NULL. */
size_t json_count(const struct json_object *object);
#define json_object_object_length json_count
#define json_object_array_length  json_count

/* A new object as that member; NULL where memory is short. */
struct json_object *json_add_object(struct json_object *object, const char *key);

/* The object's text; "null" where memory is short. */
const char *json_text(struct json_object *object, int flags);
#define json_object_to_json_string_ext json_text

/* Add a value that is known: NULL, "" and numbers below 0 add nothing. Texts may come from modem or
 * network: control characters and invalid UTF-8 become \ooo, so that the result is always JSON. */
void json_add_text(struct json_object *object, const char *key, const char *text);
void json_add_number(struct json_object *object, const char *key, long long number);

/* As four hexadecimal digits, as USB ids are written. */
void json_add_hex4(struct json_object *object, const char *key, int number);

/* Make every text in it safe for terminals, as str_print_safe does: whoever listens on a socket may
 * be an impostor. */
void json_make_safe(struct json_object *object);

#endif
