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

# Whether the option is one that netifd does not know of, or changes on a living link
# without telling us: then /etc/config/network has it as it is now. An interface that
# is not in there has all its options from netifd.
is_from_uci() {
	local option

	[ -n "$gobi_section" ] || return 1
	for option in $gobi_living peerdns ip6table delegate; do
		[ "$option" != "$1" ] || return 0
	done
	return 1
}

gobi_get() {
	if is_from_uci "$2"; then
		gobi_uci_get "$@"
	else
		json_get_var "$1" "$2"
	fi
}

gobi_each() {
	if is_from_uci "$2"; then
		gobi_uci_each "$@"
	else
		json_for_each_item "$1" "$2"
	fi
}

# gobi_of_interface INTERFACE: the section that it comes from, or nothing.
gobi_of_interface() {
	local section_proto

	gobi_section=
	case $1 in
	*[!A-Za-z0-9_]*) return ;;
	esac
	config_load network
	config_get section_proto "$1" proto
	[ "$section_proto" != gobi ] || gobi_section=$1
}

# Not proto_config_add_defaults: what netifd does by itself (metric, defaultroute,
# peerdns, dns, ip4table, ...) it changes on a living link, unless a protocol declares it.
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
}

# A gobi-dial that is left over from a netifd that has died holds port and lock.
end_old_instance() {
	gobi_made_by netifd "$gobi_dir/$1.conf" && [ -S "$gobi_dir/$1.sock" ] || return 0
	/usr/sbin/gobi-dial -q -c "$gobi_dir/$1.conf" stop
}

proto_gobi_setup() {
	local interface="$1" gobi_flags gobi_section gobi_split=1

	end_old_instance "$interface"
	gobi_unblock "$interface"
	gobi_of_interface "$interface"
	gobi_conf "$interface" netifd || {
		proto_notify_error "$interface" NO_CONFIG
		proto_block_restart "$interface"
		return 1
	}
	gobi_verbosity
	# shellcheck disable=SC2086
	proto_run_command "$interface" /usr/sbin/gobi-dial $gobi_flags \
		-c "$gobi_dir/$interface.conf" run --with-parent
}

# ERROR is gobi-dial's exit code, if it ended by itself. The configuration is kept
# for "gobi-dial doctor" when a person has to look.
proto_gobi_teardown() {
	local interface="$1"

	proto_kill_command "$interface"
	if [ -n "$ERROR" ] && gobi_final "$ERROR"; then
		proto_notify_error "$interface" "$(gobi_word "$ERROR")"
		gobi_blocked "$interface" "$ERROR"
		proto_block_restart "$interface"
		return
	fi
	rm -f "$gobi_dir/$interface.conf"
	[ -n "$ERROR" ] || return 0
	[ "$ERROR" = 0 ] ||
		proto_notify_error "$interface" "$(gobi_word "$ERROR")"
	sleep "$PAUSE_S"
}

[ -n "$INCLUDE_ONLY" ] || add_protocol gobi
