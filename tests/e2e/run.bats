#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial run, as far as it goes without a modem: how it ends, and what a
# service manager hears.

bats_require_minimum_version 1.5.0
load modem

setup() {
	modem_setup
	name="e2e-$$-$BATS_TEST_NUMBER"
	conf="$BATS_TEST_TMPDIR/$name.conf"
}

# start COMMAND...: run, by way of COMMAND, waiting for a modem that never comes, or
# for $port.
start() {
	echo "modem: { port = \"${port:-/dev/ttyNone0}\"; };" >"$conf"
	background "$@" "$gobi" -v -c "$conf" run 2>>"$BATS_TEST_TMPDIR/log"
	pid=$!
	wait_for 10 logged '-> waiting|Permission denied'
	logged '-> waiting' || skip "may not make the run-time folder"
}

logged() {
	grep -qE -- "$1" "$BATS_TEST_TMPDIR/log"
}

# The process ends by itself, with code 0.
ends_well() {
	wait_for 10 succeeds_not kill -0 "$pid" 2>/dev/null
	wait "$pid"
}

succeeds_not() {
	! "$@"
}

heard() {
	tr '\0' '\n' <"$BATS_TEST_TMPDIR/heard" | grep -q -- "$1"
}

heard_again() {
	[ "$(tr '\0' '\n' <"$BATS_TEST_TMPDIR/heard" | grep -o -- "$1" |
		wc -l)" -ge 2 ]
}

# run_once TEXT: with that configuration; more than 10 s is a hang.
run_once() {
	printf '%s\n' "$1" >"$conf"
	run timeout -k 1 10 "$gobi" -c "$conf" run --once
	if [[ $output == *"Permission denied"* ]]; then
		skip "may not make the run-time folder"
	fi
}

@test "a search that cannot begin ends it before the loop runs" {
	run_once 'modem: { port = "/dev/null/ttyUSB0"; };'
	exits 1
	has "cannot look for ports: Not a directory (internal)"
}

@test "a port that is no tty is a mistake in the configuration" {
	run_once "modem: { port = \"$BATS_TEST_FILENAME\"; };"
	exits 3
	has "$BATS_TEST_FILENAME is not a tty (config)"
}

@test "a group for the socket that is none is a mistake in the configuration" {
	run_once 'control: { group = "no-such-group"; };'
	exits 3
	has 'control.group: "no-such-group" is not a group of this system'
}

# on_terminal: start it on one of its own, whose end is the end of $script.
on_terminal() {
	command -v script >/dev/null || skip "script(1) is not installed"
	export gobi conf BATS_TEST_TMPDIR
	# Who runs this under nohup has it ignored.
	start env --default-signal=HUP sh -c 'exec script -qefc \
		"exec $gobi -v -c $conf run 2>$BATS_TEST_TMPDIR/log" /dev/null'
	script=$pid
	pid=$(cat "/run/gobi-dial/$name.lock")
}

@test "a hang-up of the terminal stops it in order" {
	on_terminal
	kill -KILL "$script"
	wait_for 10 succeeds_not kill -0 "$pid" 2>/dev/null
	logged 'Hangup: stopping'
	[ ! -e "/run/gobi-dial/$name.lock" ]
}

# A pty makes no event of the kernel's, and a rescan is a minute away.
@test "a named port is seen when it comes, and its folder with it" {
	local port="$modem_dir/later/if2"

	start
	modem mc8355.modem "$modem_dir/later"
	wait_for 10 logged '-> preparing'
	kill -TERM "$pid"
	ends_well
}

@test "SIGHUP has it read its configuration again, on a terminal too" {
	on_terminal
	printf 'modem: { port = "/dev/ttyNone0"; };\nmonitor: { interval = 7; };' >"$conf"
	kill -HUP "$pid"
	wait_for 10 logged 'monitor.interval has changed: in force now'
	kill -0 "$pid"
	kill "$pid"
	wait_for 10 succeeds_not kill -0 "$pid" 2>/dev/null
}

@test "what a killed one has left is taken over" {
	start env
	kill -KILL "$pid"
	wait "$pid" || true
	[ -S "/run/gobi-dial/$name.sock" ]
	[ -e "/run/gobi-dial/$name.lock" ]
	: >"$BATS_TEST_TMPDIR/log"
	start env
	"$gobi" -c "$conf" status
	[ "$(cat "/run/gobi-dial/$name.lock")" -eq "$pid" ]
	"$gobi" -c "$conf" stop
	ends_well
	[ ! -e "/run/gobi-dial/$name.sock" ]
}

@test "under nohup a hang-up of the terminal is none" {
	start nohup
	kill -HUP "$pid"
	kill -TERM "$pid"
	ends_well
	logged 'Terminated: stopping'
	run ! logged 'Hangup'
}

@test "the service manager hears that it is ready, how it is, and that it stops" {
	local socket="$BATS_TEST_TMPDIR/notify"

	background nc -l -k -u -U "$socket" >"$BATS_TEST_TMPDIR/heard"
	wait_for 10 test -S "$socket"
	start env NOTIFY_SOCKET="$socket" WATCHDOG_USEC=200000
	wait_for 10 heard READY=1
	wait_for 10 heard 'STATUS=waiting: no modem is plugged in (no-modem)'
	wait_for 10 heard WATCHDOG=1
	"$gobi" -c "$conf" reload
	wait_for 10 heard_again READY=1
	heard RELOADING=1
	heard 'MONOTONIC_USEC=[1-9]'
	kill "$pid"
	ends_well
	wait_for 10 heard STOPPING=1
	heard 'EXTEND_TIMEOUT_USEC=6000000'
}
