/* SPDX-License-Identifier: ISC */
#include "modem/maker/maker.h"

/* clang-format off */

const struct modem_family maker_icera = {
	.name = "icera", .words = "icera\0",
	.reset = "AT%IRESET",
	.auth = "AT%%IPDPCFG=%c,0,%a,%u,%p", .auth_none = "AT%%IPDPCFG=%c,0,0",
	.mode = &mode_generic,
	.counters = (const struct card_counter[]){ { "%PINNUM:" }, { NULL } },
};
