/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

#include "at_cmds.h"
#include "at_parse.h"
#include "modem.h"

/* The number behind a basic command; a missing one is 0 (V.250 5.3.1). */
static int number(const char *args)
{
	return args[0] ? atoi(args) : 0;
}

static int set_flag(bool *flag, const char *args)
{
	int value = number(args);

	if (value > 1)
		return AT_ERROR;
	*flag = value != 0;
	return AT_OK;
}

static int set_level(int *level, const char *args, int max)
{
	int value = number(args);

	if (value > max)
		return AT_ERROR;
	*level = value;
	return AT_OK;
}

static int nothing(struct at *at, const char *args)
{
	(void)at;
	(void)args;
	return AT_OK;
}

static int echo(struct at *at, const char *args)
{
	return set_flag(&at->settings.echo, args);
}

static int quiet(struct at *at, const char *args)
{
	return set_flag(&at->settings.quiet, args);
}

static int verbose(struct at *at, const char *args)
{
	return set_flag(&at->settings.verbose, args);
}

static int level(struct at *at, const char *args)
{
	return set_level(&at->settings.level, args, 4);
}

static int dcd_mode(struct at *at, const char *args)
{
	return set_level(&at->settings.dcd_mode, args, 1);
}

static int dtr_mode(struct at *at, const char *args)
{
	return set_level(&at->settings.dtr_mode, args, 2);
}

static int defaults(struct at *at, const char *args)
{
	(void)args;
	at_set_defaults(at);
	return AT_OK;
}

/* ATZ ends a call too (V.250 6.1.1). */
static int reset(struct at *at, const char *args)
{
	call_hangup(&at->port->call, "ATZ", false);
	return defaults(at, args);
}

static int dial(struct at *at, const char *args)
{
	return call_dial(&at->port->call, args);
}

/* AT+CGDATA="PPP",1 (27.007 10.1.12) */
static int enter_data(struct at *at, const char *args)
{
	char number[24], protocol[8];

	if (!at->port->modem->desc->call.cgdata)
		return AT_UNKNOWN;
	at_parse_arg(&args, protocol, sizeof(protocol));
	if (strcasecmp(protocol, "PPP") != 0)
		return AT_ERROR;
	snprintf(number, sizeof(number), "*99***%d#", at_parse_int(&args, 1));
	return call_dial(&at->port->call, number);
}

static int hang_up(struct at *at, const char *args)
{
	(void)args;
	call_hangup(&at->port->call, "ATH", false);
	return AT_OK;
}

static int resume(struct at *at, const char *args)
{
	(void)args;
	return call_resume(&at->port->call);
}

/* S7? and S7=30 */
static int s_register(struct at *at, const char *args)
{
	char *end;
	long index = strtol(args, &end, 10);

	if (end == args || index < 0 || index >= AT_S_COUNT)
		return AT_ERROR;
	if (*end == '?') {
		at_info(at, "%03d", at->settings.s[index]);
		return AT_OK;
	}
	if (*end != '=' || number(end + 1) > 255)
		return AT_ERROR;
	at->settings.s[index] = number(end + 1);
	return AT_OK;
}

static int identify(struct at *at, const char *args)
{
	struct modem *modem = at->port->modem;
	const struct desc_strings *lines = &modem->desc->identity.ati;
	static const char *const usual[] = {
		"Manufacturer: ${manufacturer}",
		"Model: ${model}",
		"Revision: ${revision}",
		"IMEI: ${imei}",
		"+GCAP: ${gcap}",
	};
	size_t count = lines->count ? lines->count : sizeof(usual) / sizeof(*usual);

	(void)args;
	for (size_t i = 0; i < count; i++) {
		struct buf line = BUF_INIT;

		modem_expand(modem, &line, lines->count ? lines->items[i] : usual[i]);
		at_info(at, "%s", buf_str(&line));
		buf_free(&line);
	}
	return AT_OK;
}

/* AT&V, enough of it to see what is set. */
static int view(struct at *at, const char *args)
{
	const struct at_settings *s = &at->settings;

	(void)args;
	at_info(at, "&C: %d; &D: %d; E: %d; Q: %d; V: %d; X: %d; S0: %03d", s->dcd_mode,
		s->dtr_mode, s->echo, s->quiet, s->verbose, s->level, s->s[0]);
	return AT_OK;
}

static int gcap(struct at *at, const char *args)
{
	(void)args;
	at_info(at, "+GCAP: %s", at->port->modem->desc->identity.gcap);
	return AT_OK;
}

static int manufacturer(struct at *at, const char *args)
{
	(void)args;
	at_info(at, "%s", at->port->modem->desc->identity.manufacturer);
	return AT_OK;
}

static int model(struct at *at, const char *args)
{
	(void)args;
	at_info(at, "%s", at->port->modem->desc->identity.model);
	return AT_OK;
}

static int revision(struct at *at, const char *args)
{
	(void)args;
	at_info(at, "%s", at->port->modem->desc->identity.revision);
	return AT_OK;
}

static int serial(struct at *at, const char *args)
{
	(void)args;
	at_info(at, "%s", at->port->modem->desc->identity.imei);
	return AT_OK;
}

static int cmee_read(struct at *at)
{
	at_info(at, "+CMEE: %d", at->settings.cmee);
	return AT_OK;
}

static int cmee_set(struct at *at, const char *args)
{
	int value = at_parse_int(&args, 0);

	if (value < 0 || value > 2)
		return 50;
	at->settings.cmee = value;
	return AT_OK;
}

static int cscs_read(struct at *at)
{
	at_info(at, "+CSCS: \"%s\"", at->settings.charset);
	return AT_OK;
}

static int cscs_set(struct at *at, const char *args)
{
	static const char *const known[] = {"GSM", "IRA", "UCS2"};
	char name[8];

	at_parse_arg(&args, name, sizeof(name));
	for (size_t i = 0; i < 3; i++) {
		if (strcasecmp(name, known[i]) == 0) {
			str_copy(at->settings.charset, sizeof(at->settings.charset), known[i]);
			return AT_OK;
		}
	}
	return 50;
}

static int ifc_read(struct at *at)
{
	const bool *rtscts = at->port->modem->rtscts;

	at_info(at, "+IFC: %d,%d", rtscts[0] ? 2 : 0, rtscts[1] ? 2 : 0);
	return AT_OK;
}

static int ifc_set(struct at *at, const char *args)
{
	for (int i = 0; i < 2; i++)
		at->port->modem->rtscts[i] = at_parse_int(&args, 0) == 2;
	return AT_OK;
}

static int ipr_read(struct at *at)
{
	at_info(at, "+IPR: %d", at->port->modem->baud);
	return AT_OK;
}

static int ipr_set(struct at *at, const char *args)
{
	int baud = at_parse_int(&args, 0);

	if (baud < 1200)
		return AT_ERROR;
	if (at->port->modem->desc->at.ipr)
		at->port->modem->ipr = baud;
	return AT_OK;
}

/* A modem has it that has channels. */
static int cmux_set(struct at *at, const char *args)
{
	struct modem *modem = at->port->modem;

	if (modem->line_count == modem->port_count || at->port->desc->dlci)
		return AT_ERROR;
	return mux_accept(&modem->mux, args) ? AT_OK : 50;
}

static int cmux_test(struct at *at, const char *args)
{
	struct modem *modem = at->port->modem;

	(void)args;
	if (modem->line_count == modem->port_count || at->port->desc->dlci)
		return AT_ERROR;
	if (modem->desc->mux.bare)
		at_info(at, "+CMUX: (0),(0)");
	else
		at_info(at, "+CMUX: (0),(0),(1-8),(1-%d),(1-255),(0-100),(2-255),(1-255),(1-7)",
			modem->desc->mux.n1);
	return AT_OK;
}

/* clang-format off */
const struct at_entry at_basic_table[] = {
	{ "", nothing },
	{ "D", dial },
	{ "E", echo },
	{ "H", hang_up },
	{ "I", identify },
	{ "L", nothing },
	{ "M", nothing },
	{ "O", resume },
	{ "P", nothing },
	{ "Q", quiet },
	{ "S", s_register },
	{ "T", nothing },
	{ "V", verbose },
	{ "X", level },
	{ "Z", reset },
	{ "&C", dcd_mode },
	{ "&D", dtr_mode },
	{ "&F", defaults },
	{ "&K", nothing },
	{ "&S", nothing },
	{ "&V", view },
	{ "&W", nothing },
	{ "\\Q", nothing },
	{ "+GCAP", gcap, .test = "" },
	{ "+GMI", manufacturer, .test = "" },
	{ "+GMM", model, .test = "" },
	{ "+GMR", revision, .test = "" },
	{ "+GSN", serial, .test = "" },
	{ "+CGDATA", NULL, NULL, enter_data, "+CGDATA: (\"PPP\")" },
	{ "+CGMI", manufacturer, .test = "" },
	{ "+CGMM", model, .test = "" },
	{ "+CGMR", revision, .test = "" },
	{ "+CGSN", serial, .test = "" },
	{ "+CMEE", NULL, cmee_read, cmee_set, "+CMEE: (0-2)" },
	{ "+CMUX", NULL, NULL, cmux_set, .test_with = cmux_test },
	{ "+CSCS", NULL, cscs_read, cscs_set, "+CSCS: (\"GSM\",\"IRA\",\"UCS2\")" },
	{ "+IFC", NULL, ifc_read, ifc_set, "+IFC: (0,2),(0,2)" },
	{ "+IPR", NULL, ipr_read, ipr_set, "+IPR: (),(115200)" },
	{ "+FCLASS", NULL, NULL, nothing, "0" },
	{ NULL }
};
/* clang-format on */

static int do_entry(struct at *at, const struct at_entry *entry, const struct at_cmd *cmd)
{
	switch (cmd->op) {
	case AT_EXEC:
		return entry->exec ? entry->exec(at, cmd->args) : AT_ERROR;
	case AT_READ:
		return entry->read ? entry->read(at) : AT_ERROR;
	case AT_SET:
		return entry->set ? entry->set(at, cmd->args) : AT_ERROR;
	case AT_TEST:
		break;
	}
	if (entry->test_with)
		return entry->test_with(at, cmd->args);
	if (!entry->test)
		return AT_ERROR;
	if (entry->test[0])
		at_info(at, "%s", entry->test);
	return AT_OK;
}

static bool is_unsupported(const struct at *at, const char *name)
{
	const struct desc_strings *list = &at->port->modem->desc->at.unsupported;

	for (size_t i = 0; i < list->count; i++)
		if (strcasecmp(list->items[i], name) == 0)
			return true;
	return false;
}

int at_dispatch(struct at *at, const struct at_cmd *cmd)
{
	static const struct at_entry *const tables[] = {at_basic_table, at_sim_table,
							at_network_table, at_packet_table};

	if (is_unsupported(at, cmd->name))
		return AT_UNKNOWN;
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
		for (const struct at_entry *e = tables[i]; e->name; e++)
			if (strcmp(e->name, cmd->name) == 0)
				return do_entry(at, e, cmd);
	return AT_UNKNOWN;
}
