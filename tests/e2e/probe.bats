#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial probe on ptys: roles, choice, causes, and ports left as found.

load modem

probe() {
	run "$gobi" probe "$@"
}

# at_rate BAUD COMMAND...: of port 0, whose rate is given.
at_rate() {
	printf 'modem: { port = "%s"; baud = %s; };\n' "$modem_dir/if0" "$1" \
		>"$modem_dir/gobi.conf"
	shift
	run "$gobi" -c "$modem_dir/gobi.conf" "$@"
}

# role OF IF: what --json says of the port on interface IF.
port_of() {
	readlink -f "$modem_dir/if$1"
}

role_is() {
	has "\"device\":\"$(port_of "$1")\",\"role\":\"$2\""
}

# number KEY: the first one of that name in the JSON.
number() {
	grep -o "\"$1\":[0-9]*" <<<"$output" | head -n1 | grep -o '[0-9]*$'
}

# The exit code of a process in the background, for exits.
ended() {
	status=0
	wait "$1" || status=$?
}

settings() {
	local port

	for port in "$modem_dir"/if*; do
		stty -g -F "$port"
	done
}

@test "of a Gobi's ports each is told for what it is" {
	modem mc8355.modem
	probe --json "$modem_dir"/if*
	exits 0
	has "\"chosen\":\"$(port_of 2)\",\"cause\":\"none\""
	role_is 0 silent
	role_is 1 diag
	role_is 2 at
	role_is 3 nmea
	[ "$(number answer_ms)" -ge 20 ]
	[ "$(number elapsed_ms)" -le 10000 ]
	[ "$(number chosen_ms)" -le "$(number elapsed_ms)" ]
}

@test "the AT port is found wherever it is" {
	modem mc8355-if3.modem
	probe --json "$modem_dir"/if*
	exits 0
	has "\"chosen\":\"$(port_of 3)\""
	role_is 2 nmea
}

@test "people get aligned columns and a reason" {
	modem mc8355.modem
	probe "$modem_dir"/if*
	exits 0
	[[ ${lines[0]} =~ ^DEVICE\ +INTERFACE\ \ DRIVER\ \ ROLE\ +ANSWER$ ]]
	[[ ${lines[3]} =~ ^$(port_of 2)\ +-\ +-\ +at\ +[0-9]+\ ms$ ]]
	[ "$(cut -c1-"$(expr "${lines[0]}" : '.*ROLE')" <<<"${lines[1]}" |
		grep -c 'sile$')" -eq 1 ]
	has "$(port_of 2) is the port to dial on: no other port answers as a modem."
}

@test "nobody answers: told after one pass, exit code 5" {
	modem_of 'ports: ( { interface = 0; role = "silent"; },
		{ interface = 1; role = "silent"; } );'
	at_rate 115200 probe --json "$modem_dir"/if*
	exits 5
	has '"chosen":null,"cause":"no-at-port"'
	[ "$(number elapsed_ms)" -le 10000 ]
	has_not chosen_ms
}

@test "one of sixteen is found long before the silence of the others" {
	local text='timing: { latency_ms = 20; }; ports: ( { interface = 0; role = "silent"; }' i

	for ((i = 1; i < 15; i++)); do
		text+=", { interface = $i; role = \"silent\"; }"
	done
	modem_of "$text, { interface = 15; role = \"at\"; } );"
	probe --json --first "$modem_dir"/if*
	exits 0
	has "\"chosen\":\"$(port_of 15)\""
	role_is 0 unknown
	# It has not waited for the silent ones.
	[ "$(number elapsed_ms)" -lt 2000 ]
}

@test "a modem that needs a second to start is found" {
	modem_of 'timing: { boot_delay_ms = 1000; };
		ports: ( { interface = 0; role = "at"; } );'
	probe --json "$modem_dir/if0"
	exits 0
	role_is 0 at
}

@test "a modem that was told to answer in digits, or not at all, is found" {
	modem mc8355.modem
	for command in ATV0 ATQ1; do
		"$gobi" at --force --timeout 1 --port "$modem_dir/if2" $command ||
			true
		probe --json "$modem_dir/if2"
		exits 0
		role_is 2 at
		modem_logged '2 < ATQ0V1'
		: >"$modem_dir/log"
	done
}

@test "a parrot is no modem" {
	modem_of 'ports: ( { interface = 0; role = "parrot"; } );'
	probe --json "$modem_dir/if0"
	exits 5
	role_is 0 at-secondary
	has '"reason":"says OK to nonsense"'
	probe "$modem_dir/if0"
	has "answers AT, but it says OK to nonsense"
}

@test "a parrot beside a modem is not chosen, however fast" {
	modem_of 'timing: { latency_ms = 200; };
		ports: ( { interface = 0; role = "parrot"; },
			{ interface = 1; role = "at"; } );'
	probe --json "$modem_dir"/if*
	exits 0
	has "\"chosen\":\"$(port_of 1)\""
	role_is 0 at-secondary
}

@test "a port left in data mode is told" {
	modem_of 'ports: ( { interface = 0; role = "ppp"; leave = "never"; } );
		call: { lcp_every_ms = 1000; };'
	probe --json "$modem_dir/if0"
	exits 5
	role_is 0 ppp
}

@test "echo, noise, NULs and answers in pieces do not matter" {
	modem_of 'timing: { latency_ms = 20; };
		at: { echo = true; split = 1; split_gap_ms = 1; };
		ports: ( { interface = 0; role = "at"; } );
		noise: ( { text = "\r\n^RSSI:17\r\n"; every_ms = 7; },
			{ text = "\x00\xff\x7e\x7e*#"; every_ms = 11; },
			{ text = "\r\n+CMTI: \"ME\",1\r\n"; inside = "ATI"; } );'
	probe --json "$modem_dir/if0"
	exits 0
	role_is 0 at
}

@test "settings of port and modem stay as they were" {
	local before

	modem mc8355.modem
	before=$(settings)
	probe "$modem_dir"/if*
	exits 0
	[ "$(settings)" = "$before" ]
	modem_logged '< ATI'
	[ "$(grep -ac '< AT[E&Z]' "$modem_dir/log")" -eq 0 ]
}

@test "an interrupted probe puts the ports back" {
	local before pid

	modem_of 'ports: ( { interface = 0; role = "silent"; },
		{ interface = 1; role = "silent"; } );'
	before=$(settings)
	background "$gobi" probe "$modem_dir"/if*
	pid=$!
	wait_for 5 modem_logged ' 1 < AT'
	[ "$(settings)" != "$before" ]
	kill -INT "$pid"
	ended "$pid"
	exits 130
	[ "$(settings)" = "$before" ]
}

@test "a port that somebody has open is busy, and he is named" {
	modem mc8355.modem
	mkfifo "$modem_dir/never"
	background bash -c 'exec 9<>"$0"; echo >"$1"; read -r <"$2"' \
		"$modem_dir/if2" "$modem_dir/held" "$modem_dir/never"
	wait_for 5 test -e "$modem_dir/held"
	probe --json "$modem_dir/if2"
	exits 6
	role_is 2 busy
	has "\"holder\":\"bash (pid $!)\""
	probe "$modem_dir/if2"
	has "is held by bash (pid $!): stop that first."
}

@test "two probes of one port do not meet" {
	local pid

	modem_of 'ports: ( { interface = 0; role = "silent"; } );'
	background "$gobi" probe "$modem_dir/if0"
	pid=$!
	wait_for 5 modem_logged ' 0 < AT'
	probe --json "$modem_dir/if0"
	exits 6
	has "\"holder\":\"gobi-dial (pid $pid), by its lock file "
}

@test "a port that is not there or no tty is an error of its own" {
	modem mc8355.modem
	probe --json ttyNONE7 /dev/null "$modem_dir/if2"
	exits 0
	has '"device":"/dev/ttyNONE7","role":"error","reason":"No such file or directory"'
	has '"device":"/dev/null","role":"error","reason":"is not a tty"'
	role_is 2 at
	probe ttyNONE7
	exits 4
	has "Is it plugged in"
}

@test "a port by a long name is the one that it leads to" {
	modem mc8355.modem
	link="$BATS_TEST_TMPDIR/$(printf 'usb-Maker_Model_%0100d' 1)"
	ln -s "$modem_dir/if2" "$link"
	probe --json "$link"
	exits 0
	has "\"device\":\"$(port_of 2)\",\"role\":\"at\""
	run "$gobi" info --json --port "$link"
	exits 0
}

# As a tty it would get what is printed.
@test "closed standard descriptors do not become the port" {
	modem mc8355.modem
	run bash -c '"$0" -vv info --port "$1" <&- >&- 2>&-' "$gobi" \
		"$modem_dir/if2"
	exits 1
	modem_logged '2 < ATI'
	run ! grep -q 'gobi-dial' "$modem_dir/log"
}

@test "the same port twice is one" {
	modem mc8355.modem
	probe --json "$modem_dir/if2" "$(port_of 2)"
	exits 0
	[ "$(grep -o '"device"' <<<"$output" | wc -l)" -eq 1 ]
}

@test "a port that we may not open is a matter of permission" {
	[ "$(id -u)" -eq 0 ] || skip "only root can become somebody else"
	modem mc8355.modem
	chmod 600 "$(port_of 2)"
	run setpriv --reuid nobody --clear-groups "$gobi" probe --json \
		"$(port_of 2)"
	[ "$status" -ne 126 ] || skip "nobody cannot read the build folder"
	exits 18
	has '"cause":"permission"'
}

@test "a modem that is unplugged meanwhile is an error, not a hang" {
	local pid

	modem_of 'ports: ( { interface = 0; role = "silent"; } );'
	"$gobi" probe --json "$modem_dir/if0" >"$modem_dir/said" 3>&- &
	pid=$!
	wait_for 5 modem_logged ' 0 < AT'
	kill "${modem_pids[0]}"
	ended "$pid"
	exits 4
	grep -q '"role":"error"' "$modem_dir/said"
}

@test "wrong arguments are told" {
	probe --frobnicate
	exits 2
	has 'unknown option "--frobnicate"'
	probe one two
	exits 2
	probe nobody-has-this
	exits 3
	probe ../etc/passwd
	exits 4
	probe ""
	exits 2
	run "$gobi" info --port ""
	exits 2
}

@test "an instance's configuration names the port" {
	modem mc8355.modem
	printf 'modem: { port = "%s"; };\n' "$modem_dir/if2" \
		>"$modem_dir/own.conf"
	run "$gobi" -c "$modem_dir/own.conf" probe --json
	exits 0
	has "\"chosen\":\"$(port_of 2)\""
	printf 'modem: { port = "/dev/ttyNONE7"; };\n' >"$modem_dir/own.conf"
	run "$gobi" -c "$modem_dir/own.conf" probe --json
	exits 4
	has '"device":"/dev/ttyNONE7","role":"error"'
}

@test "a UART's rate is found, and told" {
	local before

	modem_of 'at: { baud = 9600; };
		ports: ( { interface = 0; role = "at"; } );'
	before=$(settings)
	probe "$modem_dir/if0"
	exits 0
	has "ms, at 9600 baud"
	[ "$(settings)" = "$before" ]
	: >"$modem_dir/log"
	at_rate 9600 probe --json
	exits 0
	has '"baud":9600'
	# Garbage would have been answered.
	[ "$(grep -ac '> \\' "$modem_dir/log")" -eq "$(grep -ac '> \\r' "$modem_dir/log")" ]
}

@test "garbage is told from silence" {
	modem_of 'at: { baud = 1200; }; ports: ( { interface = 0; role = "at"; } );'
	at_rate 115200 probe
	exits 5
	has "something speaks at another rate or with other framing"
	has "give its rate as modem.baud"
}

@test "a phone that wants LF gets it, and nobody else" {
	modem_of 'at: { lf_only = true; }; ports: ( { interface = 0; role = "at"; } );'
	at_rate 115200 at AT+CSQ
	exits 0
	has "+CSQ: 17,99"
}

@test "a port that was left multiplexed is freed, which is told" {
	modem_of 'at: { multiplexed = true; }; ports: ( { interface = 0; role = "at"; } );'
	at_rate 115200 probe
	exits 0
	has "was left in multiplexing (27.010); CLD has ended that"
	modem_logged 'multiplexer closed'
}
