/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "base/str.h"

#include "desc.h"
#include "desc_keys.h"

/* The shape that DESC_LIST and struct desc_strings share. */
struct items {
	void *items;
	size_t count;
};

static void complain(config_setting_t *at, const char *what, const char *hint)
{
	const char *file = config_setting_source_file(at);

	fprintf(stderr, "gobi-modem: %s:%d: %s: %s%s\n", file ? file : "?",
		config_setting_source_line(at),
		config_setting_name(at) ? config_setting_name(at) : "entry", what,
		hint ? hint : "");
}

static bool read_int(config_setting_t *at, const struct key *key, void *to)
{
	if (config_setting_type(at) != CONFIG_TYPE_INT) {
		complain(at, "must be a whole number", NULL);
		return false;
	}
	*(int *)((char *)to + key->offset) = config_setting_get_int(at);
	return true;
}

static bool read_bool(config_setting_t *at, const struct key *key, void *to)
{
	if (config_setting_type(at) != CONFIG_TYPE_BOOL) {
		complain(at, "must be true or false", NULL);
		return false;
	}
	*(bool *)((char *)to + key->offset) = config_setting_get_bool(at);
	return true;
}

static bool read_string(config_setting_t *at, const struct key *key, void *to)
{
	if (config_setting_type(at) != CONFIG_TYPE_STRING) {
		complain(at, "must be a string in quotes", NULL);
		return false;
	}
	*(const char **)((char *)to + key->offset) = config_setting_get_string(at);
	return true;
}

static bool read_strings(config_setting_t *at, const struct key *key, void *to)
{
	struct items *list = (struct items *)((char *)to + key->offset);
	int count = config_setting_length(at);
	const char **strings;

	if (!config_setting_is_list(at) && !config_setting_is_array(at)) {
		complain(at, "must be a list of strings", NULL);
		return false;
	}
	strings = calloc((size_t)count + 1, sizeof(*strings));
	if (!strings)
		return false;
	list->items = strings;
	list->count = (size_t)count;
	for (int i = 0; i < count; i++) {
		strings[i] = config_setting_get_string_elem(at, i);
		if (!strings[i]) {
			complain(at, "has an entry that is no string", NULL);
			return false;
		}
	}
	return true;
}

static bool read_word(config_setting_t *at, const struct key *key, void *to)
{
	const char *word = config_setting_get_string(at);

	for (int i = 0; word && key->words[i]; i++) {
		if (strcmp(word, key->words[i]) == 0) {
			*(int *)((char *)to + key->offset) = i;
			return true;
		}
	}
	complain(at, "must be one word of those in README.md, such as ", key->words[0]);
	return false;
}

static void set_defaults(const struct key *keys, void *to)
{
	for (const struct key *key = keys; key->name; key++) {
		char *place = (char *)to + key->offset;

		if (key->type == KEY_INT)
			*(int *)place = (int)key->number;
		else if (key->type == KEY_BOOL)
			*(bool *)place = key->number != 0;
		else if (key->type == KEY_STRING)
			*(const char **)place = key->string;
		else if (key->type == KEY_GROUP)
			set_defaults(key->keys, place);
	}
}

static bool read_group(config_setting_t *at, const struct key *keys, void *to);

static bool read_list(config_setting_t *at, const struct key *key, void *to)
{
	struct items *list = (struct items *)((char *)to + key->offset);
	int count = config_setting_length(at);

	if (!config_setting_is_list(at)) {
		complain(at, "must be a list of groups: ( { ... }, ... )", NULL);
		return false;
	}
	list->items = calloc((size_t)count + 1, key->size);
	if (!list->items)
		return false;
	list->count = (size_t)count;
	for (int i = 0; i < count; i++) {
		char *item = (char *)list->items + (size_t)i * key->size;

		set_defaults(key->keys, item);
		if (!read_group(config_setting_get_elem(at, (unsigned)i), key->keys, item))
			return false;
	}
	return true;
}

static bool read_key(config_setting_t *at, const struct key *key, void *to)
{
	switch (key->type) {
	case KEY_INT:
		return read_int(at, key, to);
	case KEY_BOOL:
		return read_bool(at, key, to);
	case KEY_STRING:
		return read_string(at, key, to);
	case KEY_STRINGS:
		return read_strings(at, key, to);
	case KEY_WORD:
		return read_word(at, key, to);
	case KEY_GROUP:
		return read_group(at, key->keys, (char *)to + key->offset);
	case KEY_LIST:
		return read_list(at, key, to);
	}
	return false;
}

static bool unknown_key(config_setting_t *at, const struct key *keys)
{
	const char *names[32] = {NULL};
	const char *near;

	for (size_t i = 0; keys[i].name && i < 31; i++)
		names[i] = keys[i].name;
	near = str_nearest(config_setting_name(at), names);
	complain(at, near ? "is no key; meant: " : "is no key", near);
	return false;
}

static bool read_group(config_setting_t *at, const struct key *keys, void *to)
{
	if (!config_setting_is_group(at)) {
		complain(at, "must be a group: { ... }", NULL);
		return false;
	}
	for (int i = 0; i < config_setting_length(at); i++) {
		config_setting_t *child = config_setting_get_elem(at, (unsigned)i);
		const struct key *key = keys;

		while (key->name && strcmp(key->name, config_setting_name(child)) != 0)
			key++;
		if (!key->name)
			return unknown_key(child, keys);
		if (!read_key(child, key, to))
			return false;
	}
	return true;
}

static bool has_variable(const struct desc *desc, const char *name)
{
	for (size_t i = 0; name && i < desc->variables.count; i++)
		if (strcmp(desc->variables.items[i].name, name) == 0)
			return true;
	return !name;
}

static bool check(const struct desc *desc, const char *path)
{
	const char *what = NULL;

	if (desc->ports.count == 0 || desc->ports.count > 16)
		what = "needs 1 to 16 ports";
	for (size_t i = 0; i < desc->contexts.count; i++)
		if (desc->contexts.items[i].cid < 1 || desc->contexts.items[i].cid > 16)
			what = "contexts: cid must be 1 to 16";
	for (size_t i = 0; i < desc->commands.count; i++)
		if (!desc->commands.items[i].command[0])
			what = "commands: an entry has no command";
	for (size_t i = 0; i < desc->commands.count; i++)
		if (!has_variable(desc, desc->commands.items[i].set))
			what = "commands: set names no variable of variables";
	for (size_t i = 0; i < desc->noise.count; i++)
		if (desc->noise.items[i].every_ms < 0)
			what = "noise: every_ms must not be negative";
	if (what)
		fprintf(stderr, "gobi-modem: %s: %s\n", path, what);
	return what == NULL;
}

/* @include is relative to the file that has it. */
static void set_include_dir(config_t *file, const char *path)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? strndup(path, (size_t)(slash - path)) : NULL;

	if (dir)
		config_set_include_dir(file, dir);
	free(dir);
}

struct desc *desc_load(const char *path)
{
	struct desc *desc = calloc(1, sizeof(*desc));
	config_t *file = calloc(1, sizeof(*file));

	if (!desc || !file) {
		free(desc);
		free(file);
		return NULL;
	}
	config_init(file);
	set_include_dir(file, path);
	desc->file = file;
	set_defaults(desc_keys, desc);
	if (!config_read_file(file, path)) {
		fprintf(stderr, "gobi-modem: %s:%d: %s\n", path, config_error_line(file),
			config_error_text(file));
	} else if (read_group(config_root_setting(file), desc_keys, desc) && check(desc, path)) {
		return desc;
	}
	desc_free(desc);
	return NULL;
}

void desc_free(struct desc *desc)
{
	if (!desc)
		return;
	for (size_t i = 0; i < desc->commands.count; i++) {
		free(desc->commands.items[i].lines.items);
		free(desc->commands.items[i].choices.items);
	}
	free(desc->identity.ati.items);
	free(desc->at.unsupported.items);
	free(desc->call.results.items);
	free(desc->network.registration.items);
	free(desc->ports.items);
	free(desc->contexts.items);
	free(desc->commands.items);
	free(desc->noise.items);
	free(desc->variables.items);
	config_destroy(desc->file);
	free(desc->file);
	free(desc);
}
