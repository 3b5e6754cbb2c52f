/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_AT_CMDS_H
#define GD_MODEM_AT_CMDS_H

#include "at.h"

/* A built-in command. A handler that is missing makes that form an error. */
struct at_entry {
	const char *name;
	int (*exec)(struct at *at, const char *args);
	int (*read)(struct at *at);
	int (*set)(struct at *at, const char *args);
	const char *test;                                  /* the answer to =?, "" for a bare OK */
	int (*test_with)(struct at *at, const char *args); /* or this says it */
};

/* Each ends with a row without a name. */
extern const struct at_entry at_basic_table[];
extern const struct at_entry at_sim_table[];
extern const struct at_entry at_network_table[];
extern const struct at_entry at_packet_table[];

/* Look the command up in all of them and do it. */
int at_dispatch(struct at *at, const struct at_cmd *cmd);

#endif
