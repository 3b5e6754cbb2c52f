/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "control.h"
#include "modem.h"
#include "trace.h"

struct options {
	const char *log, *socket, *peer, *ready;
	struct bus *(*make_bus)(struct modem *modem, const char *argument);
	const char *bus_argument;
	const char *description;
};

static int usage(void)
{
	fputs("usage: gobi-modem [-l LOGFILE] [-s CONTROL_SOCKET] [-p PPP_PEER_COMMAND]\n"
	      "                  [-r READY_FILE] --pty DIR | --tty DEV,DEV,... | --gadget NAME\n"
	      "                  DESCRIPTION.modem\n",
	      stderr);
	return 2;
}

static bool set_bus(struct options *options, struct bus *(*make_bus)(struct modem *, const char *))
{
	bool first = options->make_bus == NULL;

	options->make_bus = make_bus;
	options->bus_argument = optarg;
	return first;
}

static bool one_option(struct options *options, int option)
{
	switch (option) {
	case 'l':
		options->log = optarg;
		return true;
	case 's':
		options->socket = optarg;
		return true;
	case 'p':
		options->peer = optarg;
		return true;
	case 'r':
		options->ready = optarg;
		return true;
	case 'P':
		return set_bus(options, bus_pty_new);
	case 'T':
		return set_bus(options, bus_tty_new);
	case 'G':
		return set_bus(options, bus_gadget_new);
	default:
		return false;
	}
}

static bool parse(struct options *options, int argc, char **argv)
{
	static const struct option names[] = {
		{"pty", required_argument, NULL, 'P'},
		{"tty", required_argument, NULL, 'T'},
		{"gadget", required_argument, NULL, 'G'},
		{NULL, 0, NULL, 0},
	};
	int option;

	while ((option = getopt_long(argc, argv, "l:s:p:r:", names, NULL)) != -1)
		if (!one_option(options, option))
			return false;
	if (!options->make_bus || optind != argc - 1)
		return false;
	options->description = argv[optind];
	return true;
}

static void stop_cb(struct ev_loop *loop, ev_signal *signal, int revents)
{
	(void)signal;
	(void)revents;
	ev_break(loop, EVBREAK_ALL);
}

/* A read of FunctionFS blocks if the host has given up its request meanwhile, and then only a
 * signal ends it. One that came just before it would not, so there are more of them until we are
 * gone. */
static void on_alarm(int number)
{
	(void)number;
	alarm(1);
}

static void on_stop(int number)
{
	ev_feed_signal(number);
	alarm(1);
}

static bool say_ready(const char *path)
{
	int fd;

	if (!path)
		return true;
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0) {
		fprintf(stderr, "gobi-modem: %s: %s\n", path, strerror(errno));
		return false;
	}
	close(fd);
	return true;
}

static int run(struct modem *modem, const struct options *options)
{
	struct control *control = NULL;
	int status = 1;

	modem->peer_command = options->peer;
	modem->bus = options->make_bus(modem, options->bus_argument);
	if (!modem->bus || modem_plug(modem))
		return 1;
	if (options->socket) {
		control = control_new(modem, options->socket);
		if (!control)
			return 1;
	}
	if (say_ready(options->ready)) {
		ev_run(modem->loop, 0);
		status = 0;
	}
	control_free(control);
	if (options->ready)
		unlink(options->ready);
	return status;
}

static int start(const struct options *options)
{
	struct desc *desc = desc_load(options->description);
	struct ev_loop *loop = ev_default_loop(0);
	static const int stops[] = {SIGTERM, SIGINT, SIGHUP};
	const struct sigaction stop = {.sa_handler = on_stop}, again = {.sa_handler = on_alarm};
	ev_signal watchers[3];
	struct modem modem;
	int status = 1;

	if (!desc)
		return 1;
	signal(SIGPIPE, SIG_IGN);
	for (int i = 0; i < 3; i++) {
		ev_signal_init(&watchers[i], stop_cb, stops[i]);
		ev_signal_start(loop, &watchers[i]);
		sigaction(stops[i], &stop, NULL);
	}
	sigaction(SIGALRM, &again, NULL);
	if (modem_init(&modem, loop, desc) == 0)
		status = run(&modem, options);
	modem_free(&modem);
	ev_loop_destroy(loop);
	desc_free(desc);
	return status;
}

int main(int argc, char **argv)
{
	struct options options = {0};
	int error, status;

	if (!parse(&options, argc, argv))
		return usage();
	error = trace_open(options.log);
	if (error) {
		fprintf(stderr, "gobi-modem: %s: %s\n", options.log, strerror(-error));
		return 1;
	}
	status = start(&options);
	trace_close();
	return status;
}
