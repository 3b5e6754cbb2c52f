/* SPDX-License-Identifier: ISC */
#include <stdbool.h>

#include "desc.h"
#include "desc_keys.h"

static const char *const roles[] = {"at", "nmea", "diag", "silent", "parrot", "ppp", NULL};
static const char *const leaves[] = {"escape", "dtr", "never", "terminate", NULL};
static const char *const port_dials[] = {"works", "refused", "dead", NULL};
static const char *const datas[] = {"peer", "silent", "echo", "lcp", NULL};
static const char *const sims[] = {"ready", "pin", "puk", "missing", "busy", "failed", NULL};
static const char *const effects[] = {"none", "reset", NULL};

/* clang-format off */
#define AT_OFFSET(member) offsetof(CURRENT, member)
#define INT(member, value) { #member, KEY_INT, AT_OFFSET(member), .number = value }
#define BOOL(member, value) { #member, KEY_BOOL, AT_OFFSET(member), .number = value }
#define STRING(member, value) { #member, KEY_STRING, AT_OFFSET(member), .string = value }
#define STRINGS(member) { #member, KEY_STRINGS, AT_OFFSET(member) }
#define WORD(member, list) { #member, KEY_WORD, AT_OFFSET(member), .words = list }
#define GROUP(member) \
	{ #member, KEY_GROUP, AT_OFFSET(member), .keys = member##_keys }
#define LIST(name, member, type, list) \
	{ name, KEY_LIST, AT_OFFSET(member), .keys = list, .size = sizeof(type) }
#define END { NULL, KEY_INT, 0 }

#define CURRENT struct desc_port
static const struct key port_keys[] = {
	INT(interface, 0),
	WORD(role, roles),
	INT(class, 0xff), INT(subclass, 0xff), INT(protocol, 0xff),
	BOOL(bulk, true),
	BOOL(interrupt, false),
	BOOL(dtr, false),
	WORD(dial, port_dials),
	WORD(leave, leaves),
	INT(every_ms, 1000),
	STRING(start, ""),
	INT(dlci, 0),
	END
};
#undef CURRENT

#define CURRENT struct desc_context
static const struct key context_keys[] = {
	INT(cid, 1), STRING(type, "IP"), STRING(apn, ""), BOOL(active, false), BOOL(own, false), END
};
#undef CURRENT

#define CURRENT struct desc_registration
static const struct key registration_keys[] = {
	INT(after_ms, 0),
	INT(stat, 1),
	/* -1: as stat says */
	INT(creg, -1), INT(cgreg, -1), INT(cereg, -1),
	STRING(lac, "0001"), STRING(ci, "00000001"),
	INT(act, 2), INT(cause, 0),
	END
};
#undef CURRENT

#define CURRENT struct desc_command
static const struct key command_keys[] = {
	STRING(command, ""),
	STRINGS(lines),
	STRING(result, "OK"),
	STRING(raw, NULL),
	INT(latency_ms, 0), INT(until_ms, 0),
	INT(port, -1),
	WORD(effect, effects),
	BOOL(once, false),
	BOOL(abortable, false),
	BOOL(builtin, false),
	STRING(set, NULL), STRING(value, ""),
	STRINGS(choices),
	END
};
#undef CURRENT

#define CURRENT struct desc_noise
static const struct key noise_keys[] = {
	STRING(text, ""),
	INT(port, -1),
	INT(every_ms, 0), INT(at_ms, -1),
	STRING(before, NULL), STRING(inside, NULL), STRING(after, NULL),
	BOOL(connected, false),
	END
};
#undef CURRENT

#define CURRENT struct desc_variable
static const struct key variable_keys[] = {
	STRING(name, ""), STRING(value, ""), END
};
#undef CURRENT

#define CURRENT struct desc
#define IN(group, member) AT_OFFSET(group.member)
#define GINT(group, member, value) \
	{ #member, KEY_INT, IN(group, member), .number = value }
#define GBOOL(group, member, value) \
	{ #member, KEY_BOOL, IN(group, member), .number = value }
#define GSTRING(group, name, member, value) \
	{ name, KEY_STRING, IN(group, member), .string = value }
#define GSTRINGS(group, member) { #member, KEY_STRINGS, IN(group, member) }
#define GWORD(group, member, list) \
	{ #member, KEY_WORD, IN(group, member), .words = list }

static const struct key identity_keys[] = {
	GSTRING(identity, "manufacturer", manufacturer, "Simulated"),
	GSTRING(identity, "model", model, "Modem"),
	GSTRING(identity, "revision", revision, "1.0"),
	GSTRING(identity, "imei", imei, "350000000000006"),
	GSTRING(identity, "gcap", gcap, "+CGSM,+DS,+ES"),
	GSTRINGS(identity, ati),
	END
};
static const struct key usb_keys[] = {
	GINT(usb, vid, 0), GINT(usb, pid, 0), GINT(usb, release, 0x0001),
	GINT(usb, max_power, 500), GINT(usb, attributes, 0xe0),
	GBOOL(usb, vendor_requests, false),
	GBOOL(usb, bridge, false),
	GSTRING(usb, "manufacturer", manufacturer, ""),
	GSTRING(usb, "product", product, ""),
	GSTRING(usb, "serial", serial, ""),
	END
};
static const struct key power_keys[] = {
	GBOOL(power, off, false),
	GBOOL(power, status_late, false),
	GINT(power, on_ms, 500), GINT(power, on_max_ms, 60000),
	GINT(power, off_ms, 2500), GINT(power, down_ms, 1000),
	END
};
static const struct key timing_keys[] = {
	GINT(timing, latency_ms, 0),
	GINT(timing, boot_delay_ms, 0),
	GINT(timing, reset_ms, 1000),
	GINT(timing, bytes_per_s, 0), GINT(timing, up_bytes_per_s, 0),
	END
};
static const struct key at_keys[] = {
	GBOOL(at, echo, true),
	GBOOL(at, lf_error, false),
	GBOOL(at, missing_cr, false),
	GBOOL(at, lf_only, false),
	GBOOL(at, multiplexed, false),
	GINT(at, baud, 0),
	GBOOL(at, garbage, true),
	GBOOL(at, ipr, false),
	GBOOL(at, ipr_lies, false),
	GBOOL(at, wires, true),
	GINT(at, cmee, 0),
	GINT(at, dtr_mode, 2),
	GINT(at, carrier_mode, 1),
	GSTRING(at, "unknown", unknown, "ERROR"),
	GINT(at, split, 0), GINT(at, split_gap_ms, 5),
	GSTRINGS(at, unsupported),
	END
};
static const struct key sim_keys[] = {
	GWORD(sim, state, sims),
	GSTRING(sim, "pin", pin, "1234"),
	GSTRING(sim, "puk", puk, "12345678"),
	GSTRING(sim, "imsi", imsi, "262011234567890"),
	GSTRING(sim, "iccid", iccid, "89490200001234567890"),
	GINT(sim, pin_attempts, 3), GINT(sim, puk_attempts, 10),
	GINT(sim, busy_ms, 0), GINT(sim, ready_ms, 0), GINT(sim, unpowered, 0), GINT(sim, unseen, -1),
	END
};
static const struct key radio_keys[] = {
	GINT(radio, cfun, 1),
	GBOOL(radio, w_disable, false),
	GSTRING(radio, "csq", csq, "17,99"),
	END
};
static const struct key network_keys[] = {
	GSTRING(network, "operator", operator, "Simulated Net"),
	GSTRING(network, "short_operator", short_operator, "SimNet"),
	GSTRING(network, "mccmnc", mccmnc, "26201"),
	GSTRING(network, "apn", apn, ""),
	GSTRING(network, "attach_apn", attach_apn, ""),
	GINT(network, attach_stat, 3),
	GBOOL(network, apn_required, false),
	GBOOL(network, attached, true),
	GBOOL(network, reasons, false),
	GBOOL(network, activated, true),
	GBOOL(network, active_refused, false),
	GINT(network, scan_ms, 0),
	GINT(network, cops_mode, 0),
	LIST("registration", network.registration, struct desc_registration,
	     registration_keys),
	END
};
static const struct key call_keys[] = {
	GSTRING(call, "connect", connect, "CONNECT"),
	GSTRING(call, "apn_mismatch", apn_mismatch, "NO CARRIER"),
	GSTRING(call, "unregistered", unregistered, "NO CARRIER"),
	GSTRING(call, "no_context", no_context, "NO CARRIER"),
	GSTRINGS(call, results),
	GWORD(call, data, datas),
	GINT(call, dial_ms, 0), GINT(call, wait_peer_ms, 0),
	GINT(call, hangup_after_ms, 0), GINT(call, lcp_every_ms, 3000),
	GBOOL(call, hangup_quiet, false),
	GBOOL(call, escape, true),
	GBOOL(call, cgdata, false),
	GINT(call, guard_ms, 1000),
	END
};
static const struct key mux_keys[] = {
	GINT(mux, n1, 1509), GINT(mux, rest_ms, 0),
	GINT(mux, refuse, 0), GINT(mux, damage, 0), GINT(mux, stop_every, 0),
	GBOOL(mux, mute, false),
	GBOOL(mux, bare, false),
	END
};
const struct key desc_keys[] = {
	{ "identity", KEY_GROUP, 0, .keys = identity_keys },
	{ "usb", KEY_GROUP, 0, .keys = usb_keys },
	{ "power", KEY_GROUP, 0, .keys = power_keys },
	{ "timing", KEY_GROUP, 0, .keys = timing_keys },
	{ "at", KEY_GROUP, 0, .keys = at_keys },
	{ "sim", KEY_GROUP, 0, .keys = sim_keys },
	{ "radio", KEY_GROUP, 0, .keys = radio_keys },
	{ "network", KEY_GROUP, 0, .keys = network_keys },
	{ "call", KEY_GROUP, 0, .keys = call_keys },
	{ "mux", KEY_GROUP, 0, .keys = mux_keys },
	LIST("ports", ports, struct desc_port, port_keys),
	LIST("contexts", contexts, struct desc_context, context_keys),
	LIST("commands", commands, struct desc_command, command_keys),
	LIST("noise", noise, struct desc_noise, noise_keys),
	LIST("variables", variables, struct desc_variable, variable_keys),
	END
};
/* clang-format on */
