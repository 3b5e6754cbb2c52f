/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "at.h"
#include "faults.h"

void faults_init(struct faults *faults, const struct desc *desc)
{
	memset(faults, 0, sizeof(*faults));
	faults->latency_ms = desc->timing.latency_ms;
	faults->split = desc->at.split;
	faults->split_gap_ms = desc->at.split_gap_ms;
	faults->wait_peer_ms = desc->call.wait_peer_ms;
}

void faults_free(struct faults *faults)
{
	while (faults->command_count > 0)
		faults_remove(faults, &faults->commands[0]);
	free(faults->commands);
	faults->commands = NULL;
}

struct faults_command *faults_find(struct faults *faults, const char *full)
{
	for (size_t i = 0; i < faults->command_count; i++)
		if (at_matches(faults->commands[i].pattern, full))
			return &faults->commands[i];
	return NULL;
}

static struct faults_command *append(struct faults *faults, const char *pattern)
{
	size_t count = faults->command_count + 1;
	struct faults_command *commands = realloc(faults->commands, count * sizeof(*commands));
	struct faults_command *last;

	if (!commands)
		return NULL;
	faults->commands = commands;
	last = &commands[count - 1];
	memset(last, 0, sizeof(*last));
	last->latency_ms = -1;
	last->pattern = strdup(pattern);
	if (!last->pattern)
		return NULL;
	faults->command_count = count;
	return last;
}

struct faults_command *faults_add(struct faults *faults, const char *pattern)
{
	for (size_t i = 0; i < faults->command_count; i++)
		if (strcmp(faults->commands[i].pattern, pattern) == 0)
			return &faults->commands[i];
	return append(faults, pattern);
}

void faults_remove(struct faults *faults, struct faults_command *command)
{
	size_t index = (size_t)(command - faults->commands);

	free(command->pattern);
	buf_free(&command->raw);
	faults->command_count--;
	memmove(command, command + 1, (faults->command_count - index) * sizeof(*command));
}
