/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/schema.h"

static void *field_of(const struct conf_key *key, const struct conf *conf)
{
	return (char *)conf + key->offset;
}

/* 0 for a file key, whose field belongs to its secret. */
static size_t field_size(enum conf_type type)
{
	static const size_t sizes[] = {
		[CONF_TYPE_STRING] = sizeof(char *),
		[CONF_TYPE_SECRET] = sizeof(char *),
		[CONF_TYPE_FILE] = 0,
		[CONF_TYPE_INT] = sizeof(int),
		[CONF_TYPE_BOOL] = sizeof(bool),
		[CONF_TYPE_ENUM] = sizeof(unsigned),
		[CONF_TYPE_LIST] = sizeof(struct conf_list),
	};

	return sizes[type];
}

int conf_key_set(const struct conf_key *key, struct conf *conf, const char *value)
{
	void *to = field_of(key, conf);
	struct conf_list *list = to;
	long number = 0;
	char *copy;

	switch (key->type) {
	case CONF_TYPE_STRING:
	case CONF_TYPE_SECRET:
	case CONF_TYPE_FILE:
		copy = strdup(value);
		if (!copy)
			return -ENOMEM;
		for (char *c = copy; key->lower && *c; c++)
			*c = (char)tolower((unsigned char)*c);
		str_free_secret(*(char **)to);
		*(char **)to = copy;
		return 0;
	case CONF_TYPE_INT:
		if (!str_to_int(value, -2147483648L, 2147483647L, &number))
			return -EINVAL;
		*(int *)to = (int)number;
		return 0;
	case CONF_TYPE_BOOL:
		*(bool *)to = strcmp(value, "true") == 0;
		return 0;
	case CONF_TYPE_ENUM:
		if (conf_key_word(key, value) < 0)
			return -EINVAL;
		*(unsigned *)to = (unsigned)conf_key_word(key, value);
		return 0;
	case CONF_TYPE_LIST:
		if (list->count == CONF_LIST_MAX)
			return -E2BIG;
		list->items[list->count] = strdup(value);
		if (!list->items[list->count])
			return -ENOMEM;
		list->count++;
		return 0;
	}
	return -EINVAL;
}

void conf_key_clear(const struct conf_key *key, struct conf *conf)
{
	struct conf_list *list;

	if (key->type != CONF_TYPE_LIST)
		return;
	list = field_of(key, conf);
	while (list->count > 0)
		str_free_secret(list->items[--list->count]);
}

int conf_init(struct conf *conf)
{
	int err = 0;

	memset(conf, 0, sizeof(*conf));
	for (const struct conf_key *key = conf_keys; key->name && !err; key++) {
		bool is_list = key->type == CONF_TYPE_LIST;
		char word[64];

		if (key->type != CONF_TYPE_FILE && !is_list)
			err = conf_key_set(key, conf, key->fallback);
		for (const char *at = key->fallback; is_list && *at && !err;) {
			size_t len = strcspn(at, " ");

			memcpy(word, at, len);
			word[len] = '\0';
			err = conf_key_set(key, conf, word);
			at += len + (at[len] == ' ');
		}
	}
	return err;
}

void conf_free(struct conf *conf)
{
	for (const struct conf_key *key = conf_keys; key->name; key++) {
		if (key->type == CONF_TYPE_STRING || key->type == CONF_TYPE_SECRET) {
			char **text = field_of(key, conf);

			str_free_secret(*text);
			*text = NULL;
		}
		conf_key_clear(key, conf);
	}
}

bool conf_key_equal(const struct conf_key *key, const struct conf *a, const struct conf *b)
{
	const void *x = field_of(key, a), *y = field_of(key, b);
	const struct conf_list *left = x, *right = y;

	switch (key->type) {
	case CONF_TYPE_STRING:
	case CONF_TYPE_SECRET:
		return strcmp(*(char *const *)x, *(char *const *)y) == 0;
	case CONF_TYPE_LIST:
		for (size_t i = 0; i < left->count && i < right->count; i++)
			if (strcmp(left->items[i], right->items[i]) != 0)
				return false;
		return left->count == right->count;
	default:
		return memcmp(x, y, field_size(key->type)) == 0;
	}
}

void conf_key_swap(const struct conf_key *key, struct conf *a, struct conf *b)
{
	unsigned char keep[sizeof(struct conf_list)];
	size_t size = field_size(key->type);

	memcpy(keep, field_of(key, a), size);
	memcpy(field_of(key, a), field_of(key, b), size);
	memcpy(field_of(key, b), keep, size);
}

static void print_string(struct buf *out, const char *text)
{
	buf_printf(out, "\"");
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			buf_printf(out, "\\%c", *text);
		else if (*text < 0x20 || *text > 0x7e)
			buf_printf(out, "\\x%02x", (unsigned char)*text);
		else
			buf_append(out, text, 1);
	}
	buf_printf(out, "\"");
}

void conf_key_print(const struct conf_key *key, const struct conf *conf, struct buf *out)
{
	const void *at = field_of(key, conf);
	const struct conf_list *list = at;

	buf_printf(out, "%s = ", key->name);
	switch (key->type) {
	case CONF_TYPE_STRING:
		print_string(out, *(char *const *)at);
		break;
	case CONF_TYPE_SECRET:
	case CONF_TYPE_FILE:
		buf_printf(out, **(char *const *)at ? "\"********\"" : "\"\"");
		break;
	case CONF_TYPE_INT:
		buf_printf(out, "%d", *(const int *)at);
		break;
	case CONF_TYPE_BOOL:
		buf_printf(out, *(const bool *)at ? "true" : "false");
		break;
	case CONF_TYPE_ENUM:
		buf_printf(out, "\"%s\"", key->words[*(const unsigned *)at]);
		break;
	case CONF_TYPE_LIST:
		buf_printf(out, "(");
		for (size_t i = 0; i < list->count; i++) {
			buf_printf(out, i ? ", " : "");
			print_string(out, list->items[i]);
		}
		buf_printf(out, ")");
		break;
	}
}
