#!/usr/bin/env bats
# SPDX-License-Identifier: ISC
# The manual pages are well-formed mdoc.

@test "mandoc finds nothing to warn of" {
	command -v mandoc >/dev/null || skip "mandoc is not installed"
	for page in "${top_srcdir:?}"/man/*.[1-9]; do
		run mandoc -T lint -W warning "$page"
		[ "$status" -eq 0 ] || {
			printf '%s\n' "$output"
			return 1
		}
	done
}
