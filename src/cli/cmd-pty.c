/* SPDX-License-Identifier: ISC */
/* The commands for a pppd that others start: pon, ifup, pppd call. */
#include <errno.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/log.h"
#include "cli/cli.h"
#include "cli/peer.h"
#include "conf/conf.h"
#include "daemon/daemon.h"
#include "io/port.h"
#include "io/rundir.h"
#include "ppp/pppd-parent.h"

/* NAME, and where `id` is wanted --options ID. */
static enum cause take_arguments(struct cli *cli, int argc, char **argv, const char **id)
{
	const char *name = NULL;

	for (int i = 1; i < argc; i++) {
		if (id && strcmp(argv[i], "--options") == 0 && i + 1 < argc)
			*id = argv[++i];
		else if (id && strcmp(argv[i], "--options") == 0)
			return (enum cause)cli_usage(argv[0], "--options wants an ID");
		else if (argv[i][0] == '-')
			return (enum cause)cli_usage(argv[0], "no option \"%s\"", argv[i]);
		else if (name)
			return (enum cause)cli_usage(argv[0], "one NAME only");
		else
			name = argv[i];
	}
	if (!cli_set_name(cli, name))
		return CAUSE_USAGE;
	return CAUSE_NONE;
}

static enum cause call(struct cli *cli, int argc, char **argv, struct call_end *end)
{
	const char *id = "";
	enum cause cause = take_arguments(cli, argc, argv, &id);
	struct conf conf;

	if (cause != CAUSE_NONE)
		return cause;
	cause = (enum cause)cli_load(cli, &conf);
	if (cause == CAUSE_NONE) {
		peer_compare(&conf, cli->name, id);
		cause = daemon_call(&conf, cli->name, end);
	} else {
		log_error("%s: see \"gobi-dial check\"", cli->conf_path);
	}
	conf_free(&conf);
	return cause;
}

int cli_pty(struct cli *cli, int argc, char **argv)
{
	struct call_end end = {false, BUF_INIT};
	enum cause cause;

	/* pppd's pty is nobody's controlling terminal. */
	if (tcgetsid(STDIN_FILENO) == getsid(0))
		return cli_usage("pty", "it is for pppd's option of that name");
	/* pppd has our stderr go where nobody looks, once it is detached. */
	log_to_syslog("gobi-dial");
	cause = call(cli, argc, argv, &end);
	if (cause != CAUSE_NONE && !end.was_connected)
		pppd_parent_failed(cause,
				   end.text.len > 0 ? buf_str(&end.text) : cause_text(cause));
	buf_free(&end.text);
	return (int)cause;
}

static enum cause write_port(const struct cli *cli, const struct conf *conf,
			     const struct port *port)
{
	struct buf options = BUF_INIT, why = BUF_INIT;
	enum cause cause = CAUSE_CONFIG;
	int error = peer_for_device(conf, cli->name, port->device, &options, &why);

	if (error == 0) {
		cause = CAUSE_INTERNAL;
		error = rundir_write(cli->name, "port", &options);
		buf_printf(&why, "%s/%s.port: %s", RUNDIR, cli->name, strerror(-error));
	}
	if (error < 0)
		log_error("%s", buf_str(&why));
	buf_free(&options);
	buf_free(&why);
	return error < 0 ? cause : CAUSE_NONE;
}

int cli_prepare(struct cli *cli, int argc, char **argv)
{
	enum cause cause = take_arguments(cli, argc, argv, NULL);
	struct port port;
	struct conf conf;

	if (cause != CAUSE_NONE)
		return (int)cause;
	log_to_syslog("gobi-dial");
	/* pppd had better find none than that of another day. */
	rundir_remove(cli->name, "port");
	cause = (enum cause)cli_load(cli, &conf);
	if (cause == CAUSE_NONE)
		cause = daemon_prepare(&conf, cli->name, &port);
	if (cause == CAUSE_NONE)
		cause = write_port(cli, &conf, &port);
	conf_free(&conf);
	return (int)cause;
}
