/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"

#include "control.h"
#include "modem.h"

#define LINE_MAX_LEN 65536

struct client {
	struct control *control;
	struct client *next;
	int fd;
	struct buf in, out;
	ev_io reader, writer;
};

struct control {
	struct modem *modem;
	int fd;
	struct sockaddr_un address;
	ev_io acceptor;
	struct client *clients;
};

static void drop_client(struct client *client)
{
	struct control *control = client->control;
	struct client **at = &control->clients;

	while (*at != client)
		at = &(*at)->next;
	*at = client->next;
	ev_io_stop(control->modem->loop, &client->reader);
	ev_io_stop(control->modem->loop, &client->writer);
	close(client->fd);
	buf_free(&client->in);
	buf_free(&client->out);
	free(client);
}

static void write_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	struct client *client = io->data;
	ssize_t len = write(client->fd, buf_str(&client->out), client->out.len);

	(void)revents;
	if (len < 0 && errno != EAGAIN && errno != EINTR) {
		drop_client(client);
		return;
	}
	if (len > 0)
		buf_consume(&client->out, (size_t)len);
	if (client->out.len == 0)
		ev_io_stop(loop, io);
}

static void do_lines(struct client *client)
{
	char *end;

	while (client->in.len > 0 && (end = memchr(client->in.data, '\n', client->in.len))) {
		size_t len = (size_t)(end - client->in.data) + 1;

		*end = '\0';
		control_do(client->control->modem, client->in.data, &client->out);
		buf_printf(&client->out, "\n");
		buf_consume(&client->in, len);
	}
	if (client->out.len > 0)
		ev_io_start(client->control->modem->loop, &client->writer);
}

static void read_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	struct client *client = io->data;
	char bytes[4096];
	ssize_t len = read(client->fd, bytes, sizeof(bytes));

	(void)loop;
	(void)revents;
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0 || client->in.len > LINE_MAX_LEN) {
		drop_client(client);
		return;
	}
	buf_append(&client->in, bytes, (size_t)len);
	do_lines(client);
}

static void accept_cb(struct ev_loop *loop, ev_io *io, int revents)
{
	struct control *control = io->data;
	int fd = accept4(control->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	struct client *client;

	(void)revents;
	if (fd < 0)
		return;
	client = calloc(1, sizeof(*client));
	if (!client) {
		close(fd);
		return;
	}
	client->control = control;
	client->fd = fd;
	client->next = control->clients;
	control->clients = client;
	ev_io_init(&client->reader, read_cb, fd, EV_READ);
	ev_io_init(&client->writer, write_cb, fd, EV_WRITE);
	client->reader.data = client->writer.data = client;
	ev_io_start(loop, &client->reader);
}

static int start_listening(struct control *control, const char *path)
{
	control->address.sun_family = AF_UNIX;
	if (!str_copy(control->address.sun_path, sizeof(control->address.sun_path), path))
		return -ENAMETOOLONG;
	control->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (control->fd < 0)
		return -errno;
	unlink(path);
	if (bind(control->fd, (struct sockaddr *)&control->address, sizeof(control->address)) ||
	    listen(control->fd, 8))
		return -errno;
	return 0;
}

struct control *control_new(struct modem *modem, const char *path)
{
	struct control *control = calloc(1, sizeof(*control));
	int error;

	if (!control)
		return NULL;
	control->modem = modem;
	control->fd = -1;
	error = start_listening(control, path);
	if (error) {
		fprintf(stderr, "gobi-modem: %s: %s\n", path, strerror(-error));
		control_free(control);
		return NULL;
	}
	ev_io_init(&control->acceptor, accept_cb, control->fd, EV_READ);
	control->acceptor.data = control;
	ev_io_start(modem->loop, &control->acceptor);
	return control;
}

void control_free(struct control *control)
{
	if (!control)
		return;
	while (control->clients)
		drop_client(control->clients);
	ev_io_stop(control->modem->loop, &control->acceptor);
	if (control->fd >= 0) {
		close(control->fd);
		unlink(control->address.sun_path);
	}
	free(control);
}
