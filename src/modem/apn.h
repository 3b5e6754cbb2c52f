/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_APN_H
#define GD_MODEM_APN_H

#include <stdint.h>

#include "modem/provider.h"

struct buf;
struct modem_facts;
struct script;

#define APN_TRIES_MAX 24

/* The access points that are tried for a SIM, one a dial, from dial to dial. */
struct apn_walk {
	struct apn_try tries[APN_TRIES_MAX];
	char refused[APN_TRIES_MAX][200]; /* how the last dial with it ended; "" it did not */
	size_t count, at;
	unsigned written;       /* a bit for each whose name we have put into a context */
	bool reattach;          /* LTE's attach was refused with the last one */
	bool was_in;            /* the modem was registered with one of them */
	bool complete;          /* the table's are among them */
	bool kept;              /* the one that is used is in the memory */
	int rounds;             /* all of them were refused */
	int64_t again_at;       /* the next one's time */
	char imsi[16];          /* the SIM that they are for */
	char key[APN_KEY_SIZE]; /* in the memory; "" none */
};

/* What a script asks of the memory that outlives it; see apn-memory.h. */
struct apn_ops {
	/* With no key: whether any SIM had to->apn. */
	bool (*recall)(void *ctx, const char *key, struct apn_try *to);
	/* NULL: none. False: not now. */
	bool (*keep)(void *ctx, const char *key, const struct apn_try *good);
};

/* What this dial uses; never NULL. */
const struct apn_try *script_apn(const struct script *script);

/* Its account, or that of another one: network.user, password and auth, where they are given, in
 * place of its own. The strings are the script's and the configuration's. */
struct conf_account script_account(const struct script *script);
struct conf_account script_account_with(const struct script *script, const struct apn_try *used);

/* What the SIM has said of itself. */
struct provider_sim apn_sim_of(const struct modem_facts *facts);

/* Whether there is another one to try. */
bool script_has_other_apn(const struct script *script);

/* The network has refused the dial in a way that the APN may explain: go on to the next one. False
 * when all have had their turn. `why` is for people. */
bool script_apn_refused(struct script *script, const char *why);

/* A link came up with it. */
void script_apn_worked(struct script *script);

/* Fill script->apn for a new SIM, and when these had their turn, with the rest. */
void apn_walk_begin(struct script *script);
void apn_walk_complete(struct script *script);

/* Go on behind the one with which an earlier process had a call that came to nothing. False: it is
 * not in the list. */
bool apn_walk_pass(struct script *script);

/* The whole list, also where the table's are not in it yet; how many. */
size_t apn_walk_list(const struct script *script, struct apn_try tries[APN_TRIES_MAX]);

/* "internet", from the provider table, 2 of 3 */
void apn_describe(const struct apn_try *tries, size_t count, size_t at, struct buf *out);

#endif
