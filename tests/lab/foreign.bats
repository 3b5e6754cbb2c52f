# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Devices that are no modems, behind the kernel's own drivers: nothing at all
# reaches them, neither while no modem is there nor when one has been unplugged.
# LAB_SECONDS: how long gobi-dial looks for a modem beside them.

bats_require_minimum_version 1.5.0
load guest/lab

seconds=${LAB_SECONDS:-60}
drivers=(ftdi_sio pl2303 cp210x ch341)
arduino=/sys/kernel/config/usb_gadget/arduino
wire=/sys/kernel/debug/usb/usbmon/0u

# chip VID PID RELEASE: a description of one.
chip() {
	echo "usb: { vid = $1; pid = $2; release = $3; vendor_requests = true; };" \
		"ports: ( { interface = 0; role = \"silent\"; interrupt = true; } );"
}

plug_in_arduino() {
	mkdir -p $arduino/configs/c.1 $arduino/functions/acm.0
	echo 0x2341 >$arduino/idVendor
	echo 0x0043 >$arduino/idProduct
	ln -s $arduino/functions/acm.0 $arduino/configs/c.1/
	echo dummy_udc.4 >$arduino/UDC
}

foreign_ttys() {
	local driver

	for driver in "${drivers[@]}"; do
		grep -qs . /sys/bus/usb/drivers/"$driver"/*/ttyUSB*/uevent || return
	done
	test -c /dev/ttyACM0
}

setup_file() {
	lab_network
	modprobe -r dummy_hcd
	modprobe dummy_hcd num=6
	modprobe -a "${drivers[@]}"
	lab_drivers option cdc_acm
	mountpoint -q /sys/kernel/debug || mount -t debugfs none /sys/kernel/debug
	chip 0x0403 0x6001 0x0600 >"$lab_run/ftdi_sio.modem"
	chip 0x067b 0x2303 0x0300 >"$lab_run/pl2303.modem"
	chip 0x10c4 0xea60 0x0100 >"$lab_run/cp210x.modem"
	chip 0x1a86 0x7523 0x0254 >"$lab_run/ch341.modem"
	for driver in "${drivers[@]}"; do
		lab_modem "$driver" "$lab_run/$driver.modem"
	done
	plug_in_arduino
	wait_for 20 foreign_ttys
}

teardown_file() {
	echo '' >$arduino/UDC
	rm -f $arduino/configs/c.1/acm.0
	rmdir $arduino/configs/c.1 $arduino/functions/acm.0 $arduino
	for driver in "${drivers[@]}"; do
		lab_modem_gone "$driver"
	done
	modprobe -r dummy_hcd
	modprobe dummy_hcd num=2
}

setup() {
	lab_conf <<<''
	mark
}

teardown() {
	gobi_end
	kill_background
}

# From here on the wire is watched. Its lines have the bus behind the type: the
# Arduino has no side of its own where a request could be seen.
mark() {
	local driver

	for driver in "${drivers[@]}"; do
		wc -l <"$LAB_OUT/$driver.modem.log" >"$lab_run/$driver.mark"
	done
	bus=$(readlink -f /sys/class/tty/ttyACM0/device)
	bus=$(cat "${bus%/*}/busnum")
	background cat $wire >"$lab_run/wire"
}

has_heard() {
	(($(wc -l <"$LAB_OUT/$1.modem.log") > $(cat "$lab_run/$1.mark")))
}

# Every device has heard nothing, by its own log; and the Arduino by the bus.
nothing_was_heard() {
	local driver heard

	for driver in "${drivers[@]}"; do
		heard=$(tail -n "+$(($(cat "$lab_run/$driver.mark") + 1))" \
			"$LAB_OUT/$driver.modem.log")
		[ -z "$heard" ] || {
			printf '%s heard:\n%s\n' "$driver" "$heard"
			return 1
		}
	done
	run ! grep -E " S (Co|Bo|Bi):$bus:0*([2-9]|[1-9][0-9]+):" "$lab_run/wire"
}

@test "foreign: probe and doctor tell how to name them, and ask nobody" {
	run --separate-stderr gobi-dial probe --json
	echo "$output$stderr"
	[ "$status" -eq 4 ]
	jq -e '.cause == "no-modem" and (.ports | length == 5) and
		([.ports[].role] | all(. == "other")) and
		([.ports[].driver] | sort) ==
			["cdc_acm", "ch341", "cp210x", "ftdi_sio", "pl2303"]' <<<"$output"
	run gobi-dial probe
	echo "$output"
	[[ $output == *'modem: { port = "/dev/ttyUSB0"; };'* ]]
	run gobi-dial doctor
	echo "$output"
	[[ $output == *'[no-modem]'* && $output == *'[other-ttys]'* ]]
	[[ $output != *'[modem-found]'* ]]
	[[ $output == *"echo 'modem: { port = \"/dev/ttyACM0\"; };' >>"* ||
		$output == *"echo 'modem: { port = \"/dev/ttyUSB0\"; };' >>"* ]]
	nothing_was_heard
}

@test "foreign: run waits for a modem, and nothing reaches them" {
	local end=$((SECONDS + seconds))

	gobi_start
	gobi_reaches waiting
	while ((SECONDS < end)); do
		lab_pause 500000
	done
	run ! grep recovery "$LAB_OUT/gobi.log"
	nothing_was_heard
}

@test "foreign: one that is plugged in does not take an unplugged modem's place" {
	lab_option_new_id
	lab_modem modem mc8355.modem
	gobi_start
	gobi_reaches connected 60
	modem_say modem unplug
	gobi_reaches waiting 60
	nothing_was_heard
	run ! grep 'recovery:' "$LAB_OUT/gobi.log"
	modem_say modem plug
	gobi_reaches connected 60
	pings
	gobi_stop
	nothing_was_heard
	lab_modem_gone modem
}

# Nobody knows its layout, but it has answered. The rungs that leave the other
# port there are done, and those that take it away wait.
@test "foreign: a modem is recovered although somebody holds its other port" {
	local other

	echo 1234 5678 ff >/sys/bus/usb-serial/drivers/option1/new_id
	echo 'usb: { vid = 0x1234; pid = 0x5678; }; ports: (
		{ interface = 0; role = "at"; interrupt = true; },
		{ interface = 1; role = "silent"; } );' >"$lab_run/own.modem"
	lab_modem modem "$lab_run/own.modem"
	lab_conf <<<'modem: { wait = 1; };'
	gobi_start
	gobi_reaches connected 60
	other=$(echo /sys/bus/usb/drivers/option/*:1.1/ttyUSB*)
	background sh -c "exec sleep 600 </dev/${other##*/}"
	modem_say modem mute 0 on
	modem_say modem hangup quiet
	gobi_says 'recovery: "dtr" after' 60
	gobi_says '"usb" cannot be done here: Device or resource busy' 60
	# The next run has it from this one.
	gobi_stop
	gobi_start
	gobi_says 'recovery: "dtr" after' 60
	modem_say modem mute 0 off
	gobi_reaches connected 60
	lab_modem_gone modem
}

# Last, for some of them take half a minute to close.
@test "foreign: the devices would have heard an open" {
	local driver tty

	for driver in "${drivers[@]}"; do
		for tty in /sys/bus/usb/drivers/"$driver"/*/ttyUSB*; do
			background sh -c ": <>/dev/${tty##*/}"
		done
		wait_for 10 has_heard "$driver"
	done
	background sh -c ': <>/dev/ttyACM0'
	wait_for 10 grep -E " S Co:$bus:0*([2-9]|[1-9][0-9]+):" "$lab_run/wire"
}
