/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_CONF_H
#define GD_CONF_CONF_H

#include <stdbool.h>
#include <stddef.h>

#define CONF_LIST_MAX 16

enum conf_pdp { CONF_PDP_IPV4, CONF_PDP_IPV6, CONF_PDP_IPV4V6 };
enum conf_auth { CONF_AUTH_AUTO, CONF_AUTH_NONE, CONF_AUTH_PAP, CONF_AUTH_CHAP };

struct conf_list {
	char *items[CONF_LIST_MAX];
	size_t count;
};

/* One instance's configuration; strings are never NULL, "" is "not given". Every value has passed
 * its check: nothing in here can break out of an AT string or an options file. */
struct conf {
	struct {
		char *usb;  /* "1199:9013", lower case */
		char *path; /* USB path "1-1" */
		char *serial;
		char *imei;
		char *port;   /* "auto" or a tty */
		char *driver; /* "auto" or "keep" */
		struct conf_list init;
		int wait_s;
	} modem;
	struct {
		char *pin;         /* secret; pin_file is read into it */
		bool last_attempt; /* spend it; of the command line, no key */
	} sim;
	struct {
		char *apn;
		enum conf_pdp pdp_type;
		int cid;
		char *user;
		char *password; /* secret; password_file is read into it */
		enum conf_auth auth;
		char *mode;
		char *operator; /* "auto" or MCC and MNC */
		bool roaming;
		int register_timeout_s; /* how long to wait for a network */
	} network;
	struct {
		char *ifname; /* "auto": wwan-NAME; "": pppd's own choice */
		bool default_route;
		int metric;
		bool peer_dns;
		int mtu;                 /* 0: pppd's own */
		int lcp_echo_interval_s; /* 0: off */
		int lcp_echo_failure;
		struct conf_list options;
	} ppp;
	struct {
		struct conf_list ping;
		int interval_s;
		int failures;
		int signal_interval_s;
		int dead_traffic_s; /* 0: off */
	} monitor;
	struct {
		int backoff_min_s;
		int backoff_max_s;
		struct conf_list ladder;
	} recovery;
	struct {
		char *group; /* of the control socket; "": its maker's */
	} control;
};

struct buf;

/* Fill with the defaults. -ENOMEM. Free it with conf_free in every case. */
int conf_init(struct conf *conf);

/* Overwrites the secrets. */
void conf_free(struct conf *conf);

#endif
