/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/json.h"
#include "io/providers.h"
#include "modem/network.h"
#include "modem/provider.h"
#include "modem/script.h"
#include "status/modem-info.h"
#include "status/show.h"

/* What of the cell is known, if anything. */
static void add_cell(struct json_object *object, const struct modem_facts *facts)
{
	struct json_object *cell = json_object_new_object();
	long id = facts->signal.cell;

	for (int i = 0; i < MODEM_DOMAIN_COUNT && id < 0; i++)
		if (modem_reg_is_registered(facts->registration[i].stat))
			id = facts->registration[i].ci;
	json_add_number(cell, "id", id);
	json_add_number(cell, "band", facts->signal.band);
	json_add_number(cell, "arfcn", facts->signal.arfcn);
	if (json_object_object_length(cell) > 0)
		json_object_object_add(object, "cell", cell);
	else
		json_object_put(cell);
}

static void add_reject(struct json_object *object, const struct modem_reject *reject)
{
	struct json_object *part;
	struct buf text = BUF_INIT;

	if (reject->cause == 0)
		return;
	part = json_object_new_object();
	json_add_number(part, "cause", reject->cause);
	modem_reject_print(reject, &text);
	json_add_text(part, "text", buf_str(&text));
	json_object_object_add(object, "reject", part);
	buf_free(&text);
}

/* The overall registration is the best of any domain. */
struct json_object *modem_network_json(const struct modem_facts *facts)
{
	struct json_object *object = json_object_new_object();
	struct json_object *domains = json_object_new_object();
	enum modem_reg best = MODEM_REG_IDLE;
	const char *called = facts->operator;
	const char *number = *facts->mccmnc ? facts->mccmnc : called;
	char name[64];
	bool known = false;

	for (int i = 0; i < MODEM_DOMAIN_COUNT; i++) {
		const struct modem_registration *is = &facts->registration[i];
		struct json_object *domain;

		if (!facts->domain_known[i])
			continue;
		known = true;
		if (!modem_reg_is_registered(best) && is->stat != MODEM_REG_IDLE)
			best = is->stat;
		domain = json_object_new_object();
		json_add_text(domain, "state", modem_reg_name(is->stat));
		json_add_number(domain, "lac", is->lac);
		json_add_number(domain, "ci", is->ci);
		json_add_text(domain, "technology", modem_act_name(is->act));
		json_object_object_add(domains, modem_domain_name((enum modem_domain)i), domain);
	}
	json_add_text(object, "registration", known ? modem_reg_name(best) : NULL);
	json_object_object_add(object, "domains", domains);
	/* Some modems have the number alone. */
	if (strspn(called, "0123456789") == strlen(called) &&
	    provider_name(providers_builtin(), number, name, sizeof(name)))
		called = name;
	else
		number = facts->mccmnc;
	json_add_text(object, "operator", called);
	json_add_text(object, "mccmnc", number);
	json_add_text(object, "technology", modem_technology(facts));
	if (facts->registered)
		json_object_object_add(object, "roaming", json_object_new_boolean(facts->roaming));
	add_cell(object, facts);
	add_reject(object, &facts->reject);
	return object;
}

struct json_object *modem_signal_json(const struct modem_facts *facts)
{
	struct json_object *object = json_object_new_object();
	const struct modem_signal *signal = &facts->signal;
	const struct {
		const char *key;
		int value;
	} powers[] = {
		{"rssi_dbm", signal->rssi_dbm}, {"rscp_dbm", signal->rscp_dbm},
		{"rsrp_dbm", signal->rsrp_dbm}, {"rsrq_db", signal->rsrq_db},
		{"sinr_db", signal->sinr_db},
	};

	if (signal->csq != 99)
		json_add_number(object, "csq", signal->csq);
	if (signal->ber != 99)
		json_add_number(object, "ber", signal->ber);
	for (size_t i = 0; i < COUNT(powers); i++)
		if (powers[i].value != MODEM_DB_UNKNOWN)
			json_object_object_add(object, powers[i].key,
					       json_object_new_int(powers[i].value));
	json_add_number(object, "percent", modem_signal_percent(signal));
	return object;
}

static struct json_object *contexts_json(const struct modem_facts *facts)
{
	struct json_object *array = json_object_new_array();

	for (size_t i = 0; i < facts->context_count; i++) {
		struct json_object *object = json_object_new_object();

		json_add_number(object, "cid", facts->contexts[i].cid);
		json_add_text(object, "type", facts->contexts[i].type);
		if (*facts->contexts[i].apn)
			json_add_text(object, "apn", facts->contexts[i].apn);
		else
			json_object_object_add(object, "apn", json_object_new_string(""));
		json_object_array_add(array, object);
	}
	return array;
}

struct json_object *modem_info_json(const struct modem_facts *facts, const char *port,
				    const char *source)
{
	const struct {
		const char *key;
		struct mode mode;
	} modes[] = {{"wanted", facts->mode_wanted}, {"current", facts->mode}};
	const struct modem_identity *identity = &facts->identity;
	struct json_object *object = json_object_new_object(), *part;

	json_add_text(object, "port", port);
	json_add_text(object, "source", source);
	part = json_add_object(object, "modem");
	json_add_text(part, "manufacturer", identity->manufacturer);
	json_add_text(part, "model", identity->model);
	json_add_text(part, "revision", identity->revision);
	json_add_text(part, "imei", identity->imei);
	part = json_add_object(object, "sim");
	if (facts->sim != MODEM_SIM_UNKNOWN)
		json_add_text(part, "state", modem_sim_name(facts->sim));
	if (facts->sim_early)
		json_object_object_add(part, "not_yet", json_object_new_boolean(true));
	json_add_text(part, "imsi", facts->imsi);
	json_add_text(part, "iccid", facts->iccid);
	json_add_number(part, "pin_attempts_left", facts->pin_left);
	part = json_add_object(object, "radio");
	if (facts->radio.state != MODEM_RADIO_UNKNOWN)
		json_add_text(part, "state", modem_radio_state_name(facts->radio.state));
	json_add_text(part, "reason", modem_radio_reason_name(facts->radio.reason));
	json_object_object_add(object, "network", modem_network_json(facts));
	json_object_object_add(object, "signal", modem_signal_json(facts));
	part = json_add_object(object, "mode");
	for (size_t i = 0; i < COUNT(modes); i++) {
		struct buf text = BUF_INIT;

		if (modes[i].mode.allowed)
			mode_print(modes[i].mode, &text);
		json_add_text(part, modes[i].key, buf_str(&text));
		buf_free(&text);
	}
	json_object_object_add(object, "contexts", contexts_json(facts));
	return object;
}

/* A line for each text that is there. */
static void put_fields(struct buf *out, struct json_object *part, const char *const *keys)
{
	for (; *keys; keys++)
		if (*show_text(part, *keys)) {
			show_label(out, *keys);
			buf_printf(out, "%s\n", show_text(part, *keys));
		}
}

static void put_modem_and_sim(struct json_object *object, struct buf *out)
{
	static const char *const modem_keys[] = {"revision", "imei", NULL};
	static const char *const sim_keys[] = {"imsi", "iccid", NULL};
	static const char *const port_keys[] = {"port", NULL};
	struct json_object *modem = show_get(object, "modem"), *sim = show_get(object, "sim");
	const char *maker = show_text(modem, "manufacturer");
	const char *model = show_text(modem, "model");
	const char *state = show_text(sim, "state");

	buf_printf(out, "%s%s%s\n", maker, *maker && *model ? " " : "",
		   *maker || *model ? model : "a modem that does not say its name");
	put_fields(out, object, port_keys);
	if (strcmp(show_text(object, "source"), "instance") == 0) {
		show_label(out, "source");
		buf_printf(out, "the running instance, before the call\n");
	}
	put_fields(out, modem, modem_keys);
	show_label(out, "sim");
	buf_printf(out, "%s", *state ? state : "unknown");
	if (show_has(sim, "not_yet"))
		buf_printf(out, ", not yet more: the modem has just started");
	if (show_has(sim, "pin_attempts_left"))
		buf_printf(out, ", %lld PIN attempts left", show_number(sim, "pin_attempts_left"));
	buf_printf(out, "\n");
	put_fields(out, sim, sim_keys);
}

static void put_network(struct json_object *object, struct buf *out)
{
	static const char *const labels[] = {"  cs", "  ps", "  eps"};
	struct json_object *network = show_get(object, "network");
	struct json_object *domains = show_get(network, "domains");
	struct json_object *radio = show_get(object, "radio");
	const char *reject = show_text(show_get(network, "reject"), "text");
	const char *technology = show_text(network, "technology");
	const char *state = show_text(network, "registration");
	const char *name = show_text(network, "operator");
	const char *number = show_text(network, "mccmnc");

	if (*show_text(radio, "state")) {
		const char *reason = show_text(radio, "reason");

		show_label(out, "radio");
		buf_printf(out, "%s%s%s\n", show_text(radio, "state"), *reason ? ", " : "", reason);
	}
	show_label(out, "network");
	buf_printf(out, "%s", *state ? state : "unknown");
	if (*name || *number)
		buf_printf(out, ", %s%s%s%s", name, *name && *number ? " (" : "", number,
			   *name && *number ? ")" : "");
	buf_printf(out, "%s%s\n", *technology ? ", " : "", technology);
	for (size_t i = 0; i < COUNT(labels); i++) {
		struct json_object *domain = show_get(domains, labels[i] + 2);

		if (!domain)
			continue;
		technology = show_text(domain, "technology");
		show_label(out, labels[i]);
		buf_printf(out, "%s", show_text(domain, "state"));
		if (show_has(domain, "lac"))
			buf_printf(out, ", area %04llX", show_number(domain, "lac"));
		if (show_has(domain, "ci"))
			buf_printf(out, ", cell %llX", show_number(domain, "ci"));
		buf_printf(out, "%s%s\n", *technology ? ", " : "", technology);
	}
	if (*reject) {
		show_label(out, "refused");
		buf_printf(out, "%s\n", reject);
	}
}

void modem_info_render(struct json_object *object, struct buf *out)
{
	static const struct {
		const char *key, *before, *unit;
	} powers[] = {
		{"rssi_dbm", " ", "dBm"},
		{"rsrp_dbm", ", RSRP ", "dBm"},
		{"rsrq_db", ", RSRQ ", "dB"},
		{"sinr_db", ", SINR ", "dB"},
	};
	struct json_object *signal = show_get(object, "signal");
	struct json_object *mode = show_get(object, "mode"), *contexts;
	const char *current = show_text(mode, "current"), *wanted = show_text(mode, "wanted");

	put_modem_and_sim(object, out);
	put_network(object, out);
	if (show_has(signal, "percent")) {
		show_label(out, "signal");
		show_bar(out, show_number(signal, "percent"));
		for (size_t i = 0; i < COUNT(powers); i++)
			if (show_has(signal, powers[i].key))
				buf_printf(out, "%s%lld %s", powers[i].before,
					   show_number(signal, powers[i].key), powers[i].unit);
		buf_printf(out, "\n");
	}
	if (*current) {
		show_label(out, "mode");
		buf_printf(out, "%s", current);
		if (*wanted && strcmp(wanted, "auto") != 0 && strcmp(wanted, current) != 0)
			buf_printf(out, "  (network.mode: %s)", wanted);
		buf_printf(out, "\n");
	}
	contexts = show_get(object, "contexts");
	for (size_t i = 0; i < show_count(contexts); i++) {
		struct json_object *context = json_object_array_get_idx(contexts, i);
		const char *apn = show_text(context, "apn");

		show_label(out, i == 0 ? "contexts" : "");
		buf_printf(out, "%lld  %s  %s\n", show_number(context, "cid"),
			   show_text(context, "type"), *apn ? apn : "\"\"");
	}
}
