# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The lab itself: without these no other lab test means anything.

bats_require_minimum_version 1.5.0
load guest/lab

gadget=/sys/kernel/config/usb_gadget/simple

# Four vendor interfaces, their other ends are /dev/ttyGS0 to 3.
simple_device() {
	mkdir -p $gadget/strings/0x409 $gadget/configs/c.1/strings/0x409
	echo 0x1199 >$gadget/idVendor
	echo 0x9013 >$gadget/idProduct
	echo "Sierra Wireless Inc" >$gadget/strings/0x409/manufacturer
	for i in 0 1 2 3; do
		mkdir $gadget/functions/gser.$i
		ln -s $gadget/functions/gser.$i $gadget/configs/c.1/
	done
	echo dummy_udc.0 >$gadget/UDC
}

remove_simple_device() {
	echo >$gadget/UDC
	rm $gadget/configs/c.1/gser.*
	rmdir $gadget/configs/c.1/strings/* $gadget/configs/c.1 \
		$gadget/functions/* $gadget/strings/* $gadget
}

setup() {
	simple_device
}

teardown() {
	remove_simple_device
}

# Control requests to set DTR and RTS, as usbmon prints them.
line_state_requests() {
	grep -c 's 21 22 0003' "$BATS_TEST_TMPDIR/usbmon"
}

watch_usb() {
	background cat /sys/kernel/debug/usb/usbmon/1u >"$BATS_TEST_TMPDIR/usbmon"
}

@test "lab: option binds by new_id and raises DTR at open" {
	lab_drivers option
	lab_option_new_id
	wait_for 5 tty_count_is 4
	watch_usb
	wait_for 5 eval ': <"$(tty_of 2)"; line_state_requests'
	[ "$(driver_of 2)" = option ]
}

@test "lab: qcserial takes three interfaces and never raises DTR" {
	lab_drivers qcserial
	wait_for 5 tty_count_is 3
	run ! driver_of 0
	watch_usb
	wait_for 5 eval ': <"$(tty_of 2)"; [ -s "$BATS_TEST_TMPDIR/usbmon" ]'
	[ "$(line_state_requests)" -eq 0 ]
}

@test "lab: two pppd talk through a USB tty" {
	lab_drivers option
	lab_option_new_id
	wait_for 5 tty_count_is 4
	lab_network
	background env PPP_TTY=/dev/ttyGS2 sh -c "$(lab_peer_command)"
	background pppd "$(tty_of 2)" nodetach local noauth nodefaultroute \
		noipdefault nocrtscts ifname wwan0
	wait_for 20 ping -c 1 -W 1 "$LAB_PEER_IP"
}
