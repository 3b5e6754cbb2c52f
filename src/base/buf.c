/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"

/* Make room for `extra` bytes and a NUL. The old block is wiped, which realloc would not do: it may
 * hold a password. */
static bool make_room(struct buf *buf, size_t extra)
{
	size_t size = buf->size ? buf->size : 64;
	char *data;

	if (buf->failed || extra >= (size_t)-1 / 4 - buf->len)
		goto fail;
	if (buf->len + extra + 1 <= buf->size)
		return true;
	while (size < buf->len + extra + 1)
		size *= 2;
	data = malloc(size);
	if (!data)
		goto fail;
	if (buf->data) {
		memcpy(data, buf->data, buf->len);
		explicit_bzero(buf->data, buf->size);
		free(buf->data);
	}
	data[buf->len] = '\0';
	buf->data = data;
	buf->size = size;
	return true;
fail:
	buf->failed = true;
	return false;
}

bool buf_reserve(struct buf *buf, size_t len)
{
	return make_room(buf, len);
}

void buf_append(struct buf *buf, const void *bytes, size_t len)
{
	if (len == 0 || !make_room(buf, len))
		return;
	memcpy(buf->data + buf->len, bytes, len);
	buf->len += len;
	buf->data[buf->len] = '\0';
}

void buf_vprintf(struct buf *buf, const char *format, va_list ap)
{
	va_list again;
	int len;

	va_copy(again, ap);
	len = vsnprintf(NULL, 0, format, again);
	va_end(again);
	if (len < 0) {
		buf->failed = true;
		return;
	}
	if (!make_room(buf, (size_t)len))
		return;
	vsnprintf(buf->data + buf->len, (size_t)len + 1, format, ap);
	buf->len += (size_t)len;
}

void buf_printf(struct buf *buf, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	buf_vprintf(buf, format, ap);
	va_end(ap);
}

void buf_consume(struct buf *buf, size_t len)
{
	if (len > buf->len)
		len = buf->len;
	if (len == 0)
		return;
	memmove(buf->data, buf->data + len, buf->len - len);
	buf->len -= len;
	buf->data[buf->len] = '\0';
}

void buf_clear(struct buf *buf)
{
	buf->len = 0;
	buf->failed = false;
	if (buf->data)
		buf->data[0] = '\0';
}

const char *buf_str(const struct buf *buf)
{
	return buf->data ? buf->data : "";
}

void buf_free(struct buf *buf)
{
	if (buf->data)
		explicit_bzero(buf->data, buf->size);
	free(buf->data);
	*buf = (struct buf)BUF_INIT;
}
