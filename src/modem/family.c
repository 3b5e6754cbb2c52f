/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "modem/family.h"

/* One line a file of maker/. Where two have a row for the same USB id the earlier one counts. */
#define MAKERS(LINE)    \
	LINE(sierra)    \
	LINE(huawei)    \
	LINE(zte)       \
	LINE(quectel)   \
	LINE(simcom)    \
	LINE(telit)     \
	LINE(cinterion) \
	LINE(ublox)     \
	LINE(option)    \
	LINE(novatel)   \
	LINE(ericsson)  \
	LINE(fibocom)   \
	LINE(icera)     \
	LINE(gobi)      \
	LINE(others)    \
	LINE(generic)

#define DECLARE(name) extern const struct modem_family maker_##name;
#define POINT(name)   &maker_##name,

MAKERS(DECLARE)

const struct modem_family *const modem_families[] = {MAKERS(POINT) NULL};

const struct modem_family *modem_family_find(int vid, const char *identity)
{
	const struct modem_family *const *at;

	for (at = modem_families; *at; at++)
		for (const char *word = (*at)->words; word && *word; word += strlen(word) + 1)
			if (strcasestr(identity, word))
				return *at;
	for (at = modem_families; *at; at++)
		if (vid && (*at)->vid == vid)
			return *at;
	return &maker_generic;
}
