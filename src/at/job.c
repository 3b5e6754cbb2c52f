/* SPDX-License-Identifier: ISC */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "at/job.h"
#include "base/str.h"

/* Shorter ends of a command may be an answer. */
#define ECHO_TAIL_MIN  3
#define ECHO_GLUED_MIN 4

/* Shorter values are no PINs. */
#define VALUE_MIN 4

struct at_job *at_job_new(const struct at_command *command)
{
	size_t len = strlen(command->text);
	size_t prefix_size = command->prefix ? strlen(command->prefix) + 1 : 0;
	struct at_job *job = calloc(1, sizeof(*job) + len + 3 + prefix_size);

	if (!job)
		return NULL;
	job->id = command->id;
	job->timeout_ms = command->timeout_ms > 0 ? command->timeout_ms : 0;
	job->flags = command->flags;
	job->len = len;
	memcpy(job->text, command->text, len);
	job->text[len] = '\r';
	job->text[len + 1] = '\n';
	if (command->prefix) {
		job->prefix = job->text + len + 3;
		memcpy(job->prefix, command->prefix, prefix_size);
	}
	return job;
}

void at_job_free(struct at_job *job)
{
	if (!job)
		return;
	explicit_bzero(job->text, job->len);
	free(job);
}

void at_job_mask(const struct at_job *job, char masked[AT_JOB_MASKED_MAX])
{
	size_t len = job->len;
	bool secret = job->flags & AT_SECRET;

	/* "AT", at most one sign, and letters: no digit, for it may be the PIN's. */
	if (secret) {
		len = str_starts_nocase(job->text, "AT") ? 2 : 0;
		if (len > 0 && job->text[len] && strchr("+^*!$%#_&", job->text[len]))
			len++;
		while (len > 0 && isalpha((unsigned char)job->text[len]))
			len++;
	}
	memcpy(masked, job->text, len);
	masked[len] = '\0';
	if (secret)
		strcpy(masked + len, job->text[len] == '=' ? "=***" : "***");
}

void at_job_hide_values(const struct at_job *job, char *line)
{
	const char *at = job->text + strcspn(job->text, "=0123456789");
	const char *end = job->text + job->len;

	while (at < end) {
		bool quoted = *at == '"';
		size_t len;

		at += quoted;
		len = strcspn(at, quoted ? "\"\r" : "\",;=*# \r");
		for (char *in = line; *in && len >= VALUE_MIN; in++)
			if (strncasecmp(in, at, len) == 0)
				memset(in, '*', len);
		at += len + 1;
	}
}

enum at_echo at_job_take_echo(struct at_job *job, char *line, bool answered)
{
	size_t len = strlen(line);
	size_t left = job->len - job->echoed;

	if (len <= left && strncasecmp(job->text + job->echoed, line, len) == 0) {
		job->echoed += len;
		return AT_ECHO_WHOLE;
	}
	if (answered || job->echoed)
		return AT_ECHO_NOT;
	if (len < job->len && len >= ECHO_TAIL_MIN &&
	    strncasecmp(job->text + job->len - len, line, len) == 0) {
		job->echoed = job->len;
		return AT_ECHO_WHOLE;
	}
	if (len > job->len && job->len >= ECHO_GLUED_MIN &&
	    strncasecmp(line + len - job->len, job->text, job->len) == 0) {
		job->echoed = job->len;
		line[len - job->len] = '\0';
		return AT_ECHO_CUT;
	}
	return AT_ECHO_NOT;
}

bool at_job_names(const struct at_job *job, const char *line)
{
	size_t len = strcspn(line, ":");

	if (len < 2 || line[len] != ':')
		return false;
	for (size_t i = 0; i + len <= job->len; i++)
		if (strncasecmp(job->text + i, line, len) == 0)
			return true;
	return false;
}

bool at_job_answers(const struct at_job *job, const char *line, enum at_urc urc)
{
	if (!job->prefix || urc == AT_URC_SURE)
		return false;
	line += strspn(line, " ");
	if (job->prefix[0])
		return str_starts_nocase(line, job->prefix);
	return urc != AT_URC_UNASKED || at_job_names(job, line);
}
