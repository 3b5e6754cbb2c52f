/* SPDX-License-Identifier: ISC */
#ifndef GD_IO_GPIO_H
#define GD_IO_GPIO_H

#include <stdbool.h>

/* The kernel's GPIO character device, in its second version and, before Linux 5.10, its first. Not
 * libgpiod: 1.6 and 2.x are two libraries of one name. */

/* A line that is ours until its `fd` is closed. Closing it need not change the level: a CP2104 and
 * most drivers leave it as it was. */
struct gpio_line {
	int fd;
	bool second; /* the version it was asked for in */
};

/* Open a chip by its name ("gpiochip0"), the path of its device, or its label. `root` stands before
 * "/dev". The fd; -ENODEV: there is none; or another negative errno. */
int gpio_chip_open(const char *root, const char *chip);

/* A line by its offset or its name. The offset, or -ENOENT. */
int gpio_line_find(int chip, const char *line);

/* Ask for it: an output that has `value` from the start, or with -1 an input. 0 or a negative
 * errno; -EBUSY: somebody has it, see gpio_line_holder. */
int gpio_line_request(int chip, int offset, int value, struct gpio_line *line);

/* Negative errno. */
int gpio_line_set(const struct gpio_line *line, int value);

/* 0, 1, or a negative errno. */
int gpio_line_get(const struct gpio_line *line);

#define GPIO_HOLDER_SIZE 33

/* What has the line; "" when nothing does, or it has no name. */
void gpio_line_holder(int chip, int offset, char holder[GPIO_HOLDER_SIZE]);

#endif
