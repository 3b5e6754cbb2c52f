/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_CONF_H
#define GD_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>

#define CONF_LIST_MAX 16

enum conf_pdp { CONF_PDP_IPV4, CONF_PDP_IPV6, CONF_PDP_IPV4V6 };
enum conf_flow { CONF_FLOW_AUTO, CONF_FLOW_NONE, CONF_FLOW_RTSCTS };
enum conf_auth { CONF_AUTH_AUTO, CONF_AUTH_NONE, CONF_AUTH_PAP, CONF_AUTH_CHAP };
enum conf_active { CONF_ACTIVE_LOW, CONF_ACTIVE_HIGH };

/* How a dial proves who it is; the strings are somebody else's. */
struct conf_account {
	const char *user, *password;
	enum conf_auth auth;
};

struct conf_list {
	char *items[CONF_LIST_MAX];
	size_t count;
};

/* clang-format off */
/* One instance's configuration: a struct for each group of conf/keys.h, in it a field for each key.
 * Strings are never NULL, "" is "not given". Every value has passed its check: nothing in here can
 * break out of an AT string or an options file. */
#define CONF_GROUP(group, text)                              struct {
#define CONF_KEY(group, key, type, ctype, field, uci, text, ...) ctype field;
#define CONF_KEY_FILE(group, key, field, uci, text, ...)     /* read into `field` */
#define CONF_NO_KEY(ctype, field)                            ctype field;
#define CONF_END(group)                                      } group;
struct conf {
#include "conf/keys.h"
};
#undef CONF_GROUP
#undef CONF_KEY
#undef CONF_KEY_FILE
#undef CONF_NO_KEY
#undef CONF_END
/* clang-format on */

/* Fill with the defaults. -ENOMEM. Free it with conf_free in every case. */
int conf_init(struct conf *conf);

/* Overwrites the secrets. */
void conf_free(struct conf *conf);

#endif
