/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/decode.h"
#include "modem/provider.h"

#define DIGITS   "0123456789"
#define NAME_MAX 64
#define LATE     8 /* the rank of what is marked with ~ */

/* A line of the table, and the next one's begin. */
struct row {
	const char *text;
	size_t len;
};

static bool next_row(const char **at, struct row *row)
{
	do {
		if (!**at)
			return false;
		*row = (struct row){*at, strcspn(*at, "\n")};
		*at += row->len + ((*at)[row->len] == '\n');
	} while (row->len == 0 || *row->text == '#');
	return true;
}

static const char *first_row(const char *table)
{
	return table && str_starts(table, PROVIDER_HEAD) ? table + strlen(PROVIDER_HEAD) : "";
}

static bool next_word(const char **at, const char *end, struct row *word)
{
	while (*at < end && **at == ' ')
		(*at)++;
	word->text = *at;
	while (*at < end && **at != ' ')
		(*at)++;
	word->len = (size_t)(*at - word->text);
	return word->len > 0;
}

/* "gid1=4B": how many of its bytes are the name; 0: it is none of these. */
static size_t filter_len(const struct row *word)
{
	static const char names[][8] = {"gid1=", "iccid=", "imsi="};

	for (size_t i = 0; i < COUNT(names); i++)
		if (word->len > strlen(names[i]) && str_starts(word->text, names[i]))
			return strlen(names[i]);
	return 0;
}

static const char auths[][5] = {
	[CONF_AUTH_AUTO] = "",
	[CONF_AUTH_NONE] = "none",
	[CONF_AUTH_PAP] = "pap",
	[CONF_AUTH_CHAP] = "chap",
};

void provider_print_account(const struct apn_try *account, struct buf *out)
{
	buf_printf(out, "%s|%s|%s|%s", account->apn, account->user, account->password,
		   auths[account->auth]);
}

/* One field of an account. It goes into an AT string as it is. */
static bool take_field(const char **at, const char *end, char *to, size_t size)
{
	size_t len = 0;

	while (*at + len < end && (*at)[len] != '|') {
		char c = (*at)[len];

		if (c < 0x20 || c > 0x7e || strchr("\"\\", c) || len + 1 >= size)
			return false;
		to[len++] = c;
	}
	to[len] = '\0';
	*at += len + (*at + len < end);
	return true;
}

bool provider_parse_account(const char *line, size_t len, struct apn_try *to)
{
	const char *end = line + len;
	char auth[8];
	size_t i = 0;

	memset(to, 0, sizeof(*to));
	if (!take_field(&line, end, to->apn, sizeof(to->apn)) ||
	    !take_field(&line, end, to->user, sizeof(to->user)) ||
	    !take_field(&line, end, to->password, sizeof(to->password)) ||
	    !take_field(&line, end, auth, sizeof(auth)) || line != end)
		return false;
	while (i < COUNT(auths) && strcmp(auths[i], auth) != 0)
		i++;
	to->auth = (enum conf_auth)i;
	return i < COUNT(auths);
}

static bool is_sound(const struct row *row, bool *in_provider, bool *has_networks)
{
	const char *at = row->text + 1, *end = row->text + row->len;
	struct apn_try account;
	struct row word;
	bool late = *row->text == '~';

	switch (*row->text) {
	case '=':
	case '*':
		*in_provider = true;
		*has_networks = false;
		for (; at < end; at++)
			if ((unsigned char)*at < 0x20 || *at == 0x7f)
				return false;
		return row->len > 1;
	case '@':
		*has_networks = *in_provider;
		while (next_word(&at, end, &word))
			if ((word.len < 5 || word.len > 6 ||
			     strspn(word.text, DIGITS) < word.len) &&
			    !filter_len(&word))
				return false;
		return *in_provider;
	default:
		return *has_networks &&
		       provider_parse_account(row->text + late, row->len - late, &account) &&
		       *account.apn;
	}
}

int provider_check(const char *table, size_t len)
{
	const char *at = first_row(table), *seen = table;
	bool in_provider = false, has_networks = false;
	struct row row = {table, 0};
	int line = 1;

	if (strlen(table) != len || !*at)
		return 1;
	while (next_row(&at, &row)) {
		for (; seen < row.text; seen++)
			line += *seen == '\n';
		if (!is_sound(&row, &in_provider, &has_networks))
			return line;
	}
	return 0;
}

/* How well a provider fits: the lower, the better; -1: not at all. */
enum { RANK_FILTERED, RANK_NAMED, RANK_ALIKE, RANK_OWNER, RANK_COMMON, RANK_OTHER, RANK_END };

/* The letters and digits alone, in lower case. */
static void put_plain(char *to, size_t size, const char *from, size_t len)
{
	size_t used = 0;

	for (size_t i = 0; i < len && used + 1 < size; i++)
		if (isalnum((unsigned char)from[i]))
			to[used++] = (char)tolower((unsigned char)from[i]);
	to[used] = '\0';
}

/* -1: the SIM has another value; 1: this one; 0: no word on it. */
static int match_filter(const struct row *word, const struct provider_sim *sim)
{
	size_t skip = filter_len(word);
	const char *value = *word->text == 'g'     ? sim->gid1
			    : word->text[1] == 'c' ? sim->iccid
						   : sim->imsi;

	if (!skip || !*value)
		return 0;
	return strncasecmp(value, word->text + skip, word->len - skip) == 0 ? 1 : -1;
}

static int rank_name(const struct row *name, const struct provider_sim *sim)
{
	char wanted[NAME_MAX], own[NAME_MAX];

	put_plain(wanted, sizeof(wanted), sim->spn, strlen(sim->spn));
	put_plain(own, sizeof(own), name->text + 1, name->len - 1);
	if (*wanted && strcmp(own, wanted) == 0)
		return RANK_NAMED;
	if (strlen(wanted) > 2 && strlen(own) > 2 && (strstr(own, wanted) || strstr(wanted, own)))
		return RANK_ALIKE;
	return *name->text == '*' ? RANK_OWNER : RANK_OTHER;
}

/* Through the rows that belong to one network: '@' where such a provider begins, then its access
 * points. Whoever the SIM is of, with `nobody`. */
struct search {
	const char *at, *network;
	size_t digits;
	const struct provider_sim *sim;
	struct row row, name;
	int rank;
};

static const struct provider_sim nobody = {"", 0, "", "", ""};

static int rank_provider(const struct search *search)
{
	const char *at = search->row.text + 1, *end = search->row.text + search->row.len;
	bool here = false, filtered = false, foreign = false;
	struct row word;

	while (next_word(&at, end, &word)) {
		int match = match_filter(&word, search->sim);

		foreign |= match < 0;
		filtered |= match > 0;
		here |= word.len == search->digits &&
			strncmp(word.text, search->network, word.len) == 0;
	}
	if (!here || (foreign && !filtered))
		return -1;
	return filtered ? RANK_FILTERED : rank_name(&search->name, search->sim);
}

static void begin_search(struct search *search, const char *table, const char *network,
			 size_t digits, const struct provider_sim *sim)
{
	*search = (struct search){.at = first_row(table),
				  .network = network,
				  .digits = digits,
				  .sim = sim,
				  .rank = -1};
	if (strlen(network) < digits)
		search->at = "";
}

static bool search_next(struct search *search)
{
	while (next_row(&search->at, &search->row)) {
		char first = *search->row.text;

		if (first == '=' || first == '*') {
			search->name = search->row;
			search->rank = -1;
		} else if (first == '@' && search->name.text) {
			search->rank = rank_provider(search);
		}
		if (search->rank >= 0)
			return true;
	}
	return false;
}

static size_t count_providers(const char *table, const char *network, size_t digits)
{
	struct search search;
	size_t count = 0;

	begin_search(&search, table, network, digits, &nobody);
	while (search_next(&search))
		count += *search.row.text == '@';
	return count;
}

size_t provider_network_digits(const char *table, const struct provider_sim *sim)
{
	/* Where the SIM says nothing and the table has both: three digits are America's way. */
	bool three =
		sim->mnc_digits ? sim->mnc_digits == 3 : *sim->imsi == '3' || *sim->imsi == '7';
	size_t first = three ? 6 : 5, second = 11 - first;

	if (count_providers(table, sim->imsi, first))
		return first;
	return count_providers(table, sim->imsi, second) ? second : 0;
}

bool provider_is_shared(const char *table, const struct provider_sim *sim)
{
	size_t digits = provider_network_digits(table, sim);

	return digits && count_providers(table, sim->imsi, digits) > 1;
}

size_t provider_seek(const struct apn_try *tries, size_t count, const struct apn_try *one,
		     bool with_account)
{
	size_t i = 0;

	while (i < count && (!modem_apn_equal(tries[i].apn, one->apn) ||
			     (with_account && (strcmp(tries[i].user, one->user) != 0 ||
					       strcmp(tries[i].password, one->password) != 0))))
		i++;
	return i;
}

/* An access point of the network: its row without the ~. */
struct point {
	struct row row;
	int rank, provider;
};

/* A network has 29 at most in the table that comes with the program. */
#define POINTS_MAX 128

static size_t list_points(const char *table, const struct provider_sim *sim, size_t digits,
			  struct point points[POINTS_MAX])
{
	struct search search;
	size_t count = 0;
	int provider = 0;

	begin_search(&search, table, sim->imsi, digits, sim);
	while (count < POINTS_MAX && search_next(&search)) {
		const struct row *row = &search.row;
		bool late = *row->text == '~';

		if (*row->text == '@')
			provider++;
		else
			points[count++] = (struct point){{row->text + late, row->len - late},
							 search.rank + LATE * late,
							 provider};
	}
	return count;
}

/* Whether another provider has the APN, too. */
static bool is_common(const struct point *points, size_t count, const struct point *point)
{
	size_t len = strcspn(point->row.text, "|\n");

	for (size_t i = 0; i < count && point->rank == RANK_OTHER; i++)
		if (points[i].rank < LATE && points[i].provider != point->provider &&
		    strcspn(points[i].row.text, "|\n") == len &&
		    strncasecmp(points[i].row.text, point->row.text, len) == 0)
			return true;
	return false;
}

size_t provider_find(const char *table, const struct provider_sim *sim, struct apn_try *tries,
		     size_t max)
{
	size_t digits = provider_network_digits(table, sim), count = 0;
	struct point points[POINTS_MAX];
	size_t all = digits ? list_points(table, sim, digits, points) : 0;

	for (int with_account = 0; with_account < 2; with_account++)
		for (int rank = 0; rank < LATE + RANK_END; rank++)
			for (size_t i = 0; i < all && count < max; i++) {
				struct apn_try *found = &tries[count];

				if (points[i].rank - is_common(points, all, &points[i]) != rank ||
				    !provider_parse_account(points[i].row.text, points[i].row.len,
							    found) ||
				    !*found->apn ||
				    provider_seek(tries, count, found, with_account) < count)
					continue;
				found->source = APN_TABLE;
				count++;
			}
	return count;
}

bool provider_name(const char *table, const char *mccmnc, char *name, size_t size)
{
	size_t digits = strlen(mccmnc), weight = 0, most = 0;
	struct row best = {"=", 1};
	struct search search;

	/* Of those that share a network the largest is its owner, mostly. */
	begin_search(&search, digits == 5 || digits == 6 ? table : NULL, mccmnc, digits, &nobody);
	while (*best.text != '*' && search_next(&search)) {
		weight = *search.row.text == '@' ? search.row.len / 6 : weight + 1;
		if (weight > most || *search.name.text == '*') {
			most = weight;
			best = search.name;
		}
	}
	if (best.len == 1)
		return false;
	str_copy(name, best.len < size ? best.len : size, best.text + 1);
	return true;
}

const char *apn_source_name(enum apn_source source)
{
	static const char names[][11] = {"config", "sim", "network", "table", "remembered"};

	return names[source];
}

const char *apn_source_text(enum apn_source source)
{
	static const char texts[][25] = {"from the configuration", "as the modem has it",
					 "as the network has it", "from the provider table",
					 "which this SIM used last"};

	return texts[source];
}
