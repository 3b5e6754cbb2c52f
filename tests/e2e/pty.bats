#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial pty under the real pppd and chat, as far as they go without PPP in
# the kernel: up to the call and its end; and the files that go with it.

load modem

setup() {
	modem_setup
	name="pty-$$-$BATS_TEST_NUMBER"
	conf="$BATS_TEST_TMPDIR/$name.conf"
	chat=$(command -v chat || echo /usr/sbin/chat)
}

# pppd_calls TEXT [WORDS]: with that configuration for the modem's AT port. chat -s says
# to our eyes what goes to plog otherwise.
pppd_calls() {
	local words=${2-} pppd shim="$top_builddir/tests/e2e/ppp-shim.so"

	# What one test was online with is not for the next.
	[[ $1 == *network:* ]] || set -- "$1 network: { apn = \"\"; };"

	pppd=$(command -v pppd || echo /usr/sbin/pppd)
	if [ "$(id -u)" -ne 0 ] || [ ! -x "$pppd" ] || [ ! -x "$chat" ] ||
		[ ! -e "$shim" ]; then
		skip "it takes root, pppd and chat"
	fi
	printf '%s\n' "modem: { port = \"$modem_dir/if2\"; wait = 1; }; $1" >"$conf"
	chmod 600 "$conf"
	run env LD_PRELOAD="$shim" timeout -k 1 60 "$pppd" nodetach nopersist \
		noauth noipdefault nodefaultroute logfd 1 connect-delay 0 \
		pty "exec env -u LD_PRELOAD '$gobi' -v -c '$conf' pty $words" \
		connect "exec env -u LD_PRELOAD '$chat' -v -S -s -f '$top_srcdir/chat/gobi-connect'"
	[[ $output != *"Permission denied"* ]] ||
		skip "may not make the run-time folder"
}

@test "pppd goes on when the call stands, and its end is the end of it" {
	modem mc8355.modem
	pppd_calls ''
	has 'GOBI READY'
	has 'Serial connection established.'
	wait_for 10 modem_logged '2 # close'
}

@test "a call that is refused ends pppd with 8, and chat says why" {
	modem mc8355.modem
	printf 'dial NO CARRIER\n' | nc -U -W 1 "$modem_dir/sock"
	pppd_calls ''
	exits 8
	has 'GOBI: ATD*99***1# refused: NO CARRIER (+CEER: No report available) (call)'
	has 'Failed (GOBI FAILED)'
	has_not ' -- got it'
}

@test "a mistake in the configuration ends pppd with 8, and chat says so" {
	modem mc8355.modem
	pppd_calls 'network: { cid = 99; };'
	exits 8
	has 'network.cid: 99 is out of range'
	has '(config)'
	has 'Failed (GOBI FAILED)'
}

@test "a bad command line ends pppd with 8, too, and chat says so" {
	modem mc8355.modem
	for words in --nonsense gobi 'one two'; do
		pppd_calls '' "$words"
		exits 8
		has 'GOBI: bad command line (usage)'
		has 'Failed (GOBI FAILED)'
	done
}

@test "options that pppd was not given are warned of" {
	modem mc8355.modem
	pppd_calls 'ppp: { mtu = 1400; };'
	has 'gobi-dial check --peer'
	has 'GOBI READY'
}

# lines_of FILE: without comments and empty lines.
lines_of() {
	sed '/^#/d; /^$/d' "$1"
}

@test "the installed peers file is what the defaults give" {
	: >"$BATS_TEST_TMPDIR/gobi.conf"
	chmod 600 "$BATS_TEST_TMPDIR/gobi.conf"
	run "$gobi" -c "$BATS_TEST_TMPDIR/gobi.conf" check --peer
	exits 0
	diff <(lines_of - <<<"${output//\\040/ }") \
		<(lines_of "$top_builddir/etc/ppp/peers/gobi")
}

@test "a peers file says of which options it is made, and has no secret in a command" {
	local before

	printf 'network: { user = "me"; password = "geheim"; };' >"$conf"
	chmod 600 "$conf"
	run "$gobi" -c "$conf" check --peer
	exits 0
	has 'password "geheim"'
	[[ $output =~ (pty \"[^\"]*options[^\"]*\") ]]
	before=${BASH_REMATCH[1]}
	[[ $before != *geheim* ]]
	printf 'network: { user = "you"; password = "geheim"; };' >"$conf"
	run "$gobi" -c "$conf" check --peer
	has_not "$before"
}

@test "pty is for pppd alone" {
	command -v script >/dev/null || skip "script is not installed"
	run timeout -k 1 10 script -qec "$gobi pty" /dev/null </dev/null
	exits 2
	has "only pppd may start it"
}

@test "prepare: fails without a modem, and leaves no port" {
	printf 'modem: { port = "%s/none"; wait = 0; };' "$modem_dir" >"$conf"
	chmod 600 "$conf"
	run timeout -k 1 20 "$gobi" -c "$conf" prepare
	[[ $output != *"Permission denied"* ]] ||
		skip "may not make the run-time folder"
	exits 4
	[ ! -e "/run/gobi-dial/$name.port" ]
}

@test "prepare: stopped on the way it has failed, and leaves no port" {
	printf 'modem: { port = "%s/none"; };' "$modem_dir" >"$conf"
	chmod 600 "$conf"
	"$gobi" -v -c "$conf" prepare 2>"$BATS_TEST_TMPDIR/said" 3>&- &
	pid=$!
	wait_for 10 grep -qE 'waiting|Permission denied' "$BATS_TEST_TMPDIR/said"
	! grep -q 'Permission denied' "$BATS_TEST_TMPDIR/said" ||
		skip "may not make the run-time folder"
	kill "$pid"
	status=0
	wait "$pid" || status=$?
	exits 1
	grep -q 'prepare: Operation canceled' "$BATS_TEST_TMPDIR/said"
	[ ! -e "/run/gobi-dial/$name.port" ]
}

# connect_of FILE: what pppd will run.
connect_of() {
	printf %b "$(sed -n '/^connect /s/\\\([0-7]\{3\}\)/\\0\1/gp' "$1")"
}

@test "prepare: leaves pppd the port, all options, and no secret to others" {
	local port

	modem mc8355.modem
	printf '%s' "modem: { port = \"$modem_dir/if2\"; };" \
		'network: { password = "geheim"; cid = 3; };' >"$conf"
	chmod 600 "$conf"
	run timeout -k 1 20 "$gobi" -c "$conf" prepare
	[[ $output != *"Permission denied"* ]] ||
		skip "may not make the run-time folder"
	exits 0
	port=$("$gobi" -c "$conf" help prepare | grep -o '/[^ ]*/NAME.port')
	port=${port%NAME.port}$name.port
	[ "$(stat -c %a "$port")" = 600 ]
	grep -x "$(readlink "$modem_dir/if2")" "$port"
	grep -F 'password "geheim"' "$port"
	[[ $(connect_of "$port") == *" -T 3 -U 'ATD*99***3#' -f "* ]]
	grep -x nopersist "$port"
	# By the command that network.dial wants.
	echo 'network: { dial = "cgdata"; cid = 3; };' >>"$conf"
	sed -i "s/network: { password[^;]*; cid = 3; };//" "$conf"
	run timeout -k 1 20 "$gobi" -c "$conf" prepare
	exits 0
	[[ $(connect_of "$port") == *"-U 'AT+CGDATA="'"PPP",3'"' -f "* ]]
	rm "${port%.port}".*
}

@test "prepare, pty: an access point that came to nothing is followed by the next" {
	local port

	builtin_table
	modem_of 'sim: { imsi = "262011234567890"; };
		commands: ( { command = "AT+CRSM=176,28589,0,0,4";
			lines = ( "+CRSM: 144,0,\"00000002\"" ); } );
		ports: ( { interface = 2; role = "at"; } );'
	echo "modem: { port = \"$modem_dir/if2\"; };" >"$conf"
	port=$("$gobi" help prepare | grep -o '/[^ ]*/NAME.port')
	port=${port%NAME.port}$name.port
	run timeout -k 1 20 "$gobi" -c "$conf" -v prepare
	[[ $output != *"Permission denied"* ]] ||
		skip "may not make the run-time folder"
	exits 0
	has 'APN "internet.t-mobile", from the provider table, 1 of '
	# A chat that has not come to dial says nothing of it.
	run ! sh -c "(exit 3) $(connect_of "$port" | sed 's/.*gobi-direct//; s/"$//')"
	[ ! -e "${port%.port}.refused" ]
	run ! sh -c "(exit 4) $(connect_of "$port" | sed 's/.*gobi-direct//; s/"$//')"
	[ "$(stat -c %a "${port%.port}.refused")" = 600 ]
	run timeout -k 1 20 "$gobi" -c "$conf" -v prepare
	has 'APN "internet.t-d1.de", from the provider table, '
	[ ! -e "${port%.port}.refused" ]
	printf %s 'internet.t-d1.de||t-d1|' >"${port%.port}.refused"
	pppd_calls 'network: { user = ""; };'
	has 'APN "internet.v6.telekom", from the provider table, '
	# What was written into the modem's context keeps its account.
	run timeout -k 1 20 "$gobi" -c "$conf" -v prepare
	has 'APN "internet.t-mobile", as the modem has it'
	grep -q '^user "t-mobile"$' "$port"
	rm "${port%.port}".*
}
