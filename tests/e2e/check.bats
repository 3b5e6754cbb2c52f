#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# gobi-dial check: every error with its file and line, secrets hidden.

load modem

setup() {
	gobi="${top_builddir:?}/gobi-dial"
	conf="$BATS_TEST_TMPDIR/gobi.conf"
	umask 077
}

# check TEXT: write it to the configuration and check that.
check() {
	printf '%s\n' "$1" >"$conf"
	run "$gobi" -c "$conf" check
}

@test "an empty file is fine and shows pppd's options" {
	check ""
	[ "$status" -eq 0 ]
	has "$conf: fine"
	has "  nodetach"
	has '  ifname "wwan-gobi"'
	has_not "Settings other than the defaults"
}

@test "settings that differ are shown, secrets are not" {
	check 'sim: { pin = "4711"; };
		network: { apn = "internet"; user = "me"; password = "geheim"; };'
	[ "$status" -eq 0 ]
	has '  network.apn = "internet"'
	has '  sim.pin = "********"'
	has '  password "********"'
	has_not geheim
	has_not 4711
}

@test "one setting is shown, also where it is the default" {
	check 'ppp: { metric = 7; }; sim: { pin = "4711"; };'
	run "$gobi" -c "$conf" check --key ppp.metric
	[ "$status" -eq 0 ]
	[ "$output" = "ppp.metric = 7" ]
	run "$gobi" -c "$conf" check --key=modem.wait
	[ "$output" = "modem.wait = 30" ]
	run "$gobi" -c "$conf" check --key sim.pin
	[ "$output" = 'sim.pin = "********"' ]
	run "$gobi" -c "$conf" check --key metric
	[ "$status" -eq 2 ]
	has 'unknown key "metric"'
}

@test "every error is told, with file and line, and the exit code is 3" {
	check 'network: {
			apnn = "x";
			cid = 99;
		};
		sim: { pin = 1234; };'
	[ "$status" -eq 3 ]
	has "gobi.conf:2: unknown key network.apnn; did you mean \"apn\"?"
	has "gobi.conf:3: network.cid: 99 is out of range"
	has "gobi.conf:5: sim.pin cannot be a number"
	has_not "fine"
	has_not "1234"
}

@test "an error in an included file is told by that file's line" {
	mkdir "$BATS_TEST_TMPDIR/sub"
	printf '\nppp: { mtu = 1; };\n' >"$BATS_TEST_TMPDIR/sub/ppp.conf"
	check '@include "sub/ppp.conf"'
	[ "$status" -eq 3 ]
	has "sub/ppp.conf:2: ppp.mtu: 1 is out of range"
}

@test "a file that all may read is warned of when it holds a secret" {
	umask 022
	check 'network: { password = "x"; };'
	[ "$status" -eq 0 ]
	has "chmod 600 $conf"
}

@test "a file that all may write is refused" {
	: >"$conf"
	chmod 666 "$conf"
	run "$gobi" -c "$conf" check
	[ "$status" -eq 3 ]
	has "chmod o-w"
}

@test "the default file may be missing, a named one may not" {
	confdir=$("$gobi" --help | sed -n 's,.*default \(.*\)/NAME.conf,\1,p')
	[ -n "$confdir" ]
	[ ! -e "$confdir/gobi.conf" ] || skip "$confdir/gobi.conf is there"
	run "$gobi" check
	[ "$status" -eq 0 ]
	has "$confdir/gobi.conf: does not exist, so the defaults apply"
	run "$gobi" check gobi
	[ "$status" -eq 0 ]
	run "$gobi" check no-such-instance
	[ "$status" -eq 3 ]
	has "no-such-instance.conf: cannot read it"
	run "$gobi" -c "$conf" check
	[ "$status" -eq 3 ]
	has "gobi.conf: cannot read it"
}

@test "options for pppd that would break supervision are refused" {
	check 'ppp: { options = ( "mru 1400", "persist" ); };'
	[ "$status" -eq 3 ]
	has 'gobi.conf:1: ppp.options, item 2: "persist"'
}

@test "a bad command line is a usage error" {
	run "$gobi" check a b
	[ "$status" -eq 2 ]
	run "$gobi" check ../gobi
	[ "$status" -eq 2 ]
	run "$gobi" -c "$conf" check gobi
	[ "$status" -eq 2 ]
	run "$gobi" help check run
	[ "$status" -eq 2 ]
	has 'unexpected argument "run"'
	run "$gobi" -qq check --nonsense
	[ "$status" -eq 2 ]
	has 'unknown option "--nonsense"'
	run "$gobi" check --onec
	[ "$status" -eq 2 ]
	has 'unknown option "--onec"; did you mean "--once"?'
	run "$gobi" check --once
	[ "$status" -eq 2 ]
	has '--once is not an option of "check", but of "run"'
	run "$gobi" chekc
	[ "$status" -eq 2 ]
	has 'unknown command "chekc"; did you mean "check"?'
	run "$gobi" check --peer=yes
	[ "$status" -eq 2 ]
	has '--peer takes no value'
	run "$gobi" check -c
	[ "$status" -eq 2 ]
	has '-c needs a value: -c FILE'
}

@test "options stand before or after the command and its words" {
	local words

	printf 'network: { apn = "internet"; };' >"$conf"
	for words in "-c $conf check -vq" "check -vq -c $conf" "check -c$conf --" \
		"-qqc $conf -- check"; do
		# shellcheck disable=SC2086 # words
		run "$gobi" $words
		[ "$status" -eq 0 ]
		has '  network.apn = "internet"'
		has '  nodetach'
	done
	for words in "--peer -c $conf check" "check -c $conf --peer"; do
		# shellcheck disable=SC2086 # words
		run "$gobi" $words
		[ "$status" -eq 0 ]
		has_not '  network.apn'
		has 'pty "exec'
	done
}

@test "each command explains itself, asked in any way" {
	local command

	for command in probe info doctor check run status stop pty prepare at; do
		run "$gobi" $command --help
		[ "$status" -eq 0 ]
		[ "$output" = "$("$gobi" help $command)" ]
		[ "$output" = "$("$gobi" $command -h)" ]
		[ "$output" = "$("$gobi" $command help)" ]
		[ "$output" = "$("$gobi" --help $command)" ]
		[ "$output" = "$("$gobi" -v $command -q a b --help)" ]
	done
	[ "$("$gobi" --help)" = "$("$gobi" help)" ]
}

@test "an instance may be called help" {
	run "$gobi" check -- help
	[ "$status" -eq 3 ]
	has "help.conf: cannot read it"
	: >"$BATS_TEST_TMPDIR/help.conf"
	run "$gobi" -c "$BATS_TEST_TMPDIR/help.conf" check
	[ "$status" -eq 0 ]
	has "help.conf: fine"
}

@test "a group that there is not is a mistake" {
	check 'control: { group = "no-such-group"; };'
	[ "$status" -eq 3 ]
	has 'gobi.conf:1: control.group: "no-such-group" is not a group of this system'
	check 'control: { group = "root"; };'
	[ "$status" -eq 0 ]
}

@test "output that cannot be written is a failure" {
	run -1 bash -c '"$0" help 2>&1 >/dev/full' "$gobi"
	has "cannot write the output"
	printf "" >"$conf"
	run -1 bash -c '"$0" -c "$1" check 2>&1 >/dev/full' "$gobi" "$conf"
}

@test "-c takes a file whose base name is as long as a name may be" {
	conf="$BATS_TEST_TMPDIR/a234567890123456789012345678_b-2.conf"
	check ""
	[ "$status" -eq 0 ]
	conf="$BATS_TEST_TMPDIR/a234567890123456789012345678_b-23.conf"
	check ""
	[ "$status" -eq 2 ]
	has "1 to 32 of"
}
