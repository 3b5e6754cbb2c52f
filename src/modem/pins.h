/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PINS_H
#define GD_MODEM_PINS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * The memory of PINs that went out and were not seen to be taken, so that none
 * goes out twice: a mark is on the disk before the PIN leaves, and goes when the
 * SIM is open. It outlives restarts and power cuts; it holds salted hashes.
 *
 *     gobi-dial pins 1
 *     salt $6$abcdefghijklmnop
 *     sent PIN CARD MODEM        (a hash each, or - for what was not known)
 *     sum 1a2b3c4d
 */
struct pins_key {
	const char *pin;
	const char *iccid; /* "" where the SIM does not say */
	const char *imei;  /* "" where the modem does not say */
};

#define PINS_SALT_SIZE 24 /* "$6$", 16 of [./0-9A-Za-z], NUL */
#define PINS_SENT_MAX  32
#define PINS_FILE_MAX  16384

/*
 * The file's steps, each of which a power cut may come between. 0 or a negative
 * errno. `write` makes a new file beside the old one and has it on the disk
 * when it returns; `replace` renames it over the old one; `sync` has the
 * folder's entries on the disk.
 */
struct pins_disk {
	int (*lock)(void *ctx); /* -EAGAIN: another instance is at it */
	void (*unlock)(void *ctx);
	int (*read)(void *ctx, struct buf *text); /* -ENOENT: there is none */
	int (*salt)(void *ctx, char salt[PINS_SALT_SIZE]);
	int (*write)(void *ctx, const char *text, size_t len);
	int (*replace)(void *ctx);
	int (*remove)(void *ctx);
	int (*sync)(void *ctx);
};

/*
 * Before the PIN goes out. 0: it may, and its mark is on the disk. -EEXIST: it
 * went out before and was not seen to be taken. -EBADMSG: the file is damaged.
 * -ENOSPC: it is full. -EAGAIN: ask again soon. Another errno: no mark could be
 * made. Whatever is not 0, the PIN stays here.
 *
 * With the card's number known on both sides, the pair of card and PIN counts;
 * with one unknown, modem and PIN; without that, the PIN alone.
 */
int pins_send(const struct pins_disk *disk, void *ctx, const struct pins_key *key);

/* The SIM is open after this PIN: its mark goes. -EAGAIN: ask again soon, for a mark that stays
 * keeps the right PIN from the SIM. Another errno: it stays. */
int pins_taken(const struct pins_disk *disk, void *ctx, const struct pins_key *key);

/* What a script asks before it sends a PIN, and tells when one was taken: the two above, with `why`
 * filled when they give no 0. */
struct pins_ops {
	int (*send)(void *ctx, const struct pins_key *key, struct buf *why);
	int (*taken)(void *ctx, const struct pins_key *key, struct buf *why);
};

/* Why pins_send said no, and the way out, one line for people; `path` is the file's. */
void pins_describe(int error, const char *path, struct buf *out);

/* For tests: the file's form. */
struct pins_file {
	char salt[PINS_SALT_SIZE];
	struct pins_sent {
		char pin[88], card[88], modem[88]; /* "" unknown */
	} sent[PINS_SENT_MAX];
	size_t count;
};

/* -EBADMSG for anything that pins_format has not written. */
int pins_parse(const char *text, size_t len, struct pins_file *file);
void pins_format(const struct pins_file *file, struct buf *out);

#endif
