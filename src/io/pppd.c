/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "conf/conf.h"
#include "io/spawn.h"
#include "ppp/options.h"
#include "io/pppd.h"

/* pppd's descriptors; its connect script knows GATE_FD's number, and its command line
 * OPTIONS_FD's. */
enum { LOG_FD = 3, GATE_FD = 4, OPTIONS_FD = 5 };

#define OPTIONS_PATH "/proc/self/fd/5"

/* Says that it is there, then waits for its exit status; when we die it reads the end of the file
 * and fails. pppd warns of a script that dies of a signal, and hands ours on: a call that was
 * refused is no reason for a warning. */
#define CONNECT_SCRIPT "trap exit TERM; echo ready >&4; read -r result <&4 && exit $result"

#define LINE_MAX_LEN   1024
#define UNREAD_BYTES   8192

/* Packets of a negotiation that are worth showing; one that is Nakked for ever has no end. */
#define PACKETS_SHOWN_MAX 200

struct pppd {
	struct ev_loop *loop;
	pppd_teller *tell;
	void *ctx;
	pid_t pid; /* 0: gone */
	int log;
	int gate;
	int feed; /* the options' pipe */
	ev_io log_reader;
	ev_io gate_reader;
	ev_child child;
	struct buf unread; /* of the log, and not told yet */
	struct buf line;
	struct buf last; /* the last line, which may be all that explains an exit */
	struct ppp_life life;
	struct buf options;
	bool has_password;
	bool debug; /* it shows packets */
	bool shown; /* we had it do so */
	int packets;
	bool in_callback;
	bool freed; /* in a callback: the memory is freed when that returns */
};

static void free_pppd(struct pppd *pppd)
{
	buf_free(&pppd->options);
	buf_free(&pppd->unread);
	buf_free(&pppd->line);
	buf_free(&pppd->last);
	free(pppd);
}

/*
 * What the network rejects, and whether it answers echoes, pppd tells only while it shows
 * packets, which SIGUSR1 switches on and off (toggle_debug() in main.c). What follows from a
 * password by CHAP is not for the log. It may show them already: /etc/ppp/options, ppp.options.
 */
static void show_packets(struct pppd *pppd, const char *line, enum ppp_event_type type)
{
	enum ppp_event_type from = pppd->has_password ? PPP_EVENT_AUTH_OK : PPP_EVENT_LCP_START;
	bool begin, end;

	pppd->debug |= str_starts(line, "using channel ");
	pppd->packets += str_starts(line, "rcvd [");
	begin = type == from && !pppd->debug;
	end = pppd->shown && pppd->packets == PACKETS_SHOWN_MAX;
	if (pppd->pid <= 0 || (!begin && !end))
		return;
	pppd->debug = pppd->shown = begin;
	kill(pppd->pid, SIGUSR1);
}

static void take_log_line(struct pppd *pppd, const char *line)
{
	struct ppp_event event = ppp_event_parse(line);

	log_debug("pppd: %s", line);
	buf_clear(&pppd->last);
	buf_printf(&pppd->last, "%s", line);
	ppp_life_event(&pppd->life, &event);
	show_packets(pppd, line, event.type);
	if (event.type == PPP_EVENT_NO_DNS)
		log_warning("the modem gave %s, a placeholder for a DNS server "
			    "that it does not know: names may not resolve before a redial",
			    event.value);
	pppd->tell(pppd->ctx, &(struct pppd_news){.type = PPPD_LOG, .log = &event});
}

/* Everything that is there now, and not to the end of the file: pppd's scripts also hold the other
 * end, and may outlive it. */
static void read_log(struct pppd *pppd)
{
	char bytes[1024];
	ssize_t len;

	while ((len = read(pppd->log, bytes, sizeof(bytes))) > 0)
		buf_append(&pppd->unread, bytes, (size_t)len);
	if (len == 0)
		ev_io_stop(pppd->loop, &pppd->log_reader);
}

/* False when it was freed by a callback. */
static bool drain_log(struct pppd *pppd)
{
	read_log(pppd);
	pppd->in_callback = true;
	/* A callback may read more. */
	for (size_t i = 0; i < pppd->unread.len && !pppd->freed; i++) {
		char byte = pppd->unread.data[i];
		bool end = byte == '\n' || byte == '\0';

		if (!end)
			buf_append(&pppd->line, &byte, 1);
		if (pppd->line.len > 0 && (end || pppd->line.len >= LINE_MAX_LEN)) {
			take_log_line(pppd, buf_str(&pppd->line));
			buf_clear(&pppd->line);
		}
	}
	pppd->in_callback = false;
	if (!pppd->freed) {
		buf_clear(&pppd->unread);
		return true;
	}
	free_pppd(pppd);
	return false;
}

static void on_log(struct ev_loop *loop, ev_io *watcher, int revents)
{
	(void)loop;
	(void)revents;
	drain_log(watcher->data);
}

static void on_gate(struct ev_loop *loop, ev_io *watcher, int revents)
{
	struct pppd *pppd = watcher->data;
	char word[16];

	(void)revents;
	/* Only once: next comes the end of the script, and pppd reports that. */
	ev_io_stop(loop, watcher);
	if (recv(pppd->gate, word, sizeof(word), MSG_DONTWAIT) <= 0)
		return;
	pppd->tell(pppd->ctx, &(struct pppd_news){.type = PPPD_READY});
}

static void on_exit_of_child(struct ev_loop *loop, ev_child *watcher, int revents)
{
	struct pppd *pppd = watcher->data;
	struct pppd_news news = {.type = PPPD_EXIT};
	struct buf text = BUF_INIT;

	(void)revents;
	ev_child_stop(loop, watcher);
	pppd->pid = 0;
	if (!drain_log(pppd))
		return;
	news.cause = ppp_life_cause(&pppd->life, watcher->rstatus, &text);
	if (news.cause == CAUSE_INTERNAL && pppd->last.len > 0)
		buf_printf(&text, "; its last words: %s", buf_str(&pppd->last));
	news.text = buf_str(&text);
	pppd->tell(pppd->ctx, &news);
	buf_free(&text);
}

static void close_if_open(int fd)
{
	if (fd >= 0)
		close(fd);
}

static int start_process(struct pppd *pppd, int tty)
{
	const char *const argv[] = {PPPD_PATH, "file", OPTIONS_PATH, NULL};
	const char *const envp[] = {SPAWN_PATH, NULL};
	int log[2] = {-1, -1}, gate[2] = {-1, -1}, feed[2] = {-1, -1};
	pid_t pid = -1;

	if (pipe2(log, O_CLOEXEC) < 0 || pipe2(feed, O_CLOEXEC) < 0 ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, gate) < 0 ||
	    fcntl(log[0], F_SETFL, O_NONBLOCK) < 0 || fcntl(feed[1], F_SETFL, O_NONBLOCK) < 0)
		pid = -errno;
	else
		pid = spawn_program(&(struct spawn_program){
			.argv = argv,
			.envp = envp,
			.fds = (int[]){tty, log[1], log[1], [LOG_FD] = log[1], [GATE_FD] = gate[1],
				       [OPTIONS_FD] = feed[0]},
			.fd_count = OPTIONS_FD + 1,
			.group = true, /* a terminal's ^C is for us, and we end pppd in order */
			.death_signal = SIGTERM,
		});
	close_if_open(log[1]);
	close_if_open(gate[1]);
	close_if_open(feed[0]);
	pppd->log = log[0];
	pppd->gate = gate[0];
	pppd->feed = feed[1];
	pppd->pid = pid > 0 ? pid : 0;
	return pid < 0 ? pid : 0;
}

/* Upstream has lcp-echo-adaptive since 2.4.9, Debian and OpenWrt have it in older ones, and an
 * option that is unknown ends pppd. The names of its options are in its file. */
static bool knows_option(const char *name)
{
	int file = open(PPPD_PATH, O_RDONLY | O_CLOEXEC);
	struct stat info;
	void *bytes = MAP_FAILED;
	bool known = false;

	if (file >= 0 && fstat(file, &info) == 0 && info.st_size > 0)
		bytes = mmap(NULL, (size_t)info.st_size, PROT_READ, MAP_PRIVATE, file, 0);
	if (bytes != MAP_FAILED) {
		known = memmem(bytes, (size_t)info.st_size, name, strlen(name) + 1);
		munmap(bytes, (size_t)info.st_size);
	}
	close_if_open(file);
	return known;
}

struct pppd *pppd_start(struct ev_loop *loop, const struct conf *conf, const char *name,
			const struct pppd_line *line, pppd_teller *tell, void *ctx, int *error)
{
	const struct ppp_run run = {
		.name = name,
		.connect = CONNECT_SCRIPT,
		.log_fd = LOG_FD,
		.baud = line->baud,
		.rtscts = line->rtscts,
		.echo = line->deaf                          ? PPP_ECHO_OFF
			: knows_option("lcp-echo-adaptive") ? PPP_ECHO_ADAPTIVE
							    : PPP_ECHO_PLAIN,
	};
	struct buf why = BUF_INIT;
	struct pppd *pppd;

	pppd = calloc(1, sizeof(*pppd));
	if (!pppd) {
		*error = -ENOMEM;
		return NULL;
	}
	pppd->loop = loop;
	pppd->tell = tell;
	/* Those of the provider table are everybody's. */
	pppd->has_password = *conf->network.password != '\0';
	pppd->ctx = ctx;
	pppd->log = -1;
	pppd->gate = -1;
	pppd->feed = -1;
	/* A line of its log that found no memory later may be that of the address. */
	if (!buf_reserve(&pppd->unread, UNREAD_BYTES) || !buf_reserve(&pppd->line, LINE_MAX_LEN) ||
	    !buf_reserve(&pppd->last, LINE_MAX_LEN))
		*error = -ENOMEM;
	else
		*error = ppp_options_write(conf, &run, &pppd->options, &why);
	if (*error < 0)
		log_error("pppd's options: %s", buf_str(&why));
	buf_free(&why);
	if (*error == 0)
		*error = start_process(pppd, line->tty);
	if (*error < 0) {
		pppd_free(pppd);
		return NULL;
	}
	ev_io_init(&pppd->log_reader, on_log, pppd->log, EV_READ);
	ev_io_init(&pppd->gate_reader, on_gate, pppd->gate, EV_READ);
	ev_child_init(&pppd->child, on_exit_of_child, pppd->pid, 0);
	pppd->log_reader.data = pppd->gate_reader.data = pppd->child.data = pppd;
	ev_io_start(loop, &pppd->log_reader);
	ev_io_start(loop, &pppd->gate_reader);
	ev_child_start(loop, &pppd->child);
	return pppd;
}

int pppd_open(struct pppd *pppd, const struct conf_account *account)
{
	struct buf *options = &pppd->options;
	ssize_t written;
	int error = 0;

	ppp_options_account(account, options);
	written = write(pppd->feed, buf_str(options), options->len);

	/* A pipe holds 64 kB, and the options are a tenth of that. */
	if (written < 0)
		error = -errno;
	else if ((size_t)written != options->len)
		error = -EMSGSIZE;
	close(pppd->feed);
	pppd->feed = -1;
	buf_free(&pppd->options);
	return error;
}

void pppd_connected(struct pppd *pppd)
{
	if (send(pppd->gate, "0\n", 2, MSG_NOSIGNAL | MSG_DONTWAIT) != 2)
		log_debug("pppd's connect script is gone already");
}

void pppd_stop(struct pppd *pppd, bool hard)
{
	if (pppd->pid <= 0)
		return;
	/* A KILL is for its connect script too, which is in its group. */
	kill(hard ? -pppd->pid : pppd->pid, hard ? SIGKILL : SIGTERM);
}

bool pppd_is_ending(struct pppd *pppd)
{
	bool ending = pppd->life.ending;
	size_t len;

	read_log(pppd);
	for (const char *line = buf_str(&pppd->unread); !ending && *line; line += len) {
		ending = ppp_event_is_end(ppp_event_parse(line).type);
		len = strcspn(line, "\n");
		len += line[len] == '\n';
	}
	if (pppd->unread.len > 0)
		ev_feed_event(pppd->loop, &pppd->log_reader, EV_READ);
	return ending;
}

bool pppd_is_deaf(const struct pppd *pppd)
{
	return ppp_life_is_deaf(&pppd->life);
}

int pppd_pid(const struct pppd *pppd)
{
	return pppd->pid;
}

void pppd_free(struct pppd *pppd)
{
	if (!pppd)
		return;
	ev_io_stop(pppd->loop, &pppd->log_reader);
	ev_io_stop(pppd->loop, &pppd->gate_reader);
	ev_child_stop(pppd->loop, &pppd->child);
	if (pppd->pid > 0) {
		pppd_stop(pppd, true);
		waitpid(pppd->pid, NULL, WNOHANG);
	}
	close_if_open(pppd->log);
	close_if_open(pppd->gate);
	close_if_open(pppd->feed);
	pppd->freed = true;
	if (!pppd->in_callback)
		free_pppd(pppd);
}
