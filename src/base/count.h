/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_COUNT_H
#define GD_BASE_COUNT_H

/* How many elements an array (not a pointer) has. */
#define COUNT(array) (sizeof(array) / sizeof(*(array)))

#endif
