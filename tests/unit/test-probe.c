/* SPDX-License-Identifier: ISC */
#include "config.h"

#include <ev.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "unit.h"

#include "base/buf.h"
#include "io/probe.h"
#include "io/prober.h"
#include "io/serial.h"

#define PTYS 3

/* The other end of a pty: answers each line like a modem, a parrot or not at all, and remembers
 * what it has heard. */
struct modem {
	struct ev_io io;
	int master;
	char name[64];
	const char *refusal; /* of an unknown command; NULL: it is silent */
	struct buf heard;
};

struct world {
	struct ev_loop *loop;
	struct ev_timer deadline;
	struct modem modems[PTYS];
	struct port_list ports;
	struct probe *probe;
	struct prober prober;
	int calls;
	struct probe_result result; /* without its ports */
	enum port_role roles[PTYS];
	struct serial *serial;
	bool free_inside;
};

static void say(const struct modem *modem, const char *text)
{
	assert_int_equal(write(modem->master, text, strlen(text)), strlen(text));
}

static void on_line(struct ev_loop *loop, struct ev_io *io, int events)
{
	struct modem *modem = io->data;
	char bytes[256];
	ssize_t len = read(modem->master, bytes, sizeof(bytes));
	const char *line;

	(void)events;
	if (len <= 0) { /* nobody has the slave open: nothing will come */
		ev_io_stop(loop, io);
		return;
	}
	buf_append(&modem->heard, bytes, (size_t)len);
	if (bytes[len - 1] != '\r' || !modem->refusal)
		return;
	bytes[len - 1] = '\0';
	line = strrchr(bytes, '\r') ? strrchr(bytes, '\r') + 1 : bytes;
	if (strcmp(line, "AT") == 0 || strcmp(line, "ATI") == 0 || strcmp(line, "ATE0") == 0)
		say(modem, "\r\nOK\r\n");
	else
		say(modem, modem->refusal);
}

static void on_deadline(struct ev_loop *loop, struct ev_timer *timer, int events)
{
	(void)loop;
	(void)timer;
	(void)events;
	fail_msg("no answer in ten seconds");
}

static void open_modem(struct world *world, struct modem *modem, const char *refusal)
{
	modem->refusal = refusal;
	modem->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
	assert_true(modem->master >= 0);
	assert_int_equal(grantpt(modem->master) | unlockpt(modem->master), 0);
	assert_int_equal(ptsname_r(modem->master, modem->name, sizeof(modem->name)), 0);
	assert_int_equal(port_list_add(&world->ports, modem->name), 0);
	/* As a port of a USB modem: its rate is not looked for. */
	world->ports.ports[world->ports.count - 1].named = false;
	ev_io_init(&modem->io, on_line, modem->master, EV_READ);
	modem->io.data = modem;
	ev_io_start(world->loop, &modem->io);
}

static int set_up(void **state)
{
	struct world *world = calloc(1, sizeof(*world));

	world->loop = ev_default_loop(0); /* hears of children */
	ev_timer_init(&world->deadline, on_deadline, 10, 0);
	ev_timer_start(world->loop, &world->deadline);
	for (int i = 0; i < PTYS; i++)
		world->modems[i].master = -1;
	*state = world;
	return 0;
}

static int tear_down(void **state)
{
	struct world *world = *state;

	probe_free(world->probe);
	prober_end(&world->prober, 5000);
	serial_close(world->serial);
	for (int i = 0; i < PTYS; i++) {
		if (world->modems[i].master >= 0)
			close(world->modems[i].master);
		buf_free(&world->modems[i].heard);
	}
	port_list_free(&world->ports);
	ev_loop_destroy(world->loop);
	free(world);
	return 0;
}

static void note(struct world *world, const struct probe_result *result)
{
	world->calls++;
	world->result = *result;
	for (size_t i = 0; i < result->count; i++)
		world->roles[i] = result->ports[i].role;
	ev_break(world->loop, EVBREAK_ALL);
}

static void on_done(void *ctx, struct probe *probe, const struct probe_result *result)
{
	struct world *world = ctx;

	note(world, result);
	world->serial = probe_take_serial(probe);
	if (world->free_inside) {
		probe_free(probe);
		world->probe = NULL;
	}
}

static void start(struct world *world, struct probe_options options)
{
	world->probe = probe_start(world->loop, &world->ports, &options, on_done, world);
	assert_non_null(world->probe);
	assert_int_equal(world->calls, 0);
}

static void probe(struct world *world, struct probe_options options)
{
	start(world, options);
	ev_run(world->loop, 0);
	assert_int_equal(world->calls, 1);
}

static bool is_free(const char *device)
{
	struct buf holder = BUF_INIT;
	int error;
	struct serial *serial = serial_open(device, &error, &holder);

	buf_free(&holder);
	serial_close(serial);
	return serial != NULL;
}

static void the_chosen_port_is_kept_open_and_its_echo_off(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], NULL);
	open_modem(world, &world->modems[1], "\r\nERROR\r\n");
	open_modem(world, &world->modems[2], "\r\nOK\r\n");
	world->free_inside = true;
	probe(world, (struct probe_options){.keep = true});
	assert_int_equal(world->result.chosen, 1);
	assert_int_equal(world->result.cause, CAUSE_NONE);
	assert_int_equal(world->roles[0], PORT_ROLE_UNKNOWN);
	assert_int_equal(world->roles[1], PORT_ROLE_AT);
	assert_non_null(world->serial);
	assert_string_equal(serial_device(world->serial), world->modems[1].name);
	assert_non_null(strstr(buf_str(&world->modems[1].heard), "ATE0\r"));
	assert_null(strstr(buf_str(&world->modems[2].heard), "ATE0"));
	assert_true(is_free(world->modems[0].name));
	assert_false(is_free(world->modems[1].name));
	assert_true(is_free(world->modems[2].name));
}

static void a_port_that_is_not_kept_is_free_and_its_echo_untouched(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], "\r\n+CME ERROR: 100\r\n");
	open_modem(world, &world->modems[1], "\r\nOK\r\n");
	probe(world, (struct probe_options){.all = true});
	assert_int_equal(world->result.chosen, 0);
	assert_int_equal(world->roles[1], PORT_ROLE_AT_SECONDARY);
	assert_null(world->serial);
	assert_null(strstr(buf_str(&world->modems[0].heard), "ATE"));
	assert_true(is_free(world->modems[0].name));
}

static void no_port_at_all_is_told_from_the_loop(void **state)
{
	struct world *world = *state;

	probe(world, (struct probe_options){.keep = true});
	assert_int_equal(world->result.chosen, -1);
	assert_int_equal(world->result.cause, CAUSE_NO_MODEM);
	assert_null(world->serial);
}

static void a_foreign_port_is_not_even_opened(void **state)
{
	struct world *world = *state;
	struct serial *rival;
	struct buf holder = BUF_INIT;
	int error;

	open_modem(world, &world->modems[0], "\r\nERROR\r\n");
	world->ports.ports[0].foreign = true;
	/* Whoever holds it need not be asked either. */
	rival = serial_open(world->modems[0].name, &error, &holder);
	buf_free(&holder);
	probe(world, (struct probe_options){.all = true});
	serial_close(rival);
	assert_int_equal(world->result.chosen, -1);
	assert_int_equal(world->result.cause, CAUSE_NO_MODEM);
	assert_int_equal(world->roles[0], PORT_ROLE_OTHER);
	assert_int_equal(world->modems[0].heard.len, 0);
}

static void a_pass_ends_when_it_is_told_to(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], NULL);
	probe(world, (struct probe_options){.pass_ms = 600});
	assert_int_equal(world->result.cause, CAUSE_NO_AT_PORT);
	assert_int_equal(world->roles[0], PORT_ROLE_SILENT);
	assert_in_range(world->result.elapsed_ms, 590, 2000);
}

static void a_probe_may_be_freed_at_any_time(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], NULL);
	open_modem(world, &world->modems[1], "\r\nERROR\r\n");
	start(world, (struct probe_options){.keep = true});
	probe_free(world->probe);
	start(world, (struct probe_options){.keep = true});
	for (int i = 0; i < 5; i++)
		ev_run(world->loop, EVRUN_ONCE);
	probe_free(world->probe);
	world->probe = NULL;
	assert_true(is_free(world->modems[0].name));
	assert_true(is_free(world->modems[1].name));
}

static void a_port_that_hangs_up_is_an_error(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], NULL);
	start(world, (struct probe_options){.keep = true});
	ev_io_stop(world->loop, &world->modems[0].io);
	close(world->modems[0].master);
	world->modems[0].master = -1;
	ev_run(world->loop, 0);
	assert_int_equal(world->calls, 1);
	assert_int_equal(world->roles[0], PORT_ROLE_ERROR);
	assert_int_equal(world->result.cause, CAUSE_NO_MODEM);
}

static void on_prober_done(void *ctx, struct serial *serial, const struct probe_result *result)
{
	struct world *world = ctx;

	world->serial = serial;
	note(world, result);
}

static void ask_aside(struct world *world, struct probe_options options)
{
	assert_int_equal(prober_start(&world->prober, world->loop, &world->ports, &options,
				      on_prober_done, world),
			 0);
	assert_true(prober_is_busy(&world->prober));
}

static void until_it_has_let_go(struct world *world)
{
	while (prober_is_busy(&world->prober))
		ev_run(world->loop, EVRUN_ONCE);
}

static void a_port_that_another_process_chose_is_ours(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], NULL);
	open_modem(world, &world->modems[1], "\r\nERROR\r\n");
	ask_aside(world, (struct probe_options){0});
	ev_run(world->loop, 0);
	assert_int_equal(world->calls, 1);
	assert_int_equal(world->result.chosen, 1);
	assert_int_equal(world->result.cause, CAUSE_NONE);
	assert_int_equal(world->roles[1], PORT_ROLE_AT);
	assert_string_equal(serial_device(world->serial), world->modems[1].name);
	until_it_has_let_go(world);
	assert_non_null(strstr(buf_str(&world->modems[1].heard), "ATE0\r"));
	assert_true(is_free(world->modems[0].name));
	assert_false(is_free(world->modems[1].name));
	serial_close(world->serial);
	world->serial = NULL;
	assert_true(is_free(world->modems[1].name));
}

static void a_port_that_is_trusted_hears_nothing(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], NULL);
	ask_aside(world, (struct probe_options){.keep_echo = true, .trust = true});
	ev_run(world->loop, 0);
	assert_int_equal(world->roles[0], PORT_ROLE_AT);
	assert_non_null(world->serial);
	assert_int_equal(world->modems[0].heard.len, 0);
}

static void one_that_is_cancelled_leaves_no_port_held(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], NULL);
	ask_aside(world, (struct probe_options){0});
	while (world->modems[0].heard.len == 0)
		ev_run(world->loop, EVRUN_ONCE);
	assert_false(is_free(world->modems[0].name));
	prober_cancel(&world->prober);
	until_it_has_let_go(world);
	assert_true(is_free(world->modems[0].name));
	assert_int_equal(world->calls, 0);
}

static void one_that_dies_is_told_as_our_failure(void **state)
{
	struct world *world = *state;

	open_modem(world, &world->modems[0], NULL);
	ask_aside(world, (struct probe_options){0});
	kill(world->prober.worker.pid, SIGKILL);
	ev_run(world->loop, 0);
	assert_int_equal(world->calls, 1);
	assert_int_equal(world->result.cause, CAUSE_INTERNAL);
	assert_int_equal(world->result.count, 0);
	assert_null(world->serial);
}

/* As in an open that takes 5 s, for which a stopped process stands. */
static void one_that_hangs_holds_nobody_up(void **state)
{
	struct world *world = *state;
	pid_t pid;

	open_modem(world, &world->modems[0], NULL);
	ask_aside(world, (struct probe_options){0});
	pid = world->prober.worker.pid;
	while (world->modems[0].heard.len == 0)
		ev_run(world->loop, EVRUN_ONCE);
	kill(pid, SIGSTOP);
	prober_cancel(&world->prober);
	assert_true(prober_is_busy(&world->prober));
	assert_int_equal(prober_start(&world->prober, world->loop, &world->ports,
				      &(struct probe_options){0}, on_prober_done, world),
			 -EAGAIN);
	prober_end(&world->prober, 20);
	assert_false(prober_is_busy(&world->prober));
	kill(pid, SIGCONT);
	for (int i = 0; i < 1000 && !is_free(world->modems[0].name); i++)
		poll(NULL, 0, 10);
	assert_true(is_free(world->modems[0].name));
}

#define IN_WORLD(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_WORLD(the_chosen_port_is_kept_open_and_its_echo_off),
		IN_WORLD(a_port_that_is_not_kept_is_free_and_its_echo_untouched),
		IN_WORLD(no_port_at_all_is_told_from_the_loop),
		IN_WORLD(a_foreign_port_is_not_even_opened),
		IN_WORLD(a_pass_ends_when_it_is_told_to),
		IN_WORLD(a_probe_may_be_freed_at_any_time),
		IN_WORLD(a_port_that_hangs_up_is_an_error),
		IN_WORLD(a_port_that_another_process_chose_is_ours),
		IN_WORLD(a_port_that_is_trusted_hears_nothing),
		IN_WORLD(one_that_is_cancelled_leaves_no_port_held),
		IN_WORLD(one_that_dies_is_told_as_our_failure),
		IN_WORLD(one_that_hangs_holds_nobody_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
