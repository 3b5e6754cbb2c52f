/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_NETWORK_H
#define GD_MODEM_NETWORK_H

#include <stdbool.h>

#include "modem/decode.h"

struct modem_facts;

/* What the facts say of the network. */

/* Whether some domain has told of its registration, and whether one that has stands there. */
bool modem_network_is_known(const struct modem_facts *facts);
bool modem_stands_at(const struct modem_facts *facts, enum modem_reg stat);

/* The technology in use, by the maker's own word for it or else as registration tells it: "HSDPA",
 * "LTE", ...; NULL unknown. Static. */
const char *modem_technology(const struct modem_facts *facts);

#endif
