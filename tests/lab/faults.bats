# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The rows of the fault matrix (tests/e2e/faults) that take real drivers and the
# real pppd: what USB does, what a dying modem does to the loop, and the rungs of
# the ladder that reach it.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
	lab_plug_in
}

teardown_file() {
	lab_modem_gone modem
}

setup() {
	modem_say modem dial default
	modem_say modem drop-data off
	conf
}

teardown() {
	pkill -CONT -x gobi-modem || true
	gobi_end
}

# conf [KEYS]: the configuration, with these.
conf() {
	lab_conf <<-EOT
		network: { apn = "internet"; };
		modem: { wait = 2; };
		ppp: { lcp_echo_interval = 2; lcp_echo_failure = 2; };
		${1-}
	EOT
}

ladder() {
	conf
	sed -i "s/backoff_max = 4;/& ladder = ( $1 );/" "$lab_run/gobi.conf"
}

connect() {
	gobi_start
	gobi_reaches connected 60
}

devnum() {
	cat /sys/bus/usb/devices/1-1/devnum
}

freeze() {
	pkill -STOP -x gobi-modem
}

ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# answers_after FILE: it is asked how it is, and the time that took is kept; a
# loop that waits for the modem takes 5 s or more. A slow machine gets what another
# command takes on it.
answers_after() {
	local start began took

	start=$(ms)
	gobi-dial --version >/dev/null
	began=$(ms)
	timeout 40 gobi-dial status >/dev/null
	took=$(($(ms) - began))
	echo "status after $took ms" | tee -a "$LAB_OUT/$1" >&2
	((took < 4000 + 4 * (began - start)))
}

# DTR low, and a close: each waits 5 s for a modem like this, and a loop that does
# it has three of these to wait for. A quiet machine takes 4 s and some.
@test "faults: a modem frozen while connected: a stop does not wait for it" {
	local start

	connect
	freeze
	start=$(ms)
	kill "$gobi_pid"
	wait_for 5 has_ended "$gobi_pid"
	echo "stopped after $(($(ms) - start)) ms" | tee "$LAB_OUT/frozen-stop" >&2
	[ $(($(ms) - start)) -lt 15000 ]
}

@test "faults: a modem frozen while connected is found by its silence, and used again" {
	connect
	freeze
	gobi_says '(link-lost)' 30
	for _ in 1 2 3 4 5 6 7 8; do
		answers_after frozen-status
		lab_pause
	done
	pkill -CONT -x gobi-modem
	gobi_reaches connected 90
	pings
	gobi_stop
}

# Here each of its ports takes 5 s to open, and as long to close.
@test "faults: a modem frozen before it is asked: no answer waits for it, no stop" {
	freeze
	gobi_start
	gobi_reaches probing
	answers_after frozen-probe
	gobi-dial stop
	gobi_ended 5
	pkill -CONT -x gobi-modem
	wait_for 20 lab_is_clean
}

@test "faults: a modem frozen while it is asked is no-at-port, and used when it answers" {
	freeze
	gobi_start
	gobi_says 'does not end: the modem does not answer on USB (no-at-port)' 60
	pkill -CONT -x gobi-modem
	gobi_reaches connected 90
	pings
	gobi_stop
}

@test "faults: pppd is stopped: a stop kills it" {
	connect
	pkill -STOP -P "$gobi_pid" pppd
	gobi_stop
}

@test "faults: LCP is ignored twice, then not" {
	modem_say modem drop-data on
	gobi_start
	gobi_says '(ppp)' 60
	gobi_says '(ppp)' 60
	modem_say modem drop-data off
	gobi_reaches connected 60
	pings
	gobi_stop
}

@test "faults: calls are refused until the modem is reset" {
	local before

	before=$(devnum)
	ladder '"reset"'
	modem_say modem dial NO CARRIER 999
	gobi_start
	gobi_says 'recovery: "reset" after 1 failures' 30
	modem_say modem dial default
	gobi_says 'recovery: "reset": done, and the modem is to come back' 30
	gobi_reaches connected 60
	[ "$(devnum)" != "$before" ]
	gobi_status '.recovery.rung == "reset"'
	pings
	gobi_stop
}

@test "faults: a modem that answers nothing is taken off USB and on" {
	local before i

	before=$(grep -c '# enabled' "$LAB_OUT/modem.modem.log")
	ladder '"usb"'
	for i in 0 1 2 3; do
		modem_say modem mute $i on
	done
	gobi_start
	gobi_says 'recovery: "usb" after' 60
	for i in 0 1 2 3; do
		modem_say modem mute $i off
	done
	gobi_says 'recovery: "usb": done' 30
	gobi_reaches connected 60
	[ "$(grep -c '# enabled' "$LAB_OUT/modem.modem.log")" -gt "$before" ]
	pings
	gobi_stop
}

@test "faults: a stop while USB is off leaves it on" {
	local i

	ladder '"usb"'
	for i in 0 1 2 3; do
		modem_say modem mute $i on
	done
	gobi_start
	gobi_says 'recovery: "usb" after' 60
	wait_for 5 grep -q 0 /sys/bus/usb/devices/1-1/authorized
	gobi-dial stop
	gobi_ended 5
	wait_for 10 grep -q 1 /sys/bus/usb/devices/1-1/authorized
	wait_for 5 lab_is_clean
	for i in 0 1 2 3; do
		modem_say modem mute $i off
	done
	wait_for 10 tty_count_is 4
}

@test "faults: a modem that leaves USB again and again is said to lack power" {
	connect
	for _ in 1 2 3; do
		modem_say modem replug
		gobi_reaches connected 60
	done
	grep -q 'leaves USB again and again.*too little power' "$LAB_OUT/gobi.log"
	pings
	gobi_stop
}

@test "faults: of two modems the one with the IMEI is dialed, the other asked once" {
	local description="$lab_run/second.modem"

	sed 's/351234040123456/351234040999999/' \
		"$LAB_SRC/tests/modem/mc8355-common.inc" >"$lab_run/mc8355-common.inc"
	cp "$LAB_SRC"/tests/modem/umts.inc "$lab_run/"
	cp "$LAB_SRC/tests/modem/mc8355.modem" "$description"
	lab_modem second "$description"
	wait_for 10 tty_count_is 8
	conf
	sed -i 's/wait = 2;/& imei = "351234040999999";/' "$lab_run/gobi.conf"
	gobi_start
	gobi_says 'another modem: its IMEI is 351234040123456' 30
	gobi_reaches connected 60
	gobi_status '.modem.usb_path != "1-1"'
	gobi-dial redial
	gobi_reaches connected 60
	[ "$(grep -c 'another modem' "$LAB_OUT/gobi.log")" -eq 1 ]
	pings
	gobi_stop
	lab_modem_gone second
	wait_for 10 tty_count_is 4
}
