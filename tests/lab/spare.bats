# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# info during a call: a modem with a second AT port is asked there, and where
# that cannot be, the running instance tells what it knew. The call goes on.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
	lab_drivers option
	lab_modem modem quectel-ec25.modem
	wait_for 10 tty_count_is 4
}

teardown_file() {
	lab_modem_gone modem
}

setup() {
	lab_conf <<<''
	modem_say modem csq 20,99
	gobi_start
	gobi_reaches connected
	gobi_status ".port == \"$(tty_of 3)\""
	modem_say modem csq 9,99
}

teardown() {
	kill_background
	modem_say modem mute 2 off
	gobi_end
}

# info_is EXPRESSION: info says nothing else, and jq finds that true.
info_is() {
	run --separate-stderr gobi-dial info --json
	echo "$output$stderr"
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	jq -e "$1" <<<"$output"
}

# From the instance, as it was before the call.
info_is_old() {
	info_is ".source == \"instance\" and .port == \"$(tty_of 3)\" and
		.signal.csq == 20"
}

call_goes_on() {
	pings
	gobi_status '.state == "connected" and .redials == 0'
}

@test "spare: during a call the modem is asked on its other port" {
	info_is ".source == \"modem\" and .port == \"$(tty_of 2)\" and
		.signal.csq == 9 and .modem.model == \"EC25\""
	call_goes_on
}

@test "spare: one that somebody has is left to him" {
	background bash -c 'exec 4<>"$0"; echo >"$1"; exec sleep 100' \
		"$(tty_of 2)" "$lab_run/held"
	wait_for 10 test -s "$lab_run/held"
	info_is_old
	call_goes_on
}

@test "spare: a silent one is given up" {
	modem_say modem mute 2 on
	info_is_old
	call_goes_on
}

@test "spare: one that goes away while it is asked, or before" {
	modem_say modem latency 2000 AT+CPIN?
	background gobi-dial info --json >"$lab_run/info" 2>&1
	wait_for 20 grep -F ' 2 < AT+CPIN?' "$LAB_OUT/modem.modem.log"
	echo 1-1:1.2 >/sys/bus/usb/drivers/option/unbind
	wait "$!"
	jq -e '.source == "instance"' "$lab_run/info"
	info_is_old
	call_goes_on
	echo 1-1:1.2 >/sys/bus/usb/drivers/option/bind
}
