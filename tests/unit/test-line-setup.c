/* SPDX-License-Identifier: ISC */
/* Flow control and rate at both ends of a line, against modems and wires of all kinds. */
#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "modem/line-setup.h"

/* A modem and the wires to it. */
struct line {
	const char *name;
	struct line_wish wish;
	bool has_ifc, has_q3, has_k3, ifc_on; /* what it knows, and how it is found */
	bool no_cts; /* the wire to us is missing: we must not wait for it */
	bool no_rts; /* the one from us: it sends nothing with flow control ...  */
	bool no_ok;  /* ... not even the OK to that */
	bool has_ipr, deaf_ipr, mute_ipr; /* it goes up; says OK and stays; goes and is lost */
	int lost;                         /* answers before it stops for good; 0: it does not */
	/* What is to come of it. */
	bool rtscts, no_flow, raised;
	int baud;
	const char *failed, *sent;
};

#define UP .raise = 921600

static const struct line lines[] = {
	{"takes +IFC",
	 {0},
	 .has_ifc = true,
	 .rtscts = true,
	 .baud = 115200,
	 .sent = "AT+IFC?;AT+IFC=2,2;AT;"},
	{"has it already",
	 {0},
	 .has_ifc = true,
	 .ifc_on = true,
	 .rtscts = true,
	 .baud = 115200,
	 .sent = "AT+IFC?;AT;"},
	{"Cinterion",
	 {0},
	 .has_q3 = true,
	 .rtscts = true,
	 .baud = 115200,
	 .sent = "AT+IFC?;AT+IFC=2,2;AT\\Q3;AT;"},
	{"Telit",
	 {0},
	 .has_k3 = true,
	 .rtscts = true,
	 .baud = 115200,
	 .sent = "AT+IFC?;AT+IFC=2,2;AT\\Q3;AT&K3;AT;"},
	{"knows none", {0}, .baud = 115200, .sent = "AT+IFC?;AT+IFC=2,2;AT\\Q3;AT&K3;"},
	{"a HAT with two wires: it waits for us",
	 {0},
	 .has_ifc = true,
	 .no_rts = true,
	 .no_flow = true,
	 .baud = 115200,
	 .sent = "AT+IFC?;AT+IFC=2,2;AT;AT;AT+IFC=0,0;AT;"},
	{"a HAT with two wires: we wait for it",
	 {0},
	 .has_ifc = true,
	 .no_cts = true,
	 .no_flow = true,
	 .baud = 115200,
	 .sent = "AT+IFC?;AT+IFC=2,2;AT;AT;AT+IFC=0,0;AT;"},
	{"a HAT with two wires: not even the OK comes",
	 {0},
	 .has_ifc = true,
	 .no_rts = true,
	 .no_ok = true,
	 .no_flow = true,
	 .baud = 115200,
	 .sent = "AT+IFC?;AT+IFC=2,2;AT+IFC=0,0;AT;"},
	{"that is known",
	 {.no_flow = true},
	 .has_ifc = true,
	 .no_rts = true,
	 .no_flow = true,
	 .baud = 115200,
	 .sent = ""},
	{"none is wanted", {.flow = CONF_FLOW_NONE}, .has_ifc = true, .baud = 115200, .sent = ""},
	{"it is wanted, and the modem has no word for it",
	 {.flow = CONF_FLOW_RTSCTS},
	 .rtscts = true,
	 .baud = 115200,
	 .sent = "AT+IFC?;AT+IFC=2,2;AT\\Q3;AT&K3;AT;"},
	{"it is wanted, and no byte passes",
	 {.flow = CONF_FLOW_RTSCTS, .no_flow = true},
	 .has_ifc = true,
	 .no_cts = true,
	 .no_flow = true,
	 .baud = 115200,
	 .failed = "no byte passes with RTS/CTS",
	 .sent = "AT+IFC?;AT+IFC=2,2;AT;AT;AT+IFC=0,0;AT;"},
	{"lost on the way",
	 {0},
	 .has_ifc = true,
	 .lost = 2,
	 .no_flow = true,
	 .baud = 115200,
	 .failed = "does not answer any more after RTS/CTS",
	 .sent = "AT+IFC?;AT+IFC=2,2;AT;AT;AT+IFC=0,0;AT;AT;AT;"},
	{"goes up",
	 {UP},
	 .has_ifc = true,
	 .has_ipr = true,
	 .rtscts = true,
	 .raised = true,
	 .baud = 921600,
	 .sent = "AT+IFC?;AT+IFC=2,2;AT;AT+IPR=921600;AT;"},
	{"is there already",
	 {.flow = CONF_FLOW_NONE, .raise = 115200},
	 .has_ipr = true,
	 .baud = 115200,
	 .sent = ""},
	{"will not go up", {.flow = CONF_FLOW_NONE, UP}, .baud = 115200, .sent = "AT+IPR=921600;"},
	{"says OK and stays (ESP8266)",
	 {.flow = CONF_FLOW_NONE, UP},
	 .has_ipr = true,
	 .deaf_ipr = true,
	 .baud = 115200,
	 .sent = "AT+IPR=921600;AT;AT;AT;AT;"},
	{"goes up and is lost (SIM800)",
	 {.flow = CONF_FLOW_NONE, UP},
	 .has_ipr = true,
	 .mute_ipr = true,
	 .raised = true,
	 .baud = 115200,
	 .failed = "does not answer any more after AT+IPR",
	 .sent = "AT+IPR=921600;AT;AT;AT;AT;AT;AT;"},
};

struct modem {
	const struct line *line;
	bool flow;
	int baud, answers;
};

/* It obeys what it hears, whatever becomes of the answer. */
static bool obey(struct modem *modem, const char *command)
{
	const struct line *line = modem->line;

	if (strcmp(command, "AT") == 0)
		return true;
	if (strncmp(command, "AT+IFC", 6) == 0 && line->has_ifc) {
		if (command[6] == '=')
			modem->flow = command[7] == '2';
		return true;
	}
	if ((strncmp(command, "AT\\Q", 4) == 0 && line->has_q3) ||
	    (strncmp(command, "AT&K", 4) == 0 && line->has_k3)) {
		modem->flow = command[strlen(command) - 1] == '3';
		return true;
	}
	if (strncmp(command, "AT+IPR=", 7) == 0 && line->has_ipr) {
		if (!line->deaf_ipr)
			modem->baud = line->mute_ipr ? 1 : 921600;
		return true;
	}
	return false;
}

static enum at_final_kind ask_modem(struct modem *modem, const struct line_setup *setup,
				    const char *command)
{
	const struct line *line = modem->line;
	int baud = modem->baud;
	bool ok;

	if (setup->baud != baud || (setup->rtscts && line->no_cts) ||
	    (line->lost && modem->answers >= line->lost))
		return AT_FINAL_TIMEOUT;
	ok = obey(modem, command);
	if (modem->flow && line->no_rts && (line->no_ok || strncmp(command, "AT+IFC=2", 8) != 0))
		return AT_FINAL_TIMEOUT;
	modem->answers++;
	return ok ? AT_FINAL_OK : AT_FINAL_ERROR;
}

static void each_line_is_set_up_as_far_as_it_goes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(lines) / sizeof(*lines); i++) {
		const struct line *line = &lines[i];
		struct modem modem = {line, line->ifc_on, 115200, 0};
		struct line_setup setup;
		const char *command;
		char sent[256] = "";

		line_setup_start(&setup, &line->wish, 115200);
		while ((command = line_setup_next(&setup))) {
			enum at_final_kind kind = ask_modem(&modem, &setup, command);

			strcat(strcat(sent, command), ";");
			assert_in_range(strlen(sent), 0, 200);
			line_setup_reply(&setup, kind, modem.flow ? "+IFC: 2,2" : "+IFC: 0,0");
		}
		if (strcmp(sent, line->sent) != 0 || setup.rtscts != line->rtscts ||
		    setup.no_flow != line->no_flow || setup.raised != line->raised ||
		    setup.baud != line->baud)
			fail_msg("%s: sent %s, rtscts %d, no_flow %d, raised %d, at %d", line->name,
				 sent, setup.rtscts, setup.no_flow, setup.raised, setup.baud);
		assert_int_equal(setup.failed != NULL, line->failed != NULL);
		if (line->failed)
			assert_non_null(strstr(setup.failed, line->failed));
		/* Neither end waits for a wire that the other has not. */
		if (!setup.rtscts && !setup.failed)
			assert_false(modem.flow);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_line_is_set_up_as_far_as_it_goes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
