# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# gobi-dial run against a simulated modem's if0, or what $dial_port says after
# dial_setup, in a mount namespace of its own: the state folder is the test's,
# and pppd one that waits, for there is no /dev/ppp. Load after modem; dial_setup
# follows modem_setup.

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
	dial_port=$modem_dir/if0
	export gobi conf state state_dir dial_port before BATS_TEST_TMPDIR
	export -f dial
}

# dial CONF [OPTION...]: with that beside the port; $before is done in the
# namespace first.
dial() {
	printf 'modem: { port = "%s"; };\n%s\n' "$dial_port" "$1" >"$conf"
	chmod 600 "$conf"
	shift
	# shellcheck disable=SC2016
	unshare -m sh -c '
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
