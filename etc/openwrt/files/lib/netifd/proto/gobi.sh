#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck shell=dash
# netifd's protocol "gobi". gobi-dial is the protocol's task and keeps running:
# netifd would redial at once and for ever, while gobi-dial knows which failure needs
# which pause. pppd runs netifd's own scripts, ppp-up and ppp-down, each time the
# link comes up or goes down. gobi-dial ends when only a person can help.

[ -n "$INCLUDE_ONLY" ] || {
	. /lib/functions.sh
	. ../netifd-proto.sh
	init_proto "$@"
}
. /lib/functions/gobi-dial.sh

# The pause before netifd tries again, because it makes none itself. Less than the
# 5 seconds after which it kills this script.
PAUSE_S=3

gobi_get() {
	json_get_var "$1" "$2"
}

gobi_each() {
	json_for_each_item "$1" "$2"
}

proto_gobi_init_config() {
	local option

	no_device=1
	available=1
	lasterror=1
	proto_config_add_string "device:device"
	proto_config_add_string verbose
	for option in $gobi_options; do
		proto_config_add_string "$option"
	done
	for option in $gobi_lists; do
		proto_config_add_array "$option"
	done
	proto_config_add_defaults
}

proto_gobi_setup() {
	local interface="$1" gobi_flags

	gobi_unblock "$interface"
	gobi_conf "$interface" netifd || {
		proto_notify_error "$interface" NO_CONFIG
		proto_block_restart "$interface"
		return 1
	}
	gobi_verbosity
	# shellcheck disable=SC2086
	proto_run_command "$interface" /usr/sbin/gobi-dial $gobi_flags \
		-c "$gobi_dir/$interface.conf" run
}

# In the words of other modem protocols, where they have one.
error_word() {
	case $1 in
	2 | 3) echo INVALID_CONFIG ;;
	4) echo NO_DEVICE ;;
	5) echo NO_AT_PORT ;;
	6) echo DEVICE_BUSY ;;
	7) echo NO_FIRMWARE ;;
	8) echo SIM_FAILED ;;
	9) echo PIN_FAILED ;;
	10) echo PUK_NEEDED ;;
	11) echo RADIO_OFF ;;
	12) echo NETWORK_REGISTRATION_FAILED ;;
	13) echo CALL_FAILED ;;
	14) echo PPP_FAILED ;;
	15) echo AUTH_FAILED ;;
	16) echo LINK_LOST ;;
	17) echo NO_PPP ;;
	18) echo PERMISSION_DENIED ;;
	20) echo POWER_FAILED ;;
	*) echo INTERNAL_ERROR ;;
	esac
}

# ERROR is gobi-dial's exit code, if it ended by itself. The configuration is kept
# for "gobi-dial doctor" when a person has to look.
proto_gobi_teardown() {
	local interface="$1"

	proto_kill_command "$interface"
	if [ -n "$ERROR" ] && gobi_final "$ERROR"; then
		proto_notify_error "$interface" "$(error_word "$ERROR")"
		gobi_blocked "$interface" "$ERROR"
		proto_block_restart "$interface"
		return
	fi
	rm -f "$gobi_dir/$interface.conf"
	[ -n "$ERROR" ] || return 0
	[ "$ERROR" = 0 ] ||
		proto_notify_error "$interface" "$(error_word "$ERROR")"
	sleep "$PAUSE_S"
}

[ -n "$INCLUDE_ONLY" ] || add_protocol gobi
