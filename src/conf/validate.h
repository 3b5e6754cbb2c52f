/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_VALIDATE_H
#define GD_CONF_VALIDATE_H

#include "conf/schema.h"

/* The checks of the schema's strings; "" has passed before. */
conf_check validate_apn;
conf_check validate_at_command;
conf_check validate_ifname;
conf_check validate_imei;
conf_check validate_ip;
conf_check validate_operator;
conf_check validate_pin;
conf_check validate_port;
conf_check validate_ppp_option;
conf_check validate_text;
conf_check validate_unix_group;
conf_check validate_usb_id;
conf_check validate_usb_path;

#endif
