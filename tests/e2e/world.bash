# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A world of simulated modems on ptys and of the stand-in for pppd, for scripts
# that dial in it (`faults`, `tests/soak`): "world_enter "$@"" first, then
# modem.bash's helpers do too.

# What is needed and may be had by each; else says why and fails.
world_lacks() {
	if [ ! -x /usr/sbin/pppd ]; then
		echo "pppd is not installed"
	elif ! command -v nc jq unshare >/dev/null; then
		echo "nc, jq or unshare is not installed"
	elif ! unshare -m true 2>/dev/null; then
		echo "may not unshare mounts"
	else
		return 1
	fi
}

# world_enter SCRIPT [ARGUMENT...]: run SCRIPT anew in a mount namespace of its
# own, with folders of its own and the stand-in in pppd's place. Returns there.
world_enter() {
	if [ -z "${world_dir-}" ]; then
		world_dir=$(mktemp -d)
		export world_dir
		trap 'rm -rf "$world_dir"' EXIT
		unshare -m bash "$@"
		exit
	fi
	mount --make-rprivate /
	mkdir -p "$world_dir"/{run,state,lock} /run/gobi-dial /var/lib/gobi-dial
	chmod 700 "$world_dir/state"
	mount --bind "$world_dir/run" /run/gobi-dial
	mount --bind "$world_dir/state" /var/lib/gobi-dial
	mount --bind "$world_dir/lock" /run/lock
	mount --bind "$world_stand_in" /usr/sbin/pppd
}

# world_modem DIR: play DIR/modem, whose network does what DIR/network says.
world_modem() {
	modem_dir=$1
	background "$top_builddir/tests/modem/gobi-modem" -l "$1/log" \
		-s "$1/sock" -r "$1/ready" \
		-p "exec '$world_stand_in' peer '$1/network' '$1/if0'" \
		--pty "$1" "$1/modem" 2>"$1/modem.err"
	wait_for 10 test -e "$1/ready"
}

# world_say DIR COMMAND: to the modem; prints the answer.
world_say() {
	nc -U -W 1 "$1/sock" <<<"$2"
}

# world_stat DIR NAME: one of its counters.
world_stat() {
	world_say "$1" stats | grep -o " $2=[0-9]*" | cut -d= -f2
}

# world_gobi DIR NAME [KEYS [VARIABLE=VALUE...]]: gobi-dial run on that modem, with
# DIR/conf beside the port, KEYS of modem, and in that environment. Its log is
# DIR/gobi.
world_gobi() {
	{
		printf 'modem: { port = "%s/if0"; wait = 1; %s };\n' "$1" "${3-}"
		cat "$1/conf"
	} >"$1/$2.conf"
	chmod 600 "$1/$2.conf"
	background env "${@:4}" "$gobi" -v -c "$1/$2.conf" run >"$1/gobi" 2>&1
	gobi_pid=$!
}

# Its CPU time so far, in hundredths of a second.
world_cpu() {
	awk '{ print $14 + $15 }' "/proc/$1/stat"
}

world_alive() {
	[ -e "/proc/$1/stat" ] && ! grep -q '^[0-9]* (.*) Z' "/proc/$1/stat"
}

world_dead() {
	! world_alive "$1"
}
