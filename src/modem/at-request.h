/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_AT_REQUEST_H
#define GD_MODEM_AT_REQUEST_H

#include <stdbool.h>
#include <stddef.h>

#include "at/chan.h"
#include "base/buf.h"
#include "base/cause.h"

/*
 * AT commands that a person has typed, one after the other, and their answers.
 * It knows nothing of ports and clocks: send what at_request_next gives, and hand
 * the reply in.
 */
#define AT_REQUEST_COMMANDS_MAX 16
#define AT_REQUEST_TIMEOUT_S    15    /* for each command */
#define AT_REQUEST_TIMEOUT_MAX  600   /* +COPS=? may take minutes */
#define AT_REQUEST_ANSWER_MAX   32768 /* of all answers together */

/* Who uses the modem: some commands would break a running call. */
enum at_request_scope {
	AT_REQUEST_OWN,      /* nobody else uses the modem */
	AT_REQUEST_INSTANCE, /* a running instance does */
};

struct at_request_item {
	char *text;
	bool done;
	bool cut; /* there was more than is kept */
	struct at_final final;
	int elapsed_ms;
	char *shown; /* the text as it may be shown */
	char *answer;
};

struct at_request {
	struct at_request_item items[AT_REQUEST_COMMANDS_MAX];
	size_t count;
	size_t index; /* the next, or the one in flight */
	bool pending;
	int timeout_ms;
	bool keep_going; /* after an error */
	bool force;      /* also what at_request_check refuses */
	size_t kept;     /* bytes of answers */
};

void at_request_init(struct at_request *request);
void at_request_free(struct at_request *request);

/* -E2BIG, -ENOMEM. */
int at_request_add(struct at_request *request, const char *text);

/* Whether all of them may be sent; if not, `why` says so in words. They have to begin with AT and
 * be printable ASCII. Refused, unless `force`: what may hold a PIN, since a refused one must not be
 * sent twice; what makes a call; and with AT_REQUEST_INSTANCE what would end the instance's call.
 * Never shows what follows a name that may hold a PIN. */
bool at_request_check(const struct at_request *request, enum at_request_scope scope,
		      struct buf *why);

/* False when there is nothing more to send. `id` is the caller's. */
bool at_request_next(struct at_request *request, struct at_command *command, int id);

void at_request_reply(struct at_request *request, const struct at_event *reply);

/* Why the first one that failed did so; NONE when none failed. */
enum cause at_request_cause(const struct at_request *request);

/* The first one that failed; NULL. */
const struct at_request_item *at_request_failure(const struct at_request *request);

#endif
