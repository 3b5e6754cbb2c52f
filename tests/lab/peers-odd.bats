# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Networks that do PPP in their own way, on a port without a carrier: a link all
# the same, or the one hint that mends it. With the real pppd on both sides.

bats_require_minimum_version 1.5.0
load guest/lab

setup_file() {
	lab_network
}

teardown() {
	gobi_end
	kill_background
	lab_modem_gone modem
}

# The network's side of a call, after $wait seconds.
lab_peer_command() {
	echo "sleep ${wait-0}; exec ip netns exec net pppd \$PPP_TTY nodetach local nolock" \
		"noauth nodefaultroute nopersist nocrtscts noccp novj lcp-echo-interval 0" \
		"$peer logfile $LAB_OUT/peer.log"
}

# modem PEER [KEYS]: one AT port, and a pppd with these options behind it.
modem() {
	peer=$1
	echo "ports: ( { interface = 0; role = \"at\"; } ); ${2-}" >"$lab_run/own.modem"
	lab_pty_modem modem "$lab_run/own.modem"
	lab_conf <<<"modem: { port = \"$lab_run/modem/if0\"; wait = 1; };"
}

ends() {
	gobi_once
	echo "$output"
	[ "$status" -eq "$1" ]
	[[ $output == *"$2"* ]]
	wait_for 5 lab_is_clean
}

connects() {
	gobi_start
	gobi_reaches connected 60
}

addresses="noipv6 $LAB_PEER_IP:$LAB_LOCAL_IP"

@test "peers-odd: one that speaks 16 s after CONNECT" {
	wait=16 modem "$addresses ms-dns $LAB_DNS1"
	connects
	gobi_status '.redials == 0'
	gobi_stop
}

@test "peers-odd: one without IPv4 is told at once" {
	modem 'noip +ipv6'
	ends 14 'the network gives no IPv4; set network.pdp_type = "ipv6"'
}

@test "peers-odd: one without name servers is told" {
	modem "$addresses"
	connects
	gobi_says 'the network gives no name servers'
	gobi_status '.ppp.no_dns and .ppp.dns == []'
	gobi-dial status | grep -F 'names will not resolve'
	gobi_stop
}

@test "peers-odd: a call without the word CONNECT" {
	modem "$addresses ms-dns $LAB_DNS1" 'call: { connect = ""; };'
	connects
	pings
	gobi_stop
}

@test "peers-odd: NO CARRIER in plain text, without a carrier to lose" {
	modem '' 'call: { data = "lcp"; lcp_every_ms = 500; hangup_after_ms = 1200; };'
	ends 13 'dropped it: NO CARRIER'
}

@test "peers-odd: under a pppd of one's own the next call has the next access point" {
	echo '* * right *' >/etc/ppp/chap-secrets
	modem "require-chap $addresses" 'sim: { imsi = "262011234567890"; };'
	lab_install_peers
	conf=$(gobi-dial check | sed 's/: .*//;q')
	mkdir -p "${conf%/*}"
	cp "$lab_run/gobi.conf" "$conf"
	run pppd call gobi
	run pppd call gobi
	rm "$conf"
	grep -F 'CGDCONT=1,\"IP\",\"internet.t-mobile\"' "$LAB_OUT/modem.modem.log"
	grep -F 'internet.t-d1.de' "$LAB_OUT/modem.modem.log"
	rm /run/gobi-dial/gobi.refused
}
