/* SPDX-License-Identifier: ISC */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "at.h"
#include "modem.h"

/* clang-format off */
static const struct {
	int result;
	const char *text;
	int number; /* V.250 table 1 */
} finals[] = {
	{ AT_OK, "OK", 0 },
	{ AT_CONNECT, "CONNECT", 1 },
	{ AT_NO_CARRIER, "NO CARRIER", 3 },
	{ AT_ERROR, "ERROR", 4 },
};

/* 27.007 9.2 */
static const struct {
	int number;
	const char *text;
} errors[] = {
	{ 3, "operation not allowed" },
	{ 4, "operation not supported" },
	{ 10, "SIM not inserted" },
	{ 11, "SIM PIN required" },
	{ 12, "SIM PUK required" },
	{ 13, "SIM failure" },
	{ 14, "SIM busy" },
	{ 15, "SIM wrong" },
	{ 16, "incorrect password" },
	{ 21, "invalid index" },
	{ 22, "not found" },
	{ 30, "no network service" },
	{ 31, "network timeout" },
	{ 32, "network not allowed - emergency calls only" },
	{ 50, "incorrect parameters" },
	{ 100, "unknown" },
	{ 107, "GPRS services not allowed" },
	{ 133, "requested service option not subscribed" },
	{ 148, "unspecified GPRS error" },
	{ 149, "PDP authentication failure" },
};
/* clang-format on */

void at_info(struct at *at, const char *format, ...)
{
	struct buf line = BUF_INIT;
	va_list ap;

	if (at->infos == 0 && at->settings.verbose)
		buf_printf(&line, "\r\n");
	va_start(ap, format);
	buf_vprintf(&line, format, ap);
	va_end(ap);
	buf_printf(&line, "\r\n");
	port_send(at->port, buf_str(&line), line.len);
	buf_free(&line);
	if (at->infos++ == 0)
		noise_at(at->port->modem->noise, NOISE_INSIDE, at->port, at->cmd.full);
}

static int number_of(const char *text)
{
	for (size_t i = 0; i < sizeof(finals) / sizeof(*finals); i++)
		if (strncmp(text, finals[i].text, strlen(finals[i].text)) == 0)
			return finals[i].number;
	return -1;
}

/* Some modems leave the CR before these two out (transcripts: Sierra). */
static bool lacks_cr(struct at *at, const char *text)
{
	return at->port->modem->desc->at.missing_cr &&
	       (number_of(text) == 1 || number_of(text) == 3);
}

static void say(struct at *at, const char *text)
{
	struct buf line = BUF_INIT;
	int number = number_of(text);

	if (at->settings.quiet || !text[0])
		return;
	if (at->settings.verbose || number < 0)
		buf_printf(&line, "%s%s\r\n", lacks_cr(at, text) ? "\n" : "\r\n", text);
	else
		buf_printf(&line, "%d\r", number);
	port_send(at->port, buf_str(&line), line.len);
	buf_free(&line);
}

static const char *error_text(int number)
{
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		if (errors[i].number == number)
			return errors[i].text;
	return "unknown";
}

static void say_cme(struct at *at, int number)
{
	char text[80] = "ERROR";

	if (at->settings.cmee == 1)
		snprintf(text, sizeof(text), "+CME ERROR: %d", number);
	else if (at->settings.cmee >= 2)
		snprintf(text, sizeof(text), "+CME ERROR: %s", error_text(number));
	say(at, text);
}

static const char *final_text(struct at *at, int result)
{
	const struct desc *desc = at->port->modem->desc;

	if (result == AT_TEXT)
		return at->text;
	if (result == AT_UNKNOWN)
		return desc->at.unknown;
	/* ATX0 leaves the speed out (V.250 6.2.7). */
	if (result == AT_CONNECT && at->settings.level > 0)
		return at->text ? at->text : desc->call.connect;
	for (size_t i = 0; i < sizeof(finals) / sizeof(*finals); i++)
		if (finals[i].result == result)
			return finals[i].text;
	return "ERROR";
}

void at_say_final(struct at *at, int result)
{
	const char *text = result > 0 || result == AT_SILENT ? "" : final_text(at, result);

	if (result > 0)
		say_cme(at, result);
	else if (*text)
		say(at, text);
}
