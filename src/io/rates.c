/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/log.h"
#include "io/port.h"
#include "io/rates.h"
#include "io/replace.h"
#include "io/sysfs.h"

#define RATES_FILE     STATEDIR "/uart-rates"
#define SIZE_MAX_BYTES 4096
#define NAME_SIZE      72
#define USUAL_BAUD     115200 /* where a search begins anyway */
#define BAUD_MAX       4000000
#define NO_FLOW        " no-flow"
#define RAISED         " raised="

static void name_port(const struct port *port, char name[NAME_SIZE])
{
	if (*port->usb_path)
		snprintf(name, NAME_SIZE, "usb:%s.%d", port->usb_path, port->interface);
	else
		snprintf(name, NAME_SIZE, "%s", port->device);
}

/* "NAME BAUD", and behind it "no-flow" and "raised=BAUD". False for what is no such line. */
static bool parse_line(const char *line, char name[NAME_SIZE], struct rates_entry *entry)
{
	const char *raised = strstr(line, RAISED);

	memset(entry, 0, sizeof(*entry));
	if (sscanf(line, "%71s %d", name, &entry->baud) < 2)
		return false;
	entry->no_flow = strstr(line, NO_FLOW) != NULL;
	entry->raised = raised ? atoi(raised + strlen(RAISED)) : 0;
	return entry->baud >= 0 && entry->baud <= BAUD_MAX && entry->raised >= 0 &&
	       entry->raised <= BAUD_MAX;
}

/* Go through the file: the port's entry, and all other lines into `others`. */
static struct rates_entry read_rates(const struct port *port, struct buf *others)
{
	char text[SIZE_MAX_BYTES], mine[NAME_SIZE], name[NAME_SIZE];
	struct rates_entry found = {.baud = 0}, entry;
	size_t len;

	name_port(port, mine);
	sysfs_read_all(RATES_FILE, text, sizeof(text));
	for (char *line = text; *line; line += len) {
		len = strcspn(line, "\n");
		if (line[len])
			line[len++] = '\0';
		if (!parse_line(line, name, &entry))
			continue;
		if (strcmp(name, mine) == 0)
			found = entry;
		else
			buf_printf(others, "%s\n", line);
	}
	return found;
}

struct rates_entry rates_recall(const struct port *port)
{
	struct buf others = BUF_INIT;
	struct rates_entry found = read_rates(port, &others);

	buf_free(&others);
	return found;
}

void rates_remember(const struct port *port, const struct rates_entry *entry)
{
	struct buf text = BUF_INIT, others = BUF_INIT;
	struct rates_entry known = read_rates(port, &others);
	int baud = entry->baud == USUAL_BAUD ? 0 : entry->baud, error = 0;
	int raised = entry->raised == entry->baud ? 0 : entry->raised;
	char name[NAME_SIZE];

	name_port(port, name);
	if (known.baud != baud || known.no_flow != entry->no_flow || known.raised != raised) {
		if (baud || entry->no_flow || raised)
			buf_printf(&text, "%s %d%s", name, baud, entry->no_flow ? NO_FLOW : "");
		if (raised)
			buf_printf(&text, RAISED "%d", raised);
		if (text.len > 0)
			buf_append(&text, "\n", 1);
		/* The oldest fall off the end. */
		while (text.len + others.len >= SIZE_MAX_BYTES && others.len > 0) {
			others.len--;
			while (others.len > 0 && others.data[others.len - 1] != '\n')
				others.len--;
		}
		buf_append(&text, others.data, others.len);
		if (text.failed || others.failed)
			error = -ENOMEM;
		else if (mkdir(STATEDIR, 0700) < 0 && errno != EEXIST)
			error = -errno;
		else
			error = replace_file(RATES_FILE, buf_str(&text), text.len);
	}
	if (error < 0)
		log_debug(RATES_FILE ": %s", strerror(-error));
	buf_free(&text);
	buf_free(&others);
}
