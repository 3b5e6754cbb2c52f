/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <ev.h>

#include "aio.h"

struct aio {
	struct ev_loop *loop;
	aio_context_t context;
	int eventfd;
	ev_io ready;
};

static void reap(struct aio *aio)
{
	struct io_event events[16];
	struct timespec none = {0, 0};
	long count;

	do {
		count = syscall(SYS_io_getevents, aio->context, 0, 16, events, &none);
		for (long i = 0; i < count; i++) {
			struct aio_op *op = (struct aio_op *)(uintptr_t)events[i].data;

			op->busy = false;
			op->done(op, (long)events[i].res);
		}
	} while (count == 16);
}

static void ready_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	struct aio *aio = io->data;
	uint64_t count;

	(void)loop;
	(void)revents;
	if (read(aio->eventfd, &count, sizeof(count)) == sizeof(count))
		reap(aio);
}

struct aio *aio_new(struct ev_loop *loop, unsigned ops)
{
	struct aio *aio = calloc(1, sizeof(*aio));

	if (!aio)
		return NULL;
	aio->loop = loop;
	aio->eventfd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (aio->eventfd < 0 || syscall(SYS_io_setup, ops, &aio->context) < 0) {
		aio_free(aio);
		return NULL;
	}
	ev_io_init(&aio->ready, ready_cb, aio->eventfd, EV_READ);
	aio->ready.data = aio;
	ev_io_start(loop, &aio->ready);
	return aio;
}

void aio_free(struct aio *aio)
{
	if (!aio)
		return;
	ev_io_stop(aio->loop, &aio->ready);
	if (aio->context)
		syscall(SYS_io_destroy, aio->context);
	if (aio->eventfd >= 0)
		close(aio->eventfd);
	free(aio);
}

static bool submit(struct aio *aio, struct aio_op *op, int command, int fd, size_t len)
{
	struct iocb *list[1] = {&op->iocb};

	memset(&op->iocb, 0, sizeof(op->iocb));
	op->iocb.aio_data = (uintptr_t)op;
	op->iocb.aio_lio_opcode = (uint16_t)command;
	op->iocb.aio_fildes = (uint32_t)fd;
	op->iocb.aio_buf = (uintptr_t)op->data;
	op->iocb.aio_nbytes = len;
	op->iocb.aio_flags = IOCB_FLAG_RESFD;
	op->iocb.aio_resfd = (uint32_t)aio->eventfd;
	op->busy = syscall(SYS_io_submit, aio->context, 1, list) == 1;
	return op->busy;
}

bool aio_read(struct aio *aio, struct aio_op *op, int fd, size_t len)
{
	return submit(aio, op, IOCB_CMD_PREAD, fd, len);
}

bool aio_write(struct aio *aio, struct aio_op *op, int fd, size_t len)
{
	return submit(aio, op, IOCB_CMD_PWRITE, fd, len);
}

void aio_cancel(struct aio *aio, struct aio_op *op)
{
	struct io_event event;

	if (op->busy)
		syscall(SYS_io_cancel, aio->context, &op->iocb, &event);
}
