/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

#include "io/usb.h"
#include "tree.h"

/* "number class/subclass/protocol driver ttys net wdm", "-" for none. */
static void print(const struct usb_interface *at, char *to, size_t size)
{
	char ttys[64] = "";

	for (size_t i = 0; i < at->tty_count; i++) {
		strcat(ttys, i > 0 ? "," : "");
		strcat(ttys, at->ttys[i]);
	}
	snprintf(to, size, "%d %02x/%02x/%02x %d%s %s %s %s %s", at->number, (unsigned)at->class,
		 (unsigned)at->subclass, (unsigned)at->protocol, at->endpoints,
		 at->interrupt_in == 1 ? "i" : "", *at->driver ? at->driver : "-",
		 *ttys ? ttys : "-", *at->net ? at->net : "-", *at->wdm ? at->wdm : "-");
}

static const struct row {
	const char *tree;
	const char *path;
	int vid, pid, devnum, interface_count;
	const char *interfaces[6];
} rows[] = {
	/* clang-format off */
	{ "sysfs/report-before", "1-1", 0x1199, 0x9013, 2, 4,
	  { "0 ff/ff/ff 3i qmi_wwan - wwan0 cdc-wdm0",
	    "1 ff/ff/ff 2 qcserial ttyUSB0 - -",
	    "2 ff/ff/ff 3i qcserial ttyUSB1 - -",
	    "3 ff/ff/ff 2 qcserial ttyUSB2 - -" } },
	{ "sysfs/report-after", "1-1", 0x1199, 0x9013, 2, 4,
	  { "0 ff/ff/ff 3i - - - -",
	    "1 ff/ff/ff 2 qcserial ttyUSB0 - -",
	    "2 ff/ff/ff 3i qcserial ttyUSB1 - -",
	    "3 ff/ff/ff 2 qcserial ttyUSB2 - -" } },
	{ "sysfs/report-bare", "1-1", 0x1199, 0x9013, 2, 4,
	  { "0 ff/ff/ff 3i - - - -", "1 ff/ff/ff 2 - - - -",
	    "2 ff/ff/ff 3i - - - -", "3 ff/ff/ff 2 - - - -" } },
	{ "sysfs/huawei-e1752", "1-1.4", 0x12d1, 0x1506, 7, 4,
	  { "0 ff/02/01 3i option ttyUSB0 - -", "1 ff/02/16 3i - - - -",
	    "2 ff/02/02 2 option ttyUSB1 - -",
	    "3 08/06/50 2 usb-storage - - -" } },
	{ "sysfs/quectel-ec25", "1-1", 0x2c7c, 0x0125, 3, 5,
	  { "0 ff/ff/ff 2 option ttyUSB0 - -", "1 ff/00/00 3i option ttyUSB1 - -",
	    "2 ff/00/00 3i option ttyUSB2 - -",
	    "3 ff/00/00 3i option ttyUSB3 - -",
	    "4 ff/ff/ff 3i qmi_wwan - wwan0 cdc-wdm0" } },
	{ "sysfs/qdl", "1-1", 0x1199, 0x9000, 2, 1,
	  { "0 ff/ff/ff 2 qcserial ttyUSB0 - -" } },
	/* clang-format on */
};

static void check(const struct usb_device *device, const struct row *want)
{
	char text[128];
	size_t i;

	assert_string_equal(device->path, want->path);
	assert_int_equal(device->vid, want->vid);
	assert_int_equal(device->pid, want->pid);
	assert_int_equal(device->devnum, want->devnum);
	assert_int_equal(device->interface_count, want->interface_count);
	assert_int_equal(device->configuration, 1);
	assert_int_equal(device->configurations, 1);
	assert_int_equal(device->authorized, 1);
	for (i = 0; want->interfaces[i]; i++) {
		assert_true(i < device->count);
		print(&device->interfaces[i], text, sizeof(text));
		assert_string_equal(text, want->interfaces[i]);
	}
	assert_int_equal(device->count, i);
}

static void a_modem_is_listed_with_what_holds_it(void **state)
{
	struct usb_list list;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const char *root = tree_plant(rows[i].tree);

		assert_int_equal(usb_list(&list, root), 0);
		assert_int_equal(list.count, 1);
		check(&list.devices[0], &rows[i]);
		usb_list_free(&list);
		tree_fell();
	}
}

static void a_camera_is_no_modem_and_no_usb_an_empty_list(void **state)
{
	struct usb_list list;

	(void)state;
	assert_int_equal(usb_list(&list, tree_plant("sysfs/empty")), 0);
	assert_int_equal(list.count, 1);
	assert_false(usb_is_modem(&list.devices[0]));
	usb_list_free(&list);
	assert_int_equal(usb_list(&list, "/nowhere"), 0);
	assert_int_equal(list.count, 0);
	usb_list_free(&list);
	tree_fell();
}

static void a_stick_that_is_no_modem_now_is_told_apart(void **state)
{
	static const struct {
		const char *tree;
		enum stick stick;
		int modems;
	} sticks[] = {
		{"sysfs/stick-disk", STICK_DISK, 0},   {"sysfs/stick-router", STICK_ROUTER, 0},
		{"sysfs/huawei-e1752", STICK_NONE, 1}, {"sysfs/report-bare", STICK_NONE, 1},
		{"sysfs/foreign", STICK_NONE, 3},      {"sysfs/acm", STICK_NONE, 0},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(sticks) / sizeof(*sticks); i++) {
		const char *root = tree_plant(sticks[i].tree);
		struct usb_device device;
		struct usb_list list;
		int modems = 0;

		assert_int_equal(usb_find_stick(&device, root), sticks[i].stick);
		assert_int_equal(usb_list(&list, root), 0);
		for (size_t k = 0; k < list.count; k++)
			modems += usb_is_modem(&list.devices[k]);
		assert_int_equal(modems, sticks[i].modems);
		usb_list_free(&list);
		tree_fell();
	}
}

static void a_device_is_read_by_its_path(void **state)
{
	const char *root = tree_plant("sysfs/report-before");
	struct usb_device device;

	(void)state;
	assert_true(usb_device_read(&device, root, "1-1"));
	assert_string_equal(device.manufacturer, "Sierra Wireless Inc");
	assert_string_equal(device.serial, "");
	assert_string_equal(device.interfaces[2].name, "1-1:1.2");
	assert_int_equal(device.interfaces[2].authorized, 1);
	assert_int_equal(device.interfaces[2].number, 2);
	assert_int_equal(device.count, 4);
	assert_false(usb_device_read(&device, root, "1-2"));
	assert_false(usb_device_read(&device, root, "a-path-that-is-longer-than-any-usb-path"));
	tree_fell();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_modem_is_listed_with_what_holds_it),
		cmocka_unit_test(a_camera_is_no_modem_and_no_usb_an_empty_list),
		cmocka_unit_test(a_stick_that_is_no_modem_now_is_told_apart),
		cmocka_unit_test(a_device_is_read_by_its_path),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
