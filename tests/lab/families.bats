# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Each family's modem, on ptys: from a mode that is not the wanted one to a
# pinging link, with the real pppd.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
}

teardown() {
	gobi_end
	lab_modem_gone modem
}

# dials DESCRIPTION INTERFACE MODE COMMAND: it does, after that command.
dials() {
	lab_pty_modem modem "$1.modem"
	lab_conf <<-EOT
		modem: { port = "$lab_run/modem/if$2"; };
		network: { mode = "$3"; };
	EOT
	gobi_start
	gobi_reaches connected
	pings
	[ "$(grep -cF " < $4\\r" "$LAB_OUT/modem.modem.log")" -eq 1 ]
	gobi_stop
}

@test "families: Sierra MC8355" {
	dials mc8355 2 3g 'AT!SELRAT=01'
}

@test "families: Sierra MC7710" {
	dials sierra-mc7710 3 4g 'AT!SELRAT=06'
}

@test "families: Sierra EM7455" {
	dials sierra-em7455 3 4g 'AT+WS46=28'
}

@test "families: Huawei E1752" {
	dials huawei-e1752 0 3g 'AT^SYSCFG=14,2,40000000,2,4'
}

@test "families: Huawei ME909s" {
	dials huawei-me909s 0 4g 'AT^SYSCFGEX=\"03\",40000000,2,4,40000000,,'
}

@test "families: ZTE MF110" {
	dials zte-mf110 3 3g-preferred 'AT+ZSNT=0,0,2'
}

@test "families: Quectel EC25" {
	dials quectel-ec25 3 4g 'AT+QCFG=\"nwscanmode\",3'
}

@test "families: Quectel RM500Q" {
	dials quectel-rm500q 2 4g+5g 'AT+QNWPREFCFG=\"mode_pref\",LTE:NR5G'
}

@test "families: SIMCom SIM7600" {
	dials simcom-sim7600 3 4g 'AT+CNMP=38'
}

@test "families: Telit LE910" {
	dials telit-le910 4 3g+4g 'AT+WS46=31'
}

@test "families: Cinterion PLS8" {
	dials cinterion-pls8 0 4g 'AT^SXRAT=3'
}

@test "families: u-blox TOBY-L2" {
	dials ublox-toby-l2 0 4g 'AT+URAT=3'
}

@test "families: Option GTM382" {
	dials option-gtm382 1 3g 'AT_OPSYS=1,2'
}

@test "families: Novatel MC950D" {
	dials novatel-mc950d 0 3g-preferred 'AT$NWRAT=2,2'
}

@test "families: Ericsson F5521gw" {
	dials ericsson-f5521gw 1 3g 'AT+CFUN=6'
}

@test "families: Fibocom L850" {
	dials fibocom-l850 2 4g 'AT+XACT=2'
}
