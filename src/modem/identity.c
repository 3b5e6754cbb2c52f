/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <string.h>

#include "base/count.h"
#include "base/str.h"
#include "modem/identity.h"

bool modem_decode_text(const char *line, char *to, size_t size)
{
	const char *from = line;
	size_t len = 1;

	/* Behind "+CGMI:" and its like. */
	while (*line == '+' && isupper((unsigned char)line[len]))
		len++;
	if (len > 1 && line[len] == ':')
		from = line + len + 1;
	from += strspn(from, " \t\"");
	len = strlen(from);
	while (len > 0 && strchr(" \t\"", from[len - 1]))
		len--;
	if (len == 0)
		return false;
	if (len >= size)
		len = size - 1;
	memcpy(to, from, len);
	to[len] = '\0';
	return true;
}

bool modem_decode_digits(const char *line, size_t min, size_t max, char *to, size_t size)
{
	static const char digits[] = "0123456789";
	size_t len;

	for (;; line += len) {
		line += strcspn(line, digits);
		len = strspn(line, digits);
		if (len == 0)
			return false;
		if (len >= min && len <= max && len < size)
			break;
	}
	memcpy(to, line, len);
	to[len] = '\0';
	return true;
}

void modem_decode_ati(const char *text, struct modem_identity *identity)
{
	const struct {
		const char *name;
		char *to;
		size_t size;
	} names[] = {
		{"Manufacturer:", identity->manufacturer, sizeof(identity->manufacturer)},
		{"Model:", identity->model, sizeof(identity->model)},
		{"Revision:", identity->revision, sizeof(identity->revision)},
	};
	bool named = strcasestr(text, "manufacturer:") != NULL, plain;
	char line[160];

	memset(identity, 0, sizeof(*identity));
	while (*text) {
		size_t len = strcspn(text, "\n");
		size_t fits = len < sizeof(line) ? len : sizeof(line) - 1;

		memcpy(line, text, fits);
		line[fits] = '\0';
		for (size_t i = 0; i < COUNT(names); i++)
			if (str_starts_nocase(line, names[i].name))
				modem_decode_text(line + strlen(names[i].name), names[i].to,
						  names[i].size);
		if (str_starts_nocase(line, "IMEI:"))
			modem_decode_digits(line, 14, 16, identity->imei, sizeof(identity->imei));
		plain = !named && !strchr(line, ':');
		if (plain && !*identity->manufacturer)
			modem_decode_text(line, identity->manufacturer,
					  sizeof(identity->manufacturer));
		else if (plain && !*identity->model)
			modem_decode_text(line, identity->model, sizeof(identity->model));
		text += len + (text[len] == '\n');
	}
}
