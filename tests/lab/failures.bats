# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What goes wrong with modems, networks and SIMs, a row each: the right cause,
# words that say what to do, nothing left behind; or a link all the same. With
# the real pppd, on ptys. What needs USB is in dial.bats, probe.bats and
# binding.bats, what needs somebody else's programs in doctor.bats.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
}

teardown() {
	gobi_end
	kill_background
	lab_modem_gone modem
	rm -rf /var/lib/gobi-dial/sent-pins
}

# modem KEYS: play a modem of one AT port with these.
modem() {
	local keys=$1

	[[ $keys == *ports:* ]] ||
		keys+=' ports: ( { interface = 0; role = "at"; } );'
	printf '%s\n' "$keys" >"$lab_run/own.modem"
	lab_pty_modem modem "$lab_run/own.modem"
}

# conf [KEYS]: the configuration, with these.
conf() {
	lab_conf <<-EOT
		modem: { port = "$lab_run/modem/if0"; wait = 1; };
		$1
	EOT
}

# ends CODE WORDS: one dial ends so.
ends() {
	gobi_once
	echo "$output"
	[ "$status" -eq "$1" ]
	[[ $output == *"$2"* ]]
	wait_for 5 lab_is_clean
}

# fails CODE WORDS MODEM_KEYS [CONF_KEYS]
fails() {
	modem "$3"
	conf "${4-}"
	ends "$1" "$2"
}

connect() {
	modem "$1"
	conf "${2-}"
	gobi_start
	works
}

works() {
	gobi_reaches connected 60
	pings
}

# connects MODEM_KEYS [CONF_KEYS]: all the same.
connects() {
	connect "$@"
	gobi_stop
}

@test "failures: a port without a word" {
	fails 5 'silent' 'ports: ( { interface = 0; role = "silent"; } );'
}

@test "failures: a port that says OK to everything" {
	fails 5 'says OK to nonsense' \
		'ports: ( { interface = 0; role = "parrot"; } );'
}

@test "failures: a port that is silent after a call, until it comes back" {
	connect ''
	modem_say modem mute 0 on
	gobi-dial redial
	gobi_says 'silent' 60
	gobi_status '.last_failure.cause == "no-at-port"'
	modem_say modem mute 0 off
	works
	gobi_stop
}

@test "failures: a port left in data mode for good" {
	fails 5 'left in a call' \
		'ports: ( { interface = 0; role = "ppp"; leave = "never"; } );
		call: { data = "lcp"; lcp_every_ms = 500; };'
}

@test "failures: a port that somebody else holds" {
	modem ''
	conf
	background bash -c 'exec sleep 100 4<>"$0"' "$lab_run/modem/if0"
	wait_for 10 grep -q '0 # open' "$LAB_OUT/modem.modem.log"
	wait_for 10 pgrep -x sleep
	ends 6 'held by sleep'
}

@test "failures: URCs without end are none" {
	connects 'noise: (
		{ text = "\r\n^BOOT:49096436,0,0,0,87\r\n"; every_ms = 150; },
		{ text = "\r\n^RSSI:17\r\n"; every_ms = 70; },
		{ text = "\r\n^DSFLOWRPT:00,00,00,00,00,0,0\r\n";
		  inside = "AT+CREG?"; } );'
}

@test "failures: a dial that gets an ERROR meant for another is none" {
	connects 'commands: ( { command = "ATD*"; once = true;
		raw = "\r\nERROR\r\n\r\n+CEREG: 2\r\n"; } );'
}

@test "failures: a lock that nobody holds any more" {
	local dead lock

	modem ''
	lock=$(readlink -f "$lab_run/modem/if0")
	lock=${lock#/dev/}
	lock=/run/lock/LCK..${lock//\//_}
	background true
	dead=$!
	wait "$dead"
	printf '%10d\n' "$dead" >"$lock"
	conf
	gobi_start
	works
	[ "$(<"$lock")" -eq "$gobi_pid" ]
	gobi_stop
}

@test "failures: no SIM" {
	fails 8 'SIM not inserted' 'sim: { state = "missing"; };'
}

@test "failures: a SIM that is busy at first is none" {
	connects 'sim: { busy_ms = 2500; };'
}

@test "failures: a SIM that fails" {
	fails 8 'wants a PIN (set sim.pin)' 'sim: { state = "failed"; };'
}

@test "failures: a SIM that fails in its first seconds is none" {
	connects 'commands: ( { command = "AT+CPIN?"; once = true;
		result = "+CME ERROR: 13"; } );'
}

@test "failures: a SIM that wants its PIN" {
	fails 9 'set sim.pin' 'sim: { state = "pin"; };'
}

@test "failures: a wrong PIN goes out once" {
	local conf='sim: { pin = "0000"; };'

	fails 9 'PIN' 'sim: { state = "pin"; };' "$conf"
	ends 9 'not sent again'
	modem_say modem stats | grep -F ' pins=1 '
}

@test "failures: a SIM that wants its PUK" {
	fails 10 'PUK' 'sim: { state = "puk"; };'
}

@test "failures: a radio that a switch holds off" {
	fails 11 'W_DISABLE pin may hold it' 'radio: { w_disable = true; };'
}

@test "failures: the network says no" {
	fails 12 'denies' 'network: { registration = ( { stat = 3; } ); };'
}

@test "failures: no network is found in time" {
	fails 12 'searching' 'network: { registration = ( { stat = 2; } ); };' \
		'network: { register_timeout = 5; };'
}

@test "failures: an APN that the network does not know" {
	fails 13 'NO CARRIER' 'network: { apn = "internet"; };' \
		'network: { apn = "wrong.example"; };'
}

@test "failures: a first call that is refused is none" {
	connects 'call: { results = ( "NO CARRIER" ); };'
}

@test "failures: CONNECT, and nothing comes" {
	fails 14 'no PPP came' \
		'ports: ( { interface = 0; role = "at"; dial = "dead"; } );'
}

@test "failures: a network that gives no address" {
	lab_peer_gives='' fails 14 'network.apn' ''
}

@test "failures: a DNS server that stands for none is told of" {
	lab_peer_dns=10.11.12.13 connect ''
	gobi_status ".ppp.dns == [\"$LAB_DNS2\"]"
	gobi_stop
	grep -F 'the modem gave 10.11.12.13' "$LAB_OUT/gobi.log"
}

@test "failures: a network that wants to compress is none" {
	lab_peer_compression='' connects ''
}

@test "failures: a user and password that are refused" {
	echo '* * right *' >/etc/ppp/chap-secrets
	lab_peer_auth=require-chap fails 15 'refused' '' \
		'network: { user = "somebody"; password = "wrong"; };'
}

@test "failures: answers in pieces, with noise between, are none" {
	connects 'at: { split = 3; split_gap_ms = 10; };
		timing: { latency_ms = 150; };
		noise: ( { text = "\r\n+CREG: 1\r\n"; every_ms = 400; } );'
}

@test "failures: a modem without +CMEE, +CGREG and +CEREG is none" {
	connects 'at: { unsupported = ( "+CMEE", "+CGREG", "+CEREG" ); };'
}
