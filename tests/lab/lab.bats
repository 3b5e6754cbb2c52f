# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The lab itself: without these no other lab test means anything.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_drivers option
	lab_network
	lab_modem modem mc8355.modem
	wait_for 10 test -e /sys/bus/usb/devices/1-1:1.3
}

teardown_file() {
	lab_modem_gone modem
}

teardown() {
	kill_background
}

# What the kernel prints of the modem, without what changes.
kernel_says() {
	sed -n '/^P:  Vendor=1199/,/^$/p' /sys/kernel/debug/usb/devices |
		grep -E '^(P|S: .*(Man|Prod)|C|I):?' | sed 's/ Driver=.*//'
}

# ask TTY SECONDS: does it answer AT in time?
ask() {
	stty -F "$1" raw -echo
	timeout "$2" bash -c 'exec 4<>"$1"; printf "AT\r" >&4; grep -aqm1 OK <&4' \
		ask "$1"
}

@test "lab: the kernel sees the modem of the report" {
	diff - <(kernel_says) <<-'END'
		P:  Vendor=1199 ProdID=9013 Rev= 0.02
		S:  Manufacturer=Sierra Wireless Inc
		S:  Product=Sierra Wireless MC8355 - Gobi 3000(TM) Module
		C:* #Ifs= 4 Cfg#= 1 Atr=e0 MxPwr=500mA
		I:* If#= 0 Alt= 0 #EPs= 3 Cls=ff(vend.) Sub=ff Prot=ff
		I:* If#= 1 Alt= 0 #EPs= 2 Cls=ff(vend.) Sub=ff Prot=ff
		I:* If#= 2 Alt= 0 #EPs= 3 Cls=ff(vend.) Sub=ff Prot=ff
		I:* If#= 3 Alt= 0 #EPs= 2 Cls=ff(vend.) Sub=ff Prot=ff
	END
}

@test "lab: qcserial takes three interfaces, raises no DTR, and AT is silent" {
	lab_drivers qcserial
	wait_for 5 tty_count_is 3
	run ! driver_of 0
	run ! ask "$(tty_of 2)" 5
	wait_for 5 grep -q '^[0-9]* 2 < AT' "$LAB_OUT/modem.modem.log"
	run ! grep 'dtr on' "$LAB_OUT/modem.modem.log"
}

@test "lab: option binds by new_id, raises DTR, and AT answers" {
	lab_drivers option
	lab_option_new_id
	wait_for 5 tty_count_is 4
	ask "$(tty_of 2)" 10
	grep '^[0-9]* 2 # dtr on' "$LAB_OUT/modem.modem.log"
	for interface in 0 1 3; do
		run ! ask "$(tty_of $interface)" 1
	done
}

@test "lab: qmi_wwan takes the first interface" {
	lab_drivers qmi_wwan option
	lab_option_new_id
	wait_for 5 tty_count_is 3
	[ "$(driver_of 0)" = qmi_wwan ]
	[ "$(driver_of 2)" = option ]
}

@test "lab: pppd and chat dial through it, and pings come back" {
	lab_drivers option
	lab_option_new_id
	wait_for 5 tty_count_is 4
	background pppd "$(tty_of 2)" nodetach noauth noipdefault nocrtscts \
		defaultroute connect "chat '' AT OK 'ATD*99#' CONNECT '\\c'"
	wait_for 30 ping -c 1 -W 1 "$LAB_FAR_IP"
}

@test "lab: unplugged and plugged in again the modem is back" {
	modem_say modem unplug
	wait_for 5 succeeds_not test -e /sys/bus/usb/devices/1-1
	modem_say modem plug
	wait_for 5 tty_of 2
}
