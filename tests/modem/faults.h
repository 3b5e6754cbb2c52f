/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_FAULTS_H
#define GD_MODEM_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "desc.h"

/* What the control socket says about one command. */
struct faults_command {
	char *pattern;
	struct buf raw; /* the whole answer, byte for byte */
	bool has_raw;
	bool once;
	int latency_ms; /* -1: as usual */
};

/* What may be changed while it runs. */
struct faults {
	int latency_ms;
	int split, split_gap_ms;
	bool drop_data; /* data mode swallows bytes, both ways */
	int wait_peer_ms;
	char dial[64];    /* the next dials' result, "" as described */
	int dial_count;   /* -1: for ever */
	size_t dial_step; /* of the description's results */
	struct faults_command *commands;
	size_t command_count;
};

void faults_init(struct faults *faults, const struct desc *desc);
void faults_free(struct faults *faults);

/* The entry for this command, NULL when there is none. */
struct faults_command *faults_find(struct faults *faults, const char *full);

/* The entry with this very pattern, made when missing. NULL: no memory. */
struct faults_command *faults_add(struct faults *faults, const char *pattern);
void faults_remove(struct faults *faults, struct faults_command *command);

#endif
