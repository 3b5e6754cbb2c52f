/* SPDX-License-Identifier: ISC */
#include <crypt.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/str.h"
#include "modem/apn-memory.h"
#include "modem/decode.h"

#define HEAD "gobi-dial apns 1\n"
/* A SIM's number is no password, and a router's processor is slow. */
#define METHOD    "$6$rounds=1000$"
#define SALT_SIZE 40
#define HASH_LEN  86

struct memory {
	struct buf text;
	char salt[SALT_SIZE];
	char hash[HASH_LEN + 1]; /* of the key */
	const char *lines;
};

/* -ENOENT where there is none that can be read; then `salt` is "". */
static int read_memory(const struct pins_disk *disk, void *ctx, struct memory *memory)
{
	int error = disk->read(ctx, &memory->text);
	const char *at = buf_str(&memory->text);
	size_t len;

	memory->lines = "";
	if (error < 0)
		return error;
	if (!str_starts(at, HEAD METHOD))
		return -ENOENT;
	at += strlen(HEAD);
	len = strcspn(at, "\n");
	if (len >= sizeof(memory->salt) || at[len] != '\n')
		return -ENOENT;
	/* crypt() takes no other salts, and with one that is damaged nothing could be kept. */
	for (size_t i = strlen(METHOD); i < len; i++)
		if (!isalnum((unsigned char)at[i]) && at[i] != '.' && at[i] != '/')
			return -ENOENT;
	memcpy(memory->salt, at, len);
	memory->lines = at + len + 1;
	return 0;
}

static int hash_sim(struct memory *memory, const char *key)
{
	const char *hashed = crypt(key, memory->salt), *last = hashed ? strrchr(hashed, '$') : NULL;

	/* A C library without SHA-512 gives NULL, "*0" or a DES hash. */
	if (!last || !str_starts(hashed, METHOD) || strlen(last + 1) != HASH_LEN)
		return -ENOSYS;
	memcpy(memory->hash, last + 1, HASH_LEN + 1);
	return 0;
}

/* The next line that is one, with the end of its hash at `bar`. */
static bool next_memory(const char **at, const char **line, size_t *len, struct apn_try *to)
{
	while (**at) {
		*line = *at;
		*len = strcspn(*at, "\n");
		*at += *len + ((*at)[*len] == '\n');
		/* One without its end is half of one. */
		if ((*at)[-1] == '\n' && *len > HASH_LEN && (*line)[HASH_LEN] == '|' &&
		    memchr(*line, '|', *len) == *line + HASH_LEN &&
		    provider_parse_account(*line + HASH_LEN + 1, *len - HASH_LEN - 1, to))
			return true;
	}
	return false;
}

int apn_memory_recall(const struct pins_disk *disk, void *ctx, const char *key, struct apn_try *to)
{
	struct memory memory = {.text = BUF_INIT};
	int error = read_memory(disk, ctx, &memory);
	const char *at = memory.lines, *line;
	struct apn_try found;
	size_t len;

	if (error == 0 && key)
		error = hash_sim(&memory, key);
	if (error == 0)
		error = -ENOENT;
	while (error == -ENOENT && next_memory(&at, &line, &len, &found))
		if (key ? strncmp(line, memory.hash, HASH_LEN) == 0
			: modem_apn_equal(found.apn, to->apn)) {
			*to = found;
			error = 0;
		}
	buf_free(&memory.text);
	return error;
}

/* The other SIMs' lines stay, but for the oldest of too many. */
static void write_lines(const struct memory *memory, const struct apn_try *good, struct buf *out)
{
	const char *at = memory->lines, *line;
	struct apn_try other;
	int count = 0;
	size_t len;

	buf_printf(out, HEAD "%s\n", memory->salt);
	if (good) {
		buf_printf(out, "%s|", memory->hash);
		provider_print_account(good, out);
		buf_append(out, "\n", 1);
		count++;
	}
	while (count < APN_MEMORY_MAX && next_memory(&at, &line, &len, &other)) {
		if (strncmp(line, memory->hash, HASH_LEN) == 0)
			continue;
		buf_printf(out, "%.*s\n", (int)len, line);
		count++;
	}
}

static int change_memory(const struct pins_disk *disk, void *ctx, const char *key,
			 const struct apn_try *good, struct buf *text)
{
	struct memory memory = {.text = BUF_INIT};
	char salt[PINS_SALT_SIZE] = "";
	int error = read_memory(disk, ctx, &memory);

	if (error == -ENOENT && good) {
		error = disk->salt(ctx, salt);
		snprintf(memory.salt, sizeof(memory.salt), METHOD "%s", error ? "" : salt + 3);
	}
	if (error == 0)
		error = hash_sim(&memory, key);
	if (error == 0)
		write_lines(&memory, good, text);
	if (error == 0 && (text->failed || memory.text.failed))
		error = -ENOMEM;
	/* Flash wears out. */
	if (error == 0 && strcmp(buf_str(text), buf_str(&memory.text)) != 0) {
		error = disk->write(ctx, buf_str(text), text->len);
		if (error == 0)
			error = disk->replace(ctx);
		if (error == 0)
			error = disk->sync(ctx);
	}
	buf_free(&memory.text);
	return error == -ENOENT && !good ? 0 : error;
}

int apn_memory_keep(const struct pins_disk *disk, void *ctx, const char *key,
		    const struct apn_try *good)
{
	struct buf text = BUF_INIT;
	int error = disk->lock(ctx);

	if (error < 0)
		return error;
	error = change_memory(disk, ctx, key, good, &text);
	disk->unlock(ctx);
	buf_free(&text);
	return error;
}
