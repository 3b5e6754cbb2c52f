/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_PEER_H
#define GD_CLI_PEER_H

struct buf;
struct conf;

/* pppd's options for those who start pppd themselves. All append to `out`, and to `error` why not;
 * negative errno. */

/* The file in /etc/ppp/peers that has `gobi-dial pty` make the calls. */
int peer_for_pty(const struct conf *conf, const char *name, struct buf *out, struct buf *error);

/* For pppd's `file`: the call is made on `device`, by chat. */
int peer_for_device(const struct conf *conf, const char *name, const char *device, struct buf *out,
		    struct buf *error);

/* Warn when a peers file made with that `id` ("" the one that is installed) is not what the
 * configuration would give now; secrets do not count. */
void peer_compare(const struct conf *conf, const char *name, const char *id);

#endif
