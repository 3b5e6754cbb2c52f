/* SPDX-License-Identifier: ISC */
#ifndef GD_BASE_BUF_H
#define GD_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * Bytes that grow. A failed allocation sets `failed` and drops what was to be
 * added, so that a caller may test once, at the end.
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

/* Drop the first `len` bytes (all of them where there are fewer). */
void buf_consume(struct buf *buf, size_t len);

/* Empty it and keep the memory. */
void buf_clear(struct buf *buf);

/* The bytes with a NUL behind them, "" while empty; owned by `buf`, good until the next change. */
const char *buf_str(const struct buf *buf);

/* Overwrite and free; for what may hold a secret, and good for anything. */
void buf_free(struct buf *buf);

#endif
