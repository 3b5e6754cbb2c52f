/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libconfig.h>

#include "base/str.h"

#include "desc.h"

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

/* The shape that DESC_LIST and struct desc_strings share. */
struct items {
	void *items;
	size_t count;
};

static const char *const roles[] = {"at",     "nmea", "diag", "silent",
				    "parrot", "ppp",  NULL};
static const char *const leaves[] = {"escape", "dtr", "never", NULL};
static const char *const port_dials[] = {"works", "refused", "dead", NULL};
static const char *const datas[] = {"peer", "silent", "echo", "lcp", NULL};
static const char *const sims[] = {"ready", "pin",    "puk", "missing",
				   "busy",  "failed", NULL};
static const char *const effects[] = {"none", "reset", NULL};

/* clang-format off */
#define AT_OFFSET(member) offsetof(CURRENT, member)
#define INT(member, value) { #member, KEY_INT, AT_OFFSET(member), .number = value }
#define BOOL(member, value) { #member, KEY_BOOL, AT_OFFSET(member), .number = value }
#define STRING(member, value) { #member, KEY_STRING, AT_OFFSET(member), .string = value }
#define STRINGS(member) { #member, KEY_STRINGS, AT_OFFSET(member) }
#define WORD(member, list) { #member, KEY_WORD, AT_OFFSET(member), .words = list }
#define GROUP(member) \
	{ #member, KEY_GROUP, AT_OFFSET(member), .keys = member##_keys }
#define LIST(name, member, type, list) \
	{ name, KEY_LIST, AT_OFFSET(member), .keys = list, .size = sizeof(type) }
#define END { NULL, KEY_INT, 0 }

#define CURRENT struct desc_port
static const struct key port_keys[] = {
	INT(interface, 0),
	WORD(role, roles),
	INT(class, 0xff), INT(subclass, 0xff), INT(protocol, 0xff),
	BOOL(bulk, true),
	BOOL(interrupt, false),
	BOOL(dtr, false),
	WORD(dial, port_dials),
	WORD(leave, leaves),
	INT(every_ms, 1000),
	STRING(start, ""),
	END
};
#undef CURRENT

#define CURRENT struct desc_context
static const struct key context_keys[] = {
	INT(cid, 1), STRING(type, "IP"), STRING(apn, ""), END
};
#undef CURRENT

#define CURRENT struct desc_registration
static const struct key registration_keys[] = {
	INT(after_ms, 0),
	INT(stat, 1),
	/* -1: as stat says */
	INT(creg, -1), INT(cgreg, -1), INT(cereg, -1),
	STRING(lac, "0001"), STRING(ci, "00000001"),
	INT(act, 2),
	END
};
#undef CURRENT

#define CURRENT struct desc_command
static const struct key command_keys[] = {
	STRING(command, ""),
	STRINGS(lines),
	STRING(result, "OK"),
	STRING(raw, NULL),
	INT(latency_ms, 0),
	INT(port, -1),
	WORD(effect, effects),
	BOOL(once, false),
	BOOL(abortable, false),
	END
};
#undef CURRENT

#define CURRENT struct desc_noise
static const struct key noise_keys[] = {
	STRING(text, ""),
	INT(port, -1),
	INT(every_ms, 0), INT(at_ms, -1),
	STRING(before, NULL), STRING(inside, NULL), STRING(after, NULL),
	BOOL(connected, false),
	END
};
#undef CURRENT

#define CURRENT struct desc
#define IN(group, member) AT_OFFSET(group.member)
#define GINT(group, member, value) \
	{ #member, KEY_INT, IN(group, member), .number = value }
#define GBOOL(group, member, value) \
	{ #member, KEY_BOOL, IN(group, member), .number = value }
#define GSTRING(group, name, member, value) \
	{ name, KEY_STRING, IN(group, member), .string = value }
#define GSTRINGS(group, member) { #member, KEY_STRINGS, IN(group, member) }
#define GWORD(group, member, list) \
	{ #member, KEY_WORD, IN(group, member), .words = list }

static const struct key identity_keys[] = {
	GSTRING(identity, "manufacturer", manufacturer, "Simulated"),
	GSTRING(identity, "model", model, "Modem"),
	GSTRING(identity, "revision", revision, "1.0"),
	GSTRING(identity, "imei", imei, "350000000000006"),
	GSTRING(identity, "gcap", gcap, "+CGSM,+DS,+ES"),
	GSTRINGS(identity, ati),
	END
};
static const struct key usb_keys[] = {
	GINT(usb, vid, 0), GINT(usb, pid, 0), GINT(usb, release, 0x0001),
	GINT(usb, max_power, 500), GINT(usb, attributes, 0xe0),
	GSTRING(usb, "manufacturer", manufacturer, ""),
	GSTRING(usb, "product", product, ""),
	GSTRING(usb, "serial", serial, ""),
	END
};
static const struct key timing_keys[] = {
	GINT(timing, latency_ms, 0),
	GINT(timing, boot_delay_ms, 0),
	GINT(timing, reset_ms, 1000),
	END
};
static const struct key at_keys[] = {
	GBOOL(at, echo, true),
	GBOOL(at, lf_error, false),
	GBOOL(at, missing_cr, false),
	GINT(at, cmee, 0),
	GINT(at, dtr_mode, 2),
	GINT(at, carrier_mode, 1),
	GSTRING(at, "unknown", unknown, "ERROR"),
	GINT(at, split, 0), GINT(at, split_gap_ms, 5),
	GSTRINGS(at, unsupported),
	END
};
static const struct key sim_keys[] = {
	GWORD(sim, state, sims),
	GSTRING(sim, "pin", pin, "1234"),
	GSTRING(sim, "puk", puk, "12345678"),
	GSTRING(sim, "imsi", imsi, "262011234567890"),
	GSTRING(sim, "iccid", iccid, "89490200001234567890"),
	GINT(sim, pin_attempts, 3), GINT(sim, puk_attempts, 10),
	GINT(sim, busy_ms, 0), GINT(sim, ready_ms, 0),
	END
};
static const struct key radio_keys[] = {
	GINT(radio, cfun, 1),
	GBOOL(radio, w_disable, false),
	GSTRING(radio, "csq", csq, "17,99"),
	END
};
static const struct key network_keys[] = {
	GSTRING(network, "operator", operator, "Simulated Net"),
	GSTRING(network, "short_operator", short_operator, "SimNet"),
	GSTRING(network, "mccmnc", mccmnc, "26201"),
	GSTRING(network, "apn", apn, ""),
	GBOOL(network, apn_required, false),
	GINT(network, scan_ms, 0),
	LIST("registration", network.registration, struct desc_registration,
	     registration_keys),
	END
};
static const struct key call_keys[] = {
	GSTRING(call, "connect", connect, "CONNECT"),
	GSTRING(call, "apn_mismatch", apn_mismatch, "NO CARRIER"),
	GSTRING(call, "unregistered", unregistered, "NO CARRIER"),
	GSTRING(call, "no_context", no_context, "NO CARRIER"),
	GSTRINGS(call, results),
	GWORD(call, data, datas),
	GINT(call, dial_ms, 0), GINT(call, wait_peer_ms, 0),
	GINT(call, hangup_after_ms, 0), GINT(call, lcp_every_ms, 3000),
	GBOOL(call, escape, true),
	GINT(call, guard_ms, 1000),
	END
};
static const struct key top_keys[] = {
	{ "identity", KEY_GROUP, 0, .keys = identity_keys },
	{ "usb", KEY_GROUP, 0, .keys = usb_keys },
	{ "timing", KEY_GROUP, 0, .keys = timing_keys },
	{ "at", KEY_GROUP, 0, .keys = at_keys },
	{ "sim", KEY_GROUP, 0, .keys = sim_keys },
	{ "radio", KEY_GROUP, 0, .keys = radio_keys },
	{ "network", KEY_GROUP, 0, .keys = network_keys },
	{ "call", KEY_GROUP, 0, .keys = call_keys },
	LIST("ports", ports, struct desc_port, port_keys),
	LIST("contexts", contexts, struct desc_context, context_keys),
	LIST("commands", commands, struct desc_command, command_keys),
	LIST("noise", noise, struct desc_noise, noise_keys),
	END
};
/* clang-format on */

static void complain(config_setting_t *at, const char *what, const char *hint)
{
	const char *file = config_setting_source_file(at);

	fprintf(stderr, "gobi-modem: %s:%d: %s: %s%s\n", file ? file : "?",
		config_setting_source_line(at),
		config_setting_name(at) ? config_setting_name(at) : "entry",
		what, hint ? hint : "");
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
	*(const char **)((char *)to + key->offset) =
		config_setting_get_string(at);
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
	complain(at, "must be one word of those in README.md, such as ",
		 key->words[0]);
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
		complain(at, "must be a list of groups: ( { ... }, ... )",
			 NULL);
		return false;
	}
	list->items = calloc((size_t)count + 1, key->size);
	if (!list->items)
		return false;
	list->count = (size_t)count;
	for (int i = 0; i < count; i++) {
		char *item = (char *)list->items + (size_t)i * key->size;

		set_defaults(key->keys, item);
		if (!read_group(config_setting_get_elem(at, (unsigned)i),
				key->keys, item))
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
		config_setting_t *child =
			config_setting_get_elem(at, (unsigned)i);
		const struct key *key = keys;

		while (key->name &&
		       strcmp(key->name, config_setting_name(child)) != 0)
			key++;
		if (!key->name)
			return unknown_key(child, keys);
		if (!read_key(child, key, to))
			return false;
	}
	return true;
}

static bool check(const struct desc *desc, const char *path)
{
	const char *what = NULL;

	if (desc->ports.count == 0 || desc->ports.count > 16)
		what = "needs 1 to 16 ports";
	for (size_t i = 0; i < desc->contexts.count; i++)
		if (desc->contexts.items[i].cid < 1 ||
		    desc->contexts.items[i].cid > 16)
			what = "contexts: cid must be 1 to 16";
	for (size_t i = 0; i < desc->commands.count; i++)
		if (!desc->commands.items[i].command[0])
			what = "commands: an entry has no command";
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
	set_defaults(top_keys, desc);
	if (!config_read_file(file, path)) {
		fprintf(stderr, "gobi-modem: %s:%d: %s\n", path,
			config_error_line(file), config_error_text(file));
	} else if (read_group(config_root_setting(file), top_keys, desc) &&
		   check(desc, path)) {
		return desc;
	}
	desc_free(desc);
	return NULL;
}

void desc_free(struct desc *desc)
{
	if (!desc)
		return;
	for (size_t i = 0; i < desc->commands.count; i++)
		free(desc->commands.items[i].lines.items);
	free(desc->identity.ati.items);
	free(desc->at.unsupported.items);
	free(desc->call.results.items);
	free(desc->network.registration.items);
	free(desc->ports.items);
	free(desc->contexts.items);
	free(desc->commands.items);
	free(desc->noise.items);
	config_destroy(desc->file);
	free(desc->file);
	free(desc);
}
