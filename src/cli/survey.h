/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_SURVEY_H
#define GD_CLI_SURVEY_H

#include <ev.h>

#include "base/buf.h"
#include "io/probe.h"
#include "io/talk.h"
#include "modem/script.h"

struct at_request;

/* A look at the modem: its ports are asked, and on the best one all that the modem can tell. It
 * gets no PIN, and ports and modem are left as they were found. */
struct survey {
	const struct probe_result *result; /* NULL: there is none */
	bool asked;                        /* script.facts are those of the modem */
	struct script script;
	enum cause cause; /* NONE: the modem was asked to the end */
	struct buf text;  /* otherwise: why, on one line */

	struct port_list ports; /* those that it has listed itself */
	struct probe *probe;
	struct talk talk;
	struct ev_loop *loop;
	ev_timer limit;
	struct at_request *request;
	bool ports_only;
	int signal;
};

struct survey_options {
	const char *port;              /* the user's word for a tty; or NULL */
	const struct port_list *ports; /* to be asked instead; NULL: those of the configuration */
	const char *providers;         /* ask the SIM for what tells its provider, too; or NULL */
	bool all;                      /* ask every port to the end */
	bool ports_only;               /* do not ask the modem on the best one */
	bool scan;                     /* look for networks too, which takes minutes */
	bool progress;                 /* shown on stderr, if that is a terminal */
	struct at_request *request;    /* to be sent instead of the questions; or NULL */
};

/* Append the user's word for a tty. If it does not exist, it is added all the same: the answer says
 * what is wrong with it. Negative errno. */
int survey_add(struct port_list *ports, const char *word);

/* Blocks until it is over. A signal ends the program after modem and ports have been put back, a
 * second one at once. `conf` and the ports are borrowed for the survey's life. The cause. */
enum cause survey_run(struct survey *survey, const struct conf *conf,
		      const struct survey_options *options);

void survey_free(struct survey *survey);

#endif
