/* SPDX-License-Identifier: ISC */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "cli/cli.h"
#include "cli/peer.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "daemon/hooks.h"
#include "ppp/options.h"

static void print_setting(const struct conf_key *key, const struct conf *conf,
			  const struct conf *defaults, struct buf *out)
{
	struct buf is = BUF_INIT, was = BUF_INIT;

	if (key->type == CONF_TYPE_FILE)
		return; /* its secret is shown as the key it stands for */
	conf_key_print(key, conf, &is);
	conf_key_print(key, defaults, &was);
	if (strcmp(buf_str(&is), buf_str(&was)) != 0)
		buf_printf(out, "  %s.%s\n", key->group, buf_str(&is));
	buf_free(&is);
	buf_free(&was);
}

static int print_settings(const struct conf *conf)
{
	struct buf out = BUF_INIT;
	struct conf defaults;
	int err = conf_init(&defaults);

	for (const struct conf_key *key = conf_keys; !err && key->name; key++)
		print_setting(key, conf, &defaults, &out);
	if (out.len)
		printf("\nSettings other than the defaults:\n%s", buf_str(&out));
	conf_free(&defaults);
	buf_free(&out);
	return err ? CAUSE_INTERNAL : CAUSE_NONE;
}

static int print_options(const struct cli *cli, const struct conf *conf)
{
	struct buf options = BUF_INIT, error = BUF_INIT;
	int err = ppp_options_show(conf, cli->name, &options, &error);

	if (err)
		fprintf(stderr, "%s: %s\n", cli->conf_path, buf_str(&error));
	else
		printf("\nOptions for pppd:\n");
	for (char *line = options.data; !err && line && *line;) {
		size_t len = strcspn(line, "\n");

		if (line[0] != '#')
			printf("  %.*s\n", (int)len, line);
		line += len + 1;
	}
	buf_free(&options);
	buf_free(&error);
	return err ? CAUSE_CONFIG : CAUSE_NONE;
}

static int print_peer(const struct cli *cli, const struct conf *conf)
{
	struct buf options = BUF_INIT, error = BUF_INIT;
	int err = peer_for_pty(conf, cli->name, &options, &error);

	if (err)
		fprintf(stderr, "%s: %s\n", cli->conf_path, buf_str(&error));
	else
		fputs(buf_str(&options), stdout);
	buf_free(&options);
	buf_free(&error);
	return err ? CAUSE_CONFIG : CAUSE_NONE;
}

static void print_hooks(void)
{
	struct hook_list list = {.count = 0};
	struct buf complaints = BUF_INIT;

	hook_list_read(&list, HOOKS_FOLDER, &complaints);
	if (list.count > 0)
		printf("\nHooks, in this order:\n");
	for (size_t i = 0; i < list.count; i++)
		printf("  %s\n", list.paths[i]);
	fflush(stdout);
	fputs(buf_str(&complaints), stderr);
	buf_free(&complaints);
	hook_list_free(&list);
}

static int print_all(const struct cli *cli, const struct conf *conf)
{
	int cause;

	printf("%s: %s\n", cli->conf_path,
	       cli->conf_given || access(cli->conf_path, F_OK) == 0
		       ? "fine"
		       : "not there, so the defaults apply");
	cause = print_settings(conf);
	if (cause == CAUSE_NONE)
		cause = print_options(cli, conf);
	print_hooks();
	return cause;
}

int cli_check(struct cli *cli, int argc, char **argv)
{
	const char *name = NULL;
	bool peer = false;
	struct conf conf;
	int cause;

	for (int i = 1; i < argc; i++) {
		if (strcmp(argv[i], "--peer") == 0)
			peer = true;
		else if (argv[i][0] == '-')
			return cli_usage("check", "no option \"%s\"", argv[i]);
		else if (name)
			return cli_usage("check", "\"%s\" is one too many", argv[i]);
		else
			name = argv[i];
	}
	if (!cli_set_name(cli, name))
		return CAUSE_USAGE;
	cause = cli_load(cli, &conf);
	if (cause == CAUSE_NONE)
		cause = peer ? print_peer(cli, &conf) : print_all(cli, &conf);
	conf_free(&conf);
	return cause;
}
