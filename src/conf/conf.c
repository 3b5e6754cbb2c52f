/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/schema.h"

static void *field(const struct conf_key *key, struct conf *conf)
{
	return (char *)conf + key->offset;
}

static const void *const_field(const struct conf_key *key, const struct conf *conf)
{
	return (const char *)conf + key->offset;
}

static size_t field_size(enum conf_type type)
{
	switch (type) {
	case CONF_TYPE_STRING:
	case CONF_TYPE_SECRET:
		return sizeof(char *);
	case CONF_TYPE_FILE:
		return 0; /* the field is its secret's */
	case CONF_TYPE_INT:
		return sizeof(int);
	case CONF_TYPE_BOOL:
		return sizeof(bool);
	case CONF_TYPE_ENUM:
		return sizeof(unsigned);
	case CONF_TYPE_LIST:
		return sizeof(struct conf_list);
	}
	return 0;
}

static void wipe(char **text)
{
	if (*text)
		explicit_bzero(*text, strlen(*text));
	free(*text);
	*text = NULL;
}

static int set_string(char **to, const char *value, bool lower)
{
	char *copy = strdup(value);

	if (!copy)
		return -ENOMEM;
	for (char *c = copy; lower && *c; c++)
		*c = (char)tolower((unsigned char)*c);
	wipe(to);
	*to = copy;
	return 0;
}

static int add_item(struct conf_list *list, const char *value)
{
	if (list->count == CONF_LIST_MAX)
		return -E2BIG;
	list->items[list->count] = strdup(value);
	if (!list->items[list->count])
		return -ENOMEM;
	list->count++;
	return 0;
}

int conf_key_set(const struct conf_key *key, struct conf *conf, const char *value)
{
	void *to = field(key, conf);
	long number = 0;

	switch (key->type) {
	case CONF_TYPE_STRING:
	case CONF_TYPE_SECRET:
	case CONF_TYPE_FILE:
		return set_string(to, value, key->lower);
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
		return add_item(to, value);
	}
	return -EINVAL;
}

void conf_key_clear(const struct conf_key *key, struct conf *conf)
{
	struct conf_list *list;

	if (key->type != CONF_TYPE_LIST)
		return;
	list = field(key, conf);
	while (list->count > 0)
		wipe(&list->items[--list->count]);
}

static int set_fallback(const struct conf_key *key, struct conf *conf)
{
	char word[64];
	size_t len;
	int err = 0;

	if (key->type == CONF_TYPE_FILE)
		return 0;
	if (key->type != CONF_TYPE_LIST)
		return conf_key_set(key, conf, key->fallback);
	for (const char *at = key->fallback; *at && !err; at += len) {
		at += *at == ' ';
		len = strcspn(at, " ");
		memcpy(word, at, len);
		word[len] = '\0';
		err = conf_key_set(key, conf, word);
	}
	return err;
}

int conf_init(struct conf *conf)
{
	int err = 0;

	memset(conf, 0, sizeof(*conf));
	for (const struct conf_key *key = conf_keys; key->name && !err; key++)
		err = set_fallback(key, conf);
	return err;
}

void conf_free(struct conf *conf)
{
	for (const struct conf_key *key = conf_keys; key->name; key++) {
		if (key->type == CONF_TYPE_STRING || key->type == CONF_TYPE_SECRET)
			wipe(field(key, conf));
		conf_key_clear(key, conf);
	}
}

static bool list_equal(const struct conf_list *a, const struct conf_list *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return false;
	return true;
}

bool conf_key_equal(const struct conf_key *key, const struct conf *a, const struct conf *b)
{
	const void *x = const_field(key, a), *y = const_field(key, b);

	switch (key->type) {
	case CONF_TYPE_STRING:
	case CONF_TYPE_SECRET:
		return strcmp(*(char *const *)x, *(char *const *)y) == 0;
	case CONF_TYPE_LIST:
		return list_equal(x, y);
	default:
		return memcmp(x, y, field_size(key->type)) == 0;
	}
}

void conf_key_swap(const struct conf_key *key, struct conf *a, struct conf *b)
{
	unsigned char keep[sizeof(struct conf_list)];
	size_t size = field_size(key->type);

	memcpy(keep, field(key, a), size);
	memcpy(field(key, a), field(key, b), size);
	memcpy(field(key, b), keep, size);
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

static void print_list(struct buf *out, const struct conf_list *list)
{
	buf_printf(out, "(");
	for (size_t i = 0; i < list->count; i++) {
		buf_printf(out, i ? ", " : "");
		print_string(out, list->items[i]);
	}
	buf_printf(out, ")");
}

void conf_key_print(const struct conf_key *key, const struct conf *conf, struct buf *out)
{
	const void *at = const_field(key, conf);

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
		print_list(out, at);
		break;
	}
}
