/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/cause.h"
#include "cli/cli.h"
#include "conf/conf.h"
#include "conf/load.h"

int cli_load(const struct cli *cli, struct conf *conf)
{
	struct buf errors = BUF_INIT;
	int err = conf_load(conf, cli->conf_path, &errors);

	if (err == -ENOENT && !cli->conf_given) {
		conf_free(conf);
		buf_clear(&errors);
		err = conf_init(conf);
	}
	fputs(buf_str(&errors), stderr);
	buf_free(&errors);
	if (err == -ENOMEM)
		return CAUSE_INTERNAL;
	if (err == -EACCES)
		return CAUSE_PERMISSION;
	return err ? CAUSE_CONFIG : CAUSE_NONE;
}
