#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# Each family's modem on ptys: its port is found, and info is complete.

bats_require_minimum_version 1.5.0
load modem

setup() {
	modem_setup
	name="fam-$$-$BATS_TEST_NUMBER"
	conf="$BATS_TEST_TMPDIR/$name.conf"
	: >"$conf"
}

teardown() {
	modem_teardown
}

# What the contract has of `info`, but for what some families do not tell.
complete() {
	local key

	for key in manufacturer model revision imei imsi iccid registration \
		operator mccmnc technology roaming csq rssi_dbm percent; do
		has "\"$key\":"
	done
	has '"sim":{"state":"ready"'
	has '"radio":{"state":"on"'
	has '"registration":"home"'
	has '"contexts":[{"cid":1,'
}

# plays DESCRIPTION INTERFACE CURRENT: play it; the first port that speaks AT is
# on that interface, and info tells all, its mode too.
plays() {
	modem "$1"
	wait_for 10 modem_logged '# +CREG 1'
	port=$(readlink -f "$modem_dir/if$2")
	run "$gobi" probe --json "$modem_dir"/if*
	exits 0
	has "\"chosen\":\"$port\""
	info_says "$3"
	complete
}

info_says() {
	run --separate-stderr "$gobi" -c "$conf" info --json --port "$port"
	exits 0
	has "\"current\":\"$1\""
}

@test "Sierra MC8355" {
	plays mc8355.modem 2 auto
}

@test "Sierra MC7710" {
	plays sierra-mc7710.modem 3 auto
	has '"pin_attempts_left":3'
}

@test "Sierra EM7455" {
	plays sierra-em7455.modem 3 auto
}

@test "Huawei E1752" {
	plays huawei-e1752.modem 0 3g-preferred
}

@test "Huawei ME909s" {
	plays huawei-me909s.modem 0 auto
}

@test "ZTE MF110" {
	plays zte-mf110.modem 1 auto
}

@test "Quectel EC25" {
	plays quectel-ec25.modem 2 auto
}

@test "Quectel RM500Q" {
	plays quectel-rm500q.modem 2 auto
}

@test "SIMCom SIM7600" {
	plays simcom-sim7600.modem 2 auto
}

@test "Telit LE910" {
	plays telit-le910.modem 4 auto
}

@test "Cinterion PLS8" {
	plays cinterion-pls8.modem 0 4g-preferred
}

@test "u-blox TOBY-L2" {
	plays ublox-toby-l2.modem 0 4g-preferred
}

@test "Option GTM382" {
	plays option-gtm382.modem 1 3g-preferred
}

@test "Novatel MC950D" {
	plays novatel-mc950d.modem 0 auto
}

@test "Ericsson F5521gw" {
	plays ericsson-f5521gw.modem 1 auto
}

@test "Fibocom L850" {
	plays fibocom-l850.modem 2 4g-preferred
}
