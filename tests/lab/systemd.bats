# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# gobi-dial as a service, with systemd as process 1 and udev: run -s.

bats_require_minimum_version 1.5.0
load guest/lab

unit=gobi-dial@gobi.service
conf=/etc/gobi-dial/gobi.conf
wants=/etc/systemd/system/gobi-modem.target.wants/$unit
drop_in=/run/systemd/system/gobi-dial@.service.d/test.conf

setup_file() {
	# The package's tests leave it installed.
	[ -e "$lab_run/installed" ] || tar -C "$LAB_BUILD/lab-root" -c . |
		tar -C / -x --no-same-owner --keep-directory-symlink
	systemctl daemon-reload
	udevadm control --reload
	lab_network
	lab_plug_in
}

teardown_file() {
	lab_modem_gone modem
}

setup() {
	modem_say modem plug || true
	wait_for 10 tty_count_is 4
	mkdir -p /etc/gobi-dial
	printf '%s\n' 'recovery: { backoff_min = 1; backoff_max = 4; };' \
		'network: { apn = "internet"; };' >$conf
	since=$(date +%s.%N)
}

# Each word to systemd takes the emulated machine seconds, a reload most.
teardown() {
	systemctl stop $unit
	systemctl reset-failed $unit || true
	if [ -e "$drop_in" ] || [ -L "$wants" ]; then
		rm -rf "${drop_in%/*}" "$wants"
		systemctl daemon-reload
	fi
	rm -f $conf
	echo "--- the journal"
	journalctl -q --no-pager --since "@${since%.*}" -u $unit
} 2>/dev/null

# is PROPERTY VALUE: of the unit.
is() {
	local value

	value=$(systemctl show -P "$1" $unit)
	[ "$value" = "$2" ] || {
		echo "$1 is $value"
		return 1
	}
}

connected() {
	is StatusText "connected: wwan-gobi, address $LAB_LOCAL_IP"
}

in_journal() {
	journalctl -q --no-pager --since "@${since%.*}" -u $unit | grep -- "$1"
}

@test "systemd-analyze has nothing to say against the units, and a figure" {
	systemd-analyze verify gobi-modem.target $unit 2>&1 |
		grep 'gobi-' >"$lab_run/verify" || true
	cat "$lab_run/verify"
	[ ! -s "$lab_run/verify" ]
	systemd-analyze security --no-pager $unit >"$LAB_OUT/security"
	tail -n 1 "$LAB_OUT/security" >&3
}

@test "without a configuration it is not started, and says so" {
	rm $conf
	run ! systemctl start $unit
	[[ $output == *"Assertion failed"* ]]
	is ActiveState inactive
}

@test "enabled before the modem is there, it dials when that is plugged in" {
	modem_say modem unplug
	wait_for 10 tty_count_is 0
	systemctl enable --now $unit
	wait_for 30 is StatusText 'waiting: no modem is plugged in (no-modem)'
	is ActiveState active
	modem_say modem plug
	wait_for 60 connected
	pings
	systemctl disable --now $unit
}

@test "the link is undone without trace by a stop" {
	systemctl start $unit
	wait_for 60 connected
	systemctl stop $unit
	is ActiveState inactive
	is Result success
	wait_for 5 lab_is_clean
}

@test "it ends by gobi-dial stop, and stays stopped" {
	systemctl start $unit
	wait_for 60 connected
	gobi-dial stop
	wait_for 10 is ActiveState inactive
	is Result success
	is NRestarts 0
}

@test "a reload leaves the link alone, and fails when it is refused" {
	local pid

	systemctl start $unit
	wait_for 60 connected
	pid=$(pidof pppd)
	echo 'ppp: { metric = 7; };' >>$conf
	systemctl reload $unit
	is ActiveState active
	[ "$(pidof pppd)" = "$pid" ]
	# The route is where it was wanted, and nowhere else.
	ip route show default | grep 'dev wwan-gobi.*metric 7'
	[ "$(ip route show default | grep -c 'dev wwan-gobi')" -eq 1 ]
	pings
	echo 'nonsense = 1;' >>$conf
	run ! systemctl reload $unit
	is ActiveState active
	wait_for 10 in_journal 'nonsense'
	[ "$(pidof pppd)" = "$pid" ]
}

@test "after a crash it is started again, and dials" {
	systemctl start $unit
	wait_for 60 connected
	kill -9 "$(systemctl show -P MainPID $unit)"
	wait_for 30 is NRestarts 1
	wait_for 60 connected
	pings
}

@test "when its loop hangs, the watchdog has it started again" {
	mkdir -p "${drop_in%/*}"
	printf '[Service]\nWatchdogSec=5\n' >$drop_in
	systemctl daemon-reload
	systemctl start $unit
	kill -STOP "$(systemctl show -P MainPID $unit)"
	wait_for 60 in_journal 'Watchdog timeout'
	wait_for 60 succeeds_not is NRestarts 0
}

@test "what only a person can mend is not tried again" {
	echo 'nonsense = 1;' >$conf
	run ! systemctl start $unit
	is ExecMainStatus 3
	is NRestarts 0
	is ActiveState failed
	wait_for 10 in_journal 'nonsense'
}

@test "as a wish of gobi-modem.target it is started by plugging in" {
	modem_say modem unplug
	wait_for 10 tty_count_is 0
	wait_for 10 succeeds_not systemctl is-active gobi-modem.target
	systemctl add-wants gobi-modem.target $unit
	is ActiveState inactive
	modem_say modem plug
	wait_for 60 connected
	systemctl is-active gobi-modem.target
}

@test "udev names the AT port" {
	udevadm settle
	[ "$(readlink -f /dev/gobi/at)" = "$(tty_of 2)" ]
	[ "$(readlink -f /dev/gobi/at-1-1)" = "$(tty_of 2)" ]
}

@test "pppd's scripts run within the unit's bounds, and set the name servers" {
	local script=/etc/ppp/ip-up.d/test-script

	printf '#!/bin/sh\necho "$1 $4" >/run/test-script\n' >$script
	chmod 755 $script
	rm -f /run/test-script
	systemctl start $unit
	wait_for 60 connected
	wait_for 10 grep "wwan-gobi $LAB_LOCAL_IP" /run/test-script
	wait_for 10 grep "$LAB_DNS1" /etc/resolv.conf
	rm $script
}

networkctl_says() {
	networkctl --no-legend --no-pager list wwan-gobi | grep "$1"
}

@test "systemd-networkd, which has all links, leaves this one alone" {
	mkdir -p /run/systemd/network
	printf '[Match]\nName=*\n[Network]\nLinkLocalAddressing=no\n' \
		>/run/systemd/network/50-all.network
	systemctl start systemd-networkd
	systemctl start $unit
	wait_for 60 connected
	wait_for 30 networkctl_says unmanaged
	pings
	ip address show wwan-gobi | grep "$LAB_LOCAL_IP"
	ip route show default | grep 'dev wwan-gobi'
	systemctl stop systemd-networkd.socket systemd-networkd
}

# What its package's scripts do, less the triggers of other packages, which take
# the emulated machine minutes. Its user comes first: dbus reads at once who may
# have resolved's name, and would not know him; resolvectl then waits in vain.
install_resolved() {
	local unpack="tar -C / -x --no-same-owner --keep-directory-symlink"

	dpkg-deb --fsys-tarfile "$1" | $unpack ./usr/lib/sysusers.d
	systemd-sysusers systemd-resolve.conf
	dpkg-deb --fsys-tarfile "$1" | $unpack
	systemd-tmpfiles --create systemd-resolve.conf
	ln -sf ../run/systemd/resolve/stub-resolv.conf /etc/resolv.conf
	systemctl enable --now systemd-resolved
}

resolved_has() {
	resolvectl dns wwan-gobi | grep "$LAB_DNS1 $LAB_DNS2"
}

@test "systemd-resolved is told of the link's name servers, and forgets them" {
	local deb=("$LAB_BUILD"/package/systemd-resolved_*.deb)

	[ -e "${deb[0]}" ] || skip "there is no package systemd-resolved"
	install_resolved "${deb[0]}"
	systemctl start $unit
	wait_for 60 connected
	wait_for 30 resolved_has
	grep 'nameserver 127.0.0.53' /etc/resolv.conf
	systemctl stop $unit
	run ! resolved_has
}
