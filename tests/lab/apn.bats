# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Online with nothing typed: SIMs of networks of the table, one after the other in one modem, each
# network taking one of its access points, and the real pppd with the account that belongs to it.
# LAB_NETWORKS: how many, 6 by default.

bats_require_minimum_version 1.5.0
load guest/lab

networks=${LAB_NETWORKS:-6}

setup_file() {
	lab_network
	# One of them wants to know who it is.
	echo '* * right *' >/etc/ppp/chap-secrets
	lab_plug_in
}

teardown_file() {
	lab_modem_gone modem
}

teardown() {
	gobi_end
}

# candidates: NETWORK, the last APN and their number, of networks of one provider with two.
candidates() {
	awk '/^[*=]/ { networks = ""; n = 0 }
		/^@/ && NF == 1 { networks = substr($1, 2) }
		/^[^*=@~#]/ && networks { n++; split($0, f, "|"); apn[networks] = f[1]
			if (networks in seen && seen[networks] != NR - n) bad[networks] = 1
			seen[networks] = NR - n; count[networks] = n }
		END { for (i in count) if (count[i] == 2 && !(i in bad))
			print i, apn[i], count[i] }' \
		"$LAB_SRC/etc/providers/table" | sort
}

# sim_of NETWORK APN: that SIM is in the modem, and its network takes that APN alone.
sim_of() {
	local imsi=$1

	while [ "${#imsi}" -lt 15 ]; do
		imsi+=7
	done
	modem_say modem answer AT+CIMI "\\r\\n$imsi\\r\\n\\r\\nOK\\r\\n"
	modem_say modem answer AT+CRSM=176,28589,0,0,4 \
		"\\r\\n+CRSM: 144,0,\"0000000$((${#1} - 3))\"\\r\\n\\r\\nOK\\r\\n"
	modem_say modem apn "$2"
}

# The dials go on until the network's own APN is up.
is_up_with() {
	gobi_status ".state == \"connected\" and .apn.value == \"$1\""
}

@test "apn: SIMs of the table's networks get online with an empty configuration" {
	local network apn count before after

	# The card's number is the same for all of these SIMs.
	modem_say modem answer 'AT!ICCID?' '\r\nERROR\r\n'
	for apn in AT+CCID AT+ICCID AT+CRSM=176,12258,0,0,10; do
		modem_say modem answer "$apn" '\r\nERROR\r\n'
	done
	rm -f /var/lib/gobi-dial/apns
	lab_conf <<<''
	while read -r network apn count; do
		sim_of "$network" "$apn"
		before=$(modem_say modem stats | grep -o 'dials=[0-9]*')
		if [ -z "${gobi_pid-}" ]; then
			gobi_start
		else
			gobi-dial redial
		fi
		wait_for 60 is_up_with "$apn"
		after=$(modem_say modem stats | grep -o 'dials=[0-9]*')
		echo "$network: $apn after $((${after#*=} - ${before#*=})) of $count dials"
		# Before those the one that the modem still has of the last SIM.
		[ $((${after#*=} - ${before#*=})) -le $((count + 1)) ]
	done < <(candidates | awk -v n="$networks" '
		{ line[NR] = $0 }
		END { for (i = 0; i < n && i < NR; i++) print line[1 + int(i * NR / n)] }')
	pings
	[ "$(grep -c '|' /var/lib/gobi-dial/apns)" -gt 1 ]
	# A new start knows the last one.
	gobi_stop
	gobi_start
	gobi_says 'which this SIM used last' 30
	gobi_reaches connected
}
