/* SPDX-License-Identifier: ISC */
/*
 * The multiplexer's frames. The first byte picks what the rest is:
 *	even: a modem's bytes for three open channels; whole and one by one they have to give the
 *	same events
 *	odd: a script of pairs, what to do and how much of it
 */
#include <string.h>

#include "fuzz.h"

#include "at/cmux.h"
#include "base/buf.h"

static void open_all(struct cmux *cmux)
{
	cmux_init(cmux, 127);
	for (int i = 0; i <= CMUX_DLCI_MAX; i++)
		cmux->dlcis[i].state = CMUX_OPEN;
}

static void take_all(struct cmux *cmux, struct buf *heard, int64_t now)
{
	struct cmux_event event;
	size_t len;
	int turns = 0;

	while ((event = cmux_next(cmux, now)).type != CMUX_EVENT_NONE) {
		CLAIM(turns++ < 10000);
		CLAIM(event.dlci >= 0 && event.dlci <= CMUX_DLCI_MAX);
		CLAIM(event.type != CMUX_EVENT_DATA || event.len <= CMUX_N1_MAX);
		if (!heard)
			continue;
		buf_printf(heard, "%d %d %u ", event.type, event.dlci, event.lines);
		if (event.type == CMUX_EVENT_DATA)
			buf_append(heard, event.bytes, event.len);
	}
	if (cmux_output(cmux, &len))
		cmux_written(cmux, len);
}

static void feed(struct cmux *cmux, const uint8_t *data, size_t size, int64_t now)
{
	size_t room;
	char *to = cmux_space(cmux, &room);

	/* Else a frame would hold up the line for ever. */
	CLAIM(room > 0);
	if (size > room)
		size = room;
	memcpy(to, data, size);
	cmux_filled(cmux, size, now);
}

static void claim_pieces_do_not_matter(const uint8_t *data, size_t size)
{
	struct buf whole = BUF_INIT, pieces = BUF_INIT;
	struct cmux one, other;

	open_all(&one);
	open_all(&other);
	for (size_t i = 0; i < size; i += CMUX_FRAME_MAX) {
		size_t len = size - i < CMUX_FRAME_MAX ? size - i : CMUX_FRAME_MAX;

		feed(&one, data + i, len, 1);
		take_all(&one, &whole, 1);
	}
	for (size_t i = 0; i < size; i++) {
		feed(&other, data + i, 1, 1);
		take_all(&other, &pieces, 1);
	}
	CLAIM(whole.len == pieces.len);
	CLAIM(whole.len == 0 || memcmp(whole.data, pieces.data, whole.len) == 0);
	buf_free(&whole);
	buf_free(&pieces);
}

static void step(struct cmux *cmux, uint8_t what, uint8_t much, int64_t *now)
{
	static const uint8_t frames[][10] = {
		{0xf9, 3, 0x73, 1, 0xd7, 0xf9},    {0xf9, 7, 0x73, 1, 0x15, 0xf9},
		{0xf9, 7, 0x1f, 1, 0xf4, 0xf9},    {0xf9, 5, 0xef, 5, 'O', 'K', 0x0f, 0xf9},
		{0xf9, 1, 0xef, 5, 0x43, 1, 0x93}, {0xf9, 1, 0xef, 9, 0xe3, 5, 7, 0x8f, 0x9a, 0xf9},
	};
	int dlci = much % (CMUX_DLCI_MAX + 1);
	size_t len;
	char *to;

	switch (what % 11) {
	case 0:
		cmux_open(cmux, dlci, *now);
		break;
	case 1:
		cmux_close(cmux, dlci, *now);
		break;
	case 2:
		cmux_propose(cmux, 1, much * 8u, *now);
		break;
	case 3:
		cmux_set_lines(cmux, dlci, much, *now);
		break;
	case 4:
		to = dlci ? cmux_room(cmux, dlci, &len) : NULL;
		if (!to)
			break;
		len = much < len ? much : len;
		memset(to, 0xf9, len);
		cmux_send(cmux, dlci, len);
		break;
	case 5:
		if (cmux_output(cmux, &len))
			cmux_written(cmux, much < len ? much : len);
		break;
	case 6:
		*now += much * 10;
		break;
	case 7:
		feed(cmux, frames[much % 6], sizeof(frames[0]), *now);
		break;
	case 8:
		if (much == 0)
			cmux_close_down(cmux, *now);
		break;
	default:
		feed(cmux, &much, 1, *now);
	}
	cmux_next(cmux, *now);
}

static void follow(const uint8_t *data, size_t size)
{
	int64_t now = 1, at;
	struct cmux cmux;
	int turns = 0;

	cmux_init(&cmux, 31);
	for (size_t i = 0; i + 1 < size; i += 2)
		step(&cmux, data[i], data[i + 1], &now);
	/* Left alone it comes to rest. */
	take_all(&cmux, NULL, now);
	while ((at = cmux_deadline(&cmux)) >= 0) {
		CLAIM(turns++ < 1000);
		now = at > now ? at : now;
		take_all(&cmux, NULL, now);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size == 0)
		return 0;
	if (data[0] & 1)
		follow(data + 1, size - 1);
	else
		claim_pieces_do_not_matter(data + 1, size - 1);
	return 0;
}
