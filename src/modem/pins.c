/* SPDX-License-Identifier: ISC */
#include <crypt.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "base/str.h"
#include "modem/pins.h"

#define HEAD      "gobi-dial pins "
#define IMEI_LEN  14 /* what follows is a check digit or a version */
#define CARD_LEN  18 /* a check digit and padding may follow */
#define ENDS_LEN  8
#define LEFT_MAX  99
#define LEFT_SAFE 2 /* with fewer attempts left nothing is sent again */

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

static const char *const fates[] = {
	[PINS_OLD] = "sent ",
	[PINS_ONCE] = "once ",
	[PINS_TWICE] = "again ",
	[PINS_REFUSED] = "refused ",
};

/* "-" for what is below 0. */
static bool parse_left(const char **at, int *left)
{
	size_t len = strspn(*at, "0123456789");

	*left = len ? atoi(*at) : -1;
	if (len > 2 || (len == 2 && **at == '0'))
		return false;
	*at += len;
	return (len > 0 || skip_text(at, "-")) && skip_text(at, "\n");
}

static bool parse_mark(const char **at, bool version_1, struct pins_sent *sent)
{
	size_t fate = PINS_OLD;

	while (fate < COUNT(fates) && !skip_text(at, fates[fate]))
		fate++;
	if (fate == COUNT(fates) || (version_1 && fate != PINS_OLD))
		return false;
	sent->fate = (enum pins_fate)fate;
	sent->left = -1;
	return parse_hash(at, false, ' ', sent->pin, sizeof(sent->pin)) &&
	       parse_hash(at, true, ' ', sent->card, sizeof(sent->card)) &&
	       parse_hash(at, true, fate == PINS_OLD ? '\n' : ' ', sent->modem,
			  sizeof(sent->modem)) &&
	       (fate == PINS_OLD || (parse_hash(at, true, ' ', sent->shape, sizeof(sent->shape)) &&
				     parse_left(at, &sent->left)));
}

int pins_parse(const char *text, size_t len, struct pins_file *file)
{
	const char *at = text;
	char end[16];
	bool version_1;

	memset(file, 0, sizeof(*file));
	memcpy(file->salt, "$6$", 4);
	if (memchr(text, '\0', len) || !skip_text(&at, HEAD))
		return -EBADMSG;
	version_1 = skip_text(&at, "1\n");
	if ((!version_1 && !skip_text(&at, "2\n")) || !skip_text(&at, "salt $6$") ||
	    !parse_hash(&at, false, '\n', file->salt + 3, PINS_SALT_SIZE - 3))
		return -EBADMSG;
	while (file->count < PINS_SENT_MAX && !str_starts(at, "sum ")) {
		if (!parse_mark(&at, version_1, &file->sent[file->count]))
			return -EBADMSG;
		file->count++;
	}
	snprintf(end, sizeof(end), "sum %08x\n", file_sum(text, (size_t)(at - text)));
	return strcmp(at, end) == 0 ? 0 : -EBADMSG;
}

static const char *hash_text(const char *hash)
{
	return *hash ? hash : "-";
}

void pins_format(const struct pins_file *file, struct buf *out)
{
	buf_clear(out);
	buf_printf(out, HEAD "2\nsalt %s\n", file->salt);
	for (size_t i = 0; i < file->count; i++) {
		const struct pins_sent *sent = &file->sent[i];

		buf_printf(out, "%s%s %s %s", fates[sent->fate], sent->pin, hash_text(sent->card),
			   hash_text(sent->modem));
		if (sent->fate != PINS_OLD) {
			buf_printf(out, " %s ", hash_text(sent->shape));
			buf_printf(out, sent->left < 0 ? "-" : "%d", sent->left);
		}
		buf_printf(out, "\n");
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
	bool fits = false, no_memory;

	buf_printf(&text, "%.*s/%s", (int)what_len, what, pin);
	errno = 0;
	hashed = text.failed ? NULL : crypt(buf_str(&text), salt);
	no_memory = text.failed || errno == ENOMEM;
	buf_free(&text);
	last = hashed ? strrchr(hashed, '$') : NULL;
	/* A C library without SHA-512 gives NULL, "*0" or a DES hash. */
	if (last && str_starts(hashed, salt) && strlen(last + 1) == 86)
		fits = str_copy(to, size, last + 1);
	return fits ? 0 : no_memory ? -ENOMEM : -ENOSYS;
}

/* ISO/IEC 7812-1 annex B. */
static bool fits_luhn(const char *digits, size_t len)
{
	unsigned sum = 0;

	for (size_t i = 0; i < len; i++) {
		unsigned digit = (unsigned)(digits[len - 1 - i] - '0');

		if (i % 2)
			digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* How long a sound number is (29: 20 with a digit of padding), and three digits of a sum each for
 * how it begins and ends: a digit that was lost or misread, which Luhn's lets pass once in ten,
 * changes the length and only one of the two. */
static void shape_card(const char *iccid, char shape[9])
{
	size_t len = strlen(iccid), code = len;

	shape[0] = '\0';
	if (len < CARD_LEN || len > 20 || strspn(iccid, "0123456789") != len)
		return;
	if (!fits_luhn(iccid, len))
		code = len == 20 && fits_luhn(iccid, len - 1) ? 29 : 0;
	if (code)
		snprintf(shape, 9, "%02u%03x%03x", (unsigned)code % 100,
			 file_sum(iccid, ENDS_LEN) & 0xfff,
			 file_sum(iccid + len - ENDS_LEN, ENDS_LEN) & 0xfff);
}

/* Both numbers are sound, and neither is the other one misread. */
static bool proves_two_cards(const char *a, const char *b)
{
	if (!*a || !*b)
		return false;
	return strncmp(a, b, 2) == 0 ||
	       (strncmp(a + 2, b + 2, 3) != 0 && strncmp(a + 5, b + 5, 3) != 0);
}

static int hash_key(const char *salt, const struct pins_key *key, struct pins_sent *now)
{
	int error = 0;

	memset(now, 0, sizeof(*now));
	now->left = key->left > LEFT_MAX ? LEFT_MAX : key->left;
	if (*key->pin)
		error = hash_pin(salt, "", key->pin, 0, now->pin, sizeof(now->pin));
	if (error == 0 && *key->iccid)
		error = hash_pin(salt, key->iccid, "", CARD_LEN, now->card, sizeof(now->card));
	if (error == 0 && *key->imei)
		error = hash_pin(salt, key->imei, "", IMEI_LEN, now->modem, sizeof(now->modem));
	shape_card(key->iccid, now->shape);
	return error;
}

static int hash_old_key(const char *salt, const struct pins_key *key, const struct pins_sent *now,
			struct pins_sent *old)
{
	int error = 0;

	memcpy(old->pin, now->pin, sizeof(old->pin));
	if (*key->iccid)
		error = hash_pin(salt, key->iccid, key->pin, strlen(key->iccid), old->card,
				 sizeof(old->card));
	if (error == 0 && *key->imei)
		error = hash_pin(salt, key->imei, key->pin, IMEI_LEN, old->modem,
				 sizeof(old->modem));
	return error;
}

/* Whether both may be the same SIM. Version 1's numbers prove nothing: they are hashes of what was
 * read that day. */
static bool may_be_same_card(const struct pins_sent *a, const struct pins_sent *b)
{
	if (*a->card && *b->card) {
		if (strcmp(a->card, b->card) == 0)
			return true;
		if (proves_two_cards(a->shape, b->shape))
			return false;
	}
	return !*a->modem || !*b->modem || strcmp(a->modem, b->modem) == 0;
}

/* Not only for want of a proof that they are two. */
static bool is_same_card(const struct pins_sent *mark, const struct pins_sent *today)
{
	if (*mark->card && strcmp(mark->card, today->card) == 0)
		return true;
	return *mark->modem && (*today->card || !*mark->card) && may_be_same_card(mark, today) &&
	       strcmp(mark->modem, today->modem) == 0;
}

static bool is_open(const struct pins_sent *sent)
{
	return sent->fate == PINS_ONCE || sent->fate == PINS_TWICE;
}

static int read_marks(const struct pins_disk *disk, void *ctx, struct buf *text,
		      struct pins_file *file)
{
	int error = disk->read(ctx, text);

	memset(file, 0, sizeof(*file));
	return error < 0 ? error : pins_parse(buf_str(text), text->len, file);
}

static int write_marks(const struct pins_disk *disk, void *ctx, const struct buf *text)
{
	int error = text->len ? disk->write(ctx, buf_str(text), text->len) : disk->remove(ctx);

	return error < 0 || !text->len ? error : disk->replace(ctx);
}

static int store_marks(const struct pins_disk *disk, void *ctx, const struct pins_file *file)
{
	struct buf text = BUF_INIT;
	int error;

	if (file->count)
		pins_format(file, &text);
	error = text.failed ? -ENOMEM : write_marks(disk, ctx, &text);
	buf_free(&text);
	return error < 0 ? error : disk->sync(ctx);
}

/* What a mark of the same PIN and SIM says to sending it now. The counter of what may be another
 * card proves nothing. */
static int judge_mark(const struct pins_sent *mark, int left)
{
	if (!is_open(mark))
		return -EEXIST;
	if (left < 0 || mark->left < 0)
		return -ENODATA;
	if (left < mark->left)
		return -EEXIST;
	if (mark->fate == PINS_TWICE || left < LEFT_SAFE || mark->left < LEFT_SAFE)
		return -EALREADY;
	return PINS_AGAIN;
}

/* Another PIN went to this SIM after that mark, and may have filled the counter up. */
static bool is_outdated(const struct pins_file *file, const struct pins_sent *mark)
{
	const struct pins_sent *later = mark;

	while (++later < file->sent + file->count)
		if (is_open(later) && strcmp(later->pin, mark->pin) != 0 &&
		    may_be_same_card(later, mark))
			return true;
	return false;
}

/* Whether the mark may be of today's PIN at this SIM. */
static bool may_be_today(const struct pins_sent *mark, const struct pins_sent *today,
			 const struct pins_sent *old)
{
	return strcmp(mark->pin, today->pin) == 0 &&
	       may_be_same_card(mark, mark->fate == PINS_OLD ? old : today);
}

/* Puts the mark of today's PIN into the file, in place of the one that it had. */
static int mark_sent(struct pins_file *file, const struct pins_sent *today,
		     const struct pins_sent *old)
{
	struct pins_sent sent = *today;
	size_t kept = 0;
	int verdict = 0;

	sent.fate = PINS_ONCE;
	/* Judge all before any is moved: a refusal leaves the others as they are. */
	for (size_t i = 0; i < file->count; i++) {
		struct pins_sent *mark = &file->sent[i];

		if (!may_be_today(mark, today, old))
			continue;
		verdict = judge_mark(mark, is_same_card(mark, today) ? today->left : -1);
		if (verdict == PINS_AGAIN && is_outdated(file, mark))
			verdict = -EEXIST;
		if (verdict < 0) {
			/* Its fate is known now, and a person may fill the counter up again. */
			if (verdict == -EEXIST && mark->fate != PINS_OLD)
				mark->fate = PINS_REFUSED;
			return verdict;
		}
		sent.fate = PINS_TWICE;
		if (*mark->shape || !*sent.card) {
			memcpy(sent.card, mark->card, sizeof(sent.card));
			memcpy(sent.shape, mark->shape, sizeof(sent.shape));
		}
	}
	for (size_t i = 0; i < file->count; i++)
		if (!may_be_today(&file->sent[i], today, old))
			file->sent[kept++] = file->sent[i];
	if (kept == PINS_SENT_MAX)
		return -E2BIG;
	file->sent[kept++] = sent;
	file->count = kept;
	return verdict;
}

/* The mark of what this SIM was sent last. */
static const struct pins_sent *find_last_open(const struct pins_file *file,
					      const struct pins_sent *today)
{
	for (size_t i = file->count; i-- > 0;)
		if (is_open(&file->sent[i]) && is_same_card(&file->sent[i], today))
			return &file->sent[i];
	return NULL;
}

static void mark_taken(struct pins_file *file, struct pins_sent *today)
{
	const struct pins_sent *last = *today->pin ? today : find_last_open(file, today);
	size_t kept = 0;

	if (!last)
		return;
	memcpy(today->pin, last->pin, sizeof(today->pin));
	for (size_t i = 0; i < file->count; i++) {
		struct pins_sent *mark = &file->sent[i];

		if (is_open(mark) && may_be_same_card(mark, today)) {
			if (strcmp(mark->pin, today->pin) == 0)
				continue;
			mark->fate = PINS_REFUSED;
		}
		file->sent[kept++] = *mark;
	}
	file->count = kept;
}

/* What one call works with; too much for a stack. */
struct pins_work {
	struct pins_file file, was;
	struct pins_sent today, old; /* `old`: as version 1 noted it */
	struct buf before;
};

static int apply_event(const struct pins_disk *disk, void *ctx, const struct pins_key *key,
		       enum pins_event event, struct pins_work *work)
{
	int error = read_marks(disk, ctx, &work->before, &work->file), verdict = 0;

	if (error == -ENOENT)
		error = event == PINS_EVENT_SEND ? disk->salt(ctx, work->file.salt) : 0;
	if (error < 0 || (event != PINS_EVENT_SEND && work->file.count == 0))
		return error;
	error = hash_key(work->file.salt, key, &work->today);
	for (size_t i = 0; error == 0 && i < work->file.count; i++)
		if (work->file.sent[i].fate == PINS_OLD && !*work->old.pin &&
		    strcmp(work->file.sent[i].pin, work->today.pin) == 0)
			error = hash_old_key(work->file.salt, key, &work->today, &work->old);
	if (error < 0)
		return error;
	work->was = work->file;
	switch (event) {
	case PINS_EVENT_TAKEN:
		mark_taken(&work->file, &work->today);
		break;
	case PINS_EVENT_REFUSED:
		for (size_t i = 0; i < work->file.count; i++) {
			struct pins_sent *mark = &work->file.sent[i];

			if (is_open(mark) && strcmp(mark->pin, work->today.pin) == 0 &&
			    may_be_same_card(mark, &work->today))
				mark->fate = PINS_REFUSED;
		}
		break;
	case PINS_EVENT_ASK:
	case PINS_EVENT_SEND:
		verdict = mark_sent(&work->file, &work->today, &work->old);
		break;
	}
	if (event == PINS_EVENT_ASK || memcmp(&work->was, &work->file, sizeof(work->was)) == 0)
		return verdict;
	error = store_marks(disk, ctx, &work->file);
	/* A mark of a PIN that is not sent now would spend its second try. */
	if (error < 0 && event == PINS_EVENT_SEND && verdict >= 0)
		write_marks(disk, ctx, &work->before);
	return verdict < 0 || error == 0 ? verdict : error;
}

int pins_note(const struct pins_disk *disk, void *ctx, enum pins_event event,
	      const struct pins_key *key)
{
	struct pins_work *work = calloc(1, sizeof(*work));
	bool locks = event != PINS_EVENT_ASK;
	int error = !work ? -ENOMEM : locks ? disk->lock(ctx) : 0;

	if (error == 0) {
		error = apply_event(disk, ctx, key, event, work);
		if (locks)
			disk->unlock(ctx);
	}
	if (work)
		buf_free(&work->before);
	free(work);
	return error;
}

bool pins_pending(const struct pins_disk *disk, void *ctx)
{
	struct pins_file *file = malloc(sizeof(*file));
	struct buf text = BUF_INIT;
	bool pending = false;

	if (file && read_marks(disk, ctx, &text, file) == 0)
		for (size_t i = 0; i < file->count; i++)
			pending |= is_open(&file->sent[i]);
	buf_free(&text);
	free(file);
	return pending;
}

enum cause pins_cause(int error)
{
	switch (error) {
	case -EEXIST:
	case -ENODATA:
	case -EALREADY:
	case -EBADMSG:
	case -E2BIG:
	case -ENOSYS:
		return CAUSE_PIN;
	default:
		return CAUSE_INTERNAL;
	}
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
	case -ENODATA:
		buf_printf(out,
			   "this PIN was sent to this SIM before, its answer got lost, and the "
			   "modem does not tell how many attempts are left; so it is not sent "
			   "again before somebody has tried it in a telephone. If it is wrong, set "
			   "the right one in sim.pin; if it is right, delete %s",
			   path);
		break;
	case -EALREADY:
		buf_printf(
			out,
			"this PIN was sent to this SIM twice, and the modem has not taken it; it "
			"is not sent a third time. Take the modem's power away for a moment and "
			"try the PIN in a telephone; if it is right there, delete %s",
			path);
		break;
	case -EBADMSG:
		buf_printf(
			out,
			"%s, which records the PINs that a SIM refused, is damaged, so no PIN is "
			"sent. Delete it once the PIN has proved right in a telephone",
			path);
		break;
	case -E2BIG:
		buf_printf(
			out,
			"no PIN is sent: %s notes as many as it can hold. Delete it once the PIN "
			"has proved right in a telephone",
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
