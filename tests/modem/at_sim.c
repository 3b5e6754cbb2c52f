/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "at_cmds.h"
#include "at_parse.h"
#include "modem.h"

static struct sim *sim_of(struct at *at)
{
	return &at->port->modem->sim;
}

static int cpin_read(struct at *at)
{
	struct sim *sim = sim_of(at);
	int error = sim_error(sim);

	if (sim->modem->cfun == 0 && sim->modem->desc->sim.unpowered)
		return sim->modem->desc->sim.unpowered;
	if (error == 11)
		at_info(at, "+CPIN: SIM PIN");
	else if (error == 12)
		at_info(at, "+CPIN: SIM PUK");
	else if (error)
		return error;
	else
		at_info(at, "+CPIN: READY");
	return AT_OK;
}

static int cpin_set(struct at *at, const char *args)
{
	char pin[16], new_pin[16];
	bool two;

	at_parse_arg(&args, pin, sizeof(pin));
	two = at_parse_arg(&args, new_pin, sizeof(new_pin));
	if (strspn(pin, "0123456789") != strlen(pin) || strlen(pin) < 4 || strlen(pin) > 8)
		return 50;
	return sim_enter(sim_of(at), pin, two ? new_pin : NULL);
}

/* +CLCK="SC",2 asks; 0 and 1 with the PIN unlock and lock. Other facilities are never locked. */
static int clck_set(struct at *at, const char *args)
{
	struct sim *sim = sim_of(at);
	char facility[8], pin[16] = "";
	int mode;

	at_parse_arg(&args, facility, sizeof(facility));
	mode = at_parse_int(&args, -1);
	at_parse_arg(&args, pin, sizeof(pin));
	if (mode < 0 || mode > 2)
		return 50;
	if (strcasecmp(facility, "SC") != 0) {
		if (mode != 2)
			return 3;
		at_info(at, "+CLCK: 0");
		return AT_OK;
	}
	if (mode != 2)
		return sim_lock(sim, mode == 1, pin);
	if (sim_error(sim) == 10 || sim_error(sim) == 13)
		return sim_error(sim);
	at_info(at, "+CLCK: %d", sim->locked);
	return AT_OK;
}

static int cimi(struct at *at, const char *args)
{
	int error = sim_error(sim_of(at));

	(void)args;
	if (error)
		return error;
	at_info(at, "%s", at->port->modem->desc->sim.imsi);
	return AT_OK;
}

static int ccid(struct at *at)
{
	int error = sim_error(sim_of(at));

	/* Readable without the PIN (TS 31.102 4.2: EF ICCID is always). */
	if (error && error != 11 && error != 12)
		return error;
	at_info(at, "%s: %s", at->cmd.name, at->port->modem->desc->sim.iccid);
	return AT_OK;
}

static int ccid_exec(struct at *at, const char *args)
{
	(void)args;
	return ccid(at);
}

/* clang-format off */
const struct at_entry at_sim_table[] = {
	{ "+CPIN", NULL, cpin_read, cpin_set, "" },
	{ "+CLCK", NULL, NULL, clck_set, "+CLCK: (\"SC\",\"PN\",\"PU\",\"PP\",\"PC\",\"PF\")" },
	{ "+CIMI", cimi, NULL, NULL, "" },
	{ "+CCID", ccid_exec, ccid, NULL, "" },
	{ NULL }
};
/* clang-format on */
