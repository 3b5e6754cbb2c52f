# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# Helpers for tests that run in the lab's VM: "load guest/lab" in a bats file.

# Where PPP leads: the network's side lives in a namespace of its own.
LAB_PEER_IP=10.64.0.1
LAB_LOCAL_IP=10.64.0.2
LAB_DNS1=192.0.2.53
LAB_DNS2=192.0.2.54
LAB_FAR_IP=192.0.2.1

# What must be gone when a test is over, and needs no bringing back.
lab_run=/run/gobi-lab
mkdir -p $lab_run

# A descriptor to wait on that never has anything to read.
exec {lab_pause_fd}<> <(:)

# lab_pause [MICROSECONDS]: 0.1 s, or twice as long as that. A look that takes a
# while is taken less often: it takes the emulated machine's time from those who
# are waited for.
lab_pause() {
	local pause=$((2 * ${1-0}))

	((pause >= 100000)) || pause=100000
	((pause <= 1000000)) || pause=1000000
	printf -v pause '%d.%06d' $((pause / 1000000)) $((pause % 1000000))
	read -rt "$pause" -u "$lab_pause_fd" _ || true
}

# wait_for SECONDS COMMAND...: until COMMAND succeeds; fails at the deadline
# with what COMMAND said last. SECONDS are a quiet machine's; an emulated one on
# a busy machine gets four times as much, for it is no promise that is judged
# here, but when to give up.
wait_for() {
	local seconds=$((4 * $1))
	local end=$((${EPOCHREALTIME/./} + seconds * 1000000))
	local said=$lab_run/wait_for begun

	shift
	while
		begun=${EPOCHREALTIME/./}
		! "$@" >"$said" 2>&1
	do
		if ((${EPOCHREALTIME/./} > end)); then
			echo "not within $seconds s: $*" >&2
			cat "$said" >&2
			return 1
		fi
		lab_pause $((${EPOCHREALTIME/./} - begun))
	done
}

# succeeds_not COMMAND...: for wait_for, which knows no "!".
succeeds_not() {
	! "$@"
}

# Start COMMAND in the background, apart from bats' own descriptors. What it
# prints has to go to a file when it outlives the test: bats waits for its end.
background() {
	"$@" 3>&- </dev/null &
}

# End what the test left in the background.
kill_background() {
	jobs -p | xargs -r kill
	wait
} 2>/dev/null

# lab_drivers NAME...: load these and no other modem drivers, in this order;
# the ids that were added by hand are forgotten.
lab_drivers() {
	modprobe -qra option qcserial sierra qmi_wwan cdc_mbim cdc_acm || true
	modprobe -a "$@"
}

# As in the reference report.
lab_option_new_id() {
	echo 1199 9013 ff >/sys/bus/usb-serial/drivers/option1/new_id
}

# As a person with this modem in the report would: option on all four.
lab_plug_in() {
	lab_drivers option
	lab_option_new_id
	lab_modem modem "${1:-mc8355.modem}"
	wait_for 10 tty_count_is 4
}

# tty_of INTERFACE [USB_PATH]: print the tty of that USB interface.
tty_of() {
	local tty

	for tty in "/sys/bus/usb/devices/${2:-1-1}:1.$1"/ttyUSB*; do
		[ -e "$tty" ] || return 1
		echo "/dev/${tty##*/}"
	done
}

# driver_of INTERFACE [USB_PATH]
driver_of() {
	local link

	link=$(readlink "/sys/bus/usb/devices/${2:-1-1}:1.$1/driver") ||
		return 1
	echo "${link##*/}"
}

tty_count_is() {
	local ttys=(/sys/bus/usb-serial/devices/ttyUSB*)

	[ -e "${ttys[0]}" ] || ttys=()
	[ "${#ttys[@]}" -eq "$1" ]
}

# Make the network that a call leads into, with an address to ping.
lab_network() {
	[ ! -e /run/netns/net ] || return 0
	ip netns add net
	ip -n net link set lo up
	ip -n net address add "$LAB_FAR_IP/32" dev lo
	ip -n net address add "$LAB_DNS1/32" dev lo
	ip -n net address add "$LAB_DNS2/32" dev lo
}

# The network's side of a call: for gobi-modem's -p, which sets PPP_TTY.
lab_peer_command() {
	echo "exec ip netns exec net pppd \$PPP_TTY nodetach local nolock" \
		"${lab_peer_auth:-noauth}" \
		"nodefaultroute nopersist noipv6 nocrtscts" \
		"${lab_peer_compression-noccp novj} lcp-echo-interval 0" \
		"$LAB_PEER_IP:${lab_peer_gives-$LAB_LOCAL_IP}" \
		"ms-dns ${lab_peer_dns:-$LAB_DNS1} ms-dns $LAB_DNS2" \
		"logfile $LAB_OUT/peer.log"
}

# lab_play NAME FILE OPTION...: play the description FILE of tests/modem, or one
# with its whole path. Its log is $LAB_OUT/NAME.modem.log.
lab_play() {
	local name=$1 file=$2

	shift 2
	[[ $file == /* ]] || file="$LAB_SRC/tests/modem/$file"
	rm -f "$lab_run/$name.ready"
	background gobi-modem -l "$LAB_OUT/$name.modem.log" \
		-s "$lab_run/$name.sock" -r "$lab_run/$name.ready" \
		-p "$(lab_peer_command)" "$@" \
		"$file" >"$LAB_OUT/$name.modem.err" 2>&1
	echo $! >"$lab_run/$name.pid"
	wait_for 10 test -e "$lab_run/$name.ready"
}

# lab_modem NAME FILE [OPTION...]: the same, plugged in.
lab_modem() {
	lab_play "$@" --gadget "$1"
}

# lab_pty_modem NAME FILE: the same on ptys, which are $lab_run/NAME/if0, ...
lab_pty_modem() {
	mkdir -p "$lab_run/$1"
	lab_play "$1" "$2" --pty "$lab_run/$1"
}

# modem_say NAME COMMAND...: one control command; prints the answer.
modem_say() {
	local name=$1 answer

	shift
	answer=$(nc -U -W 1 "$lab_run/$name.sock" <<<"$*")
	echo "$answer"
	[[ $answer == ok* ]]
}

# Put in place what "make install" would, by the paths in the installed file.
lab_install_peers() {
	local path

	cp "$LAB_BUILD"/etc/ppp/peers/gobi* /etc/ppp/peers/
	while read -r path; do
		mkdir -p "${path%/*}"
		case $path in
		*/gobi-dial) ln -sf "$LAB_BUILD/gobi-dial" "$path" ;;
		*) cp "$LAB_SRC"/chat/gobi-* "${path%/*}" ;;
		esac
	done < <(grep -v '^#' /etc/ppp/peers/gobi |
		grep -oE '/[^" ]+/(gobi-dial|gobi-connect)')
}

# has_ended PID: also where bash has not asked for its status yet.
has_ended() {
	local state

	read -r _ _ state _ 2>/dev/null <"/proc/$1/stat" || return 0
	[ "$state" = Z ]
}

# ends_within SECONDS PID: or it is shown where the kernel holds it.
ends_within() {
	wait_for "$1" has_ended "$2" && return
	cat "/proc/$2/"{status,wchan,stack} 2>&1 | tee -a "$LAB_OUT/stuck" >&2
	return 1
}

# Unplug it for good. For teardown_file.
lab_modem_gone() {
	local pid

	pid=$(cat "$lab_run/$1.pid") || return 0
	rm -f "$lab_run/$1.pid"
	kill "$pid" || return 0
	# The kernel may have to give up on a transfer first.
	ends_within 15 "$pid" && return
	# One that the kernel holds must not hold up all that follows.
	kill -KILL "$pid"
	wait_for 15 has_ended "$pid"
}

# Write the instance's configuration, from stdin, over the lab's own. Times are
# short: a test waits for them.
lab_conf() {
	{
		echo 'recovery: { backoff_min = 1; backoff_max = 4; };'
		cat
	} >"$lab_run/gobi.conf"
}

# gobi_start [ARGUMENT...]: gobi-dial run in the background. Its log is
# $LAB_OUT/gobi.log.
gobi_start() {
	background gobi-dial -v -c "$lab_run/gobi.conf" run "$@" \
		>"$LAB_OUT/gobi.log" 2>&1
	gobi_pid=$!
	gobi_lines=0
}

# gobi_once [ARGUMENT...]: one dial, in the foreground; status and output as
# bats' run leaves them.
gobi_once() {
	run timeout -k 5 120 gobi-dial -c "$lab_run/gobi.conf" run --once "$@"
}

# gobi_says TEXT [SECONDS]: wait for the next line of its log with that text.
gobi_says() {
	wait_for "${2:-30}" gobi_said "$1"
}

gobi_said() {
	local lines i

	mapfile -t -s "$gobi_lines" lines <"$LAB_OUT/gobi.log" || return
	for i in "${!lines[@]}"; do
		[[ ${lines[i]} == *"$1"* ]] || continue
		gobi_lines=$((gobi_lines + i + 1))
		return
	done
	return 1
}

# gobi_reaches STATE [SECONDS]
gobi_reaches() {
	gobi_says " -> $1" "${2:-30}"
	# With the route, which comes after the state.
	[ "$1" != connected ] || gobi_says 'connected: '
}

# gobi_status EXPRESSION: does jq find it true of the running instance?
gobi_status() {
	local status

	status=$(gobi-dial status --json) && jq -e "$1" <<<"$status"
}

# gobi_ended SECONDS: the process is gone in time.
gobi_ended() {
	ends_within "$1" "$gobi_pid"
}

# The far end answers through the link, one time in 5 s. The network's side of
# that may be up a moment after ours.
pings() {
	ping -q -c 1 -w 5 "$LAB_FAR_IP"
}

# It ends by the command, in time, and leaves nothing behind.
gobi_stop() {
	gobi-dial stop
	gobi_ended 5
	wait_for 5 lab_is_clean
}

# For teardown: end what runs, show what it said; bats prints it only when the
# test failed.
gobi_end() {
	if pkill -x gobi-dial; then
		wait_for 6 succeeds_not pgrep -x gobi-dial || pkill -9 -x gobi-dial
	fi
	echo "--- gobi-dial's log"
	cat "$LAB_OUT/gobi.log"
	mv "$LAB_OUT/gobi.log" "$LAB_OUT/gobi.$BATS_TEST_NUMBER.log"
	echo "--- the modem's log"
	tail -n 40 "$LAB_OUT/modem.modem.log"
	# What a SIM was online with is not for the next test.
	rm -f /run/lock/LCK..* /var/lib/gobi-dial/{apns,dial-forms}
} 2>/dev/null

# The processes of our side of a call; the network's take their own time to end.
lab_processes() {
	local far

	# First, for one of them may end meanwhile.
	far=$(ip netns pids net | xargs)
	ps -C pppd,chat,gobi-dial -o pid=,args= |
		awk -v far="$far" '
			BEGIN { split(far, pids); for (i in pids) skip[pids[i]] }
			!($1 in skip)'
}

# Nothing of a call is left: processes, locks, secrets, interfaces, routes.
# Says what is.
lab_is_clean() {
	local file left=()

	mapfile -t left < <(lab_processes)
	for file in /run/lock/LCK..* /run/gobi-dial/* /sys/class/net/*; do
		case $file in
		*/net/lo | */net/wwan[0-9]) ;; # qmi_wwan's wwan0 is the modem's
		*.answered | *.call) ;;        # for the next run
		*) [ ! -e "$file" ] || left+=("$file") ;;
		esac
	done
	mapfile -t -s 1 -O "${#left[@]}" left </proc/net/route
	((${#left[@]} == 0)) || {
		printf 'left behind: %s\n' "${left[@]}"
		return 1
	}
}
