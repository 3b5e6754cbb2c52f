#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Each family's modem on ptys: the port for data is found, info is complete, the
# mode is put on it in its own words, once, and it dials.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	plain="$BATS_TEST_TMPDIR/plain.conf"
	: >"$plain"
}

# complete NAME: the whole object, but for the port, is what the table says of
# that modem: tests/fixtures/info/NAME.info, where a comment says why a field of
# the contract is not there.
complete() {
	local wanted

	wanted=$(sed '/^#/d' "$top_srcdir/tests/fixtures/info/$1.info" |
		tr -d '\n\t')
	[[ $output =~ ^\{\"port\":\"[^\"]*\", ]]
	output="{${output#"${BASH_REMATCH[0]}"}"
	[ "$output" = "$wanted" ] || {
		diff <(tr , '\n' <<<"$wanted") <(tr , '\n' <<<"$output")
		return 1
	}
}

# plays NAME INTERFACE [CALLS]: play that modem; the first port that speaks AT is
# on that interface, and info tells all. Where it takes no calls CALLS does.
plays() {
	modem "$1.modem"
	wait_for 10 modem_logged '# +CREG 1'
	port=$(readlink -f "$modem_dir/if$2")
	run "$gobi" probe --json "$modem_dir"/if*
	exits 0
	has "\"chosen\":\"$port\""
	info
	complete "$1"
	dial_setup
	dial_link
	dial_port=$port
	calls=$(readlink -f "$modem_dir/if${3-$2}")
}

info() {
	run --separate-stderr "$gobi" -c "$plain" info --json --port "$port"
	exits 0
}

asked_signal() {
	grep -c 'AT+CSQ' "$modem_dir/log" || true
}

signal_is_asked_after() {
	[ "$(asked_signal)" -gt "$1" ]
}

# With that mode, until it is registered.
prepare() {
	local asked

	asked=$(asked_signal)
	dial_behind "network: { mode = \"$1\"; };"
	wait_for 120 signal_is_asked_after "$asked"
	dial_kill
	dial_hangup
}

told() {
	[ "$(grep -cF " < $1\\r" "$modem_dir/log")" -eq "$2" ]
}

# connects MODE: with that mode, up to a link.
connects() {
	local dial_port=$calls

	dial_connected "network: { mode = \"$1\"; };"
	dial_kill
	dial_hangup
}

# switches MODE COMMAND: it gets the command, and not again when it is so.
switches() {
	prepare "$1"
	told "$2" 1
	echo "network: { mode = \"$1\"; };" >"$plain"
	info
	has "\"mode\":{\"wanted\":\"$1\",\"current\":\"$1\"}"
	connects "$1"
	told "$2" 1
}

# The modem takes it for no mode that is asked of it.
refuses() {
	dial_once "network: { mode = \"$1\"; };" --once
	exits 3
	has "network.mode \"$1\""
	has "$2"
}

@test "Sierra MC8355" {
	plays mc8355 2
	switches 3g 'AT!SELRAT=01'
	switches 2g-preferred 'AT!SELRAT=04'
	refuses 4g 'it can: auto, 3g, 2g, 3g-preferred, 2g-preferred'
}

@test "Sierra MC7710" {
	plays sierra-mc7710 3
	switches 4g 'AT!SELRAT=06'
	switches 3g+4g 'AT!SELRAT=11'
}

@test "Sierra EM7455, which wants its password first" {
	plays sierra-em7455 3
	prepare 4g
	exits 0
	told 'AT!SELRAT=06' 1
	told 'AT+WS46=28' 1
	connects 4g
	told 'AT+WS46=28' 1
}

@test "Huawei E1752" {
	plays huawei-e1752 0
	switches 3g 'AT^SYSCFG=14,2,40000000,2,4'
	switches 2g-preferred 'AT^SYSCFG=2,1,40000000,2,4'
}

@test "Huawei ME909s" {
	plays huawei-me909s 0
	switches 4g 'AT^SYSCFGEX=\"03\",40000000,2,4,40000000,,'
	switches 3g-preferred 'AT^SYSCFGEX=\"020301\",40000000,2,4,40000000,,'
	refuses 5g 'it can: auto, 2g, 3g, 4g'
}

@test "ZTE MF110" {
	plays zte-mf110 1 3
	switches 3g 'AT+ZSNT=2,0,0'
	switches 3g-preferred 'AT+ZSNT=0,0,2'
}

@test "Quectel EC25" {
	plays quectel-ec25 2 3
	switches 4g 'AT+QCFG=\"nwscanmode\",3'
	refuses 3g-preferred 'it can: auto, 2g, 3g, 4g'
}

@test "Quectel RM500Q" {
	plays quectel-rm500q 2
	switches 4g+5g 'AT+QNWPREFCFG=\"mode_pref\",LTE:NR5G'
}

@test "SIMCom SIM7600" {
	plays simcom-sim7600 2 3
	switches 4g 'AT+CNMP=38'
	switches 2g+3g 'AT+CNMP=19'
}

@test "Telit LE910" {
	plays telit-le910 4
	switches 4g 'AT+WS46=28'
	switches 3g+4g 'AT+WS46=31'
}

@test "Cinterion PLS8" {
	plays cinterion-pls8 0
	switches 3g 'AT^SXRAT=2'
	switches 4g 'AT^SXRAT=3'
	switches 4g-preferred 'AT^SXRAT=6,3'
}

@test "u-blox TOBY-L2" {
	plays ublox-toby-l2 0
	switches 4g 'AT+URAT=3'
	told 'AT+COPS=2' 1
	told 'AT+COPS=0' 1
	switches 3g-preferred 'AT+URAT=4,2'
}

@test "Option GTM382" {
	plays option-gtm382 1
	switches 2g 'AT_OPSYS=0,2'
	switches 3g 'AT_OPSYS=1,2'
	switches 3g-preferred 'AT_OPSYS=3,2'
}

@test "Novatel MC950D" {
	plays novatel-mc950d 0
	switches 3g 'AT$NWRAT=2,1'
	switches 3g-preferred 'AT$NWRAT=2,2'
}

@test "Ericsson F5521gw" {
	plays ericsson-f5521gw 1
	switches 3g 'AT+CFUN=6'
	refuses 4g 'it can: auto, 2g, 3g'
}

@test "Fibocom L850" {
	plays fibocom-l850 2
	switches 4g 'AT+XACT=2'
	switches 3g-preferred 'AT+XACT=6,1'
}
