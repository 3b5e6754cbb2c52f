/* SPDX-License-Identifier: ISC */
#include <json-c/json.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/json.h"
#include "modem/script.h"
#include "status/modem-info.h"
#include "status/show.h"
#include "status/snapshot.h"

static struct json_object *modem(const struct modem_identity *identity)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "manufacturer", identity->manufacturer);
	json_add_text(object, "model", identity->model);
	json_add_text(object, "revision", identity->revision);
	json_add_text(object, "imei", identity->imei);
	return object;
}

static struct json_object *sim(const struct modem_facts *facts)
{
	struct json_object *object = json_object_new_object();

	if (facts->sim != MODEM_SIM_UNKNOWN)
		json_add_text(object, "state", modem_sim_name(facts->sim));
	json_add_text(object, "imsi", facts->imsi);
	json_add_text(object, "iccid", facts->iccid);
	json_add_number(object, "pin_attempts_left", facts->pin_left);
	return object;
}

static struct json_object *radio(const struct modem_radio *radio)
{
	struct json_object *object = json_object_new_object();

	if (radio->state != MODEM_RADIO_UNKNOWN)
		json_add_text(object, "state", modem_radio_state_name(radio->state));
	json_add_text(object, "reason", modem_radio_reason_name(radio->reason));
	return object;
}

static struct json_object *contexts(const struct modem_facts *facts)
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

static void add_mode(struct json_object *object, const char *key, struct mode mode)
{
	struct buf text = BUF_INIT;

	if (!mode.allowed)
		return;
	mode_print(mode, &text);
	json_add_text(object, key, buf_str(&text));
	buf_free(&text);
}

static struct json_object *mode(const struct modem_facts *facts)
{
	struct json_object *object = json_object_new_object();

	add_mode(object, "wanted", facts->mode_wanted);
	add_mode(object, "current", facts->mode);
	return object;
}

struct json_object *modem_info_json(const struct modem_facts *facts, const char *port,
				    const char *source)
{
	struct json_object *object = json_object_new_object();

	json_add_text(object, "port", port);
	json_add_text(object, "source", source);
	json_object_object_add(object, "modem", modem(&facts->identity));
	json_object_object_add(object, "sim", sim(facts));
	json_object_object_add(object, "radio", radio(&facts->radio));
	json_object_object_add(object, "network", status_network(facts));
	json_object_object_add(object, "signal", status_signal(facts));
	json_object_object_add(object, "mode", mode(facts));
	json_object_object_add(object, "contexts", contexts(facts));
	return object;
}

/* "label    text", when there is a text. */
static void line(struct buf *out, const char *label, const char *text)
{
	if (!*text)
		return;
	show_label(out, label);
	buf_printf(out, "%s\n", text);
}

static void render_modem(struct json_object *object, struct buf *out)
{
	struct json_object *modem = show_get(object, "modem");
	const char *maker = show_text(modem, "manufacturer");
	const char *model = show_text(modem, "model");

	buf_printf(out, "%s%s%s\n", maker, *maker && *model ? " " : "",
		   *maker || *model ? model : "a modem that does not say its name");
	line(out, "port", show_text(object, "port"));
	if (strcmp(show_text(object, "source"), "instance") == 0)
		line(out, "source", "the running instance, before the call");
	line(out, "revision", show_text(modem, "revision"));
	line(out, "imei", show_text(modem, "imei"));
}

static void render_sim(struct json_object *object, struct buf *out)
{
	struct json_object *sim = show_get(object, "sim");
	const char *state = show_text(sim, "state");

	show_label(out, "sim");
	buf_printf(out, "%s", *state ? state : "unknown");
	if (show_has(sim, "pin_attempts_left"))
		buf_printf(out, ", %lld PIN attempts left", show_number(sim, "pin_attempts_left"));
	buf_printf(out, "\n");
	line(out, "imsi", show_text(sim, "imsi"));
	line(out, "iccid", show_text(sim, "iccid"));
}

static void render_radio(struct json_object *object, struct buf *out)
{
	struct json_object *radio = show_get(object, "radio");
	const char *state = show_text(radio, "state");
	const char *reason = show_text(radio, "reason");

	if (!*state)
		return;
	show_label(out, "radio");
	buf_printf(out, "%s%s%s\n", state, *reason ? ", " : "", reason);
}

static void render_domain(struct json_object *domain, const char *name, struct buf *out)
{
	const char *technology = show_text(domain, "technology");

	if (!domain)
		return;
	show_label(out, name);
	buf_printf(out, "%s", show_text(domain, "state"));
	if (show_has(domain, "lac"))
		buf_printf(out, ", area %04llX", show_number(domain, "lac"));
	if (show_has(domain, "ci"))
		buf_printf(out, ", cell %llX", show_number(domain, "ci"));
	buf_printf(out, "%s%s\n", *technology ? ", " : "", technology);
}

static void render_network(struct json_object *object, struct buf *out)
{
	struct json_object *network = show_get(object, "network");
	struct json_object *domains = show_get(network, "domains");
	const char *technology = show_text(network, "technology");
	const char *state = show_text(network, "registration");
	const char *name = show_text(network, "operator");
	const char *number = show_text(network, "mccmnc");

	show_label(out, "network");
	buf_printf(out, "%s", *state ? state : "unknown");
	if (*name || *number)
		buf_printf(out, ", %s%s%s%s%s", name, *name ? " " : "", *name && *number ? "(" : "",
			   number, *name && *number ? ")" : "");
	buf_printf(out, "%s%s\n", *technology ? ", " : "", technology);
	render_domain(show_get(domains, "cs"), "  cs", out);
	render_domain(show_get(domains, "ps"), "  ps", out);
	render_domain(show_get(domains, "eps"), "  eps", out);
}

static void render_signal(struct json_object *object, struct buf *out)
{
	static const struct {
		const char *key, *before, *unit;
	} parts[] = {
		{"rssi_dbm", " ", "dBm"},
		{"rsrp_dbm", ", RSRP ", "dBm"},
		{"rsrq_db", ", RSRQ ", "dB"},
	};
	struct json_object *signal = show_get(object, "signal");

	if (!show_has(signal, "percent"))
		return;
	show_label(out, "signal");
	show_bar(out, show_number(signal, "percent"));
	for (size_t i = 0; i < COUNT(parts); i++)
		if (show_has(signal, parts[i].key))
			buf_printf(out, "%s%lld %s", parts[i].before,
				   show_number(signal, parts[i].key), parts[i].unit);
	buf_printf(out, "\n");
}

static void render_contexts(struct json_object *object, struct buf *out)
{
	struct json_object *contexts = show_get(object, "contexts");

	for (size_t i = 0; i < show_count(contexts); i++) {
		struct json_object *context = json_object_array_get_idx(contexts, i);
		const char *apn = show_text(context, "apn");

		show_label(out, i == 0 ? "contexts" : "");
		buf_printf(out, "%lld  %s  %s\n", show_number(context, "cid"),
			   show_text(context, "type"), *apn ? apn : "\"\"");
	}
}

static void render_mode(struct json_object *object, struct buf *out)
{
	struct json_object *mode = show_get(object, "mode");
	const char *current = show_text(mode, "current");
	const char *wanted = show_text(mode, "wanted");

	if (!*current)
		return;
	show_label(out, "mode");
	buf_printf(out, "%s", current);
	if (*wanted && strcmp(wanted, "auto") != 0 && strcmp(wanted, current) != 0)
		buf_printf(out, "  (network.mode: %s)", wanted);
	buf_printf(out, "\n");
}

void modem_info_render(struct json_object *object, struct buf *out)
{
	render_modem(object, out);
	render_sim(object, out);
	render_radio(object, out);
	render_network(object, out);
	render_signal(object, out);
	render_mode(object, out);
	render_contexts(object, out);
}
