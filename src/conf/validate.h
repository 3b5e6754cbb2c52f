/* SPDX-License-Identifier: ISC */
#ifndef GD_CONF_VALIDATE_H
#define GD_CONF_VALIDATE_H

#include "conf/schema.h"

/* The checks of the schema's strings; "" has passed before. */
conf_check conf_check_apn;
conf_check conf_check_at_command;
conf_check conf_check_ifname;
conf_check conf_check_imei;
conf_check conf_check_ip;
conf_check conf_check_operator;
conf_check conf_check_pin;
conf_check conf_check_port;
conf_check conf_check_ppp_option;
conf_check conf_check_text;
conf_check conf_check_unix_group;
conf_check conf_check_usb_id;
conf_check conf_check_usb_path;

#endif
