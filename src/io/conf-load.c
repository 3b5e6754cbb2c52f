/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "io/conf-load.h"
#include "io/conf-source.h"

#define KEYS_MAX        64
#define SECRET_FILE_MAX 1024

struct load {
	struct conf *conf;
	struct source source;
	struct buf *errors;
	int lines[KEYS_MAX]; /* of each key in the whole; 0: not given */
	unsigned warned;     /* a bit for each file of `source` */
	int err;
};

static int *line_of(struct load *load, const struct conf_key *key)
{
	return &load->lines[key - conf_keys];
}

/* Printed as in the file, but cut, for it may be anything. */
#define QUOTED       "\"%.60s\"%s"
#define QUOTE(value) value, strlen(value) > 60 ? "..." : ""

static void complain(struct load *load, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void complain(struct load *load, int line, const char *format, ...)
{
	struct source_at at = source_at(&load->source, line);
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	source_complain(load->errors, at.file->path, line ? at.line : 0, "%s", buf_str(&text));
	buf_free(&text);
}

static void complain_key(struct load *load, const struct conf_key *key, int line, const char *what,
			 const struct buf *why)
{
	complain(load, line, "%s.%s%s %s", key->group, key->name, what, buf_str(why));
}

static void store(struct load *load, const struct conf_key *key, const char *value)
{
	int err = conf_key_set(key, load->conf, value);

	if (err && !load->err)
		load->err = err;
}

static const char *type_name(int type)
{
	switch (type) {
	case CONFIG_TYPE_GROUP:
		return "a group";
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return "a number";
	case CONFIG_TYPE_FLOAT:
		return "a number with a fraction";
	case CONFIG_TYPE_STRING:
		return "a string";
	case CONFIG_TYPE_BOOL:
		return "true or false";
	case CONFIG_TYPE_ARRAY:
	case CONFIG_TYPE_LIST:
		return "a list";
	default:
		return "nothing";
	}
}

static void wrong_type(struct load *load, const struct conf_key *key, int type, int line)
{
	static const char *const wants[] = {
		[CONF_TYPE_STRING] = "\"TEXT\"",
		[CONF_TYPE_SECRET] = "\"TEXT\"",
		[CONF_TYPE_FILE] = "\"FILE\"",
		[CONF_TYPE_INT] = "NUMBER",
		[CONF_TYPE_BOOL] = "true or false",
		[CONF_TYPE_ENUM] = "\"WORD\"",
		[CONF_TYPE_LIST] = "( \"ITEM\", \"ITEM\" )",
	};
	const char *hint = "";

	if ((type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64) &&
	    (key->type == CONF_TYPE_STRING || key->type == CONF_TYPE_SECRET))
		hint = ", with its quotes: a number loses its leading zeros";
	else if (key->type == CONF_TYPE_INT && type == CONFIG_TYPE_STRING)
		hint = ", without quotes";
	complain(load, line, "%s.%s cannot be %s; write %s = %s%s", key->group, key->name,
		 type_name(type), key->name, wants[key->type], hint);
}

/* A secret in a file that others can read is no secret. */
static void warn_of_mode(const char *path, mode_t mode)
{
	if (mode & (S_IRGRP | S_IWGRP | S_IROTH))
		log_warning("%s: mode %04o lets others read the secret in it; chmod 600 %s", path,
			    mode & 07777, path);
}

static void warn_of_config_mode(struct load *load, int line)
{
	const struct source_file *file = source_at(&load->source, line).file;
	unsigned bit = 1U << (file - load->source.files);

	if (!(load->warned & bit))
		warn_of_mode(file->path, file->mode);
	load->warned |= bit;
}

static void check_and_store(struct load *load, const struct conf_key *key, int line,
			    const char *value)
{
	struct buf why = BUF_INIT;

	if (conf_key_check(key, value, &why))
		store(load, key, value);
	else if (key->type == CONF_TYPE_SECRET || key->type == CONF_TYPE_FILE)
		complain_key(load, key, line, "", &why);
	else
		complain(load, line, "%s.%s: " QUOTED " %s", key->group, key->name, QUOTE(value),
			 buf_str(&why));
	buf_free(&why);
}

/* The first line without its end; false when it is none. */
static bool first_line(struct buf *text)
{
	size_t len = strcspn(buf_str(text), "\r\n");

	if (len == 0 || memchr(text->data, '\0', text->len))
		return false;
	text->data[len] = '\0';
	return true;
}

static void load_secret_file(struct load *load, const struct conf_key *key, int line,
			     const char *name)
{
	const struct source_file *from = source_at(&load->source, line).file;
	struct buf text = BUF_INIT;
	mode_t mode = 0;
	char *path = source_resolve(from->path, name);
	int err = -ENOMEM;

	if (!from->mode)
		complain(load, line, "%s.%s works in files only", key->group, key->name);
	else if (!path || (err = source_slurp(path, SECRET_FILE_MAX, &text, &mode)))
		complain(load, line, "%s.%s: %s: %s", key->group, key->name, path ? path : name,
			 source_strerror(err));
	else if (!first_line(&text))
		complain(load, line,
			 "%s.%s: %s: its first line has to be the secret, and without NUL bytes",
			 key->group, key->name, path);
	else
		check_and_store(load, key, line, buf_str(&text));
	if (!err)
		warn_of_mode(path, mode);
	free(path);
	buf_free(&text);
}

static void load_string(struct load *load, const struct conf_key *key,
			const config_setting_t *setting, int line)
{
	const char *value = config_setting_get_string(setting);

	if (!value)
		value = "";
	if (key->type == CONF_TYPE_STRING || key->type == CONF_TYPE_ENUM) {
		check_and_store(load, key, line, value);
		return;
	}
	if (value[0] == '\0') {
		*line_of(load, key) = 0; /* as if it were not there */
		return;
	}
	if (key->type == CONF_TYPE_FILE) {
		load_secret_file(load, key, line, value);
		return;
	}
	warn_of_config_mode(load, line);
	check_and_store(load, key, line, value);
}

static void load_int(struct load *load, const struct conf_key *key, const config_setting_t *setting,
		     int line)
{
	long long value = config_setting_type(setting) == CONFIG_TYPE_INT64
				  ? config_setting_get_int64(setting)
				  : config_setting_get_int(setting);
	struct buf why = BUF_INIT;
	char text[32];

	if (conf_key_check_int(key, value, &why)) {
		snprintf(text, sizeof(text), "%lld", value);
		store(load, key, text);
	} else {
		complain_key(load, key, line, ":", &why);
	}
	buf_free(&why);
}

static void load_item(struct load *load, const struct conf_key *key, const config_setting_t *item,
		      int index, int line)
{
	struct buf why = BUF_INIT;
	const char *value = config_setting_get_string(item);

	if (config_setting_type(item) != CONFIG_TYPE_STRING)
		complain(load, line, "%s.%s, item %d cannot be %s; write \"TEXT\"", key->group,
			 key->name, index + 1, type_name(config_setting_type(item)));
	else if (conf_key_check(key, value ? value : "", &why))
		store(load, key, value ? value : "");
	else
		complain(load, line, "%s.%s, item %d: " QUOTED " %s", key->group, key->name,
			 index + 1, QUOTE(value), buf_str(&why));
	buf_free(&why);
}

static void load_list(struct load *load, const struct conf_key *key,
		      const config_setting_t *setting, int line)
{
	int count = config_setting_length(setting);

	if (count > CONF_LIST_MAX) {
		complain(load, line, "%s.%s has %d items, and %d is the most", key->group,
			 key->name, count, CONF_LIST_MAX);
		return;
	}
	conf_key_clear(key, load->conf);
	for (int i = 0; i < count; i++)
		load_item(load, key, config_setting_get_elem(setting, (unsigned)i), i, line);
}

static bool type_fits(const struct conf_key *key, int type)
{
	switch (key->type) {
	case CONF_TYPE_INT:
		return type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64;
	case CONF_TYPE_BOOL:
		return type == CONFIG_TYPE_BOOL;
	case CONF_TYPE_LIST:
		return type == CONFIG_TYPE_LIST || type == CONFIG_TYPE_ARRAY;
	default:
		return type == CONFIG_TYPE_STRING;
	}
}

static void load_key(struct load *load, const struct conf_key *key, const config_setting_t *setting)
{
	int line = (int)config_setting_source_line(setting);
	int type = config_setting_type(setting);

	*line_of(load, key) = line;
	if (type == CONFIG_TYPE_NONE)
		return; /* a syntax error cut it off */
	if (!type_fits(key, type))
		wrong_type(load, key, type, line);
	else if (key->type == CONF_TYPE_INT)
		load_int(load, key, setting, line);
	else if (key->type == CONF_TYPE_BOOL)
		store(load, key, config_setting_get_bool(setting) ? "true" : "false");
	else if (key->type == CONF_TYPE_LIST)
		load_list(load, key, setting, line);
	else
		load_string(load, key, setting, line);
}

/* A key of another group is nearer than a like word of this one. */
static void unknown_key(struct load *load, const char *group, const char *name, int line)
{
	const char *names[KEYS_MAX + 1];
	const char *nearest;
	size_t count = 0;

	for (const struct conf_key *key = conf_keys; key->name; key++) {
		if (strcmp(key->name, name) == 0) {
			complain(load, line,
				 "unknown key %s%s%s; \"%s\" belongs into the group \"%s\"",
				 group ? group : "", group ? "." : "", name, name, key->group);
			return;
		}
		if (group ? strcmp(key->group, group) == 0
			  : key == conf_keys || strcmp(key->group, key[-1].group) != 0)
			names[count++] = group ? key->name : key->group;
	}
	names[count] = NULL;
	nearest = str_nearest(name, names);
	complain(load, line, "unknown %s %s%s%.60s%s%s%s", group ? "key" : "group",
		 group ? group : "", group ? "." : "", name, nearest ? "; did you mean \"" : "",
		 nearest ? nearest : "", nearest ? "\"?" : "");
}

static void load_group(struct load *load, const config_setting_t *group)
{
	const char *name = config_setting_name(group);
	int line = (int)config_setting_source_line(group);

	if (!conf_group_known(name)) {
		unknown_key(load, NULL, name, line);
		return;
	}
	if (config_setting_type(group) != CONFIG_TYPE_GROUP) {
		complain(load, line, "%s has to be a group; write %s: { KEY = VALUE; };", name,
			 name);
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
		const char *key_name = config_setting_name(setting);
		const struct conf_key *key = conf_key_find(name, key_name);

		if (key)
			load_key(load, key, setting);
		else
			unknown_key(load, name, key_name, (int)config_setting_source_line(setting));
	}
}

/* One secret cannot come from two places. */
static void check_pairs(struct load *load)
{
	for (const struct conf_key *file = conf_keys; file->name; file++)
		for (const struct conf_key *key = conf_keys; key->name; key++)
			if (file->type == CONF_TYPE_FILE && key != file &&
			    key->offset == file->offset && *line_of(load, file) &&
			    *line_of(load, key))
				complain(load, *line_of(load, file),
					 "%s.%s and %s.%s are both given; drop one", file->group,
					 file->name, key->group, key->name);
}

static void check_rules(struct load *load)
{
	for (const struct conf_rule *rule = conf_rules; rule->check; rule++) {
		const struct conf_key *key = conf_key_find(rule->group, rule->name);
		struct buf why = BUF_INIT;

		if (!rule->check(load->conf, &why))
			complain_key(load, key, *line_of(load, key), ":", &why);
		buf_free(&why);
	}
}

/* After a syntax error libconfig still has what stood before it. */
static void load_settings(struct load *load, const config_t *config)
{
	config_setting_t *root = config_root_setting(config);

	for (int i = 0; i < config_setting_length(root); i++)
		load_group(load, config_setting_get_elem(root, (unsigned)i));
}

static void parse(struct load *load)
{
	config_t config;
	int good;

	config_init(&config);
	good = config_read_string(&config, buf_str(&load->source.text));
	load_settings(load, &config);
	check_pairs(load);
	if (!good)
		complain(load, config_error_line(&config), "%s", config_error_text(&config));
	else if (load->errors->len == 0)
		check_rules(load);
	config_destroy(&config);
}

static int finish(struct load *load, int err)
{
	if (!err)
		parse(load);
	source_free(&load->source);
	if (err)
		return err;
	if (load->err)
		return load->err;
	return load->errors->len > 0 ? -EINVAL : 0;
}

int conf_load(struct conf *conf, const char *path, struct buf *errors)
{
	struct load load = {.conf = conf, .errors = errors};
	int err = conf_init(conf);

	if (!err)
		err = source_read(&load.source, path, errors);
	return finish(&load, err);
}

int conf_load_text(struct conf *conf, const char *name, const char *text, size_t len,
		   struct buf *errors)
{
	struct load load = {.conf = conf, .errors = errors};
	int err = conf_init(conf);

	if (!err)
		err = source_from_text(&load.source, name, text, len, errors);
	return finish(&load, err);
}

int conf_load_if_there(struct conf *conf, const char *path, struct buf *errors)
{
	size_t len = errors->len;
	int err = conf_load(conf, path, errors);

	if (err != -ENOENT)
		return err;
	conf_free(conf);
	if (errors->len > len)
		errors->data[errors->len = len] = '\0';
	return conf_init(conf);
}
