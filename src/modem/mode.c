/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "at/fields.h"
#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/mode.h"

/* The words of network.mode in the order in which they are printed. */
static const char technologies[][3] = {"2g", "3g", "4g", "5g"};

static unsigned technology_of(const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT(technologies); i++)
		if (strlen(technologies[i]) == len && strncmp(word, technologies[i], len) == 0)
			return 1u << i;
	return 0;
}

bool mode_parse(const char *word, struct mode *mode)
{
	size_t len = strcspn(word, "+-");
	unsigned one = technology_of(word, len);

	*mode = (struct mode){MODE_ALL, 0};
	if (strcmp(word, "auto") == 0)
		return true;
	if (one && strcmp(word + len, "-preferred") == 0) {
		mode->preferred = (unsigned char)one;
		return true;
	}
	mode->allowed = (unsigned char)one;
	while (one && word[len] == '+') {
		word += len + 1;
		len = strcspn(word, "+");
		one = technology_of(word, len);
		mode->allowed |= (unsigned char)one;
	}
	return one && word[len] == '\0';
}

static void print_technologies(unsigned set, struct buf *out)
{
	const char *between = "";

	for (size_t i = 0; i < COUNT(technologies); i++) {
		if (!(set & 1u << i))
			continue;
		buf_printf(out, "%s%s", between, technologies[i]);
		between = "+";
	}
	if (set & MODE_CDMA)
		buf_printf(out, "%scdma", between);
}

void mode_print(struct mode mode, struct buf *out)
{
	if (!mode.allowed) {
		buf_printf(out, "unknown");
	} else if (mode.preferred) {
		print_technologies(mode.preferred, out);
		buf_printf(out, "-preferred");
	} else if (mode.allowed == MODE_ALL) {
		buf_printf(out, "auto");
	} else {
		print_technologies(mode.allowed, out);
	}
}

/* The words in names of modes. */
static const struct {
	char word[10];
	unsigned char bits;
} name_words[] = {
	/* clang-format off */
	{ "Automatic", MODE_ALL },
	{ "GSM",  MODE_2G }, { "2G",    MODE_2G },
	{ "UMTS", MODE_3G }, { "WCDMA", MODE_3G }, { "3G", MODE_3G },
	{ "LTE",  MODE_4G }, { "4G",    MODE_4G },
	{ "NR5G", MODE_5G }, { "NR",    MODE_5G }, { "5G", MODE_5G },
	{ "CDMA", MODE_CDMA }, { "HRPD", MODE_CDMA }, { "EVDO", MODE_CDMA },
	/* clang-format on */
};

/* "UMTS 3G Preferred", "GSM and LTE Only", "GSM, UMTS, LTE" */
static struct mode mode_of_name(const char *name)
{
	struct mode mode = {0, 0};
	bool preferred = strcasestr(name, "preferred");

	while (*name) {
		size_t len = 0;

		while (isalnum((unsigned char)name[len]))
			len++;
		for (size_t i = 0; i < COUNT(name_words); i++)
			if (strlen(name_words[i].word) == len &&
			    strncasecmp(name, name_words[i].word, len) == 0)
				mode.allowed |= name_words[i].bits;
		name += len ? len : 1;
	}
	if (preferred && mode.allowed)
		mode = (struct mode){MODE_ALL, mode.allowed};
	return mode;
}

/* "03, UMTS 3G Preferred": an index in hexadecimal and a name, which may have commas of its own. */
static bool decode_named(struct at_fields *fields, struct mode_choice *choice)
{
	if (!at_fields_next_string(fields, choice->value, sizeof(choice->value)) ||
	    choice->value[strspn(choice->value, "0123456789ABCDEFabcdef")])
		return false;
	choice->mode = mode_of_name(fields->at);
	return choice->mode.allowed != 0;
}

void mode_print_read(const struct mode_dialect *dialect, struct buf *out)
{
	if (dialect->key)
		buf_printf(out, "%s=\"%s\"", dialect->command, dialect->key);
	else
		buf_printf(out, "%s?", dialect->command);
}

/* A tail that begins with a quote closes one, so the value needs an opening quote too. */
void mode_print_set(const struct mode_dialect *dialect, const char *value, struct buf *out)
{
	const char *tail = dialect->tail ? dialect->tail : "";

	buf_printf(out, "%s=", dialect->command);
	if (dialect->key)
		buf_printf(out, "\"%s\",", dialect->key);
	buf_printf(out, "%s%s%s", *tail == '"' ? "\"" : "", value, tail);
}

/* Go to the fields after the command's name and key. */
static bool skip_command(const struct mode_dialect *dialect, const char *line,
			 struct at_fields *fields)
{
	const char *name = dialect->command + strlen("AT");
	char key[16];

	if (at_fields_start(fields, line, name) && *fields->at == ':')
		at_fields_start(fields, fields->at, ":");
	else if (!dialect->bare || !at_fields_start(fields, line, ""))
		return false;
	return !dialect->key || (at_fields_next_string(fields, key, sizeof(key)) &&
				 strcasecmp(key, dialect->key) == 0);
}

/* Whether the first `count` fields are the same, as 2,0 and 02,000 are. */
static bool has_same_fields(const char *row, const char *value, int count)
{
	size_t len;

	for (; count > 0; count--, row += len, value += len) {
		row += *row == ',';
		value += *value == ',';
		while (row[0] == '0' && isalnum((unsigned char)row[1]))
			row++;
		while (value[0] == '0' && isalnum((unsigned char)value[1]))
			value++;
		len = strcspn(row, ",");
		if (strcspn(value, ",") != len || strncasecmp(row, value, len) != 0)
			return false;
	}
	return true;
}

static const struct mode_choice *row_of_value(const struct mode_dialect *dialect, const char *value)
{
	const struct mode_choice *row;

	for (row = dialect->rows; *row->value; row++)
		if (has_same_fields(row->value, value, dialect->fields))
			return row;
	for (row = dialect->rows; *row->value; row++)
		if (has_same_fields(row->value, value, 1))
			return row;
	return NULL;
}

bool mode_decode(const struct mode_dialect *dialect, const char *line, struct mode_choice *choice)
{
	struct mode_choice found = {"", {0, 0}};
	const struct mode_choice *row;
	struct buf text = BUF_INIT;
	struct at_fields fields;
	char field[10];
	bool fits;

	if (!skip_command(dialect, line, &fields))
		return false;
	if (!dialect->rows) {
		if (!decode_named(&fields, &found))
			return false;
		*choice = found;
		return true;
	}
	/* The value's fields, joined by commas; fewer if the line has fewer. */
	for (int i = 0; i < dialect->skip; i++)
		at_fields_skip(&fields);
	for (int i = 0; i < dialect->fields && fields.more; i++)
		if (at_fields_next_string(&fields, field, sizeof(field)))
			buf_printf(&text, "%s%s", i ? "," : "", field);
	fits = str_copy(found.value, sizeof(found.value), buf_str(&text));
	buf_free(&text);
	if (!fits || !*found.value)
		return false;
	row = row_of_value(dialect, found.value);
	if (row)
		found.mode = row->mode;
	*choice = found;
	return row != NULL;
}

bool mode_bars_roaming(const struct mode_dialect *dialect, const char *line)
{
	struct at_fields fields;
	int roaming = 1;

	if (!dialect->roams || !skip_command(dialect, line, &fields))
		return false;
	for (int i = 0; i <= dialect->fields; i++)
		at_fields_skip(&fields);
	return at_fields_next_int(&fields, &roaming) && roaming == 0;
}

static void add_choice(struct mode_choices *choices, const struct mode_choice *choice)
{
	if (choices->count < MODE_CHOICES_MAX)
		choices->items[choices->count++] = *choice;
}

/* Is `number` in "(0-3,5)", "((2-Automatic),(13-GSM Only))"? */
static bool group_has(const char *group, long number)
{
	while (*group) {
		char *end;
		long low, high;

		group += strcspn(group, "0123456789");
		low = high = strtol(group, &end, 10);
		if (end == group)
			break;
		if (end[0] == '-' && isdigit((unsigned char)end[1]))
			high = strtol(end + 1, &end, 10);
		if (number >= low && number <= high)
			return true;
		group = end + strcspn(end, ",");
	}
	return false;
}

/* A sequence's members, "03" and "02" of "0302", are offered one by one. */
static bool group_has_value(const char *group, const char *value, size_t len)
{
	char text[sizeof(((struct mode_choice *)NULL)->value)];
	bool has = len > 0;

	str_copy(text, sizeof(text), value);
	text[len] = '\0';
	if (len < 4)
		return group_has(group, strtol(text, NULL, 10));
	for (; has && len >= 2; len -= 2) {
		has = group_has(group, strtol(text + len - 2, NULL, 10));
		text[len - 2] = '\0';
	}
	return has;
}

/* A row is not dropped because of a group that is too long to check. */
static bool is_offered(struct at_fields groups, const char *value)
{
	char group[160];

	for (; *value && groups.more; value += *value == ',') {
		size_t len = strcspn(value, ",");

		if (at_fields_next_string(&groups, group, sizeof(group)) && *group &&
		    !group_has_value(group, value, len))
			return false;
		value += len;
	}
	return true;
}

void mode_decode_list(const struct mode_dialect *dialect, const char *line,
		      struct mode_choices *choices)
{
	const struct mode_choice *row;
	struct mode_choice named;
	struct at_fields fields;

	if (!skip_command(dialect, line, &fields) || !fields.more)
		return;
	if (!dialect->rows) {
		if (decode_named(&fields, &named))
			add_choice(choices, &named);
		return;
	}
	for (row = dialect->rows; *row->value; row++)
		if (is_offered(fields, row->value))
			add_choice(choices, row);
}

void mode_assume(const struct mode_dialect *dialect, struct mode_choices *choices)
{
	const struct mode_choice *row = dialect->rows;

	for (; row && *row->value; row++)
		add_choice(choices, row);
}

unsigned mode_technologies(const struct mode_choices *choices)
{
	unsigned set = 0;

	for (unsigned i = 0; i < choices->count; i++)
		if ((choices->items[i].mode.allowed & MODE_ALL) != MODE_ALL)
			set |= choices->items[i].mode.allowed;
	return set & MODE_ALL ? set & MODE_ALL : MODE_ALL;
}

unsigned mode_of_act(const char *act)
{
	const struct mode_choice *row = mode_generic.otherwise->rows;

	while (*row->value && strcmp(row->value, act) != 0)
		row++;
	return row->mode.allowed;
}

static int count_bits(unsigned set)
{
	int count = 0;

	for (; set; set &= set - 1)
		count++;
	return count;
}

const struct mode_choice *mode_choose(const struct mode_choices *choices, struct mode wanted)
{
	unsigned can = mode_technologies(choices);
	const struct mode_choice *best = NULL;

	for (unsigned i = 0; wanted.preferred && i < choices->count; i++) {
		const struct mode_choice *item = &choices->items[i];

		if (item->mode.preferred == wanted.preferred &&
		    (!best || count_bits(item->mode.allowed) > count_bits(best->mode.allowed)))
			best = item;
	}
	/* What prefers the newest of all is also automatic: no bit of `can` is above it. */
	if (best ||
	    (wanted.preferred && (!(can & wanted.preferred) || can >= 2u * wanted.preferred)))
		return best;
	if (!wanted.preferred && wanted.allowed != MODE_ALL && (wanted.allowed & ~can))
		return NULL;
	/* Exactly these technologies; rather without a preference. */
	for (unsigned i = 0; i < choices->count; i++) {
		const struct mode_choice *item = &choices->items[i];
		unsigned allowed = item->mode.allowed;

		if (allowed & MODE_CDMA || (allowed & can) != (wanted.allowed & can))
			continue;
		if (!best || (best->mode.preferred && !item->mode.preferred))
			best = item;
	}
	return best;
}

bool mode_is_so(const struct mode_choices *choices, struct mode wanted, struct mode current)
{
	const struct mode_choice *choice = mode_choose(choices, wanted);
	unsigned can = mode_technologies(choices);

	if (!current.allowed)
		return false;
	if (choice && choice->mode.allowed == current.allowed &&
	    choice->mode.preferred == current.preferred)
		return true;
	return (current.allowed & can) == (wanted.allowed & can) &&
	       (!wanted.preferred || wanted.preferred == current.preferred);
}

void mode_print_choices(const struct mode_choices *choices, struct buf *out)
{
	const char *between = "";

	for (unsigned i = 0; i < choices->count; i++) {
		struct mode mode = choices->items[i].mode;
		bool told = false;

		for (unsigned j = 0; j < i && !told; j++)
			told = choices->items[j].mode.allowed == mode.allowed &&
			       choices->items[j].mode.preferred == mode.preferred;
		if (told)
			continue;
		buf_printf(out, "%s", between);
		mode_print(mode, out);
		between = ", ";
	}
}
