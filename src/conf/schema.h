/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_SCHEMA_H
#define GD_CONF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/validate.h"

struct buf;
struct conf;

enum conf_type {
	CONF_TYPE_STRING,
	CONF_TYPE_SECRET, /* a string that nothing may show */
	CONF_TYPE_FILE,   /* names a file whose first line is the secret at
			   * `offset` */
	CONF_TYPE_INT,
	CONF_TYPE_BOOL,
	CONF_TYPE_ENUM, /* one of `words`, kept as its index */
	CONF_TYPE_LIST, /* strings */
};

struct conf_key {
	const char *group;
	const char *name;
	const char *fallback;     /* the default; of a list, its words */
	const char *const *words; /* the only good strings, or NULL */
	const char *unit;         /* of an int, for people */
	int min, max;             /* of an int; `max` of a string: bytes */
	unsigned short offset;    /* into struct conf */
	unsigned char type;       /* enum conf_type */
	unsigned char format;     /* of strings and items: enum conf_format */
	bool zero : 1;            /* of an int: 0 is good too */
	bool lower : 1;           /* a string kept in lower case */
	bool number : 1;          /* a string that may stand as a number, without quotes */
	bool now : 1;             /* in force at once; else with the next dial */
};

/* All keys, ended by one without a name. Their rows are in conf/keys.h. */
extern const struct conf_key conf_keys[];

const struct conf_key *conf_key_find(const char *group, const char *name);

/* The index of `value` in the key's words, -1 when it is none of them. */
int conf_key_word(const struct conf_key *key, const char *value);

/* Whether a string (of a file key: the file's first line), or a list's item, is good. The reason
 * never shows a secret. */
bool conf_key_check(const struct conf_key *key, const char *value, struct buf *why);
bool conf_key_check_int(const struct conf_key *key, long long value, struct buf *why);

/* Store a checked value. For lists, add an item: -E2BIG when it is full. Ints and bools come as
 * text, too. -ENOMEM. */
int conf_key_set(const struct conf_key *key, struct conf *conf, const char *value);

/* Empty a list, before its items come. */
void conf_key_clear(const struct conf_key *key, struct conf *conf);

/* As it stands in a config, secrets as "********": `apn = "internet"`. */
void conf_key_print(const struct conf_key *key, const struct conf *conf, struct buf *out);

/* Whether two configurations say the same; of a file key, always. */
bool conf_key_equal(const struct conf_key *key, const struct conf *a, const struct conf *b);

/* Exchange the two's values. It cannot fail. */
void conf_key_swap(const struct conf_key *key, struct conf *a, struct conf *b);

/* What has to hold between keys: a row for each rule, ended by one without a check. */
struct conf_rule {
	const char *group; /* the key whose line the error points at */
	const char *name;
	bool (*check)(const struct conf *conf, struct buf *why);
};

extern const struct conf_rule conf_rules[];

#endif
