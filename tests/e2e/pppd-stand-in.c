/* SPDX-License-Identifier: ISC */
/*
 * Stands in for pppd where the kernel has no PPP: the same descriptors and
 * options, the same lines in the log and the same exit codes, in the order in
 * which the real one has them. Restart timers are a tenth as long. In place of
 * the PPP discipline the line gets the null one, which lets nobody read either,
 * and words in place of packets go by a socket between it and the network's end;
 * when that ends, the carrier is lost, for which a pty has no line. A signal
 * that comes while it waits for a script ends that script, as childwait_end() in
 * pppd's main.c does.
 *
 *	pppd-stand-in file FILE		as gobi-dial starts pppd
 *	pppd-stand-in peer FILE PORT	the network's end of calls by that port
 *
 * The network does at each call what the next word of FILE says, and goes on
 * with the last one: ok, or what goes wrong (see `faults`).
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define RESTART_MS 100
#define TRIES      10
#define CHILD_MS   5000 /* child-timeout */
#define N_NULL     27   /* of linux/tty.h */

enum {
	EXIT_OPTION = 2,
	EXIT_SIGNAL = 5,
	EXIT_CONNECT = 8,
	EXIT_NEGOTIATION = 10,
	EXIT_PEER_DEAD = 15,
	EXIT_HANGUP = 16,
	EXIT_LOOPBACK = 17,
	EXIT_AUTH = 19
};

static struct {
	char connect[1024], user[256], password[256], ifname[32], ip_up[256], ip_down[256];
	int echo_interval, echo_failure;
} options = {.ifname = "ppp0"};

static int log_fd = 3;
static int wire = -1;    /* to the other end */
static int line_fd = -1; /* the port: its hang-up ends a call too */
static volatile sig_atomic_t terminated;
static char line[4096];
static size_t line_len;

static long long now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * 1000LL + now.tv_nsec / 1000000;
}

__attribute__((format(printf, 1, 2))) static void say(const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	vdprintf(log_fd, format, ap);
	va_end(ap);
}

static pid_t script;
static bool is_up;

static void begin_script(const char *path)
{
	script = *path ? fork() : 0;
	if (script != 0 || !*path)
		return;
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	setsid();
	execl(path, path, NULL);
	_exit(99);
}

/* A signal that has not been heeded yet is one that comes now. */
static void await_script(bool pass_signals)
{
	long long until = now_ms() + CHILD_MS;

	while (script > 0 && waitpid(script, NULL, WNOHANG) == 0) {
		poll(NULL, 0, 10);
		if (pass_signals && (terminated || now_ms() >= until)) {
			kill(script, SIGTERM);
			break;
		}
	}
	script = 0;
}

/* ip-down waits for ip-up. */
static void link_down(void)
{
	if (!is_up)
		return;
	is_up = false;
	await_script(false);
	begin_script(options.ip_down);
}

static void end(int code)
{
	int discipline = 0;

	link_down();
	if (code != EXIT_CONNECT)
		say("Connection terminated.\n");
	await_script(true);
	if (line_fd >= 0)
		ioctl(line_fd, TIOCSETD, &discipline);
	_exit(code);
}

static void on_signal(int number)
{
	terminated = number;
}

/* A word of pppd's option files: quotes, and backslashes with octal digits. */
static bool next_word(FILE *file, char *word, size_t size)
{
	int quote = 0, c;
	size_t len = 0;

	do
		c = fgetc(file);
	while (c != EOF && isspace(c));
	for (; c != EOF && (quote || !isspace(c)); c = fgetc(file)) {
		if (!quote && (c == '"' || c == '\'')) {
			quote = c;
			continue;
		}
		if (c == quote) {
			quote = 0;
			continue;
		}
		if (c == '\\') {
			char digits[4] = "";

			for (int i = 0; i < 3; i++)
				digits[i] = (char)fgetc(file);
			c = (int)strtol(digits, NULL, 8);
		}
		if (len + 1 < size)
			word[len++] = (char)c;
	}
	word[len] = '\0';
	return c != EOF || len > 0;
}

static void read_options(const char *path)
{
	FILE *file = fopen(path, "re");
	char word[1024], value[1024];

	if (!file)
		_exit(EXIT_OPTION);
	while (next_word(file, word, sizeof(word))) {
		char *into = strcmp(word, "connect") == 0          ? options.connect
			     : strcmp(word, "user") == 0           ? options.user
			     : strcmp(word, "password") == 0       ? options.password
			     : strcmp(word, "ifname") == 0         ? options.ifname
			     : strcmp(word, "ip-up-script") == 0   ? options.ip_up
			     : strcmp(word, "ip-down-script") == 0 ? options.ip_down
								   : NULL;
		int *number = strcmp(word, "lcp-echo-interval") == 0  ? &options.echo_interval
			      : strcmp(word, "lcp-echo-failure") == 0 ? &options.echo_failure
								      : NULL;

		if (!into && !number)
			continue;
		next_word(file, value, sizeof(value));
		if (number)
			*number = atoi(value);
		else
			strcpy(into, value);
	}
	fclose(file);
	/* As the real one, which opens the port when it has its options. */
	if (!*options.connect)
		_exit(EXIT_OPTION);
}

static void connect_line(void)
{
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		signal(SIGTERM, SIG_DFL);
		dup2(0, 1);
		execl("/bin/sh", "sh", "-c", options.connect, NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		if (terminated)
			kill(pid, SIGTERM);
	if (terminated)
		end(EXIT_CONNECT);
	if (status != 0) {
		say("Connect script failed\n");
		end(EXIT_CONNECT);
	}
	say("Serial connection established.\n");
}

static void put(const char *text)
{
	if (wire >= 0 && send(wire, text, strlen(text), MSG_NOSIGNAL) < 0 && errno != EPIPE &&
	    errno != ECONNRESET)
		say("send: %s\n", strerror(errno));
}

static bool stays; /* beyond the other end */

static void hang_up(void)
{
	while (stays && !terminated)
		poll(NULL, 0, 100);
	say("Modem hangup\n");
	end(EXIT_HANGUP);
}

/* The next line, for so long; NULL: none. Ends the process with the call. */
static const char *get(int ms)
{
	static char taken[sizeof(line)];
	long long until = now_ms() + ms;

	for (;;) {
		char *lf = memchr(line, '\n', line_len);
		struct pollfd fds[] = {{.fd = wire, .events = POLLIN}, {.fd = line_fd}};
		ssize_t len;

		if (lf) {
			len = lf - line + 1;
			memcpy(taken, line, (size_t)len);
			taken[len - 1] = '\0';
			line_len -= (size_t)len;
			memmove(line, lf + 1, line_len);
			return taken;
		}
		if (terminated) {
			put("~TERM\n");
			say(terminated == SIGHUP ? "Hangup (SIGHUP)\n"
						 : "Terminating on signal %d\n",
			    (int)terminated);
			terminated = 0;
			end(EXIT_SIGNAL);
		}
		if (now_ms() >= until)
			return NULL;
		poll(fds, 2, (int)(until - now_ms()));
		if (fds[1].revents)
			hang_up();
		if (!fds[0].revents)
			continue;
		len = recv(wire, line + line_len, sizeof(line) - line_len, MSG_DONTWAIT);
		if (len > 0)
			line_len += (size_t)len;
		else if (len == 0 || errno == ECONNRESET)
			hang_up();
	}
}

/* Ask until an answer comes that begins so; what follows it, NULL: none. */
static const char *ask(const char *question, const char *answer)
{
	const char *text;

	for (int i = 0; i < TRIES; i++) {
		long long until = now_ms() + RESTART_MS;

		put(question);
		while ((text = get((int)(until - now_ms()))))
			if (strcmp(text, "~LCP?") == 0) {
				say("Serial line is looped back.\n");
				end(EXIT_LOOPBACK);
			} else if (strncmp(text, answer, strlen(answer)) == 0) {
				return text + strlen(answer);
			}
	}
	return NULL;
}

static void time_out(const char *protocol)
{
	say("%s: timeout sending Config-Requests\n", protocol);
	end(EXIT_NEGOTIATION);
}

static void authenticate(const char *lcp)
{
	char question[600];
	const char *answer;

	if (!strstr(lcp, "auth"))
		return;
	snprintf(question, sizeof(question), "~AUTH %s %s\n", options.user, options.password);
	answer = ask(question, "~AUTH");
	if (answer && *answer == '+') {
		say("PAP authentication succeeded\n");
		return;
	}
	say(answer ? "PAP authentication failed\n" : "No response to PAP authenticate-requests\n");
	/* Upstream has a hang-up overwrite it. */
	get(3 * RESTART_MS);
	end(EXIT_AUTH);
}

static void agree_on_addresses(void)
{
	char local[64] = "", remote[64] = "", dns[2][64] = {"", ""};
	const char *answer = ask("~IPCP?\n", "~IPCP ");

	if (!answer)
		time_out("IPCP");
	if (sscanf(answer, "%63s %63s %63s %63s", local, remote, dns[0], dns[1]) < 2) {
		say("Could not determine local IP address\n");
		end(EXIT_NEGOTIATION);
	}
	say("local  IP address %s\n", local);
	say("remote IP address %s\n", remote);
	if (*dns[0])
		say("primary   DNS address %s\n", dns[0]);
	if (*dns[1])
		say("secondary DNS address %s\n", dns[1]);
	is_up = true;
	begin_script(options.ip_up);
}

static void stay_up(void)
{
	int missed = 0;

	while (options.echo_interval == 0 || missed < options.echo_failure) {
		long long until = now_ms() + options.echo_interval * 1000LL;
		const char *text;

		missed++;
		put("~ECHO?\n");
		while ((text = get(options.echo_interval ? (int)(until - now_ms()) : 1000))) {
			if (strcmp(text, "~ECHO!") == 0)
				missed = 0;
			if (strcmp(text, "~TERM") != 0)
				continue;
			say("LCP terminated by peer\n");
			link_down();
			get(3 * RESTART_MS);
			end(0);
		}
	}
	say("No response to %d echo-requests\n", missed);
	say("Serial link appears to be disconnected.\n");
	end(EXIT_PEER_DEAD);
}

/* By the port's name, in the abstract namespace. */
static struct sockaddr_un address_of(const char *port, socklen_t *len)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX};

	snprintf(address.sun_path + 1, sizeof(address.sun_path) - 1, "pppd-stand-in%s", port);
	*len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 +
			   strlen(address.sun_path + 1));
	return address;
}

/* The other end listens by the name of the modem's port. That is our tty, or one that our parent
 * has open, where it has put a pty in between. */
static bool reach_other_end(void)
{
	char path[64], port[256];
	ssize_t got;

	for (int fd = -1; fd < 64; fd++) {
		struct sockaddr_un address;
		socklen_t len;

		snprintf(path, sizeof(path), "/proc/%d/fd/%d", (int)getppid(), fd);
		got = readlink(fd < 0 ? "/proc/self/fd/0" : path, port, sizeof(port) - 1);
		if (got <= 0)
			continue;
		port[got] = '\0';
		address = address_of(port, &len);
		wire = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (connect(wire, (struct sockaddr *)&address, len) == 0)
			return true;
		close(wire);
		wire = -1;
	}
	return false;
}

/* The other end may take a moment; one that never comes speaks no PPP. */
static void take_line(void)
{
	int discipline = N_NULL;

	line_fd = 0;
	if (ioctl(line_fd, TIOCSETD, &discipline) < 0) {
		say("Couldn't set tty to PPP discipline: %s\n", strerror(errno));
		end(1);
	}
	say("Using interface %s\n", options.ifname);
	say("Connect: %s <--> %s\n", options.ifname, ttyname(0));
	for (int i = 0; i < TRIES && !terminated; i++) {
		if (reach_other_end())
			return;
		get(RESTART_MS);
	}
}

static int call(const char *file)
{
	const char *lcp;

	read_options(file);
	connect_line();
	take_line();
	lcp = ask("~LCP?\n", "~LCP!");
	if (!lcp)
		time_out("LCP");
	authenticate(lcp);
	agree_on_addresses();
	stay_up();
	return 1;
}

/* The network's end ---------------------------------------------------------*/

/* What a word of the file does to a question: the answer, "" none, "!" the end of the call. */
static const struct {
	const char *word, *lcp, *auth, *ipcp;
	int up_ms;  /* then the network ends the call; 0: it does not */
	bool mute;  /* echo requests go unanswered */
	bool stays; /* when pppd is gone: the modem has no DTR */
} faults[] = {
	{"ok", "~LCP!", "", "~IPCP 10.0.0.2 10.0.0.1 192.0.2.53 192.0.2.54"},
	{"no-lcp", "", "", ""},
	{"echoed", NULL, NULL, NULL},
	{"drop-lcp", "!", "", ""},
	{"login", "~LCP!auth", "~AUTH+", "~IPCP 10.0.0.2 10.0.0.1"},
	{"bad-login", "~LCP!auth", "~AUTH-", ""},
	{"bad-login-drop", "~LCP!auth", "~AUTH-!", ""},
	{"no-login", "~LCP!auth", "", ""},
	{"drop-login", "~LCP!auth", "!", ""},
	{"no-ipcp", "~LCP!", "", ""},
	{"drop-ipcp", "~LCP!", "", "!"},
	{"no-address", "~LCP!", "", "~IPCP -"},
	{"no-dns", "~LCP!", "", "~IPCP 10.0.0.2 10.0.0.1"},
	{"short", "~LCP!", "", "~IPCP 10.0.0.2 10.0.0.1", .up_ms = 500},
	{"withdrawn", "~LCP!", "", "~IPCP 10.0.0.2 10.0.0.1", .up_ms = 1500},
	{"stays", "~LCP!", "", "~IPCP 10.0.0.2 10.0.0.1", .stays = true},
	{"dead", "~LCP!", "", "~IPCP 10.0.0.2 10.0.0.1", .mute = true},
};

/* The file's first word, which is taken out of it unless it is the last. */
static size_t next_fault(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	char text[4096], *rest;
	ssize_t len;

	flock(fd, LOCK_EX);
	len = read(fd, text, sizeof(text) - 1);
	text[len > 0 ? len : 0] = '\0';
	rest = text + strcspn(text, " \n");
	if (rest[0] && rest[1]) {
		*rest++ = '\0';
		if (ftruncate(fd, 0) < 0 || pwrite(fd, rest, strlen(rest), 0) < 0)
			_exit(1);
	}
	*rest = '\0';
	close(fd);
	for (size_t i = 0; i < sizeof(faults) / sizeof(*faults); i++)
		if (strcmp(faults[i].word, strtok(text, "\n ") ? text : "ok") == 0)
			return i;
	fprintf(stderr, "no such fault: %s\n", text);
	_exit(1);
}

static void answer_with(const char *answer)
{
	size_t len = strlen(answer);
	bool drop = len > 0 && answer[len - 1] == '!' && strcmp(answer, "~LCP!") != 0;
	char text[256];

	snprintf(text, sizeof(text), "%.*s\n", (int)(len - drop), answer);
	if (len > (size_t)drop)
		put(text);
	if (drop)
		_exit(0);
}

static void await_call(const char *port)
{
	char path[4096];
	socklen_t len;
	struct sockaddr_un address;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (!realpath(port, path))
		_exit(1);
	address = address_of(path, &len);
	if (bind(fd, (struct sockaddr *)&address, len) < 0 || listen(fd, 1) < 0) {
		perror(path);
		_exit(1);
	}
	while ((wire = accept4(fd, NULL, NULL, SOCK_CLOEXEC)) < 0)
		if (terminated)
			_exit(0);
	close(fd);
}

static int serve(const char *path, const char *port)
{
	size_t i = next_fault(path);
	long long end_at = -1;
	const char *text;

	log_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	stays = faults[i].stays;
	await_call(port);
	for (;;) {
		text = get(100);
		if (text && strcmp(text, "~TERM") == 0)
			return 0;
		if (end_at >= 0 && now_ms() >= end_at) {
			put("~TERM\n");
			get(200);
			return 0;
		}
		if (!text)
			continue;
		if (!faults[i].lcp) {
			put(text);
			put("\n");
		} else if (strcmp(text, "~LCP?") == 0) {
			answer_with(faults[i].lcp);
		} else if (strncmp(text, "~AUTH ", 6) == 0) {
			answer_with(faults[i].auth);
		} else if (strcmp(text, "~IPCP?") == 0) {
			answer_with(faults[i].ipcp);
			if (faults[i].up_ms && end_at < 0)
				end_at = now_ms() + faults[i].up_ms;
		} else if (strcmp(text, "~ECHO?") == 0 && !faults[i].mute) {
			put("~ECHO!\n");
		}
	}
}

int main(int argc, char **argv)
{
	struct sigaction action = {.sa_handler = on_signal};

	signal(SIGUSR1, SIG_IGN); /* more of a log */
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	if (argc == 3 && strcmp(argv[1], "file") == 0)
		return call(argv[2]);
	if (argc == 4 && strcmp(argv[1], "peer") == 0)
		return serve(argv[2], argv[3]);
	fprintf(stderr, "usage: pppd-stand-in file FILE | peer FILE PORT\n");
	return EXIT_OPTION;
}
