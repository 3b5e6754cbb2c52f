/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/peer.h"
#include "conf/conf.h"
#include "io/port.h"
#include "io/rundir.h"
#include "ppp/options.h"

#define ID_SIZE 12

/* FNV-1a of the pppd options that the configuration gives, without secrets, because it stands in an
 * argument vector. */
static uint32_t hash_options(const struct conf *conf, const char *name)
{
	struct buf text = BUF_INIT, error = BUF_INIT;
	uint32_t hash = 2166136261u;

	ppp_options_show(conf, name, &text, &error);
	buf_printf(&text, "%d", conf->ppp.default_route);
	for (size_t i = 0; i < text.len; i++)
		hash = (hash ^ (unsigned char)text.data[i]) * 16777619u;
	buf_free(&text);
	buf_free(&error);
	return hash;
}

/* "" if nothing differs from the defaults. */
static void make_options_id(const struct conf *conf, const char *name, char *id)
{
	struct conf defaults;
	uint32_t hash = hash_options(conf, name);

	id[0] = '\0';
	if (conf_init(&defaults) == 0 && hash != hash_options(&defaults, name))
		snprintf(id, ID_SIZE, "%08x", (unsigned)hash);
	conf_free(&defaults);
}

int peer_for_pty(const struct conf *conf, const char *name, struct buf *out, struct buf *error)
{
	const struct ppp_peer *peer;
	char pty[256], id[ID_SIZE];

	make_options_id(conf, name, id);
	snprintf(pty, sizeof(pty), "exec %s/gobi-dial pty %s%s%s", SBINDIR, name,
		 *id ? " --options " : "", id);
	peer = &(struct ppp_peer){
		.pty = pty,
		.connect = CHAT_PATH " -v -f " CHATDIR "/gobi-connect",
	};
	return ppp_options_peer(conf, name, peer, out, error);
}

/* The number is for a chat script that an administrator has kept or edited. */
int peer_for_device(const struct conf *conf, const char *name, const struct port *port, int cid,
		    const char *dial, struct buf *out, struct buf *error)
{
	struct buf connect = BUF_INIT;
	struct ppp_peer peer = {.device = port->device, .baud = port->baud, .rtscts = port->rtscts};
	int err;

	buf_printf(&connect, CHAT_PATH " -v -T %d -U ", cid);
	str_print_word(&connect, dial);
	/* Of chat's ends those from 4 on are what the modem said. */
	buf_printf(&connect,
		   " -f " CHATDIR "/gobi-direct || { [ $? -lt 4 ] || mv -f %s/%s." RUNDIR_APN
		   " %s/%s." RUNDIR_REFUSED "; exit 1; }",
		   RUNDIR, name, RUNDIR, name);
	peer.connect = buf_str(&connect);
	err = connect.failed ? -ENOMEM : ppp_options_peer(conf, name, &peer, out, error);
	buf_free(&connect);
	return err;
}

void peer_compare(const struct conf *conf, const char *name, const char *id)
{
	char now[ID_SIZE];

	make_options_id(conf, name, now);
	if (strcmp(now, id) != 0)
		log_warning("pppd was started with other options than the configuration gives; "
			    "replace its peers file with what \"gobi-dial check --peer %s\" prints",
			    name);
}
