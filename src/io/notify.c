/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/str.h"
#include "io/clock.h"
#include "io/notify.h"

/* Where to send; length 0: nowhere. */
static struct sockaddr_un manager;
static socklen_t manager_len;

int notify_init(void)
{
	const char *address = getenv("NOTIFY_SOCKET");
	const char *usec = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	size_t len = address ? strlen(address) : 0;
	unsigned long long ms = 0;
	long value;

	/* WATCHDOG_PID names the process that must answer; a leftover of another's is not for us.
	 * 32 bits of microseconds would not hold an hour. */
	if ((!pid || (str_to_int(pid, 1, INT_MAX, &value) && value == getpid())) && usec &&
	    *usec >= '0' && *usec <= '9')
		ms = strtoull(usec, NULL, 10) / 1000;
	manager_len = 0;
	/* A path, or with "@" in front the name of an abstract socket. */
	if (len >= 2 && len < sizeof(manager.sun_path) && (*address == '/' || *address == '@')) {
		memset(&manager, 0, sizeof(manager));
		manager.sun_family = AF_UNIX;
		memcpy(manager.sun_path, address, len);
		if (*address == '@')
			manager.sun_path[0] = '\0';
		manager_len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	}
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return ms < INT_MAX ? (int)ms : INT_MAX;
}

int notify_send(const char *lines)
{
	int fd, error = 0;

	if (manager_len == 0)
		return 0;
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	/* A manager that does not read must not block the loop. */
	if (sendto(fd, lines, strlen(lines), MSG_NOSIGNAL | MSG_DONTWAIT,
		   (struct sockaddr *)&manager, manager_len) < 0)
		error = -errno;
	close(fd);
	return error;
}

void notify_status(const char *text)
{
	struct buf line = BUF_INIT;

	buf_printf(&line, "STATUS=");
	str_print_safe(&line, text, strlen(text));
	if (!line.failed)
		notify_send(buf_str(&line));
	buf_free(&line);
}

void notify_reloading(void)
{
	char lines[64];

	snprintf(lines, sizeof(lines), "RELOADING=1\nMONOTONIC_USEC=%lld",
		 (long long)clock_now_us());
	notify_send(lines);
}
