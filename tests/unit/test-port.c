/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "unit.h"

#include "conf/conf.h"
#include "io/port.h"
#include "tree.h"

struct expected {
	const char *device;
	const char *driver;
	const char *usb_path;
	int interface, count;
	int class, subclass, protocol;
	int interrupt_in;
};

static void check(const struct port *port, const struct expected *want)
{
	assert_string_equal(port->device, want->device);
	assert_string_equal(port->driver, want->driver);
	assert_string_equal(port->usb_path, want->usb_path);
	assert_int_equal(port->interface, want->interface);
	assert_int_equal(port->interface_count, want->count);
	assert_int_equal(port->iface_class, want->class);
	assert_int_equal(port->iface_subclass, want->subclass);
	assert_int_equal(port->iface_protocol, want->protocol);
	assert_int_equal(port->interrupt_in, want->interrupt_in);
}

static void describe(const char *root, const struct expected *want)
{
	struct port port;

	port_init(&port, want->device);
	port_describe(&port, root);
	check(&port, want);
}

static void an_interface_is_known_by_number_not_by_tty(void **state)
{
	/* clang-format off */
	static const struct expected qcserial[] = {
		{ "/dev/ttyUSB0", "qcserial", "1-1", 1, 4, 255, 255, 255, 0 },
		{ "/dev/ttyUSB1", "qcserial", "1-1", 2, 4, 255, 255, 255, 1 },
		{ "/dev/ttyUSB2", "qcserial", "1-1", 3, 4, 255, 255, 255, 0 },
	}, option[] = {
		{ "/dev/ttyUSB1",  "option", "1-1", 3, 4, 255, 255, 255, 0 },
		{ "/dev/ttyUSB2",  "option", "1-1", 2, 4, 255, 255, 255, 1 },
		{ "/dev/ttyUSB3",  "option", "1-1", 0, 4, 255, 255, 255, 1 },
		{ "/dev/ttyUSB10", "option", "1-1", 1, 4, 255, 255, 255, 0 },
	};
	/* clang-format on */
	const char *root = tree_plant("sysfs/mc8355-qcserial");

	(void)state;
	for (int i = 0; i < 3; i++)
		describe(root, &qcserial[i]);
	tree_fell();
	root = tree_plant("sysfs/mc8355-option");
	for (int i = 0; i < 4; i++)
		describe(root, &option[i]);
	tree_fell();
}

static void a_ttyacm_is_its_control_interface(void **state)
{
	static const struct expected acm = {"/dev/ttyACM1", "cdc_acm", "1-1.2", 2, 4, 2, 2, 1, 1};

	(void)state;
	describe(tree_plant("sysfs/acm"), &acm);
	tree_fell();
}

static void a_uart_and_a_pty_have_no_interface(void **state)
{
	static const struct expected uart = {"/dev/ttyS1", "serial8250", "", -1, -1,
					     -1,           -1,           -1, -1};
	static const struct expected pty = {"/dev/pts/1", "", "", -1, -1, -1, -1, -1, -1};
	const char *root = tree_plant("sysfs/uart");

	(void)state;
	describe(root, &uart);
	describe(root, &pty);
	tree_fell();
}

static void odd_attributes_are_unknown_not_invented(void **state)
{
	static const struct expected odd = {
		"/dev/ttyUSB0", "a-name-that-does-not-fit-the-th", "1-1", 0, -1, -1, -1, -1, 0};
	static const struct expected loop = {"/dev/ttyUSB1", "", "", -1, -1, -1, -1, -1, -1};
	const char *root = tree_plant("sysfs/hostile");

	(void)state;
	describe(root, &odd);
	describe(root, &loop);
	tree_fell();
}

static void push(struct port_list *list, const char *device, const char *path, int interface)
{
	struct port port;

	port_init(&port, device);
	strcpy(port.usb_path, path);
	port.interface = interface;
	assert_int_equal(port_list_push(list, &port), 0);
}

static void the_list_is_sorted_by_path_and_interface(void **state)
{
	static const char *const want[] = {"/dev/ttyUSB7", "/dev/ttyUSB0", "/dev/ttyUSB1",
					   "/dev/ttyUSB5", "/dev/ttyUSB2", "/dev/ttyUSB10"};
	struct port_list list = {NULL, 0};

	(void)state;
	push(&list, "/dev/ttyUSB10", "1-10", 0);
	push(&list, "/dev/ttyUSB5", "1-2.4", 0);
	push(&list, "/dev/ttyUSB2", "1-10", 0);
	push(&list, "/dev/ttyUSB1", "1-2", 10);
	push(&list, "/dev/ttyUSB0", "1-2", 2);
	push(&list, "/dev/ttyUSB7", "", -1);
	push(&list, "/dev/ttyUSB0", "1-2", 2);
	assert_int_equal(list.count, 6);
	port_list_sort(&list);
	for (size_t i = 0; i < list.count; i++)
		assert_string_equal(list.ports[i].device, want[i]);
	port_list_free(&list);
	port_list_sort(&list);
	port_list_free(&list);
}

static void a_filter_takes_what_it_names(void **state)
{
	static const struct {
		struct port_filter filter;
		bool matches;
	} rows[] = {
		{{-1, -1, NULL, NULL}, true},          {{-1, -1, "", ""}, true},
		{{0x1199, 0x9013, "1-1", "S1"}, true}, {{0x1199, -1, NULL, NULL}, true},
		{{0x1199, 0x9012, NULL, NULL}, false}, {{0x12d1, 0x9013, NULL, NULL}, false},
		{{-1, -1, "1-1.1", NULL}, false},      {{-1, -1, NULL, "S"}, false},
	};
	struct port port;

	(void)state;
	port_init(&port, "/dev/ttyUSB0");
	port.vid = 0x1199;
	port.pid = 0x9013;
	strcpy(port.usb_path, "1-1");
	strcpy(port.serial, "S1");
	assert_true(port_matches(&port, NULL));
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		assert_int_equal(port_matches(&port, &rows[i].filter), rows[i].matches);
}

static void a_named_tty_is_added_by_its_real_name(void **state)
{
	struct port_list list = {NULL, 0};
	char folder[] = "/tmp/gobi-port-XXXXXX", link[64], name[64];
	int master = posix_openpt(O_RDWR | O_NOCTTY);

	(void)state;
	assert_int_equal(grantpt(master) | unlockpt(master), 0);
	assert_int_equal(ptsname_r(master, name, sizeof(name)), 0);
	assert_non_null(mkdtemp(folder));
	snprintf(link, sizeof(link), "%s/if0", folder);
	assert_int_equal(symlink(name, link), 0);
	assert_int_equal(port_list_add(&list, link), 0);
	assert_int_equal(port_list_add(&list, name), 0);
	assert_int_equal(list.count, 1);
	assert_string_equal(list.ports[0].device, name);
	assert_int_equal(list.ports[0].vid, -1);
	assert_int_equal(port_list_add(&list, "/dev/null"), -ENOTTY);
	assert_int_equal(port_list_add(&list, folder), -ENOTTY);
	assert_int_equal(port_list_add(&list, "/dev/ttyNONE"), -ENOENT);
	assert_int_equal(port_list_add(&list, "/etc/passwd/x"), -ENOTDIR);
	/* A node that has outlived its tty; there is no driver 250:77. */
	unlink(link);
	if (mknod(link, S_IFCHR | 0600, makedev(250, 77)) == 0)
		assert_int_equal(port_list_add(&list, link), -ENOENT);
	assert_int_equal(list.count, 1);
	port_list_free(&list);
	unlink(link);
	rmdir(folder);
	close(master);
}

static void only_what_may_be_a_modem_is_a_candidate(void **state)
{
	static const struct {
		struct port_filter filter;
		const char *candidates, *foreign;
	} rows[] = {
		{{-1, -1, NULL, NULL},
		 "ttyUSB5 ttyACM2 ttyUSB6 ttyUSB7 ",
		 "ttyUSB0 ttyUSB1 ttyUSB2 ttyUSB3 ttyACM0 ttyACM1 ttyUSB4 "},
		{{0x0403, 0x6001, NULL, NULL, .named = true}, "ttyUSB0 ", ""},
		{{0x2341, 0x0043, NULL, NULL, .named = true}, "ttyACM0 ", ""},
		/* A place is not a device. */
		{{-1, -1, "1-1", NULL}, "", "ttyUSB0 "},
		{{-1, -1, "1-9", NULL}, "ttyACM2 ", ""},
	};
	const char *root = tree_plant("sysfs/foreign");

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		char candidates[256] = "", foreign[256] = "";
		struct port_list list;

		assert_int_equal(port_list_usb(&list, root, &rows[i].filter), 0);
		for (size_t k = 0; k < list.count; k++) {
			char *to = list.ports[k].foreign ? foreign : candidates;

			strcat(strcat(to, list.ports[k].device + 5), " ");
		}
		assert_string_equal(candidates, rows[i].candidates);
		assert_string_equal(foreign, rows[i].foreign);
		port_list_free(&list);
	}
	tree_fell();
}

static void a_configured_id_or_number_names_the_device(void **state)
{
	struct conf conf;

	(void)state;
	assert_int_equal(conf_init(&conf), 0);
	assert_false(port_filter_configured(&conf).named);
	free(conf.modem.path);
	conf.modem.path = strdup("1-1");
	assert_false(port_filter_configured(&conf).named);
	free(conf.modem.serial);
	conf.modem.serial = strdup("A1");
	assert_true(port_filter_configured(&conf).named);
	conf.modem.serial[0] = '\0';
	free(conf.modem.usb);
	conf.modem.usb = strdup("0403:6001");
	assert_true(port_filter_configured(&conf).named);
	conf_free(&conf);
}

static void listing_works_where_there_is_no_usb(void **state)
{
	struct port_list list;
	struct port_filter nothing = {0xfffe, 0xfffe, NULL, NULL};

	(void)state;
	assert_int_equal(port_list_usb(&list, "", &nothing), 0);
	assert_int_equal(list.count, 0);
	port_list_free(&list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_interface_is_known_by_number_not_by_tty),
		cmocka_unit_test(a_ttyacm_is_its_control_interface),
		cmocka_unit_test(a_uart_and_a_pty_have_no_interface),
		cmocka_unit_test(odd_attributes_are_unknown_not_invented),
		cmocka_unit_test(the_list_is_sorted_by_path_and_interface),
		cmocka_unit_test(a_filter_takes_what_it_names),
		cmocka_unit_test(a_named_tty_is_added_by_its_real_name),
		cmocka_unit_test(only_what_may_be_a_modem_is_a_candidate),
		cmocka_unit_test(a_configured_id_or_number_names_the_device),
		cmocka_unit_test(listing_works_where_there_is_no_usb),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
