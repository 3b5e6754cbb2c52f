/* SPDX-License-Identifier: ISC */
/* redial, reload and stop: requests to the running instance. */
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/cause.h"
#include "cli/cli.h"
#include "cli/commands.h"
#include "ctl/client.h"
#include "status/show.h"

#define END_MS 10000 /* the instance promises 5 s, which a starved machine may miss */

int cli_control(struct cli *cli)
{
	const char *command = cli->command->name;
	bool reload = strcmp(command, "reload") == 0;
	struct json_object *response = NULL, *rows;
	int cause, fd = cli_connect(cli, &cause);

	if (fd < 0)
		return cause;
	cause = cli_request(fd, command, NULL, &response);
	rows = show_get(response, "changed");
	if (cause == CAUSE_NONE && reload && show_count(rows) == 0)
		printf("%s: nothing has changed\n", cli->name);
	for (size_t i = 0; i < show_count(rows); i++) {
		struct json_object *row = json_object_array_get_idx(rows, i);

		printf("%s: %s ", cli->name, show_text(row, "key"));
		if (strcmp(show_text(row, "applies"), "now") == 0)
			printf("is in effect now\n");
		else
			printf("takes effect with the next dial; \"gobi-dial redial %s\" "
			       "dials now\n",
			       cli->name);
	}
	json_object_put(response);
	if (cause == CAUSE_NONE && strcmp(command, "stop") == 0 &&
	    ctl_client_wait_end(fd, END_MS) < 0) {
		fprintf(stderr, "gobi-dial: the instance has not stopped within %d s\n",
			END_MS / 1000);
		cause = CAUSE_INTERNAL;
	}
	close(fd);
	return cause;
}
