# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A simulated modem on ptys: "load modem" in a bats file, modem_setup in setup,
# modem_teardown in teardown.

# For a file that has no more to do.
setup() {
	modem_setup
}

teardown() {
	modem_teardown
}

modem_setup() {
	gobi="$top_builddir/gobi-dial"
	modem_dir="$BATS_TEST_TMPDIR/modem"
	modem_pids=()
	mkdir -p "$modem_dir"
	# A descriptor to wait on that never has anything to read. Not of a <(:),
	# which would be one more process for bash to remember.
	mkfifo "$modem_dir/pause"
	exec {pause_fd}<>"$modem_dir/pause"
	rm "$modem_dir/pause"
}

# With the groups of those that have one of their own. The number of one that has
# ended may be that of another test's process by now, but not while its group lives.
modem_teardown() {
	local pid running

	running=" $(jobs -rp | xargs) "
	for pid in "${modem_pids[@]}"; do
		[[ $running == *" $pid "* ]] || [ ! -e "/proc/$pid" ] || continue
		kill -- "-$pid" 2>/dev/null || kill "$pid" 2>/dev/null || continue
		wait "$pid" || true
	done
	return 0
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds. A busy machine gets four
# times as much: this is when to give up, and judges no speed.
wait_for() {
	local seconds=$((4 * $1))
	local end=$((${EPOCHREALTIME/./} + seconds * 1000000))

	shift
	until "$@"; do
		if ((${EPOCHREALTIME/./} > end)); then
			echo "not within $seconds s: $*" >&2
			return 1
		fi
		read -rt 0.02 -u "$pause_fd" _ || true
	done
}

# Start COMMAND in the background, apart from bats' own descriptors.
background() {
	"$@" 3>&- </dev/null {pause_fd}>&- &
	modem_pids+=($!)
}

# modem NAME.modem [DIR]: play that description of tests/modem; NAME may be a
# file. Its ports are DIR/if0, ..., its log DIR/log, its socket DIR/sock.
modem() {
	local description=$1 dir=${2:-$modem_dir}

	[[ $description == */* ]] ||
		description="$top_srcdir/tests/modem/$description"
	mkdir -p "$dir"
	rm -f "$dir/ready" # of one that was there
	background "$top_builddir/tests/modem/gobi-modem" -l "$dir/log" \
		-s "$dir/sock" -r "$dir/ready" --pty "$dir" "$description"
	wait_for 10 test -e "$dir/ready"
}

# For a test that takes the program's own provider table.
builtin_table() {
	grep -q '^#define PROVIDERS' "$top_builddir/config.h" ||
		skip "built --without-providers"
}

# modem_of TEXT [DIR]: play a description that is written here.
modem_of() {
	local dir=${2:-$modem_dir}

	mkdir -p "$dir"
	printf '%s\n' "$1" >"$dir/own.modem"
	modem "$dir/own.modem" "$dir"
}

modem_logged() {
	grep -q -- "$1" "$modem_dir/log"
}

has() {
	[[ $output == *"$1"* ]] || {
		printf 'no "%s" in:\n%s\n' "$1" "$output"
		return 1
	}
}

has_not() {
	[[ $output != *"$1"* ]] || {
		printf '"%s" in:\n%s\n' "$1" "$output"
		return 1
	}
}

exits() {
	[ "$status" -eq "$1" ] || {
		printf 'exit code %s, not %s, with:\n%s\n' "$status" "$1" \
			"$output"
		return 1
	}
}
