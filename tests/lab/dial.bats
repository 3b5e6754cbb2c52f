# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# From nothing to a pinging link, and every way in which it ends: the real
# option driver, the real pppd, a simulated MC8355 that wants DTR.

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
	modem_say modem dial default
	modem_say modem apn
	modem_say modem drop-data off
	lab_conf <<<'network: { apn = "internet"; };'
}

teardown() {
	gobi_end
}

connect() {
	gobi_start
	gobi_reaches connected
}

@test "dial: the port is found, and pings go through the link" {
	connect
	pings
	gobi-dial status
	gobi_status ".port == \"$(tty_of 2)\""
	gobi_status ".ppp.local == \"$LAB_LOCAL_IP\""
	gobi_status ".ppp.remote == \"$LAB_PEER_IP\""
	gobi_status ".ppp.dns == [\"$LAB_DNS1\", \"$LAB_DNS2\"]"
	gobi_status '.network.registration == "home"'
	gobi_status '.redials == 0 and .last_failure == null'
	gobi_status '.timeline | length > 3 and (map(.ms) | . == sort)'
	ip route | grep -E '^default dev wwan-gobi .*metric 100'
	[ "$(ip route | grep -c ^default)" -eq 1 ]
}

@test "dial: a SIM that wants its PIN gets it once, and no mark is left" {
	modem_say modem sim pin
	lab_conf <<<'network: { apn = "internet"; }; sim: { pin = "1234"; };'
	connect
	pings
	[[ $(modem_say modem stats) == *" pins=1 "* ]]
	[ -d /var/lib/gobi-dial ]
	[ ! -e /var/lib/gobi-dial/sent-pins ]
	gobi_stop
	modem_say modem sim pin
	lab_conf <<<'network: { apn = "internet"; }; sim: { pin = "4321"; };'
	gobi_start
	gobi_ended 30
	gobi_start
	gobi_ended 30
	[[ $(modem_say modem stats) == *" pins=2 "* ]]
	[ -s /var/lib/gobi-dial/sent-pins ]
	rm /var/lib/gobi-dial/sent-pins
	modem_say modem sim ready
}

@test "dial: a second instance of the same name is refused, the first goes on" {
	connect
	gobi_once
	[ "$status" -eq 6 ]
	pings
}

@test "stop: by SIGTERM, and nothing is left" {
	connect
	kill "$gobi_pid"
	gobi_ended 5
	wait_for 5 lab_is_clean
	wait "$gobi_pid"
}

@test "stop: while the modem does not answer the dial" {
	modem_say modem dial none
	gobi_start
	gobi_reaches dialing
	gobi_stop
}

@test "stop: while PPP negotiates with nobody" {
	modem_say modem drop-data on
	gobi_start
	gobi_reaches negotiating
	gobi_stop
}

@test "redial: after the carrier is lost, with a word and without" {
	connect
	modem_say modem hangup
	gobi_reaches backing-off 15
	gobi_reaches connected
	modem_say modem hangup quiet
	gobi_reaches backing-off 15
	gobi_reaches connected
	gobi_status '.last_failure.cause == "link-lost"'
	pings
	gobi_stop
}

@test "redial: after pppd was killed" {
	connect
	kill -9 "$(gobi-dial status --json | jq .ppp.pid)"
	gobi_reaches backing-off 15
	gobi_reaches connected
	pings
	gobi_stop
}

@test "redial: on request, and after the network's side ended PPP" {
	connect
	gobi-dial redial
	gobi_reaches hanging-up
	gobi_reaches connected
	# Some of these end before kill comes to them.
	ip netns pids net | xargs kill || true
	gobi_reaches backing-off 15
	gobi_reaches connected
	pings
}

@test "kill -9: pppd goes too, and the next start is not in its way" {
	connect
	kill -9 "$gobi_pid"
	wait_for 5 succeeds_not pgrep -x pppd
	connect
	pings
	gobi_stop
}

@test "once: a wrong APN ends with cause call" {
	modem_say modem apn other.example
	gobi_once -vv
	[ "$status" -eq 13 ]
	# pppd waits for the call, hands SIGTERM on to its connect script, and would warn of it.
	[[ $output == *'pppd: Connect script failed'* ]]
	[[ $output != *'terminated with signal'* ]]
	wait_for 5 lab_is_clean
}

@test "once: no PPP answer ends with cause ppp" {
	modem_say modem drop-data on
	gobi_once
	[ "$status" -eq 14 ]
	wait_for 5 lab_is_clean
}

@test "once: a link that was up and got lost ends with cause link-lost" {
	gobi_start --once
	gobi_reaches connected
	modem_say modem hangup
	gobi_ended 10
	wait_for 5 lab_is_clean
	code=0
	wait "$gobi_pid" || code=$?
	[ "$code" -eq 16 ]
}

@test "unplugged and plugged in again with other numbers, it dials again" {
	connect
	before=$(tty_of 2)
	# Somebody still has one of the old ttys open: its number stays taken.
	exec {holder}<>"$(tty_of 0)"
	modem_say modem unplug
	gobi_reaches waiting 10
	modem_say modem plug
	gobi_reaches connected
	exec {holder}>&-
	[ "$(tty_of 2)" != "$before" ]
	gobi_status ".port == \"$(tty_of 2)\""
	pings
	gobi_stop
}

@test "no modem: run waits for it and dials when it comes" {
	modem_say modem unplug
	gobi_start
	gobi_reaches waiting 10
	modem_say modem plug
	gobi_reaches connected
	pings
}
