/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <libconfig.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "io/conf-load.h"
#include "io/conf-source.h"
#include "io/replace.h"

#define KEYS_MAX        128
#define SECRET_FILE_MAX 1024

struct load {
	struct conf *conf;
	struct conf_source source;
	struct buf *errors;
	struct buf *steps;   /* a copy of what is stored, for another process; NULL: for none */
	int lines[KEYS_MAX]; /* of each key in the whole; 0: not given */
	unsigned warned;     /* a bit for each file of `source` */
	int err;
};

static int *line_of(struct load *load, const struct conf_key *key)
{
	return &load->lines[key - conf_keys];
}

/* A value as in the file, but cut, because it may be anything. */
#define QUOTED       "\"%.60s\"%s"
#define QUOTE(value) value, strlen(value) > 60 ? "..." : ""

static void complain_of_line(struct load *load, int line, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void complain_of_line(struct load *load, int line, const char *format, ...)
{
	struct conf_source_place at = conf_source_find(&load->source, line);
	struct buf text = BUF_INIT;
	va_list ap;

	va_start(ap, format);
	buf_vprintf(&text, format, ap);
	va_end(ap);
	conf_source_complain(load->errors, at.file->path, line ? at.line : 0, "%s", buf_str(&text));
	buf_free(&text);
}

static void complain_of_key(struct load *load, const struct conf_key *key, int line,
			    const char *what, const struct buf *why)
{
	complain_of_line(load, line, "%s.%s%s %s", key->group, key->name, what, buf_str(why));
}

/* A value to store, with `len` bytes that follow; or, with none, a list to empty. */
struct step {
	int key; /* its place in conf_keys */
	int len; /* with its NUL */
};

static void note_step(struct load *load, const struct conf_key *key, const char *value)
{
	const struct step step = {(int)(key - conf_keys), value ? (int)strlen(value) + 1 : 0};

	if (!load->steps)
		return;
	buf_append(load->steps, &step, sizeof(step));
	if (value)
		buf_append(load->steps, value, (size_t)step.len);
}

static void store_value(struct load *load, const struct conf_key *key, const char *value)
{
	int err = value ? conf_key_set(key, load->conf, value) : -ENOMEM;

	if (err && !load->err)
		load->err = err;
	if (!err)
		note_step(load, key, value);
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

/* Whether the setting has the key's type; if not, say how to write it. */
static bool check_type(struct load *load, const struct conf_key *key, int type, int line)
{
	static const struct {
		const char *form;
		int type, other;
	} wants[] = {
		[CONF_TYPE_STRING] = {"\"TEXT\"", CONFIG_TYPE_STRING, 0},
		[CONF_TYPE_SECRET] = {"\"TEXT\"", CONFIG_TYPE_STRING, 0},
		[CONF_TYPE_FILE] = {"\"FILE\"", CONFIG_TYPE_STRING, 0},
		[CONF_TYPE_INT] = {"NUMBER", CONFIG_TYPE_INT, CONFIG_TYPE_INT64},
		[CONF_TYPE_BOOL] = {"true or false", CONFIG_TYPE_BOOL, 0},
		[CONF_TYPE_ENUM] = {"\"WORD\"", CONFIG_TYPE_STRING, 0},
		[CONF_TYPE_LIST] = {"( \"ITEM\", \"ITEM\" )", CONFIG_TYPE_LIST, CONFIG_TYPE_ARRAY},
	};
	const char *hint = "";

	if (type == wants[key->type].type || (type && type == wants[key->type].other) ||
	    (key->number && type == CONFIG_TYPE_INT))
		return true;
	if ((type == CONFIG_TYPE_INT || type == CONFIG_TYPE_INT64) &&
	    (key->type == CONF_TYPE_STRING || key->type == CONF_TYPE_SECRET))
		hint = ", with its quotes: a number loses its leading zeros";
	else if (key->type == CONF_TYPE_INT && type == CONFIG_TYPE_STRING)
		hint = ", without quotes";
	complain_of_line(load, line, "%s.%s cannot be %s; write %s = %s%s", key->group, key->name,
			 type_name(type), key->name, wants[key->type].form, hint);
	return false;
}

/* A secret in a file that others can read is no secret. */
static void warn_of_mode(const char *path, mode_t mode)
{
	if (mode & (S_IRGRP | S_IWGRP | S_IROTH))
		log_warning("%s: mode %04o lets others read the secret in it; chmod 600 %s", path,
			    mode & 07777, path);
}

static void check_and_store(struct load *load, const struct conf_key *key, int line,
			    const char *value)
{
	struct buf why = BUF_INIT;

	if (conf_key_check(key, value, &why))
		store_value(load, key, value);
	else if (key->type == CONF_TYPE_SECRET || key->type == CONF_TYPE_FILE)
		complain_of_key(load, key, line, "", &why);
	else
		complain_of_line(load, line, "%s.%s: " QUOTED " %s", key->group, key->name,
				 QUOTE(value), buf_str(&why));
	buf_free(&why);
}

/* The first line of the file `name` is the secret. */
static void load_secret_file(struct load *load, const struct conf_key *key, int line,
			     const char *name)
{
	const struct conf_source_file *from = conf_source_find(&load->source, line).file;
	char *path = conf_source_resolve(from->path, name);
	struct buf text = BUF_INIT;
	int err = -ENOMEM;
	mode_t mode = 0;
	size_t len;

	if (!from->mode) {
		complain_of_line(load, line, "%s.%s works in files only", key->group, key->name);
	} else if (!path || (err = conf_source_slurp(path, SECRET_FILE_MAX, &text, &mode))) {
		complain_of_line(load, line, "%s.%s: %s: %s", key->group, key->name,
				 path ? path : name, conf_source_strerror(err));
	} else {
		len = strcspn(buf_str(&text), "\r\n");
		if (len == 0 || memchr(text.data, '\0', text.len)) {
			complain_of_line(load, line,
					 "%s.%s: %s: its first line has to be the secret, without "
					 "NUL bytes",
					 key->group, key->name, path);
		} else {
			text.data[len] = '\0';
			check_and_store(load, key, line, buf_str(&text));
		}
		warn_of_mode(path, mode);
	}
	free(path);
	buf_free(&text);
}

static void load_string(struct load *load, const struct conf_key *key, const char *value, int line)
{
	const struct conf_source_file *file = conf_source_find(&load->source, line).file;
	unsigned bit = 1U << (file - load->source.files);
	bool secret = key->type == CONF_TYPE_SECRET || key->type == CONF_TYPE_FILE;

	if (secret && value[0] == '\0') {
		*line_of(load, key) = 0; /* as if it were not there */
	} else if (key->type == CONF_TYPE_FILE) {
		load_secret_file(load, key, line, value);
	} else {
		if (secret && !(load->warned & bit)) {
			warn_of_mode(file->path, file->mode);
			load->warned |= bit;
		}
		check_and_store(load, key, line, value);
	}
}

static void load_list(struct load *load, const struct conf_key *key,
		      const config_setting_t *setting, int line)
{
	int count = config_setting_length(setting);

	if (count > CONF_LIST_MAX) {
		complain_of_line(load, line, "%s.%s has %d items; at most %d are possible",
				 key->group, key->name, count, CONF_LIST_MAX);
		return;
	}
	conf_key_clear(key, load->conf);
	note_step(load, key, NULL);
	for (int i = 0; i < count; i++) {
		const config_setting_t *item = config_setting_get_elem(setting, (unsigned)i);
		const char *value = config_setting_get_string(item);
		struct buf why = BUF_INIT;

		if (!value)
			value = "";
		if (config_setting_type(item) != CONFIG_TYPE_STRING)
			complain_of_line(load, line, "%s.%s, item %d cannot be %s; write \"TEXT\"",
					 key->group, key->name, i + 1,
					 type_name(config_setting_type(item)));
		else if (conf_key_check(key, value, &why))
			store_value(load, key, value);
		else
			complain_of_line(load, line, "%s.%s, item %d: " QUOTED " %s", key->group,
					 key->name, i + 1, QUOTE(value), buf_str(&why));
		buf_free(&why);
	}
}

static void load_key(struct load *load, const struct conf_key *key, const config_setting_t *setting)
{
	int line = (int)config_setting_source_line(setting);
	int type = config_setting_type(setting);
	const char *text = config_setting_get_string(setting);
	struct buf why = BUF_INIT, number = BUF_INIT;
	long long value;

	*line_of(load, key) = line;
	/* NONE: a syntax error has cut it off. */
	if (type == CONFIG_TYPE_NONE || !check_type(load, key, type, line))
		return;
	switch (key->type) {
	case CONF_TYPE_INT:
		value = type == CONFIG_TYPE_INT64 ? config_setting_get_int64(setting)
						  : config_setting_get_int(setting);
		buf_printf(&number, "%lld", value);
		if (conf_key_check_int(key, value, &why))
			store_value(load, key, number.failed ? NULL : buf_str(&number));
		else
			complain_of_key(load, key, line, ":", &why);
		break;
	case CONF_TYPE_BOOL:
		store_value(load, key, config_setting_get_bool(setting) ? "true" : "false");
		break;
	case CONF_TYPE_LIST:
		load_list(load, key, setting, line);
		break;
	default:
		if (type == CONFIG_TYPE_INT)
			buf_printf(&number, "%d", config_setting_get_int(setting));
		load_string(load, key, text ? text : buf_str(&number), line);
		break;
	}
	buf_free(&number);
	buf_free(&why);
}

/* A key of that name in another group is a better guess than a similar one in this group. */
static void complain_of_unknown(struct load *load, const char *group, const char *name, int line)
{
	const char *names[KEYS_MAX + 1];
	const char *nearest;
	size_t count = 0;

	for (const struct conf_key *key = conf_keys; key->name; key++) {
		if (strcmp(key->name, name) == 0) {
			complain_of_line(load, line,
					 "unknown key %s%s%s; \"%s\" belongs in the group \"%s\"",
					 group ? group : "", group ? "." : "", name, name,
					 key->group);
			return;
		}
		if (group ? strcmp(key->group, group) == 0
			  : key == conf_keys || strcmp(key->group, key[-1].group) != 0)
			names[count++] = group ? key->name : key->group;
	}
	names[count] = NULL;
	nearest = str_nearest(name, names);
	complain_of_line(load, line, "unknown %s %s%s%.60s%s%s%s", group ? "key" : "group",
			 group ? group : "", group ? "." : "", name,
			 nearest ? "; did you mean \"" : "", nearest ? nearest : "",
			 nearest ? "\"?" : "");
}

static void load_group(struct load *load, const config_setting_t *group)
{
	const char *name = config_setting_name(group);
	int line = (int)config_setting_source_line(group);
	bool known = false;

	for (const struct conf_key *key = conf_keys; key->name; key++)
		known |= strcmp(key->group, name) == 0;
	if (!known) {
		complain_of_unknown(load, NULL, name, line);
		return;
	}
	if (config_setting_type(group) != CONFIG_TYPE_GROUP) {
		complain_of_line(load, line, "%s has to be a group; write %s: { KEY = VALUE; };",
				 name, name);
		return;
	}
	for (int i = 0; i < config_setting_length(group); i++) {
		config_setting_t *setting = config_setting_get_elem(group, (unsigned)i);
		const char *key_name = config_setting_name(setting);
		const struct conf_key *key = conf_key_find(name, key_name);

		if (key)
			load_key(load, key, setting);
		else
			complain_of_unknown(load, name, key_name,
					    (int)config_setting_source_line(setting));
	}
}

/* `err` is the result of reading load->source. */
static int load_source(struct load *load, int err)
{
	config_t config;
	config_setting_t *root;
	bool good;

	if (err)
		goto out;
	config_init(&config);
	good = config_read_string(&config, buf_str(&load->source.text));
	/* After a syntax error libconfig still has what stood before it. */
	root = config_root_setting(&config);
	for (int i = 0; i < config_setting_length(root); i++)
		load_group(load, config_setting_get_elem(root, (unsigned)i));
	/* One secret cannot come from two places. */
	for (const struct conf_key *file = conf_keys; file->name; file++)
		for (const struct conf_key *key = conf_keys; key->name; key++)
			if (file->type == CONF_TYPE_FILE && key != file &&
			    key->offset == file->offset && *line_of(load, file) &&
			    *line_of(load, key))
				complain_of_line(load, *line_of(load, file),
						 "%s.%s and %s.%s are both given; drop one",
						 file->group, file->name, key->group, key->name);
	if (!good)
		complain_of_line(load, config_error_line(&config), "%s",
				 config_error_text(&config));
	good = load->errors->len == 0;
	for (const struct conf_rule *rule = conf_rules; good && rule->check; rule++) {
		const struct conf_key *key = conf_key_find(rule->group, rule->name);
		struct buf why = BUF_INIT;

		if (!rule->check(load->conf, &why))
			complain_of_key(load, key, *line_of(load, key), ":", &why);
		buf_free(&why);
	}
	config_destroy(&config);
	err = load->err ? load->err : load->errors->len > 0 ? -EINVAL : 0;
out:
	if (load->errors->failed)
		err = -ENOMEM;
	conf_source_free(&load->source);
	return err;
}

/* What a child answers: this, then the errors' bytes, then the steps. */
struct answer {
	int err;
	int errors_len, steps_len;
};

static void answer_load(struct conf *conf, const char *path, int fd)
{
	struct buf errors = BUF_INIT, steps = BUF_INIT;
	struct load load = {.conf = conf, .errors = &errors, .steps = &steps};
	struct answer answer;

	answer.err = load_source(&load, conf_source_read(&load.source, path, &errors));
	if (errors.failed || steps.failed)
		answer.err = -ENOMEM;
	answer.errors_len = (int)errors.len;
	answer.steps_len = (int)steps.len;
	if (write_whole(fd, &answer, sizeof(answer)) == 0 &&
	    write_whole(fd, errors.data, errors.len) == 0)
		write_whole(fd, steps.data, steps.len);
}

/* -ENOMEM: the child has ended before it had said all. */
static int take_load(struct conf *conf, const struct buf *said, struct buf *errors)
{
	const char *at = said->data, *end;
	struct answer answer;
	struct step step;
	int err = 0;

	if (said->failed || said->len < sizeof(answer))
		return -ENOMEM;
	memcpy(&answer, at, sizeof(answer));
	at += sizeof(answer);
	end = said->data + said->len;
	if (end - at != (ptrdiff_t)answer.errors_len + answer.steps_len)
		return -ENOMEM;
	buf_append(errors, at, (size_t)answer.errors_len);
	for (at += answer.errors_len; !answer.err && !err && at < end; at += step.len) {
		memcpy(&step, at, sizeof(step));
		at += sizeof(step);
		if (step.len == 0)
			conf_key_clear(&conf_keys[step.key], conf);
		else
			err = conf_key_set(&conf_keys[step.key], conf, at);
	}
	return answer.err ? answer.err : errors->failed ? -ENOMEM : err;
}

/* In a child: libconfig does not check its allocations, and ends or crashes a process that has no
 * memory left. */
int conf_load(struct conf *conf, const char *path, struct buf *errors)
{
	struct buf said = BUF_INIT;
	char bytes[4096];
	int err = conf_init(conf), ends[2];
	ssize_t len = 1;
	pid_t child;

	/* What the system refuses says nothing of the file, and passes. */
	if (!err && pipe2(ends, O_CLOEXEC) < 0) {
		log_error("%s: cannot be read: %s", path, strerror(errno));
		err = -ENOMEM;
	}
	if (err)
		return err;
	child = fork();
	if (child == 0) {
		answer_load(conf, path, ends[1]);
		_exit(0);
	}
	if (child < 0) {
		log_error("%s: cannot be read: %s", path, strerror(errno));
		err = -ENOMEM;
	}
	close(ends[1]);
	while (child > 0 && len != 0) {
		len = read(ends[0], bytes, sizeof(bytes));
		if (len > 0)
			buf_append(&said, bytes, (size_t)len);
		else if (len < 0 && errno != EINTR)
			break;
	}
	close(ends[0]);
	while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR)
		;
	explicit_bzero(bytes, sizeof(bytes));
	if (!err)
		err = take_load(conf, &said, errors);
	buf_free(&said);
	return err;
}

int conf_load_text(struct conf *conf, const char *name, const char *text, size_t len,
		   struct buf *errors)
{
	struct load load = {.conf = conf, .errors = errors};
	int err = conf_init(conf);

	if (!err)
		err = conf_source_from_text(&load.source, name, text, len, errors);
	return load_source(&load, err);
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
