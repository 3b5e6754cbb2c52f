/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_DESC_H
#define GD_MODEM_DESC_H

#include <stdbool.h>
#include <stddef.h>

/* A modem's description, as read from a .modem file: README.md says what each key means. Strings
 * are the file's; all is const after loading. */

struct desc_strings {
	const char **items;
	size_t count;
};

enum desc_role {
	DESC_ROLE_AT,
	DESC_ROLE_NMEA,
	DESC_ROLE_DIAG,
	DESC_ROLE_SILENT,
	DESC_ROLE_PARROT,
	DESC_ROLE_PPP,
};

enum desc_leave { DESC_LEAVE_ESCAPE, DESC_LEAVE_DTR, DESC_LEAVE_NEVER, DESC_LEAVE_TERMINATE };

enum desc_port_dial { DESC_DIAL_WORKS, DESC_DIAL_REFUSED, DESC_DIAL_DEAD };

enum desc_data { DESC_DATA_PEER, DESC_DATA_SILENT, DESC_DATA_ECHO, DESC_DATA_LCP };

enum desc_sim {
	DESC_SIM_READY,
	DESC_SIM_PIN,
	DESC_SIM_PUK,
	DESC_SIM_MISSING,
	DESC_SIM_BUSY,
	DESC_SIM_FAILED,
};

enum desc_effect { DESC_EFFECT_NONE, DESC_EFFECT_RESET };

struct desc_port {
	int interface;
	int role;
	int class, subclass, protocol;
	bool bulk;
	bool interrupt;
	bool dtr;
	int dial;
	int leave;
	int every_ms;
	const char *start;
	int dlci;
};

struct desc_context {
	int cid;
	const char *type;
	const char *apn;
	bool active, own;
};

struct desc_registration {
	int after_ms;
	int stat, creg, cgreg, cereg;
	const char *lac, *ci;
	int act, cause;
};

struct desc_command {
	const char *command;
	struct desc_strings lines;
	const char *result;
	const char *raw;
	int latency_ms, until_ms;
	int port;
	int effect;
	bool once;
	bool abortable;
	bool builtin;
	const char *set, *value;
	struct desc_strings choices;
};

struct desc_variable {
	const char *name;
	const char *value;
};

struct desc_noise {
	const char *text;
	int port;
	int every_ms, at_ms;
	const char *before, *inside, *after;
	bool connected;
};

#define DESC_LIST(type)             \
	struct {                    \
		struct type *items; \
		size_t count;       \
	}

struct desc {
	struct {
		const char *manufacturer, *model, *revision, *imei, *gcap;
		struct desc_strings ati;
	} identity;
	struct {
		int vid, pid, release, max_power, attributes;
		bool vendor_requests, bridge;
		const char *manufacturer, *product, *serial;
	} usb;
	struct {
		bool off, status_late;
		int on_ms, on_max_ms, off_ms, down_ms;
	} power;
	struct {
		int latency_ms, boot_delay_ms, reset_ms, bytes_per_s, up_bytes_per_s;
	} timing;
	struct {
		bool echo, lf_error, missing_cr, lf_only, multiplexed, garbage, ipr, ipr_lies,
			wires;
		int baud;
		int cmee, dtr_mode, carrier_mode;
		const char *unknown;
		int split, split_gap_ms;
		struct desc_strings unsupported;
	} at;
	struct {
		int state;
		const char *pin, *puk, *imsi, *iccid;
		int pin_attempts, puk_attempts, busy_ms, ready_ms, unpowered, unseen;
	} sim;
	struct {
		int cfun;
		bool w_disable;
		const char *csq;
	} radio;
	struct {
		const char *operator, * short_operator, *mccmnc, *apn, *attach_apn;
		bool apn_required, attached, activated, active_refused, reasons;
		int scan_ms;
		int cops_mode, attach_stat;
		DESC_LIST(desc_registration) registration;
	} network;
	struct {
		const char *connect, *apn_mismatch, *unregistered, *no_context;
		struct desc_strings results;
		int data;
		int dial_ms, wait_peer_ms, hangup_after_ms, lcp_every_ms;
		bool hangup_quiet, escape, cgdata;
		int guard_ms;
	} call;
	struct {
		int n1, refuse, damage, stop_every, rest_ms;
		bool mute, bare;
	} mux;
	DESC_LIST(desc_port) ports;
	DESC_LIST(desc_context) contexts;
	DESC_LIST(desc_command) commands;
	DESC_LIST(desc_noise) noise;
	DESC_LIST(desc_variable) variables;
	void *file;
};

/* Read a description. On failure NULL, with one line on stderr that names file, line and key. Free
 * with desc_free. */
struct desc *desc_load(const char *path);

/* NULL is fine. */
void desc_free(struct desc *desc);

#endif
