/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "base/str.h"

#include "at_cmds.h"
#include "at_parse.h"
#include "modem.h"

static const char *const types[] = {"IP", "IPV6", "IPV4V6", "PPP"};

void packet_init(struct packet *packet, struct modem *modem)
{
	const struct desc *desc = modem->desc;

	memset(packet, 0, sizeof(*packet));
	str_copy(packet->apn, sizeof(packet->apn), desc->network.apn);
	for (size_t i = 0; i < desc->contexts.count; i++) {
		const struct desc_context *from = &desc->contexts.items[i];
		struct packet_context *to = &packet->contexts[from->cid];

		to->defined = true;
		to->active = from->active;
		to->own = from->own;
		str_copy(to->type, sizeof(to->type), from->type);
		str_copy(to->apn, sizeof(to->apn), from->apn);
	}
}

static bool apn_fits(const struct modem *modem, const char *apn)
{
	/* Without an APN the network takes the subscription's own. */
	if (!apn[0])
		return !modem->desc->network.apn_required;
	return !modem->packet.apn[0] || strcasecmp(apn, modem->packet.apn) == 0;
}

const char *packet_refusal(struct modem *modem, int cid)
{
	const struct desc *desc = modem->desc;
	struct packet *packet = &modem->packet;

	packet->last_error = NULL;
	if (!net_registered(&modem->net) || modem->net.detached) {
		packet->last_error = "No network service";
		return desc->call.unregistered;
	}
	if (cid < 1 || cid > PACKET_CIDS || !packet->contexts[cid].defined) {
		packet->last_error = "Unknown PDP context";
		return desc->call.no_context;
	}
	if (!apn_fits(modem, packet->contexts[cid].apn)) {
		packet->last_error = "Requested service option not subscribed";
		return desc->call.apn_mismatch;
	}
	return NULL;
}

static struct packet *packet_of(struct at *at)
{
	return &at->port->modem->packet;
}

static int cgdcont_read(struct at *at)
{
	for (int cid = 1; cid <= PACKET_CIDS; cid++) {
		const struct packet_context *context = &packet_of(at)->contexts[cid];

		if (context->defined)
			at_info(at, "+CGDCONT: %d,\"%s\",\"%s\",\"0.0.0.0\",0,0", cid,
				context->type, context->apn);
	}
	return AT_OK;
}

static int cgdcont_set(struct at *at, const char *args)
{
	int cid = at_parse_int(&args, 0);
	struct packet_context *context;
	char type[8] = "", apn[101] = "";

	if (cid < 1 || cid > PACKET_CIDS)
		return 50;
	context = &packet_of(at)->contexts[cid];
	if (context->active && at->port->modem->cfun == 1)
		return 3;
	context->active = false;
	if (context->own)
		net_force(&at->port->modem->net, 3);
	/* AT+CGDCONT=1 alone undefines it (27.007 10.1.1). */
	if (!at_parse_arg(&args, type, sizeof(type))) {
		memset(context, 0, sizeof(*context));
		return AT_OK;
	}
	at_parse_arg(&args, apn, sizeof(apn));
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++) {
		if (strcasecmp(types[i], type) != 0)
			continue;
		context->defined = true;
		str_copy(context->type, sizeof(context->type), types[i]);
		str_copy(context->apn, sizeof(context->apn), apn);
		return AT_OK;
	}
	return 50;
}

static int cgdcont_test(struct at *at, const char *args)
{
	(void)args;
	for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
		at_info(at, "+CGDCONT: (1-%d),\"%s\",,,(0),(0)", PACKET_CIDS, types[i]);
	return AT_OK;
}

static int cgatt_read(struct at *at)
{
	const struct net *net = &at->port->modem->net;

	at_info(at, "+CGATT: %d", net_registered(net) && !net->detached);
	return AT_OK;
}

static int cgatt_set(struct at *at, const char *args)
{
	struct modem *modem = at->port->modem;
	int on = at_parse_int(&args, -1);

	if (on < 0 || on > 1)
		return 50;
	if (on && !net_registered(&modem->net))
		return 30;
	modem->net.detached = !on;
	return AT_OK;
}

static int cgact_read(struct at *at)
{
	for (int cid = 1; cid <= PACKET_CIDS; cid++)
		if (packet_of(at)->contexts[cid].defined)
			at_info(at, "+CGACT: %d,%d", cid, packet_of(at)->contexts[cid].active);
	return AT_OK;
}

/* Without a cid all defined contexts are meant. */
static int cgact_set(struct at *at, const char *args)
{
	struct packet *packet = packet_of(at);
	int on = at_parse_int(&args, -1);
	int cid = at_parse_int(&args, 0);

	if (on < 0 || on > 1 || cid < 0 || cid > PACKET_CIDS)
		return 50;
	if (on && cid && packet_refusal(at->port->modem, cid))
		return net_registered(&at->port->modem->net) ? 133 : 30;
	for (int i = 1; i <= PACKET_CIDS; i++)
		if (packet->contexts[i].defined && (!cid || cid == i))
			packet->contexts[i].active = on;
	return AT_OK;
}

static int cgpaddr_set(struct at *at, const char *args)
{
	struct packet *packet = packet_of(at);
	int cid = at_parse_int(&args, 1);

	if (cid < 1 || cid > PACKET_CIDS || !packet->contexts[cid].defined)
		return AT_ERROR;
	at_info(at, "+CGPADDR: %d,\"%s\"", cid,
		packet->contexts[cid].active ? "10.64.0.2" : "0.0.0.0");
	return AT_OK;
}

/* clang-format off */
const struct at_entry at_packet_table[] = {
	{ "+CGDCONT", NULL, cgdcont_read, cgdcont_set, NULL, cgdcont_test },
	{ "+CGATT", NULL, cgatt_read, cgatt_set, "+CGATT: (0,1)" },
	{ "+CGACT", NULL, cgact_read, cgact_set, "+CGACT: (0,1)" },
	{ "+CGPADDR", NULL, NULL, cgpaddr_set, "+CGPADDR: (1)" },
	{ NULL }
};
/* clang-format on */
