/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PINS_H
#define GD_MODEM_PINS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/cause.h"

struct buf;

/*
 * A record of the PINs that were sent and not seen to be accepted, so that none
 * is sent twice: a mark is on the disk before the PIN is sent, and is removed when
 * the SIM is open. It survives restarts and power cuts, and holds salted hashes.
 *
 *     gobi-dial pins 2
 *     salt $6$abcdefghijklmnop
 *     sent PIN CARD MODEM        (version 1's: a hash each, or - for what was not known)
 *     once PIN CARD MODEM SHAPE LEFT
 *     sum 1a2b3c4d
 *
 * "once" is a PIN whose fate is open: a kill, a power cut or a lost answer came between. If the
 * modem's counter proves that it was not refused, it is sent again and becomes "again". "refused"
 * and version 1's marks stay until a person removes them.
 */
struct pins_key {
	const char *pin;
	const char *iccid; /* "" where the SIM does not tell */
	const char *imei;  /* "" where the modem does not tell */
	int left;          /* attempts that the modem's counter allows; -1 where it does not tell */
};

#define PINS_SALT_SIZE 24 /* "$6$", 16 of [./0-9A-Za-z], NUL */
#define PINS_SENT_MAX  32
#define PINS_FILE_MAX  16384

/*
 * The steps on the file; the power may fail between any two. 0 or a negative
 * errno. `write` creates a new file beside the old one, which is on the disk when
 * it returns; `replace` renames it over the old one; `sync` writes the folder's
 * entries to the disk.
 */
struct pins_disk {
	int (*lock)(void *ctx); /* -EAGAIN: another instance has it */
	void (*unlock)(void *ctx);
	int (*read)(void *ctx, struct buf *text); /* -ENOENT: there is none */
	int (*salt)(void *ctx, char salt[PINS_SALT_SIZE]);
	int (*write)(void *ctx, const char *text, size_t len);
	int (*replace)(void *ctx);
	int (*remove)(void *ctx);
	int (*sync)(void *ctx);
};

enum pins_event { PINS_EVENT_ASK, PINS_EVENT_SEND, PINS_EVENT_TAKEN, PINS_EVENT_REFUSED };

#define PINS_AGAIN 1

/*
 * SEND: before a PIN is sent. 0: it may be, and its mark is on the disk; PINS_AGAIN: the same, and
 * it was sent before, but the modem has not taken it. Otherwise it must not be sent. -EEXIST: the
 * SIM has refused it. -ENODATA: its fate is not known, and no counter tells. -EALREADY: it has had
 * its second try. -EBADMSG: the file is damaged. -E2BIG: it is full. -EAGAIN: ask again soon.
 * Another errno: the mark could not be made.
 *
 * ASK: what SEND would say; nothing is written.
 *
 * TAKEN: the SIM is open after this PIN, or with pin "" after whatever was sent last: remove that
 * mark. Other open marks of this SIM become refusals. -EAGAIN: ask again soon, because a mark that
 * stays may keep the right PIN from the SIM. Another errno: it stays.
 *
 * REFUSED: the SIM has refused this PIN. -EAGAIN: ask again soon. Another errno: its fate stays
 * open.
 *
 * SIMs are the same if the first 18 digits are. They are proven to be two if those differ and both
 * numbers are sound: Luhn's digit fits, and none looks like the other with a digit lost. Without
 * such a proof the same modem holds the same SIM, and so does a modem that is not known.
 */
int pins_note(const struct pins_disk *disk, void *ctx, enum pins_event event,
	      const struct pins_key *key);

/* Whether any mark is open. */
bool pins_pending(const struct pins_disk *disk, void *ctx);

/* What a script asks before it sends a PIN, and reports afterwards: the above, with `why` filled in
 * below 0. */
struct pins_ops {
	int (*note)(void *ctx, enum pins_event event, const struct pins_key *key, struct buf *why);
	bool (*pending)(void *ctx);
};

/* PIN where only a person can mend it, INTERNAL where trying again may. */
enum cause pins_cause(int error);

/* Why pins_note refused, and the way out, one line for people; `path` is the file's. */
void pins_describe(int error, const char *path, struct buf *out);

/* For tests: the file's form. */
struct pins_file {
	char salt[PINS_SALT_SIZE];
	struct pins_sent {
		enum pins_fate { PINS_OLD, PINS_ONCE, PINS_TWICE, PINS_REFUSED } fate;
		char pin[88], card[88], modem[88]; /* "" unknown */
		char shape[9];                     /* of a sound ICCID, see pins.c; "" otherwise */
		int left;                          /* before it was sent; -1 */
	} sent[PINS_SENT_MAX];
	size_t count;
};

/* -EBADMSG for anything that pins_format, or version 1, did not write. */
int pins_parse(const char *text, size_t len, struct pins_file *file);
void pins_format(const struct pins_file *file, struct buf *out);

#endif
