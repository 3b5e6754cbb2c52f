# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# gobi-dial run moves the one interface that needs it to another driver: the
# reference report, with the kernel's own drivers.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
}

setup() {
	lab_conf <<<'network: { apn = "internet"; };'
}

teardown() {
	gobi_end
	lab_modem_gone modem
	wait_for 5 tty_count_is 0
}

# drivers_are NAME...: of the interfaces 0, 1, 2, ...; "-" for none.
drivers_are() {
	local i seen=()

	for ((i = 0; i < $#; i++)); do
		seen+=("$(driver_of "$i" || echo -)")
	done
	[ "${seen[*]}" = "$*" ] || {
		echo "the drivers are ${seen[*]}" >&2
		return 1
	}
}

# ids_are LINE...: what was added to option by hand or by us.
ids_are() {
	diff <(printf '%s\n' "$@") /sys/bus/usb-serial/drivers/option1/new_id
}

plug_in_as_the_kernel_does() {
	lab_drivers qmi_wwan qcserial
	lab_modem modem "${1:-mc8355.modem}"
	wait_for 10 tty_count_is 3
	drivers_are qmi_wwan qcserial qcserial qcserial
}

print_timeline() {
	echo "# $BATS_TEST_DESCRIPTION:" \
		"$(gobi-dial status --json | jq -c '[.timeline[] | "\(.step) \(.ms)"]')" >&3
}

@test "binding: the reference report is online by itself" {
	lab_drivers qmi_wwan qcserial
	gobi_start
	gobi_reaches waiting
	lab_modem modem mc8355.modem
	gobi_reaches binding
	gobi_says 'giving it to option'
	gobi_says 'its driver is option now'
	gobi_reaches connected
	pings
	print_timeline
	drivers_are qmi_wwan qcserial option qcserial
	ids_are '1199 9013 ff'
	gobi_status ".port == \"$(tty_of 2)\" and .redials == 0"
	gobi_status '.timeline | map(.step) | index("binding") == 1'
}

@test "binding: an interface without a driver stays without one" {
	plug_in_as_the_kernel_does
	echo 1-1:1.0 >/sys/bus/usb/drivers/qmi_wwan/unbind
	gobi_start
	gobi_reaches connected
	pings
	print_timeline
	drivers_are - qcserial option qcserial
}

@test "binding: with option on all four there is nothing to do" {
	lab_plug_in
	gobi_start
	gobi_reaches connected
	pings
	print_timeline
	drivers_are option option option option
	ids_are '1199 9013 ff'
	run ! grep -E 'binding|giving' "$LAB_OUT/gobi.log"
}

@test "binding: a modem that no driver holds gets one for its AT interface" {
	lab_drivers cdc_acm
	lab_modem modem mc8355.modem
	wait_for 10 test -e /sys/bus/usb/devices/1-1:1.3
	drivers_are - - - -
	gobi_start
	gobi_reaches connected
	pings
	drivers_are - - option -
}

@test "binding: after a replug it is done again, and ids do not pile up" {
	plug_in_as_the_kernel_does
	gobi_start
	gobi_reaches connected
	modem_say modem replug
	gobi_reaches binding
	gobi_reaches connected
	pings
	drivers_are qmi_wwan qcserial option qcserial
	ids_are '1199 9013 ff'
}

@test "binding: what option refuses is undone, and not tried again" {
	plug_in_as_the_kernel_does
	modprobe option
	# With this reference it is interface 2 that option leaves alone.
	echo 1199 9013 ff 19d2 1401 >/sys/bus/usb-serial/drivers/option1/new_id
	lab_conf <<<'modem: { wait = 3; };'
	gobi_once
	[ "$status" -eq 5 ]
	[[ $output == *'1-1:1.2: cannot give it to option'* ]]
	[[ $output == *'1-1:1.2: back as it was, with qcserial'* ]]
	[[ $output == *'could not be given to option'* ]]
	[ "$(grep -c 'giving it to option' <<<"$output")" -eq 1 ]
	drivers_are qmi_wwan qcserial qcserial qcserial
	ids_are '1199 9013 ff'
}

@test "binding: where the table is wrong of the firmware the probe decides" {
	plug_in_as_the_kernel_does mc8355-if3.modem
	gobi_start
	gobi_reaches connected
	pings
	drivers_are qmi_wwan qcserial qcserial option
}

@test "binding: what stays silent goes back, and the next one has its turn" {
	cat >"$LAB_SRC/tests/modem/silent-if2.modem" <<-'END'
		@include "mc8355-common.inc"
		ports: (
			{ interface = 0; role = "silent"; interrupt = true; },
			{ interface = 1; role = "diag"; },
			{ interface = 2; role = "nmea"; start = "$GPS_START"; },
			{ interface = 3; role = "at"; interrupt = true;
			  dtr = true; }
		);
	END
	plug_in_as_the_kernel_does silent-if2.modem
	lab_conf <<<'modem: { wait = 1; };'
	gobi_start
	gobi_says '1-1:1.2 stays silent with option: it goes back'
	gobi_says 'interface 1-1:1.3: its driver cannot raise DTR'
	gobi_reaches connected
	pings
	drivers_are qmi_wwan qcserial qcserial option
}

@test "binding: keep says what to do instead, and does nothing" {
	plug_in_as_the_kernel_does
	lab_conf <<<'modem: { driver = "keep"; wait = 1; };'
	gobi_once
	[ "$status" -eq 5 ]
	[[ $output == *'interface 1-1:1.2 (1199:9013): its driver cannot raise DTR'* ]]
	[[ $output == *'modem.driver is "keep": "gobi-dial probe" prints'* ]]
	drivers_are qmi_wwan qcserial qcserial qcserial
}

@test "firmware: run waits for it, asks nothing, and dials when it is loaded" {
	lab_drivers qcserial
	cat >"$LAB_OUT/qdl.modem" <<-'END'
		usb: { vid = 0x1199; pid = 0x9000; manufacturer = "Q"; product = "QDL"; };
		ports: ( { interface = 0; role = "silent"; } );
	END
	lab_modem modem "$(realpath --relative-to="$LAB_SRC/tests/modem" \
		"$LAB_OUT/qdl.modem")"
	wait_for 10 tty_of 0
	gobi_once
	[ "$status" -eq 7 ]
	[[ $output == *'1199:9000'*'gobi_loader -2000'* ]]
	gobi_start
	gobi_reaches waiting
	gobi_says 'waiting for it to come back changed'
	run ! grep ' 0 < ' "$LAB_OUT/modem.modem.log"
	lab_modem_gone modem
	lab_modem modem mc8355.modem
	gobi_reaches connected
	pings
}
