#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Online without an APN typed: which ones are tried, in which order, and what is said of that.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	plain=$gobi
	dial_with -v -v
	dial_setup
	said="$BATS_TEST_TMPDIR/said"
}

# sim_at APN [KEYS]: a modem with a SIM of 26201, whose network takes that APN alone.
sim_at() {
	modem_of "sim: { imsi = \"262011234567890\"; iccid = \"8949020000012345678\"; };
		network: { operator = \"26201\"; mccmnc = \"26201\"; apn = \"$1\";
			apn_required = true; };
		commands: ( { command = \"AT+CRSM=176,28589,0,0,4\";
			lines = ( \"+CRSM: 144,0,\\\"00000002\\\"\" ); } );
		ports: ( { interface = 0; role = \"at\"; } ); ${2-}"
}

dials() {
	grep -c '# dial ' "$modem_dir/log" || true
}

@test "the table's access points have their turn, and what worked comes first" {
	builtin_table
	dial_link
	sim_at internet.t-d1.de
	dial_connected
	grep -q 'APN "internet.t-mobile", from the provider table, 1 of ' "$BATS_TEST_TMPDIR/log"
	grep -q 'APN "internet.t-d1.de", from the provider table, 2 of ' "$BATS_TEST_TMPDIR/log"
	run "$plain" -c "$conf" status --json
	has '"apn":{"value":"internet.t-d1.de","source":"table",'
	has '"operator":"T-Mobile(Telekom)","mccmnc":"26201"'
	run "$plain" -c "$conf" check --apn
	exits 0
	has ' 1  "internet.t-mobile", from the provider table, 1 of '
	has '; refused: ATD*99***1# refused: NO CARRIER'
	has '(cause 33): '
	run ! grep -q 'tm\b' <<<"$output" # no password
	dial_end
	[ "$(stat -c %a "$state/apns")" = 600 ]
	run ! grep -q 8949020000012345678 "$state/apns"
	before_all=$(dials)
	dial_connected
	grep -q 'APN "internet.t-d1.de", which this SIM used last' "$BATS_TEST_TMPDIR/log"
	[ "$(dials)" -eq $((before_all + 1)) ]
	run "$plain" -c "$conf" status
	has 'apn       "internet.t-d1.de", which this SIM used last'
	dial_end
}

@test "what will be tried is shown, and asked of the modem only on request" {
	builtin_table
	sim_at any
	printf 'modem: { port = "%s"; };\n' "$dial_port" >"$conf"
	run "$plain" -c "$conf" check
	exits 0
	run ! grep -q '<' "$modem_dir/log"
	run "$plain" -c "$conf" check --apn
	exits 0
	has ' 1  "internet.t-mobile", from the provider table, 1 of '
	has ', user name "t-mobile"'
	has 'none, so that the network chooses'
	run "$plain" -c "$conf" info
	has 'network   home, T-Mobile(Telekom) (26201)'
	# Without its PIN a SIM tells nothing, and is not missing from the table for that.
	printf 'sim pin\n' | nc -U -W 1 "$modem_dir/sock"
	run "$plain" -c "$conf" check --apn
	exits 9
	has 'the SIM needs a PIN'
	run "$plain" -c "$conf" doctor
	has 'pin-missing'
	has_not 'apn-missing'
	printf 'modem: { port = "%s"; };\nnetwork: { apn = "mine"; };\n' "$dial_port" >"$conf"
	run "$plain" -c "$conf" check --apn
	has ' 1  "mine", from the configuration'
}

@test "doctor lists what was refused, and a bad table is named and ignored" {
	builtin_table
	dial_link
	sim_at nowhere.example
	printf 'gobi-dial providers 1\n=A\n@26201\nx"y\n' >"$BATS_TEST_TMPDIR/bad"
	dial_behind "network: { providers = \"$BATS_TEST_TMPDIR/bad\"; };" >"$said" 2>&1
	wait_for 60 grep -q 'next try in' "$said"
	grep -q "network.providers: $BATS_TEST_TMPDIR/bad: line 4 is not valid; the file is ignored" "$said"
	run "$plain" -c "$conf" check
	exits 0
	has "network.providers: $BATS_TEST_TMPDIR/bad: line 4 is not valid"
	run "$plain" -c "$conf" doctor
	has '"internet.t-d1.de", from the provider table, 2 of '
	has 'none, so that the network chooses: '
	[ ! -e "$state/apns" ]
	# A better table is for the next dial, though all had their turn.
	printf 'gobi-dial providers 1\n=A\n@26201\nnowhere.example\n' >"$BATS_TEST_TMPDIR/bad"
	"$plain" -c "$conf" redial
	wait_for 20 dial_is connected
	dial_kill
}

@test "a table of one's own, and the modem's own context alone" {
	dial_link
	sim_at mine.example 'contexts: ( { cid = 1; } );'
	printf 'gobi-dial providers 1\n=A\n@26201\nnot.example\nmine.example|me|secret\n' \
		>"$BATS_TEST_TMPDIR/own"
	dial_once "network: { providers = \"$BATS_TEST_TMPDIR/own\"; apn = \"\"; };" --once
	exits 13
	run ! grep -q 'CGDCONT=1' "$modem_dir/log"
	# --once goes on, too, until the network takes one.
	dial_behind "network: { providers = \"$BATS_TEST_TMPDIR/own\"; };" --once >"$said" 2>&1
	wait_for 60 modem_logged '# connect'
	modem_logged 'CGDCONT=1,\\"IP\\",\\"not.example'
	run ! grep -q secret "$said"
	dial_kill
}

@test "what another SIM has left in context 1 keeps an LTE modem out once" {
	builtin_table
	dial_link
	sim_at internet.t-mobile 'contexts: ( { cid = 1; } );'
	dial_connected
	dial_end
	# As the modem was left, with another SIM; it does not say that the network denies it.
	modem_of 'sim: { imsi = "262021234567890"; iccid = "8949030000012345678"; };
		network: { apn = "web.vodafone.de"; apn_required = true;
			attach_apn = "web.vodafone.de"; attach_stat = 2;
			registration = ( { stat = 1; act = 7; } ); };
		contexts: ( { cid = 1; apn = "internet.t-mobile"; } );
		ports: ( { interface = 0; role = "at"; } );' "$modem_dir/other"
	dial_port=$modem_dir/other/if0
	dial_connected 'network: { register_timeout = 5; };'
	grep -q 'context 1 was "IP","internet.t-mobile" and is' "$BATS_TEST_TMPDIR/log"
	[ "$(wc -l <"$state/apns")" -eq 4 ]
	dial_end
}
