#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial at on ptys: what is sent and what is not, without an instance and
# through one.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	conf="$BATS_TEST_TMPDIR/e2e-at-$$-$BATS_TEST_NUMBER.conf"
}

teardown() {
	dial_end
	modem_teardown
	cat "$BATS_TEST_TMPDIR/log" 2>/dev/null || true
}

at() {
	run --separate-stderr timeout -k 1 60 "$gobi" at "$@"
}

one_port() {
	modem_of "$1
		ports: ( { interface = 0; role = \"at\"; } );"
}

# sent TEXT: the modem got that line.
sent() {
	grep -qF -- " < $1\\r" "$modem_dir/log"
}

# ended PID CODE: it ends so.
ended() {
	local code=0

	wait "$1" || code=$?
	[ "$code" -eq "$2" ] || {
		echo "ended with $code, not $2"
		return 1
	}
}

control() {
	local answer

	answer=$(nc -U -W 1 "$modem_dir/sock" <<<"$*")
	[[ $answer == ok* ]]
}

@test "answers are printed as they came, one after the other" {
	modem mc8355.modem
	at --port "$modem_dir/if2" AT+CSQ at+cgmm
	exits 0
	[ "$output" = "+CSQ: 17,99
OK
MC8355
OK" ]
	[ -z "$stderr" ]
}

@test "for scripts there is one JSON object" {
	modem mc8355.modem
	at --json --port "$modem_dir/if2" AT+CSQ AT+NONE AT+GMM
	exits 2
	[ "${#lines[@]}" -eq 1 ]
	jq -e '.cause == "usage" and (.port | test("^/dev/pts/")) and
		(.commands | length == 2) and
		.commands[0] == (.commands[0] + {command: "AT+CSQ", ok: true,
			lines: ["+CSQ: 17,99"], result: "OK"}) and
		.commands[1].ok == false' <<<"$output"
	[[ $stderr == *"AT+NONE: "*"(usage)"* ]]
	run ! sent AT+GMM
}

@test "the first error ends it, unless it is told to go on" {
	one_port ''
	at --port "$modem_dir/if0" --keep-going AT+NONE AT+CSQ
	exits 2
	has '+CSQ: 17,99'
}

@test "a SIM's errors have their own exit codes" {
	one_port 'at: { cmee = 1; }; sim: { state = "pin"; };'
	at --port "$modem_dir/if0" AT+CIMI
	exits 9
	has 'SIM PIN required'
}

@test "a PIN is not sent, in whatever form it comes" {
	one_port 'sim: { state = "pin"; };'
	for command in AT+CPIN=1234 'at+cpin = "1234"' 'AT+CSQ;+CPIN=1234' \
		'AT^CPIN="1234"' 'AT+CLCK="SC",0,"1234"' 'AT+CPIN2="1234"' \
		'AT+CPWD="SC","1234","0000"' 'ATD**04*1234*0000*0000#' \
		'AT^SLCK="SC",0,"1234"' 'AT^CARDLOCK=1234' \
		'AT+CGLA=1,26,"00200001081234"'; do
		at --port "$modem_dir/if0" AT "$command"
		exits 2
		[[ $stderr == *--force* ]]
		[[ $stderr != *1234* ]]
	done
	[ ! -e "$modem_dir/log" ] || run ! grep -q 1234 "$modem_dir/log"
	at --port "$modem_dir/if0" AT+CPIN?
	exits 0
	has '+CPIN: SIM PIN'
}

@test "a PIN that is meant comes by standard input, and is shown nowhere" {
	one_port 'sim: { state = "pin"; };'
	run --separate-stderr bash -c 'echo AT+CPIN=1234 | "$@"' bash "$gobi" -vv \
		at --json --force --port "$modem_dir/if0" -
	exits 0
	sent AT+CPIN=1234
	[[ $output$stderr != *1234* ]]
	has 'AT+CPIN=***'
}

@test "what is no command is refused before a port is opened" {
	one_port ''
	for command in $'AT\rATD1' $'AT\nATD1' $'AT+CMGS="1"\x1a' 'ATI'$'\xc3\xa9' \
		"AT$(printf 'X%.0s' {1..400})" ATD112 ATE0D112 'AT+CSQ;D1' ATO \
		'AT+CMGS="1"'; do
		at --port "$modem_dir/if0" "$command"
		exits 2
	done
	at --port "$modem_dir/if0"
	exits 2
	at --port "$modem_dir/if0" AT nonsense
	exits 2
	at --port "$modem_dir/if0" --timeout 0 AT
	exits 2
	run ! grep -q ' < ' "$modem_dir/log"
}

@test "a modem that falls silent is left in time" {
	one_port 'commands: ( { command = "AT+NONE"; result = ""; } );'
	at --port "$modem_dir/if0" --timeout 1 AT+NONE AT+CSQ
	exits 5
	has 'no answer in time'
	run ! sent AT+CSQ
}

@test "garbage in the answer does not reach the terminal" {
	one_port 'commands: ( { command = "AT+NONE";
		raw = "\r\n\x1b[2Jx\x07\xff\r\nOK\r\n"; } );'
	at --port "$modem_dir/if0" AT+NONE
	exits 0
	has '\033[2Jx\007\377'
}

@test "an answer without end is cut" {
	local long

	long=$(printf '%01000d' 0)
	one_port ''
	for ((i = 0; i < 40; i++)); do
		printf '\\r\\n+X: %s' "$long"
	done >"$BATS_TEST_TMPDIR/answer"
	one=$(cat "$BATS_TEST_TMPDIR/answer")
	control answer 'AT+NONE' "$one\\r\\nOK\\r\\n"
	at --port "$modem_dir/if0" AT+NONE
	exits 0
	[ "${#output}" -lt 20000 ]
	[ "${#output}" -gt 10000 ]
	has OK
}

@test "a modem that is unplugged meanwhile" {
	one_port 'commands: ( { command = "AT+NONE"; result = ""; } );'
	background bash -c 'exec "$@" >"$0" 2>&1' "$BATS_TEST_TMPDIR/out" \
		"$gobi" at --port "$modem_dir/if0" --timeout 60 AT+CSQ AT+NONE
	wait_for 10 sent AT+NONE
	control unplug
	ended "${modem_pids[-1]}" 4
	output=$(cat "$BATS_TEST_TMPDIR/out")
	has '+CSQ: 17,99'
	has 'the port went away (no-modem)'
}

# An instance whose modem finds no network.
searching() {
	dial_setup
	one_port 'network: { registration = ( { after_ms = 0; stat = 2; } ); };'"
		${1-}"
	dial_behind 'network: { register_timeout = 600; };' \
		2>"$BATS_TEST_TMPDIR/log"
	wait_for 20 is registering
}

# is STATE: the instance.
is() {
	"$gobi" -c "$conf" status --json 2>/dev/null |
		grep -q "\"state\":\"$1\""
}

@test "while the instance waits for a network, its own port is asked" {
	searching
	run --separate-stderr "$gobi" -c "$conf" at --json AT+CSQ 'AT+COPS?' ATI
	exits 0
	jq -e '.commands | length == 3 and all(.ok)' <<<"$output"
	# And it goes on asking for its network.
	: >"$modem_dir/log"
	wait_for 20 sent 'AT+CREG?'
}

@test "the instance's dial is not broken by it" {
	searching
	for command in AT+CFUN=1,1 ATZ 'AT&F' ATH AT+CGACT=0,1 'AT^RESET' \
		'AT+CSQ;+CPIN=1234' ATD1; do
		run --separate-stderr "$gobi" -c "$conf" at "$command"
		exits 2
		[[ $stderr == *--force* ]]
	done
	run ! grep -qE ' < .*(CFUN=1,1|ATZ|1234)' "$modem_dir/log"
	# Those who talk to the socket themselves get no further.
	run nc -U -W 1 "/run/gobi-dial/$(basename "$conf" .conf).sock" \
		<<<'{"command":"at","arguments":["AT+CPIN=1234"]}'
	has '"cause":"usage"'
}

@test "what cannot be a command's line is refused" {
	local long

	printf -v long 'AT%02000d' 1
	for text in 'AT+CSQ\0AT+CGMM' "$long" '\0'; do
		run --separate-stderr bash -c 'printf "$1" | "$0" at -' "$gobi" "$text"
		exits 2
		[[ $stderr == *"gobi-dial at: a command has "* ]]
	done
	run --separate-stderr bash -c '"$0" at - </' "$gobi"
	exits 2
	[[ $stderr == *"reading the commands: Is a directory"* ]]
	run --separate-stderr bash -c '"$0" at lte - </dev/null' "$gobi"
	exits 2
	[[ $stderr == *"no COMMAND is given"* ]]
}

@test "a command that would hide the port has to be meant" {
	modem mc8355.modem
	for command in ATQ1 ATV0; do
		run --separate-stderr "$gobi" at --port "$modem_dir/if2" $command
		exits 2
		[[ $stderr == *"$command makes the modem answer in digits"*--force* ]]
	done
	run ! sent ATQ1
}

@test "a word that is no command is named" {
	for words in CSQ 'CSQ --json' 'gobi CSQ' 'AT CSQ'; do
		# shellcheck disable=SC2086 # words
		run --separate-stderr "$gobi" at $words
		exits 2
		[[ $stderr == *'"CSQ" is not a COMMAND: it does not begin with AT'* ]]
	done
	run --separate-stderr "$gobi" at
	exits 2
	[[ $stderr == *"no COMMAND is given"* ]]
}

@test "a registration that comes while a command runs waits for its end" {
	searching 'commands: ( { command = "AT+NONE"; latency_ms = 2000; } );
		call: { connect = "CONNECT"; data = "silent"; };'
	background bash -c 'exec "$@" >"$0" 2>&1' "$BATS_TEST_TMPDIR/out" \
		"$gobi" -c "$conf" at AT+NONE
	pid=${modem_pids[-1]}
	wait_for 10 sent AT+NONE
	control registration 1
	ended "$pid" 0
	output=$(cat "$BATS_TEST_TMPDIR/out")
	has OK
	wait_for 20 grep -q 'AT+CGREG?' "$modem_dir/log"
}

@test "a client that leaves takes the rest of its commands along" {
	searching 'commands: ( { command = "AT+NONE"; latency_ms = 1000; } );'
	background "$gobi" -c "$conf" at AT+NONE AT+CSQ AT+NONE
	pid=${modem_pids[-1]}
	wait_for 10 sent AT+NONE
	kill "$pid"
	wait_for 20 "$gobi" -c "$conf" at ATI >/dev/null
	[ "$(grep -cF ' < AT+NONE\r' "$modem_dir/log")" -eq 1 ]
}

@test "two clients are served one after the other, and told so" {
	searching 'commands: ( { command = "AT+NONE"; latency_ms = 3000; } );'
	background "$gobi" -c "$conf" at AT+NONE
	wait_for 10 sent AT+NONE
	run --separate-stderr "$gobi" -c "$conf" at AT+CSQ
	exits 6
	[[ $stderr == *"another client's commands are running"* ]]
	# Others are answered meanwhile.
	run timeout 2 "$gobi" -c "$conf" status
	exits 0
}

answers_by_itself() {
	run --separate-stderr "$gobi" -c "$conf" at AT+CSQ
	[ "$status" -eq 0 ]
}

@test "an instance that has no port open leaves the modem to the command" {
	dial_setup
	one_port 'sim: { state = "missing"; };'
	dial_behind 'recovery: { backoff_min = 60; };' 2>"$BATS_TEST_TMPDIR/log"
	wait_for 20 is backing-off
	# It still lets go of the port for a moment.
	wait_for 10 answers_by_itself
	has '+CSQ: 17,99'
}
