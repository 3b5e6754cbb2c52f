/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_VALIDATE_H
#define GD_CONF_VALIDATE_H

#include <stdbool.h>

struct buf;

/* What a string has to be. */
enum conf_format {
	CONF_FORMAT_ANY,
	CONF_FORMAT_APN,
	CONF_FORMAT_AT_COMMAND,
	CONF_FORMAT_DIAL,
	CONF_FORMAT_IFNAME,
	CONF_FORMAT_IMEI,
	CONF_FORMAT_IP,
	CONF_FORMAT_OPERATOR,
	CONF_FORMAT_PIN,
	CONF_FORMAT_PORT,
	CONF_FORMAT_PPP_OPTION,
	CONF_FORMAT_PATH, /* an absolute one */
	CONF_FORMAT_TEXT, /* no control characters */
	CONF_FORMAT_UNIX_GROUP,
	CONF_FORMAT_USB_ID,
	CONF_FORMAT_USB_PATH,
};

/* Whether the string is good; if not, `why` gets what it has to be. It never shows the value. */
bool conf_validate(enum conf_format format, const char *value, struct buf *why);

#endif
