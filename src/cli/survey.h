/* SPDX-License-Identifier: ISC */
#ifndef GD_CLI_SURVEY_H
#define GD_CLI_SURVEY_H

#include <ev.h>

#include "base/buf.h"
#include "io/probe.h"
#include "io/talk.h"
#include "modem/script.h"

struct at_request;

/*
 * A look at the modem that is there: its ports are asked, and on the best one
 * the modem is asked all there is to know. It gets no PIN, and ports and modem
 * are left as they were found.
 */
struct survey {
	const struct probe_result *result; /* NULL: could not be had */
	bool asked;                        /* script.facts are the modem's */
	struct script script;
	enum cause cause; /* NONE when the modem was asked to the end */
	struct buf text;  /* else: one line for people */

	struct probe *probe; /* its own */
	struct talk talk;
	struct ev_loop *loop;
	ev_timer limit;
	struct at_request *order;
	bool ports_only;
	int signal;
};

struct survey_options {
	bool all;                 /* ask every port to the end */
	bool ports_only;          /* do not ask the modem on the best one */
	bool progress;            /* shown on stderr, if that is a terminal */
	struct at_request *order; /* to be sent instead of the questions; or NULL */
};

/* Append the user's word for a tty. One that is not there becomes a port as well: the answer says
 * what is wrong with it. Negative errno. */
int survey_add(struct port_list *ports, const char *word);

/* The ports to ask: `device`, the user's word for a tty, or NULL for what the configuration means.
 * A named one that is not there is listed too, for the answer to say what is wrong with it.
 * Negative errno. */
int survey_list(const struct conf *conf, const char *device, struct port_list *ports);

/* Blocks until it is over; a signal to end is obeyed when modem and ports are put back, and a
 * second one at once. `conf` is borrowed for the survey's life. The cause. */
enum cause survey_run(struct survey *survey, const struct conf *conf, const struct port_list *ports,
		      const struct survey_options *options);

void survey_free(struct survey *survey);

#endif
