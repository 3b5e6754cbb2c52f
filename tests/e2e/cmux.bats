#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# modem.cmux: the multiplexer of a modem with one port, and all that it may lack.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	dial_setup
	dial_link
}

# with KEYS: such a modem, with these keys of its description beside.
with() {
	modem_of "$(sed 's/^mux: .*//' "$top_srcdir/tests/modem/uart-mux.modem") $1"
}

muxed() {
	"$gobi" -c "$conf" status --json | grep -q "\"mux\":$1"
}

asked_within() {
	local age

	age=$("$gobi" -c "$conf" status --json | grep -o '"age_ms":[0-9]*' | head -n 1)
	[ "${age#*:}" -lt "$1" ]
}

logged() {
	grep -q -- "$1" "$BATS_TEST_TMPDIR/log"
}

@test "it is asked during the call, answers commands, and is left at the end" {
	modem uart-mux.modem
	dial_connected "monitor: { signal_interval = 1; };"
	muxed true
	run "$gobi" -c "$conf" status
	has ', multiplexed'
	run "$gobi" -c "$conf" doctor
	has 'is connected, its modem multiplexed'
	run "$gobi" -c "$conf" at AT+CSQ
	exits 0
	has '+CSQ: 17,99'
	wait_for 10 modem_logged '2 < AT+CSQ'
	wait_for 10 asked_within 1500
	"$gobi" -c "$conf" redial
	wait_for 10 modem_logged 'multiplexer closed'
	wait_for 20 dial_is connected
	muxed true
	"$gobi" -c "$conf" stop
	run "$gobi" probe --json "$dial_port"
	has '"role":"at"'
	# Two calls, and nothing was searched.
	[ "$(grep -c 'multiplexer open, frames of 1509' "$modem_dir/log")" -eq 2 ]
}

@test "where it does not come up the same start goes on without it" {
	# It says OK, and goes on with AT.
	with 'mux: { mute = true; };'
	dial_connected
	muxed false
	logged 'not multiplexed'
}

@test "it is not asked for where it is not wanted, and prepare leaves the port plain" {
	modem uart-mux.modem
	printf 'modem: { port = "%s"; };\n' "$dial_port" >"$conf"
	run "$gobi" -c "$conf" prepare
	exits 0
	dial_modem='cmux = "off";'
	dial_connected
	muxed false
	run ! modem_logged CMUX
}

@test "one that restarts in a call is not waited for" {
	with 'mux: { n1 = 127; }; noise: ( { at_ms = 100; text = "\r\nRDY\r\n"; } );'
	dial_connected
	muxed true
	printf 'reset\n' | nc -U -W 1 "$modem_dir/sock"
	wait_for 10 logged 'does not multiplex any more: it has restarted (RDY)'
	# It has not been up for long: perhaps that was the multiplexer's fault.
	wait_for 20 dial_is connected
	muxed false
}

@test "a modem that a killed instance has left multiplexed is brought back" {
	modem uart-mux.modem
	dial_connected
	dial_kill KILL
	dial_connected
	muxed true
	[ "$(grep -c 'multiplexer open' "$modem_dir/log")" -eq 2 ]
}
