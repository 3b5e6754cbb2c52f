/* SPDX-License-Identifier: ISC */
#include <crypt.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "modem/pins.h"

#define HEAD     "gobi-dial pins 1\n"
#define IMEI_LEN 14 /* what follows is a check digit or a version */

static const char salt_chars[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/* FNV-1a: against flipped bits, not against people. */
static uint32_t file_sum(const char *text, size_t len)
{
	uint32_t sum = 2166136261u;

	for (size_t i = 0; i < len; i++)
		sum = (sum ^ (unsigned char)text[i]) * 16777619u;
	return sum;
}

static bool skip_text(const char **at, const char *text)
{
	if (!str_starts(*at, text))
		return false;
	*at += strlen(text);
	return true;
}

/* A hash of salt_chars, or where it may be missing "-", and then `end`. */
static bool parse_hash(const char **at, bool optional, char end, char *to, size_t size)
{
	size_t len = strspn(*at, salt_chars);
	bool missing = optional && **at == '-';

	if (missing)
		len = 1;
	if (len == 0 || len >= size || (*at)[len] != end)
		return false;
	memcpy(to, *at, len);
	to[missing ? 0 : len] = '\0';
	*at += len + 1;
	return true;
}

static bool parse_sent(const char **at, struct pins_sent *sent)
{
	return skip_text(at, "sent ") && parse_hash(at, false, ' ', sent->pin, sizeof(sent->pin)) &&
	       parse_hash(at, true, ' ', sent->card, sizeof(sent->card)) &&
	       parse_hash(at, true, '\n', sent->modem, sizeof(sent->modem));
}

int pins_parse(const char *text, size_t len, struct pins_file *file)
{
	const char *at = text;
	struct buf end = BUF_INIT;
	bool whole;

	memset(file, 0, sizeof(*file));
	memcpy(file->salt, "$6$", 4);
	if (memchr(text, '\0', len) || !skip_text(&at, HEAD "salt $6$") ||
	    !parse_hash(&at, false, '\n', file->salt + 3, PINS_SALT_SIZE - 3))
		return -EBADMSG;
	while (file->count < PINS_SENT_MAX && parse_sent(&at, &file->sent[file->count]))
		file->count++;
	buf_printf(&end, "sum %08x\n", file_sum(text, (size_t)(at - text)));
	whole = strcmp(at, buf_str(&end)) == 0;
	buf_free(&end);
	return whole ? 0 : -EBADMSG;
}

void pins_format(const struct pins_file *file, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, HEAD "salt %s\n", file->salt);
	for (size_t i = 0; i < file->count; i++) {
		const struct pins_sent *sent = &file->sent[i];

		buf_printf(out, "sent %s %s %s\n", sent->pin, *sent->card ? sent->card : "-",
			   *sent->modem ? sent->modem : "-");
	}
	buf_printf(out, "sum %08x\n", file_sum(buf_str(out), out->len));
}

/* The hash after the salt in crypt(3)'s result. A PIN has few digits, so this only slows a guesser
 * down; besides, only root can read the file. */
static int hash_pin(const char *salt, const char *what, const char *pin, size_t what_len, char *to,
		    size_t size)
{
	struct buf text = BUF_INIT;
	const char *hashed, *last;
	bool fits = false;

	buf_printf(&text, "%.*s/%s", (int)what_len, what, pin);
	hashed = text.failed ? NULL : crypt(buf_str(&text), salt);
	buf_free(&text);
	last = hashed ? strrchr(hashed, '$') : NULL;
	/* A C library without SHA-512 gives NULL, "*0" or a DES hash. */
	if (last && str_starts(hashed, salt) && strlen(last + 1) == 86)
		fits = str_copy(to, size, last + 1);
	return fits ? 0 : -ENOSYS;
}

static int hash_key(const char *salt, const struct pins_key *key, struct pins_sent *to)
{
	int error;

	memset(to, 0, sizeof(*to));
	error = hash_pin(salt, "", key->pin, 0, to->pin, sizeof(to->pin));
	if (error == 0 && *key->iccid)
		error = hash_pin(salt, key->iccid, key->pin, strlen(key->iccid), to->card,
				 sizeof(to->card));
	if (error == 0 && *key->imei)
		error = hash_pin(salt, key->imei, key->pin, IMEI_LEN, to->modem, sizeof(to->modem));
	return error;
}

/* Whether both may be the same PIN for the same SIM. */
static bool may_be_same_pin(const struct pins_sent *a, const struct pins_sent *b)
{
	if (strcmp(a->pin, b->pin) != 0)
		return false;
	if (*a->card && *b->card)
		return strcmp(a->card, b->card) == 0;
	if (*a->modem && *b->modem)
		return strcmp(a->modem, b->modem) == 0;
	return true;
}

static int store_marks(const struct pins_disk *disk, void *ctx, const struct pins_file *file)
{
	struct buf text = BUF_INIT;
	int error;

	if (file->count == 0) {
		error = disk->remove(ctx);
		return error < 0 ? error : disk->sync(ctx);
	}
	pins_format(file, &text);
	error = text.failed ? -ENOMEM : disk->write(ctx, buf_str(&text), text.len);
	buf_free(&text);
	if (error == 0)
		error = disk->replace(ctx);
	return error < 0 ? error : disk->sync(ctx);
}

/* Before the PIN is sent: add its mark. Afterwards: remove the mark of exactly that key; others
 * with the same PIN belong to other SIMs. */
static int change_marks(const struct pins_disk *disk, void *ctx, const struct pins_key *key,
			bool taken, struct pins_file *file)
{
	struct buf text = BUF_INIT;
	struct pins_sent sent;
	size_t kept = 0;
	int error = disk->read(ctx, &text);

	memset(file, 0, sizeof(*file));
	if (error == -ENOENT)
		error = disk->salt(ctx, file->salt);
	else if (error == 0)
		error = pins_parse(buf_str(&text), text.len, file);
	buf_free(&text);
	if (error == 0)
		error = hash_key(file->salt, key, &sent);
	if (error)
		return error;
	for (size_t i = 0; i < file->count; i++) {
		if (!taken && may_be_same_pin(&file->sent[i], &sent))
			return -EEXIST;
		if (!taken || memcmp(&file->sent[i], &sent, sizeof(sent)) != 0)
			file->sent[kept++] = file->sent[i];
	}
	if (taken && kept == file->count)
		return 0;
	file->count = kept;
	if (!taken && kept == PINS_SENT_MAX)
		return -ENOSPC;
	if (!taken)
		file->sent[file->count++] = sent;
	return store_marks(disk, ctx, file);
}

static int change_locked(const struct pins_disk *disk, void *ctx, const struct pins_key *key,
			 bool taken)
{
	struct pins_file *file = malloc(sizeof(*file));
	int error = file ? disk->lock(ctx) : -ENOMEM;

	if (error == 0) {
		error = change_marks(disk, ctx, key, taken, file);
		disk->unlock(ctx);
	}
	free(file);
	return error;
}

int pins_send(const struct pins_disk *disk, void *ctx, const struct pins_key *key)
{
	return change_locked(disk, ctx, key, false);
}

int pins_taken(const struct pins_disk *disk, void *ctx, const struct pins_key *key)
{
	return change_locked(disk, ctx, key, true);
}

void pins_describe(int error, const char *path, struct buf *out)
{
	switch (error) {
	case -EEXIST:
		buf_printf(out,
			   "this PIN was sent to this SIM before, and the SIM refused it or its "
			   "answer got lost; it is not sent again. Set the right one in sim.pin. "
			   "Only if this one has proved right in a telephone, delete %s",
			   path);
		break;
	case -EBADMSG:
		buf_printf(
			out,
			"%s, which records the PINs that a SIM refused, is damaged, so no PIN is "
			"sent. Delete it once the PIN has proved right in a telephone",
			path);
		break;
	case -ENOSPC:
		buf_printf(out,
			   "no PIN is sent: there is no room to note it in %s first. Free some, or "
			   "delete the file once the PIN has proved right in a telephone",
			   path);
		break;
	case -ENOSYS:
		buf_printf(out, "no PIN is sent: crypt(3) of this system has no SHA-512 to note "
				"it with");
		break;
	default:
		buf_printf(out, "no PIN is sent, because it cannot be noted in %s first: %s", path,
			   strerror(-error));
	}
}
