#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The ubus object "gobi-dial", as rpcd runs its plugin: "list", and "call METHOD"
# with the arguments on stdin.

bats_require_minimum_version 1.5.0
load modem
load openwrt

setup_file() {
	openwrt_file
}

setup() {
	modem_setup
	openwrt_setup
	cat >>"$root/etc/config/network" <<-END
		config interface 'wan_gobi'
			option proto 'gobi'
			option apn 'internet'
		config interface 'lan'
			option proto 'static'
	END
}

# call METHOD [ARGUMENTS]
call() {
	output=$(in_root /usr/libexec/rpcd/gobi-dial call "$1" <<<"${2-}")
	echo "$1: $output"
	jq -e . <<<"$output" >/dev/null
}

# says FILTER: of the answer.
says() {
	jq -e "$1" <<<"$output" >/dev/null
}

@test "it lists its methods, and interfaces and services that there are" {
	output=$(in_root /usr/libexec/rpcd/gobi-dial list)
	says '.status.name == "str" and (keys | length) == 7'
	printf 'config instance "roof"\n\toption enabled 1\n' >"$root/etc/config/gobi-dial"
	call list '{}'
	says '[.instances[].name] == ["roof", "wan_gobi"] and ([.instances[].running] | any | not)'
	# The sample of /etc/config/gobi-dial would be on everybody's page.
	printf 'config instance "roof"\n\toption enabled 0\n' >"$root/etc/config/gobi-dial"
	call list '{}'
	says '[.instances[].name] == ["wan_gobi"]'
}

@test "without an instance, what gobi-dial says is the error" {
	printf 'config instance "roof"\n' >"$root/etc/config/gobi-dial"
	for method in status redial stop; do
		call $method '{"name":"roof"}'
		says '.error | test("no instance .roof. is running")'
	done
}

# gobi-dial's own words would have a person start it beside netifd.
@test "an interface that is down is set up by netifd" {
	call status '{"name":"wan_gobi"}'
	says '.error == "the interface wan_gobi is down"'
	call redial '{"name":"wan_gobi"}'
	says '.ok'
	grep -qx 'ubus -t 10 call network.interface.wan_gobi up' "$calls"
}

@test "names that are none reach no command" {
	for name in '../x' '-c' 'a b' 'a;id' '$(id)' 'a\nb' ''; do
		call status "{\"name\":\"$name\"}"
		says '.error == "no such instance"'
	done
	call status 'no json'
	says '.error == "no such instance"'
	call status "{\"name\":\"$(printf 'a%.0s' {1..33})\"}"
	says '.error == "no such instance"'
	call format '{}'
	says '.error == "no such method"'
}

@test "a search and an examination give gobi-dial's own objects" {
	call probe '{"name":"wan_gobi"}'
	says '.ports | type == "array"'
	call doctor '{"name":"wan_gobi"}'
	says '.findings | length > 0'
}

@test "what takes long runs on, and is not begun twice" {
	# A stand-in for a slow gobi-dial.
	mv "$root/usr/sbin/gobi-dial" "$root/usr/sbin/real"
	printf '%s\n' '#!/bin/sh' 'echo begun >>/tmp/begun' \
		'while [ ! -e /tmp/go ]; do sleep 0.1; done' 'echo "{\"findings\":[]}"' \
		>"$root/usr/sbin/gobi-dial"
	chmod +x "$root/usr/sbin/gobi-dial"
	sed -i 's/^WAIT_S=12/WAIT_S=1/' "$root/usr/libexec/rpcd/gobi-dial"
	call doctor '{"name":"wan_gobi"}'
	says '.running'
	call doctor '{"name":"wan_gobi"}'
	says '.running'
	[ "$(grep -c begun "$root/tmp/begun")" -eq 1 ]
	: >"$root/tmp/go"
	sed -i 's/^WAIT_S=1/WAIT_S=20/' "$root/usr/libexec/rpcd/gobi-dial"
	call doctor '{"name":"wan_gobi"}'
	says '.findings == []'
	[ "$(grep -c begun "$root/tmp/begun")" -eq 1 ]
	[ ! -e "$root/var/run/gobi-dial/jobs/doctor.wan_gobi" ]
}
