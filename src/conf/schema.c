/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "conf/validate.h"

#define AT(member) offsetof(struct conf, member)
#define DAY_S      86400

/* clang-format off */
static const char *const drivers[] = { "auto", "keep", NULL };
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
	"redial", "dtr", "cfun", "reset", "usb", NULL };

const struct conf_key conf_keys[] = {
	{ "modem", "usb", CONF_TYPE_STRING, AT(modem.usb), "",
	  conf_check_usb_id, .lower = true },
	{ "modem", "path", CONF_TYPE_STRING, AT(modem.path), "",
	  conf_check_usb_path },
	{ "modem", "serial", CONF_TYPE_STRING, AT(modem.serial), "",
	  conf_check_text },
	{ "modem", "imei", CONF_TYPE_STRING, AT(modem.imei), "",
	  conf_check_imei },
	{ "modem", "port", CONF_TYPE_STRING, AT(modem.port), "auto",
	  conf_check_port },
	{ "modem", "driver", CONF_TYPE_STRING, AT(modem.driver), "auto",
	  .words = drivers },
	{ "modem", "init", CONF_TYPE_LIST, AT(modem.init), "",
	  conf_check_at_command },
	{ "modem", "wait", CONF_TYPE_INT, AT(modem.wait_s), "30",
	  .min = 0, .max = DAY_S, .unit = "seconds" },

	{ "sim", "pin", CONF_TYPE_SECRET, AT(sim.pin), "", conf_check_pin },
	{ "sim", "pin_file", CONF_TYPE_FILE, AT(sim.pin), "", conf_check_pin },

	{ "network", "apn", CONF_TYPE_STRING, AT(network.apn), "",
	  conf_check_apn, .max = 100 },
	{ "network", "pdp_type", CONF_TYPE_ENUM, AT(network.pdp_type), "ipv4",
	  .words = pdp_types },
	{ "network", "cid", CONF_TYPE_INT, AT(network.cid), "1",
	  .min = 1, .max = 24 },
	{ "network", "user", CONF_TYPE_STRING, AT(network.user), "" },
	{ "network", "password", CONF_TYPE_SECRET, AT(network.password), "" },
	{ "network", "password_file", CONF_TYPE_FILE, AT(network.password),
	  "" },
	{ "network", "auth", CONF_TYPE_ENUM, AT(network.auth), "auto",
	  .words = auths },
	{ "network", "mode", CONF_TYPE_STRING, AT(network.mode), "auto",
	  .words = modes },
	{ "network", "operator", CONF_TYPE_STRING, AT(network.operator),
	  "auto", conf_check_operator },
	{ "network", "roaming", CONF_TYPE_BOOL, AT(network.roaming), "true" },
	{ "network", "register_timeout", CONF_TYPE_INT,
	  AT(network.register_timeout_s), "120",
	  .min = 5, .max = DAY_S, .unit = "seconds" },

	{ "ppp", "ifname", CONF_TYPE_STRING, AT(ppp.ifname), "auto",
	  conf_check_ifname, .max = 15 },
	{ "ppp", "default_route", CONF_TYPE_BOOL, AT(ppp.default_route),
	  "true", .now = true },
	{ "ppp", "metric", CONF_TYPE_INT, AT(ppp.metric), "100",
	  .min = 0, .max = 2147483647, .now = true },
	{ "ppp", "peer_dns", CONF_TYPE_BOOL, AT(ppp.peer_dns), "true" },
	{ "ppp", "mtu", CONF_TYPE_INT, AT(ppp.mtu), "0",
	  .min = 128, .max = 16384, .zero = true, .unit = "bytes" },
	{ "ppp", "lcp_echo_interval", CONF_TYPE_INT,
	  AT(ppp.lcp_echo_interval_s), "20",
	  .min = 0, .max = DAY_S, .unit = "seconds" },
	{ "ppp", "lcp_echo_failure", CONF_TYPE_INT, AT(ppp.lcp_echo_failure),
	  "3", .min = 1, .max = 100 },
	{ "ppp", "options", CONF_TYPE_LIST, AT(ppp.options), "",
	  conf_check_ppp_option },

	{ "monitor", "ping", CONF_TYPE_LIST, AT(monitor.ping), "",
	  conf_check_ip, .now = true },
	{ "monitor", "interval", CONF_TYPE_INT, AT(monitor.interval_s), "30",
	  .min = 1, .max = DAY_S, .unit = "seconds", .now = true },
	{ "monitor", "failures", CONF_TYPE_INT, AT(monitor.failures), "3",
	  .min = 1, .max = 100, .now = true },
	{ "monitor", "signal_interval", CONF_TYPE_INT,
	  AT(monitor.signal_interval_s), "30",
	  .min = 0, .max = DAY_S, .unit = "seconds", .now = true },
	{ "monitor", "dead_traffic", CONF_TYPE_INT, AT(monitor.dead_traffic_s),
	  "300", .min = 0, .max = DAY_S, .unit = "seconds", .now = true },

	{ "recovery", "backoff_min", CONF_TYPE_INT, AT(recovery.backoff_min_s),
	  "2", .min = 1, .max = DAY_S, .unit = "seconds", .now = true },
	{ "recovery", "backoff_max", CONF_TYPE_INT, AT(recovery.backoff_max_s),
	  "300", .min = 1, .max = DAY_S, .unit = "seconds", .now = true },
	{ "recovery", "ladder", CONF_TYPE_LIST, AT(recovery.ladder),
	  "redial dtr cfun reset usb", .words = steps, .now = true },

	{ "control", "group", CONF_TYPE_STRING, AT(control.group), "",
	  conf_check_unix_group, .max = 32, .now = true },
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

/* RFC 8200 5: a link that carries less cannot carry IPv6. */
static bool mtu_carries_ipv6(const struct conf *conf, struct buf *why)
{
	if (conf->network.pdp_type == CONF_PDP_IPV4 || conf->ppp.mtu == 0 || conf->ppp.mtu >= 1280)
		return true;
	buf_printf(why,
		   "%d is too small for network.pdp_type = \"%s\": IPv6 wants 1280 bytes or more",
		   conf->ppp.mtu, pdp_types[conf->network.pdp_type]);
	return false;
}

/* All rounds would be lost, and the link with them. */
static bool pings_have_a_way(const struct conf *conf, struct buf *why)
{
	const struct conf_list *ping = &conf->monitor.ping;
	bool ipv4 = conf->network.pdp_type != CONF_PDP_IPV6;
	bool ipv6 = conf->network.pdp_type != CONF_PDP_IPV4;

	for (size_t i = 0; i < ping->count; i++)
		if (strchr(ping->items[i], ':') ? ipv6 : ipv4)
			return true;
	if (ping->count == 0)
		return true;
	buf_printf(why, "has no address that a link of network.pdp_type = \"%s\" leads to",
		   pdp_types[conf->network.pdp_type]);
	return false;
}

const struct conf_rule conf_rules[] = {
	{"recovery", "backoff_max", backoff_is_a_range},
	{"ppp", "mtu", mtu_carries_ipv6},
	{"monitor", "ping", pings_have_a_way},
	{NULL},
};

const struct conf_key *conf_key_find(const char *group, const char *name)
{
	for (const struct conf_key *key = conf_keys; key->name; key++)
		if (strcmp(key->group, group) == 0 && strcmp(key->name, name) == 0)
			return key;
	return NULL;
}

bool conf_group_known(const char *group)
{
	for (const struct conf_key *key = conf_keys; key->name; key++)
		if (strcmp(key->group, group) == 0)
			return true;
	return false;
}

int conf_key_word(const struct conf_key *key, const char *value)
{
	for (int i = 0; key->words[i]; i++)
		if (strcmp(key->words[i], value) == 0)
			return i;
	return -1;
}

static bool check_word(const struct conf_key *key, const char *value, struct buf *why)
{
	const char *nearest;

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

/* 255 is what pppd's fields hold, and enough for all others. */
bool conf_key_check(const struct conf_key *key, const char *value, struct buf *why)
{
	size_t max = key->max > 0 ? (size_t)key->max : 255;

	if (value[0] == '\0' && key->fallback[0] == '\0' && key->type != CONF_TYPE_LIST)
		return true;
	if (key->words)
		return check_word(key, value, why);
	if (strlen(value) > max) {
		buf_printf(why, "has %zu bytes, and %zu is the most", strlen(value), max);
		return false;
	}
	return !key->check || key->check(value, why);
}

bool conf_key_check_int(const struct conf_key *key, long long value, struct buf *why)
{
	if ((value >= key->min && value <= key->max) || (value == 0 && key->zero))
		return true;
	buf_printf(why, "%lld is out of range: %s%d to %d%s%s", value, key->zero ? "0, or " : "",
		   key->min, key->max, key->unit ? " " : "", key->unit ? key->unit : "");
	return false;
}
