/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PROVIDER_H
#define GD_MODEM_PROVIDER_H

#include <stdbool.h>
#include <stddef.h>

#include "conf/conf.h"

/* Where the access point of a dial comes from. */
enum apn_source { APN_CONFIG, APN_SIM, APN_NETWORK, APN_TABLE, APN_REMEMBERED };

#define APN_SIZE     101
#define ACCOUNT_SIZE 65
#define APN_KEY_SIZE 24

/* What one dial uses. */
struct apn_try {
	char apn[APN_SIZE];
	char user[ACCOUNT_SIZE];
	char password[ACCOUNT_SIZE];
	enum conf_auth auth;
	enum apn_source source;
	bool as_is; /* the modem's own context, whatever it names */
};

/*
 * The table of providers: a text, so that a newer one may come from a file. Its first line is
 * PROVIDER_HEAD, and then
 *
 *     # a comment
 *     =A provider's name               or * for the owner of the network
 *     @26201 26206 gid1=4b4f iccid=894922
 *     internet.t-mobile|user|password|pap
 *     ~an access point for other things too, tried late
 *
 * gid1, iccid and imsi are how the SIM's value begins, where only that tells a provider apart.
 */
#define PROVIDER_HEAD     "gobi-dial providers 1\n"
#define PROVIDER_SIZE_MAX 1000000

/* 0, or the number of the first line that is none of a table's. The text has a NUL at its end. */
int provider_check(const char *table, size_t len);

/* What a SIM says of itself; "" and 0: it does not. */
struct provider_sim {
	const char *imsi;
	int mnc_digits;
	const char *spn, *gid1, *iccid;
};

/* How many digits of the IMSI are the network's (5 or 6); 0: the table does not know it. EF-AD's
 * word counts unless only the other reading is in the table. */
size_t provider_network_digits(const char *table, const struct provider_sim *sim);

/* Whether several providers share the SIM's network, so that its name and groups matter. */
bool provider_is_shared(const char *table, const struct provider_sim *sim);

/* The SIM's access points, the likeliest first: the provider that the SIM names, the network's
 * owner, what several others have, the rest in the table's order; each APN once, and then with its
 * other accounts. How many there are. */
size_t provider_find(const char *table, const struct provider_sim *sim, struct apn_try *tries,
		     size_t max);

/* Which of them has the same APN, and with_account the same user and password; `count`: none. */
size_t provider_seek(const struct apn_try *tries, size_t count, const struct apn_try *one,
		     bool with_account);

/* The network's name, of up to `size` bytes; false where it is not known. */
bool provider_name(const char *table, const char *mccmnc, char *name, size_t size);

/* Parse "APN|user|password|auth" of `len` bytes; false if it is none. */
bool provider_parse_account(const char *line, size_t len, struct apn_try *to);

/* The same backwards. Appended. */
struct buf;
void provider_print_account(const struct apn_try *account, struct buf *out);

/* "config", "sim", "network", "table", "remembered"; the second for people. Static. */
const char *apn_source_name(enum apn_source source);
const char *apn_source_text(enum apn_source source);

#endif
