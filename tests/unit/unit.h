/* SPDX-License-Identifier: ISC */
#ifndef GD_TESTS_UNIT_H
#define GD_TESTS_UNIT_H

/* cmocka wants these before its own header. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#endif
