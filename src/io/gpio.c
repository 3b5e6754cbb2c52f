/* SPDX-License-Identifier: ISC */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/gpio.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/str.h"
#include "io/gpio.h"

#define CONSUMER "gobi-dial"

/* Headers of before 5.10 have the first version only: OpenWrt 19.07's are of 4.14. */
#ifndef GPIO_V2_GET_LINE_IOCTL
#define GPIO_V2_LINE_FLAG_INPUT            (1ULL << 2)
#define GPIO_V2_LINE_FLAG_OUTPUT           (1ULL << 3)
#define GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES 2

struct gpio_v2_line_values {
	uint64_t bits __attribute__((aligned(8)));
	uint64_t mask __attribute__((aligned(8)));
};

struct gpio_v2_line_config_attribute {
	struct {
		uint32_t id, padding;
		uint64_t values __attribute__((aligned(8)));
	} attr;
	uint64_t mask __attribute__((aligned(8)));
};

struct gpio_v2_line_request {
	uint32_t offsets[64];
	char consumer[32];
	struct {
		uint64_t flags __attribute__((aligned(8)));
		uint32_t num_attrs, padding[5];
		struct gpio_v2_line_config_attribute attrs[10];
	} config;
	uint32_t num_lines, event_buffer_size, padding[5];
	int32_t fd;
};

#define GPIO_V2_GET_LINE_IOCTL        _IOWR(0xB4, 0x07, struct gpio_v2_line_request)
#define GPIO_V2_LINE_GET_VALUES_IOCTL _IOWR(0xB4, 0x0E, struct gpio_v2_line_values)
#define GPIO_V2_LINE_SET_VALUES_IOCTL _IOWR(0xB4, 0x0F, struct gpio_v2_line_values)
#endif

static int open_device(const char *root, const char *folder, const char *name)
{
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s%s%s", root, folder, name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd < 0 ? -errno : fd;
}

int gpio_chip_open(const char *root, const char *chip)
{
	struct gpiochip_info info = {0};
	char folder[256];
	struct dirent *entry;
	int fd = open_device(root, *chip == '/' ? "" : "/dev/", chip);
	DIR *dir;

	if (fd != -ENOENT || *chip == '/')
		return fd == -ENOENT || fd == -ENXIO ? -ENODEV : fd;
	snprintf(folder, sizeof(folder), "%s/dev", root);
	dir = opendir(folder);
	fd = -ENODEV;
	while (dir && fd < 0 && (entry = readdir(dir))) {
		if (!str_starts(entry->d_name, "gpiochip"))
			continue;
		fd = open_device(root, "/dev/", entry->d_name);
		if (fd >= 0 && (ioctl(fd, GPIO_GET_CHIPINFO_IOCTL, &info) < 0 ||
				strcmp(info.label, chip) != 0)) {
			close(fd);
			fd = -ENODEV;
		}
	}
	if (dir)
		closedir(dir);
	return fd;
}

/* In the first version, which every kernel has that has the device at all. A kernel that was built
 * without it has the second version's, which begins with the same two names. */
static int read_line(int chip, int offset, struct gpioline_info *info)
{
	memset(info, 0, sizeof(*info));
	info->line_offset = (uint32_t)offset;
	if (ioctl(chip, GPIO_GET_LINEINFO_IOCTL, info) == 0)
		return 0;
#ifdef GPIO_V2_GET_LINEINFO_IOCTL
	struct gpio_v2_line_info second = {.offset = (uint32_t)offset};

	if (ioctl(chip, GPIO_V2_GET_LINEINFO_IOCTL, &second) == 0) {
		str_copy(info->name, sizeof(info->name), second.name);
		str_copy(info->consumer, sizeof(info->consumer), second.consumer);
		return 0;
	}
#endif
	return -errno;
}

int gpio_line_find(int chip, const char *line)
{
	struct gpiochip_info info = {0};
	struct gpioline_info one;
	long offset;

	if (ioctl(chip, GPIO_GET_CHIPINFO_IOCTL, &info) < 0)
		return -errno;
	if (str_to_int(line, 0, 65535, &offset))
		return offset < (long)info.lines ? (int)offset : -ENOENT;
	for (int i = 0; i < (int)info.lines; i++)
		if (read_line(chip, i, &one) == 0 && strcmp(one.name, line) == 0)
			return i;
	return -ENOENT;
}

int gpio_line_request(int chip, int offset, int value, struct gpio_line *line)
{
	struct gpio_v2_line_request request = {.num_lines = 1, .consumer = CONSUMER};
	struct gpiohandle_request old = {.lines = 1, .consumer_label = CONSUMER};

	request.offsets[0] = old.lineoffsets[0] = (uint32_t)offset;
	request.config.flags = value < 0 ? GPIO_V2_LINE_FLAG_INPUT : GPIO_V2_LINE_FLAG_OUTPUT;
	old.flags = value < 0 ? GPIOHANDLE_REQUEST_INPUT : GPIOHANDLE_REQUEST_OUTPUT;
	/* With the request and not after it: a line that begins low is a press by itself. */
	if (value >= 0) {
		request.config.num_attrs = 1;
		request.config.attrs[0].attr.id = GPIO_V2_LINE_ATTR_ID_OUTPUT_VALUES;
		request.config.attrs[0].attr.values = (uint64_t)value;
		request.config.attrs[0].mask = 1;
		old.default_values[0] = (uint8_t)value;
	}
	line->second = ioctl(chip, GPIO_V2_GET_LINE_IOCTL, &request) == 0;
	line->fd = request.fd;
	if (line->second)
		return 0;
	if (errno != EINVAL && errno != ENOTTY)
		return -errno;
	if (ioctl(chip, GPIO_GET_LINEHANDLE_IOCTL, &old) < 0)
		return -errno;
	line->fd = old.fd;
	return 0;
}

int gpio_line_set(const struct gpio_line *line, int value)
{
	struct gpio_v2_line_values values = {.bits = (uint64_t)value, .mask = 1};
	struct gpiohandle_data old = {.values = {(uint8_t)value}};
	int result = line->second ? ioctl(line->fd, GPIO_V2_LINE_SET_VALUES_IOCTL, &values)
				  : ioctl(line->fd, GPIOHANDLE_SET_LINE_VALUES_IOCTL, &old);

	return result < 0 ? -errno : 0;
}

int gpio_line_get(const struct gpio_line *line)
{
	struct gpio_v2_line_values values = {.mask = 1};
	struct gpiohandle_data old = {.values = {0}};
	int result = line->second ? ioctl(line->fd, GPIO_V2_LINE_GET_VALUES_IOCTL, &values)
				  : ioctl(line->fd, GPIOHANDLE_GET_LINE_VALUES_IOCTL, &old);

	return result < 0 ? -errno : line->second ? (int)(values.bits & 1) : old.values[0];
}

void gpio_line_holder(int chip, int offset, char holder[GPIO_HOLDER_SIZE])
{
	struct gpioline_info info;

	*holder = '\0';
	if (read_line(chip, offset, &info) == 0)
		str_copy(holder, GPIO_HOLDER_SIZE, info.consumer);
}
