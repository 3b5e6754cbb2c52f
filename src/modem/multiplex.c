/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdlib.h>

#include "at/cmux.h"
#include "at/fields.h"
#include "base/buf.h"
#include "base/count.h"
#include "modem/multiplex.h"

/* <port_speed>: up to 6 in 27.007, the others are Quectel's and SIMCom's. It is always the rate
 * that the port has, for a modem changes to another one. */
static const int speeds[] = {0, 9600, 19200, 38400, 57600, 115200, 230400, 460800, 921600};

/* The last number of "(1-1509)", "(0,1)" or "0"; 0: none. */
static int last_number(const char *text)
{
	long last = 0;
	char *end;

	for (; *text; text++) {
		if (!isdigit((unsigned char)*text))
			continue;
		last = strtol(text, &end, 10);
		text = end - 1;
	}
	return last > 0 && last < 1 << 16 ? (int)last : 0;
}

bool multiplex_parse(const char *answer, struct multiplex *offer)
{
	struct at_fields fields;
	char option[32], subset[32], speed[64], n1[64];

	*offer = (struct multiplex){0, 0};
	if (!at_fields_start(&fields, answer, "+CMUX:") ||
	    !at_fields_next_string(&fields, option, sizeof(option)))
		return false;
	/* Basic option is 0, the first of each list. */
	for (const char *at = option; *at != '0'; at++)
		if (!*at || isdigit((unsigned char)*at))
			return false;
	if (at_fields_next_string(&fields, subset, sizeof(subset)) &&
	    at_fields_next_string(&fields, speed, sizeof(speed))) {
		offer->speed = last_number(speed);
		if (at_fields_next_string(&fields, n1, sizeof(n1)))
			offer->n1 = last_number(n1);
	}
	return true;
}

int multiplex_command(const struct multiplex *offer, int baud, int n, struct buf *out)
{
	int n1 = offer->n1 < CMUX_N1_MAX ? offer->n1 : CMUX_N1_MAX;
	int speed = COUNT(speeds) - 1;

	if (n1 < CMUX_N1_DEFAULT)
		n++;
	while (speed > 0 && (speeds[speed] != baud || speed > offer->speed))
		speed--;
	switch (n) {
	case 0:
		buf_printf(out, "AT+CMUX=0,0,");
		if (speed > 0)
			buf_printf(out, "%d", speed);
		buf_printf(out, ",%d", n1);
		return n1;
	case 1:
		buf_printf(out, "AT+CMUX=0");
		return -1;
	default:
		return 0;
	}
}
