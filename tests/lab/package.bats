# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# The Debian package through its life, with systemd as process 1: tests/package
# builds it, and a second version to upgrade to.

bats_require_minimum_version 1.5.0
load guest/lab

package=$LAB_BUILD/package
unit=gobi-dial@gobi.service

setup_file() {
	# A machine that is a container forbids packages to stop services.
	rm -f /usr/sbin/policy-rc.d
	# What this machine has of it already is not the package's.
	rm -rf /etc/gobi-dial /var/lib/gobi-dial /run/gobi-dial
	traces >"$lab_run/before"
}

# For systemd.bats, which is next.
teardown_file() {
	dpkg -i "$package"/first/*.deb
	touch "$lab_run/installed"
}

# All that a package or its scripts could have left.
traces() {
	find /etc /lib/systemd /lib/udev /usr/sbin /usr/share/doc /usr/share/man \
		/run/systemd/system /var/lib/gobi-dial /run/gobi-dial \
		\( -path '*gobi*' -o -path '*.wants/*' \) 2>/dev/null | sort
}

mode_is() {
	local mode

	mode=$(stat -c '%a %U:%G' "$2")
	[ "$mode" = "$1" ] || {
		echo "$2: $mode"
		return 1
	}
}

main_pid() {
	systemctl show -P MainPID $unit
}

@test "package: it installs, and nothing is started or enabled" {
	dpkg -i "$package"/first/*.deb
	mode_is '750 root:root' /etc/gobi-dial
	mode_is '644 root:root' /etc/gobi-dial/gobi.conf.sample
	[ -e /usr/share/man/man8/gobi-dial.8.gz ]
	[ -e /usr/share/man/man7/gobi-dial-troubleshooting.7.gz ]
	[ -e /usr/share/bash-completion/completions/gobi-dial ]
	gobi-dial -c /usr/share/doc/gobi-dial/examples/plain.conf check
	[ -z "$(systemctl list-units --no-legend 'gobi-*')" ]
	run -1 --separate-stderr systemctl is-enabled $unit
	[ "$output" = disabled ]
}

@test "package: its own test dials" {
	cd "$package/source"
	AUTOPKGTEST_TMP=$(mktemp -d) debian/tests/dial
}

@test "package: an upgrade leaves the running link and the configuration alone" {
	echo 'network: { apn = "internet"; };' >/etc/gobi-dial/gobi.conf
	chmod 640 /etc/gobi-dial/gobi.conf
	echo '# mine' >>/etc/gobi-dial/gobi.conf.sample
	systemctl enable --now $unit
	before=$(main_pid)
	dpkg --force-confold -i "$package"/second/*.deb
	[ "$(main_pid)" = "$before" ]
	grep -qx '# mine' /etc/gobi-dial/gobi.conf.sample
	[ "$(cat /etc/gobi-dial/gobi.conf)" = 'network: { apn = "internet"; };' ]
	mode_is '640 root:root' /etc/gobi-dial/gobi.conf
	mode_is '750 root:root' /etc/gobi-dial
	systemctl restart $unit
	[ "$(main_pid)" != "$before" ]
}

@test "package: its removal stops the links and keeps the configuration" {
	systemctl is-active $unit
	dpkg -r gobi-dial
	run ! pgrep -x gobi-dial
	[ ! -e /usr/sbin/gobi-dial ]
	mode_is '640 root:root' /etc/gobi-dial/gobi.conf
}

@test "package: a purge leaves nothing" {
	dpkg -P gobi-dial
	systemctl reset-failed
	[ ! -e /run/gobi-dial ]
	diff "$lab_run/before" <(traces)
}
