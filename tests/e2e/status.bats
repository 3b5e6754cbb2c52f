#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial status: on terminals of several widths and on none, once and
# followed, against an instance that is connected, goes and comes back.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	dial_setup
	dial_link
	command -v script >/dev/null || skip "script(1) is not installed"
}

# on_terminal COLUMNS COMMAND...: its output as a terminal gets it, in $output.
on_terminal() {
	local columns=$1

	shift
	run --separate-stderr script -qec "stty cols $columns rows 30; $*" /dev/null </dev/null
	output=${output//$'\r'/}
	mapfile -t lines <<<"$output"
}

# widest: of the lines of $output, colours not counted.
widest() {
	# shellcheck disable=SC2001
	sed 's/\x1b\[[0-9;?]*[A-Za-z]//g' <<<"$output" | wc -L
}

status() {
	"$gobi" -c "$conf" status "$@"
}

@test "it fits terminals of 80 and of 40 columns" {
	local columns

	modem uart.modem
	dial_connected
	for columns in 80 40; do
		on_terminal "$columns" env TERM=xterm "$gobi" -c "$conf" status
		exits 0
		has $'\e[32mconnected\e[0m'
		has '10.64.0.2'
		[ "$(widest)" -le "$columns" ]
		[ "$(widest)" -gt $((columns / 2)) ]
	done
	[ "${#lines[@]}" -gt 15 ]
}

@test "the signal's history is there for a chart" {
	modem uart.modem
	dial_connected
	[ "$(status --json --history | jq '.history | length')" -ge 1 ]
	status --json --history | jq -e '.history[0] | .ago_ms >= 0 and .percent > 0 and .dbm < 0'
	status --json | jq -e 'has("history") | not'
	run status --history
	exits 2
	has 'needs --json'
}

@test "colours are for terminals, and not for NO_COLOR or a dumb one" {
	modem uart.modem
	dial_connected
	on_terminal 80 env TERM=xterm NO_COLOR= "$gobi" -c "$conf" status
	has 'connected for'
	has_not $'\e'
	on_terminal 80 env TERM=dumb "$gobi" -c "$conf" status
	has_not $'\e'
	run status
	has 'connected for'
	has_not $'\e'
	# Nor are the lines broken where nobody asks for it.
	has 'in, '
	COLUMNS=40 run status
	[ "$(widest)" -le 40 ]
}

followed() {
	grep -q -- "$1" "$BATS_TEST_TMPDIR/followed"
}

@test "followed by a script, it is an object a line, at each change" {
	modem uart.modem
	dial_connected
	background "$gobi" -c "$conf" status --follow >>"$BATS_TEST_TMPDIR/followed"
	local pid=$!

	wait_for 10 followed '"state":"connected"'
	"$gobi" -c "$conf" redial
	wait_for 20 followed '"state":"backing-off"'
	"$gobi" -c "$conf" stop
	# It is told of the end, and waits for the next.
	wait_for 10 followed '"state":"stopped"'
	wait_for 10 followed '"state":null'
	kill -0 "$pid"
	: >"$BATS_TEST_TMPDIR/followed"
	dial_hangup
	dial_connected
	wait_for 20 followed '"state":"connected"'
	kill "$pid"
	wait "$pid"
	# Each line is one.
	[ "$(jq -s 'map(.name) | unique | length' "$BATS_TEST_TMPDIR/followed")" -eq 1 ]
}

@test "a follower ends when nobody reads it, also while it waits" {
	modem uart.modem
	dial_connected
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	exec {reader}<>"$BATS_TEST_TMPDIR/pipe"
	background "$gobi" -c "$conf" status --follow --json \
		>"$BATS_TEST_TMPDIR/pipe" {reader}>&-
	local pid=$!

	read -r _ <&"$reader"
	"$gobi" -c "$conf" stop
	while read -r line <&"$reader"; do
		[[ $line != *'"state":null'* ]] || break
	done
	exec {reader}<&-
	wait_for 10 succeeds_not kill -0 "$pid" 2>/dev/null
}

succeeds_not() {
	! "$@"
}

@test "on a terminal it is redrawn in place, and the cursor comes back" {
	modem uart.modem
	dial_connected
	export conf
	mkfifo "$BATS_TEST_TMPDIR/keys"
	background bash -c 'exec script -qefc "stty cols 60 rows 12
		TERM=xterm \"$gobi\" -c \"$conf\" status --follow" \
		"$BATS_TEST_TMPDIR/followed" <>"$BATS_TEST_TMPDIR/keys" >/dev/null'
	wait_for 20 followed $'\e\\[?25l'
	wait_for 20 twice
	# It follows the terminal's size.
	pid=$(pgrep -f "^$gobi -c $conf status --follow")
	stty -F "$(readlink "/proc/$pid/fd/1")" cols 40
	wait_for 10 is_redrawn_narrow
	# The terminal's own ^C.
	printf '\003' >"$BATS_TEST_TMPDIR/keys"
	wait_for 10 followed $'\e\\[?25h'
	# script ends when it has written all.
	wait "${modem_pids[-1]}" || true
	# Without script's own words.
	output=$(tr -d '\r' <"$BATS_TEST_TMPDIR/followed" |
		sed '/^Script \|^.TERM=/d')
	[ "$(widest)" -le 60 ]
	# The other screen was left, and the last picture is on the first.
	[[ ${output##*$'\e[?1049l'} == *'connected'* ]]
	[[ ${output%%$'\e[?1049h'*} != *'connected'* ]]
}

# The last whole picture.
is_redrawn_narrow() {
	output=$(tr -d '\r' <"$BATS_TEST_TMPDIR/followed" | tr '\n' '\f')
	output=${output%$'\e[H'*}
	output=$(tr '\f' '\n' <<<"${output##*$'\e[H'}")
	[[ $output == *connected* ]] && [ "$(widest)" -le 40 ]
}

twice() {
	[ "$(grep -o $'\e\\[H' "$BATS_TEST_TMPDIR/followed" | wc -l)" -ge 2 ]
}

@test "without an instance following it fails as asking does" {
	printf '\n' >"$conf"
	run "$gobi" -c "$conf" status --follow
	exits 1
	has "start it with \"gobi-dial -c $conf run\""
}

@test "node_exporter gets numbers, and hears when there is no instance" {
	modem uart.modem
	dial_connected
	run status --format prometheus
	exits 0
	has "gobi_dial_up{name=\"$dial_name\"} 1"
	has "gobi_dial_state{name=\"$dial_name\",state=\"connected\"} 1"
	[[ $output =~ receive_bytes_total\{[^}]*\}\ [0-9]+ ]]
	run status --format prometheus --follow
	exits 2
	"$gobi" -c "$conf" stop
	run --separate-stderr status --format prometheus
	exits 1
	[ "$(tail -n 1 <<<"$output")" = "gobi_dial_running{name=\"$dial_name\"} 0" ]
}
