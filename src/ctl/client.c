/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/str.h"
#include "ctl/client.h"
#include "io/clock.h"

#define RESPONSE_MAX 262144

int ctl_client_connect(const char *path)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	int fd, error;

	if (!str_copy(address.sun_path, sizeof(address.sun_path), path))
		return -ENAMETOOLONG;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
		error = -errno;
		close(fd);
		return error;
	}
	return fd;
}

int ctl_client_send_object(int fd, struct json_object *request)
{
	struct buf line = BUF_INIT;
	ssize_t sent;

	buf_printf(&line, "%s\n", json_object_to_json_string_ext(request, JSON_C_TO_STRING_PLAIN));
	sent = send(fd, buf_str(&line), line.len, MSG_NOSIGNAL);
	if (sent != (ssize_t)line.len)
		sent = -EPIPE;
	buf_free(&line);
	return sent < 0 ? (int)sent : 0;
}

int ctl_client_send(int fd, const char *command)
{
	struct json_object *request = json_object_new_object();
	int error;

	json_add_text(request, "command", command);
	error = ctl_client_send_object(fd, request);
	json_object_put(request);
	return error;
}

/* Bytes that come before `until`; 0 at the end of the stream, -ETIMEDOUT. */
static ssize_t receive_bytes(int fd, char *bytes, size_t size, int64_t until)
{
	struct pollfd poller = {.fd = fd, .events = POLLIN};
	int64_t left = until - clock_now_ms();
	ssize_t len;

	if (left <= 0 || poll(&poller, 1, (int)left) == 0)
		return -ETIMEDOUT;
	len = recv(fd, bytes, size, MSG_DONTWAIT);
	if (len < 0)
		return errno == ECONNRESET ? 0 : -errno;
	return len;
}

int ctl_client_next(int fd, struct buf *in, int timeout_ms, struct json_object **object)
{
	int64_t until = clock_now_ms() + timeout_ms;
	char bytes[4096];
	ssize_t len;
	size_t end;

	*object = NULL;
	while (!memchr(buf_str(in), '\n', in->len)) {
		len = receive_bytes(fd, bytes, sizeof(bytes), until);
		if (len == -EAGAIN || len == -EINTR)
			continue;
		if (len <= 0)
			return len < 0 ? (int)len : -EPIPE;
		buf_append(in, bytes, (size_t)len);
		if (in->len > RESPONSE_MAX)
			return -EPROTO;
	}
	end = strcspn(buf_str(in), "\n");
	in->data[end] = '\0';
	*object = json_tokener_parse(in->data);
	buf_consume(in, end + 1);
	if (json_object_is_type(*object, json_type_object))
		return 0;
	json_object_put(*object);
	*object = NULL;
	return -EPROTO;
}

int ctl_client_request(int fd, const char *command, int timeout_ms, struct json_object **response)
{
	struct buf in = BUF_INIT;
	int error = ctl_client_send(fd, command);

	*response = NULL;
	if (error == 0)
		error = ctl_client_next(fd, &in, timeout_ms, response);
	buf_free(&in);
	return error;
}

int ctl_client_wait_end(int fd, int timeout_ms)
{
	int64_t until = clock_now_ms() + timeout_ms;
	char bytes[256];
	ssize_t len;

	do {
		len = receive_bytes(fd, bytes, sizeof(bytes), until);
	} while (len > 0 || len == -EAGAIN || len == -EINTR);
	return len == -ETIMEDOUT ? -ETIMEDOUT : 0;
}
