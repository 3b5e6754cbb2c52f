#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The executables of hooks.d: when they are run, with what, and that they hold
# up nobody.

bats_require_minimum_version 1.5.0
load modem
load dial

setup() {
	modem_setup
	dial_setup
	dial_link
	# Where this build looks for them: beside its configurations.
	hooks_dir=$("$gobi" help | sed -n 's|^  -c FILE .* default \(.*\)/NAME.conf$|\1|p')
	[ -d "$hooks_dir" ] || mkdir -p "$hooks_dir" ||
		skip "may not make $hooks_dir"
	hooks="$BATS_TEST_TMPDIR/etc/hooks.d"
	mkdir -p "$hooks"
	chmod 755 "$BATS_TEST_TMPDIR/etc" "$hooks"
	export hooks_dir
	before='mount --bind "$BATS_TEST_TMPDIR/etc" "$hooks_dir"'
	gobi_plain=$gobi
	dial_with -v
	heard="$BATS_TEST_TMPDIR/heard"
	: >"$heard"
	modem uart.modem
}

# hook NAME TEXT: a shell script.
hook() {
	printf '#!/bin/sh\nheard="%s"\n%s\n' "$heard" "$2" >"$hooks/$1"
	chmod 755 "$hooks/$1"
}

heard() {
	grep -qE -- "$1" "$heard"
}

logged() {
	grep -qE -- "$1" "$BATS_TEST_TMPDIR/log"
}

succeeds_not() {
	! "$@"
}

# checked: what check says of them, where they are.
checked() {
	run unshare -m sh -c "mount --make-rprivate / && $before &&
		exec \"$gobi_plain\" -c \"$conf\" check"
}

@test "they are run in order, with the instance's name and what has happened" {
	hook 20-second 'echo "second $2" >>"$heard"'
	hook 10-first 'echo "first $1 $2" >>"$heard"'
	dial_connected
	wait_for 10 heard 'second connected'
	[ "$(head -n 2 "$heard" | tr '\n' ,)" = \
		"first $dial_name connected,second connected," ]
	"$gobi" -c "$conf" stop
	# All of it before the end, and in this order.
	run cat "$heard"
	has 'first '"$dial_name"' disconnected
second disconnected
first '"$dial_name"' stopped
second stopped'
}

@test "the environment tells of the link, and of its end with its addresses" {
	hook env 'env | sort >"$heard.$2.new"; mv "$heard.$2.new" "$heard.$2"'
	dial_connected 'sim: { pin = "4711"; }; network: { password = "geheim"; };'
	wait_for 10 test -e "$heard.connected"
	run cat "$heard.connected"
	has "GOBI_NAME=$dial_name"
	has 'GOBI_STATE=connected'
	has 'GOBI_IFNAME=lo'
	has 'GOBI_LOCAL=10.64.0.2'
	has 'GOBI_REMOTE=10.64.0.1'
	has 'GOBI_DNS=192.0.2.53'
	has 'GOBI_OPERATOR=Simulated Net'
	has 'GOBI_CAUSE='
	has 'PATH=/usr/sbin:/usr/bin:/sbin:/bin'
	has_not '4711'
	has_not 'geheim'
	has_not 'BATS'
	dial_hangup
	"$gobi" -c "$conf" redial
	wait_for 20 test -e "$heard.disconnected"
	run cat "$heard.disconnected"
	has 'GOBI_IFNAME=lo'
	has 'GOBI_LOCAL=10.64.0.2'
	has_not 'GOBI_STATE=connected'
}

@test "nothing of ours is open in them, and they speak through our log" {
	hook fds 'ls /proc/self/fd | tr "\n" " " >>"$heard"
		echo "I have $(printf "a\\033[31mb")"; echo word >&2; exit 3'
	dial_connected
	wait_for 10 logged 'hooks.d/fds: exit code 3'
	# ls has a descriptor of its own.
	[ "$(cut -d' ' -f1-4 "$heard")" = '0 1 2 3' ]
	[ "$(wc -w <"$heard")" -eq 4 ]
	logged 'hooks.d/fds: I have a\\033\[31mb'
	logged 'hooks.d/fds: word'
}

@test "one that talks without end is cut, and holds up nobody" {
	hook chatter 'yes | head -n 100000; echo done >>"$heard"'
	dial_connected
	wait_for 20 heard "done"
	wait_for 10 logged 'and more, which is left out'
	[ "$(grep -c 'chatter: y' "$BATS_TEST_TMPDIR/log")" -eq 50 ]
}

@test "a stop does not wait for one that hangs, and leaves none behind" {
	local begin

	hook hang 'echo "$$" >>"$heard"; trap "" TERM; while :; do sleep 1000; done'
	dial_connected
	wait_for 10 heard .
	# It answers all the while.
	dial_is connected
	begin=$SECONDS
	"$gobi" -c "$conf" stop
	[ $((SECONDS - begin)) -lt 6 ]
	logged 'have not ended in time'
	wait_for 5 succeeds_not kill -0 "$(head -n 1 "$heard")" 2>/dev/null
}

@test "it dies with us when we are killed" {
	hook hang 'echo "$$" >>"$heard"; exec sleep 1000'
	dial_connected
	wait_for 10 heard .
	kill -KILL "$(dial_pid)"
	wait_for 10 succeeds_not kill -0 "$(head -n 1 "$heard")" 2>/dev/null
}

@test "of what happens meanwhile, the newest is told" {
	mkfifo "$BATS_TEST_TMPDIR/go"
	# Again, should it open the fifo before its last writer has closed it.
	hook slow 'echo "$2" >>"$heard"; [ "$2" != connected ] ||
		until read -r _ <"${heard%heard}go"; do :; done'
	dial_connected
	wait_for 10 heard connected
	dial_hangup
	"$gobi" -c "$conf" redial
	wait_for 20 succeeds_not dial_is connected
	wait_for 20 dial_is connected
	# pppd is given 0.2 s to tell of all addresses.
	wait_for 10 stands
	[ "$(cat "$heard")" = connected ]
	echo >"$BATS_TEST_TMPDIR/go"
	# It was down and is up: the first is of no use any more.
	wait_for 10 test "$(wc -l <"$heard")" -ge 1
	wait_for 10 twice
	[ "$(tr '\n' ' ' <"$heard")" = 'connected connected ' ]
	echo >"$BATS_TEST_TMPDIR/go"
}

stands() {
	[ "$("$gobi" -c "$conf" status --json | jq .since_ms)" -ge 1000 ]
}

twice() {
	[ "$(wc -l <"$heard")" -ge 2 ]
}

@test "what others may change is not run, and it is said" {
	hook good 'echo good >>"$heard"'
	hook open 'echo open >>"$heard"'
	hook foreign 'echo foreign >>"$heard"'
	hook bad.sh 'echo bad >>"$heard"'
	hook lazy 'echo lazy >>"$heard"'
	chmod 757 "$hooks/open"
	chmod 644 "$hooks/lazy"
	chown 12345 "$hooks/foreign" || skip "may not give files away"
	dial_connected
	wait_for 10 heard good
	"$gobi" -c "$conf" stop
	run ! heard 'open|foreign|bad|lazy'
	logged "hooks.d/open is writable by everyone; it is not run"
	logged "hooks.d/foreign does not belong to root; it is not run"
	[ "$(grep -c 'hooks.d/open' "$BATS_TEST_TMPDIR/log")" -eq 1 ]
	checked
	exits 0
	has 'Hooks, in this order:'
	has "  $hooks_dir/hooks.d/good"
	has 'hooks.d/open is writable by everyone'
	has_not "  $hooks_dir/hooks.d/open"
	has_not 'lazy'
	has_not 'bad.sh'
	chmod 757 "$hooks"
	checked
	has 'hooks.d is writable by everyone; nothing in it is run'
	has_not 'good'
}

@test "the sample is one" {
	cp "$top_srcdir/etc/hooks.d/50-led" "$hooks/"
	chmod 755 "$hooks/50-led"
	dial_connected
	wait_for 10 logged "50-led: $dial_name is online by lo as 10.64.0.2"
}
