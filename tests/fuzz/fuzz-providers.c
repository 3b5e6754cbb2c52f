/* SPDX-License-Identifier: ISC */
/* A provider table, and the record of what worked: from a hostile file nothing comes that an AT
 * string cannot carry. */
#include <string.h>

#include "fuzz.h"

#include "modem/apn.h"

static void check_try(const struct apn_try *try)
{
	const char *const texts[] = {try->apn, try->user, try->password};

	for (size_t i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		for (const char *at = texts[i]; *at; at++)
			CLAIM(*at >= 0x20 && *at <= 0x7e && *at != '"' && *at != '\\' &&
			      *at != '|');
	CLAIM(strlen(try->apn) < APN_SIZE && strlen(try->user) < ACCOUNT_SIZE);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct provider_sim sims[] = {{"262011234567890", 2, "Blue", "4B", "8949"},
					    {"310260123456789", 0, "", "", ""}};
	struct apn_try tries[APN_TRIES_MAX];
	char *text = malloc(size + 1), name[16];
	size_t count;
	int line;

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	line = provider_check(text, size);
	CLAIM(line >= 0 && line <= (int)size + 1);
	/* Also what is none is looked into without harm. */
	for (size_t i = 0; i < sizeof(sims) / sizeof(*sims); i++) {
		count = provider_find(text, &sims[i], tries, APN_TRIES_MAX);
		CLAIM(count <= APN_TRIES_MAX);
		for (size_t k = 0; k < count; k++)
			check_try(&tries[k]);
		provider_is_shared(text, &sims[i]);
	}
	if (provider_name(text, "26201", name, sizeof(name)))
		CLAIM(strlen(name) < sizeof(name));
	if (provider_parse_account(text, size, &tries[0]))
		check_try(&tries[0]);
	free(text);
	return 0;
}
