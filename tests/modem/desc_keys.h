/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_DESC_KEYS_H
#define GD_MODEM_DESC_KEYS_H

#include <stddef.h>

enum key_type {
	KEY_INT,
	KEY_BOOL,
	KEY_STRING,
	KEY_STRINGS,
	KEY_WORD,
	KEY_GROUP, /* its keys are in `keys` */
	KEY_LIST,  /* of groups of `size` bytes, their keys are in `keys` */
};

/* One key: where its value goes, and what it is when the file is silent. */
struct key {
	const char *name;
	enum key_type type;
	size_t offset;
	long number;
	const char *string;
	const char *const *words;
	const struct key *keys;
	size_t size;
};

/* What a description may say; ends with a key without a name. */
extern const struct key desc_keys[];

#endif
