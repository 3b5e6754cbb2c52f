/* SPDX-License-Identifier: ISC */
#include <grp.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "conf/ppp-option.h"
#include "conf/validate.h"

#define DIGITS "0123456789"
#define HEX    DIGITS "abcdefABCDEF"

static bool fail(struct buf *why, const char *text)
{
	buf_printf(why, "%s", text);
	return false;
}

static bool is_digits(const char *value, size_t min, size_t max)
{
	size_t len = strlen(value);

	return len >= min && len <= max && strspn(value, DIGITS) == len;
}

/* Printable ASCII and nothing of `except`. */
static bool is_plain(const char *value, const char *except)
{
	for (; *value; value++)
		if (*value < 0x20 || *value > 0x7e || strchr(except, *value))
			return false;
	return true;
}

/* 23.003 9.1 allows 100 bytes. The value goes into an AT string: a quote ends it, and V.250 5.4.2.2
 * makes the backslash an escape. */
bool validate_apn(const char *value, struct buf *why)
{
	if (!is_plain(value, "\"\\"))
		return fail(why, "has to be printable ASCII without a quote or a backslash");
	return true;
}

/* A PIN in here would pass by the promise that a refused PIN is never sent again: +CPIN and ^CPIN,
 * and the others that have a card compare one. */
static bool may_hold_pin(const char *value)
{
	static const char *const names[] = {"CPIN", "+CLCK", "+CPWD", "+CSIM"};

	for (size_t i = 0; i < COUNT(names); i++)
		if (strcasestr(value, names[i]))
			return true;
	return false;
}

bool validate_at_command(const char *value, struct buf *why)
{
	if (!str_starts_nocase(value, "AT"))
		return fail(why, "has to begin with AT");
	if (!is_plain(value, ""))
		return fail(why, "has to be printable ASCII, one command");
	if (may_hold_pin(value))
		return fail(why, "must not hold a PIN: give it as sim.pin");
	return true;
}

/* dev_valid_name() of the kernel; '%' is for its name templates. */
bool validate_ifname(const char *value, struct buf *why)
{
	if (strcmp(value, ".") == 0 || strcmp(value, "..") == 0 || !is_plain(value, " /:%"))
		return fail(why, "has to be a network interface's name: "
				 "printable, without blank, \"/\", \":\" or \"%\"");
	return true;
}

bool validate_imei(const char *value, struct buf *why)
{
	if (!is_digits(value, 14, 16))
		return fail(why, "has to be 14 to 16 digits");
	return true;
}

bool validate_ip(const char *value, struct buf *why)
{
	if (!str_is_ip(value))
		return fail(why, "has to be a numeric IPv4 or IPv6 address, "
				 "for a name may need the link to be looked up");
	return true;
}

bool validate_operator(const char *value, struct buf *why)
{
	if (strcmp(value, "auto") != 0 && !is_digits(value, 5, 6))
		return fail(why, "has to be \"auto\" or the 5 or 6 digits of "
				 "the country and the network");
	return true;
}

bool validate_pin(const char *value, struct buf *why)
{
	if (!is_digits(value, 4, 8))
		return fail(why, "has to be 4 to 8 digits");
	return true;
}

bool validate_port(const char *value, struct buf *why)
{
	if (strcmp(value, "auto") != 0 && (value[0] != '/' || !is_plain(value, "")))
		return fail(why, "has to be \"auto\" or an absolute path such as \"/dev/ttyUSB2\"");
	return true;
}

bool validate_ppp_option(const char *value, struct buf *why)
{
	return conf_ppp_option(value, NULL, why);
}

bool validate_text(const char *value, struct buf *why)
{
	for (; *value; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return fail(why, "must not hold control characters");
	return true;
}

bool validate_unix_group(const char *value, struct buf *why)
{
	if (!*value || getgrnam(value))
		return true;
	return fail(why, "is no group of this system");
}

bool validate_usb_id(const char *value, struct buf *why)
{
	if (strlen(value) != 9 || strspn(value, HEX) != 4 || value[4] != ':' ||
	    strspn(value + 5, HEX) != 4)
		return fail(why, "has to be vendor and product as in lsusb, "
				 "four hex digits each: \"1199:9013\"");
	return true;
}

/* BUS-PORT[.PORT]..., the device's name in sysfs. */
bool validate_usb_path(const char *value, struct buf *why)
{
	size_t len = strspn(value, DIGITS);

	if (len == 0 || value[len] != '-')
		goto bad;
	do {
		value += len + 1;
		len = strspn(value, DIGITS);
	} while (len > 0 && value[len] == '.');
	if (len > 0 && value[len] == '\0')
		return true;
bad:
	return fail(why, "has to be a device's name in /sys/bus/usb/devices: \"1-1\" or \"2-1.4\"");
}
