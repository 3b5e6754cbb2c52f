#!/bin/sh
# SPDX-License-Identifier: ISC
# shellcheck shell=dash
# Install gobi-dial on a router without its package manager, or take it away again.
#
# usage: ./install.sh           install, or upgrade what it has installed
#        ./install.sh remove    undo that; an edited /etc/config/gobi-dial stays
#
# GOBI_ROOT is another root than /.
set -eu
cd "$(dirname "$0")"
root=${GOBI_ROOT-}
list=$root/usr/share/gobi-dial/installed
keep=$root/etc/sysupgrade.conf
links="/etc/rc.d/S95gobi-dial /etc/rc.d/K10gobi-dial" # START and STOP of the init script

die() {
	echo "install.sh: $*" >&2
	exit 1
}

# forget FILE: a line of sysupgrade.conf, if it is there. On a full flash nothing says that a write
# has failed, and the lines of others must not be lost.
forget() {
	[ -e "$keep" ] && grep -qxF "$1" "$keep" || return 0
	rest=$(grep -vxF "$1" "$keep") || true
	printf '%s\n' "$rest" >"$keep.new" || true
	if [ "$(cat "$keep.new")" = "$rest" ]; then
		mv "$keep.new" "$keep"
	else
		rm -f "$keep.new"
		echo "install.sh: $keep cannot be written, and still has $1" >&2
	fi
}

# is_edited FILE SUM: it is no longer what was installed.
is_edited() {
	[ "$(sha256sum <"$1" | cut -d' ' -f1)" != "$2" ]
}

service() {
	[ -z "$root" ] || return 0
	[ ! -x /etc/init.d/gobi-dial ] || /etc/init.d/gobi-dial "$1" || true
}

remove_files() {
	while read -r sum file; do
		if [ -e "$root$file" ] &&
			grep -qxF "$file" "$root/usr/share/gobi-dial/conffiles" &&
			is_edited "$root$file" "$sum"; then
			forget "$file"
			echo "kept, for it was edited: $file"
			continue
		fi
		rm -f "$root$file"
		forget "$file"
	done <"$list"
	rm -f "$list" "$root/usr/share/gobi-dial/conffiles" "$root/usr/share/gobi-dial/install.sh"
	for file in /usr/share/gobi-dial/ $links; do
		forget "$file"
	done
	rmdir "$root/usr/share/gobi-dial" 2>/dev/null || true
}

remove() {
	[ -e "$list" ] || die "nothing is installed by this script"
	service stop
	service disable
	remove_files
	echo "gobi-dial is removed."
}

# The sum that was installed before, or nothing.
old_sum() {
	[ ! -e "$list" ] || awk -v file="$1" '$2 == file { print $1 }' "$list"
}

install_file() {
	sum=$(sha256sum <"files$1" | cut -d' ' -f1)
	to=$root$1
	mkdir -p "${to%/*}"
	echo "$sum $1" >>"$list.new"
	if grep -qxF "$1" conffiles && [ -e "$to" ] && is_edited "$to" "$sum" &&
		is_edited "$to" "$(old_sum "$1")"; then
		cp "files$1" "$to-new"
		chmod 600 "$to-new"
		echo "kept, for it was edited: $1; the new one is $1-new"
		return
	fi
	# A program that runs cannot be written to, but it can be replaced.
	cp -p "files$1" "$to.new"
	[ "$(id -u)" != 0 ] || chown 0:0 "$to.new"
	mv "$to.new" "$to"
}

install() {
	./files/usr/sbin/gobi-dial --version >/dev/null 2>&1 ||
		die "this is not the program for this router's processor ($(uname -m))"
	if [ -e "$root/usr/lib/opkg/info/gobi-dial.control" ] ||
		[ -e "$root/lib/apk/packages/gobi-dial.list" ]; then
		die "a package gobi-dial is installed; upgrade or remove that"
	fi
	[ ! -d "$root/www/luci-static" ] || cp -R luci/. files/
	mkdir -p "$root/usr/share/gobi-dial"
	rm -f "$list.new"
	find files -type f | sed 's/^files//' | sort >"$list.files"
	while read -r file; do
		install_file "$file"
	done <"$list.files"
	rm "$list.files"
	# What the last version had and this one has not.
	if [ -e "$list" ]; then
		while read -r sum file; do
			grep -q " $file\$" "$list.new" || {
				forget "$file"
				rm -f "$root$file"
			}
		done <"$list"
	fi
	mv "$list.new" "$list"
	cp conffiles install.sh "$root/usr/share/gobi-dial/"
	# A system upgrade keeps what these lines name.
	[ ! -s "$keep" ] || [ -z "$(tail -c 1 "$keep")" ] || echo >>"$keep"
	for file in $(cut -d' ' -f2 "$list") /usr/share/gobi-dial/ $links; do
		forget "$file"
		echo "$file" >>"$keep"
	done
	service enable
	service start
	rm -rf "$root"/tmp/luci-indexcache* "$root/tmp/luci-modulecache"
	[ -n "$root" ] || [ ! -x /etc/init.d/rpcd ] || /etc/init.d/rpcd reload || true
	echo "gobi-dial is installed; /usr/share/gobi-dial/install.sh remove takes it away."
	[ -x "$root/usr/sbin/pppd" ] ||
		echo "It needs pppd:          opkg update; opkg install ppp     (or: apk add ppp)"
	[ -n "$root" ] || ls /lib/modules/*/option.ko >/dev/null 2>&1 ||
		echo "It needs a USB driver:  opkg update; opkg install kmod-usb-serial-option"
	echo "netifd learns of the protocol by  /etc/init.d/network restart  (or a reboot), once."
}

[ -n "$root" ] || [ "$(id -u)" = 0 ] || die "only root can do that"
case ${1-install} in
install) install ;;
remove) remove ;;
*) die "usage: install.sh [remove]" ;;
esac
