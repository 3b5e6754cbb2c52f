#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial info on ptys: what it tells, and that the modem stays as it was.

bats_require_minimum_version 1.5.0
load modem

setup() {
	modem_setup
	name="e2e-info-$$-$BATS_TEST_NUMBER"
	conf="$BATS_TEST_TMPDIR/$name.conf"
}

info() {
	run --separate-stderr "$gobi" info "$@"
}

one_port() {
	modem_of "$1
		ports: ( { interface = 0; role = \"at\"; } );"
}

@test "all that a Gobi tells, as the contract has it" {
	modem mc8355.modem
	info --json --port "$modem_dir/if2"
	exits 0
	[ "${#lines[@]}" -eq 1 ]
	has '"modem":{"manufacturer":"Sierra Wireless, Incorporated","model":"MC8355",'
	has '"imei":"351234040123456"'
	has '"sim":{"state":"ready","imsi":"262011234567890","iccid":"'
	has '"pin_attempts_left":3'
	has '"radio":{"state":"on"'
	has '"network":{"registration":"home","domains":{"cs":{"state":"home","lac":5001,"ci":32883841'
	has '"operator":"T-Mobile D","mccmnc":"26201","technology":"UMTS","roaming":false'
	has '"rssi_dbm":-79'
	has '"mode":{"wanted":"auto","current":"auto"}'
	has '"contexts":[{"cid":1,"type":"IP","apn":"internet"}]'
}

@test "people get a short aligned text" {
	modem mc8355.modem
	info --port "$modem_dir/if2"
	exits 0
	[ "${lines[0]}" = "Sierra Wireless, Incorporated MC8355" ]
	has "
  sim       ready, 3 PIN attempts left"
	has "
  network   home, T-Mobile D (26201), UMTS"
	has "
  mode      auto"
	has "
  contexts  1  IP  internet"
	[ -z "$stderr" ]
}

@test "what is set for the answers is put back" {
	one_port 'at: { cmee = 0; };
		network: { operator = "One"; mccmnc = "00101"; };'
	info --json --port "$modem_dir/if0"
	exits 0
	has '"operator":"One","mccmnc":"00101"'
	for command in +CMEE=0 +CREG=0 +CGREG=0 +CEREG=0 +COPS=3,0; do
		modem_logged "< AT${command/=/\\?=}"
	done
	# Each setting's last word is what it was.
	for command in +CMEE +CREG +CGREG +CEREG; do
		[[ $(grep -F "< AT$command=" "$modem_dir/log" | tail -n1) == *=0* ]]
	done
	# The probe's echo too.
	run ! grep -q 'ATE' "$modem_dir/log"
}

# interrupted SIGNAL COMMAND: while the modem takes its time for COMMAND.
interrupted() {
	local pid status=0 output=

	one_port "at: { cmee = 0; };
		commands: ( { command = \"$2\"; latency_ms = 800;
			builtin = true; } );"
	background env --default-signal=INT "$gobi" info --port "$modem_dir/if0"
	pid=${modem_pids[-1]}
	wait_for 10 modem_logged "< $2"
	kill "-$1" "$pid"
	wait "$pid" || status=$?
	exits "$((128 + $(kill -l "$1")))"
	run ! grep -q 'AT+CGDCONT' "$modem_dir/log"
}

@test "what is set is put back by one that is interrupted too" {
	interrupted INT AT+CREG=2
	[ "$(grep -c '< AT+CREG=0' "$modem_dir/log")" -eq 1 ]
	[ "$(grep -c '< AT+CMEE=0' "$modem_dir/log")" -eq 1 ]
	run ! grep -q 'AT+CGREG' "$modem_dir/log"
	modem_teardown
	modem_pids=()
	rm -f "$modem_dir/ready"
	interrupted TERM AT+COPS=3,2
	[ "$(grep -c '< AT+COPS=3,0' "$modem_dir/log")" -eq 1 ]
	[ "$(grep -c '< AT+CMEE=0' "$modem_dir/log")" -eq 1 ]
}

@test "a SIM that wants its PIN gets none" {
	one_port 'sim: { state = "pin"; pin_attempts = 3; };
		commands: ( { command = "AT+CPINR=\"SIM PIN\"";
			lines = ( "+CPINR: SIM PIN,${pin_left},3" ); } );'
	echo 'sim: { pin = "1234"; };' >"$conf"
	run --separate-stderr "$gobi" -c "$conf" info --json --port "$modem_dir/if0"
	exits 0
	has '"sim":{"state":"pin","iccid":'
	has '"pin_attempts_left":3}'
	has_not imsi
	run ! grep -q 'CPIN=' "$modem_dir/log"
}

@test "states of the SIM and the radio are told, and are no failure" {
	local state

	for state in puk missing failed; do
		one_port "sim: { state = \"$state\"; }; radio: { cfun = 4; };"
		info --json --port "$modem_dir/if0"
		exits 0
		has "\"sim\":{\"state\":\"$state\""
		has '"radio":{"state":"off"'
		modem_teardown
		modem_pids=()
		rm -f "$modem_dir/ready"
	done
}

@test "a modem that knows few commands leaves things out" {
	one_port 'at: { unsupported = ( "+CEREG", "+CGREG", "+CREG", "+COPS",
		"+CGMM", "+CSQ", "+CIMI", "+CCID", "+CFUN" ); };'
	info --json --port "$modem_dir/if0"
	exits 0
	has '"domains":{}'
	has '"signal":{}'
	has '"radio":{}'
	has_not '"idle"'
	has_not '"model"'
}

@test "no modem, no answer, another one: causes and exit codes" {
	info --json --port /dev/ttyUSB99
	exits 4
	[[ $stderr == *"/dev/ttyUSB99"*"(no-modem)" ]]
	modem_of 'ports: ( { interface = 0; role = "silent"; } );'
	info --port "$modem_dir/if0"
	exits 5
	[[ $stderr == *"silent, asked at 115200, 9600, "*" baud (no-at-port)" ]]
	[ -z "$output" ]
}

@test "the modem of modem.imei and no other" {
	one_port 'identity: { imei = "351234040123456"; };'
	echo 'modem: { imei = "351234040123999"; };' >"$conf"
	run --separate-stderr "$gobi" -c "$conf" info --port "$modem_dir/if0"
	exits 4
	[[ $stderr == *"another modem: its IMEI is 351234040123456"* ]]
	echo 'modem: { imei = "351234040123456"; };' >"$conf"
	run "$gobi" -c "$conf" info --port "$modem_dir/if0"
	exits 0
}

@test "a modem that falls silent is given up" {
	one_port 'commands: ( { command = "AT+CGM*"; result = ""; },
		{ command = "AT+CGSN"; result = ""; } );'
	info --port "$modem_dir/if0"
	exits 5
	[[ $stderr == *"stopped answering"* ]]
}

@test "a running instance tells what it knows, and its port is left alone" {
	one_port 'identity: { manufacturer = "Maker"; model = "Model"; };
		network: { registration = ( { stat = 2; } ); };'
	echo "modem: { port = \"$modem_dir/if0\"; };" >"$conf"
	background "$gobi" -c "$conf" run 2>"$BATS_TEST_TMPDIR/run.log"
	wait_for 20 modem_logged 'AT+CEREG?' || {
		grep -q 'Permission denied' "$BATS_TEST_TMPDIR/run.log" &&
			skip "may not make the run-time folder"
		false
	}
	opens=$(grep -c '# open' "$modem_dir/log")
	run --separate-stderr "$gobi" -c "$conf" info --json
	exits 0
	has '"source":"instance"'
	has '"registration":"searching"'
	has '"model":"Model"'
	[ "$(grep -c '# open' "$modem_dir/log")" -eq "$opens" ]
	# Asked for by name, the port is busy, and who has it is said.
	run --separate-stderr "$gobi" info --port "$modem_dir/if0"
	exits 6
	[[ $stderr == *"gobi-dial (pid "* ]]
}

@test "an instance without a modem says so" {
	echo 'modem: { port = "/dev/ttyUSB99"; };' >"$conf"
	background "$gobi" -c "$conf" run 2>"$BATS_TEST_TMPDIR/run.log"
	wait_for 20 grep -q 'waiting for it\|Permission denied' \
		"$BATS_TEST_TMPDIR/run.log"
	! grep -q 'Permission denied' "$BATS_TEST_TMPDIR/run.log" ||
		skip "may not make the run-time folder"
	run --separate-stderr "$gobi" -c "$conf" info
	exits 4
	[[ $stderr == *"has no modem"* ]]
}

@test "wrong usage" {
	info --nonsense
	exits 2
	[[ $stderr == *'unknown option "--nonsense"'* ]]
	info --port
	exits 2
	[[ $stderr == *"--port needs a value: --port PORT"* ]]
	info one two
	exits 2
	[[ $stderr == *'unexpected argument "two"'* ]]
}
