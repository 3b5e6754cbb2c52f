/* SPDX-License-Identifier: ISC */
#ifndef GD_TESTS_FUZZ_H
#define GD_TESTS_FUZZ_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

/* What libFuzzer, and replay.c in its place, call with each input. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A claim about any input; unlike assert, NDEBUG does not take it away. */
#define CLAIM(holds)             \
	do {                     \
		if (!(holds))    \
			abort(); \
	} while (0)

#endif
