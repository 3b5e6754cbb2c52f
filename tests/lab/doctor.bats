# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# gobi-dial doctor with the real drivers: the reference report.

bats_require_minimum_version 1.5.0
load guest/lab

teardown() {
	lab_modem_gone modem
	wait_for 5 tty_count_is 0
	rm -f /etc/usb-mode.json
}

doctor() {
	run --separate-stderr gobi-dial doctor "$@"
	printf '%s\n' "$output" "$stderr"
}

said() {
	jq -e "$1" <<<"$output"
}

# finding CODE FILTER: what jq's FILTER says of it.
finding() {
	said ".findings[] | select(.code == \"$1\") | $2"
}

# The kernel's own drivers, and what usbmode does to If0.
plug_in_as_reported() {
	lab_drivers qmi_wwan qcserial
	lab_modem modem mc8355.modem
	wait_for 10 tty_count_is 3
	echo '{"messages":[],"devices":{"1199:9013":{"*":{"msg":[],"config":1}}}}' \
		>/etc/usb-mode.json
	echo 1-1:1.0 >/sys/bus/usb/drivers/qmi_wwan/unbind
}

@test "doctor: the report's two questions are answered, and --fix mends the ports" {
	plug_in_as_reported
	doctor --json
	[ "$status" -eq 5 ]
	finding usbmode-detaches-qmi '.severity == "problem" and
		(.evidence | contains("unregister '\''qmi_wwan'\''"))'
	finding usbmode-detaches-qmi '.fix[]' | jq -r . >"$LAB_OUT/fix-qmi"
	finding no-dtr '.severity == "problem" and (.text | contains("qcserial"))'
	finding kernel-ppp '.severity == "ok"'
	finding pppd-found '.severity == "ok"'
	doctor
	[[ $output == *"[usbmode-detaches-qmi]"*"[no-dtr]"* ]]

	doctor --fix --json
	[ "$status" -eq 0 ]
	said '.fixed | length == 1 and .[0].code == "no-dtr" and .[0].done'
	said '[.findings[].code] | index("no-dtr") == null'
	finding port-found ".text | startswith(\"$(tty_of 2) \")"
	finding sim-ready '.severity == "ok"'
	finding registered '.severity == "ok"'
	[ "$(driver_of 2)" = option ]
	[ "$(driver_of 1)" = qcserial ]
	[ "$(driver_of 3)" = qcserial ]
	[ -z "$(driver_of 0)" ]
	# Nobody has touched the list.
	grep -q '"1199:9013"' /etc/usb-mode.json

	bash -e "$LAB_OUT/fix-qmi"
	[ "$(driver_of 0)" = qmi_wwan ]
	doctor --json
	said '[.findings[] | select(.severity == "problem")] == []'
}
