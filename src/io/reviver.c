/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>

#include "io/revive.h"
#include "io/reviver.h"
#include "io/worker.h"

struct reviver {
	struct worker worker;
};

struct reviver *reviver_start(struct ev_loop *loop, const struct revive_job *job,
			      reviver_done *done, void *ctx)
{
	const struct worker_task task = {.work = revive, .arg = job, .done = done, .ctx = ctx};
	struct reviver *reviver = calloc(1, sizeof(*reviver));
	int error;

	if (!reviver)
		return NULL;
	error = worker_start(&reviver->worker, loop, &task);
	if (error < 0) {
		free(reviver);
		errno = -error;
		return NULL;
	}
	return reviver;
}

void reviver_free(struct reviver *reviver)
{
	if (!reviver)
		return;
	worker_abandon(&reviver->worker, SIGTERM);
	free(reviver);
}
