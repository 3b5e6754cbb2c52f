/* SPDX-License-Identifier: ISC */
#ifndef GD_PPP_OPTIONS_H
#define GD_PPP_OPTIONS_H

#include <stdbool.h>

struct buf;
struct conf;
struct conf_account;

/* What is made of ppp.lcp_echo_interval. */
enum ppp_echo {
	PPP_ECHO_PLAIN,
	PPP_ECHO_ADAPTIVE, /* what comes in counts as an answer; this pppd knows the option */
	PPP_ECHO_OFF,      /* this network never answers */
};

/* What the options file needs beyond the configuration. */
struct ppp_run {
	const char *name;    /* the instance: linkname, ipparam */
	const char *connect; /* shell command that exits with 0 at CONNECT, or
			      * NULL; ours, never a user's value */
	int log_fd;          /* -1: none */
	enum ppp_echo echo;
	int baud; /* of the line; 0: as it is */
	bool rtscts;
};

/*
 * A complete pppd options file (0600, `file PATH`): every option that matters is
 * stated, because distributions' /etc/ppp/options differ; values are in octal
 * escapes that pppd's getword() cannot misread (options.c). -EINVAL when pppd
 * cannot take a value (NUL, over 255 bytes, an option in ppp.options that must
 * stay ours), with the reason in `error`.
 */
int ppp_options_write(const struct conf *conf, const struct ppp_run *run, struct buf *out,
		      struct buf *error);

/* Append the account that this dial uses, if it has one: pppd takes the last word. */
void ppp_options_account(const struct conf_account *account, struct buf *out);

/* The same for `check`: for the instance `name`, with secrets as "********" and without what
 * belongs to one run. */
int ppp_options_show(const struct conf *conf, const char *name, struct buf *out, struct buf *error);

/* A pppd that others start (pon, ifup), and how it gets its call. Ours, never a user's values; one
 * of the first two is NULL. */
struct ppp_peer {
	const char *pty;     /* shell command that is its line */
	const char *device;  /* "/dev/ttyUSB2" */
	const char *connect; /* shell command */
	int baud;            /* of the device; 0: as it is */
	bool rtscts;
};

/* The same for such a pppd: a complete peers file, or one for its `file`. It contains secrets. */
int ppp_options_peer(const struct conf *conf, const char *name, const struct ppp_peer *peer,
		     struct buf *out, struct buf *error);

#endif
