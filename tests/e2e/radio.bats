#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A radio or a SIM that is of no use is named for what it is.

load modem
load dial

# A Sierra on a UART with KEYS in its description.
sierra() {
	modem_of "identity: { manufacturer = \"Sierra Wireless, Incorporated\"; };
		ports: ( { interface = 0; role = \"at\"; } );
		$1"
}

@test "a switch that holds the radio off is named, and not fought" {
	sierra 'radio: { w_disable = true; cfun = 0; };
		commands: ( { command = "AT!PCINFO?"; lines = (
			"State: 0 (LPM)",
			"LPM force flags - W_DISABLE:1, User:0, Temp:0, Volt:0" );
		} );'
	dial_once '' --once
	exits 11
	has "W_DISABLE pin holds it off"
	if modem_logged 'AT+CFUN=1'; then
		return 1
	fi
}

@test "a radio that somebody has switched off is switched on" {
	sierra 'radio: { cfun = 4; };'
	dial_behind ''
	wait_for 120 modem_logged 'AT+CSQ'
	modem_logged 'AT+CFUN=1'
	dial_kill
}

@test "what is wrong with a SIM is told in plain words" {
	sierra 'sim: { state = "puk"; };'
	dial_once '' --once
	exits 10
	has "the SIM is blocked after too many wrong PINs"
	modem_teardown
	modem_pids=()
	sierra 'sim: { state = "pin"; };'
	dial_once '' --once
	exits 9
	has "set sim.pin"
}
