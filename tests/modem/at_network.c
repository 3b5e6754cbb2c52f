/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "at_cmds.h"
#include "at_parse.h"
#include "modem.h"

static struct modem *modem_of(struct at *at)
{
	return at->port->modem;
}

static int cfun_read(struct at *at)
{
	at_info(at, "+CFUN: %d", modem_of(at)->cfun);
	return AT_OK;
}

static int cfun_set(struct at *at, const char *args)
{
	int fun = at_parse_int(&args, -1);
	int reset = at_parse_int(&args, 0);

	if (fun < 0 || fun > 7 || reset < 0 || reset > 1)
		return 50;
	modem_set_cfun(modem_of(at), fun);
	if (reset)
		modem_reset(modem_of(at));
	return AT_OK;
}

static int csq(struct at *at, const char *args)
{
	struct buf text = BUF_INIT;

	(void)args;
	modem_expand(modem_of(at), &text, "+CSQ: ${csq}");
	at_info(at, "%s", buf_str(&text));
	buf_free(&text);
	return AT_OK;
}

static int reg_read(struct at *at, enum net_domain domain, int level)
{
	struct buf text = BUF_INIT;

	net_print(&modem_of(at)->net, domain, level, &text);
	at_info(at, "%s: %d,%s", at->cmd.name, level, buf_str(&text));
	buf_free(&text);
	return AT_OK;
}

static int reg_set(struct at *at, int *level, const char *args)
{
	int value = at_parse_int(&args, 0);

	if (value < 0 || value > 2 + modem_of(at)->desc->network.reasons)
		return 50;
	*level = value;
	return AT_OK;
}

static int creg_read(struct at *at)
{
	return reg_read(at, NET_CS, at->settings.creg);
}

static int creg_set(struct at *at, const char *args)
{
	return reg_set(at, &at->settings.creg, args);
}

static int cgreg_read(struct at *at)
{
	return reg_read(at, NET_PS, at->settings.cgreg);
}

static int cgreg_set(struct at *at, const char *args)
{
	return reg_set(at, &at->settings.cgreg, args);
}

static int cereg_read(struct at *at)
{
	return reg_read(at, NET_EPS, at->settings.cereg);
}

static int cereg_set(struct at *at, const char *args)
{
	return reg_set(at, &at->settings.cereg, args);
}

static void print_ucs2(struct buf *out, const char *text)
{
	for (; *text; text++)
		buf_printf(out, "%04X", (unsigned char)*text);
}

static void print_operator(struct at *at, struct buf *out)
{
	const struct desc *desc = modem_of(at)->desc;
	const char *const forms[] = {desc->network.operator, desc->network.short_operator,
				     desc->network.mccmnc};
	const char *name = forms[at->settings.cops_format];

	if (strcmp(at->settings.charset, "UCS2") == 0)
		print_ucs2(out, name);
	else
		buf_printf(out, "%s", name);
}

static int cops_read(struct at *at)
{
	const struct net *net = &modem_of(at)->net;
	struct buf name = BUF_INIT;

	if (!net_registered(net)) {
		at_info(at, "+COPS: %d", net->cops_mode);
		return AT_OK;
	}
	print_operator(at, &name);
	at_info(at, "+COPS: %d,%d,\"%s\",%d", net->cops_mode, at->settings.cops_format,
		buf_str(&name), net->act);
	buf_free(&name);
	return AT_OK;
}

/* Modes 0 automatic, 1 manual, 2 off, 3 format only, 4 manual, then automatic: 27.007 7.3. */
static int cops_set(struct at *at, const char *args)
{
	struct modem *modem = modem_of(at);
	int mode = at_parse_int(&args, 0);
	int format = at_parse_int(&args, at->settings.cops_format);
	char name[64] = "";

	at_parse_arg(&args, name, sizeof(name));
	if (mode < 0 || mode > 4 || format < 0 || format > 2)
		return 50;
	if (sim_error(&modem->sim))
		return sim_error(&modem->sim);
	at->settings.cops_format = format;
	if (mode == 3)
		return AT_OK;
	if ((mode == 1 || mode == 4) && strcmp(name, modem->desc->network.mccmnc) != 0 &&
	    strcmp(name, modem->desc->network.operator) != 0)
		return 30;
	net_select(&modem->net, mode);
	return AT_OK;
}

static int ceer(struct at *at, const char *args)
{
	const char *error = modem_of(at)->packet.last_error;

	(void)args;
	at_info(at, "+CEER: %s", error ? error : "No report available");
	return AT_OK;
}

static int cops_test(struct at *at, const char *args)
{
	const struct desc *desc = modem_of(at)->desc;

	(void)args;
	at_info(at, "+COPS: (2,\"%s\",\"%s\",\"%s\",%d),,(0-4),(0-2)", desc->network.operator,
		desc->network.short_operator, desc->network.mccmnc, modem_of(at)->net.act);
	return AT_OK;
}

/* clang-format off */
const struct at_entry at_network_table[] = {
	{ "+CFUN", NULL, cfun_read, cfun_set, "+CFUN: (0,1,4-7),(0,1)" },
	{ "+CSQ", csq, NULL, NULL, "+CSQ: (0-31,99),(0-7,99)" },
	{ "+CREG", NULL, creg_read, creg_set, "+CREG: (0-2)" },
	{ "+CGREG", NULL, cgreg_read, cgreg_set, "+CGREG: (0-2)" },
	{ "+CEREG", NULL, cereg_read, cereg_set, "+CEREG: (0-2)" },
	{ "+COPS", NULL, cops_read, cops_set, NULL, cops_test },
	{ "+CEER", ceer, NULL, NULL, "" },
	{ NULL }
};
/* clang-format on */
