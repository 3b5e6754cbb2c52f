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

/* What comes over the socket: this, with the chosen port's descriptor, and the `count` ports behind
 * it. Then a byte goes back when the port is taken. */
struct head {
	struct probe_result result; /* its `ports` mean nothing */
	struct serial_state serial;
};

union port_message {
	struct cmsghdr header;
	char bytes[CMSG_SPACE(sizeof(int))];
};

/* The process that asks ---------------------------------------------------------*/

struct job {
	const struct port_list *ports;
	const struct probe_options *options;
	int socket;
	struct serial *serial; /* handed over; ours until that is taken */
};

static bool send_head(int socket, const struct head *head, const struct serial *serial)
{
	union port_message control = {.bytes = {0}};
	struct iovec part = {.iov_base = (void *)head, .iov_len = sizeof(*head)};
	struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
	int fd = serial ? serial_fd(serial) : -1;

	if (serial) {
		message.msg_control = &control;
		message.msg_controllen = sizeof(control);
		control.header.cmsg_level = SOL_SOCKET;
		control.header.cmsg_type = SCM_RIGHTS;
		control.header.cmsg_len = CMSG_LEN(sizeof(fd));
		memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	}
	return sendmsg(socket, &message, MSG_NOSIGNAL) == (ssize_t)sizeof(*head);
}

static void send_ports(int socket, const struct probe_result *result)
{
	const char *at = (const char *)result->ports;
	size_t left = result->count * sizeof(*result->ports);
	ssize_t sent;

	while (left > 0) {
		sent = send(socket, at, left, MSG_NOSIGNAL);
		if (sent < 0)
			return; /* who does not read has closed it */
		at += sent;
		left -= (size_t)sent;
	}
}

static void on_probed(void *ctx, struct probe *probe, const struct probe_result *result)
{
	struct head head = {.result = *result};
	struct job *job = ctx;

	job->serial = probe_take_serial(probe);
	if (job->serial)
		head.serial = serial_state(job->serial);
	if (send_head(job->socket, &head, job->serial))
		send_ports(job->socket, result);
}

/* The port is taken, or nobody waits for it any more. */
static void on_word(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct job *job = watcher->data;
	char byte;

	(void)revents;
	if (job->serial && read(job->socket, &byte, 1) == 1) {
		serial_abandon(job->serial);
		job->serial = NULL;
	}
	ev_break(loop, EVBREAK_ALL);
}

/* They are words to all that have our name. The end of the one that waits is seen on the socket. */
static void ignore_signals(void)
{
	static const int signals[] = {SIGHUP, SIGINT, SIGTERM, SIGUSR1, SIGPIPE};

	for (size_t i = 0; i < COUNT(signals); i++)
		signal(signals[i], SIG_IGN);
}

static int ask(const void *arg)
{
	struct job job = *(const struct job *)arg;
	struct probe_options options = *job.options;
	struct ev_loop *loop = ev_loop_new(EVFLAG_AUTO);
	struct probe *probe;
	ev_io reader;

	if (!loop)
		return ENOMEM;
	ignore_signals();
	ev_io_init(&reader, on_word, job.socket, EV_READ);
	reader.data = &job;
	ev_io_start(loop, &reader);
	options.keep = true;
	probe = probe_start(loop, job.ports, &options, on_probed, &job);
	if (probe)
		ev_run(loop, 0);
	probe_free(probe);
	serial_close(job.serial);
	ev_loop_destroy(loop);
	return 0;
}

/* The one that waits --------------------------------------------------------------*/

static void stop_waiting(struct prober *prober)
{
	if (!prober->done)
		return;
	ev_io_stop(prober->worker.loop, &prober->reader);
	/* The last close of a port may wait: let it be the other's. */
	if (prober->port >= 0)
		close(prober->port);
	prober->port = -1;
	close(prober->socket);
	buf_free(&prober->answer);
	prober->done = NULL;
}

static struct serial *take_port(struct prober *prober, const struct head *head)
{
	struct serial *serial;
	int error;

	if (prober->port < 0)
		return NULL;
	serial = serial_take_over(prober->port, &head->serial, prober->worker.pid, &error);
	prober->port = -1;
	if (!serial)
		log_error("%s: cannot take the lock over: %s", head->serial.device,
			  strerror(-error));
	else if (send(prober->socket, "", 1, MSG_NOSIGNAL) < 0)
		log_debug("%s: who opened it is dead", head->serial.device);
	return serial;
}

/* A new one may be started from within. */
static void deliver(struct prober *prober, const struct head *head, struct probed_port *ports)
{
	struct probe_result result = head->result;
	prober_done *done = prober->done;
	struct serial *serial;

	result.ports = ports;
	serial = take_port(prober, head);
	if (!serial && result.chosen >= 0) {
		result.chosen = -1;
		result.cause = CAUSE_INTERNAL;
	}
	stop_waiting(prober);
	done(prober->ctx, serial, &result);
	free(ports);
}

static void fail(struct prober *prober)
{
	const struct head head = {.result = {.chosen = -1, .cause = CAUSE_INTERNAL}};

	log_error("the probe ended without an answer");
	deliver(prober, &head, NULL);
}

static void take_answer(struct prober *prober)
{
	struct buf *answer = &prober->answer;
	struct probed_port *ports;
	struct head head;
	size_t size;

	if (answer->len < sizeof(head))
		return;
	memcpy(&head, answer->data, sizeof(head));
	size = head.result.count * sizeof(*ports);
	if (answer->len < sizeof(head) + size)
		return;
	/* One more than none: calloc of 0 may be NULL. */
	ports = calloc(head.result.count + 1, sizeof(*ports));
	if (!ports) {
		fail(prober);
		return;
	}
	memcpy(ports, answer->data + sizeof(head), size);
	deliver(prober, &head, ports);
}

static void note_port(struct prober *prober, struct msghdr *message)
{
	struct cmsghdr *header = CMSG_FIRSTHDR(message);

	if (header && header->cmsg_type == SCM_RIGHTS)
		memcpy(&prober->port, CMSG_DATA(header), sizeof(prober->port));
}

static void on_readable(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct prober *prober = watcher->data;
	union port_message control;
	char bytes[4096];
	struct iovec part = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	struct msghdr message = {.msg_iov = &part,
				 .msg_iovlen = 1,
				 .msg_control = &control,
				 .msg_controllen = sizeof(control)};
	ssize_t len = recvmsg(prober->socket, &message, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	(void)loop;
	(void)revents;
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len > 0) {
		note_port(prober, &message);
		buf_append(&prober->answer, bytes, (size_t)len);
	}
	if (len <= 0 || prober->answer.failed)
		fail(prober);
	else
		take_answer(prober);
}

int prober_start(struct prober *prober, struct ev_loop *loop, const struct port_list *ports,
		 const struct probe_options *options, prober_done *done, void *ctx)
{
	struct job job = {.ports = ports, .options = options};
	struct worker_task task = {.work = ask, .arg = &job};
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
		return -ENOMEM; /* EAGAIN has another meaning here */
	}
	prober->socket = sockets[0];
	prober->port = -1;
	prober->done = done;
	prober->ctx = ctx;
	ev_io_init(&prober->reader, on_readable, prober->socket, EV_READ);
	prober->reader.data = prober;
	ev_io_start(loop, &prober->reader);
	return 0;
}

bool prober_is_busy(const struct prober *prober)
{
	return worker_is_busy(&prober->worker);
}

void prober_cancel(struct prober *prober)
{
	stop_waiting(prober);
}

void prober_end(struct prober *prober, int wait_ms)
{
	prober_cancel(prober);
	if (!worker_end(&prober->worker, wait_ms))
		log_warning("the ports that were asked do not close yet");
}
