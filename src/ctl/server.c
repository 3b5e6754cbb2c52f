/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <grp.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/count.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "ctl/server.h"

#define CLIENTS_MAX  8
#define CLIENTS_ROOT 2 /* places beside these for root alone, so that it can always stop us */
#define REQUEST_MAX  8192
#define RESPONSE_MAX 65536 /* of unread answers */
#define PAUSE_S      1.    /* without accepting */

struct client {
	struct ctl_server *server; /* NULL: a free slot */
	int fd;
	ev_io reader;
	ev_io writer;
	ev_timer idle;
	struct buf in;
	struct buf out;
	bool follows;
	bool missed;             /* something published since */
	unsigned long waits_for; /* the ticket of an answer to come; 0: none */
};

struct ctl_server {
	struct ev_loop *loop;
	int fd;
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path)];
	ev_io acceptor;
	ev_timer pause;
	ctl_handler *handler;
	void *ctx;
	unsigned long tickets;
	struct client clients[CLIENTS_MAX + CLIENTS_ROOT];
	struct client *asking; /* whose request is being answered */
	struct buf latest;     /* what was published last */
};

static void drop_client(struct client *client)
{
	struct ev_loop *loop = client->server->loop;

	ev_io_stop(loop, &client->reader);
	ev_io_stop(loop, &client->writer);
	ev_timer_stop(loop, &client->idle);
	close(client->fd);
	buf_free(&client->in);
	buf_free(&client->out);
	client->server = NULL;
}

static void append_object(struct buf *out, struct json_object *object)
{
	buf_printf(out, "%s\n", json_object_to_json_string_ext(object, JSON_C_TO_STRING_PLAIN));
	json_object_put(object);
}

static void append_latest(struct client *client)
{
	const struct buf *latest = &client->server->latest;

	buf_append(&client->out, buf_str(latest), latest->len);
	client->missed = false;
}

/* False when the client was dropped. */
static bool flush_client(struct client *client)
{
	ssize_t n = 1;

	while (n > 0) {
		if (client->out.len == 0 && client->missed)
			append_latest(client);
		if (client->out.len == 0)
			break;
		n = send(client->fd, buf_str(&client->out), client->out.len,
			 MSG_NOSIGNAL | MSG_DONTWAIT);
		if (n > 0)
			buf_consume(&client->out, (size_t)n);
	}
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		drop_client(client);
		return false;
	}
	if (client->out.len > 0) {
		ev_io_start(client->server->loop, &client->writer);
		return true;
	}
	ev_io_stop(client->server->loop, &client->writer);
	/* A follower may listen for as long as it likes. */
	if (client->follows)
		ev_timer_stop(client->server->loop, &client->idle);
	return true;
}

/* A NUL, as it is or as \u0000, would hide what follows it. */
struct json_object *ctl_request_parse(const char *line, size_t len)
{
	struct json_object *object = strlen(line) == len ? json_tokener_parse(line) : NULL;
	struct json_object *command = NULL;

	if (json_object_is_type(object, json_type_object))
		json_object_object_get_ex(object, "command", &command);
	if (json_object_is_type(command, json_type_string) &&
	    strlen(json_object_get_string(command)) == (size_t)json_object_get_string_len(command))
		return object;
	json_object_put(object);
	return NULL;
}

/* Without an answer the client waits for ctl_server_answer. False when it was dropped. */
static bool answer_lines(struct client *client)
{
	struct ctl_server *server = client->server;
	char *end;

	while (client->waits_for == 0 &&
	       (end = memchr(buf_str(&client->in), '\n', client->in.len))) {
		struct json_object *command = NULL, *response;
		struct ctl_request request = {.ticket = ++server->tickets};

		*end = '\0';
		client->waits_for = request.ticket;
		request.object = ctl_request_parse(buf_str(&client->in),
						   (size_t)(end - buf_str(&client->in)));
		if (request.object) {
			json_object_object_get_ex(request.object, "command", &command);
			request.command = json_object_get_string(command);
			server->asking = client;
			response = server->handler(server->ctx, &request);
			server->asking = NULL;
			json_object_put(request.object);
		} else {
			response = ctl_refusal(cause_name(CAUSE_USAGE),
					       "a request must be one JSON object with a "
					       "\"command\" on one line");
		}
		if (response) {
			client->waits_for = 0;
			append_object(&client->out, response);
		}
		buf_consume(&client->in, (size_t)(end - buf_str(&client->in)) + 1);
		if (client->out.len > RESPONSE_MAX || client->out.failed) {
			drop_client(client);
			return false;
		}
	}
	if (client->in.len > REQUEST_MAX || client->in.failed) {
		drop_client(client);
		return false;
	}
	return flush_client(client);
}

static void on_client_ready(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct client *client = watcher->data;
	char bytes[1024];
	ssize_t len;

	if (revents & EV_WRITE) {
		if (answer_lines(client) && client->waits_for != 0)
			ev_timer_stop(loop, &client->idle);
		return;
	}
	len = recv(client->fd, bytes, sizeof(bytes), MSG_DONTWAIT);
	if (len < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (len <= 0) {
		drop_client(client);
		return;
	}
	buf_append(&client->in, bytes, (size_t)len);
	if (!answer_lines(client))
		return;
	if (client->waits_for == 0 && (!client->follows || client->out.len > 0))
		ev_timer_again(loop, &client->idle);
	else if (client->waits_for != 0)
		ev_timer_stop(loop, &client->idle);
}

static void on_client_idle(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	(void)loop;
	(void)revents;
	drop_client(watcher->data);
}

static void on_pause_end(struct ev_loop *loop, ev_timer *watcher, int revents)
{
	struct ctl_server *server = watcher->data;

	(void)revents;
	ev_io_start(loop, &server->acceptor);
}

static void on_connection(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct ctl_server *server = watcher->data;
	struct client *client = NULL;
	int fd = accept4(server->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	struct ucred peer = {.uid = (uid_t)-1};
	socklen_t len = sizeof(peer);
	size_t places = CLIENTS_MAX;

	(void)revents;
	/* Without a free descriptor accept() keeps failing; stop accepting for a second instead of
	 * spinning. */
	if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
		log_warning("%s: cannot accept a client: %s", server->path, strerror(errno));
		ev_io_stop(loop, &server->acceptor);
		ev_timer_set(&server->pause, PAUSE_S, 0.);
		ev_timer_start(loop, &server->pause);
	}
	if (fd < 0)
		return;
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &len) == 0 && peer.uid == 0)
		places = COUNT(server->clients);
	for (size_t i = 0; i < places && !client; i++)
		client = server->clients[i].server ? NULL : &server->clients[i];
	if (!client) {
		close(fd);
		return;
	}
	*client = (struct client){.server = server, .fd = fd};
	ev_io_init(&client->reader, on_client_ready, fd, EV_READ);
	ev_io_init(&client->writer, on_client_ready, fd, EV_WRITE);
	ev_init(&client->idle, on_client_idle);
	client->idle.repeat = CTL_SERVER_IDLE_S;
	client->reader.data = client->writer.data = client->idle.data = client;
	ev_io_start(loop, &client->reader);
	ev_timer_again(loop, &client->idle);
}

size_t ctl_server_followers(const struct ctl_server *server)
{
	size_t count = 0;

	for (size_t i = 0; i < COUNT(server->clients); i++)
		if (server->clients[i].server && server->clients[i].follows)
			count++;
	return count;
}

int ctl_server_follow(struct ctl_server *server)
{
	if (server->asking->follows)
		return 0;
	if (ctl_server_followers(server) >= CTL_FOLLOWERS_MAX)
		return -EBUSY;
	server->asking->follows = true;
	return 0;
}

void ctl_server_publish(struct ctl_server *server, struct json_object *object)
{
	buf_clear(&server->latest);
	append_object(&server->latest, object);
	for (size_t i = 0; i < COUNT(server->clients); i++) {
		struct client *client = &server->clients[i];

		if (!client->server || !client->follows)
			continue;
		client->missed = true;
		if (client->out.len > 0)
			continue;
		/* Not sent right away: this may be called within a client's own request, and a
		 * failed send drops the client. */
		append_latest(client);
		ev_io_start(server->loop, &client->writer);
		ev_timer_again(server->loop, &client->idle);
	}
}

struct ctl_server *ctl_server_new(struct ev_loop *loop, const char *path, ctl_handler *handler,
				  void *ctx, int *error)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	struct ctl_server *server = NULL;
	int fd;

	if (!str_copy(address.sun_path, sizeof(address.sun_path), path)) {
		*error = -ENAMETOOLONG;
		return NULL;
	}
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* We hold the instance's lock, so whatever listened here is dead. */
	if (fd >= 0)
		unlink(path);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    chmod(path, 0660) < 0 || listen(fd, COUNT(server->clients)) < 0 ||
	    !(server = calloc(1, sizeof(*server)))) {
		*error = -errno;
		if (fd >= 0) {
			unlink(path);
			close(fd);
		}
		return NULL;
	}
	*error = 0;
	server->loop = loop;
	server->handler = handler;
	server->ctx = ctx;
	server->fd = fd;
	str_copy(server->path, sizeof(server->path), path);
	ev_io_init(&server->acceptor, on_connection, fd, EV_READ);
	server->acceptor.data = server;
	ev_init(&server->pause, on_pause_end);
	server->pause.data = server;
	ev_io_start(loop, &server->acceptor);
	return server;
}

int ctl_server_set_group(struct ctl_server *server, const char *name)
{
	const struct group *group;
	gid_t gid = getegid();

	errno = 0;
	group = *name ? getgrnam(name) : NULL;
	if (*name && !group)
		return errno == 0 || errno == ENOENT || errno == ESRCH ? -ENOENT : -errno;
	if (group)
		gid = group->gr_gid;
	return chown(server->path, (uid_t)-1, gid) < 0 ? -errno : 0;
}

void ctl_server_free(struct ctl_server *server)
{
	if (!server)
		return;
	for (size_t i = 0; i < COUNT(server->clients); i++)
		if (server->clients[i].server && flush_client(&server->clients[i]))
			drop_client(&server->clients[i]);
	buf_free(&server->latest);
	ev_io_stop(server->loop, &server->acceptor);
	ev_timer_stop(server->loop, &server->pause);
	close(server->fd);
	unlink(server->path);
	free(server);
}

static struct client *waiting_for(const struct ctl_server *server, unsigned long ticket)
{
	for (size_t i = 0; i < COUNT(server->clients); i++) {
		const struct client *client = &server->clients[i];

		if (client->server && ticket && client->waits_for == ticket)
			return (struct client *)client;
	}
	return NULL;
}

bool ctl_server_awaits(const struct ctl_server *server, unsigned long ticket)
{
	return waiting_for(server, ticket) != NULL;
}

void ctl_server_answer(struct ctl_server *server, unsigned long ticket,
		       struct json_object *response)
{
	struct client *client = waiting_for(server, ticket);

	if (!client) {
		json_object_put(response);
		return;
	}
	client->waits_for = 0;
	append_object(&client->out, response);
	/* From the loop, with the requests that have come since: our caller may be in the middle of
	 * what they ask for. */
	ev_io_start(server->loop, &client->writer);
	ev_timer_again(server->loop, &client->idle);
}

struct json_object *ctl_refusal(const char *cause, const char *text)
{
	struct json_object *response = json_object_new_object();

	json_object_object_add(response, "ok", json_object_new_boolean(0));
	json_add_text(response, "cause", cause);
	json_add_text(response, "text", text);
	return response;
}

struct json_object *ctl_success(void)
{
	struct json_object *response = json_object_new_object();

	json_object_object_add(response, "ok", json_object_new_boolean(1));
	return response;
}
