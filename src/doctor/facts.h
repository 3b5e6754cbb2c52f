/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_FACTS_H
#define GD_DOCTOR_FACTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"
#include "modem/driver-choice.h"
#include "modem/layout.h"
#include "modem/script.h"

/*
 * What `doctor` knows when it judges: all of it seen by somebody else
 * (collect.c, or a test). Strings are borrowed; "" and -1 where unknown, NULL
 * only where that is said.
 */
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

#define DOCTOR_INTERFACES_MAX 32

struct doctor_interface {
	const char *name; /* "1-1:1.2" */
	int number;
	enum layout_role role;
	bool interrupt_in; /* with NOT_AT: a control channel, QMI or MBIM */
	const char *driver;
	const char *tty; /* "ttyUSB2" */
};

struct doctor_device {
	const char *path; /* "1-1"; "": no modem on USB */
	const char *manufacturer, *product;
	int vid, pid;
	int interface_count;
	int configuration, configurations;
	int authorized;
	struct doctor_interface interfaces[DOCTOR_INTERFACES_MAX];
	size_t count;
};

struct doctor_port {
	const char *device, *driver;
	const char *role; /* the contract's word */
	const char *holder, *reason;
};

#define DOCTOR_PORTS_MAX 32

/* A list of modems to be switched that has this one with a configuration and no message. */
struct doctor_switch {
	const char *file; /* "": no such entry */
	int configuration;
};

struct doctor_facts {
	enum doctor_platform platform;
	bool root;        /* we are */
	const char *name; /* the instance's */
	const char *file; /* its configuration where -c names it, else NULL */

	struct {
		const char *path;
		bool there;
		enum cause cause;   /* of reading it */
		const char *errors; /* lines */
		const char *port;   /* "auto", or the named one */
		const char *apn;
		bool pin_set, roaming, keep; /* modem.driver = "keep" */
		int cid;
	} conf;

	struct {
		bool runs;
		const char *state;
		const char *cause, *text; /* of its last failure */
	} instance;

	size_t device_count;         /* modems on USB that fit the configuration */
	struct doctor_device device; /* the one that is looked at */
	struct doctor_switch usbmode, modeswitch;
	bool unregistered; /* the kernel's log has it, and no disconnect */

	enum driver_verdict bind; /* UNKNOWN where there is no device */
	int bind_at;              /* index of the interface, -1 */
	const char *bind_commands;

	bool probed; /* the ports were asked; else the instance holds them */
	enum cause probe_cause;
	struct doctor_port ports[DOCTOR_PORTS_MAX];
	size_t port_count;
	int chosen;                      /* -1 */
	const char *ask_text;            /* why the modem was not asked to the end */
	const struct modem_facts *modem; /* NULL: it was not asked */

	const char *rfkill;       /* the kernel's switch that blocks radios, "" none */
	int modemmanager, brltty; /* process ids; 0: none is seen */
	enum doctor_module option, ppp_async;
	int dev_ppp;      /* 0, or why it cannot be opened: a negative errno */
	const char *pppd; /* its path */
	bool pppd_there;
	const char *pppd_version; /* "2.4.9" */
};

#endif
