#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Another configuration for an instance that has a link.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	dial_setup
	dial_link
	modem uart.modem
	dial_connected 'network: { apn = "old"; };'
}

# configure TEXT: instead of what it was started with.
configure() {
	printf 'modem: { port = "%s"; };\n%s\n' "$dial_port" "$1" >"$conf"
}

reload() {
	run timeout 20 "$gobi" -c "$conf" reload
}

# The state and pppd's number: the same as long as the link is.
link() {
	"$gobi" -c "$conf" status --json | jq -c '[.state, .ppp.pid]'
}

@test "what can be is in force at once, the rest with the next dial" {
	local before

	before=$(link)
	configure 'ppp: { default_route = false; }; network: { apn = "new"; };
		monitor: { interval = 7; }; recovery: { ladder = ("usb"); };'
	reload
	exits 0
	has "$dial_name: monitor.interval is in effect now"
	has "$dial_name: recovery.ladder is in effect now"
	has "$dial_name: network.apn takes effect with the next dial"
	has_not 'ppp.'
	[ "$(link)" = "$before" ]
	# Again: what waits is told again, what is in force is not.
	reload
	has 'network.apn takes effect'
	has_not 'monitor.interval'
	run ! modem_logged 'CGDCONT=.*new'
	dial_hangup
	"$gobi" -c "$conf" redial
	wait_for 20 modem_logged 'CGDCONT=.*new'
	reload
	has 'nothing has changed'
}

@test "what was to be with the next dial can be taken back" {
	configure 'ppp: { default_route = false; }; network: { apn = "new"; };'
	reload
	has 'network.apn takes effect'
	configure 'ppp: { default_route = false; }; network: { apn = "old"; };'
	reload
	has 'nothing has changed'
	dial_hangup
	"$gobi" -c "$conf" redial
	wait_for 20 dial_is connected
	run ! modem_logged 'CGDCONT=.*new'
}

@test "with a mistake in it nothing changes, and the link stays" {
	local before

	before=$(link)
	configure 'monitor: { interval = 7; };
network: { cid = 99; };
nonsense = 1;'
	reload
	exits 3
	has 'the old configuration stays in force'
	has "$conf:3: network.cid: 99 is out of range"
	has "$conf:4: "
	rm "$conf"
	reload
	exits 3
	has "$conf: "
	[ "$(link)" = "$before" ]
	configure 'ppp: { default_route = false; }; network: { apn = "old"; };
		monitor: { interval = 7; };'
	reload
	has 'monitor.interval is in effect now'
}

@test "no secret is told" {
	configure 'ppp: { default_route = false; }; sim: { pin = "4711"; };
		network: { apn = "old"; password = "geheim"; };'
	reload
	has 'sim.pin takes effect'
	has 'network.password takes effect'
	run ! grep -E '4711|geheim' "$BATS_TEST_TMPDIR/log"
	has_not '4711'
	has_not 'geheim'
}

@test "it can be told many times, and by many" {
	local i

	for i in 1 2 3 4 5 6 7 8; do
		configure "ppp: { default_route = false; };
			network: { apn = \"a$i\"; }; monitor: { ping = (\"192.0.2.$i\"); };"
		reload
		exits 0
	done
	kill -HUP "$(dial_pid)"
	dial_hangup
	"$gobi" -c "$conf" redial
	wait_for 20 modem_logged 'CGDCONT=.*a8'
}
