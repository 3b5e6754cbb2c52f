# SPDX-License-Identifier: ISC
# shellcheck shell=bash
# A GPIO chip that is not there (gpio-shim.c), wired to the simulated modem's
# key, reset and STATUS. Load after modem; power_setup follows modem_setup.

power_setup() {
	chip="${dir:-$modem_dir}/gpiochip0"
	: >"$chip"
	export GPIO_SHIM_MODEM="${dir:-$modem_dir}/sock"
	# shellcheck disable=SC2034 # for the caller
	power="chip = \"$chip\"; key = 0;"
}

# power_program FILE: make FILE a gobi-dial that sees the chip; prints FILE. The
# sanitizer's own library wants to be the first.
power_program() {
	local asan

	asan=$(ldd "$gobi" | awk '/libasan/ { print $3 }')
	printf '#!/bin/sh\nLD_PRELOAD=%s exec %s "$@"\n' \
		"'${asan:+$asan:}$top_builddir/tests/e2e/gpio-shim.so'" "$gobi" >"$1"
	chmod +x "$1"
	echo "$1"
}

# The presses so far: "1100 ms, while off" and so on, a line each.
presses() {
	grep -a '# key [0-9]' "${dir:-$modem_dir}/log" | sed 's/.*# key //'
}

# How many were too short or too long, or hit a running modem, or one on its way
# down.
wrong_presses() {
	presses | grep -vc 'while off$'
}
