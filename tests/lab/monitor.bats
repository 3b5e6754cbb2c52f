# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A link that is up and no good is noticed and dialed anew: with the real pppd
# and its interface.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
	lab_plug_in
}

teardown_file() {
	lab_modem_gone modem
}

setup() {
	modem_say modem drop-data off
}

teardown() {
	gobi_end
	kill_background
	ip -n net address replace "$LAB_FAR_IP/32" dev lo
}

# connect [MONITOR [PPP]]: the modem is asked nothing unless MONITOR says so.
connect() {
	local asked='signal_interval = 0;'

	[[ ${1-} != *signal_interval* ]] || asked=
	lab_conf <<-EOT
		network: { apn = "internet"; };
		monitor: { $asked ${1-dead_traffic = 0;} };
		ppp: { ${2-} };
	EOT
	gobi_start
	gobi_reaches connected
	# Answered from the loop: what watches the link is on by then.
	gobi_status '.state == "connected"'
}

# redials WORDS: for that reason, and it works again.
redials() {
	gobi_says "$1" 15
	recovers
}

recovers() {
	gobi_reaches connected
	gobi_status '.last_failure.cause == "link-lost"'
	pings
	gobi_stop
}

wake_ups() {
	awk '/^voluntary_ctxt_switches/ { print $2 }' "/proc/$gobi_pid/status"
}

@test "monitor: an address that is taken away" {
	connect
	ip address flush dev wwan-gobi
	redials 'the interface wwan-gobi has lost its address'
}

@test "monitor: an interface that is set down" {
	connect
	ip link set wwan-gobi down
	redials 'the interface wwan-gobi was set down'
}

@test "monitor: of a link that pppd ends, pppd says why" {
	connect
	kill -9 "$(gobi-dial status --json | jq .ppp.pid)"
	redials 'pppd was killed by signal 9'
}

@test "monitor: a ping target that is dead" {
	connect "ping = ( \"$LAB_FAR_IP\" ); interval = 1; failures = 3;"
	ip -n net address delete "$LAB_FAR_IP/32" dev lo
	gobi_says 'no answer to pings, 3 times in a row'
	ip -n net address replace "$LAB_FAR_IP/32" dev lo
	recovers
}

@test "monitor: bytes that go out alone" {
	connect 'dead_traffic = 4;' 'lcp_echo_interval = 0;'
	background ping -i 0.2 "$LAB_FAR_IP" >/dev/null
	modem_say modem drop-data on
	gobi_says 'bytes were sent for 4 s and none received' 20
	modem_say modem drop-data off
	recovers
}

@test "monitor: a call that nobody uses is not dead" {
	connect 'dead_traffic = 1;' 'lcp_echo_interval = 0;'
	modem_say modem drop-data on
	# Of the network's side, by the modem's clock: nothing of ours runs.
	ip netns exec net ping -q -i 0.2 -c 30 "$LAB_DNS1"
	gobi_status '.state == "connected" and .redials == 0'
}

@test "monitor: without a monitor, traffic and other interfaces wake nobody" {
	local before

	connect
	pings
	before=$(wake_ups)
	for i in 1 2 3 4 5 6 7 8; do
		ip address add "192.0.2.1$i/32" dev lo
		ip address delete "192.0.2.1$i/32" dev lo
	done
	ping -q -i 0.2 -c 50 "$LAB_FAR_IP"
	echo "$(($(wake_ups) - before)) wake-ups"
	[ $(($(wake_ups) - before)) -le 2 ]
}

# The timer, the answer, and the first packet of others after it, for which a
# raw socket's reader is taken off the loop's list at last; no other does.
@test "monitor: a round of pings costs three wake-ups at most" {
	local before start rounds wakes

	connect "ping = ( \"$LAB_FAR_IP\" ); interval = 1;"
	ping -q -c 2 "$LAB_FAR_IP"
	start=$EPOCHREALTIME
	before=$(wake_ups)
	ping -q -i 0.2 -c 50 "$LAB_FAR_IP"
	wakes=$(($(wake_ups) - before))
	rounds=$(((${EPOCHREALTIME/./} - ${start/./}) / 1000000 + 1))
	echo "$wakes wake-ups, $rounds rounds at most" | tee "$LAB_OUT/ping-wake-ups"
	[ "$wakes" -ge 8 ]
	[ "$wakes" -le $((3 * rounds + 4)) ]
}

@test "monitor: a modem without a second AT port is not asked during the call" {
	connect 'signal_interval = 1;'
	run gobi-dial at AT+CSQ
	echo "$output"
	# On a slow machine the first probe may be over before a silent port is known as such: then
	# that one is asked now, and does not answer.
	[ "$status" -eq 5 ] || [[ $status -eq 6 && $output == *"no second AT port"* ]]
	pings
	gobi_status '.signal.csq == 17 and .signal.age_ms > .since_ms'
}
