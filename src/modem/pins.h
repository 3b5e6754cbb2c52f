/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_PINS_H
#define GD_MODEM_PINS_H

#include <stdbool.h>
#include <stddef.h>

struct buf;

/*
 * A record of the PINs that were sent and not seen to be accepted, so that none
 * is sent twice: a mark is on the disk before the PIN is sent, and is removed when
 * the SIM is open. It survives restarts and power cuts, and holds salted hashes.
 *
 *     gobi-dial pins 1
 *     salt $6$abcdefghijklmnop
 *     sent PIN CARD MODEM        (a hash each, or - for what was not known)
 *     sum 1a2b3c4d
 */
struct pins_key {
	const char *pin;
	const char *iccid; /* "" where the SIM does not tell */
	const char *imei;  /* "" where the modem does not tell */
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

/*
 * Before a PIN is sent. 0: it may be, and its mark is on the disk. -EEXIST: it was
 * sent before and not seen to be accepted. -EBADMSG: the file is damaged. -ENOSPC:
 * it is full. -EAGAIN: ask again soon. Another errno: the mark could not be made.
 * Unless it is 0, the PIN must not be sent.
 *
 * If the SIM's number is known on both sides, SIM and PIN are compared; if not,
 * modem and PIN; if that is unknown too, the PIN alone.
 */
int pins_send(const struct pins_disk *disk, void *ctx, const struct pins_key *key);

/* The SIM is open after this PIN: remove its mark. -EAGAIN: ask again soon, because a mark that
 * stays keeps the right PIN from the SIM. Another errno: it stays. */
int pins_taken(const struct pins_disk *disk, void *ctx, const struct pins_key *key);

/* What a script asks before it sends a PIN, and reports when one was accepted: the two above, with
 * `why` filled in when they do not return 0. */
struct pins_ops {
	int (*send)(void *ctx, const struct pins_key *key, struct buf *why);
	int (*taken)(void *ctx, const struct pins_key *key, struct buf *why);
};

/* Why pins_send refused, and the way out, one line for people; `path` is the file's. */
void pins_describe(int error, const char *path, struct buf *out);

/* For tests: the file's form. */
struct pins_file {
	char salt[PINS_SALT_SIZE];
	struct pins_sent {
		char pin[88], card[88], modem[88]; /* "" unknown */
	} sent[PINS_SENT_MAX];
	size_t count;
};

/* -EBADMSG for anything that pins_format did not write. */
int pins_parse(const char *text, size_t len, struct pins_file *file);
void pins_format(const struct pins_file *file, struct buf *out);

#endif
