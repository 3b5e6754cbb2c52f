/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>

#include "base/count.h"
#include "modem/line-setup.h"

#define SWITCH_MS 100 /* a SARA-U2 that is asked at once behind the OK to AT+IPR stays mute */
#define TRIES     3

/* V.250 6.2.12's first; Cinterion and older Siemens want the second, Telit and Hayes the third. */
static const struct {
	const char *on, *off;
} flows[] = {
	{"AT+IFC=2,2", "AT+IFC=0,0"},
	{"AT\\Q3", "AT\\Q0"},
	{"AT&K3", "AT&K0"},
};

enum stage {
	STAGE_FLOW_READ,
	STAGE_FLOW_ON,
	STAGE_FLOW_PASSES, /* does it answer with RTS/CTS? */
	STAGE_FLOW_OFF,
	STAGE_FLOW_BACK, /* and without again? */
	STAGE_RATE,
	STAGE_RATE_PASSES,
	STAGE_RATE_BACK,
	STAGE_OVER,
};

static void go_to(struct line_setup *setup, enum stage stage)
{
	setup->stage = (int)stage;
	setup->tries = 0;
}

void line_setup_start(struct line_setup *setup, const struct line_wish *wish, int baud)
{
	bool none = wish->flow == CONF_FLOW_NONE || (wish->flow == CONF_FLOW_AUTO && wish->no_flow);

	memset(setup, 0, sizeof(*setup));
	setup->wish = *wish;
	setup->no_flow = wish->no_flow;
	setup->baud = setup->base = baud;
	go_to(setup, none ? STAGE_RATE : STAGE_FLOW_READ);
}

const char *line_setup_next(struct line_setup *setup)
{
	bool raise = setup->wish.raise > 0 && setup->wish.raise != setup->base;

	setup->pause_ms = 0;
	switch ((enum stage)setup->stage) {
	case STAGE_FLOW_READ:
		return "AT+IFC?";
	case STAGE_FLOW_ON:
		return flows[setup->row].on;
	case STAGE_FLOW_OFF:
		return flows[setup->row].off;
	case STAGE_RATE:
		if (!raise)
			return NULL;
		snprintf(setup->command, sizeof(setup->command), "AT+IPR=%d", setup->wish.raise);
		return setup->command;
	case STAGE_FLOW_PASSES:
	case STAGE_FLOW_BACK:
	case STAGE_RATE_PASSES:
	case STAGE_RATE_BACK:
		return "AT";
	case STAGE_OVER:
		break;
	}
	return NULL;
}

static void lose_modem(struct line_setup *setup, const char *why)
{
	setup->failed = why;
	go_to(setup, STAGE_OVER);
}

void line_setup_reply(struct line_setup *setup, enum at_final_kind kind, const char *text)
{
	bool ok = kind == AT_FINAL_OK, last = !ok && ++setup->tries >= TRIES;

	switch ((enum stage)setup->stage) {
	case STAGE_FLOW_READ:
		/* Said already: nothing is written. */
		setup->rtscts = ok && strstr(text, "2,2");
		go_to(setup, setup->rtscts ? STAGE_FLOW_PASSES : STAGE_FLOW_ON);
		break;
	case STAGE_FLOW_ON:
		/* No word at all: it waits for the line already. */
		if (kind == AT_FINAL_TIMEOUT) {
			setup->no_flow = true;
			go_to(setup, STAGE_FLOW_OFF);
		} else if (ok || (size_t)++setup->row == COUNT(flows)) {
			/* After a refusal the next row. None takes it: on our side alone, where the
			 * user says so. */
			setup->rtscts = ok || setup->wish.flow == CONF_FLOW_RTSCTS;
			setup->row = ok ? setup->row : 0;
			go_to(setup, setup->rtscts ? STAGE_FLOW_PASSES : STAGE_RATE);
		}
		break;
	case STAGE_FLOW_PASSES:
		if (ok)
			go_to(setup, STAGE_RATE);
		if (!last && (ok || setup->tries < TRIES - 1))
			break;
		setup->rtscts = false;
		setup->no_flow = true;
		go_to(setup, STAGE_FLOW_OFF);
		break;
	case STAGE_FLOW_OFF: /* a modem that waits for the line does as told, and says nothing */
		go_to(setup, STAGE_FLOW_BACK);
		break;
	case STAGE_FLOW_BACK:
		if (ok && setup->wish.flow != CONF_FLOW_RTSCTS)
			go_to(setup, STAGE_RATE);
		else if (ok)
			lose_modem(setup, "no byte passes with RTS/CTS: are the wires there? "
					  "modem.flow = \"none\" does without");
		else if (last)
			lose_modem(setup, "does not answer any more after RTS/CTS was tried");
		break;
	case STAGE_RATE:
		setup->raised = ok;
		setup->baud = ok ? setup->wish.raise : setup->base;
		setup->pause_ms = ok ? SWITCH_MS : 0;
		go_to(setup, ok ? STAGE_RATE_PASSES : STAGE_OVER);
		break;
	case STAGE_RATE_PASSES:
		if (ok) {
			go_to(setup, STAGE_OVER);
		} else if (last) {
			setup->baud = setup->base;
			setup->pause_ms = SWITCH_MS;
			go_to(setup, STAGE_RATE_BACK);
		}
		break;
	case STAGE_RATE_BACK:
		if (ok)
			setup->raised = false;
		if (ok)
			go_to(setup, STAGE_OVER);
		else if (last)
			lose_modem(setup, "does not answer any more after AT+IPR");
		break;
	case STAGE_OVER:
		break;
	}
}
