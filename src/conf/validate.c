/* SPDX-License-Identifier: ISC */
#include <grp.h>
#include <string.h>

#include "at/secret.h"
#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "conf/ppp-option.h"
#include "conf/validate.h"

#define DIGITS "0123456789"
#define HEX    DIGITS "abcdefABCDEF"

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

static bool has_control(const char *value)
{
	for (; *value; value++)
		if ((unsigned char)*value < 0x20 || *value == 0x7f)
			return true;
	return false;
}

/* BUS-PORT[.PORT]... */
static bool is_usb_path(const char *value)
{
	size_t len = strspn(value, DIGITS);

	if (len == 0 || value[len] != '-')
		return false;
	do {
		value += len + 1;
		len = strspn(value, DIGITS);
	} while (len > 0 && value[len] == '.');
	return len > 0 && value[len] == '\0';
}

bool conf_validate(enum conf_format format, const char *value, struct buf *why)
{
	const char *fault = NULL;

	switch (format) {
	case CONF_FORMAT_APN:
		/* 23.003 9.1. The value goes into an AT string: a quote ends it, and V.250 5.4.2.2
		 * makes the backslash an escape. */
		fault = is_plain(value, "\"\\")
				? NULL
				: "has to be printable ASCII without a quote or a backslash";
		break;
	case CONF_FORMAT_AT_COMMAND:
		/* A PIN in here would get around the promise that a refused PIN is never sent
		 * again. */
		if (!str_starts_nocase(value, "AT"))
			fault = "has to begin with AT";
		else if (!is_plain(value, ""))
			fault = "has to be printable ASCII, one command";
		else if (at_secrets_in(value) & AT_SECRET_PIN)
			fault = "must not hold a PIN: give it as sim.pin";
		break;
	case CONF_FORMAT_DIAL:
		fault = strcmp(value, "auto") == 0 || strcmp(value, "cgdata") == 0 ||
					(*value && strspn(value, DIGITS "*#") == strlen(value))
				? NULL
				: "has to be \"auto\", \"cgdata\" or a dial string of digits, * "
				  "and #, such as \"*99#\"";
		break;
	case CONF_FORMAT_IFNAME:
		/* dev_valid_name() of the kernel; '%' is for its name templates. */
		fault = strcmp(value, ".") != 0 && strcmp(value, "..") != 0 &&
					is_plain(value, " /:%")
				? NULL
				: "has to be a network interface's name: printable, without blank, "
				  "\"/\", \":\" or \"%\"";
		break;
	case CONF_FORMAT_IMEI:
		fault = is_digits(value, 14, 16) ? NULL : "has to be 14 to 16 digits";
		break;
	case CONF_FORMAT_IP:
		fault = str_is_ip(value) ? NULL
					 : "has to be a numeric IPv4 or IPv6 address, because "
					   "looking up a name may need the link";
		break;
	case CONF_FORMAT_OPERATOR:
		fault = strcmp(value, "auto") == 0 || is_digits(value, 5, 6)
				? NULL
				: "has to be \"auto\" or the 5 or 6 digits of country and network";
		break;
	case CONF_FORMAT_PIN:
		fault = is_digits(value, 4, 8) ? NULL : "has to be 4 to 8 digits";
		break;
	case CONF_FORMAT_PORT:
		fault = strcmp(value, "auto") == 0 || (value[0] == '/' && is_plain(value, ""))
				? NULL
				: "has to be \"auto\" or an absolute path such as \"/dev/ttyUSB2\"";
		break;
	case CONF_FORMAT_PATH:
		fault = value[0] == '/' && !has_control(value)
				? NULL
				: "has to be an absolute path, such as "
				  "\"/usr/local/sbin/modem-power\"";
		break;
	case CONF_FORMAT_TEXT:
		fault = has_control(value) ? "must not contain control characters" : NULL;
		break;
	case CONF_FORMAT_UNIX_GROUP:
		fault = !*value || getgrnam(value) ? NULL : "is not a group of this system";
		break;
	case CONF_FORMAT_USB_ID:
		fault = strlen(value) == 9 && strspn(value, HEX) == 4 && value[4] == ':' &&
					strspn(value + 5, HEX) == 4
				? NULL
				: "has to be vendor and product as in lsusb, four hex digits each: "
				  "\"1199:9013\"";
		break;
	case CONF_FORMAT_USB_PATH:
		fault = is_usb_path(value) ? NULL
					   : "has to be a device's name in /sys/bus/usb/devices: "
					     "\"1-1\" or \"2-1.4\"";
		break;
	case CONF_FORMAT_PPP_OPTION:
		return conf_ppp_option(value, NULL, why);
	case CONF_FORMAT_ANY:
		break;
	}
	if (fault)
		buf_printf(why, "%s", fault);
	return !fault;
}
