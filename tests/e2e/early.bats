#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What a modem refuses in its first seconds, and answers that say less than they should.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	dial_with -v -v
	dial_setup
}

# modem_with KEYS: one port, and KEYS in its description.
modem_with() {
	modem_of "ports: ( { interface = 0; role = \"at\"; } ); $1"
}

registered_or_failed() {
	grep -qE 'registering -> (dialing|hanging)|preparing -> hanging' "$BATS_TEST_TMPDIR/said"
}

# registers [CONF]: within a few seconds, and without a failure before that.
registers() {
	dial_behind "${1-}" >"$BATS_TEST_TMPDIR/said" 2>&1
	wait_for 5 registered_or_failed || true
	grep -q 'registering -> dialing' "$BATS_TEST_TMPDIR/said" ||
		cat "$BATS_TEST_TMPDIR/said"
	grep -q 'registering -> dialing' "$BATS_TEST_TMPDIR/said"
	dial_kill
}

@test "a PIN that is wanted two seconds late goes out once" {
	modem_with 'sim: { state = "pin"; };
		commands: ( { command = "AT+CPIN?"; result = "ERROR"; until_ms = 2000; } );'
	registers 'sim: { pin = "1234"; };'
	[ "$(grep -c '# pin ' "$modem_dir/log")" -eq 1 ]
	modem_logged '# pin 1234 right'
}

@test "registration that is refused at first is asked for again" {
	modem_with 'commands: (
		{ command = "AT+CREG*"; result = "+CME ERROR: 13"; until_ms = 1500; },
		{ command = "AT+CGREG*"; result = "+CME ERROR: 13"; until_ms = 1500; },
		{ command = "AT+CEREG*"; result = "ERROR"; until_ms = 1500; } );'
	registers
}

@test "an IMEI that is refused at first is asked for again" {
	modem_with 'commands: (
		{ command = "AT+CGSN"; result = "+CME ERROR: 3"; until_ms = 1500; } );'
	printf -v dial_port '%s"; imei = "350000000000006' "$modem_dir/if0"
	registers
}

@test "a SIM that is busy is waited for" {
	modem_with 'sim: { busy_ms = 2500; };'
	registers
}

@test "a SIM that is ready is so without an OK, and with zeros before all numbers" {
	modem_with 'commands: (
		{ command = "AT+CPIN?"; raw = "\r\n+CPIN: READY\r\n"; },
		{ command = "AT+CREG?"; lines = ( "+CREG: 002,001,\"18d8\",\"ffff\"" ); } );
		at: { unsupported = ( "+CGREG", "+CEREG" ); };'
	registers
}

@test "a CDMA modem is told of" {
	modem_with 'at: { unsupported = ( "+CPIN", "+CGDCONT", "+CREG", "+CGREG", "+CEREG" ); };
		identity: { gcap = "+CIS707-A, CIS-856, +MS, +ES, +DS, +FCLASS"; };'
	dial_once '' --once
	exits 4
	has "a CDMA modem without a SIM"
}
