# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The doors of Debian: pon, poff, plog, ifup, ifdown, with no device named
# anywhere. Each leads to a link, and its opposite leaves no trace.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
	lab_plug_in
	lab_install_peers
	rm -f /var/log/ppp.log
	background busybox syslogd -n -O /var/log/syslog
	wait_for 5 test -S /dev/log
	mkdir -p /etc/network
	cat >/etc/network/interfaces <<-'IFACE'
		iface gobi inet ppp
			provider gobi
		iface direct inet ppp
			pre-up gobi-dial prepare gobi
			provider gobi-direct
			post-down rm -f /run/gobi-dial/gobi.port
	IFACE
}

teardown_file() {
	lab_modem_gone modem
	kill_background
}

setup() {
	modem_say modem dial default
	modem_say modem apn
	modem_say modem sim ready
	modem_say modem drop-data off
	conf=$(gobi-dial check | sed 's/: .*//;q')
	mkdir -p "${conf%/*}"
	conf 'network: { apn = "internet"; };'
	: >/var/log/syslog
}

teardown() {
	poff -a >/dev/null || true
	wait_for 10 succeeds_not pgrep -x 'gobi-dial|chat' || true
	gobi_end
	kill_background
	rm -f "$conf"
	cat /var/log/syslog
} 2>/dev/null

conf() {
	printf '%s\n' "$1" >"$conf"
}

# Our side of a call is there: address, route, names, and gobi-dial's state.
is_up() {
	ip -o -4 address show dev wwan-gobi | grep -w "$LAB_LOCAL_IP"
	ip route | grep -E '^default dev wwan-gobi'
	pings
}

no_trace() {
	wait_for 8 lab_is_clean
}

# syslogd writes when it gets to it.
plog_has() {
	wait_for 5 plogged "$1"
}

plogged() {
	plog -n 60 | grep -F -- "$1"
}

@test "pon: to a link, and poff leaves nothing" {
	pon gobi
	is_up
	gobi_status ".state == \"connected\" and .port == \"$(tty_of 2)\""
	plog_has 'GOBI READY'
	plog_has "local  IP address $LAB_LOCAL_IP"
	poff gobi
	no_trace
}

@test "pon: without a configuration the first modem is dialed" {
	rm "$conf"
	pon gobi
	is_up
	poff gobi
	no_trace
}

# The process that asks writes there too, with descriptors of its own.
@test "pon: what the ports say goes to the log, and the call is made" {
	sed -i "s/gobi-dial pty/gobi-dial -vv pty/" /etc/ppp/peers/gobi
	pon gobi
	lab_install_peers
	is_up
	grep 'gobi-dial\[.*ttyUSB.*: at$' /var/log/syslog
	poff gobi
	no_trace
}

# In $(), which waits for the last who has its output open.
@test "ifup: to a link, and ifdown leaves nothing" {
	run ifup gobi
	[ "$status" -eq 0 ]
	is_up
	ifdown gobi
	no_trace
}

@test "ifup: fails when the call does, with the reason in the log" {
	modem_say modem sim pin
	run ifup gobi
	[ "$status" -ne 0 ]
	plog_has 'GOBI: the SIM wants its PIN'
	plog_has ' (pin)'
	plog_has 'Failed (GOBI FAILED)'
	wait_for 5 grep 'gobi-dial\[.*PIN' /var/log/syslog
	no_trace
}

@test "pon: a refused call ends pppd with 8, and says what the network said" {
	modem_say modem apn other.example
	run pon gobi
	[ "$status" -eq 8 ]
	plog_has 'GOBI: ATD*99***1# refused: NO CARRIER'
	plog_has ' (call)'
	no_trace
}

@test "pon: a mistake in the configuration is told" {
	conf 'network: { apnn = "internet"; };'
	run pon gobi
	[ "$status" -eq 8 ]
	plog_has ' (config)'
	no_trace
}

@test "pon: while gobi-dial runs it is busy, and that link stays" {
	background gobi-dial -v run >"$LAB_OUT/gobi.log" 2>&1
	gobi_pid=$! gobi_lines=0
	gobi_reaches connected
	run pon gobi
	[ "$status" -eq 8 ]
	plog_has ' (busy)'
	pings
}

@test "pon: twice is once" {
	pon gobi
	run pon gobi
	[ "$status" -ne 0 ]
	pings
	poff -a
	no_trace
}

@test "pon: a port that another holds is named with him" {
	exec {holder}<>"$(tty_of 2)"
	conf "modem: { wait = 1; };"
	run pon gobi
	exec {holder}>&-
	[ "$status" -eq 8 ]
	plog_has "$(tty_of 2) busy, held by "
	no_trace
}

# call_is_new PID: gobi-dial serves a call, and that process is gone. The route
# comes last.
call_is_new() {
	! kill -0 "$1" 2>/dev/null && pgrep -x gobi-dial >/dev/null &&
		ip route | grep -q '^default dev wwan-gobi'
}

@test "persist: a lost carrier is dialed again, by another child" {
	pon gobi
	first=$(pgrep -x gobi-dial)
	modem_say modem hangup quiet
	wait_for 30 call_is_new "$first"
	is_up
	poff gobi
	no_trace
}

@test "persist: a modem that comes back with other numbers is dialed again" {
	pon gobi
	before=$(tty_of 2)
	first=$(pgrep -x gobi-dial)
	exec {holder}<>"$(tty_of 0)"
	modem_say modem unplug
	wait_for 10 has_ended "$first"
	modem_say modem plug
	wait_for 40 call_is_new "$first"
	exec {holder}>&-
	[ "$(tty_of 2)" != "$before" ]
	is_up
	poff gobi
	no_trace
}

@test "persist: gobi-dial killed is started again" {
	pon gobi
	first=$(pgrep -x gobi-dial)
	kill -9 "$first"
	wait_for 30 call_is_new "$first"
	is_up
}

@test "poff: while the modem does not answer the dial" {
	modem_say modem dial none
	background pon gobi
	wait_for 20 grep -q 'GOBI\|dialing\|chat' /var/log/syslog
	wait_for 20 modem_is_dialing
	poff gobi
	no_trace
}

modem_is_dialing() {
	grep -q '# dial ' "$LAB_OUT/modem.modem.log"
}

@test "kill -9 of pppd: the modem hangs up, and nothing is left" {
	pon gobi
	pkill -9 -x -P 1 pppd
	no_trace
	modem_say modem state | grep -v call
}

@test "prepare: ifup dials on the port that was found, by pppd's own tty" {
	ifup direct
	is_up
	[ "$(stat -c %a /run/gobi-dial/gobi.port)" = 600 ]
	[ -z "$(pgrep -x gobi-dial)" ]
	ifdown direct
	no_trace
}

@test "prepare: ifup fails with the reason, and leaves no port" {
	modem_say modem sim missing
	run ifup direct
	[ "$status" -ne 0 ]
	[[ $output == *"(sim)"* ]]
	[ ! -e /run/gobi-dial/gobi.port ]
	no_trace
}

@test "prepare: a port that is gone since is told by pppd" {
	gobi-dial prepare gobi
	modem_say modem unplug
	wait_for 10 tty_count_is 0
	run pppd call gobi-direct
	[ "$status" -eq 2 ]
	modem_say modem plug
	wait_for 10 tty_count_is 4
	rm /run/gobi-dial/gobi.port
	no_trace
}

@test "plain: pppd and chat alone dial by the example" {
	sed "s|^/dev/ttyUSB2|$(tty_of 2)|; s|/etc/chatscripts|$LAB_SRC/chat|" \
		"$LAB_SRC/etc/ppp/peers/gobi-plain" >/etc/ppp/peers/gobi-plain
	pon gobi-plain
	pings
	poff gobi-plain
	no_trace
}

@test "check --peer: user and password come to pppd, and nowhere else" {
	conf 'network: { apn = "internet"; user = "me"; password = "geheim"; };'
	run pon gobi
	plog_has 'check --peer gobi' || grep 'check --peer gobi' /var/log/syslog
	poff gobi || true
	no_trace
	(umask 077 && gobi-dial check --peer >/etc/ppp/peers/gobi-own)
	: >/var/log/syslog
	pon gobi-own
	is_up
	grep -F geheim /var/log/syslog /proc/[0-9]*/cmdline && return 1
	grep 'check --peer' /var/log/syslog && return 1
	poff gobi-own
	no_trace
}
