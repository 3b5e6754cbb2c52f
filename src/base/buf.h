/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_BUF_H
#define GD_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * A byte buffer that grows. A failed allocation sets `failed` and drops the bytes
 * to be added, so that a caller may test once, at the end.
 */
struct buf {
	char *data;
	size_t len;
	size_t size;
	bool failed;
};

#define BUF_INIT                  \
	{                         \
		NULL, 0, 0, false \
	}

void buf_append(struct buf *buf, const void *bytes, size_t len);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list ap)
	__attribute__((format(printf, 2, 0)));

/* Have memory for so many bytes; false when there is none. */
bool buf_reserve(struct buf *buf, size_t len);

/* Drop the first `len` bytes (all if there are fewer). */
void buf_consume(struct buf *buf, size_t len);

/* Empty it, but keep the memory. */
void buf_clear(struct buf *buf);

/* The bytes with a NUL after them, "" while empty; owned by `buf`, valid until it changes. */
const char *buf_str(const struct buf *buf);

/* Overwrite, since it may hold a secret, and free. */
void buf_free(struct buf *buf);

#endif
