#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What is wanted of the network, against a modem that has it otherwise.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	dial_with -v -v
	dial_setup
}

# modem_by MAKER KEYS: one port, with KEYS in its description.
modem_by() {
	modem_of "identity: { manufacturer = \"$1\"; };
		ports: ( { interface = 0; role = \"at\"; } );
		network: { operator = \"One\"; mccmnc = \"00101\"; $2 };
		${3-}"
}

logged_or_ended() {
	modem_logged "$1" || ! kill -0 "${modem_pids[-1]}"
}

# dial_until CONF TEXT: in the background, until the modem has logged TEXT; what
# was said is in $output.
dial_until() {
	dial_behind "$1" >"$BATS_TEST_TMPDIR/said" 2>&1
	wait_for 60 logged_or_ended "$2"
	modem_logged "$2" || cat "$BATS_TEST_TMPDIR/said"
	modem_logged "$2"
	dial_kill
	output=$(cat "$BATS_TEST_TMPDIR/said")
}

@test "a foreign network ends the dial when roaming is not wanted" {
	modem_by Nobody 'registration = ( { stat = 2; }, { after_ms = 300; stat = 5; } );'
	dial_once 'network: { roaming = false; };' --once
	exits 12
	has "registered with a foreign network, and network.roaming = false forbids its use (not-registered)"
	# It came unasked, or with the next look; no call was made.
	run ! grep -q '< ATD' "$modem_dir/log"
}

@test "a foreign network will do otherwise" {
	modem_by Nobody 'registration = ( { stat = 5; } );'
	dial_behind '' >"$BATS_TEST_TMPDIR/said" 2>&1
	wait_for 60 grep -q 'registering -> dialing' "$BATS_TEST_TMPDIR/said"
	dial_kill
}

@test "a modem that was bound to one network is set free" {
	local mode

	for mode in 1 2; do
		modem_by Nobody "cops_mode = $mode;"
		dial_until '' 'AT+CSQ'
		has "(+COPS: $mode)"
		[ "$(grep -c '< AT+COPS=0' "$modem_dir/log")" -eq 1 ]
		modem_teardown
		modem_pids=()
	done
}

@test "a network that is not to be had is named" {
	modem_by Nobody ''
	dial_once 'network: { operator = "00102"; };' --once
	exits 12
	has "the network 00102, which network.operator wants, is not to be had: +CME ERROR: 30"
}

@test "name and password go to the modem, and into no log" {
	modem_by "Sierra Wireless, Incorporated" '' \
		'commands: ( { command = "AT$QCPDPP=*"; } );'
	dial_until 'network: { user = "me"; password = "s3cret"; auth = "pap"; };' \
		'AT+CSQ'
	modem_logged 'AT$QCPDPP=1,1,\\"s3cret\\",\\"me\\"'
	has 'AT$QCPDPP=***'
	has_not s3cret
	has_not refused
}

@test "a modem that does not take them is dialled all the same" {
	modem_by "huawei" ''
	dial_until 'network: { user = "me"; password = "s3cret"; };' 'AT+CSQ'
	has 'AT^AUTHDATA=*** refused: '
	has "from pppd alone"
	has_not s3cret
}

@test "a password that no AT command carries is left to pppd" {
	modem_by "Sierra Wireless, Incorporated" ''
	dial_until 'network: { user = "me"; password = "a\"b"; };' 'AT+CSQ'
	has "network.password has characters"
	has "pppd alone"
	run ! grep -q QCPDPP "$modem_dir/log"
}

@test "a modem without contexts for both gets one for IPv4" {
	modem_by Nobody '' \
		'commands: ( { command = "AT+CGDCONT=1,\"IPV4V6\"*"; result = "ERROR"; } );'
	dial_until 'network: { apn = "internet"; pdp_type = "ipv4v6"; };' 'AT+CSQ'
	modem_logged 'AT+CGDCONT=1,\\"IP\\",\\"internet\\"'
	has "going on with IPv4"
}

# The reason by 27.007's <n> = 3, in log, status, prometheus and doctor; and it is tried slowly.
@test "the network's own reason for a refusal is told everywhere" {
	local reason='roaming not allowed in this location area (cause 13): the SIM may not use this network'

	modem_by Nobody 'reasons = true; registration = ( { stat = 2; cause = 13; } );'
	dial_behind 'network: { register_timeout = 5; };' >"$BATS_TEST_TMPDIR/said" 2>&1
	wait_for 60 grep -q 'next try in' "$BATS_TEST_TMPDIR/said"
	output=$(cat "$BATS_TEST_TMPDIR/said")
	has "the network refuses the modem: $reason"
	has "not registered with a network after 5 s (cs searching, ps searching, eps idle; the network's reason: $reason"
	[[ $output =~ next\ try\ in\ 2[4-9][0-9]|next\ try\ in\ 3 ]]
	run "$gobi" -q -c "$conf" status --json
	has '"reject":{"cause":13,"text":"roaming not allowed in this location area (cause 13): '
	run "$gobi" -q -c "$conf" status --format prometheus
	has ' 13'
	dial_kill
	run "$gobi" -q -c "$conf" doctor
	has "the network refuses the modem: roaming not allowed"
}

# refusal DESCRIPTION FILTER: one modem more that dials beside the others, of which status tells
# what FILTER looks for.
refusal() {
	modem_dir="$BATS_TEST_TMPDIR/modem$((++refusals))"
	conf="$BATS_TEST_TMPDIR/dial-$$-$BATS_TEST_NUMBER-$refusals.conf"
	dial_port=$modem_dir/if0
	modem_of "ports: ( { interface = 0; role = \"at\"; } ); $1"
	dial_behind 'network: { apn = "a.example"; };' 2>"$BATS_TEST_TMPDIR/said$refusals"
	told+=("$conf" "$2")
}

status_has() {
	"$gobi" -q -c "$1" status --json 2>/dev/null | jq -e "$2" >/dev/null
}

@test "answers of refused modems in public reports are told" {
	local refusals=0 told=() i

	# An A6: a number of its own is no registration.
	refusal 'at: { unsupported = ( "+CGREG", "+CEREG" ); };
		commands: ( { command = "AT+CREG?"; lines = ( "+CREG: 1,13" ); },
		{ command = "AT+CGATT?"; lines = ( "+CGATT: 0" ); },
		{ command = "AT+COPS?"; lines = ( "+COPS: 0" ); } );' \
		'.state == "registering" and .network.registration == "unknown"'
	# An nRF9160 says it once, and searches ever after.
	refusal 'at: { unsupported = ( "+CREG", "+CGREG" ); };
		commands: ( { command = "AT+CEREG?"; lines = ( "+CEREG: 5,2" ); }, { command = "AT+CEREG=3"; } );
		noise: ( { text = "\r\n+CEREG: 2,\"09C5\",\"020C7B16\",7,0,11\r\n"; every_ms = 500; } );' \
		'.network.registration == "searching" and .network.reject.cause == 11'
	# A SARA-R4 has no report.
	refusal 'commands: ( { command = "AT+CREG?"; lines = ( "+CREG: 2,3" ); },
		{ command = "AT+CGREG?"; lines = ( "+CGREG: 2,4" ); },
		{ command = "AT+CEREG?"; lines = ( "+CEREG: 4,3" ); },
		{ command = "AT+CEER"; lines = ( "+CEER: \"No report available\",0,\"No cause information available\"" ); } );' \
		'.network.registration == "denied" and .network.reject == null'
	# A SIM7670G and an ALT3100 have words.
	refusal 'network: { registration = ( { stat = 3; cereg = 3; } ); };
		commands: ( { command = "AT+CEER"; lines = ( "+CEER: EMM_CAUSE_ESM_FAILURE" ); } );' \
		'.network.reject.cause == 19 and (.network.reject.text | contains("check network.apn"))'
	refusal 'network: { registration = ( { stat = 3; cereg = 3; } ); };
		commands: ( { command = "AT+CEER"; lines = ( "+CEER: EPS_AND_NON_EPS_SERVICES_NOT_ALLOWED" ); } );' \
		'.network.reject.cause == 8 and (.network.reject.text | contains("contract"))'
	# An EP06 is denied for calls, and home for packets.
	refusal 'commands: ( { command = "AT+CREG?"; lines = ( "+CREG: 2,3" ); },
		{ command = "AT+CGREG?"; lines = ( "+CGREG: 2,1,\"2616\",\"DDAEA01\",7" ); },
		{ command = "AT+CEREG?"; lines = ( "+CEREG: 2,1,\"2616\",\"DDAEA01\",7" ); } );' \
		'.network.registration == "home" and .network.cell.id == 232450561'
	for ((i = 0; i < ${#told[@]}; i += 2)); do
		wait_for 30 status_has "${told[i]}" "${told[i + 1]}"
	done
	grep -q '< AT+CREG?' "$BATS_TEST_TMPDIR/modem1/log"
	run ! grep -q '< ATD' "$BATS_TEST_TMPDIR/modem1/log"
}
