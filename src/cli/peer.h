/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_PEER_H
#define GD_CLI_PEER_H

struct buf;
struct conf;
struct port;

/* pppd's options where something else starts pppd. Append to `out`, or to `error` why that is
 * impossible; negative errno. */

/* For a file in /etc/ppp/peers: `gobi-dial pty` makes the calls. */
int peer_for_pty(const struct conf *conf, const char *name, struct buf *out, struct buf *error);

/* For pppd's `file`: the call to context `cid` is made on `port`, by chat with the command
 * `dial`. */
int peer_for_device(const struct conf *conf, const char *name, const struct port *port, int cid,
		    const char *dial, struct buf *out, struct buf *error);

/* Warn if the configuration now gives another peers file than the one with this `id` (the installed
 * file has ""); secrets do not count. */
void peer_compare(const struct conf *conf, const char *name, const char *id);

#endif
