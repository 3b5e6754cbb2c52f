/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>

#include "base/json.h"
#include "status/snapshot.h"

static struct json_object *modem(const struct status *status)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "manufacturer", status->manufacturer);
	json_add_text(object, "model", status->product);
	json_add_text(object, "serial", status->serial);
	json_add_text(object, "usb_path", status->usb_path);
	json_add_hex4(object, "vid", status->vid);
	json_add_hex4(object, "pid", status->pid);
	return object;
}

static struct json_object *ppp(const struct status *status)
{
	struct json_object *object = json_object_new_object();
	struct json_object *dns = json_object_new_array();

	json_add_text(object, "ifname", status->ppp.ifname);
	json_add_number(object, "pid", status->ppp.pid);
	json_add_text(object, "local", status->ppp.local);
	json_add_text(object, "remote", status->ppp.remote);
	json_add_text(object, "ipv6", status->ppp.ipv6);
	for (size_t i = 0; i < status->ppp.dns_count; i++)
		json_object_array_add(dns, json_object_new_string(status->ppp.dns[i]));
	json_object_object_add(object, "dns", dns);
	json_add_number(object, "rx_bytes", status->ppp.rx_bytes);
	json_add_number(object, "tx_bytes", status->ppp.tx_bytes);
	json_add_number(object, "rx_rate", status->ppp.rx_rate);
	json_add_number(object, "tx_rate", status->ppp.tx_rate);
	json_add_number(object, "rate_ms", status->ppp.rate_ms);
	return object;
}

static struct json_object *domain(const struct modem_registration *registration)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "state", modem_reg_name(registration->stat));
	json_add_number(object, "lac", registration->lac);
	json_add_number(object, "ci", registration->ci);
	json_add_text(object, "technology", modem_act_name(registration->act));
	return object;
}

/* The best that any domain says; NULL when none has said anything. */
static const char *overall(const struct modem_facts *facts)
{
	enum modem_reg best = MODEM_REG_IDLE;
	bool known = false;

	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		enum modem_reg stat = facts->registration[i].stat;

		if (!facts->domain_known[i])
			continue;
		known = true;
		if (!modem_reg_is_registered(best) && stat != MODEM_REG_IDLE)
			best = stat;
	}
	return known ? modem_reg_name(best) : NULL;
}

struct json_object *status_network(const struct modem_facts *facts)
{
	struct json_object *object = json_object_new_object();
	struct json_object *domains = json_object_new_object();

	json_add_text(object, "registration", overall(facts));
	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++)
		if (facts->domain_known[i])
			json_object_object_add(domains, modem_domain_name((enum modem_domain)i),
					       domain(&facts->registration[i]));
	json_object_object_add(object, "domains", domains);
	json_add_text(object, "operator", facts->operator);
	json_add_text(object, "mccmnc", facts->mccmnc);
	json_add_text(object, "technology", modem_technology(facts));
	if (facts->registered)
		json_object_object_add(object, "roaming", json_object_new_boolean(facts->roaming));
	return object;
}

static void add_db(struct json_object *object, const char *key, int value)
{
	if (value != MODEM_DB_UNKNOWN)
		json_object_object_add(object, key, json_object_new_int(value));
}

struct json_object *status_signal(const struct modem_facts *facts)
{
	struct json_object *object = json_object_new_object();
	const struct modem_signal *signal = &facts->signal;

	if (signal->csq != 99)
		json_add_number(object, "csq", signal->csq);
	add_db(object, "rssi_dbm", signal->rssi_dbm);
	if (signal->ber != 99)
		json_add_number(object, "ber", signal->ber);
	add_db(object, "rscp_dbm", signal->rscp_dbm);
	add_db(object, "rsrp_dbm", signal->rsrp_dbm);
	add_db(object, "rsrq_db", signal->rsrq_db);
	json_add_number(object, "percent", modem_signal_percent(signal));
	return object;
}

static struct json_object *failure(const struct status *status)
{
	struct json_object *object;

	if (status->failure.cause == CAUSE_NONE)
		return NULL;
	object = json_object_new_object();
	json_add_text(object, "cause", cause_name(status->failure.cause));
	json_add_text(object, "text", status->failure.text);
	json_add_number(object, "ago_ms", status->failure.ago_ms);
	return object;
}

static struct json_object *recovery(const struct status *status)
{
	struct json_object *object;

	if (!status->recovery.rung)
		return NULL;
	object = json_object_new_object();
	json_add_text(object, "rung", status->recovery.rung);
	json_add_number(object, "tries", status->recovery.tries);
	return object;
}

static struct json_object *timeline(const struct status *status)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < status->timeline_count; i++) {
		struct json_object *mark = json_object_new_object();

		json_add_text(mark, "step", status->timeline[i].step);
		json_add_number(mark, "ms", status->timeline[i].ms);
		json_object_array_add(array, mark);
	}
	return array;
}

static void add_with_age(struct json_object *object, const char *key, struct json_object *part,
			 long long age_ms)
{
	json_add_number(part, "age_ms", age_ms);
	json_object_object_add(object, key, part);
}

struct json_object *status_to_json(const struct status *status)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "name", status->name);
	json_add_text(object, "state", status->state);
	json_add_number(object, "since_ms", status->since_ms);
	json_add_text(object, "port", status->port);
	json_object_object_add(object, "modem", modem(status));
	json_object_object_add(object, "ppp", ppp(status));
	if (status->facts) {
		add_with_age(object, "network", status_network(status->facts),
			     status->facts_age_ms);
		add_with_age(object, "signal", status_signal(status->facts), status->facts_age_ms);
	}
	json_add_number(object, "redials", status->redials);
	json_object_object_add(object, "last_failure", failure(status));
	json_object_object_add(object, "recovery", recovery(status));
	json_add_number(object, "next_try_ms", status->next_try_ms);
	json_object_object_add(object, "timeline", timeline(status));
	return object;
}
