/* SPDX-License-Identifier: ISC */
/*
 * doctor's judgement. Whole machines: a tree of sysfs, what the probe and the
 * modem say, and the text and JSON as files of tests/fixtures/doctor, which
 * DOCTOR_WRITE=1 writes anew. And each check by itself.
 */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"

#include "base/count.h"
#include "base/json.h"
#include "base/str.h"
#include "conf/conf.h"
#include "doctor/facts.h"
#include "doctor/finding.h"
#include "doctor/system.h"
#include "io/probe.h"
#include "modem/foreign.h"
#include "modem/script.h"
#include "tree.h"

static struct modem_facts modem(void)
{
	struct modem_facts facts = {
		.identity = {"huawei", "E1752", "11.126.13.00.11", "353456780123456"},
		.imsi = "262032345678901",
		.iccid = "89490200001234567890",
		.sim = MODEM_SIM_READY,
		.pin_left = 3,
		.domain_known = {true, true, false},
		.registered = true,
		.act = 2,
		.radio = {MODEM_RADIO_ON, MODEM_RADIO_FREE},
		.contexts = {{1, "IP", "internet"}},
		.context_count = 1,
	};

	modem_signal_clear(&facts.signal);
	modem_decode_signal("+CSQ: 17,99", &facts.signal);
	strcpy(facts.operator, "E-Plus");
	facts.registration[0].stat = MODEM_REG_HOME;
	facts.registration[1].stat = MODEM_REG_HOME;
	return facts;
}

/* Whole machines -------------------------------------------------------------*/

struct machine {
	const char *name, *tree;
	const char *path;           /* of the ports' device on USB; NULL: "1-1" */
	const char *usbmode, *kmsg; /* these files' text, or NULL */
	enum cause cause;           /* of the probe */
	int chosen;
	struct {
		int interface;
		const char *device, *driver;
		enum port_role role;
		const char *holder;
	} ports[4];
	enum cause exit;
};

#define USBMODE                                                           \
	"{\"messages\":[],\"devices\":{\"1199:9013\":{\"*\":{\"msg\":[]," \
	"\"config\":1}}}}"

static const struct machine machines[] = {
	{.name = "report-before",
	 .tree = "sysfs/report-before",
	 .usbmode = USBMODE,
	 .cause = CAUSE_NO_AT_PORT,
	 .chosen = -1,
	 .ports = {{1, "/dev/ttyUSB0", "qcserial", PORT_ROLE_SILENT, ""},
		   {2, "/dev/ttyUSB1", "qcserial", PORT_ROLE_NO_DTR, ""},
		   {3, "/dev/ttyUSB2", "qcserial", PORT_ROLE_NO_DTR, ""}},
	 .exit = CAUSE_NO_AT_PORT},
	{.name = "report-after",
	 .tree = "sysfs/report-after",
	 .usbmode = USBMODE,
	 .kmsg = "6,1,1,-;qmi_wwan 1-1:1.0 wwan0: register 'qmi_wwan' at "
		 "usb-f1058000.usb-1, WWAN/QMI device, 26:47:d9:cc:38:28\n"
		 "6,2,2,-;qmi_wwan 1-1:1.0 wwan0: unregister 'qmi_wwan' "
		 "usb-f1058000.usb-1, WWAN/QMI device\n",
	 .cause = CAUSE_NO_AT_PORT,
	 .chosen = -1,
	 .ports = {{1, "/dev/ttyUSB0", "qcserial", PORT_ROLE_SILENT, ""},
		   {2, "/dev/ttyUSB1", "qcserial", PORT_ROLE_NO_DTR, ""},
		   {3, "/dev/ttyUSB2", "qcserial", PORT_ROLE_NO_DTR, ""}},
	 .exit = CAUSE_NO_AT_PORT},
	{.name = "report-bare",
	 .tree = "sysfs/report-bare",
	 .cause = CAUSE_NO_MODEM,
	 .chosen = -1,
	 .exit = CAUSE_NO_AT_PORT},
	{.name = "huawei",
	 .tree = "sysfs/huawei-e1752",
	 .path = "1-1.4",
	 .cause = CAUSE_NONE,
	 .chosen = 0,
	 .ports = {{0, "/dev/ttyUSB0", "option", PORT_ROLE_AT, ""},
		   {1, "/dev/ttyUSB1", "option", PORT_ROLE_SILENT, ""},
		   {2, "/dev/ttyUSB2", "option", PORT_ROLE_AT_SECONDARY, ""}},
	 .exit = CAUSE_NONE},
	{.name = "quectel-held",
	 .tree = "sysfs/quectel-ec25",
	 .cause = CAUSE_BUSY,
	 .chosen = -1,
	 .ports = {{2, "/dev/ttyUSB2", "option", PORT_ROLE_BUSY, "ModemManager (pid 312)"},
		   {3, "/dev/ttyUSB3", "option", PORT_ROLE_BUSY, "ModemManager (pid 312)"}},
	 .exit = CAUSE_BUSY},
	{.name = "qdl",
	 .tree = "sysfs/qdl",
	 .cause = CAUSE_FIRMWARE,
	 .chosen = -1,
	 .exit = CAUSE_FIRMWARE},
	{.name = "foreign",
	 .tree = "sysfs/foreign-only",
	 .cause = CAUSE_NO_MODEM,
	 .chosen = -1,
	 .ports = {{0, "/dev/ttyUSB0", "ftdi_sio", PORT_ROLE_OTHER, ""},
		   {0, "/dev/ttyACM0", "cdc_acm", PORT_ROLE_OTHER, ""}},
	 .exit = CAUSE_NO_MODEM},
	{.name = "stick-disk",
	 .tree = "sysfs/stick-disk",
	 .cause = CAUSE_NO_MODEM,
	 .chosen = -1,
	 .exit = CAUSE_NO_MODEM},
	{.name = "stick-router",
	 .tree = "sysfs/stick-router",
	 .cause = CAUSE_NO_MODEM,
	 .chosen = -1,
	 .exit = CAUSE_NO_MODEM},
	{.name = "empty",
	 .tree = "sysfs/empty",
	 .cause = CAUSE_NO_MODEM,
	 .chosen = -1,
	 .exit = CAUSE_NO_MODEM},
};

static void plant(const char *root, const char *dir, const char *name, const char *text)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s", root, dir);
	if (mkdir(path, 0755) < 0)
		assert_int_equal(errno, EEXIST);
	snprintf(path, sizeof(path), "%s/%s/%s", root, dir, name);
	file = fopen(path, "w");
	assert_non_null(file);
	fputs(text, file);
	fclose(file);
}

static size_t fill_ports(const struct machine *machine, struct probed_port *ports, const char *path)
{
	size_t count = 0;

	for (; count < 4 && machine->ports[count].device; count++) {
		struct probed_port *port = &ports[count];

		memset(port, 0, sizeof(*port));
		port_init(&port->port, machine->ports[count].device);
		port->port.interface = machine->ports[count].interface;
		str_copy(port->port.driver, sizeof(port->port.driver),
			 machine->ports[count].driver);
		str_copy(port->port.usb_path, sizeof(port->port.usb_path), path);
		port->role = machine->ports[count].role;
		if (port->role == PORT_ROLE_OTHER) {
			struct buf why = BUF_INIT;

			foreign_explain(port->port.driver, port->port.device, &why);
			str_copy(port->reason, sizeof(port->reason), buf_str(&why));
			buf_free(&why);
		}
		str_copy(port->holder, sizeof(port->holder), machine->ports[count].holder);
	}
	return count;
}

/* The file's text, or "". The caller frees. */
static char *read_golden(const char *name, const char *suffix, const char *have)
{
	const char *top = getenv("top_srcdir");
	char path[256], *text = calloc(1, 65536);
	FILE *file;

	snprintf(path, sizeof(path), "%s/tests/fixtures/doctor/%s.%s", top ? top : ".", name,
		 suffix);
	if (getenv("DOCTOR_WRITE")) {
		file = fopen(path, "w");
		assert_non_null(file);
		fputs(have, file);
		fclose(file);
	}
	file = fopen(path, "r");
	assert_non_null(text);
	if (file) {
		assert_in_range(fread(text, 1, 65535, file), 0, 65534);
		fclose(file);
	}
	return text;
}

static void assert_golden(const char *name, const char *suffix, const char *have)
{
	char *want = read_golden(name, suffix, have);

	assert_string_equal(have, want);
	free(want);
}

#define JSON_SHOWN (JSON_C_TO_STRING_PRETTY | JSON_C_TO_STRING_NOSLASHESCAPE)

/* json-c's versions differ in the white space of an empty array. */
static void assert_golden_json(const char *name, struct json_object *object)
{
	const char *have = json_object_to_json_string_ext(object, JSON_SHOWN);
	char *text = read_golden(name, "json", have);
	struct json_object *want = json_tokener_parse(text);

	assert_non_null(want);
	assert_string_equal(have, json_object_to_json_string_ext(want, JSON_SHOWN));
	json_object_put(want);
	free(text);
}

static void assert_shown(const struct machine *machine, const struct finding_list *list)
{
	struct json_object *object = finding_list_json(list);
	struct buf text = BUF_INIT;

	finding_list_render(list, false, &text);
	assert_golden(machine->name, "txt", buf_str(&text));
	assert_golden_json(machine->name, object);
	assert_int_equal(finding_list_cause(list), machine->exit);
	json_object_put(object);
	buf_free(&text);
}

static void examine(const struct machine *machine)
{
	struct doctor_facts facts;
	struct probed_port ports[4];
	struct probe_result result = {
		.ports = ports, .chosen = machine->chosen, .cause = machine->cause};
	struct modem_facts said = modem();
	struct finding_list list;
	struct conf conf;
	const char *root = tree_plant(machine->tree);

	plant(root, "etc", "openwrt_release", "");
	plant(root, "dev", "ppp", "");
	plant(root, "dev", "kmsg", machine->kmsg ? machine->kmsg : "");
	if (machine->usbmode)
		plant(root, "etc", "usb-mode.json", machine->usbmode);
	assert_int_equal(conf_init(&conf), 0);
	doctor_facts_init(&facts);
	result.count = fill_ports(machine, ports, machine->path ? machine->path : "1-1");
	doctor_collect(&facts, root, &conf, &result);
	facts.name = "gobi";
	facts.conf_path = "/etc/gobi-dial/gobi.conf";
	facts.conf_there = true;
	facts.root = true;
	facts.pppd = "/usr/sbin/pppd";
	facts.pppd_there = true;
	strcpy(facts.pppd_version, "2.4.9");
	if (machine->chosen >= 0)
		facts.modem = &said;
	else
		facts.ask_text = cause_text(machine->cause);
	assert_int_equal(doctor_examine(&facts, &list), 0);
	assert_shown(machine, &list);
	finding_list_free(&list);
	doctor_facts_free(&facts);
	conf_free(&conf);
	tree_fell();
}

static void machines_are_judged_as_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(machines); i++)
		examine(&machines[i]);
}

/* Each check by itself: all is well but for one thing --------------------------*/

struct world {
	struct doctor_facts facts;
	struct conf conf;
	struct modem_facts modem;
	struct probed_port ports[2];
	struct probe_result probe;
	struct modem_scan scan;
};

static void set_text(char **to, const char *text)
{
	free(*to);
	*to = strdup(text);
	assert_non_null(*to);
}

struct lone {
	const char *code;
	void (*spoil)(struct world *world);
};

#define LONE(name, ...)                                                   \
	static void spoil_##name(struct world *world)                     \
	{                                                                 \
		struct doctor_facts *facts = &world->facts;               \
		struct usb_interface *qmi = facts->job.device.interfaces; \
		struct modem_facts *modem = &world->modem;                \
		struct probe_result *probe = &world->probe;               \
		(void)facts;                                              \
		(void)qmi;                                                \
		(void)modem;                                              \
		(void)probe;                                              \
		__VA_ARGS__;                                              \
	}

/* clang-format off */
LONE(nothing, )
LONE(config, facts->conf_cause = CAUSE_CONFIG;
     facts->conf_errors = "gobi.conf:3: no such key\n")
LONE(no_config, facts->conf_there = false)
LONE(user, facts->root = false)
LONE(two, probe->count = 2)
LONE(foreign, probe->chosen = -1; world->ports[0].role = PORT_ROLE_OTHER;
     facts->job.device.path[0] = '\0')
LONE(disk, facts->job.device.path[0] = '\0'; facts->stick = STICK_DISK)
LONE(router, facts->job.device.path[0] = '\0'; facts->stick = STICK_ROUTER)
LONE(blocked, facts->job.device.authorized = 0)
LONE(mbim, facts->job.device.configuration = 2)
LONE(qmi, qmi->driver[0] = '\0')
LONE(switched, qmi->driver[0] = '\0';
     strcpy(facts->modeswitch.file, "/usr/share/usb_modeswitch/1199:9013"))
LONE(qmi_option, strcpy(qmi->driver, "option"))
LONE(no_option, probe->chosen = -1; facts->option = DOCTOR_MODULE_MISSING)
LONE(no_tty, probe->chosen = -1; facts->job.at = -1;
     facts->job.device.interfaces[2].tty_count = 0)
LONE(unbound, probe->chosen = -1; facts->job.verdict = DRIVER_UNBOUND;
     facts->job.device.interfaces[2].driver[0] = '\0')
LONE(held, probe->chosen = -1; world->ports[0].role = PORT_ROLE_BUSY;
     strcpy(world->ports[0].holder, "minicom (pid 7)"))
LONE(console, probe->chosen = -1; world->ports[0].role = PORT_ROLE_BUSY;
     facts->cmdline_file = "/boot/firmware/cmdline.txt";
     strcpy(world->ports[0].holder, "the kernel's console (/proc/consoles)"))
LONE(getty, probe->chosen = -1; world->ports[0].role = PORT_ROLE_BUSY;
     strcpy(world->ports[0].holder, "agetty (pid 7)"))
LONE(mm_runs, facts->modemmanager = 312)
LONE(brltty, facts->brltty = 313)
LONE(in_call, probe->chosen = -1; world->ports[0].role = PORT_ROLE_PPP)
LONE(denied, probe->chosen = -1; probe->cause = CAUSE_PERMISSION)
LONE(named, probe->chosen = -1; set_text(&world->conf.modem.port, "/dev/ttyS9");
     probe->cause = CAUSE_NO_MODEM)
LONE(silent, probe->chosen = -1; world->ports[0].role = PORT_ROLE_SILENT;
     probe->cause = CAUSE_NO_AT_PORT)
LONE(bridge, world->ports[0].port.named = true; world->ports[0].port.interface = 0;
     strcpy(world->ports[0].port.driver, "cp210x"))
LONE(dead_line, spoil_silent(world); world->ports[0].port.named = true)
LONE(odd_line, spoil_dead_line(world); world->ports[0].garbled = true)
LONE(far_console, spoil_dead_line(world); world->ports[0].console = true;
     strcpy(world->ports[0].reason, "the console of another computer"))
LONE(not_asked, facts->modem = NULL)
LONE(half_asked, facts->ask_text = "the modem has stopped answering")
LONE(no_pin, modem->sim = MODEM_SIM_PIN)
LONE(pin, modem->sim = MODEM_SIM_PIN; set_text(&world->conf.sim.pin, "0000"))
LONE(last_pin, modem->sim = MODEM_SIM_PIN; set_text(&world->conf.sim.pin, "0000");
     modem->pin_left = 1)
LONE(held_pin, modem->sim = MODEM_SIM_PIN; facts->pin_verdict = -ENODATA)
LONE(refused_pin, facts->pin_verdict = -EEXIST)
LONE(lost_pin, facts->pin_verdict = -ENODATA)
LONE(untaken_pin, modem->sim = MODEM_SIM_PIN; facts->pin_verdict = PINS_AGAIN)
LONE(puk, modem->sim = MODEM_SIM_PUK)
LONE(no_sim, modem->sim = MODEM_SIM_MISSING)
LONE(busy_sim, modem->sim = MODEM_SIM_BUSY)
LONE(bad_sim, modem->sim = MODEM_SIM_FAILED)
LONE(locked, modem->sim = MODEM_SIM_OTHER_LOCK)
LONE(radio, modem->radio = modem_radio_of_fun(4))
LONE(rfkill, spoil_radio(world);
     buf_printf(&facts->rfkill, "rfkill0 (hp-wwan) is blocked: rfkill unblock wwan"))
LONE(mute_sim, modem->sim = MODEM_SIM_UNKNOWN)
LONE(mute_network, modem->registered = false;
     memset(modem->domain_known, 0, sizeof(modem->domain_known)))
LONE(abroad, modem->roaming = true; world->conf.network.roaming = false)
LONE(refused, modem->registered = false;
     modem->registration[1].stat = MODEM_REG_DENIED)
LONE(refused_with_reason, modem->registered = false; modem->reject.cause = 15;
     modem->registration[MODEM_DOMAIN_CS].stat = MODEM_REG_SEARCHING)
LONE(no_chip, facts->power_configured = true; facts->power_check = POWER_RESULT_NO_CHIP)
LONE(no_line, facts->power_configured = true; facts->power_check = POWER_RESULT_NO_LINE)
LONE(held_line, facts->power_configured = true; facts->power_check = POWER_RESULT_HELD)
LONE(denied_chip, facts->power_configured = true; facts->power_check = POWER_RESULT_DENIED)
LONE(broken_chip, facts->power_configured = true; facts->power_check = POWER_RESULT_BROKEN)
LONE(wrong_line, facts->power_configured = true; facts->power_past.act = POWER_ON;
     facts->power_past.result = POWER_RESULT_NO_EFFECT)
LONE(wrong_status, facts->power_configured = true; facts->power_status = 0)
LONE(off, facts->power_configured = true; facts->power_status = 0; probe->chosen = -1;
     probe->cause = CAUSE_NO_AT_PORT; world->ports[0].role = PORT_ROLE_SILENT)
LONE(on_silent, facts->power_configured = true; facts->power_status = 1; probe->chosen = -1;
     probe->cause = CAUSE_NO_AT_PORT; world->ports[0].role = PORT_ROLE_SILENT)
LONE(switchable, facts->power_configured = true)
LONE(searching, modem->registered = false;
     modem->registration[0].stat = MODEM_REG_SEARCHING)
LONE(no_profile, modem->registered = false; modem->imsi[0] = '\0')
LONE(messages, modem->registered = false;
     modem->registration[0].stat = MODEM_REG_HOME_SMS)
LONE(maybe, modem->registered = false; modem->sim = MODEM_SIM_UNKNOWN;
     modem->registration[0].stat = MODEM_REG_UNKNOWN)
#define SCAN(name, ...)                                                            \
	LONE(name, modem->registered = false; facts->scan = &world->scan;          \
	     modem->registration[0].stat = MODEM_REG_SEARCHING;                    \
	     world->scan = (struct modem_scan){.wanted = true, .done = true, __VA_ARGS__})
SCAN(found_some, .networks = 2, .forbidden = 1, .offered = MODE_4G, .own = MODE_ALL)
SCAN(found_old, .networks = 1, .offered = MODE_2G, .own = MODE_2G | MODE_3G)
SCAN(found_unknown, .networks = 1, .own = MODE_2G)
SCAN(found_newer, .networks = 2, .offered = MODE_4G, .own = MODE_2G | MODE_3G)
SCAN(found_none_old, .own = MODE_2G | MODE_3G)
SCAN(found_none, .own = MODE_3G | MODE_4G)
SCAN(found_none_unknown, .own = 0)
SCAN(found_forbidden, .networks = 2, .forbidden = 2, .offered = MODE_4G)
LONE(no_scan, facts->scan = &world->scan)
LONE(scan_elsewhere, facts->scan = &world->scan; facts->instance.runs = true;
     facts->modem = NULL)
LONE(weak, modem_decode_signal("+CSQ: 3,99", &modem->signal))
LONE(no_apn, modem->contexts[0].apn[0] = '\0')
LONE(no_ppp, facts->dev_ppp = -ENOENT)
LONE(ppp_unknown, facts->dev_ppp = -EACCES)
LONE(no_pppd, facts->pppd_there = false)
LONE(odd_pppd, facts->pppd_version[0] = '\0')
LONE(connected, facts->instance.runs = true; facts->instance.state = "connected")
LONE(trying, facts->instance.runs = true; facts->instance.state = "dialing")
LONE(failing, facts->instance.runs = true; facts->instance.state = "backing-off";
     facts->instance.cause = "ppp-auth"; facts->instance.text = "refused")

static const struct lone lones[] = {
	{ "config-fine", spoil_nothing },
	{ "modem-found", spoil_nothing },
	{ "port-found", spoil_nothing },
	{ "modem-identity", spoil_nothing },
	{ "sim-ready", spoil_nothing },
	{ "registered", spoil_nothing },
	{ "kernel-ppp", spoil_nothing },
	{ "pppd-found", spoil_nothing },
	{ "instance-stopped", spoil_nothing },
	{ "config-wrong", spoil_config },
	{ "config-missing", spoil_no_config },
	{ "not-root", spoil_user },
	{ "more-modems", spoil_two },
	{ "other-ttys", spoil_foreign },
	{ "no-modem", spoil_foreign },
	{ "stick-is-disk", spoil_disk },
	{ "stick-is-router", spoil_router },
	{ "device-blocked", spoil_blocked },
	{ "other-configuration", spoil_mbim },
	{ "qmi-unbound", spoil_qmi },
	{ "modeswitch-entry", spoil_switched },
	{ "qmi-taken", spoil_qmi_option },
	{ "no-option", spoil_no_option },
	{ "no-tty", spoil_no_tty },
	{ "at-unbound", spoil_unbound },
	{ "port-held", spoil_held },
	{ "port-is-console", spoil_console },
	{ "port-takes-logins", spoil_getty },
	{ "modemmanager-runs", spoil_mm_runs },
	{ "brltty-runs", spoil_brltty },
	{ "port-in-call", spoil_in_call },
	{ "ports-denied", spoil_denied },
	{ "port-missing", spoil_named },
	{ "ports-silent", spoil_silent },
	{ "bridge-found", spoil_bridge },
	{ "line-silent", spoil_dead_line },
	{ "line-garbled", spoil_odd_line },
	{ "line-is-console", spoil_far_console },
	{ "power-chip-missing", spoil_no_chip },
	{ "power-line-missing", spoil_no_line },
	{ "power-line-held", spoil_held_line },
	{ "power-denied", spoil_denied_chip },
	{ "power-chip-broken", spoil_broken_chip },
	{ "power-no-effect", spoil_wrong_line },
	{ "power-wrong-status", spoil_wrong_status },
	{ "power-off", spoil_off },
	{ "power-on-silent", spoil_on_silent },
	{ "power-fine", spoil_switchable },
	{ "not-asked", spoil_not_asked },
	{ "half-asked", spoil_half_asked },
	{ "pin-missing", spoil_no_pin },
	{ "pin-given", spoil_pin },
	{ "pin-last-attempt", spoil_last_pin },
	{ "pin-held", spoil_held_pin },
	{ "pin-recorded", spoil_refused_pin },
	{ "pin-recorded", spoil_lost_pin },
	{ "pin-recorded", spoil_untaken_pin },
	{ "sim-puk", spoil_puk },
	{ "sim-missing", spoil_no_sim },
	{ "sim-busy", spoil_busy_sim },
	{ "sim-failed", spoil_bad_sim },
	{ "modem-locked", spoil_locked },
	{ "radio-off", spoil_radio },
	{ "sim-unknown", spoil_mute_sim },
	{ "network-unknown", spoil_mute_network },
	{ "roaming-forbidden", spoil_abroad },
	{ "network-denies", spoil_refused },
	{ "network-refuses", spoil_refused_with_reason },
	{ "not-registered", spoil_searching },
	{ "not-registered", spoil_maybe },
	{ "network-denies", spoil_messages },
	{ "sim-failed", spoil_no_profile },
	{ "networks-found", spoil_found_some },
	{ "networks-found", spoil_found_old },
	{ "networks-found", spoil_found_unknown },
	{ "technology-gone", spoil_found_newer },
	{ "technology-gone", spoil_found_none_old },
	{ "no-networks", spoil_found_none },
	{ "no-networks", spoil_found_none_unknown },
	{ "networks-forbidden", spoil_found_forbidden },
	{ "scan-not-done", spoil_no_scan },
	{ "scan-not-done", spoil_scan_elsewhere },
	{ "signal-weak", spoil_weak },
	{ "apn-missing", spoil_no_apn },
	{ "kernel-ppp-missing", spoil_no_ppp },
	{ "kernel-ppp-unknown", spoil_ppp_unknown },
	{ "pppd-missing", spoil_no_pppd },
	{ "pppd-strange", spoil_odd_pppd },
	{ "instance-connected", spoil_connected },
	{ "instance-trying", spoil_trying },
	{ "instance-failing", spoil_failing },
};
/* clang-format on */

static void fill_well(struct world *world)
{
	struct doctor_facts *facts = &world->facts;

	memset(world, 0, sizeof(*world));
	world->modem = modem();
	assert_int_equal(conf_init(&world->conf), 0);
	doctor_facts_init(facts);
	facts->root = true;
	facts->name = "gobi";
	facts->conf_path = "/etc/gobi-dial/gobi.conf";
	facts->conf_there = true;
	facts->conf = &world->conf;
	facts->job.verdict = DRIVER_FINE;
	facts->job.at = 2;
	facts->job.device = (struct usb_device){
		.path = "1-1",
		.manufacturer = "Sierra",
		.product = "MC8355",
		.vid = 0x1199,
		.pid = 0x9013,
		.interface_count = 4,
		.configuration = 1,
		.configurations = 1,
		.authorized = 1,
		.count = 3,
		.interfaces = {{"1-1:1.0", .interrupt_in = 1, .driver = "qmi_wwan"},
			       {"1-1:1.1", .number = 1},
			       {"1-1:1.2", .number = 2, .interrupt_in = 1, .driver = "option",
				.ttys = {"ttyUSB1"}, .tty_count = 1}}};
	for (int i = 0; i < 3; i++)
		facts->job.device.interfaces[i].class = 0xff;
	for (int i = 0; i < 2; i++) {
		port_init(&world->ports[i].port, i ? "/dev/ttyUSB5" : "/dev/ttyUSB1");
		strcpy(world->ports[i].port.driver, "option");
		strcpy(world->ports[i].port.usb_path, i ? "1-2" : "1-1");
		world->ports[i].role = PORT_ROLE_AT;
	}
	world->probe = (struct probe_result){.ports = world->ports, .count = 1, .chosen = 0};
	facts->probe = &world->probe;
	facts->modem = &world->modem;
	facts->option = facts->ppp_async = DOCTOR_MODULE_LOADED;
	facts->pppd = "/usr/sbin/pppd";
	facts->pppd_there = true;
	strcpy(facts->pppd_version, "2.4.9");
	facts->power_status = facts->power_past.act = -1;
}

static void free_world(struct world *world)
{
	doctor_facts_free(&world->facts);
	conf_free(&world->conf);
}

static bool has_code(const struct finding_list *list, const char *code)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->findings[i].code, code) == 0)
			return true;
	return false;
}

static void each_fault_is_found_where_it_is(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(lones); i++) {
		struct world world;
		struct finding_list list;

		fill_well(&world);
		lones[i].spoil(&world);
		assert_int_equal(doctor_examine(&world.facts, &list), 0);
		if (!has_code(&list, lones[i].code))
			fail_msg("no %s", lones[i].code);
		finding_list_free(&list);
		free_world(&world);
	}
}

static void all_is_well_without_a_fault(void **state)
{
	struct world world;
	struct finding_list list;

	(void)state;
	fill_well(&world);
	assert_int_equal(doctor_examine(&world.facts, &list), 0);
	for (size_t i = 0; i < list.count; i++)
		if (list.findings[i].severity != DOCTOR_OK)
			assert_string_equal(list.findings[i].code, "instance-stopped");
	assert_int_equal(finding_list_cause(&list), CAUSE_NONE);
	finding_list_free(&list);
	free_world(&world);
}

/* What the kernel blocks the kernel can unblock; what somebody has told the modem run tells it
 * otherwise. */
static void a_radio_is_unblocked_where_it_is_blocked(void **state)
{
	(void)state;
	for (int blocked = 0; blocked <= 1; blocked++) {
		struct world world;
		struct finding_list list;

		fill_well(&world);
		(blocked ? spoil_rfkill : spoil_radio)(&world);
		assert_int_equal(doctor_examine(&world.facts, &list), 0);
		for (size_t i = 0; i < list.count; i++)
			if (strcmp(list.findings[i].code, "radio-off") == 0)
				assert_string_equal(buf_str(&list.findings[i].fix),
						    blocked ? "rfkill unblock wwan\n" : "");
		assert_int_equal(finding_list_cause(&list), CAUSE_RADIO_OFF);
		finding_list_free(&list);
		free_world(&world);
	}
}

static void a_failing_instances_cause_is_the_exit_code(void **state)
{
	struct world world;
	struct finding_list list;

	(void)state;
	fill_well(&world);
	spoil_failing(&world);
	assert_int_equal(doctor_examine(&world.facts, &list), 0);
	assert_int_equal(finding_list_cause(&list), CAUSE_PPP_AUTH);
	finding_list_free(&list);
	free_world(&world);
}

static void long_numbers_are_masked(void **state)
{
	static const struct {
		const char *from, *to;
	} texts[] = {
		{"IMEI 351234040123456.", "IMEI 35123xxxxxxxxxx."},
		{"262011234567890 and 89490200001234567890",
		 "26201xxxxxxxxxx and 89490xxxxxxxxxxxxxxx"},
		{"+4917012345678", "+49170xxxxxxxx"},
		{"pid 4194304, 1199:9013, +CSQ: 17", "pid 4194304, 1199:9013, +CSQ: 17"},
		{"12345678", "12345xxx"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct buf text = BUF_INIT;

		buf_printf(&text, "%s", texts[i].from);
		doctor_redact(&text);
		assert_string_equal(buf_str(&text), texts[i].to);
		buf_free(&text);
	}
}

/* usbmode's list in the forms that count and those that do not. */
static void usbmodes_entry_counts_without_a_message_only(void **state)
{
	static const struct {
		const char *list;
		int configuration;
	} lists[] = {
		{USBMODE, 1},
		{"{\"devices\":{\"1199:9013\":{\"*\":{\"config\":2}}}}", 2},
		{"{\"devices\":{\"1199:9013\":{\"*\":{\"msg\":[1],\"config\":1}}}}", -1},
		{"{\"devices\":{\"1199:9013\":{\"*\":{\"mode\":\"Huawei\",\"config\":1}}}}", -1},
		{"{\"devices\":{\"1199:9013-off\":{\"*\":{\"msg\":[],\"config\":1}}}}", -1},
		{"{\"devices\":{\"1199:9013\":7}}", -1},
		{"{\"devices\":[]}", -1},
		{"[]", -1},
		{"{", -1},
		{"", -1},
	};
	const char *root = tree_plant("sysfs/empty");
	struct doctor_switch entry;

	(void)state;
	assert_false(system_usbmode(root, 0x1199, 0x9013, &entry));
	for (size_t i = 0; i < COUNT(lists); i++) {
		plant(root, "etc", "usb-mode.json", lists[i].list);
		assert_int_equal(system_usbmode(root, 0x1199, 0x9013, &entry),
				 lists[i].configuration >= 0);
		assert_int_equal(entry.configuration, lists[i].configuration);
	}
	tree_fell();
}

static void the_kernels_log_tells_who_let_go(void **state)
{
#define REGISTER   "6,1,1,-;qmi_wwan 1-1:1.0 wwan0: register 'qmi_wwan' at x\n"
#define UNREGISTER "6,1,1,-;qmi_wwan 1-1:1.0 wwan0: unregister 'qmi_wwan' x\n"
#define DISCONNECT "6,1,1,-;usb 1-1: USB disconnect, device number 2\n"
	static const struct {
		const char *log;
		bool unregistered;
	} logs[] = {
		{"", false},
		{REGISTER UNREGISTER, true},
		{REGISTER DISCONNECT UNREGISTER, false},
		{REGISTER UNREGISTER REGISTER, false},
		{REGISTER DISCONNECT UNREGISTER REGISTER UNREGISTER, true},
		{"6,1,1,-;qmi_wwan 1-11:1.0 wwan0: unregister 'qmi_wwan' x\n", false},
	};
	const char *root = tree_plant("sysfs/empty");

	(void)state;
	for (size_t i = 0; i < COUNT(logs); i++) {
		plant(root, "dev", "kmsg", logs[i].log);
		assert_int_equal(system_was_unregistered(root, "1-1"), logs[i].unregistered);
	}
	tree_fell();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(machines_are_judged_as_written),
		cmocka_unit_test(each_fault_is_found_where_it_is),
		cmocka_unit_test(all_is_well_without_a_fault),
		cmocka_unit_test(a_radio_is_unblocked_where_it_is_blocked),
		cmocka_unit_test(a_failing_instances_cause_is_the_exit_code),
		cmocka_unit_test(long_numbers_are_masked),
		cmocka_unit_test(usbmodes_entry_counts_without_a_message_only),
		cmocka_unit_test(the_kernels_log_tells_who_let_go),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
