/* SPDX-License-Identifier: ISC */
#ifndef GD_PPP_OPTIONS_H
#define GD_PPP_OPTIONS_H

struct buf;
struct conf;

/* What the options file needs beyond the configuration. */
struct ppp_run {
	const char *name;    /* the instance: linkname, ipparam */
	const char *connect; /* shell command that ends with 0 at CONNECT, or
			      * NULL; ours, never a user's value */
	int log_fd;	     /* -1: none */
};

/*
 * The whole of a pppd options file (0600, `file PATH`): every option that
 * matters stated, for the distributions' /etc/ppp/options differ; values in
 * octal escapes that pppd's getword() cannot misread (options.c).
 * -EINVAL when pppd could not carry a value (NUL, over 255 bytes, an option
 * in ppp.options that must stay ours), with the reason in `error`.
 */
int ppp_options_write(const struct conf *conf, const struct ppp_run *run,
		      struct buf *out, struct buf *error);

/* The same for the instance `name`, with secrets as "********" and without
 * what belongs to one run: for `check`. */
int ppp_options_show(const struct conf *conf, const char *name, struct buf *out,
		     struct buf *error);

#endif
