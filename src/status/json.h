/* SPDX-License-Identifier: ISC */
#ifndef GD_STATUS_JSON_H
#define GD_STATUS_JSON_H

struct json_object;

/* Add to an object what is known: nothing at all for NULL, "" and numbers
 * below 0. Texts may be a stranger's: controls and bytes that are no UTF-8
 * become \ooo, so that the result is always JSON. */
void json_add_text(struct json_object *object, const char *key,
		   const char *text);
void json_add_number(struct json_object *object, const char *key,
		     long long number);

/* As four hexadecimal digits, as USB ids are written. */
void json_add_hex4(struct json_object *object, const char *key, int number);

#endif
