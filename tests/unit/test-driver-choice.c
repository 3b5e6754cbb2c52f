/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "unit.h"

#include "base/buf.h"
#include "io/rebind.h"
#include "io/probe.h"
#include "tree.h"

#define LENGTH(array) (sizeof(array) / sizeof(*(array)))

/*
 * A device as a word an interface: role (D data, L likely, A commands, n not
 * AT, Q boot loader, . unknown), t for tried, i for an interrupt endpoint, N for a network
 * device, d for no-dtr, b for not authorized, c for another class than vendor;
 * and the driver.
 */
static size_t read_device(const char *text, struct driver_interface *into)
{
	static char drivers[8][16];
	size_t count = 0;
	char flags[16];
	int used;

	while (drivers[count][0] = '\0',
	       sscanf(text, " %15[^: ]:%15[^ ]%n", flags, drivers[count], &used) == 2) {
		struct driver_interface *is = &into[count];

		*is = (struct driver_interface){
			.number = (int)count,
			.role = strchr(flags, 'D')   ? LAYOUT_DATA
				: strchr(flags, 'L') ? LAYOUT_LIKELY
				: strchr(flags, 'A') ? LAYOUT_AT
				: strchr(flags, 'n') ? LAYOUT_NOT_AT
				: strchr(flags, 'Q') ? LAYOUT_QDL
						     : LAYOUT_UNKNOWN,
			.vendor = !strchr(flags, 'c'),
			.interrupt_in = strchr(flags, 'i') != NULL,
			.data = strchr(flags, 'N') != NULL,
			.authorized = !strchr(flags, 'b'),
			.no_dtr = strchr(flags, 'd') != NULL,
			.tried = strchr(flags, 't') != NULL,
			.driver = drivers[count],
		};
		if (strcmp(drivers[count], "-") == 0)
			drivers[count][0] = '\0';
		count++;
		text += used;
	}
	return count;
}

static void one_interface_moves_or_none(void **state)
{
	static const struct {
		const char *device;
		enum driver_verdict verdict;
		int at;
	} rows[] = {
		/* clang-format off */
		/* the reference report: before, after, as printed */
		{ "niN:qmi_wwan n:qcserial Did:qcserial n:qcserial",
		  DRIVER_NO_DTR, 2 },
		{ "ni:- n:qcserial Did:qcserial n:qcserial", DRIVER_NO_DTR, 2 },
		{ "ni:- n:- Di:- n:-", DRIVER_UNBOUND, 2 },
		/* all on option, and silent all the same */
		{ "ni:option n:option Di:option n:option", DRIVER_FINE, 2 },
		{ "ni:- n:- Dib:- n:-", DRIVER_BLOCKED, 2 },
		/* the table is wrong: what it names talks, NMEA say */
		{ "niN:qmi_wwan n:qcserial D:qcserial nid:qcserial",
		  DRIVER_NO_DTR, 3 },
		{ "niN:qmi_wwan nid:qcserial D:qcserial nid:qcserial",
		  DRIVER_FINE, 2 },
		{ "niN:qmi_wwan n:qcserial D:qcserial nd:qcserial",
		  DRIVER_FINE, 2 },
		/* it was tried, and is back */
		{ "niN:qmi_wwan n:qcserial Ditd:qcserial nid:qcserial",
		  DRIVER_NO_DTR, 3 },
		{ "niN:qmi_wwan n:qcserial Ditd:qcserial n:qcserial",
		  DRIVER_UNKNOWN, -1 },
		/* somebody's program has it */
		{ "ni:- n:- Di:usbfs n:-", DRIVER_FINE, 2 },
		{ "Q:qcserial", DRIVER_FIRMWARE, -1 },
		{ "Q:-", DRIVER_FIRMWARE, -1 },
		/* no table knows it: the one with the interrupt endpoint */
		{ "LiN:qmi_wwan .:qcserial Lid:qcserial", DRIVER_NO_DTR, 2 },
		{ "LiN:qmi_wwan .:qcserial Li:-", DRIVER_UNBOUND, 2 },
		/* two of them, and nothing tells which is QMI's */
		{ "Li:- .:qcserial Li:-", DRIVER_UNKNOWN, -1 },
		{ "Li:- .:qcserial Lid:qcserial", DRIVER_NO_DTR, 2 },
		/* it may be a printer */
		{ "Li:- .:-", DRIVER_UNKNOWN, -1 },
		{ "Li:- .:ftdi_sio", DRIVER_UNKNOWN, -1 },
		/* CDC-ACM is another driver's, and has DTR */
		{ "Dic:cdc_acm c:cdc_acm", DRIVER_UNKNOWN, -1 },
		{ "Dic:- c:-", DRIVER_UNKNOWN, -1 },
		{ "A:- .:option", DRIVER_UNKNOWN, -1 },
		{ "", DRIVER_UNKNOWN, -1 },
		/* clang-format on */
	};
	struct driver_interface interfaces[8];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		size_t count = read_device(rows[i].device, interfaces);
		struct driver_choice decision = driver_choose(interfaces, count);

		if (decision.verdict != rows[i].verdict || decision.at != rows[i].at)
			fail_msg("%s: %s, at %d", rows[i].device,
				 driver_verdict_text(decision.verdict), decision.at);
	}
}

/* "VID:PID" of all references in their order. */
static void list_references(const char *device, int at, char *to, size_t size)
{
	struct driver_interface interfaces[8];
	size_t count = read_device(device, interfaces), len = 0;
	struct driver_reference reference;

	to[0] = '\0';
	for (int rank = 0;
	     rank < 3 && driver_find_reference(interfaces, count, at, rank, &reference); rank++)
		len += (size_t)snprintf(to + len, size - len, "%s%04x:%04x", rank ? " " : "",
					reference.vid, reference.pid);
}

static void the_reference_keeps_option_off_the_others(void **state)
{
	static const struct {
		const char *device;
		int at;
		const char *references;
	} rows[] = {
		/* clang-format off */
		/* If0 and If1, then If0 alone: an older kernel has the second */
		{ "ni:- n:- Di:- n:-", 2, "413c:81d7 16d8:6003 1c9e:9b3c" },
		{ "ni:- n:qcserial Di:qcserial n:qcserial", 2,
		  "413c:81d7 16d8:6003 1c9e:9b3c" },
		{ "niN:qmi_wwan n:qcserial Di:qcserial n:qcserial", 2,
		  "413c:81d7 16d8:6003 1c9e:9b3c" },
		/* modem first: the others as far as one entry goes */
		{ "Di:- A:- ni:-", 0, "19d2:1401 19d2:0426 05c6:90b2" },
		{ "n:- n:- A:- Di:- niN:qmi_wwan", 3,
		  "1c9e:9b3c 1e2d:00b0 413c:81d7" },
		/* nothing to keep it off */
		{ "Di:-", 0, "" },
		/* clang-format on */
	};
	char text[64];

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		list_references(rows[i].device, rows[i].at, text, sizeof(text));
		assert_string_equal(text, rows[i].references);
	}
}

/* With trees: where nothing but files answers, writes are seen but come to nothing. */

static char written[256];

static const char *content(const char *root, const char *name)
{
	char path[256];
	FILE *file;

	snprintf(path, sizeof(path), "%s/sys/bus/%s", root, name);
	file = fopen(path, "r");
	written[0] = '\0';
	if (file) {
		if (!fgets(written, sizeof(written), file))
			written[0] = '\0';
		fclose(file);
	}
	written[strcspn(written, "\n")] = '\0';
	return written;
}

/* The probe's word on If2 of 1-1. */
static struct probed_port silent_port;
static const struct probe_result silent = {.ports = &silent_port, .count = 1, .chosen = -1};
static const struct port_filter any = {-1, -1, "", ""};

static int set_up(void **state)
{
	(void)state;
	port_init(&silent_port.port, "/dev/ttyUSB1");
	strcpy(silent_port.port.usb_path, "1-1");
	silent_port.port.interface = 2;
	silent_port.role = PORT_ROLE_NO_DTR;
	return 0;
}

static void the_modem_and_its_interface_are_found(void **state)
{
	static const struct {
		const char *tree;
		struct port_filter filter;
		const struct probe_result *result;
		bool found;
		enum driver_verdict verdict;
		const char *name;
	} rows[] = {
		/* clang-format off */
		{ "sysfs/report-before", { -1, -1, "", "" }, &silent,
		  true, DRIVER_NO_DTR, "1-1:1.2" },
		{ "sysfs/report-after", { 0x1199, 0x9013, "1-1", "" }, &silent,
		  true, DRIVER_NO_DTR, "1-1:1.2" },
		{ "sysfs/report-before", { -1, -1, "", "" }, NULL,
		  true, DRIVER_FINE, "1-1:1.2" },
		{ "sysfs/report-bare", { -1, -1, NULL, NULL }, NULL,
		  true, DRIVER_UNBOUND, "1-1:1.2" },
		{ "sysfs/report-bare", { 0x12d1, -1, "", "" }, NULL,
		  false, DRIVER_UNKNOWN, NULL },
		{ "sysfs/report-bare", { -1, -1, "1-2", "" }, NULL,
		  false, DRIVER_UNKNOWN, NULL },
		{ "sysfs/huawei-e1752", { -1, -1, "", "" }, NULL,
		  true, DRIVER_FINE, "1-1.4:1.0" },
		{ "sysfs/quectel-ec25", { -1, -1, "", "" }, NULL,
		  true, DRIVER_FINE, "1-1:1.3" },
		{ "sysfs/qdl", { -1, -1, "", "" }, NULL,
		  true, DRIVER_FIRMWARE, NULL },
		{ "sysfs/empty", { -1, -1, "", "" }, NULL,
		  false, DRIVER_UNKNOWN, NULL },
		/* clang-format on */
	};
	struct rebind_job job;

	(void)state;
	for (size_t i = 0; i < LENGTH(rows); i++) {
		assert_int_equal(rebind_find(&job, tree_plant(rows[i].tree), &rows[i].filter,
					     rows[i].result, NULL, 0),
				 rows[i].found);
		if (rows[i].found)
			assert_int_equal(job.verdict, rows[i].verdict);
		if (rows[i].name)
			assert_string_equal(rebind_interface_name(&job), rows[i].name);
		tree_fell();
	}
}

static void what_does_not_take_is_a_failure(void **state)
{
	const char *root = tree_plant("sysfs/report-before");
	struct rebind_job job;

	(void)state;
	assert_true(rebind_find(&job, root, &any, &silent, NULL, 0));
	assert_int_equal(rebind_move(&job, root), -EIO);
	assert_string_equal(content(root, "usb/drivers/qcserial/unbind"), "1-1:1.2");
	assert_string_equal(content(root, "usb/drivers/option/bind"), "1-1:1.2");
	assert_string_equal(content(root, "usb-serial/drivers/option1/new_id"), "1199 9013 ff");
	tree_fell();
}

static void undoing_gives_it_back_to_its_driver(void **state)
{
	const char *root = tree_plant("sysfs/report-bare");
	struct rebind_job job;

	(void)state;
	assert_true(rebind_find(&job, root, &any, NULL, NULL, 0));
	assert_int_equal(rebind_undo(&job, root), 0);
	assert_string_equal(content(root, "usb/drivers/qcserial/bind"), "");
	strcpy(job.device.interfaces[job.at].driver, "qcserial");
	assert_int_equal(rebind_undo(&job, root), 0);
	assert_string_equal(content(root, "usb/drivers/qcserial/bind"), "1-1:1.2");
	tree_fell();
}

static void a_driver_that_does_not_let_go_is_left_alone(void **state)
{
	const char *root = tree_plant("sysfs/report-before");
	char path[256];
	struct rebind_job job;

	(void)state;
	assert_true(rebind_find(&job, root, &any, &silent, NULL, 0));
	snprintf(path, sizeof(path), "%s/sys/bus/usb/drivers/qcserial/unbind", root);
	assert_int_equal(remove(path), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(rebind_move(&job, root), -EISDIR);
	assert_string_equal(content(root, "usb/drivers/option/bind"), "");
	tree_fell();
}

static void another_device_at_its_place_is_not_touched(void **state)
{
	const char *root = tree_plant("sysfs/report-before");
	struct rebind_job job;

	(void)state;
	assert_true(rebind_find(&job, root, &any, &silent, NULL, 0));
	job.device.devnum++;
	assert_int_equal(rebind_move(&job, root), -ENODEV);
	strcpy(job.device.path, "1-2");
	assert_int_equal(rebind_move(&job, root), -ENODEV);
	assert_string_equal(content(root, "usb/drivers/qcserial/unbind"), "");
	tree_fell();
}

static void one_that_option_has_by_now_needs_nothing(void **state)
{
	const char *root = tree_plant("sysfs/quectel-ec25");
	struct rebind_job job;

	(void)state;
	assert_true(rebind_find(&job, root, &any, NULL, NULL, 0));
	assert_int_equal(rebind_move(&job, root), 0);
	assert_string_equal(content(root, "usb/drivers/option/bind"), "");
	assert_int_equal(rebind_undo(&job, root), 0);
	assert_string_equal(content(root, "usb/drivers/option/unbind"), "");
	tree_fell();
}

static void the_commands_say_the_same(void **state)
{
	struct buf out = BUF_INIT;
	struct rebind_job job;

	(void)state;
	assert_true(rebind_find(&job, tree_plant("sysfs/report-before"), &any, &silent, NULL, 0));
	rebind_print_commands(&job, &out);
	assert_string_equal(buf_str(&out), "  modprobe option\n"
					   "  echo 1-1:1.2 > /sys/bus/usb/drivers/qcserial/unbind\n"
					   "  echo 1199 9013 ff 413c 81d7 > "
					   "/sys/bus/usb-serial/drivers/option1/new_id\n");
	tree_fell();
	buf_clear(&out);
	assert_true(rebind_find(&job, tree_plant("sysfs/report-bare"), &any, NULL, NULL, 0));
	rebind_print_commands(&job, &out);
	assert_null(strstr(buf_str(&out), "unbind"));
	tree_fell();
	buf_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_interface_moves_or_none),
		cmocka_unit_test(the_reference_keeps_option_off_the_others),
		cmocka_unit_test(the_modem_and_its_interface_are_found),
		cmocka_unit_test(what_does_not_take_is_a_failure),
		cmocka_unit_test(undoing_gives_it_back_to_its_driver),
		cmocka_unit_test(a_driver_that_does_not_let_go_is_left_alone),
		cmocka_unit_test(another_device_at_its_place_is_not_touched),
		cmocka_unit_test(one_that_option_has_by_now_needs_nothing),
		cmocka_unit_test(the_commands_say_the_same),
	};

	return cmocka_run_group_tests(tests, set_up, NULL);
}
