/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/schema.h"

#define DAY_S 86400

/* clang-format off */
static const char *const drivers[] = { "auto", "keep", NULL };
static const char *const flows[] = {
	[CONF_FLOW_AUTO] = "auto", [CONF_FLOW_NONE] = "none", [CONF_FLOW_RTSCTS] = "rtscts", NULL };
static const char *const multiplexing[] = { "auto", "on", "off", NULL };
static const char *const pdp_types[] = {
	[CONF_PDP_IPV4] = "ipv4", [CONF_PDP_IPV6] = "ipv6",
	[CONF_PDP_IPV4V6] = "ipv4v6", NULL };
static const char *const auths[] = {
	[CONF_AUTH_AUTO] = "auto", [CONF_AUTH_NONE] = "none",
	[CONF_AUTH_PAP] = "pap", [CONF_AUTH_CHAP] = "chap", NULL };
static const char *const modes[] = {
	"auto", "2g", "3g", "4g", "5g",
	"2g-preferred", "3g-preferred", "4g-preferred", "5g-preferred",
	"2g+3g", "2g+4g", "3g+4g", "2g+3g+4g", "4g+5g", "3g+4g+5g", NULL };
static const char *const steps[] = {
	"redial", "dtr", "cfun", "reset", "usb", "power", NULL };
static const char *const actives[] = {
	[CONF_ACTIVE_LOW] = "low", [CONF_ACTIVE_HIGH] = "high", NULL };

#define CONF_GROUP(group, text)
#define CONF_KEY(group, key, kind, ctype, field, uci, text, ...) \
	{ #group, #key, .type = CONF_TYPE_##kind, .offset = offsetof(struct conf, group.field), \
	  .fallback = __VA_ARGS__ },
#define CONF_KEY_FILE(group, key, field, uci, text, ...) \
	{ #group, #key, .type = CONF_TYPE_FILE, .offset = offsetof(struct conf, group.field), \
	  .fallback = "", __VA_ARGS__ },
#define CONF_NO_KEY(ctype, field)
#define CONF_END(group)
const struct conf_key conf_keys[] = {
#include "conf/keys.h"
	{ NULL },
};
/* clang-format on */

static bool backoff_is_a_range(const struct conf *conf, struct buf *why)
{
	if (conf->recovery.backoff_min_s <= conf->recovery.backoff_max_s)
		return true;
	buf_printf(why, "%d is less than recovery.backoff_min, which is %d",
		   conf->recovery.backoff_max_s, conf->recovery.backoff_min_s);
	return false;
}

/* RFC 8200 5: a link with a smaller MTU cannot carry IPv6. */
static bool mtu_carries_ipv6(const struct conf *conf, struct buf *why)
{
	if (conf->network.pdp_type == CONF_PDP_IPV4 || conf->ppp.mtu == 0 || conf->ppp.mtu >= 1280)
		return true;
	buf_printf(why,
		   "%d is too small for network.pdp_type = \"%s\": IPv6 needs 1280 bytes or more",
		   conf->ppp.mtu, pdp_types[conf->network.pdp_type]);
	return false;
}

/* Otherwise all rounds would be lost, and the link with them. */
static bool pings_can_arrive(const struct conf *conf, struct buf *why)
{
	const struct conf_list *ping = &conf->monitor.ping;
	bool ipv4 = conf->network.pdp_type != CONF_PDP_IPV6;
	bool ipv6 = conf->network.pdp_type != CONF_PDP_IPV4;

	for (size_t i = 0; i < ping->count; i++)
		if (strchr(ping->items[i], ':') ? ipv6 : ipv4)
			return true;
	if (ping->count == 0)
		return true;
	buf_printf(why, "has no address that a link with network.pdp_type = \"%s\" can reach",
		   pdp_types[conf->network.pdp_type]);
	return false;
}

const struct conf_rule conf_rules[] = {
	{"recovery", "backoff_max", backoff_is_a_range},
	{"ppp", "mtu", mtu_carries_ipv6},
	{"monitor", "ping", pings_can_arrive},
	{NULL},
};

const struct conf_key *conf_key_find(const char *group, const char *name)
{
	for (const struct conf_key *key = conf_keys; key->name; key++)
		if (strcmp(key->group, group) == 0 && strcmp(key->name, name) == 0)
			return key;
	return NULL;
}

int conf_key_word(const struct conf_key *key, const char *value)
{
	for (int i = 0; key->words[i]; i++)
		if (strcmp(key->words[i], value) == 0)
			return i;
	return -1;
}

/* 255 bytes is what pppd's fields hold, and enough for all others. */
bool conf_key_check(const struct conf_key *key, const char *value, struct buf *why)
{
	size_t max = key->max > 0 ? (size_t)key->max : 255;
	const char *nearest;

	if (value[0] == '\0' && key->fallback[0] == '\0' && key->type != CONF_TYPE_LIST)
		return true;
	if (key->words) {
		if (conf_key_word(key, value) >= 0)
			return true;
		buf_printf(why, "has to be one of");
		for (const char *const *word = key->words; *word; word++)
			buf_printf(why, " \"%s\"", *word);
		nearest = str_nearest(value, key->words);
		if (nearest)
			buf_printf(why, "; did you mean \"%s\"?", nearest);
		return false;
	}
	if (strlen(value) > max) {
		buf_printf(why, "has %zu bytes; at most %zu are possible", strlen(value), max);
		return false;
	}
	return conf_validate(key->format, value, why);
}

bool conf_key_check_int(const struct conf_key *key, long long value, struct buf *why)
{
	if ((value >= key->min && value <= key->max) || (value == 0 && key->zero))
		return true;
	buf_printf(why, "%lld is out of range: %s%d to %d%s%s", value, key->zero ? "0, or " : "",
		   key->min, key->max, key->unit ? " " : "", key->unit ? key->unit : "");
	return false;
}
