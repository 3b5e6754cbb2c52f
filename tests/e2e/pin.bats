#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# A PIN that a SIM has refused does not go out twice, whatever is restarted. In
# a mount namespace of its own: the state folder is the test's, and pppd one that
# waits, for there is no /dev/ppp.

load modem

setup() {
	modem_setup
	unshare -m true 2>/dev/null || skip "may not unshare mounts"
	[ -x /usr/sbin/pppd ] || skip "pppd is not installed"
	name="pin-$$-$BATS_TEST_NUMBER"
	conf="$BATS_TEST_TMPDIR/$name.conf"
	state_dir=/var/lib/gobi-dial
	[ -d "$state_dir" ] || mkdir -m 700 "$state_dir" ||
		skip "may not make $state_dir"
	state="$BATS_TEST_TMPDIR/state"
	mkdir "$state"
	printf '#!/bin/sh\nexec sleep 60\n' >"$BATS_TEST_TMPDIR/pppd"
	chmod +x "$BATS_TEST_TMPDIR/pppd"
}

teardown() {
	modem_teardown
}

# A modem whose SIM has PIN 1234, with EXTRA in its description.
locked_modem() {
	modem_of "sim: { state = \"pin\"; iccid = \"89490200000863940628\"; };
		timing: { reset_ms = 100; };
		ports: ( { interface = 0; role = \"at\"; } );
		${1-}"
}

# dial PIN [OPTION...]: in the namespace; $before is done in there first.
dial() {
	printf 'modem: { port = "%s/if0"; };\nsim: { pin = "%s"; };\n' \
		"$modem_dir" "$1" >"$conf"
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
		"${before:-:}" "$gobi" -c "$conf" run "$@"
}

# dial_once PIN [OPTION...]: until it ends by itself; more than 60 s is a hang.
dial_once() {
	run timeout -k 1 60 bash -c "$(declare -f dial)"'; dial "$@"' bash "$@"
	[ "$status" -ne 77 ] || skip "may not mount"
}

exported() {
	export gobi conf state state_dir modem_dir BATS_TEST_TMPDIR before
}

# pins N: so many PINs have come to the SIM.
pins() {
	[ "$(grep -c '# pin ' "$modem_dir/log")" -eq "$1" ] || {
		grep '# pin ' "$modem_dir/log"
		return 1
	}
}

@test "a refused PIN goes out once over restarts and power cycles" {
	before=
	exported
	locked_modem
	dial_once 0000
	exits 9
	has "the SIM has refused the PIN"
	pins 1
	dial_once 0000
	exits 9
	has "delete $state_dir/sent-pins"
	pins 1
	kill "${modem_pids[@]}"
	wait "${modem_pids[@]}" || true
	modem_pids=()
	locked_modem
	dial_once 0000 --once
	exits 9
	pins 0
}

@test "a PIN whose answer was not waited for goes out once" {
	before=
	exported
	locked_modem 'commands: ( { command = "AT+CPIN=*"; result = ""; } );'
	export -f dial
	background setsid bash -c 'dial 1234'
	wait_for 30 modem_logged 'AT+CPIN=\\"1234'
	# The mark was there before the PIN.
	[ -s "$state/sent-pins" ]
	kill -9 -- "-${modem_pids[-1]}"
	wait "${modem_pids[-1]}" || true
	dial_once 1234
	exits 9
	has "delete $state_dir/sent-pins"
	[ "$(grep -c 'AT+CPIN=' "$modem_dir/log")" -eq 1 ]
}

@test "a right PIN opens the SIM each time, and leaves no mark" {
	local times

	before=
	exported
	export -f dial
	for times in 1 2; do
		locked_modem
		background setsid bash -c 'dial 1234'
		wait_for 30 modem_logged 'pin 1234 right'
		wait_for 30 modem_logged 'AT+CREG?'
		[ ! -e "$state/sent-pins" ]
		kill -- "-${modem_pids[-1]}"
		wait "${modem_pids[-1]}" || true
		kill "${modem_pids[0]}"
		wait "${modem_pids[0]}" || true
		modem_pids=()
	done
}

@test "another PIN may go after a refused one, and the last attempt not" {
	before=
	exported
	locked_modem 'commands: ( { command = "AT+CPINC?";
		lines = ( "+CPINC: ${pin_left}, 3, ${puk_left}, 10" ); } );'
	dial_once 0000
	exits 9
	pins 1
	dial_once 1111
	exits 9
	pins 2
	dial_once 2222
	exits 9
	has "one more attempt"
	has "--last-attempt"
	pins 2
	dial_once 1111 --last-attempt
	exits 9
	has "delete $state_dir/sent-pins"
	pins 2
	dial_once 2222 --last-attempt
	exits 10
	has "PUK"
	pins 3
	[ "$(stat -c %a "$state/sent-pins")" = 600 ]
	run cat "$state/sent-pins"
	has_not 2222
	has_not 89490200000863940628
}

@test "a PIN that cannot be noted does not go out" {
	# shellcheck disable=SC2034
	before='mount -t tmpfs -o ro none "'"$state_dir"'"'
	exported
	locked_modem
	dial_once 1234
	exits 9
	has "it cannot be noted in $state_dir/sent-pins first: Read-only"
	pins 0
	before=
	exported
	echo rubbish >"$state/sent-pins"
	dial_once 1234
	exits 9
	has "$state_dir/sent-pins, which says"
	pins 0
}
