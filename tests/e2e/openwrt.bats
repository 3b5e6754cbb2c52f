#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# shellcheck disable=SC2030,SC2031 # $output is what run leaves
# OpenWrt's side of it, in a root with stand-ins for UCI, netifd, procd and pppd
# (tests/openwrt/README.md): gobi-dial, its scripts, the shells and the simulated
# modem are real.

bats_require_minimum_version 1.5.0
load modem
load openwrt

setup_file() {
	openwrt_file
}

setup() {
	modem_setup
	openwrt_setup
}

teardown() {
	openwrt_teardown
	modem_teardown
}

# json NAME VALUE...: an interface's options, of strings; NAME[] adds to a list.
json() {
	jq -cn '[$ARGS.positional | _nwise(2)] | reduce .[] as [$name, $value] ({};
		if $name | endswith("[]") then .[$name[:-2]] += [$value]
		else .[$name] = $value end)' --args -- "$@"
}

# uci_section NAME NAME VALUE...: the same as a section of /etc/config/gobi-dial.
uci_section() {
	local quoted word

	printf "config instance '%s'\n" "$1" >>"$root/etc/config/gobi-dial"
	shift
	while [ $# -gt 0 ]; do
		quoted=${2//\'/\'\\\'\'}
		word=option
		[[ $1 != *'[]' ]] || word=list
		printf "\t%s %s '%s'\n" $word "${1%'[]'}" "$quoted"
		shift 2
	done >>"$root/etc/config/gobi-dial"
}

# set_up NAME VALUE...: the handler alone, for interface wan, and then gobi-dial's
# own opinion of what was written.
set_up() {
	mkdir -p "$root/tmp/netifd"
	run in_root sh -c 'cd /lib/netifd/proto || exit
		./gobi.sh gobi setup wan "$1" || exit
		exec gobi-dial -c /var/run/gobi-dial/wan.conf check' sh \
		"$(json "$@")"
}

start_service() {
	run in_root /etc/rc.common /etc/init.d/gobi-dial start
	exits 0
}

# check NAME: the same of what the service has written.
check() {
	run in_root gobi-dial -c "/var/run/gobi-dial/$1.conf" check
}

# word_of OPTION FILE: the value of that option of pppd's, byte for byte, and a
# dot.
word_of() {
	local text

	text=$(sed -n "s/^$1 \"\(.*\)\"\$/\1/p" "$2")
	# shellcheck disable=SC2059
	printf -- "$text."
}

# Each value as the user and as the password of an interface of either kind; what
# is no UTF-8, the last one, cannot be in JSON.
arrive_both_ways() {
	local all i interfaces=() values

	all=$(printf '\\%03o' {1..255})
	# shellcheck disable=SC2059
	all=$(printf "$all.")
	values=('plain' "it's" 'say "so"' '$(reboot)' '`reboot`' '${PATH}'
		"\\" "\\\\" '\"' '"; }; sim: { pin = "0000' '\n' "a\\"
		$'two\nlines\n' $'\n' $'\n@include "/etc/passwd"\n'
		$'\t\r\f\v\b\e\x01\x7f' '# none' '// none' '/* none' '-n' '-e a'
		'(' '!' '=' '*' '/e*/passw?' '[a-z]' '~' '%s%n' '&& reboot' ' '
		'  two  blanks ' 'Tél€' "${all%.}")
	for i in "${!values[@]}"; do
		uci_section "procd$i" username "${values[i]}" \
			password "${values[i]}"
		interfaces+=("netifd$i" "$(json username "${values[i]}" \
			password "${values[i]}")")
	done
	unset 'interfaces[-1]' 'interfaces[-1]'
	mkdir "$root/tmp/netifd"
	in_root sh -c '
		/etc/rc.common /etc/init.d/gobi-dial start
		cd /lib/netifd/proto
		while [ $# -gt 0 ]; do
			./gobi.sh gobi setup "$1" "$2"
			shift 2
		done
		for conf in /var/run/gobi-dial/*.conf; do
			gobi-dial -c "$conf" check --peer >"${conf%.conf}.peer"
		done' sh "${interfaces[@]}"
	for i in "${!values[@]}"; do
		carries "$root/run/gobi-dial/procd$i.peer" "${values[i]}"
		[ "${values[i]}" = "${all%.}" ] ||
			carries "$root/run/gobi-dial/netifd$i.peer" "${values[i]}"
	done
	[ "$i" -ge 32 ]
}

carries() {
	[ "$(word_of user "$1")$(word_of password "$1")" = "$2.$2." ] || {
		printf 'not %q in:\n%s\n' "$2" "$(cat "$1")"
		return 1
	}
}

@test "whatever a value holds, it arrives as it is (busybox)" {
	arrive_both_ways
}

@test "whatever a value holds, it arrives as it is (dash)" {
	openwrt_dash
	arrive_both_ways
}

@test "lists arrive item by item, as they are" {
	local item='mru "14"$(x)\00'

	set_up 'init[]' 'AT+A="b,c"' 'init[]' 'AT$D' \
		'pppd_option[]' "domain 'a b'"
	exits 0
	has 'modem.init = ("AT+A=\"b,c\"", "AT$D")'
	has 'domain "a\040b"'
	uci_section roof 'init[]' 'AT+A="b,c"' 'init[]' 'AT$D' pppd_option "$item"
	start_service
	check roof
	exits 3
	has 'ppp.options, item 1: "mru "14"$(x)\00"'
	rm "$root/etc/config/gobi-dial"
	uci_section roof 'init[]' 'AT+A="b,c"' init 'AT$D' ladder cfun
	start_service
	check roof
	exits 0
	has 'recovery.ladder = ("cfun")'
}

# becomes SETTING NAME VALUE...: what of the options differs from the defaults.
becomes() {
	set_up "${@:2}"
	exits 0
	[ "$(sed -n '/^Settings/,/^$/p' <<<"$output" |
		grep -vE '^$|Settings|ppp.default_route|ppp.options')" = \
		"${1:+  }$1" ] || {
		printf '%s is not %s:\n%s\n' "${*:2}" "$1" "$output"
		return 1
	}
}

@test "options mean what they mean with other modem protocols" {
	becomes ''
	becomes 'network.apn = "internet"' apn internet
	becomes 'network.pdp_type = "ipv6"' pdptype IPV6
	becomes 'network.pdp_type = "ipv4v6"' iptype ipv4v6
	becomes '' pdptype IP
	becomes '' ipv6 0
	becomes 'network.pdp_type = "ipv4v6"' ipv6 auto
	becomes '' dialnumber '*99#'
	becomes 'network.cid = 1' dialnumber '*99***1#'
	becomes 'network.dial = "*98*1#"' dialnumber '*98*1#'
	becomes 'network.dial = "cgdata"' dialnumber cgdata
	becomes 'network.cid = 16' dialnumber '*99***16#'
	becomes '' auth both
	becomes 'network.auth = "pap"' auth pap
	becomes 'network.auth = "none"' auth none
	becomes 'network.auth = "chap"' 'allowedauth[]' chap 'allowedauth[]' mschapv2
	becomes '' 'allowedauth[]' pap 'allowedauth[]' chap
	becomes '' service umts
	becomes 'network.mode = "3g"' service umts_only
	becomes 'network.mode = "2g"' service gprs_only
	becomes '' modes all
	becomes 'network.mode = "3g+4g"' modes lte,umts
	becomes 'network.mode = "2g+3g"' allowedmode '3g|2g'
	becomes 'network.mode = "4g-preferred"' allowedmode '3g|4g' preferredmode 4g
	becomes 'network.mode = "3g-preferred"' mode 3g-preferred modes lte
	becomes '' allowedmode any preferredmode none
	becomes 'network.operator = "26201"' plmn 26201
	becomes 'network.roaming = false' allow_roaming 0
	becomes '' roaming yes
	becomes 'modem.path = "1-1.4"' device /sys/devices/x/usb1/1-1/1-1.4
	becomes 'modem.path = "1-1"' devpath /sys/devices/x/usb1/1-1/
	becomes 'modem.path = "1-1"' path 1-1
	becomes 'modem.port = "/dev/ttyS1"' device /dev/ttyS1
	becomes '' device auto
	becomes 'ppp.lcp_echo_interval = 0' keepalive '0 5'
	becomes 'ppp.lcp_echo_failure = 5' keepalive 5
	becomes $'ppp.lcp_echo_interval = 30\n  ppp.lcp_echo_failure = 4' \
		keepalive '4 30'
	becomes 'ppp.mtu = 1400' mtu 1400
	becomes 'ppp.ifname = "3g-wan"' pppname 3g-wan
	becomes 'sim.pin = "********"' pincode 0012
}

@test "what an option cannot be is told, and nothing is guessed" {
	local words

	while read -r words; do
		# shellcheck disable=SC2086
		set_up $words
		exits 3
		has "/var/run/gobi-dial/wan.conf:"
	done <<-'END'
		mtu many
		mtu -1
		mtu 99999999999999999999
		cid 99
		dialnumber *99#;
		pdptype ppp
		auth kerberos
		mode 7g
		modes umts,lte,7g
		service evdo
		roaming perhaps
		operator Telekom
		keepalive often
		pincode 12
		usb x:y
		device ttyS1
		path ../..
		pppname ../x
		pppd_option[] persist
		init[] AT+CPIN="0000"
	END
	[ -n "$words" ] || [ "$status" -eq 3 ]
}

@test "every option of the sample is one that the handler declares" {
	local declared option

	declared=$(in_root sh -c 'cd /lib/netifd/proto && ./gobi.sh "" dump
		INCLUDE_ONLY=1; . ./gobi.sh; for option in $gobi_living; do echo "$option string"; done')
	while read -r option; do
		grep -qE "^$option (string|array|int|boolean)" <<<"$declared" || {
			echo "$option"
			return 1
		}
	done < <(sed -nE 's/^\t#?(option|list) ([a-z_]+) .*/\2/p' \
		"$top_srcdir/etc/openwrt/files/etc/config/gobi-dial" |
		grep -vxE 'enabled|defaultroute|metric|peerdns' | tee "$BATS_TEST_TMPDIR/options")
	[ "$(wc -l <"$BATS_TEST_TMPDIR/options")" -ge 25 ]
	grep -x 'flags no_device=1 available=1 lasterror=1 no_proto_task=0' \
		<<<"$declared"
}

# The link of interface $1 is up: netifd knows it with all that belongs to it.
is_up() {
	said "netifd update $1 wwan-$1 1 ip 10.64.0.2/32 peer 10.64.0.1 route 0.0.0.0/0 via 10.64.0.1 dns 192.0.2.53 dns 192.0.2.54" "${2-1}"
}

# Of interface $1 nothing is left.
is_gone() {
	! inside "gobi-dial .*/$1.conf" &&
		[ ! -e "$root/run/gobi-dial/$1.conf" ] &&
		[ ! -e "$root/run/gobi-dial/$1.lock" ] &&
		[ ! -e "$root/run/gobi-dial/$1.sock" ]
}

no_port_is_locked() {
	! ls "$root"/var/lock/LCK..* 2>/dev/null
}

# A pty has neither a carrier nor DTR: the modem has to be told that the call is
# over.
hang_up() {
	nc -U -W 1 "$modem_dir/sock" <<<hangup
}

goes_up_and_down() {
	modem mc8355.modem
	ifup wan "$(json device "$modem_dir/if2" apn internet)"
	wait_for 30 is_up wan
	grep -xF 'netifd run wan /usr/sbin/gobi-dial -c /var/run/gobi-dial/wan.conf run --with-parent' \
		"$calls"
	in_root gobi-dial status wan --json | jq -e '.state == "connected"'
	ifdown wan
	said 'netifd update wan wwan-wan 0'
	said 'netifd setup wan' 1
	said_not 'netifd killed'
	said_not 'netifd error'
	is_gone wan
	no_port_is_locked
}

@test "ifup leads to a link that netifd knows, and ifdown leaves nothing" {
	goes_up_and_down
}

@test "ifup leads to a link that netifd knows, and ifdown leaves nothing (dash)" {
	openwrt_dash
	goes_up_and_down
}

@test "routes and name servers are netifd's affair" {
	modem mc8355.modem
	ifup wan "$(json device "$modem_dir/if2" metric 5)"
	wait_for 30 is_up wan
	grep -x nodefaultroute "$root/tmp/pppd.wan"
	grep -x usepeerdns "$root/tmp/pppd.wan"
	run ! grep 'default route' "$BATS_TEST_TMPDIR/log.wan"
	ifdown wan
}

@test "a pppd that does not end does not keep the interface up" {
	modem mc8355.modem
	echo hang >"$root/tmp/pppd"
	ifup wan "$(json device "$modem_dir/if2")"
	wait_for 30 is_up wan
	ifdown wan
	said_not 'netifd killed'
	is_gone wan
	run ! inside pppd
}

@test "a link that is lost is dialed again, and netifd sees it come and go" {
	modem mc8355.modem
	ifup wan "$(json device "$modem_dir/if2" backoff_min 1 backoff_max 1)"
	wait_for 30 is_up wan
	hang_up
	kill -HUP "$(in_root gobi-dial status wan --json | jq .ppp.pid)"
	wait_for 30 is_up wan 2
	said 'netifd update wan wwan-wan 0' 1
	said 'netifd setup wan' 1
	ifdown wan
}

pppd_pid() {
	in_root gobi-dial status wan --json | jq .ppp.pid
}

# Interface wan works: netifd knows its address, its name servers once, and its route,
# which is on the device that is there now.
works() {
	ifstatus wan '.up and ."on-device" and (."ipv4-address" | length) == 1 and (.route | length) == 1 and
		."dns-server" == ["192.0.2.53", "192.0.2.54"] and .errors == []'
}

# pppd waits for its script when gobi-dial sees the hang-up, too. That the modem is back
# is seen at once: the next rescan would be too late.
@test "unplugged, netifd is told, and again when it is back" {
	local round

	modem mc8355.modem
	ifup wan "$(json device "$modem_dir/if2" wait 1 backoff_min 1 backoff_max 1)"
	for round in 1 2 3 4 5; do
		wait_for $((round == 1 ? 30 : 10)) said 'hotplug ifup wan' "$round"
		wait_for 5 works
		kill -HUP "$(pppd_pid)"
		wait_for 5 said 'netifd begin update wwan-wan 0' "$round"
		nc -U -W 1 "$modem_dir/sock" <<<unplug
		wait_for 10 said 'hotplug ifdown wan' "$round"
		nc -U -W 1 "$modem_dir/sock" <<<plug
	done
	wait_for 10 said 'hotplug ifup wan' 6
	wait_for 5 works
	said 'netifd setup wan' 1
	ifdown wan
	said 'hotplug ifdown wan' 6
}

@test "a loss that netifd was not told of does not leave the next link without a route" {
	modem mc8355.modem
	printf '#!/bin/sh\n' >"$root/lib/netifd/ppp-down"
	ifup wan "$(json device "$modem_dir/if2" backoff_min 1 backoff_max 1)"
	wait_for 30 works
	hang_up
	kill -HUP "$(pppd_pid)"
	wait_for 30 said 'hotplug ifup wan' 2
	wait_for 5 works
	ifdown wan
}

@test "what netifd changes by itself does not redial, and what reload can does neither" {
	local options pid

	modem mc8355.modem
	options=(device "$modem_dir/if2" backoff_min 1)
	ifup wan "$(json "${options[@]}")"
	wait_for 30 works
	pid=$(pppd_pid)
	ifreload wan "$(json "${options[@]}" metric 7)"
	ifstatus wan '.route[0].metric == 7'
	ifreload wan "$(json "${options[@]}" defaultroute 0)"
	ifstatus wan '.route == []'
	ifreload wan "$(json "${options[@]}" peerdns 0 dns 192.0.2.1)"
	ifstatus wan '."dns-server" == ["192.0.2.1"]'
	ifreload wan "$(json "${options[@]}" ip4table 7 ip6table 7 delegate 0)"
	works
	ifreload wan "$(json device "$modem_dir/if2" ping_interval 7 backoff_max 9 \
		'ladder[]' cfun)"
	[ "$(pppd_pid)" = "$pid" ]
	run in_root gobi-dial -c /var/run/gobi-dial/wan.conf check
	has 'monitor.interval = 7'
	has 'recovery.ladder = ("cfun")'
	grep -q 'monitor.interval has changed: in force now' "$BATS_TEST_TMPDIR/log.wan"
	said 'hotplug ifdown wan' 0
	said 'netifd setup wan' 1
	ifreload wan "$(json device "$modem_dir/if2" mtu 1400)"
	wait_for 10 said 'netifd down wan'
	hang_up
	wait_for 30 said 'hotplug ifup wan' 2
	said 'netifd reload wan anew' 1
	grep -x 'mtu 1400' "$root/tmp/pppd.wan"
	ifdown wan
}

@test "netifd killed at any moment: the next one has the link again" {
	local round

	modem mc8355.modem
	for round in 1 2 3 4 5; do
		: >"$calls"
		ifup wan "$(json device "$modem_dir/if2" backoff_min 1)"
		case $round in
		1) wait_for 10 said 'netifd setup wan' ;;
		2) wait_for 10 said 'netifd run wan' ;;
		3) wait_for 30 said 'netifd begin update wwan-wan 1' ;;
		*) wait_for 30 works ;;
		esac
		kill -9 "$(cat "$root/tmp/netifd/wan.pid")"
		hang_up
		rm "$root/etc/config/network"
	done
	ifup wan "$(json device "$modem_dir/if2" backoff_min 1)"
	wait_for 60 works
	said_not 'netifd error'
	wait_for 10 one_pppd
	pkill -TERM -f "openwrt/netifd $root wan "
	wait_for 30 said 'netifd end wan'
	is_gone wan
}

@test "a gobi-dial that is left over is ended by the next setup" {
	modem mc8355.modem
	mkdir -p "$root/run/gobi-dial"
	set_up device "$modem_dir/if2"
	background openwrt chroot "$root" gobi-dial -c /var/run/gobi-dial/wan.conf run
	wait_for 30 test -S "$root/run/gobi-dial/wan.sock"
	rm -r "$root/tmp/netifd"
	hang_up
	ifup wan "$(json device "$modem_dir/if2")"
	wait_for 60 works
	said_not 'netifd error'
	ifdown wan
}

@test "while it retries, ifstatus has the reason, and not once it is up" {
	ifup wan "$(json device "$modem_dir/if2" wait 1 backoff_min 1 backoff_max 1)"
	wait_for 30 ifstatus wan '.errors[0].code == "NO_DEVICE"'
	ifstatus wan '.pending and .autostart'
	modem mc8355.modem
	wait_for 60 works
	ifdown wan
}

@test "NAME_6 gets what the ppp package's protocols give it" {
	set_up pdptype ipv4v6
	exits 0
	has 'set "AUTOIPV6=1"'
	has 'set "EXTENDPREFIX=1"'
	has_not DELEGATE
	set_up pdptype ipv4v6 reqprefix 60 norelease 1 sourcefilter 0 delegate 0 \
		extendprefix 0 ip6table 7 peerdns 0
	exits 0
	for output in 'REQPREFIX=60' NORELEASE=1 NOSOURCEFILTER=1 DELEGATE=0 IP6TABLE=7 \
		PEERDNS=0; do
		in_root gobi-dial -c /var/run/gobi-dial/wan.conf check --peer | grep "$output"
	done
	run ! grep EXTENDPREFIX "$root/run/gobi-dial/wan.conf"
}

@test "IPv6 comes by the ppp package's script, with an interface for DHCPv6" {
	modem mc8355.modem
	ifup wan "$(jq -c '. + {peerdns: false}' \
		<<<"$(json device "$modem_dir/if2" pdptype ipv4v6)")"
	wait_for 30 said 'ubus call network add_dynamic wan_6'
	said 'netifd update wan wwan-wan 1 ip6 fe80::2/128'
	ifdown wan
}

@test "without a device it waits, and dials when there is one" {
	ifup wan "$(json device "$modem_dir/if2" wait 1 verbose 1)"
	wait_for 30 grep -q -- '-> waiting' "$BATS_TEST_TMPDIR/log.wan"
	said_not 'netifd error'
	modem mc8355.modem
	# The kernel tells of a modem, and of a pty it does not.
	in_root gobi-dial redial wan
	wait_for 60 is_up wan
	said 'netifd setup wan' 1
	ifdown wan
}

# The interface is blocked, for the TIMES-th time.
is_blocked() {
	said "netifd blocked $1" "${2-1}" && ifstatus "$1" '.autostart == false'
}

@test "a refused PIN blocks the interface, and goes out once" {
	modem_of 'sim: { state = "pin"; iccid = "89490200000863940628"; };
		ports: ( { interface = 0; role = "at"; } );'
	ifup wan "$(json device "$modem_dir/if0" pincode 0000)"
	wait_for 60 is_blocked wan
	said 'netifd teardown wan ERROR=9' 1
	said 'netifd error wan PIN_FAILED' 1
	said 'netifd block wan' 1
	[ -e "$root/run/gobi-dial/wan.blocked" ]
	# What was to be dialed with is still there for doctor.
	[ "$(stat -c %a "$root/run/gobi-dial/wan.conf")" = 600 ]
	in_root ubus call network.interface.wan up
	wait_for 60 is_blocked wan 2
	said 'netifd error wan PIN_FAILED' 2
	[ "$(grep -c '# pin ' "$modem_dir/log")" -eq 1 ]
}

@test "a corrected PIN brings a blocked interface up, and nothing else does" {
	local options

	modem_of 'sim: { state = "pin"; pin = "4711"; };
		ports: ( { interface = 0; role = "at"; } );'
	options=(device "$modem_dir/if0" 'pppd_option[]' 'mru 1400' 'init[]' 'AT+A="b c"')
	ifup wan "$(json "${options[@]}" pincode 0000)"
	wait_for 60 is_blocked wan
	ifreload wan "$(json "${options[@]}" pincode 0000 metric 5)"
	said_not 'ubus call network.interface.wan up'
	ifreload wan "$(json "${options[@]}" pincode 4711)"
	said 'ubus -t 10 call network.interface.wan up' 1
	wait_for 60 is_up wan
	ifstatus wan '.errors == []'
	ifdown wan
}

@test "a mistake in the options blocks the interface, and is told" {
	ifup wan "$(json mode 7g)"
	wait_for 30 is_blocked wan
	said 'netifd error wan INVALID_CONFIG' 1
	said 'netifd block wan' 1
	said 'netifd setup wan' 1
	grep 'network.mode: "7g" has to be one of' "$BATS_TEST_TMPDIR/log.wan"
	[ ! -e "$root/run/gobi-dial/wan.blocked" ]
}

@test "an interface whose name no instance can have is blocked" {
	ifup a.b "$(json apn x)"
	wait_for 30 said 'netifd blocked a.b'
	said 'netifd error a.b NO_CONFIG'
	said 'netifd block a.b'
}

locked() {
	[ -e "$1" ] && ! flock -n "$1" true
}

said_twice() {
	[ "$(grep -c "^$1" "$calls")" -ge 2 ]
}

@test "a failure that passes does not block, and makes a pause" {
	local begin=$SECONDS lock="$root/run/gobi-dial/wan.lock" holder

	mkdir "$root/run/gobi-dial"
	background sh -c 'exec 9>"$1"; flock 9; exec sleep 600' sh "$lock"
	holder=$!
	wait_for 10 locked "$lock"
	ifup wan "$(json device "$modem_dir/if2")"
	wait_for 60 said_twice 'netifd error wan DEVICE_BUSY'
	[ $((SECONDS - begin)) -ge 3 ]
	said_not 'netifd block'
	kill "$holder"
	modem mc8355.modem
	wait_for 60 is_up wan
	ifdown wan
}

# Its shell's child, before it is sleep, has its command line.
one_pppd() {
	[ "$(inside 'pppd file' | wc -l)" -eq 1 ]
}

@test "gobi-dial killed is set up again, and takes pppd along" {
	modem mc8355.modem
	ifup wan "$(json device "$modem_dir/if2")"
	wait_for 30 is_up wan
	kill -9 "$(cat "$root/tmp/netifd/wan.task")"
	hang_up
	wait_for 60 is_up wan 2
	said_not 'netifd block'
	said_not 'netifd error'
	wait_for 10 one_pppd
	ifdown wan
}

@test "two interfaces at once do not meet" {
	modem mc8355.modem
	modem mc8355.modem "$modem_dir/second"
	ifup wan "$(json device "$modem_dir/if2" username one)"
	ifup wan_b "$(json device "$modem_dir/second/if2" username two)"
	wait_for 60 is_up wan
	wait_for 60 is_up wan_b
	grep -x 'user "one"' "$root/tmp/pppd.wan"
	grep -x 'user "two"' "$root/tmp/pppd.wan_b"
	ifdown wan
	in_root gobi-dial status wan_b --json | jq -e '.state == "connected"'
	is_gone wan
	ifdown wan_b
	is_gone wan_b
	no_port_is_locked
}

@test "a folder that another interface has made in between is as good" {
	rm "$root/bin/mkdir"
	cat >"$root/bin/mkdir" <<-'END'
		#!/bin/sh
		/bin/busybox mkdir -m 0755 /var/run/gobi-dial
		exec /bin/busybox mkdir "$@"
	END
	chmod +x "$root/bin/mkdir"
	openwrt_dash
	set_up apn internet
	exits 0
	said_not "netifd error"
}

@test "no secret is in a command line, an environment or a file for all" {
	local pid seen=0

	modem_of 'sim: { state = "pin"; pin = "4711"; };
		ports: ( { interface = 0; role = "at"; } );'
	ifup wan "$(json device "$modem_dir/if0" pincode 4711 username me \
		password geheim verbose 2)"
	wait_for 60 is_up wan
	grep -x 'password "geheim"' "$root/tmp/pppd.wan"
	for pid in $(inside 'gobi-dial .*/wan.conf run|pppd file'); do
		run ! grep -aE 'geheim|4711' "/proc/$pid/cmdline" \
			"/proc/$pid/environ"
		seen=$((seen + 1))
	done
	[ "$seen" -ge 2 ]
	run ! grep -E 'geheim|4711' "$calls" "$BATS_TEST_TMPDIR/log.wan"
	[ "$(stat -c %a "$root/run/gobi-dial")" = 755 ]
	run stat -c %a "$root/run/gobi-dial"/*.conf
	[ "$output" = 600 ]
	ifdown wan
	run ! grep -r -e geheim -e 4711 "$root/run"
}

# What procd was told, from the last "service" on.
service() {
	tac "$calls" | sed '/^procd service/q' | tac
}

@test "the service has an instance a section, and what is off stays off" {
	uci_section roof apn one metric 5 defaultroute 0 verbose 1
	uci_section cellar enabled 0 apn two
	uci_section shed apn three peerdns 0
	start_service
	diff - <(service) <<-END
		procd service gobi-dial
		procd instance roof
		procd command /usr/libexec/gobi-dial-service roof -v -c /var/run/gobi-dial/roof.conf
		procd file /var/run/gobi-dial/roof.conf
		procd respawn 3600 10 0
		procd reload_signal HUP
		procd term_timeout 10
		procd stderr 1
		procd instance shed
		procd command /usr/libexec/gobi-dial-service shed -c /var/run/gobi-dial/shed.conf
		procd file /var/run/gobi-dial/shed.conf
		procd respawn 3600 10 0
		procd reload_signal HUP
		procd term_timeout 10
		procd stderr 1
		procd trigger gobi-dial
		procd config.change network /usr/libexec/gobi-dial-netifd changed
		procd end
	END
	[ ! -e "$root/run/gobi-dial/cellar.conf" ]
	check roof
	has 'ppp.default_route = false'
	has 'ppp.metric = 5'
	has_not 'ip-up-script'
	check shed
	has 'ppp.peer_dns = false'
}

@test "a section that is gone takes its configuration along, and no other" {
	uci_section roof apn one
	uci_section shed apn three
	start_service
	set_up apn wan
	rm "$root/etc/config/gobi-dial"
	uci_section shed apn three
	start_service
	[ ! -e "$root/run/gobi-dial/roof.conf" ]
	[ -e "$root/run/gobi-dial/shed.conf" ]
	in_root /etc/rc.common /etc/init.d/gobi-dial stop
	said 'procd delete gobi-dial'
	[ ! -e "$root/run/gobi-dial/shed.conf" ]
	[ -e "$root/run/gobi-dial/wan.conf" ]
}

@test "the sample dials nothing" {
	start_service
	diff - <(service) <<-END
		procd service gobi-dial
		procd trigger gobi-dial
		procd config.change network /usr/libexec/gobi-dial-netifd changed
		procd end
	END
}

@test "the init script can be enabled in an image, without a router" {
	run env IPKG_INSTROOT="$root" sh "$root/etc/rc.common" \
		"$root/etc/init.d/gobi-dial" enable
	exits 0
	[ "$output" = "S95 K10 gobi-dial" ]
}

# The causes that have run end, and 7, with which it ends by --once alone.
final_codes() {
	awk '
		/^\tCAUSE_[A-Z_]+ = [0-9]+,/ { code[$1] = $3 + 0 }
		/^\t\[CAUSE_/ { split($0, part, /[][" ]+/); name = part[2] }
		/CAUSE_REACTION_STOP }/ { print code[name] }
		END { print 7 }' "$top_srcdir"/src/base/cause.{h,c}
}

@test "procd starts again what may pass, and not what only a person can mend" {
	local code final

	final=" $(final_codes | sort -n | xargs) "
	[ "$final" = " 0 2 3 7 9 10 17 18 " ]
	printf '#!/bin/sh\nexit "$CODE"\n' >"$root/usr/sbin/gobi-dial"
	in_root sh -c '
		for CODE; do
			export CODE
			/usr/libexec/gobi-dial-service "name$CODE" -c /x
			[ $? = "$CODE" ] || exit 99
		done' sh {0..18} 127 139
	for code in {0..18} 127 139; do
		if [[ $final == *" $code "* ]]; then
			said "ubus call service delete { \"name\": \"gobi-dial\", \"instance\": \"name$code\" }" 1
		else
			said_not "ubus .*\"name$code\""
		fi
	done
}

@test "every cause has a word for ifstatus" {
	printf '#!/bin/sh\n' >"$root/usr/bin/sleep"
	chmod +x "$root/usr/bin/sleep"
	mkdir "$root/tmp/netifd"
	in_root sh -c '
		cd /lib/netifd/proto
		for code; do
			ERROR=$code ./gobi.sh gobi teardown "wan$code" "{}"
		done' sh {1..18}
	run grep -cE '^netifd error wan[0-9]+ [A-Z_]+$' "$calls"
	[ "$output" -eq 18 ]
	# 2 and 3 are one.
	run sed -n 's/^netifd error wan[0-9]* //p' "$calls"
	[ "$(sort -u <<<"$output" | wc -l)" -eq 17 ]
}

# hotplug ACTION EVENTS: the script hears of a tty, EVENTS after the kernel's last
# event up to now.
hotplug() {
	in_root env ACTION="$1" SEQNUM=$(($(cat /sys/kernel/uevent_seqnum) + $2)) \
		DEVICENAME=ttyUSB0 sh -c '. /etc/hotplug.d/tty/30-gobi-dial'
}

# ended INTERFACE CODE: as a task that ends so.
ended() {
	in_root sh -c '
		cd /lib/netifd/proto || exit
		./gobi.sh gobi setup "$1" "{}"
		ERROR=$2 exec ./gobi.sh gobi teardown "$1" "{}"' sh "$@"
}

# came_up INTERFACE...: hotplug has had netifd set up these, and no others.
came_up() {
	diff <(printf 'ubus call network.interface.%s up\n' "$@") \
		<(grep '^ubus' "$calls")
}

@test "a modem that comes sets up again what had ended for its SIM alone" {
	mkdir "$root/tmp/netifd"
	ended config 3
	ended pin 9
	ended puk 10
	hotplug add -1000
	hotplug remove 1000
	hotplug bind 1000
	said_not ubus
	hotplug add 1000
	came_up pin puk
	# netifd was not ready for it; the next tty of the same modem.
	hotplug add 1001
	came_up pin puk pin puk
	in_root sh -c 'cd /lib/netifd/proto && ./gobi.sh gobi setup pin "{}"'
	hotplug add 1002
	came_up pin puk pin puk puk
}

@test "a modem that comes starts again the instances that had ended for their SIM" {
	uci_section roof apn one
	uci_section shed apn two
	uci_section cellar apn three
	start_service
	printf '#!/bin/sh\nexit 9\n' >"$root/usr/sbin/gobi-dial"
	in_root sh -c '
		for name; do
			/usr/libexec/gobi-dial-service "$name" -c /x
			[ $? = 9 ] || exit 99
		done' sh roof shed cellar
	in_root /etc/rc.common /etc/init.d/gobi-dial stop shed
	: >"$calls"
	hotplug add 1000
	diff - <(grep '^procd instance' "$calls") <<-END
		procd instance cellar
		procd instance roof
	END
	printf '#!/bin/sh\nexit 8\n' >"$root/usr/sbin/gobi-dial"
	in_root /usr/libexec/gobi-dial-service roof -c /x || [ $? -eq 8 ]
	[ ! -e "$root/run/gobi-dial/roof.blocked" ]
	[ -e "$root/run/gobi-dial/cellar.blocked" ]
	in_root /etc/rc.common /etc/init.d/gobi-dial stop
	[ ! -e "$root/run/gobi-dial/cellar.blocked" ]
}

@test "a reload that comes while gobi-dial is ending is not lost" {
	printf '#!/bin/sh\ntrap "exit 3" HUP; >/tmp/up; while :; do sleep 0.1; done\n' \
		>"$root/usr/sbin/gobi-dial"
	background openwrt env --default-signal=HUP chroot "$root" \
		/usr/libexec/gobi-dial-service roof -c /x
	wait_for 10 test -e "$root/tmp/up"
	kill -HUP "$(inside 'sh /usr/libexec/gobi-dial-service roof')"
	wait_for 10 succeeds_not inside gobi-dial-service
	said_not ubus
}

# guarded: the process that procd has, and gobi-dial below it, which logs to stderr.
guarded() {
	mkdir "$root/usr/own"
	mv "$root/usr/sbin/gobi-dial" "$root/usr/own/gobi-dial"
	cat >"$root/usr/sbin/gobi-dial" <<-'END'
		#!/bin/sh
		for word; do
			shift
			[ "$word" = --syslog ] || set -- "$@" "$word"
		done
		exec /usr/own/gobi-dial "$@"
	END
	chmod +x "$root/usr/sbin/gobi-dial"
	# Who runs this under nohup has SIGHUP ignored.
	background openwrt env --default-signal=HUP chroot "$root" \
		/usr/libexec/gobi-dial-service roof -v \
		-c /var/run/gobi-dial/roof.conf >"$BATS_TEST_TMPDIR/log.roof" 2>&1
	wait_for 30 grep -q -- '-> waiting' "$BATS_TEST_TMPDIR/log.roof"
	guard_pid=$(inside 'sh /usr/libexec/gobi-dial-service roof')
}

@test "procd's word that the configuration has changed reaches gobi-dial" {
	uci_section roof device /dev/ttyNone0
	start_service
	guarded
	rm "$root/etc/config/gobi-dial"
	uci_section roof device /dev/ttyNone1
	in_root /etc/rc.common /etc/init.d/gobi-dial reload
	kill -HUP "$guard_pid"
	wait_for 10 grep -qE 'configuration is in force|port has changed' \
		"$BATS_TEST_TMPDIR/log.roof"
	inside 'gobi-dial .*/roof.conf'
	kill "$guard_pid"
	wait_for 10 succeeds_not inside 'gobi-dial .*/roof.conf'
	said_not ubus
}

@test "procd's end of the process is gobi-dial's, in order" {
	uci_section roof device /dev/ttyNone0
	start_service
	guarded
	kill "$guard_pid"
	wait_for 10 succeeds_not inside 'gobi-dial .*/roof.conf'
	grep 'Terminated: stopping' "$BATS_TEST_TMPDIR/log.roof"
	said_not ubus
}

@test "logd hears from procd's process how serious each line is" {
	local log="$BATS_TEST_TMPDIR/logd"

	uci_section roof device /dev/ttyNone0
	start_service
	background nc -lkuU "$log.sock" >"$log"
	wait_for 10 test -S "$log.sock"
	background unshare -m sh -c '
		mount --make-rprivate / && mount -t tmpfs dev "$1/dev" || exit
		for node in null zero urandom log; do
			: >"$1/dev/$node"
			[ $node = log ] || mount --bind "/dev/$node" "$1/dev/$node"
		done
		mount --bind "$2" "$1/dev/log" && mount --rbind /proc "$1/proc" || exit
		exec chroot "$1" /usr/libexec/gobi-dial-service roof -v \
			-c /var/run/gobi-dial/roof.conf' sh "$root" "$log.sock"
	wait_for 30 grep -qaE '<29>[^<]* gobi-dial\[[0-9]+\]: no modem[^<]*waiting for it' "$log"
	grep -qaE '<28>[^<]*\(no-modem\)' "$log"
	grep -qaE '<30>[^<]*probing -> ' "$log"
	succeeds_not grep -qa '<27>' "$log"
	kill "$(inside 'sh /usr/libexec/gobi-dial-service roof')"
	wait_for 10 succeeds_not inside 'gobi-dial .*/roof.conf'
}
