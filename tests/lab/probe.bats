# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# gobi-dial probe with the real drivers.

bats_require_minimum_version 1.5.0
load guest/lab

teardown() {
	lab_modem_gone modem
	wait_for 5 tty_count_is 0
}

probe() {
	run --separate-stderr gobi-dial probe "$@"
	printf '%s\n' "$output" "$stderr"
}

# As in the reference report, with If0 for option too.
plug_in() {
	lab_drivers option
	lab_option_new_id
	lab_modem modem mc8355.modem
	wait_for 10 tty_count_is 4
}

said() {
	jq -e "$1" <<<"$output"
}

# role_is INTERFACE ROLE
role_is() {
	said ".ports[] | select(.interface == $1) | .role == \"$2\""
}

@test "probe: under option the port on interface 2 answers" {
	plug_in
	probe --json
	[ "$status" -eq 0 ]
	said ".chosen == \"$(tty_of 2)\" and .cause == \"none\""
	said '.ports | length == 4'
	said '[.ports[].interface] == [0, 1, 2, 3]'
	said '[.ports[].driver] | all(. == "option")'
	said '.ports[2].usb | .path == "1-1" and .vid == "1199" and
		.pid == "9013" and .manufacturer == "Sierra Wireless Inc"'
	role_is 0 silent
	role_is 1 diag
	role_is 2 at
	role_is 3 nmea
	said '.elapsed_ms <= 10000 and .chosen_ms < 4000'
}

@test "probe: the best hinted port ends it at once" {
	plug_in
	probe --json --first
	[ "$status" -eq 0 ]
	said ".chosen == \"$(tty_of 2)\""
	role_is 0 unknown
	said '.elapsed_ms < 4000'
}

@test "probe: under qcserial DTR is what is missing, and the way out works" {
	lab_drivers qmi_wwan qcserial
	lab_modem modem mc8355.modem
	wait_for 10 tty_count_is 3
	probe --json
	[ "$status" -eq 5 ]
	said '.chosen == null and .cause == "no-at-port"'
	role_is 2 no-dtr
	said '.elapsed_ms <= 10000'
	probe
	[[ $output == *"1-1:1.2 of 1199:9013 is the one for calls, but its driver cannot raise DTR"* ]]
	grep '^  ' <<<"$output" >"$LAB_OUT/way-out"
	bash -e "$LAB_OUT/way-out"
	wait_for 5 tty_of 2
	[ "$(driver_of 2)" = option ]
	[ "$(driver_of 0)" = qmi_wwan ]
	[ "$(driver_of 1)" = qcserial ]
	probe --json
	[ "$status" -eq 0 ]
	said ".chosen == \"$(tty_of 2)\""
}

@test "probe: numbers that changed with a replug mean nothing" {
	plug_in
	exec {held}<>"$(tty_of 0)"
	modem_say modem unplug
	wait_for 10 tty_count_is 0
	modem_say modem plug
	wait_for 10 tty_count_is 4
	exec {held}>&-
	[ "$(tty_of 0)" != /dev/ttyUSB0 ]
	probe --json
	[ "$status" -eq 0 ]
	said ".chosen == \"$(tty_of 2)\""
	role_is 2 at
}

@test "probe: the port for calls comes before the one for commands" {
	lab_drivers option qmi_wwan
	lab_modem modem quectel-ec25.modem
	wait_for 10 tty_of 3
	probe --json
	[ "$status" -eq 0 ]
	said ".chosen == \"$(tty_of 3)\""
	role_is 2 at-secondary
	role_is 3 at
}

@test "probe: a boot loader gets no byte" {
	lab_drivers qcserial
	cat >"$LAB_OUT/qdl.modem" <<-'END'
		usb: { vid = 0x1199; pid = 0x9012; manufacturer = "Q"; product = "QDL"; };
		ports: ( { interface = 0; role = "silent"; } );
	END
	lab_modem modem "$(realpath --relative-to="$LAB_SRC/tests/modem" \
		"$LAB_OUT/qdl.modem")"
	wait_for 10 tty_of 0
	probe --json
	[ "$status" -eq 7 ]
	said '.cause == "firmware" and .ports[0].role == "error"'
	run ! grep ' 0 < ' "$LAB_OUT/modem.modem.log"
}

@test "probe: no modem is a cause of its own" {
	probe --json
	[ "$status" -eq 4 ]
	said '.cause == "no-modem" and .ports == []'
}

@test "probe: DTR, settings and locks are as before" {
	plug_in
	stty -F "$(tty_of 2)" -g >"$LAB_OUT/before"
	probe
	[ "$status" -eq 0 ]
	stty -F "$(tty_of 2)" -g | diff "$LAB_OUT/before" -
	wait_for 5 grep -q ' 2 # dtr off' "$LAB_OUT/modem.modem.log"
	run ! ls /run/lock/LCK..*
}
