/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/cause.h"
#include "cli/cli.h"
#include "conf/conf.h"
#include "io/conf-load.h"

int cli_load(const struct cli *cli, struct conf *conf)
{
	struct buf errors = BUF_INIT;
	int err = cli->conf_given ? conf_load(conf, cli->conf_path, &errors)
				  : conf_load_if_there(conf, cli->conf_path, &errors);

	fputs(buf_str(&errors), stderr);
	buf_free(&errors);
	if (err == -ENOMEM)
		return CAUSE_INTERNAL;
	if (err == -EACCES)
		return CAUSE_PERMISSION;
	return err ? CAUSE_CONFIG : CAUSE_NONE;
}
