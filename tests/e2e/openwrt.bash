# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A root like OpenWrt's (tests/openwrt/README.md) to run its scripts in. Load
# after modem; openwrt_file in setup_file, openwrt_setup after modem_setup,
# openwrt_teardown before modem_teardown.

# What the machine lacks is for openwrt_setup to say: a setup_file cannot skip.
openwrt_file() {
	local program

	for program in unshare chroot busybox jq; do
		command -v $program >/dev/null || {
			echo "$program is not installed" >"$BATS_FILE_TMPDIR/lacks"
			return 0
		}
	done
	unshare -m true 2>/dev/null || {
		echo "may not unshare mounts" >"$BATS_FILE_TMPDIR/lacks"
		return 0
	}
	root="$BATS_FILE_TMPDIR/root"
	openwrt_root
}

openwrt_setup() {
	[ ! -e "$BATS_FILE_TMPDIR/lacks" ] || skip "$(cat "$BATS_FILE_TMPDIR/lacks")"
	root="$BATS_TEST_TMPDIR/root"
	cp -a "$BATS_FILE_TMPDIR/root" "$root"
	mkdir -p "$root$modem_dir"
	calls="$root/tmp/calls"
	: >"$calls"
}

# Programs by their place in the root, and the libraries that they want.
openwrt_put() {
	local library

	cp "$1" "$root$2"
	ldd "$1" 2>/dev/null | grep -oE '/[^ ]+' | while read -r library; do
		mkdir -p "$root${library%/*}"
		[ -e "$root$library" ] || cp "$library" "$root$library"
	done
}

openwrt_root() {
	local conf_dir

	mkdir -p "$root"/{bin,dev,etc/config,proc,run,sys,tmp,usr/bin,usr/sbin} \
		"$root"/var/{lib,lock}
	ln -s ../run "$root/var/run"
	cp -R "$top_srcdir"/tests/openwrt/root/. "$root"
	cp -R "$top_srcdir"/etc/openwrt/files/. "$root"
	openwrt_put "$(command -v busybox)" /bin/busybox
	openwrt_put "$(command -v jq)" /usr/bin/jq
	openwrt_put "$top_builddir/gobi-dial" /usr/sbin/gobi-dial
	chroot "$root" /bin/busybox --install -s /bin
	# Where this build looks for hooks.
	conf_dir=$("$top_builddir/gobi-dial" help |
		sed -n 's|^  -c FILE .* default \(.*\)/NAME.conf$|\1|p')
	[ "$conf_dir" = /etc/gobi-dial ] || {
		mkdir -p "$root$conf_dir"
		cp -R "$root/etc/gobi-dial/hooks.d" "$root$conf_dir/"
	}
}

# dash as its shell, instead of busybox.
openwrt_dash() {
	rm "$root/bin/sh"
	openwrt_put /bin/dash /bin/sh
}

# In a mount namespace where the root has devices, processes and the modem.
openwrt() {
	unshare -m sh -c '
		mount --make-rprivate / &&
		for dir in dev proc sys; do
			mount --rbind /$dir "$1/$dir" || exit 77
		done
		mount --bind "$2" "$1$2" || exit 77
		shift 2
		exec "$@"' sh "$root" "$modem_dir" "$@"
}

# in_root COMMAND...: in the root itself.
in_root() {
	openwrt chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"
}

# inside PATTERN: the processes in the root with that in their command line.
inside() {
	local pid found=1

	for pid in $(pgrep -f -- "$1"); do
		[ "$(readlink "/proc/$pid/root")" = "$root" ] || continue
		echo "$pid"
		found=0
	done
	return $found
}

# network INTERFACE JSON: /etc/config/network has that interface alone, with these
# options.
network() {
	jq -r --arg name "$1" 'def quoted: tostring | "\u0027" + gsub("\u0027"; "\u0027\\\u0027\u0027") + "\u0027";
		"config interface \($name | quoted)", "\toption proto gobi",
		(to_entries[] | .key as $key | if .value | type == "array"
			then .value[] | "\tlist \($key) \(quoted)"
			else "\toption \($key) \(.value | quoted)" end)' <<<"$2" \
		>>"$root/etc/config/network"
}

# ifup INTERFACE JSON: a stand-in for netifd takes care of it from now on.
ifup() {
	[[ $1 == *[!A-Za-z0-9_]* ]] || network "$1" "$2"
	rm -f "$root/tmp/netifd/$1.pid"
	background openwrt "$top_srcdir/tests/openwrt/netifd" "$root" "$1" "$2" \
		>>"$BATS_TEST_TMPDIR/log.$1" 2>&1
	wait_for 10 test -s "$root/tmp/netifd/$1.pid"
}

# ifreload INTERFACE JSON: Save & Apply, with these options.
ifreload() {
	rm "$root/etc/config/network"
	network "$1" "$2"
	printf '%s\n' "$2" >"$root/tmp/netifd/$1.new"
	kill -HUP "$(cat "$root/tmp/netifd/$1.pid")"
	wait_for 10 test ! -e "$root/tmp/netifd/$1.new"
	in_root /usr/libexec/gobi-dial-netifd changed
}

# ifstatus INTERFACE EXPRESSION: does jq find it true of what netifd knows?
ifstatus() {
	local status

	status=$(in_root ubus -S call "network.interface.$1" status) &&
		jq -e "$2" <<<"$status" >/dev/null
}

# ifdown INTERFACE: and wait until it is down. Each of pppd's scripts, which tell
# netifd of the link, has run to its end.
ifdown() {
	pkill -TERM -f "openwrt/netifd $root $1 "
	wait_for 30 said "netifd end $1"
	wait_for 5 scripts_ended
}

scripts_ended() {
	[ "$(grep -c '^netifd begin update' "$calls")" -eq "$(grep -c '^netifd update' "$calls")" ]
}

# said TEXT [TIMES]: a call that begins so has been recorded, so often.
said() {
	local count

	count=$(grep -c -- "^$1" "$calls") || true
	if [ -n "${2-}" ]; then
		[ "$count" -eq "$2" ]
	else
		[ "$count" -gt 0 ]
	fi
}

said_not() {
	! said "$1"
}

# What it all said, for failed tests.
openwrt_teardown() {
	local log

	[ -e "${calls-}" ] || return 0
	pkill -TERM -f "openwrt/netifd $root " || true
	wait_for 10 succeeds_not inside . || inside . | xargs kill -9
	echo "--- calls"
	cat "$calls"
	for log in "$BATS_TEST_TMPDIR"/log.*; do
		[ ! -e "$log" ] || { echo "--- $log" && cat "$log"; }
	done
}

succeeds_not() {
	! "$@" >/dev/null
}
