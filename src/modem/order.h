/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_ORDER_H
#define GD_MODEM_ORDER_H

#include <stdbool.h>
#include <stddef.h>

#include "at/chan.h"
#include "base/buf.h"
#include "base/cause.h"

/*
 * AT commands that a person has given, one after the other, and what came of
 * them. Knows nothing of ports and clocks: ask order_next, send what it gives,
 * hand the reply in.
 */
#define ORDER_COMMANDS_MAX 16
#define ORDER_TIMEOUT_S    15    /* for each command */
#define ORDER_TIMEOUT_MAX  600   /* +COPS=? may take minutes */
#define ORDER_ANSWER_MAX   32768 /* of all answers together */

/* Whose modem it is: there are commands that would break a running call. */
enum order_scope {
	ORDER_OWN,      /* nobody else uses the modem */
	ORDER_INSTANCE, /* a running instance does */
};

struct order_item {
	char *text;
	bool done;
	bool cut; /* there was more than is kept */
	struct at_final final;
	int elapsed_ms;
	char *shown; /* the text as it may be shown */
	char *answer;
};

struct order {
	struct order_item items[ORDER_COMMANDS_MAX];
	size_t count;
	size_t index; /* the next, or the one in flight */
	bool pending;
	int timeout_ms;
	bool keep_going; /* after an error */
	bool force;      /* what order_check refuses, too */
	size_t kept;     /* bytes of answers */
};

void order_init(struct order *order);
void order_free(struct order *order);

/* -E2BIG, -ENOMEM. */
int order_add(struct order *order, const char *text);

/* Whether all of them may go out: AT and printable ASCII; not what holds a PIN, for a refused one
 * must not be sent twice, nor what makes a call, nor, with ORDER_INSTANCE, what would end the
 * instance's, unless `force`. If not, why, in words. Never shows what stands behind a name that may
 * hold a PIN. */
bool order_check(const struct order *order, enum order_scope scope, struct buf *why);

/* False when there is no more to send. `id` is the caller's. */
bool order_next(struct order *order, struct at_command *command, int id);

void order_reply(struct order *order, const struct at_event *reply);

/* How the first that failed failed; NONE when all that were sent are fine. */
enum cause order_cause(const struct order *order);

/* That one; NULL. */
const struct order_item *order_failure(const struct order *order);

#endif
