/* SPDX-License-Identifier: ISC */
#include <limits.h>
#include <string.h>

#include "at/outbox.h"
#include "base/log.h"

#define ANSWER_MAX 16384 /* +CLAC and +COPS=? stay under 8 kB */
#define URCS_MAX   8192

void at_outbox_add_urc(struct at_outbox *box, const char *line)
{
	size_t size = strlen(line) + 1;

	if (box->urcs.len + size > URCS_MAX) {
		log_debug("too many URCs wait: %s dropped", line);
		return;
	}
	buf_append(&box->urcs, line, size);
	box->urcs.failed = false; /* one is lost, the next may fit */
}

void at_outbox_start_answer(struct at_outbox *box)
{
	buf_free(&box->answer);
	box->open_quote = false;
}

void at_outbox_add_answer(struct at_outbox *box, const char *line, bool continues)
{
	const char *glue = continues ? " " : "\n";
	size_t len = strlen(line);

	if (!continues)
		box->open_quote = false;
	if (box->answer.len + len + 1 > ANSWER_MAX)
		return;
	if (box->answer.len)
		buf_append(&box->answer, glue, 1);
	buf_append(&box->answer, line, len);
	for (; *line; line++)
		if (*line == '"')
			box->open_quote = !box->open_quote;
}

void at_outbox_reply(struct at_outbox *box, const struct at_job *job, struct at_final final,
		     int64_t elapsed_ms)
{
	/* No answer is less wrong than half of one. */
	if (box->answer.failed && final.kind != AT_FINAL_CONNECT)
		final = (struct at_final){AT_FINAL_TIMEOUT, 0, ""};
	at_job_mask(job, box->masked);
	box->reply = (struct at_event){
		.type = AT_EVENT_REPLY,
		.id = job->id,
		.final = final,
		.elapsed_ms = elapsed_ms < INT_MAX ? (int)elapsed_ms : INT_MAX,
		.command = box->masked,
	};
	box->reply_ready = true;
	box->reply_after = box->urcs.len - box->given;
}

bool at_outbox_is_empty(const struct at_outbox *box)
{
	return !box->reply_ready && box->urcs.len == box->given;
}

struct at_event at_outbox_next(struct at_outbox *box)
{
	struct at_event event = {.text = "", .command = ""};

	buf_consume(&box->urcs, box->given);
	box->given = 0;
	if (box->reply_ready && box->reply_after == 0) {
		box->reply_ready = false;
		event = box->reply;
		event.text = buf_str(&box->answer);
	} else if (box->urcs.len > 0) {
		event.type = AT_EVENT_URC;
		event.text = buf_str(&box->urcs);
		box->given = strlen(event.text) + 1;
		if (box->reply_ready)
			box->reply_after -= box->given;
	}
	return event;
}

void at_outbox_free(struct at_outbox *box)
{
	buf_free(&box->answer);
	buf_free(&box->urcs);
	explicit_bzero(box, sizeof(*box));
}
