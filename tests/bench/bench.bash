# SPDX-License-Identifier: ISC
# shellcheck shell=bash disable=SC2154 # lab_run and the like are guest/lab.bash's
# Helpers of the benchmarks that run in the VM.

# shellcheck disable=SC1091
. "$LAB_SRC/tests/lab/guest/lab.bash"

rounds=$(cat "$LAB_OUT/rounds")
work=$(mktemp -d)

say() {
	printf '# %s\n' "$*"
}

fail() {
	echo "not ok 1 - bench: $*"
	exit 1
}

now_ms() {
	echo $((${EPOCHREALTIME/./} / 1000))
}

# figures NAME FILE: median and extremes of a file of milliseconds.
figures() {
	sort -n "$2" | awk -v name="$1" '
		{ v[NR] = $1 }
		END {
			m = NR % 2 ? v[(NR + 1) / 2] : (v[NR / 2] + v[NR / 2 + 1]) / 2
			printf "# %-44s %6d ms median, %d to %d, %d runs\n",
				name, m, v[1], v[NR], NR
		}'
}

median() {
	sort -n "$1" | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'
}

ratio() {
	awk -v a="$(median "$2")" -v b="$(median "$3")" -v name="$1" \
		'BEGIN { printf "# %-44s %6.2f\n", name, a / b }'
}

# watch_addresses, then unwatch: has_address hears of what comes between.
watch_addresses() {
	coproc MONITOR { exec ip -o -4 monitor address; }
	addresses=${MONITOR[0]}
	wait_for 5 grep -qw "$MONITOR_PID" /proc/net/netlink >/dev/null
}

unwatch() {
	kill "$MONITOR_PID"
	wait "$MONITOR_PID" 2>/dev/null
}

# Until an interface has its address.
has_address() {
	local line

	while read -r -t 60 line <&"$addresses"; do
		case $line in
		*"inet $LAB_LOCAL_IP"*) return 0 ;;
		esac
	done
	return 1
}

call_is_over() {
	! ip netns pids net | grep -q .
}
