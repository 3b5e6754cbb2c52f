/* SPDX-License-Identifier: ISC */
/*
 * Stands in for the kernel's GPIO character device: preloaded into gobi-dial, it makes a chip of
 * each file named gpiochip*, with eight lines. It behaves as cp210x's chip was seen to in the lab:
 * a line belongs to whoever has its descriptor, anybody else gets EBUSY and is told the consumer's
 * name; an output has its value from the request on and keeps it when the descriptor is closed.
 * Lines 0 (key) and 1 (reset), low when pressed, go to the control socket GPIO_SHIM_MODEM of a
 * simulated modem, and line 2 is its STATUS; with GPIO_SHIM_HIGH they are pressed when high.
 * GPIO_SHIM_V1: a kernel of before 5.10. The value of each line is in the file LINE beside the
 * chip's.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/gpio.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define LINES 8

static const char *const names[LINES] = {"PWRKEY", "RESET", "STATUS"};

/* Send a command; its answer's last character. */
static int tell_modem(const char *text)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};
	const char *path = getenv("GPIO_SHIM_MODEM");
	char answer[256] = "";
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	ssize_t len = 0;

	if (path)
		snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&address, sizeof(address)) == 0 &&
	    write(fd, text, strlen(text)) > 0)
		len = read(fd, answer, sizeof(answer) - 1);
	close(fd);
	return len > 1 ? answer[len - 2] : 0;
}

static void change_line(int fd, int line, int value)
{
	char was = '?', now = (char)('0' + value);
	int pressed = value == (getenv("GPIO_SHIM_HIGH") ? 1 : 0);

	if (pread(fd, &was, 1, 0) == 1 && was == now)
		return;
	if (pwrite(fd, &now, 1, 0) != 1)
		return;
	if (line == 0)
		tell_modem(pressed ? "key down\n" : "key up\n");
	else if (line == 1)
		tell_modem(pressed ? "reset-line down\n" : "reset-line up\n");
}

/* The path behind a descriptor, and the line that it is; -1: a chip; -2: neither. */
static int find_line(int fd, char path[PATH_MAX])
{
	char link[64];
	const char *base;
	ssize_t len;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	len = readlink(link, path, PATH_MAX - 1);
	path[len > 0 ? len : 0] = '\0';
	base = strrchr(path, '/');
	if (!base || strncmp(base, "/gpiochip", 9) != 0)
		return -2;
	base = strchr(base, '.');
	return base ? atoi(base + 1) : -1;
}

static int open_line(const char *chip, unsigned line, int flags)
{
	char path[PATH_MAX + 16];

	snprintf(path, sizeof(path), "%s.%u", chip, line);
	return open(path, flags | O_CLOEXEC, 0600);
}

/* Its descriptor, or -1 with errno. */
static int take_line(const char *chip, unsigned line, int value, const char *consumer)
{
	int fd;

	if (line >= LINES) {
		errno = EINVAL;
		return -1;
	}
	fd = open_line(chip, line, O_RDWR | O_CREAT);
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		close(fd);
		errno = EBUSY;
		return -1;
	}
	if (value >= 0)
		change_line(fd, (int)line, value);
	(void)!pwrite(fd, consumer, strlen(consumer) + 1, 1);
	return fd;
}

static void read_holder(const char *chip, unsigned line, char *consumer, size_t size)
{
	int fd = open_line(chip, line, O_RDONLY);

	if (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0)
		(void)!pread(fd, consumer, size - 1, 1);
	if (fd >= 0)
		close(fd);
}

static int read_value(int fd, int line)
{
	char value = '1';

	if (line == 2)
		return tell_modem("power\n") == '1';
	return pread(fd, &value, 1, 0) == 1 && value == '1';
}

static int chip_ioctl(const char *chip, unsigned long request, void *arg)
{
	struct gpiochip_info *chip_info = arg;
	struct gpioline_info *line_info = arg;
	struct gpiohandle_request *old = arg;
	struct gpio_v2_line_request *second = arg;

	if (request == GPIO_GET_CHIPINFO_IOCTL) {
		snprintf(chip_info->label, sizeof(chip_info->label), "stand-in");
		chip_info->lines = LINES;
	} else if (request == GPIO_GET_LINEINFO_IOCTL && line_info->line_offset < LINES) {
		const char *name = names[line_info->line_offset];

		snprintf(line_info->name, sizeof(line_info->name), "%s", name ? name : "");
		read_holder(chip, line_info->line_offset, line_info->consumer,
			    sizeof(line_info->consumer));
	} else if (request == GPIO_GET_LINEHANDLE_IOCTL) {
		old->fd = take_line(chip, old->lineoffsets[0],
				    old->flags & GPIOHANDLE_REQUEST_OUTPUT ? old->default_values[0]
									   : -1,
				    old->consumer_label);
		return old->fd < 0 ? -1 : 0;
	} else if (request == GPIO_V2_GET_LINE_IOCTL && !getenv("GPIO_SHIM_V1")) {
		second->fd = take_line(chip, second->offsets[0],
				       second->config.flags & GPIO_V2_LINE_FLAG_OUTPUT
					       ? (int)second->config.attrs[0].attr.values
					       : -1,
				       second->consumer);
		return second->fd < 0 ? -1 : 0;
	} else {
		errno = EINVAL;
		return -1;
	}
	return 0;
}

static int line_ioctl(int fd, int line, unsigned long request, void *arg)
{
	struct gpio_v2_line_values *second = arg;
	struct gpiohandle_data *old = arg;

	if (request == GPIO_V2_LINE_GET_VALUES_IOCTL)
		second->bits = (unsigned)read_value(fd, line);
	else if (request == GPIO_V2_LINE_SET_VALUES_IOCTL)
		change_line(fd, line, (int)(second->bits & 1));
	else if (request == GPIOHANDLE_GET_LINE_VALUES_IOCTL)
		old->values[0] = (unsigned char)read_value(fd, line);
	else if (request == GPIOHANDLE_SET_LINE_VALUES_IOCTL)
		change_line(fd, line, old->values[0]);
	return 0;
}

__attribute__((visibility("default"))) int ioctl(int fd, unsigned long request, ...)
{
	static int (*real)(int, unsigned long, ...);
	char path[PATH_MAX];
	int line = -2;
	void *arg;
	va_list ap;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "ioctl");
	va_start(ap, request);
	arg = va_arg(ap, void *);
	va_end(ap);
	if (((request >> 8) & 0xff) == 0xb4)
		line = find_line(fd, path);
	return line == -2 ? real(fd, request, arg)
	       : line < 0 ? chip_ioctl(path, request, arg)
			  : line_ioctl(fd, line, request, arg);
}
