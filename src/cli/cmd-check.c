/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/cause.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/peer.h"
#include "cli/survey.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "io/hook.h"
#include "io/pinfile.h"
#include "io/providers.h"
#include "ppp/options.h"
#include "status/apn-json.h"
#include "status/show.h"

/* For people to read, or as a peers file. */
static int print_pppd_options(const struct cli *cli, const struct conf *conf, bool peer)
{
	struct buf options = BUF_INIT, error = BUF_INIT;
	int err = peer ? peer_for_pty(conf, cli->name, &options, &error)
		       : ppp_options_show(conf, cli->name, &options, &error);

	if (err)
		fprintf(stderr, "%s: %s\n", cli->conf_path, buf_str(&error));
	else if (peer)
		fputs(buf_str(&options), stdout);
	else
		printf("\nOptions for pppd:\n");
	for (const char *line = buf_str(&options); !err && !peer && *line;) {
		size_t len = strcspn(line, "\n");

		if (line[0] != '#')
			printf("  %.*s\n", (int)len, line);
		line += len + (line[len] == '\n');
	}
	buf_free(&options);
	buf_free(&error);
	return err == -ENOMEM ? CAUSE_INTERNAL : err ? CAUSE_CONFIG : CAUSE_NONE;
}

static int print_setting(const struct cli *cli, const struct conf *conf, const char *name)
{
	size_t len = strcspn(name, ".");
	struct buf text = BUF_INIT;

	for (const struct conf_key *key = conf_keys; key->name; key++)
		if (name[len] && strlen(key->group) == len && !strncmp(key->group, name, len) &&
		    !strcmp(key->name, name + len + 1)) {
			conf_key_print(key, conf, &text);
			printf("%s.%s\n", key->group, buf_str(&text));
			buf_free(&text);
			return CAUSE_NONE;
		}
	return cli_usage(cli, "unknown key \"%s\"; gobi-dial.conf(5) lists them", name);
}

static int print_report(const struct cli *cli, const struct conf *conf)
{
	struct buf is = BUF_INIT, was = BUF_INIT, out = BUF_INIT, complaints = BUF_INIT;
	struct hook_list list = {.count = 0};
	struct conf defaults;
	int err = conf_init(&defaults), cause = CAUSE_INTERNAL;

	printf("%s: %s\n", cli->conf_path,
	       cli->conf_given || access(cli->conf_path, F_OK) == 0
		       ? "fine"
		       : "does not exist, so the defaults apply");
	for (const struct conf_key *key = conf_keys; !err && key->name; key++) {
		if (key->type == CONF_TYPE_FILE)
			continue; /* its secret is shown as the key that it is for */
		buf_clear(&is);
		buf_clear(&was);
		conf_key_print(key, conf, &is);
		conf_key_print(key, &defaults, &was);
		if (strcmp(buf_str(&is), buf_str(&was)) != 0)
			buf_printf(&out, "  %s.%s\n", key->group, buf_str(&is));
	}
	if (out.len)
		printf("\nSettings other than the defaults:\n%s", buf_str(&out));
	fflush(stdout);
	providers_load(conf->network.providers, &was); /* says what is wrong with it */
	conf_free(&defaults);
	buf_free(&is);
	buf_free(&was);
	buf_free(&out);
	if (!err)
		cause = print_pppd_options(cli, conf, false);
	hook_list_read(&list, HOOKSDIR, &complaints);
	if (list.count > 0)
		printf("\nHooks, in this order:\n");
	for (size_t i = 0; i < list.count; i++)
		printf("  %s\n", list.paths[i]);
	fflush(stdout);
	fputs(buf_str(&complaints), stderr);
	buf_free(&complaints);
	hook_list_free(&list);
	return cause;
}

/* `why`: what keeps us from the SIM; or the state of the instance that does not know it. */
static int print_apns(struct json_object *apn, enum cause why, const char *state)
{
	struct buf text = BUF_INIT;

	if (!apn) {
		fprintf(stderr, "gobi-dial check: nothing is known of the SIM yet: %s%s (%s)\n",
			state ? "the instance is " : "", state ? state : cause_text(why),
			cause_name(why));
		return (int)why;
	}
	json_make_safe(apn);
	apn_render(apn, true, &text);
	fputs(buf_str(&text), stdout);
	buf_free(&text);
	return CAUSE_NONE;
}

/* As a dial would: what is remembered, the modem's own, the table's. */
static int ask_modem_apns(struct conf *conf)
{
	struct buf table = BUF_INIT;
	const struct survey_options options = {
		.providers = providers_load(conf->network.providers, &table), .progress = true};
	struct survey survey;
	struct script *script = &survey.script;
	int cause = (int)survey_run(&survey, conf, &options);
	struct json_object *apn;

	if (!options.providers && strcmp(conf->network.apn, "auto") == 0)
		fprintf(stderr, "gobi-dial check: this program was built without a provider "
				"table; network.providers may name one\n");
	if (cause == CAUSE_NONE) {
		script->apns = &apnfile_ops;
		apn_walk_begin(script);
		apn = apn_json(script);
		cause = print_apns(apn,
				   script->facts.sim == MODEM_SIM_PIN   ? CAUSE_PIN
				   : script->facts.sim == MODEM_SIM_PUK ? CAUSE_PUK
									: CAUSE_SIM,
				   NULL);
		json_object_put(apn);
	} else {
		fprintf(stderr, "gobi-dial check: %s (%s)\n", buf_str(&survey.text),
			cause_name(survey.cause));
	}
	survey_free(&survey);
	buf_free(&table);
	return cause;
}

static int ask_instance_apns(int fd)
{
	struct json_object *response, *status;
	int cause = cli_request(fd, "status", NULL, &response);

	close(fd);
	if (cause != CAUSE_NONE)
		return cause;
	status = show_get(response, "status");
	cause = print_apns(show_get(status, "apn"), CAUSE_SIM, show_text(status, "state"));
	json_object_put(response);
	return cause;
}

int cli_check(struct cli *cli)
{
	const char *key = cli->options[CLI_OPTION_KEY];
	struct conf conf;
	int cause = cli_load(cli, &conf);
	bool apn = cause == CAUSE_NONE && !key && cli->options[CLI_OPTION_APN];
	int fd = apn ? cli_socket(cli) : -1;

	if (cause == CAUSE_NONE && key)
		cause = print_setting(cli, &conf, key);
	else if (apn && fd >= 0)
		cause = ask_instance_apns(fd);
	else if (apn)
		cause = fd == -ECONNREFUSED ? ask_modem_apns(&conf) : cli_no_socket(cli, fd);
	else if (cause == CAUSE_NONE && cli->options[CLI_OPTION_PEER])
		cause = print_pppd_options(cli, &conf, true);
	else if (cause == CAUSE_NONE)
		cause = print_report(cli, &conf);
	conf_free(&conf);
	return cause;
}
