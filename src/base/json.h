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
