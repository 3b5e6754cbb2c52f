/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "io/port.h"
#include "io/rates.h"
#include "io/state-lines.h"

#define RATES_FILE STATEDIR "/uart-rates"
#define NAME_SIZE  72
#define VALUE_SIZE 64
#define USUAL_BAUD 115200 /* where a search begins anyway */
#define BAUD_MAX   4000000
#define NO_FLOW    " no-flow"
#define RAISED     " raised="

static void name_port(const struct port *port, char name[NAME_SIZE])
{
	if (*port->usb_path)
		snprintf(name, NAME_SIZE, "usb:%s.%d", port->usb_path, port->interface);
	else
		snprintf(name, NAME_SIZE, "%s", port->device);
}

struct rates_entry rates_recall(const struct port *port)
{
	struct rates_entry entry = {.baud = 0};
	char name[NAME_SIZE], value[VALUE_SIZE];
	const char *raised;

	name_port(port, name);
	if (!state_lines_recall(RATES_FILE, name, value, sizeof(value)))
		return entry;
	entry.baud = atoi(value);
	entry.no_flow = strstr(value, NO_FLOW) != NULL;
	raised = strstr(value, RAISED);
	entry.raised = raised ? atoi(raised + strlen(RAISED)) : 0;
	if (entry.baud < 0 || entry.baud > BAUD_MAX || entry.raised < 0 || entry.raised > BAUD_MAX)
		return (struct rates_entry){.baud = 0};
	return entry;
}

void rates_remember(const struct port *port, const struct rates_entry *entry)
{
	int baud = entry->baud == USUAL_BAUD ? 0 : entry->baud;
	int raised = entry->raised == entry->baud ? 0 : entry->raised;
	char name[NAME_SIZE], value[VALUE_SIZE] = "", more[VALUE_SIZE / 2] = "";

	name_port(port, name);
	if (raised)
		snprintf(more, sizeof(more), RAISED "%d", raised);
	if (baud || entry->no_flow || raised)
		snprintf(value, sizeof(value), "%d%s%s", baud, entry->no_flow ? NO_FLOW : "", more);
	state_lines_keep(RATES_FILE, name, value);
}
