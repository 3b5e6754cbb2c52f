/* SPDX-License-Identifier: ISC */
/*
 * What other files say of the configuration's keys, from src/conf/keys.h: tools/update-schema puts
 * it there. Usage: gobi-schema sample|manual|openwrt|luci|completion.
 */
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "conf/conf.h"
#include "conf/schema.h"

#define WIDTH 79

/* clang-format off */
#define CONF_GROUP(group, text) { #group, NULL, NULL, text },
#define CONF_KEY(group, key, type, ctype, field, uci, text, ...) { #group, #key, uci, text },
#define CONF_KEY_FILE(group, key, field, uci, text, ...) { #group, #key, uci, text },
#define CONF_NO_KEY(ctype, field)
#define CONF_END(group)
static const struct row {
	const char *group;
	const char *key; /* NULL: the group itself, before its keys */
	const char *uci, *text;
} rows[] = {
#include "conf/keys.h"
};
/* clang-format on */

static bool is_last_of_group(const struct row *row)
{
	return row + 1 == rows + COUNT(rows) || !row[1].key;
}

/* Append the row's text, and what the table knows: " Range: 0 to 86400 seconds." */
static void describe(const struct row *row, struct buf *out)
{
	const struct conf_key *key = conf_key_find(row->group, row->key);

	buf_printf(out, "%s", row->text);
	if (key->type == CONF_TYPE_INT)
		buf_printf(out, " Range: %s%d to %d%s%s.", key->zero ? "0, or " : "", key->min,
			   key->max, key->unit ? " " : "", key->unit ? key->unit : "");
	if (!key->words)
		return;
	buf_printf(out, key->type == CONF_TYPE_LIST ? " Any of" : " One of");
	for (size_t i = 0; key->words[i]; i++)
		buf_printf(out, "%s \"%s\"", i ? "," : "", key->words[i]);
	buf_printf(out, ".");
}

/* `text` in lines that begin with `start` and are at most WIDTH wide; a tab counts for eight. */
static void print_wrapped(const char *start, const char *text)
{
	size_t indent = strlen(start) + (*start == '\t' ? 7 : 0), column = 0;

	for (size_t len; *text; text += len + strspn(text + len, " ")) {
		len = strcspn(text, " ");
		if (column > 0 && column + 1 + len > WIDTH) {
			printf("\n");
			column = 0;
		}
		printf("%s%.*s", column ? " " : start, (int)len, text);
		column += (column ? 1 : indent) + len;
	}
	printf("\n");
}

static void print_sample(const struct conf *defaults)
{
	struct buf text = BUF_INIT;

	printf("# Configuration of one modem for gobi-dial; gobi-dial.conf(5) says more. Copy it\n"
	       "# to gobi.conf beside it (with several modems, to one NAME.conf each), and\n"
	       "# uncomment what you want to change. All keys are optional. The values here are\n"
	       "# the defaults, with which the first modem found is dialed with the APN of its SIM.\n"
	       "# \"gobi-dial check\" reports mistakes. Let only root read a file with a PIN or a\n"
	       "# password: chmod 600 gobi.conf\n");
	for (const struct row *row = rows; row < rows + COUNT(rows); row++) {
		buf_clear(&text);
		if (!row->key) {
			printf("\n");
			print_wrapped("# ", row->text);
			printf("%s: {\n", row->group);
			continue;
		}
		describe(row, &text);
		print_wrapped("\t# ", buf_str(&text));
		buf_clear(&text);
		conf_key_print(conf_key_find(row->group, row->key), defaults, &text);
		printf("\t#%s;\n", buf_str(&text));
		if (is_last_of_group(row))
			printf("};\n");
	}
	buf_free(&text);
}

/* Text for mdoc(7), a sentence a line. */
static void print_mdoc(const char *text)
{
	struct buf line = BUF_INIT;

	for (; *text; text++) {
		if (*text == '"')
			buf_printf(&line, "\\(dq");
		else if (*text == '\\')
			buf_printf(&line, "\\e");
		else
			buf_append(&line, text, 1);
		if (*text == '.' && (text[1] == ' ' || text[1] == '\0')) {
			print_wrapped("", buf_str(&line));
			buf_clear(&line);
			text += text[1] == ' ';
		}
	}
	if (line.len)
		print_wrapped("", buf_str(&line));
	buf_free(&line);
}

static void print_manual(const struct conf *defaults)
{
	struct buf text = BUF_INIT;

	for (const struct row *row = rows; row < rows + COUNT(rows); row++) {
		const struct conf_key *key = row->key ? conf_key_find(row->group, row->key) : NULL;

		if (!key) {
			printf(".Ss %s\n", row->group);
			print_mdoc(row->text);
			printf(".Bl -tag -width Ds\n");
			continue;
		}
		buf_clear(&text);
		conf_key_print(key, defaults, &text);
		printf(".It Ic %s.%s No = ", row->group, row->key);
		for (const char *c = buf_str(&text) + strlen(row->key) + strlen(" = "); *c; c++)
			printf(*c == '"' ? "\\(dq" : "%c", *c);
		printf("\n");
		buf_clear(&text);
		describe(row, &text);
		if (key->now)
			buf_printf(&text, " In force at once.");
		print_mdoc(buf_str(&text));
		if (is_last_of_group(row))
			printf(".El\n");
	}
	buf_free(&text);
}

/* Append the options' names to `living` where the key is in force on a living link, else to
 * `strings` or `lists`. */
static void declare(const struct row *row, struct buf *strings, struct buf *lists,
		    struct buf *living)
{
	bool has_function = strchr(row->uci, ':') != NULL;
	const char *at = has_function ? strchr(row->uci, ':') + 1 : row->uci;
	const struct conf_key *key = conf_key_find(row->group, row->key);
	bool is_list = key->type == CONF_TYPE_LIST;

	for (size_t len; *(at += strspn(at, " ")); at += len) {
		bool marked = false;

		len = strcspn(at, " ");
		marked = len > 2 && strncmp(at + len - 2, "[]", 2) == 0;
		buf_printf(key->now && !has_function ? living
			   : is_list || marked       ? lists
						     : strings,
			   " %.*s", (int)len - (marked ? 2 : 0), at);
	}
}

static void print_openwrt(void)
{
	static const char *const calls[] = {
		[CONF_TYPE_STRING] = "gobi_key text", [CONF_TYPE_SECRET] = "gobi_key text",
		[CONF_TYPE_FILE] = "gobi_key text",   [CONF_TYPE_INT] = "gobi_key number",
		[CONF_TYPE_BOOL] = "gobi_key truth",  [CONF_TYPE_ENUM] = "gobi_key text",
		[CONF_TYPE_LIST] = "gobi_list_key",
	};
	struct buf strings = BUF_INIT, lists = BUF_INIT, living = BUF_INIT, body = BUF_INIT;
	const char *group = "";

	for (const struct row *row = rows; row < rows + COUNT(rows); row++) {
		if (!row->key || !*row->uci)
			continue;
		declare(row, &strings, &lists, &living);
		if (strcmp(group, row->group) != 0)
			buf_printf(&body, "%s\techo '%s: {'\n", *group ? "\techo '};'\n" : "",
				   row->group);
		group = row->group;
		if (strchr(row->uci, ':'))
			buf_printf(&body, "\tgobi_%.*s \"$@\"\n", (int)strcspn(row->uci, ":"),
				   row->uci);
		else
			buf_printf(&body, "\t%s %s %s\n",
				   calls[conf_key_find(row->group, row->key)->type], row->key,
				   row->uci);
	}
	printf("# What the handler declares to netifd; a list has several items.\n"
	       "gobi_options=\"\n");
	print_wrapped("\t", buf_str(&strings) + 1);
	printf("\"\ngobi_lists=\"\n");
	print_wrapped("\t", buf_str(&lists) + 1);
	printf("\"\n"
	       "# What changes on a living link: netifd, which would redial, does not know of these.\n"
	       "gobi_living=\"\n");
	print_wrapped("\t", buf_str(&living) + 1);
	printf("\"\n\n"
	       "# gobi_settings NAME BY: the whole configuration; BY is netifd or procd.\n"
	       "gobi_settings() {\n"
	       "\tlocal gobi_pdp gobi_items gobi_auths gobi_text\n\n"
	       "%s\techo '};'\n}\n",
	       buf_str(&body));
	buf_free(&strings);
	buf_free(&lists);
	buf_free(&living);
	buf_free(&body);
}

/* The text as a JavaScript string. */
static void print_js(const char *text)
{
	putchar('\'');
	for (; *text; text++)
		printf(*text == '\'' || *text == '\\' ? "\\%c" : "%c", *text);
	putchar('\'');
}

/* Options whose form is not the key's: without quotes, or read by a function of gobi-dial.sh. */
static const struct luci_text {
	const char *option, *text, *preset; /* `preset` NULL: the key's */
} luci_texts[] = {
	{"pincode", "The PIN, 4 to 8 digits. A PIN that was refused is never sent again.", NULL},
	{"apn",
	 "The operator's access point name; empty is the one that the modem's context names, else "
	 "those of the provider table for the SIM in turn.",
	 NULL},
	{"pppd_option", "More options for pppd, one an item, such as: mru 1400.", "()"},
	{"keepalive",
	 "How many unanswered echo requests end the link, and the seconds between them; 0 sends "
	 "none.",
	 "3 20"},
	{"ping", "Addresses to ping through the link. One answer from any of them is enough.",
	 NULL},
};

static const struct luci_text *luci_text_of(const char *name, size_t len)
{
	for (size_t i = 0; i < COUNT(luci_texts); i++)
		if (strlen(luci_texts[i].option) == len &&
		    strncmp(luci_texts[i].option, name, len) == 0)
			return &luci_texts[i];
	return NULL;
}

/* Rows of the page in LuCI, for every key that has an option: the first name of it. What a function
 * of gobi-dial.sh takes has a form of its own, which that checks. */
static void print_luci(const struct conf *defaults)
{
	static const char *const kinds[] = {
		[CONF_TYPE_STRING] = "text", [CONF_TYPE_SECRET] = "secret",
		[CONF_TYPE_FILE] = "text",   [CONF_TYPE_INT] = "number",
		[CONF_TYPE_BOOL] = "flag",   [CONF_TYPE_ENUM] = "text",
		[CONF_TYPE_LIST] = "list",
	};
	struct buf value = BUF_INIT;

	printf("\trows: [\n");
	for (const struct row *row = rows; row < rows + COUNT(rows); row++) {
		const struct conf_key *key = row->key ? conf_key_find(row->group, row->key) : NULL;
		const char *name = row->uci ? strchr(row->uci, ':') : NULL;
		bool own_form = name != NULL;
		const struct luci_text *own;
		size_t len;

		if (!key || !*row->uci)
			continue;
		name = own_form ? name + 2 : row->uci;
		len = strcspn(name, " [");
		own = luci_text_of(name, len);
		printf("\t\t{ group: '%s', option: '%.*s', kind: '%s',\n\t\t\ttext: _(", row->group,
		       (int)len, name,
		       name[len] == '[' ? "list"
		       : own_form       ? "text"
					: kinds[key->type]);
		print_js(own ? own->text : row->text);
		printf(")");
		if (key->type == CONF_TYPE_INT && !own_form)
			printf(",\n\t\t\tmin: %d, max: %d, zero: %s, unit: '%s'", key->min,
			       key->max, key->zero ? "true" : "false", key->unit ? key->unit : "");
		for (size_t i = 0; key->words && key->words[i]; i++)
			printf("%s'%s'", i ? ", " : ",\n\t\t\twords: [ ", key->words[i]);
		if (key->words)
			printf(" ]");
		buf_clear(&value);
		conf_key_print(key, defaults, &value);
		printf(",\n\t\t\tpreset: ");
		print_js(own && own->preset ? own->preset
					    : buf_str(&value) + strlen(row->key) + strlen(" = "));
		printf(" },\n");
	}
	printf("\t],\n");
	buf_free(&value);
}

static void print_completion(void)
{
	struct buf words = BUF_INIT;

	for (const struct row *row = rows; row < rows + COUNT(rows); row++)
		if (row->key)
			buf_printf(&words, " %s.%s", row->group, row->key);
	printf("_gobi_dial_keys='\n");
	print_wrapped("\t", buf_str(&words) + 1);
	printf("'\n");
	buf_free(&words);
}

int main(int argc, char **argv)
{
	const char *form = argc == 2 ? argv[1] : "";
	struct conf defaults;
	int error = conf_init(&defaults);

	if (error)
		fprintf(stderr, "gobi-schema: out of memory\n");
	else if (strcmp(form, "sample") == 0)
		print_sample(&defaults);
	else if (strcmp(form, "manual") == 0)
		print_manual(&defaults);
	else if (strcmp(form, "openwrt") == 0)
		print_openwrt();
	else if (strcmp(form, "luci") == 0)
		print_luci(&defaults);
	else if (strcmp(form, "completion") == 0)
		print_completion();
	else
		error = fprintf(stderr,
				"usage: gobi-schema sample|manual|openwrt|luci|completion\n");
	conf_free(&defaults);
	return error != 0 || fflush(stdout) != 0;
}
