/* SPDX-License-Identifier: ISC */
/*
 * Two bytes of a wait status, then pppd's log. Every event is well-formed, and
 * no log and no status make a life that ended without a cause.
 */
#include <string.h>

#include "fuzz.h"

#include "base/buf.h"
#include "ppp/result.h"

#define LINE_MAX_LEN 1024

static void claim_event(const struct ppp_event *event)
{
	size_t len = strnlen(event->value, sizeof(event->value));

	CLAIM(event->type <= PPP_EVENT_TERMINATED);
	CLAIM(len < sizeof(event->value));
	/* The peer's own words have blanks. */
	if (event->type != PPP_EVENT_PEER_TERMINATED)
		CLAIM(strcspn(event->value, " \t\r\n") == len);
}

static void feed(struct ppp_life *life, const char *log, size_t size)
{
	char line[LINE_MAX_LEN];

	while (size > 0) {
		const char *end = memchr(log, '\n', size);
		size_t len = end ? (size_t)(end - log) : size;
		size_t kept = len < sizeof(line) ? len : sizeof(line) - 1;
		struct ppp_event event;

		memcpy(line, log, kept);
		line[kept] = '\0';
		event = ppp_event_parse(line);
		claim_event(&event);
		ppp_life_event(life, &event);
		log += len + (end ? 1 : 0);
		size -= len + (end ? 1 : 0);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ppp_life life = {0};
	struct buf text = BUF_INIT;
	enum cause cause;
	int status;

	if (size < 2)
		return 0;
	status = data[0] | data[1] << 8;
	feed(&life, (const char *)data + 2, size - 2);
	cause = ppp_life_cause(&life, status, &text);
	CLAIM(cause > CAUSE_NONE && cause < CAUSE_COUNT);
	CLAIM(text.len > 0 && text.len < 400);
	CLAIM(strcspn(buf_str(&text), "\n") == text.len);
	buf_free(&text);
	return 0;
}
