/* SPDX-License-Identifier: ISC */
/* The commands for a pppd that something else starts: pon, ifup, pppd call. */
#include <errno.h>
#include <string.h>
#include <syslog.h>
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
#include "io/pppd-parent.h"

/* pppd's pty is not a controlling terminal. */
static bool is_started_by_pppd(void)
{
	return tcgetsid(STDIN_FILENO) != getsid(0);
}

void cli_pty_refuse(void)
{
	if (is_started_by_pppd())
		pppd_parent_failed(CAUSE_USAGE, cause_text(CAUSE_USAGE));
}

int cli_pty(struct cli *cli)
{
	const char *id = cli->options[CLI_OPTION_PPPD_OPTIONS];
	struct call_end end = {false, BUF_INIT};
	struct conf conf;
	enum cause cause;

	if (!is_started_by_pppd())
		return cli_usage(cli, "only pppd may start it, by its option of that name");
	/* Once pppd has detached, nobody reads our stderr. */
	log_to_syslog("gobi-dial", LOG_LOCAL2);
	cause = (enum cause)cli_load(cli, &conf);
	if (cause == CAUSE_NONE) {
		peer_compare(&conf, cli->name, id ? id : "");
		cause = daemon_call(&conf, cli->name, &end);
	} else {
		log_error("%s: see \"gobi-dial check\"", cli->conf_path);
	}
	conf_free(&conf);
	if (cause != CAUSE_NONE && !end.was_connected)
		pppd_parent_failed(cause,
				   end.text.len > 0 ? buf_str(&end.text) : cause_text(cause));
	buf_free(&end.text);
	return (int)cause;
}

int cli_prepare(struct cli *cli)
{
	struct buf options = BUF_INIT, why = BUF_INIT, account = BUF_INIT;
	struct buf dial = BUF_INIT;
	enum cause cause;
	struct port port;
	struct conf conf;
	int error, cid;

	log_to_syslog("gobi-dial", LOG_LOCAL2);
	/* pppd must not find an old one. */
	rundir_remove(cli->name, "port");
	cause = (enum cause)cli_load(cli, &conf);
	if (cause == CAUSE_NONE)
		cause = daemon_prepare(&conf, cli->name, &port, &cid, &dial, &account);
	if (cause == CAUSE_NONE) {
		error = peer_for_device(&conf, cli->name, &port, cid, buf_str(&dial), &options,
					&why);
		if (error < 0) {
			cause = error == -ENOMEM ? CAUSE_INTERNAL : CAUSE_CONFIG;
		} else {
			buf_append(&options, buf_str(&account), account.len);
			error = rundir_write(cli->name, "port", &options);
			buf_printf(&why, "%s/%s.port: %s", RUNDIR, cli->name, strerror(-error));
			cause = error < 0 ? CAUSE_INTERNAL : CAUSE_NONE;
		}
		if (error < 0)
			log_error("%s", buf_str(&why));
	}
	buf_free(&dial);
	buf_free(&account);
	buf_free(&options);
	buf_free(&why);
	conf_free(&conf);
	return (int)cause;
}
