/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/count.h"
#include "base/log.h"
#include "io/prober.h"
#include "io/serial.h"

/* What comes over the socket: this, with the chosen port's descriptor, and then the `count` ports.
 * A byte goes back when the port has been taken over. */
struct prober_head {
	struct probe_result result; /* its `ports` mean nothing */
	struct serial_state serial;
};

union prober_control {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* In the worker. */
struct prober_job {
	const struct port_list *ports;
	const struct probe_options *options;
	int socket;
	struct serial *serial; /* handed over; ours until it is taken */
};

static void send_result(void *ctx, struct probe *probe, const struct probe_result *result)
{
	struct prober_job *job = ctx;
	struct prober_head head = {.result = *result};
	union prober_control control = {.bytes = {0}};
	struct iovec part = {.iov_base = &head, .iov_len = sizeof(head)};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	const char *at = (const char *)result->ports;
	size_t left = result->count * sizeof(*result->ports);
	ssize_t sent;
	int fd;

	job->serial = probe_take_serial(probe);
	if (job->serial) {
		head.serial = serial_state(job->serial);
		fd = serial_fd(job->serial);
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	/* An error means that the other end is closed: the answer is not wanted any more. */
	if (sendmsg(job->socket, &message, MSG_NOSIGNAL) != (ssize_t)sizeof(head))
		return;
	for (; left > 0; at += sent, left -= (size_t)sent) {
		sent = send(job->socket, at, left, MSG_NOSIGNAL);
		if (sent < 0)
			return;
	}
}

/* The port has been taken over, or the answer is not wanted any more. */
static void on_port_taken(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct prober_job *job = watcher->data;
	char byte;

	(void)revents;
	if (job->serial && read(job->socket, &byte, 1) == 1) {
		serial_abandon(job->serial);
		job->serial = NULL;
	}
	ev_break(loop, EVBREAK_ALL);
}

static int run_probe(const void *arg)
{
	/* These go to every process with our name. The parent's end is seen on the socket. */
	static const int ignored[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGPIPE};
	struct prober_job job = *(const struct prober_job *)arg;
	struct probe_options options = *job.options;
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	struct probe *probe;
	ev_io reader;

	if (!loop)
		return ENOMEM;
	for (size_t i = 0; i < COUNT(ignored); i++)
		signal(ignored[i], SIG_IGN);
	ev_io_init(&reader, on_port_taken, job.socket, EV_READ);
	reader.data = &job;
	ev_io_start(loop, &reader);
	options.keep = true;
	probe = probe_start(loop, job.ports, &options, send_result, &job);
	if (probe)
		ev_run(loop, 0);
	probe_free(probe);
	serial_close(job.serial);
	ev_loop_destroy(loop);
	return 0;
}

void prober_cancel(struct prober *prober)
{
	if (!prober->done)
		return;
	ev_io_stop(prober->worker.loop, &prober->reader);
	/* The last close of a port may block: leave it to the worker. */
	if (prober->port >= 0)
		close(prober->port);
	prober->port = -1;
	close(prober->socket);
	buf_free(&prober->answer);
	prober->done = NULL;
}

/* `done` may start the next probe. */
static void deliver_answer(struct prober *prober, const struct prober_head *head,
			   struct probed_port *ports)
{
	struct probe_result result = head->result;
	prober_done *done = prober->done;
	struct serial *serial = NULL;
	int error;

	result.ports = ports;
	if (prober->port >= 0) {
		serial = serial_take_over(prober->port, &head->serial, prober->worker.pid, &error);
		prober->port = -1;
		if (!serial)
			log_error("%s: cannot take its lock over: %s", head->serial.device,
				  strerror(-error));
		else if (send(prober->socket, "", 1, MSG_NOSIGNAL) < 0)
			log_debug("%s: the process that opened it is dead", head->serial.device);
	}
	if (!serial && result.chosen >= 0) {
		result.chosen = -1;
		result.cause = CAUSE_INTERNAL;
	}
	prober_cancel(prober);
	done(prober->ctx, serial, &result);
	free(ports);
}

/* Deliver the answer once it is complete, or a failure if there will be none. */
static void take_bytes(struct prober *prober, bool failed)
{
	struct prober_head head = {.result = {.chosen = -1, .cause = CAUSE_INTERNAL}};
	const struct buf *answer = &prober->answer;
	struct probed_port *ports = NULL;
	size_t size;

	if (!failed) {
		if (answer->len < sizeof(head))
			return;
		memcpy(&head, answer->data, sizeof(head));
		size = head.result.count * sizeof(*ports);
		if (answer->len < sizeof(head) + size)
			return;
		ports = calloc(head.result.count + 1, sizeof(*ports)); /* calloc of 0 may be NULL */
		if (ports)
			memcpy(ports, answer->data + sizeof(head), size);
		else
			head.result = (struct probe_result){.chosen = -1, .cause = CAUSE_INTERNAL};
	}
	if (!ports)
		log_error("the probe ended without an answer");
	deliver_answer(prober, &head, ports);
}

static void on_prober_readable(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct prober *prober = watcher->data;
	union prober_control control;
	char bytes[4096];
	struct iovec part = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	ssize_t len = recvmsg(prober->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
	struct cmsghdr *header;

	(void)loop;
	(void)revents;
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len > 0) {
		header = CMSG_FIRSTHDR(&message);
		if (header && header->cmsg_type == SCM_RIGHTS)
			memcpy(&prober->port, CMSG_DATA(header), sizeof(prober->port));
		buf_append(&prober->answer, bytes, (size_t)len);
	}
	take_bytes(prober, len <= 0 || prober->answer.failed);
}

int prober_start(struct prober *prober, struct ev_loop *loop, const struct port_list *ports,
		 const struct probe_options *options, prober_done *done, void *ctx)
{
	struct prober_job job = {.ports = ports, .options = options};
	struct worker_task task = {.work = run_probe, .arg = &job};
	int sockets[2], error;

	prober_cancel(prober);
	if (prober_is_busy(prober))
		return -EAGAIN;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, sockets) < 0)
		return -errno;
	job.socket = task.keep[0] = sockets[1];
	error = worker_start(&prober->worker, loop, &task);
	close(sockets[1]);
	if (error < 0) {
		close(sockets[0]);
		return -ENOMEM; /* EAGAIN means something else here */
	}
	prober->socket = sockets[0];
	prober->port = -1;
	prober->done = done;
	prober->ctx = ctx;
	ev_io_init(&prober->reader, on_prober_readable, prober->socket, EV_READ);
	prober->reader.data = prober;
	ev_io_start(loop, &prober->reader);
	return 0;
}

bool prober_is_busy(const struct prober *prober)
{
	return worker_is_busy(&prober->worker);
}

void prober_end(struct prober *prober, int wait_ms)
{
	prober_cancel(prober);
	if (!worker_end(&prober->worker, wait_ms))
		log_warning("the probed ports do not close yet");
}
