#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A link that is up and no good: the kernel's word, counters, pings. The link is
# one between two network namespaces, and pppd a shell script that says what the
# real one would; tests/lab/monitor.bats has that one.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	dial_setup
	near="gobi-near-$$"
	far="gobi-far-$$"
	ip netns add "$near" 2>/dev/null || skip "may not make namespaces"
	ip netns add "$far"
	ip -n "$near" link add wwan-e2e type veth peer name far netns "$far" ||
		skip "the kernel has no veth"
	ip -n "$far" address add 10.64.0.1/24 dev far
	ip -n "$far" address add fd00::1/64 dev far nodad
	ip -n "$far" link set far up
	modem_of 'ports: ( { interface = 0; role = "at"; } );
		call: { data = "silent"; };'
	cat >"$BATS_TEST_TMPDIR/pppd" <<-'EOT'
		#!/bin/sh
		trap '' USR1 # more of a log
		cat <&5 >/dev/null
		echo ready >&4
		read -r result <&4 || exit 8
		say() { echo "$*" >&3; }
		end() { say "Terminating on signal 15"; exit 5; }
		trap end TERM
		ip address replace 10.64.0.2/24 dev wwan-e2e
		ip link set wwan-e2e up
		ip -6 address replace fd00::2/64 dev wwan-e2e nodad
		say "Using interface wwan-e2e"
		say "Connect: wwan-e2e <--> /dev/pts/0"
		say "local  IP address 10.64.0.2"
		say "remote IP address 10.64.0.1"
		say "primary   DNS address 192.0.2.53"
		while :; do sleep 60 & wait; done
	EOT
}

teardown() {
	modem_teardown
	[ -z "${near-}" ] || ip netns delete "$near" || true
	[ -z "${far-}" ] || ip netns delete "$far" || true
} 2>/dev/null

# connect CONF: with that monitor; the first end of the link is its own.
connect() {
	log="$BATS_TEST_TMPDIR/log"
	background setsid ip netns exec "$near" \
		bash -c 'dial "$@"' bash "monitor: { signal_interval = 0; $1 };
			network: { pdp_type = \"ipv4v6\"; apn = \"\"; };
			recovery: { backoff_min = 1; };" --once \
		2>"$log"
	pid=$!
	wait_for 20 logged 'connected: wwan-e2e, address 10.64.0.2' || {
		cat "$log"
		return 1
	}
	# Answered from the loop: what watches the link is on by then.
	"$gobi" -c "$conf" status >/dev/null
}

logged() {
	grep -qE -- "$1" "$log"
}

# ends_with WORDS: and with the cause link-lost.
ends_with() {
	local code=0

	wait_for 20 logged "$1.* \(link-lost\)" || {
		cat "$log"
		return 1
	}
	wait "$pid" || code=$?
	[ "$code" -eq 16 ]
}

# far_heard COUNT: so many echo requests, of either kind.
far_heard() {
	[ "$(ip netns exec "$far" cat /proc/net/snmp /proc/net/snmp6 | awk '
		/^Icmp:/ && $10 ~ /^[0-9]+$/ { n += $10 }
		/^Icmp6InEchos / { n += $2 }
		END { print n }')" -ge "$1" ]
}

# chat COUNT: so many pings of somebody else's, five a second.
chat() {
	ip netns exec "$near" ping -q -i 0.2 -c "$1" 10.64.0.1 || true
}

is_up() {
	kill -0 "$pid" && [ "$(wc -l <"$log")" -eq 1 ]
}

@test "an address that is taken away" {
	connect ''
	ip -n "$near" address add 10.64.0.9/32 dev wwan-e2e
	ip -n "$near" address delete 10.64.0.9/32 dev wwan-e2e
	ip -n "$near" address delete 10.64.0.2/24 dev wwan-e2e
	ends_with 'the interface wwan-e2e has lost its address'
}

@test "an interface that is set down" {
	connect ''
	ip -n "$near" link set lo up
	ip -n "$near" link set lo down
	ip -n "$near" link set wwan-e2e down
	ends_with 'the interface wwan-e2e was set down'
}

@test "an interface that is gone" {
	connect ''
	ip -n "$near" link delete wwan-e2e
	ends_with 'the interface wwan-e2e (is gone|was set down)'
}

@test "what pppd says of its end counts more" {
	connect ''
	kill "$("$gobi" -c "$conf" status --json | jq .ppp.pid)"
	ip -n "$near" link set wwan-e2e down
	ends_with 'stopped by a signal'
}

@test "a target that answers keeps the link, and the last one is enough" {
	connect 'ping = ( "192.0.2.1", "10.64.0.1" ); interval = 1; failures = 3;
		dead_traffic = 0;'
	wait_for 20 far_heard 4
	is_up
	ip -n "$far" link set far down
	ends_with 'no answer to pings, 3 times'
}

@test "a target of IPv6 does as well" {
	connect 'ping = ( "fd00::1" ); interval = 1; failures = 3;
		dead_traffic = 0;'
	wait_for 20 far_heard 4
	is_up
	ip -n "$far" address delete fd00::1/64 dev far
	ends_with 'no answer to pings, 3 times'
}

@test "sockets for ICMP that all may have do as well as raw ones" {
	ip netns exec "$near" sysctl -qw 'net.ipv4.ping_group_range=0 2147483647'
	connect 'ping = ( "10.64.0.1", "fd00::1" ); interval = 1; failures = 3;
		dead_traffic = 0;'
	wait_for 20 far_heard 4
	is_up
	ip -n "$far" link set far down
	ends_with 'no answer to pings, 3 times'
}

@test "a target that is dead ends it after so many rounds" {
	connect 'ping = ( "192.0.2.1" ); interval = 1; failures = 3;
		dead_traffic = 0;'
	ends_with 'no answer to pings, 3 times'
	[ "$(grep -c 'no answer to a ping' "$log")" -le 3 ]
}

@test "bytes that go out alone" {
	ip -n "$far" link set far arp off
	ip netns exec "$far" sysctl -qw net.ipv4.icmp_echo_ignore_all=1
	connect 'dead_traffic = 4;'
	ip -n "$near" neighbour replace 10.64.0.1 lladdr 02:00:00:00:00:01 \
		dev wwan-e2e nud permanent
	background chat 100 >/dev/null
	ends_with 'bytes were sent for 4 s and none received'
}

@test "bytes that come in as well" {
	connect 'dead_traffic = 2;'
	chat 35
	is_up
}

@test "without a monitor nothing ends it" {
	connect 'dead_traffic = 0;'
	ip netns exec "$far" sysctl -qw net.ipv4.icmp_echo_ignore_all=1
	chat 15
	is_up
}
