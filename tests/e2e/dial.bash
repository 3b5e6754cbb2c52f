# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# gobi-dial run against a simulated modem's if0, or what $dial_port says after
# dial_setup, and with the keys of $dial_modem, in a mount namespace of its own: the state folder is the test's,
# and pppd one that waits, for there is no /dev/ppp. Load after modem; dial_setup
# follows modem_setup.

# For a file that has no more to do.
setup() {
	modem_setup
	dial_setup
}

teardown() {
	dial_end
	modem_teardown
}

# dial_with OPTION...: each command gets these, too.
dial_with() {
	printf '#!/bin/sh\nexec "%s" %s "$@"\n' "$gobi" "$*" >"$BATS_TEST_TMPDIR/gobi"
	chmod +x "$BATS_TEST_TMPDIR/gobi"
	gobi="$BATS_TEST_TMPDIR/gobi"
}

dial_setup() {
	unshare -m true 2>/dev/null || skip "may not unshare mounts"
	[ -x /usr/sbin/pppd ] || skip "pppd is not installed"
	conf="$BATS_TEST_TMPDIR/dial-$$-$BATS_TEST_NUMBER.conf"
	state_dir=/var/lib/gobi-dial
	[ -d "$state_dir" ] || mkdir -m 700 "$state_dir" ||
		skip "may not make $state_dir"
	state="$BATS_TEST_TMPDIR/state"
	mkdir "$state"
	printf '#!/bin/sh\nexec sleep 60\n' >"$BATS_TEST_TMPDIR/pppd"
	chmod +x "$BATS_TEST_TMPDIR/pppd"
	before=:
	dial_namespaces=-m
	dial_port=$modem_dir/if0
	dial_modem=
	export dial_namespaces gobi conf state state_dir dial_port dial_modem before BATS_TEST_TMPDIR
	export -f dial
}

# dial CONF [OPTION...]: with that beside the port; $before is done in the
# namespace first.
dial() {
	printf 'modem: { port = "%s"; %s };\n%s\n' "$dial_port" "$dial_modem" "$1" \
		>"$conf"
	chmod 600 "$conf"
	shift
	# shellcheck disable=SC2016
	unshare "$dial_namespaces" sh -c '
		mount --make-rprivate / &&
		mount --bind "$1" "$2" && mount --bind "$3" /usr/sbin/pppd ||
			exit 77
		eval "$4" || exit 77
		shift 4
		exec "$@"' sh "$state" "$state_dir" "$BATS_TEST_TMPDIR/pppd" \
		"$before" "$gobi" -c "$conf" run "$@"
}

# dial_once CONF [OPTION...]: until it ends by itself; more than 60 s is a hang.
dial_once() {
	run timeout -k 1 60 bash -c 'dial "$@"' bash "$@"
	[ "$status" -ne 77 ] || skip "may not mount"
}

# dial_behind CONF [OPTION...]: in the background, a process group of its own.
dial_behind() {
	background setsid bash -c 'dial "$@"' bash "$@"
}

# dial_kill [SIGNAL]: what the last dial_behind has started, all of it; the shell
# is gone before what it has started has let go of port and lock.
dial_kill() {
	kill "-${1-TERM}" -- "-${modem_pids[-1]}"
	wait "${modem_pids[-1]}" || true
	wait_for 10 dial_group_is_gone "${modem_pids[-1]}"
	unset 'modem_pids[-1]'
}

dial_group_is_gone() {
	! pgrep -g "$1" >/dev/null
}

# After dial_setup: a pppd that agrees with itself on addresses when the call
# stands, on the loopback interface of a network of its own, for that has
# counters. It ends as pppd does.
dial_link() {
	unshare -mn true 2>/dev/null || skip "may not unshare networks"
	dial_namespaces=-mn
	cat >"$BATS_TEST_TMPDIR/pppd" <<'EOF'
#!/bin/sh
trap '' USR1 # more of a log
# In one write: gobi-dial gets it all at once.
say() {
	printf '%s\n' "$@" >&3
}
cat /proc/self/fd/5 >/dev/null
echo ready >&4
read -r result <&4 || exit 8
[ "$result" = 0 ] || exit 8
exec 4>&- 5<&-
ip link set lo up
ip address replace 10.64.0.2/32 dev lo
say 'Using interface lo' 'Connect: lo <--> /dev/pts/0' \
	'local  IP address 10.64.0.2' 'remote IP address 10.64.0.1' \
	'primary   DNS address 192.0.2.53'
trap 'say "Terminating on signal 15" "Connection terminated."; kill "$!"; exit 5' TERM
sleep 1000 >/dev/null 2>&1 3>&- <&- &
wait
EOF
	dial_name=${conf##*/}
	dial_name=${dial_name%.conf}
}

# dial_connected [CONF [OPTION...]]: in the background, until there is a link.
dial_connected() {
	local more=${1-}

	shift $(($# > 0))
	dial_behind "ppp: { default_route = false; }; $more" "$@" \
		2>"$BATS_TEST_TMPDIR/log"
	wait_for 20 dial_is connected
}

# The modem ends the call: a pty has no DTR by which it could be told to.
dial_hangup() {
	printf 'hangup\n' | nc -U -W 1 "$modem_dir/sock"
}

# dial_is STATE: of the instance.
dial_is() {
	"$gobi" -c "$conf" status --json 2>/dev/null |
		grep -q "\"state\":\"$1\""
}

# The instance's process, as long as it runs.
dial_pid() {
	cat "/run/gobi-dial/$dial_name.lock"
}

# In a teardown before modem_teardown: nothing of it stays.
dial_end() {
	"$gobi" -c "$conf" stop 2>/dev/null || true
}
