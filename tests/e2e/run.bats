#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial run, as far as it goes without a modem: how it ends.

load modem

setup() {
	modem_setup
	name="e2e-$$-$BATS_TEST_NUMBER"
	conf="$BATS_TEST_TMPDIR/$name.conf"
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
	has "$BATS_TEST_FILENAME is no tty (config)"
}
