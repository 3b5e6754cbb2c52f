#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What bash offers after a tab.

setup() {
	# shellcheck disable=SC1091
	. "${top_srcdir:?}/etc/bash-completion/gobi-dial"
	# The program, with its configurations elsewhere.
	gobi="$BATS_TEST_TMPDIR/gobi-dial"
	printf '#!/bin/sh\n"%s" "$@" | sed "s|default .*/NAME.conf|default %s/NAME.conf|"\n' \
		"${top_builddir:?}/gobi-dial" "$BATS_TEST_TMPDIR" >"$gobi"
	chmod 755 "$gobi"
	touch "$BATS_TEST_TMPDIR"/{roof,cellar}.conf "$BATS_TEST_TMPDIR/no name.conf"
}

# offers WORD...: what there is for the last of them, sorted, on one line.
offers() {
	COMP_WORDS=(gobi-dial "$@")
	COMP_CWORD=$#
	_gobi_dial "$gobi" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
	sort <<<"$(printf '%s\n' "${COMPREPLY[@]}")" | xargs
}

@test "every command and option of help is offered, and no other" {
	local command
	local commands
	commands=$("$gobi" help | sed -n 's/^  \([a-z][a-z-]*\)  *[a-z].*/\1/p')

	[ "$(offers "" | tr ' ' '\n' | grep '^[a-z]')" = "$(sort <<<"$commands")" ]
	[ "$(offers st)" = "status stop" ]
	[ "$(offers --)" = "--help --version" ]
	for command in $commands; do
		[ "$(offers "$command" --)" = "$("$gobi" help "$command" |
			grep -o '^  --[a-z-]*' | sort | xargs)" ]
	done
	[ "$(offers run --)" = "--last-attempt --once --syslog --with-parent" ]
	[ "$(offers help pr)" = "prepare probe" ]
}

@test "instances are offered where a name goes" {
	[ "$(offers run "")" = "--last-attempt --once --syslog --with-parent cellar roof" ]
	[ "$(offers -v status r)" = roof ]
	[ "$(offers help re)" = "redial reload" ]
	[ "$(offers -c x.conf run r)" = "" ]
}

@test "the formats of status are offered" {
	[ "$(offers status --format "")" = "json prometheus text" ]
	[ "$(offers status --format = "")" = "json prometheus text" ]
	[ "$(offers status --format =)" = "json prometheus text" ]
	[ "$(offers status --format = p)" = prometheus ]
}

@test "the configuration's keys are offered where one is to be shown" {
	[ "$(offers check --key ppp.m)" = "ppp.metric ppp.mtu" ]
	[ "$(offers check --key = monitor.f)" = monitor.failures ]
}

@test "options may stand before the command, and -c behind it" {
	[ "$(offers --port ttyS1 inf)" = info ]
	[ "$(offers --port = ttyS1 inf)" = info ]
	[ "$(offers --timeout 5 at --f)" = --force ]
	[ "$(offers run -c x.conf r)" = "" ]
	[ "$(offers run --once r)" = roof ]
}

@test "files are offered after -c, and nothing after an option's number" {
	cd "$BATS_TEST_TMPDIR"
	[ "$(offers -c roo)" = roof.conf ]
	[ "$(offers pty --options "")" = "" ]
	[ "$(offers at --timeout "")" = "" ]
}

@test "ports are offered where they go" {
	compgen() {
		if [ "$1" = -G ]; then
			echo /dev/ttyUSB0
		else
			builtin compgen "$@"
		fi
	}
	[ "$(offers probe /dev)" = /dev/ttyUSB0 ]
	[ "$(offers info --port "")" = /dev/ttyUSB0 ]
	[ "$(offers info /dev)" = "" ]
}
