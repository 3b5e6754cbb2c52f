#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial doctor on ptys: what it finds, what it hides, what it leaves alone.
# The machine's own kernel and pppd are what they are: they come last, so that
# the first problem, and with it the exit code, is the modem's.

bats_require_minimum_version 1.5.0
load modem

setup() {
	modem_setup
	name="e2e-doctor-$$-$BATS_TEST_NUMBER"
	conf="$BATS_TEST_TMPDIR/$name.conf"
	echo "modem: { port = \"$modem_dir/if0\"; };" >"$conf"
}

doctor() {
	run --separate-stderr "$gobi" -c "$conf" doctor "$@"
}

one_port() {
	modem_of "$1
		ports: ( { interface = 0; role = \"at\"; } );"
}

finds() {
	has "\"code\":\"$1\",\"severity\":\"$2\""
}

@test "a modem that is well has no problem of its own" {
	one_port 'identity: { manufacturer = "Maker"; model = "Model";
			imei = "351234040123456"; };
		sim: { imsi = "262011234567890"; };
		network: { operator = "One"; mccmnc = "00101"; };
		contexts: ( { cid = 1; type = "IP"; apn = "internet"; } );'
	doctor --json
	[ "${#lines[@]}" -eq 1 ]
	finds config-fine ok
	finds port-found ok
	finds modem-identity ok
	finds sim-ready ok
	finds registered ok
	has '"fixed":[]'
	# What is left is the kernel's and pppd's.
	case $status in
	0) has_not '"severity":"problem"' ;;
	17) has missing ;;
	*) exits 0 ;;
	esac
}

@test "numbers that are somebody's are masked, in text and JSON" {
	one_port 'identity: { model = "Model"; imei = "351234040123456"; };
		sim: { imsi = "262011234567890"; pin = "8642"; state = "pin"; };'
	echo 'sim: { pin = "8642"; };' >>"$conf"
	for json in "" --json; do
		doctor $json
		has_not 351234040123456
		has_not 262011234567890
		has_not 8642
	done
	has 'IMEI 35123xxxxxxxxxx'
	run ! grep -q 'CPIN=' "$modem_dir/log"
}

@test "what is wrong with the SIM is the exit code" {
	local state code cause

	while read -r state code cause; do
		one_port "sim: { state = \"$state\"; };"
		doctor --json
		exits "$cause"
		finds "$code" problem
		modem_teardown
		modem_pids=()
		rm -f "$modem_dir/ready"
	done <<-END
		pin pin-missing 9
		puk sim-puk 10
		missing sim-missing 8
		failed sim-failed 8
	END
}

@test "radio, network and signal" {
	one_port 'radio: { cfun = 4; };'
	doctor --json
	exits 11
	finds radio-off problem
	modem_teardown
	modem_pids=()
	rm -f "$modem_dir/ready"
	one_port 'radio: { csq = "3,99"; };
		network: { registration = ( { stat = 3; } ); };'
	doctor --json
	exits 12
	finds network-denies problem
	finds signal-weak note
}

@test "networks are looked for when that is asked for, and by what the modem has" {
	one_port 'network: { registration = ( { stat = 2; } ); };
		commands: ( { command = "AT+WS46?"; lines = ( "+WS46: 25" ); },
			{ command = "AT+WS46=?"; lines = ( "+WS46: (12,22,25)" ); },
			{ command = "AT+COPS=?"; lines = ( "+COPS: ,,(0-4),(0-2)" ); } );'
	doctor --json
	has_not '"technology-gone"'
	run ! grep -qF 'AT+COPS=?' "$modem_dir/log"
	doctor --json --scan
	exits 12
	finds technology-gone problem
	has 'networks that the modem finds here: 0; it has 2g+3g"'
}

@test "networks that a SIM has been refused by, an eSIM without a profile" {
	one_port 'sim: { imsi = "310170123456789"; };
		network: { registration = ( { stat = 2; } ); };
		commands: ( { command = "AT+COPS=?"; raw = "\r\n+COPS: (3,\"Verizon Wireless\",\"VZW\",\"311480\",7),\r\n (3,\"AT&T\",\"AT&T\",\"310410\",7),,(0-4),(0-2)\r\n\r\nOK\r\n"; } );'
	doctor --json --scan
	exits 12
	finds networks-forbidden problem
	has 'AT&T (310410), 4g, forbidden'
	modem_teardown
	modem_pids=()
	rm -f "$modem_dir/ready"
	one_port 'network: { registration = ( { stat = 2; } ); };
		commands: ( { command = "AT+CIMI"; result = "+CME ERROR: 13"; },
			{ command = "AT+CCID"; lines = ( "+CCID: FFFFFFFFFFFFFFFFFFFF" ); } );'
	doctor --json
	exits 8
	finds sim-failed problem
	has 'an eSIM without a profile?'
}

@test "a port that is held: by whom, and how to end it" {
	local pid

	one_port
	mkfifo "$modem_dir/never"
	background bash -c 'exec 9<>"$0"; echo >"$1"; read -r <"$2"' \
		"$modem_dir/if0" "$modem_dir/held" "$modem_dir/never"
	pid=$!
	wait_for 5 test -e "$modem_dir/held"
	doctor --json
	exits 6
	finds port-held problem
	has "is held by bash (pid $pid)"
	has "\"fix\":[\"kill $pid\"]"
	finds not-asked note
}

@test "a modem that says nothing" {
	modem_of 'ports: ( { interface = 0; role = "silent"; } );'
	doctor
	exits 5
	has " a pty: asked at 115200, "
	has "[line-silent]"
}

@test "a port that is not there" {
	doctor --json
	exits 4
	finds port-missing problem
}

@test "mistakes in the configuration, with file and line" {
	printf 'modem: { port = "auto"; };\nsim: { pni = "8642"; };\n' >"$conf"
	doctor --json
	exits 3
	finds config-wrong problem
	has "$conf:2:"
	has "gobi-dial -c $conf check"
	has_not 8642
}

# An instance that looks for a network, for good.
running_instance() {
	one_port 'network: { registration = ( { stat = 2; } ); };'
	background "$gobi" -c "$conf" run 2>"$BATS_TEST_TMPDIR/run.log"
	wait_for 20 modem_logged 'AT+CEREG?' || {
		grep -q 'Permission denied' "$BATS_TEST_TMPDIR/run.log" &&
			skip "may not make the run-time folder"
		false
	}
}

@test "a running instance keeps its modem" {
	running_instance
	opens=$(grep -c '# open' "$modem_dir/log")
	doctor --json
	finds not-asked note
	has 'the running instance is using the modem'
	finds instance-trying note
	[ "$(grep -c '# open' "$modem_dir/log")" -eq "$opens" ]
}

@test "an instance that one may not ask does run" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	running_instance
	run setpriv --reuid nobody --regid nogroup --clear-groups "$gobi" -c "$conf" \
		doctor --json
	[ "$status" -ne 126 ] || skip "nobody cannot read the build folder"
	has "$name\\\" is running, and does not let you ask it"
}

@test "wrong usage" {
	doctor --nonsense
	exits 2
	run "$gobi" doctor one two
	exits 2
	has 'unexpected argument "two"'
}
