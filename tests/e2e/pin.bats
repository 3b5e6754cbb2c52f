#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A PIN that a SIM has refused does not go out twice, whatever is restarted.

load modem
load dial

# A modem whose SIM has PIN 1234, with EXTRA in its description.
locked_modem() {
	modem_of "sim: { state = \"pin\"; iccid = \"89490200000863940628\"; };
		ports: ( { interface = 0; role = \"at\"; } );
		${1-}"
}

# with PIN: the configuration.
with() {
	printf 'sim: { pin = "%s"; };' "$1"
}

# pins N: so many PINs have come to the SIM.
pins() {
	[ "$(grep -c '# pin ' "$modem_dir/log")" -eq "$1" ] || {
		grep '# pin ' "$modem_dir/log"
		return 1
	}
}

end_all() {
	modem_teardown
	modem_pids=()
}

@test "a refused PIN goes out once over restarts and power cycles" {
	locked_modem
	dial_once "$(with 0000)"
	exits 9
	has "the SIM has refused the PIN"
	pins 1
	dial_once "$(with 0000)"
	exits 9
	has "delete $state_dir/sent-pins"
	pins 1
	end_all
	locked_modem
	dial_once "$(with 0000)" --once
	exits 9
	pins 0
}

@test "a PIN whose answer was not waited for goes out once where no counter tells" {
	locked_modem 'commands: ( { command = "AT+CPIN=*"; result = ""; } );'
	dial_behind "$(with 1234)"
	wait_for 120 modem_logged 'AT+CPIN=\\"1234'
	# The mark was there before the PIN.
	[ -s "$state/sent-pins" ]
	dial_kill KILL
	dial_once "$(with 1234)"
	exits 9
	has "delete $state_dir/sent-pins"
	[ "$(grep -c 'AT+CPIN=' "$modem_dir/log")" -eq 1 ]
}

@test "a right PIN opens the SIM each time, and leaves no mark" {
	local times

	for times in 1 2; do
		locked_modem
		dial_behind "$(with 1234)"
		wait_for 120 modem_logged 'pin 1234 right'
		wait_for 120 modem_logged 'AT+CREG?'
		[ ! -e "$state/sent-pins" ]
		dial_kill
		end_all
	done
	[ "$times" -eq 2 ]
}

@test "another PIN may go after a refused one, and the last attempt not" {
	locked_modem 'commands: ( { command = "AT+CPINC?";
		lines = ( "+CPINC: ${pin_left}, 3, ${puk_left}, 10" ); } );'
	dial_once "$(with 0000)"
	exits 9
	pins 1
	dial_once "$(with 1111)"
	exits 9
	pins 2
	dial_once "$(with 2222)"
	exits 9
	has "one more attempt"
	has "--last-attempt"
	pins 2
	dial_once "$(with 1111)" --last-attempt
	exits 9
	has "delete $state_dir/sent-pins"
	pins 2
	dial_once "$(with 2222)" --last-attempt
	exits 10
	has "PUK"
	pins 3
	[ "$(stat -c %a "$state/sent-pins")" = 600 ]
	run cat "$state/sent-pins"
	has_not 2222
	has_not 89490200000863940628
}

@test "a PIN that cannot be noted does not go out" {
	locked_modem
	before="mount -t tmpfs -o ro none $state_dir"
	dial_once "$(with 1234)" --once
	exits 1
	has "it cannot be noted in $state_dir/sent-pins first: Read-only"
	pins 0
	before=:
	echo rubbish >"$state/sent-pins"
	dial_once "$(with 1234)"
	exits 9
	has "$state_dir/sent-pins, which records"
	pins 0
}

@test "a PIN that a starting modem swallows is not called wrong, and goes once more" {
	locked_modem 'commands: ( { command = "AT+CPINC?";
			lines = ( "+CPINC: ${pin_left}, 3, ${puk_left}, 10" ); },
		{ command = "AT+CPIN=*"; result = "ERROR"; once = true; } );'
	dial_behind "$(with 1234)" 2>"$BATS_TEST_TMPDIR/log"
	wait_for 20 modem_logged 'pin 1234 right'
	wait_for 20 modem_logged 'AT+CREG?'
	[ ! -e "$state/sent-pins" ]
	grep 'has not taken the PIN, 3 attempts are left as before' "$BATS_TEST_TMPDIR/log"
}

@test "a PIN that the modem repeats in its refusal is shown nowhere" {
	locked_modem 'commands: ( { command = "AT+CPIN=*";
		raw = "\r\n+CME ERROR: incorrect password 1234\r\n"; } );'
	dial_once "$(with 1234)" -vv
	exits 9
	has "incorrect password"
	has_not 1234
}
