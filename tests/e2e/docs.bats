#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# What is written about the program is what the program does.

setup() {
	gobi="${top_builddir:?}/gobi-dial"
	src="${top_srcdir:?}"
}

# The commands of the program's own list.
commands() {
	"$gobi" help | sed -n 's/^  \([a-z][a-z-]*\)  *[a-z].*/\1/p'
}

# gobi-dial(8) as a person reads it, but with each paragraph on one line.
manual() {
	mandoc -T ascii -O width=999 "$src/man/gobi-dial.8" | sed 's/.\x08//g'
}

# section NAME: of the page in standard input.
section() {
	sed -n "/^$1\$/,/^[A-Z]/p"
}

need_mandoc() {
	command -v mandoc >/dev/null || skip "mandoc is not installed"
}

# says TEXT PATTERN: TEXT has a line that fits the extended PATTERN.
says() {
	grep -qE -- "$2" <<<"$1" || {
		printf 'nothing like "%s" in:\n%s\n' "$2" "$1"
		return 1
	}
}

# same TEXT TEXT: with some lines, and the same ones.
same() {
	[ "$(wc -l <<<"$1")" -gt 1 ] && diff <(sort <<<"$1") <(sort <<<"$2")
}

# The rows of src/base/cause.c with their numbers: CODE WORD REACTION.
causes() {
	cat "$src/src/base/cause.h" "$src/src/base/cause.c" | awk '
		/^\tCAUSE_[A-Z_]+ = [0-9]+,/ { code[$1] = $3 + 0 }
		/^\t\[CAUSE_/ { split($0, part, /[][" ]+/); name = part[2] }
		/^\t\[CAUSE_/ { split($0, part, "\""); word = part[2] }
		/CAUSE_REACTION_[A-Z_]+ }/ {
			sub(/.*CAUSE_REACTION_/, "")
			sub(/ .*/, "")
			print code[name], word, $0
		}'
}

# does REACTION: what the manual has to say that run does.
does() {
	case $1 in
	STOP) echo 'run ends\.' ;;
	WAIT) echo 'run waits for it\.' ;;
	AT_ONCE) echo 'run dials again at once' ;;
	BACKOFF) echo 'run tries again[.;]' ;;
	SLOW) echo 'run tries again slowly\.' ;;
	*) echo "no such reaction: $1" ;;
	esac
}

# What of a Markdown file is code: indented, or in backticks.
code() {
	sed -n 's/^    //p' "$1"
	grep -v '^    ' "$1" | tr '\n' ' ' | grep -o '`[^`]*`' | tr -d '`'
}

# What is given to gobi-dial in the code of standard input, from the command on.
calls() {
	grep -v /etc/init.d/ | grep -oE '(^|[ /"])gobi-dial( +-[a-z]+| +-c +[^ ]+)* +[a-z]+[^#|;&<>]*' |
		sed -E 's/.*gobi-dial( +-c +[^ ]+| +-[a-z]+)* +//'
}

@test "mandoc finds nothing wrong with the manual pages" {
	need_mandoc
	local page said

	for page in "$src"/man/*.[1-9]; do
		# Pages of other packages need not be installed.
		said=$(mandoc -T lint "$page" 2>&1 |
			grep -vE 'referenced manual not found|outdated mandoc') ||
			continue
		echo "$said"
		return 1
	done
}

@test "the manual has every command with its usage, and no other" {
	need_mandoc
	local command usage text

	text=$(manual | section COMMANDS)
	same "$(commands)" "$(sed -n 's/^     \([a-z][a-z]*\).*/\1/p' <<<"$text")"
	for command in $(commands); do
		usage=$("$gobi" help "$command" | sed -n '1{
			s/^Usage: gobi-dial //
			s/\.\.\./ .../
			s/[].[]/\\&/g
			s/.*/\L&/p
		}')
		says "$text" "^     $usage\$"
	done
}

@test "the manual has every option that help shows" {
	need_mandoc
	local command option text

	text=$(manual | section OPTIONS)
	for option in $({
		"$gobi" help
		for command in $(commands); do
			"$gobi" help "$command"
		done
	} | grep -oE '(^|[ [])--?[a-zA-Z][a-z-]*' | tr -d ' [' | sort -u); do
		says "$text" "^     (.*, )?$option( |,|\$)|\($option\)"
	done
	[[ ${option-} == -* ]]
	# Each once, with the commands that have it.
	[ -z "$(grep -oE '^     --?[a-z][a-z-]*' <<<"$text" | sort | uniq -d)" ]
	for command in $(commands); do
		for option in $("$gobi" help "$command" | sed -n 's/^  \(--[a-z-]*\) .*/\1/p'); do
			says "$(sed -n "/^     $option\( \|\$\)/,/^\$/p" <<<"$text")" \
				"\((.*, )?$command(, .*)?\)"
		done
	done
}

@test "help explains every argument of a command" {
	local command text argument count=0

	for command in $(commands); do
		text=$("$gobi" help "$command")
		while read -r argument; do
			says "$text" "^  $argument  +[a-z]"
			count=$((count + 1))
		done < <(head -n 1 <<<"$text" | sed 's/ [A-Z]*\.\.\.$/ [&]/' |
			grep -o '\[[^]]*' | tr -d '[.')
	done
	[ "$count" -ge 30 ]
}

@test "the manual has every exit code with its cause and what run does" {
	need_mandoc
	local code word reaction text

	text=$(manual | section 'EXIT STATUS')
	same "$(causes | cut -d' ' -f1,2)" \
		"$(sed -nE 's/^     ([0-9]+ [a-z-]+)( .*|$)/\1/p' <<<"$text")"
	while read -r code word reaction; do
		[ "$code" -eq 0 ] ||
			says "$(sed -n "/^     $code $word/,/^\$/p" <<<"$text")" \
				"$(does "$reaction")"
	done < <(causes)
}

@test "the manual has every state of status and every role of probe" {
	need_mandoc
	local text word words

	text=$(manual | section OUTPUT)
	words=$(sed -n 's/^\t\[SESSION_[A-Z_]*\] *= { "\([a-z-]*\)".*/\1/p' \
		"$src"/src/session/*.c)
	[ "$(wc -w <<<"$words")" -ge 11 ]
	for word in $words; do
		says "$text" "^ *state .*[ ,]$word(,|\$)"
	done
	words=$(sed -n 's/^\t\[PORT_ROLE_[A-Z_]*\] = "\([a-z-]*\)".*/\1/p' \
		"$src/src/modem/port-probe.c")
	[ "$(wc -w <<<"$words")" -ge 10 ]
	for word in $words; do
		says "$text" "^     $word  +[A-Z]"
	done
}

@test "the manual has every code of doctor's findings" {
	need_mandoc
	local code codes text

	text=$(manual | section OUTPUT)
	codes=$(sed -n 's/^\t{ "\([a-z-]*\)", DOCTOR_.*/\1/p' "$src"/src/doctor/*.c)
	[ "$(wc -w <<<"$codes")" -ge 50 ]
	for code in $codes; do
		says "$text" "[ ,]$code(,|\$)"
	done
}

# entries SECTION: the words that head the paragraphs of that section of
# gobi-dial-troubleshooting(7).
entries() {
	sed -n "/^\.Sh $1\$/,/^\.Sh [^${1:0:1}]/s/^\.It Li //p" \
		"$src/man/gobi-dial-troubleshooting.7"
}

@test "the page on troubles has every cause, every finding, and no other" {
	local code word reaction

	same "$(causes | cut -d' ' -f2)" "$(entries CAUSES)"
	same "$(sed -n 's/^\t{ "\([a-z-]*\)", DOCTOR_.*/\1/p' "$src"/src/doctor/*.c)" \
		"$(entries FINDINGS)"
	while read -r code word reaction; do
		grep -A 1 "^\.It Li $word\$" "$src/man/gobi-dial-troubleshooting.7" |
			grep "^$code: "
	done < <(causes)
}

@test "no text has a command or an option that is not there" {
	local call word text calls=0

	while read -r call; do
		calls=$((calls + 1))
		text=$("$gobi" help "${call%% *}")
		for word in $call; do
			[[ $word != --* ]] || says "$text" "$word"
		done
	done < <(for file in "$src"/{README,CONTRIBUTING,NEWS}.md "$src"/doc/*.md; do
		code "$file"
	done | calls)
	[ "$calls" -ge 20 ]
}

@test "each example is fine, sets something, and is installed" {
	local example keys

	cp "$src"/etc/examples/*.conf "$BATS_TEST_TMPDIR"
	chmod 600 "$BATS_TEST_TMPDIR"/*.conf
	(umask 077 && echo 0000 >"$BATS_TEST_TMPDIR/gobi.pin")
	for example in "$BATS_TEST_TMPDIR"/*.conf; do
		run "$gobi" -c "$example" check
		echo "$output"
		[ "$status" -eq 0 ]
		[[ $output == *"${example##*/}: fine"* ]]
		[[ $output != *warning* ]]
		# As many settings as it has keys.
		keys=$(sed 's/#.*//' "$example" | grep -o '[a-z_]* = ' | wc -l)
		[ "$(grep -cE '^  [a-z]+\.[a-z_]+ = ' <<<"$output")" -eq "$keys" ]
		grep -q "etc/examples/${example##*/}" "$src/Makefile.am"
	done
	[ "$(find "$src/etc/examples" -name '*.conf' | wc -l)" -ge 7 ]
}

@test "keys that are said to do nothing do nothing" {
	local key keys

	keys=$(sed -n '/^\.Sh CAVEATS/,/^\.Pp/s/^\.Ic \([a-z]*\.[a-z]*\).*/\1/p' \
		"$src/man/gobi-dial.conf.5")
	for key in $keys; do
		if grep -rE "conf(->|\.)${key#conf.}\\b" "$src"/src/[^c]*; then
			echo "$key does something"
			return 1
		fi
	done
}
