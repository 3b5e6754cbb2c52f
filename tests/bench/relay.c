/* SPDX-License-Identifier: ISC */
/* usage: tests/bench/relay [MEGABYTES]
 *
 * What "gobi-dial pty" costs: its relay between two ptys, beside one pty that pppd would have for
 * its own. A process writes frames of 1500 bytes at the modem's end, another reads at pppd's. On
 * this machine's own processor, which the VM of tests/bench/doors is not. Not a test: it prints
 * figures. */
#include <ev.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#include "io/relay.h"

#define FRAME 1500

struct pty {
	int master, slave;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static struct pty open_pty(void)
{
	struct pty pty = {posix_openpt(O_RDWR | O_NOCTTY), -1};
	struct termios raw;

	if (pty.master < 0 || grantpt(pty.master) < 0 || unlockpt(pty.master) < 0)
		die("pty");
	pty.slave = open(ptsname(pty.master), O_RDWR | O_NOCTTY);
	if (pty.slave < 0 || tcgetattr(pty.slave, &raw) < 0)
		die("pty");
	cfmakeraw(&raw);
	tcsetattr(pty.slave, TCSANOW, &raw);
	return pty;
}

static pid_t start_modem(int fd, long frames)
{
	static const char frame[FRAME] = "~";
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	while (frames-- > 0)
		for (size_t done = 0; done < sizeof(frame);) {
			ssize_t len = write(fd, frame + done, sizeof(frame) - done);

			if (len < 0)
				die("write");
			done += (size_t)len;
		}
	pause();
	_exit(0);
}

static void on_gone(void *ctx, bool far, const char *words)
{
	(void)far;
	(void)words;
	ev_break(ctx, EVBREAK_ALL);
}

static pid_t start_relay(int near, int far)
{
	struct relay_ends ends = {near, near, far};
	struct ev_loop *loop;
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	loop = ev_loop_new(EVFLAG_AUTO);
	if (!loop || !relay_new(loop, &ends, "", 0, 0, on_gone, loop))
		die("relay");
	ev_run(loop, 0);
	_exit(0);
}

static void read_all(int fd, long bytes)
{
	char buffer[FRAME];
	ssize_t len;

	for (; bytes > 0; bytes -= len) {
		len = read(fd, buffer, sizeof(buffer));
		if (len <= 0)
			die("read");
	}
}

static double seconds(struct timeval time)
{
	return (double)time.tv_sec + (double)time.tv_usec / 1e6;
}

static void end(pid_t pid, struct rusage *used)
{
	kill(pid, SIGKILL);
	wait4(pid, NULL, 0, used);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* MB/s. */
static double transfer(const char *name, bool relayed, long megabytes)
{
	struct pty modem = open_pty(), pppd = open_pty();
	long frames = megabytes * 1000000 / FRAME;
	struct rusage used = {0};
	double start = now(), took;
	pid_t relay = relayed ? start_relay(pppd.slave, modem.slave) : 0;
	pid_t writer = start_modem(modem.master, frames);

	read_all(relayed ? pppd.master : modem.slave, frames * FRAME);
	took = now() - start;
	end(writer, NULL);
	if (relayed)
		end(relay, &used);
	printf("%-22s %7.1f MB/s, %.2f s of the processor for 100 MB\n", name,
	       (double)megabytes / took,
	       (seconds(used.ru_utime) + seconds(used.ru_stime)) * 100 / (double)megabytes);
	close(modem.master);
	close(modem.slave);
	close(pppd.master);
	close(pppd.slave);
	return (double)megabytes / took;
}

int main(int argc, char **argv)
{
	long megabytes = argc > 1 ? strtol(argv[1], NULL, 10) : 100;
	double direct, relayed;

	if (argc > 2 || megabytes < 1 || megabytes > 2000) {
		fprintf(stderr, "usage: %s [MEGABYTES]\n", argv[0]);
		return 2;
	}
	direct = transfer("pppd has the tty", false, megabytes);
	relayed = transfer("gobi-dial pty copies", true, megabytes);
	printf("ratio %.2f\n", relayed / direct);
	return 0;
}
