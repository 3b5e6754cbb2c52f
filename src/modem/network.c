/* SPDX-License-Identifier: ISC */
#include <stddef.h>

#include "modem/network.h"
#include "modem/script.h"

bool modem_network_is_known(const struct modem_facts *facts)
{
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		if (facts->domain_known[i])
			return true;
	return false;
}

bool modem_stands_at(const struct modem_facts *facts, enum modem_reg stat)
{
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		if (facts->domain_known[i] && facts->registration[i].stat == stat)
			return true;
	return false;
}

const char *modem_technology(const struct modem_facts *facts)
{
	return facts->technology ? facts->technology : modem_act_name(facts->act);
}
