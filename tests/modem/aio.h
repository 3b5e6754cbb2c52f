/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_AIO_H
#define GD_MODEM_AIO_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/aio_abi.h>

struct ev_loop;

/* Linux's own asynchronous I/O: FunctionFS's endpoints can be read without blocking in no other
 * way. */
struct aio;

#define AIO_SIZE 4096

/* One transfer at a time; the owner keeps it, zeroed at first. */
struct aio_op {
	struct iocb iocb;
	void (*done)(struct aio_op *op, long result);
	void *ctx;
	bool busy;
	char data[AIO_SIZE];
};

/* NULL on failure, with errno set. */
struct aio *aio_new(struct ev_loop *loop, unsigned ops);

/* Waits for what is still under way. NULL is fine. */
void aio_free(struct aio *aio);

/* Start to read `len` bytes into op->data, or to write them from there. False when it could not be
 * started. */
bool aio_read(struct aio *aio, struct aio_op *op, int fd, size_t len);
bool aio_write(struct aio *aio, struct aio_op *op, int fd, size_t len);

/* Its end comes through op->done all the same. */
void aio_cancel(struct aio *aio, struct aio_op *op);

#endif
