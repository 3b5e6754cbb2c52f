# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# What the network does that only the real pppd can tell of, on ptys: the right
# cause, nothing left behind; or a link all the same. What goes wrong before PPP
# is in tests/e2e/faults, what needs USB in dial.bats, probe.bats and
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

@test "failures: CONNECT, and nothing comes" {
	fails 14 'no PPP came' \
		'ports: ( { interface = 0; role = "at"; dial = "dead"; } );' \
		'ppp: { options = ( "lcp-max-configure 5" ); };'
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
