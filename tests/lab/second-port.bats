# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# During the call the modem is asked on its second AT port: a Huawei E1752 as a
# USB device, whose PCUI port that is, with the real option driver and pppd.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
	lab_drivers option
	lab_modem modem huawei-e1752.modem
	wait_for 10 tty_count_is 3
}

teardown_file() {
	lab_modem_gone modem
}

setup() {
	modem_say modem registration 1
	modem_say modem mute 2 off
}

teardown() {
	gobi_end
	kill_background
}

# connect [MONITOR [NETWORK]]
connect() {
	lab_conf <<-EOT
		network: { apn = "internet.eplus.de"; ${2-} };
		monitor: { ${1-signal_interval = 1;} };
	EOT
	gobi_start
	gobi_reaches connected 60
	gobi_status ".port == \"$(tty_of 0)\""
}

# at WORDS COMMAND...: through the instance, with that in the answer.
at() {
	local words=$1

	shift
	run gobi-dial at "$@"
	echo "$output"
	[[ $output == *"$words"* ]]
}

is_free() {
	[ ! -e "/run/lock/LCK..$(basename "$(tty_of 2)")" ]
}

@test "second port: signal and registration in status are the modem's of now" {
	connect
	modem_say modem csq 25,99
	wait_for 20 gobi_status '.signal.csq == 25 and .signal.age_ms < 10000'
	modem_say modem csq 5,99
	wait_for 20 gobi_status '.signal.csq == 5'
	modem_say modem registration 5
	wait_for 20 gobi_status '.network.registration == "roaming" and .network.roaming'
	gobi_status '.network.operator == "E-Plus" and .redials == 0'
	wait_for 10 is_free
	pings
}

@test "second port: commands go there during the call" {
	connect 'signal_interval = 0;'
	at '+CSQ: ' AT+CSQ
	[ "$status" -eq 0 ]
	at "\"port\":\"$(tty_of 2)\"" --json AT+COPS? AT+CGMM
	wait_for 10 is_free
	at '--force' AT+CFUN=4
	[ "$status" -eq 2 ]
	pings
	gobi_status '.state == "connected" and .redials == 0'
}

@test "second port: a foreign network that is not wanted ends it" {
	connect 'signal_interval = 1;' 'roaming = false;'
	modem_say modem registration 5
	gobi_says 'has moved to a foreign network'
	gobi_says '(not-registered)' 1 || gobi_status '.last_failure.cause == "not-registered"'
}

@test "second port: a network that is lost, and nothing comes in" {
	connect 'signal_interval = 1;' 'register_timeout = 5;'
	modem_say modem registration 2
	gobi_says 'the modem has lost the network'
	modem_say modem registration 1
	gobi_reaches connected 60
	gobi_status '.last_failure.cause != null'
}

@test "second port: a port that falls silent harms no call" {
	connect 'signal_interval = 1;'
	wait_for 20 gobi_status '.signal.age_ms < .since_ms'
	modem_say modem mute 2 on
	gobi_says 'the modem is not asked during the call' 60
	pings
	at 'no-at-port' --timeout 5 --json AT || [ "$status" -ne 0 ]
	gobi_status '.state == "connected" and .redials == 0'
}

@test "second port: a port that somebody else has harms no call" {
	connect 'signal_interval = 1;'
	wait_for 20 gobi_status '.signal.age_ms < .since_ms'
	background bash -c 'exec sleep 1000 4<>"$0"' "$(tty_of 2)"
	gobi_says 'held by sleep' 60
	at 'held by sleep' AT+CSQ
	[ "$status" -eq 6 ]
	pings
	gobi_status '.state == "connected" and .redials == 0'
}

@test "second port: a modem that is unplugged while it is asked" {
	connect 'signal_interval = 1;'
	modem_say modem latency 3000 AT+CSQ
	background gobi-dial at AT+CSQ >"$LAB_OUT/at.out" 2>&1
	wait_for 20 grep -q '2 < AT+CSQ' "$LAB_OUT/modem.modem.log"
	modem_say modem unplug
	gobi_says '(link-lost)' 20
	modem_say modem plug
	modem_say modem latency 20 AT+CSQ
	gobi_reaches connected 60
	pings
	gobi_stop
}
