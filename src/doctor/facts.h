/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_FACTS_H
#define GD_DOCTOR_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/cause.h"
#include "io/power-key.h"
#include "io/rebind.h"

struct conf;
struct modem_facts;
struct modem_scan;
struct probe_result;

enum doctor_platform {
	DOCTOR_OTHER, /* some Linux */
	DOCTOR_DEBIAN,
	DOCTOR_OPENWRT_OPKG,
	DOCTOR_OPENWRT_APK,
};

/* What there is of a kernel module. */
enum doctor_module {
	DOCTOR_MODULE_UNKNOWN,
	DOCTOR_MODULE_LOADED, /* or built in */
	DOCTOR_MODULE_THERE,
	DOCTOR_MODULE_MISSING,
};

/* An entry of a list of modems to be switched that has a configuration for this one and no
 * message. */
struct doctor_switch {
	char file[64]; /* "": no such entry */
	int configuration;
};

/* What `doctor` knows when it judges. The checks look at nothing else, so that a test can make up
 * any machine. Pointers are borrowed; strings are "" and numbers -1 where unknown. */
struct doctor_facts {
	/* From the caller. */
	const char *name; /* the instance's */
	const char *file; /* its configuration where -c names it, else NULL */
	const char *conf_path;
	bool conf_there;
	enum cause conf_cause;   /* of reading it */
	const char *conf_errors; /* lines */
	struct {
		bool runs;
		const char *state;
		bool muxed;               /* its port */
		const char *cause, *text; /* of its last failure */
		const char *refused;      /* APNs, one a line with how */
	} instance;
	const char *ask_text;            /* why the modem was not asked to the end */
	const struct modem_facts *modem; /* NULL: it was not asked */
	const struct modem_scan *scan;   /* for networks around; NULL: none is wanted */
	const char *providers;           /* the table; NULL: none */

	/* From doctor_collect. */
	const struct conf *conf;          /* the defaults where the file is wrong */
	const struct probe_result *probe; /* NULL: the instance holds the ports */
	struct rebind_job job; /* the modem that is looked at; its path "": none is on USB */
	struct buf bind_commands;
	enum stick stick; /* where none is: one that is no modem now, and its device */
	struct usb_device stick_device;
	struct doctor_switch usbmode, modeswitch;
	bool unregistered; /* the kernel's log says so of the QMI driver, and of no disconnect */
	enum doctor_platform platform;
	const char *cmdline_file; /* a Raspberry Pi's, of the kernel's parameters; "" */
	bool root;                /* we are */
	struct buf rfkill;        /* the kernel's switch that blocks radios */
	int modemmanager, brltty; /* process ids; 0: not running */
	enum doctor_module option, ppp_async;
	bool power_configured;         /* the group power names something, but no program alone: */
	enum power_result power_check; /* are its lines there? */
	int power_status;              /* STATUS: 1, 0; -1: unknown */
	struct power_past power_past;  /* the last press */
	int dev_ppp;                   /* 0, or why it cannot be opened: a negative errno */

	/* From doctor_collect_pin: what PINS_EVENT_ASK says to sim.pin. */
	int pin_verdict;
	struct buf pin_text;

	/* From doctor_collect_pppd. */
	const char *pppd; /* its path */
	bool pppd_there;
	char pppd_version[32]; /* "2.4.9" */
};

void doctor_facts_init(struct doctor_facts *facts);
void doctor_facts_free(struct doctor_facts *facts);

/*
 * Look at the system below `root` ("" for the machine's own): platform, kernel
 * modules, PPP, programs that use modems. `conf` and `probe` (of the ports,
 * NULL when they were not asked) are borrowed.
 */
void doctor_collect(struct doctor_facts *facts, const char *root, const struct conf *conf,
		    const struct probe_result *probe);

/* Look up in the record of sent PINs what is said of sim.pin and the SIM of `modem`. */
void doctor_collect_pin(struct doctor_facts *facts);

/* Ask pppd for its version. */
void doctor_collect_pppd(struct doctor_facts *facts);

#endif
