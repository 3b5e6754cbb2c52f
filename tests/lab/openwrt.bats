# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# OpenWrt's protocol handler with the real pppd and the real drivers: from ifup
# to a link that netifd has heard of, and back to nothing. netifd and UCI are
# stand-ins (tests/openwrt/README.md).

bats_require_minimum_version 1.5.0
load guest/lab
load ../e2e/openwrt

setup_file() {
	openwrt_file
	mkdir "$root/etc/ppp"
	openwrt_put /usr/sbin/pppd /usr/sbin/pppd
	lab_network
	lab_plug_in
}

teardown_file() {
	lab_modem_gone modem
}

setup() {
	modem_dir=$lab_run
	openwrt_setup
}

teardown() {
	openwrt_teardown
	ip route flush table main proto static
	echo "--- the modem's log"
	tail -n 40 "$LAB_OUT/modem.modem.log"
}

# As in tests/e2e/openwrt.bats, with what the network really said.
is_up() {
	said "netifd update wan wwan-wan 1 ip $LAB_LOCAL_IP/32 peer $LAB_PEER_IP route 0.0.0.0/0 via $LAB_PEER_IP dns $LAB_DNS1 dns $LAB_DNS2" "${1-1}"
}

# What netifd would do with that, it does not do here.
reaches_far() {
	ip route replace default dev wwan-wan proto static
	pings
}

nothing_is_left() {
	local left=("$root"/run/gobi-dial/* "$root"/var/lock/LCK..*)

	[ ! -e "${left[0]}" ] && [ ! -e "${left[1]}" ] && wait_for 5 lab_is_clean
}

@test "openwrt: ifup leads to a link that netifd knows, and ifdown to nothing" {
	ifup wan '{ "apn": "internet" }'
	wait_for 60 is_up
	# The routes are netifd's.
	[ "$(ip route | grep -c ^default)" -eq 0 ]
	reaches_far
	ifdown wan
	said 'netifd update wan wwan-wan 0' 1
	said_not 'netifd killed'
	said_not 'netifd error'
	nothing_is_left
}

@test "openwrt: unplugged and plugged in again, it comes back by itself" {
	ifup wan '{ "apn": "internet", "backoff_min": "1", "backoff_max": "2" }'
	wait_for 60 is_up
	modem_say modem unplug
	# pppd may have forgotten its interface's name by then.
	wait_for 30 said 'hotplug ifdown wan'
	modem_say modem plug
	wait_for 60 is_up 2
	reaches_far
	said 'netifd setup wan' 1
	said_not 'netifd error'
	ifdown wan
	nothing_is_left
}

@test "openwrt: ifdown in the middle of a dial leaves nothing" {
	modem_say modem dial none
	ifup wan '{ "apn": "internet", "verbose": "1" }'
	wait_for 60 grep -q -- '-> dialing' "$BATS_TEST_TMPDIR/log.wan"
	ifdown wan
	modem_say modem dial default
	said_not 'netifd killed'
	nothing_is_left
}
