/* SPDX-License-Identifier: ISC */
/* The frames in here are 27.010's, made with annex B's table of the check and not with our code. */
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#include "at/cmux.h"
#include "base/buf.h"
#include "base/count.h"

#define SABM_0      "\xf9\x03\x3f\x01\x1c\xf9"
#define UA_0        "\xf9\x03\x73\x01\xd7\xf9"
#define SABM_1      "\xf9\x07\x3f\x01\xde\xf9"
#define UA_1        "\xf9\x07\x73\x01\x15\xf9"
#define SABM_2      "\xf9\x0b\x3f\x01\x59\xf9"
#define UA_2        "\xf9\x0b\x73\x01\x92\xf9"
#define DM_2        "\xf9\x0b\x1f\x01\x73\xf9"
#define DISC_1      "\xf9\x07\x53\x01\x3f\xf9"
#define MSC_1       "\xf9\x03\xef\x09\xe3\x05\x07\x8d\xfb\xf9"
#define MSC_2       "\xf9\x03\xef\x09\xe3\x05\x0b\x8d\xfb\xf9"
#define AT_1        "\xf9\x07\xef\x07\x41\x54\x0d\xd3\xf9"
#define CLD         "\xf9\x03\xef\x05\xc3\x01\xf2\xf9"

#define BYTES(text) (text), sizeof(text) - 1

static void put(struct cmux *cmux, const char *bytes, size_t len, int64_t now)
{
	size_t room;
	char *to = cmux_space(cmux, &room);

	assert_true(room >= len);
	memcpy(to, bytes, len);
	cmux_filled(cmux, len, now);
}

/* All events in short: "open 1, data 2:OK, ..." */
static void tell(struct cmux *cmux, struct buf *told, int64_t now)
{
	static const char *const names[] = {"none",  "open", "refused", "closed",
					    "lines", "data", "n1",      "down"};
	struct cmux_event event;

	while ((event = cmux_next(cmux, now)).type != CMUX_EVENT_NONE) {
		buf_printf(told, "%s%s %d", told->len ? ", " : "", names[event.type], event.dlci);
		if (event.type == CMUX_EVENT_DATA)
			buf_printf(told, ":%.*s", (int)event.len, event.bytes);
		if (event.type == CMUX_EVENT_LINES)
			buf_printf(told, ":%02x", event.lines);
		if (event.type == CMUX_EVENT_N1)
			buf_printf(told, ":%zu", cmux->n1);
	}
}

static void take_output(struct cmux *cmux, const char *wanted, size_t len)
{
	size_t have;
	const char *bytes = cmux_output(cmux, &have);

	assert_int_equal(have, len);
	if (len > 0)
		assert_memory_equal(bytes, wanted, len);
	cmux_written(cmux, have);
}

/* Three channels, at time 0, with all that is said meanwhile taken. */
static void open_all(struct cmux *cmux, size_t n1)
{
	struct buf told = BUF_INIT;
	size_t len;

	cmux_init(cmux, n1);
	for (int i = 0; i <= 2; i++)
		cmux_open(cmux, i, 0);
	tell(cmux, &told, 0);
	take_output(cmux, BYTES(SABM_0 SABM_1 SABM_2));
	put(cmux, BYTES(UA_0 UA_1 UA_2), 0);
	tell(cmux, &told, 0);
	assert_string_equal(buf_str(&told), "open 0, open 1, open 2");
	take_output(cmux, BYTES(MSC_1 MSC_2));
	/* MSC's answers */
	put(cmux,
	    BYTES("\xf9\x01\xef\x09\xe1\x05\x07\x8d\x9a\xf9"
		  "\xf9\x01\xef\x09\xe1\x05\x0b\x8d\x9a\xf9"),
	    0);
	tell(cmux, &told, 0);
	cmux_output(cmux, &len);
	assert_int_equal(len, 0);
	buf_free(&told);
}

/* What the modem says to three open channels, what that comes to and what is answered. */
static void every_message_has_its_answer(void **state)
{
	/* clang-format off */
	static const struct {
		const char *bytes;
		size_t len;
		const char *told;
		const char *answer;
		size_t answer_len;
	} rows[] = {
#define ROW(bytes, told, answer) { BYTES(bytes), told, BYTES(answer) }
		ROW("\xf9\x05\xef\x05\x4f\x4b\x51\xf9", "data 1:OK", ""),
		/* with P, and with the C/R of the other side, as many modems do */
		ROW("\xf9\x05\xff\x05\x4f\x4b\x44\xf9", "data 1:OK", ""),
		ROW("\xf9\x07\xef\x05\x4f\x4b\x30\xf9", "data 1:OK", ""),
		/* UI, whose check covers all of it */
		ROW("\xf9\x05\x03\x05\x4f\x4b\x9b\xf9", "data 1:OK", ""),
		ROW("\xf9\x05\x03\x05\x4f\x4c\x9b\xf9", "", ""),
		/* one flag between two frames; three */
		ROW("\xf9\x05\xef\x05\x4f\x4b\x51\xf9\x09\xef\x05\x4f\x4b\xd6\xf9",
		    "data 1:OK, data 2:OK", ""),
		ROW("\xf9\xf9\xf9\x05\xef\x05\x4f\x4b\x51\xf9\xf9\xf9", "data 1:OK", ""),
		/* an empty one, and one in two octets of length */
		ROW("\xf9\x05\xef\x01\x56\xf9", "", ""),
		ROW("\xf9\x05\xef\x04\x00\x4f\x4b\xa0\xf9", "data 1:OK", ""),
		/* its lines: DCD and RI; none; a break behind them */
		ROW("\xf9\x01\xef\x09\xe3\x05\x07\xcd\x9a\xf9", "lines 1:cc",
		    "\xf9\x03\xef\x09\xe1\x05\x07\xcd\xfb\xf9"),
		ROW("\xf9\x01\xef\x0b\xe3\x07\x07\x0d\x03\x79\xf9", "lines 1:0c",
		    "\xf9\x03\xef\x0b\xe1\x07\x07\x0d\x03\x18\xf9"),
		/* test, PSC, RLS, FCon: what was asked */
		ROW("\xf9\x01\xef\x09\x23\x05\x61\x62\x9a\xf9", "",
		    "\xf9\x03\xef\x09\x21\x05\x61\x62\xfb\xf9"),
		ROW("\xf9\x01\xef\x05\x43\x01\x93\xf9", "", "\xf9\x03\xef\x05\x41\x01\xf2\xf9"),
		ROW("\xf9\x01\xef\x09\x53\x05\x07\x09\x9a\xf9", "",
		    "\xf9\x03\xef\x09\x51\x05\x07\x09\xfb\xf9"),
		ROW("\xf9\x01\xef\x05\xa3\x01\x93\xf9", "", "\xf9\x03\xef\x05\xa1\x01\xf2\xf9"),
		/* PN: its N1 is ours from now on */
		ROW("\xf9\x01\xef\x15\x83\x11\x01\x00\x07\x0a\x40\x00\x03\x00\x8f\xf9", "",
		    "\xf9\x03\xef\x15\x81\x11\x01\x00\x07\x0a\x40\x00\x03\x00\xee\xf9"),
		/* SNC is none that we know: NSC */
		ROW("\xf9\x01\xef\x07\xd3\x03\x07\x70\xf9", "",
		    "\xf9\x03\xef\x07\x11\x03\xd3\x11\xf9"),
		/* CLD; DISC of one channel; DM */
		ROW("\xf9\x01\xef\x05\xc3\x01\x93\xf9", "down 0",
		    "\xf9\x03\xef\x05\xc1\x01\xf2\xf9"),
		ROW("\xf9\x05\x53\x01\x5e\xf9", "closed 1", "\xf9\x05\x73\x01\x74\xf9"),
		ROW("\xf9\x07\x1f\x01\xf4\xf9", "closed 1", ""),
		ROW("\xf9\x03\x1f\x01\x36\xf9", "down 0", ""),
		/* a channel that we have not */
		ROW("\xf9\x0d\x3f\x01\xfa\xf9", "", "\xf9\x0d\x1f\x01\xd0\xf9"),
		ROW("\xf9\x13\x3f\x01\x96\xf9", "", "\xf9\x11\x1f\x01\xdd\xf9"),
		ROW("\xf9\x45\xef\x05\x4f\x4b\x3a\xf9", "", ""),
		/* messages that are cut short, and a length that says more than there is */
		ROW("\xf9\x01\xef\x03\xe3\x77\xf9", "", ""),
		ROW("\xf9\x01\xef\x07\xe3\x05\x07\x70\xf9", "", ""),
		ROW("\xf9\x01\xef\x05\xe3\x01\x93\xf9", "", "\xf9\x03\xef\x05\xe1\x01\xf2\xf9"),
#undef ROW
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf told = BUF_INIT, again = BUF_INIT;
		struct cmux whole, pieces;

		open_all(&whole, 127);
		put(&whole, rows[i].bytes, rows[i].len, 0);
		tell(&whole, &told, 0);
		if (strcmp(buf_str(&told), rows[i].told) != 0)
			fail_msg("row %zu: <%s>, not <%s>", i, buf_str(&told), rows[i].told);
		take_output(&whole, rows[i].answer, rows[i].answer_len);
		open_all(&pieces, 127);
		for (size_t at = 0; at < rows[i].len; at++) {
			put(&pieces, rows[i].bytes + at, 1, 0);
			tell(&pieces, &again, 0);
		}
		assert_string_equal(buf_str(&again), rows[i].told);
		buf_free(&told);
		buf_free(&again);
	}
}

/* Behind each of these comes a good frame, which is heard: at once, or after the time in which the
 * rest of the damaged one might have come. */
static void damage_hides_no_other_frame(void **state)
{
	/* clang-format off */
	static const struct { const char *bytes; size_t len; bool late; } rows[] = {
#define ROW(bytes, late) { BYTES(bytes), late }
		ROW("\r\nOK\r\n", false),
		ROW("\xf9\x05\xef\x05\x4f\x4b\x50\xf9", false),         /* its check */
		ROW("\xf9\x05\xef\x05\x4f\x51\xf9", false),             /* a byte lost */
		ROW("\xf9\x05\xef\x05\x4f\x4b\x4b\x51\xf9", false),     /* one too many */
		ROW("\xf9\x05\xef\xff", true),                          /* 127 bytes that never come */
		ROW("\xf9\x05\xef\xfe\xff", false),                     /* far too many */
		ROW("\xf9\x05\xef\xf9\x4f\x4b\x51\xf9", true),          /* its length is a flag */
		ROW("\xf9\x05\xef", true),
		ROW("\xf9\x04\xef\x05\x4f\x4b\x51\xf9", false),         /* no EA */
#undef ROW
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf told = BUF_INIT;
		struct cmux cmux;

		open_all(&cmux, 127);
		put(&cmux, rows[i].bytes, rows[i].len, 0);
		put(&cmux, BYTES("\xf9\x05\xef\x05\x4f\x4b\x51\xf9"), 10);
		tell(&cmux, &told, 10);
		if (rows[i].late) {
			assert_string_equal(buf_str(&told), "");
			assert_in_range(cmux_deadline(&cmux), 11, 1000);
			tell(&cmux, &told, cmux_deadline(&cmux));
		}
		if (strcmp(buf_str(&told), "data 1:OK") != 0)
			fail_msg("row %zu: <%s>", i, buf_str(&told));
		assert_int_equal(cmux_deadline(&cmux), -1);
		buf_free(&told);
	}
}

static void sends_frames_as_large_as_agreed(void **state)
{
	struct cmux cmux;
	size_t len;
	char *to;

	(void)state;
	open_all(&cmux, CMUX_N1_DEFAULT);
	to = cmux_room(&cmux, 1, &len);
	assert_non_null(to);
	assert_int_equal(len, 31);
	memcpy(to, "AT\r", 3);
	cmux_send(&cmux, 1, 3);
	take_output(&cmux, BYTES(AT_1));
	open_all(&cmux, 1509);
	to = cmux_room(&cmux, 1, &len);
	assert_int_equal(len, 1509);
	memset(to, 'x', len);
	cmux_send(&cmux, 1, len);
	to = (char *)cmux_output(&cmux, &len);
	assert_int_equal(len, 1509 + 7);
	assert_memory_equal(to, "\xf9\x07\xef\xca\x0b", 5);
	assert_memory_equal(to + 5 + 1509, "\xbc\xf9", 2);
	/* Taken in pieces, and no more than a frame waits. */
	cmux_written(&cmux, 1000);
	assert_non_null(cmux_room(&cmux, 2, &len));
	memset(cmux_room(&cmux, 2, &len), 'y', len);
	cmux_send(&cmux, 2, len);
	assert_null(cmux_room(&cmux, 2, &len));
	cmux_output(&cmux, &len);
	assert_int_equal(len, 2 * (1509 + 7) - 1000);
}

static void a_stop_is_obeyed(void **state)
{
	struct buf told = BUF_INIT;
	struct cmux cmux;
	size_t len;

	(void)state;
	open_all(&cmux, 127);
	/* MSC with FC for channel 1 */
	put(&cmux, BYTES("\xf9\x01\xef\x09\xe3\x05\x07\x8f\x9a\xf9"), 0);
	tell(&cmux, &told, 0);
	assert_null(cmux_room(&cmux, 1, &len));
	assert_non_null(cmux_room(&cmux, 2, &len));
	put(&cmux, BYTES("\xf9\x01\xef\x09\xe3\x05\x07\x8d\x9a\xf9"), 0);
	tell(&cmux, &told, 0);
	assert_non_null(cmux_room(&cmux, 1, &len));
	/* FCoff is for all, FCon ends it */
	put(&cmux, BYTES("\xf9\x01\xef\x05\x63\x01\x93\xf9"), 0);
	tell(&cmux, &told, 0);
	assert_null(cmux_room(&cmux, 1, &len));
	assert_null(cmux_room(&cmux, 2, &len));
	put(&cmux, BYTES("\xf9\x01\xef\x05\xa3\x01\x93\xf9"), 0);
	tell(&cmux, &told, 0);
	assert_non_null(cmux_room(&cmux, 1, &len));
	buf_free(&told);
}

static void our_lines_go_out_until_they_are_answered(void **state)
{
	struct buf told = BUF_INIT;
	struct cmux cmux;
	int sent = 0;
	size_t len;

	(void)state;
	open_all(&cmux, 127);
	cmux_set_lines(&cmux, 1, CMUX_DV | CMUX_RTR | CMUX_RTC | CMUX_FC, 0);
	for (int64_t now = 0; now >= 0 && now < 60000; now = cmux_deadline(&cmux)) {
		tell(&cmux, &told, now);
		if (cmux_output(&cmux, &len)) {
			take_output(&cmux, BYTES("\xf9\x03\xef\x09\xe3\x05\x07\x8f\xfb\xf9"));
			sent++;
		}
	}
	assert_in_range(sent, 3, 10);
	cmux_set_lines(&cmux, 1, CMUX_DV | CMUX_RTR | CMUX_RTC, 60000);
	tell(&cmux, &told, 60000);
	take_output(&cmux, BYTES(MSC_1));
	put(&cmux, BYTES("\xf9\x01\xef\x09\xe1\x05\x07\x8d\x9a\xf9"), 60001);
	tell(&cmux, &told, 60001);
	assert_int_equal(cmux_deadline(&cmux), -1);
	assert_string_equal(buf_str(&told), "");
	buf_free(&told);
}

static void an_end_that_says_nothing_is_refused(void **state)
{
	struct buf told = BUF_INIT;
	struct cmux cmux;
	int64_t now;

	(void)state;
	cmux_init(&cmux, 0);
	assert_int_equal(cmux.n1, CMUX_N1_DEFAULT);
	cmux_open(&cmux, 0, 5);
	for (now = 5; told.len == 0; now = cmux_deadline(&cmux)) {
		size_t len;

		tell(&cmux, &told, now);
		if (cmux_output(&cmux, &len))
			take_output(&cmux, BYTES(SABM_0));
		assert_in_range(now, 5, 10000);
	}
	assert_string_equal(buf_str(&told), "refused 0");
	assert_int_equal(cmux_deadline(&cmux), -1);
	/* DM, at once; a Cavli C16QS opens with a SABM of its own. */
	cmux_open(&cmux, 2, 0);
	put(&cmux, BYTES(DM_2), 0);
	cmux_open(&cmux, 1, 0);
	put(&cmux, BYTES("\xf9\x05\x3f\x01\xbf\xf9"), 0);
	tell(&cmux, &told, 0);
	assert_string_equal(buf_str(&told), "refused 0, refused 2, open 1");
	buf_free(&told);
}

static void a_size_is_proposed_and_taken(void **state)
{
	/* clang-format off */
	static const struct { const char *bytes; size_t len; const char *told; } rows[] = {
#define ROW(bytes, told) { BYTES(bytes), told }
		ROW("\xf9\x01\xef\x15\x81\x11\x01\x00\x07\x0a\xe5\x05\x03\x00\x8f\xf9", "n1 1:1509"),
		ROW("\xf9\x01\xef\x15\x81\x11\x01\x00\x07\x0a\x7f\x00\x03\x00\x8f\xf9", "n1 1:127"),
		/* more than was proposed, and nothing */
		ROW("\xf9\x01\xef\x15\x81\x11\x01\x00\x07\x0a\xff\x7f\x03\x00\x8f\xf9", "n1 1:31"),
		ROW("\xf9\x01\xef\x15\x81\x11\x01\x00\x07\x0a\x00\x00\x03\x00\x8f\xf9", "n1 1:31"),
		ROW("\xf9\x01\xef\x07\x11\x03\x83\x70\xf9", "n1 1:31"), /* NSC */
		ROW("", "n1 1:31"),
#undef ROW
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct buf told = BUF_INIT;
		struct cmux cmux;
		size_t len;

		open_all(&cmux, CMUX_N1_DEFAULT);
		cmux_propose(&cmux, 1, 1509, 1);
		tell(&cmux, &told, 1);
		take_output(&cmux, BYTES("\xf9\x03\xef\x15\x83\x11\x01\x00\x07\x0a\xe5\x05\x03\x00"
					 "\xee\xf9"));
		put(&cmux, rows[i].bytes, rows[i].len, 2);
		for (int64_t now = 2; now >= 0; now = cmux_deadline(&cmux)) {
			tell(&cmux, &told, now);
			if (cmux_output(&cmux, &len))
				cmux_written(&cmux, len);
		}
		assert_string_equal(buf_str(&told), rows[i].told);
		buf_free(&told);
	}
}

static void leaves_in_order_or_without_asking(void **state)
{
	char farewell[CMUX_FAREWELL_MAX];
	struct buf told = BUF_INIT;
	struct cmux cmux;
	size_t len;

	(void)state;
	open_all(&cmux, 127);
	cmux_close(&cmux, 1, 0);
	tell(&cmux, &told, 0);
	/* DTR, RTS and DCD down, then DISC */
	take_output(&cmux, BYTES("\xf9\x03\xef\x09\xe3\x05\x07\x01\xfb\xf9" DISC_1));
	put(&cmux, BYTES(UA_1), 1);
	cmux_close_down(&cmux, 1);
	tell(&cmux, &told, 1);
	take_output(&cmux, BYTES(CLD));
	put(&cmux, BYTES("\xf9\x01\xef\x05\xc1\x01\x93\xf9"), 2);
	tell(&cmux, &told, 2);
	assert_string_equal(buf_str(&told), "closed 1, down 0");
	assert_int_equal(cmux_deadline(&cmux), -1);
	/* It says nothing. */
	open_all(&cmux, 127);
	buf_clear(&told);
	cmux_close(&cmux, 2, 1);
	cmux_close_down(&cmux, 1);
	for (int64_t now = 1; now >= 0; now = cmux_deadline(&cmux)) {
		tell(&cmux, &told, now);
		if (cmux_output(&cmux, &len))
			cmux_written(&cmux, len);
		assert_in_range(now, 0, 10000);
	}
	assert_string_equal(buf_str(&told), "closed 2, down 0");
	len = cmux_farewell(farewell, 1);
	assert_int_equal(len, sizeof("\xf9" DISC_1 CLD) - 1);
	assert_memory_equal(farewell, "\xf9" DISC_1 CLD, len);
	assert_true(cmux_is_farewell(BYTES("\xf9\x01\xef\x05\xc1\x01\x93\xf9")));
	assert_false(cmux_is_farewell(BYTES(CLD)));
	buf_free(&told);
}

static void a_sleeper_is_woken_with_flags(void **state)
{
	static const char flags[] = "\xf9\xf9\xf9\xf9\xf9\xf9\xf9\xf9";
	struct buf told = BUF_INIT;
	struct cmux cmux;
	const char *bytes;
	size_t len, room;

	(void)state;
	open_all(&cmux, 127);
	put(&cmux, BYTES("\xf9\x01\xef\x05\x43\x01\x93\xf9"), 0);
	tell(&cmux, &told, 0);
	take_output(&cmux, BYTES("\xf9\x03\xef\x05\x41\x01\xf2\xf9"));
	memcpy(cmux_room(&cmux, 1, &room), "AT\r", 3);
	cmux_send(&cmux, 1, 3);
	bytes = cmux_output(&cmux, &len);
	assert_true(len > sizeof(flags) + sizeof(AT_1) - 1);
	assert_memory_equal(bytes, flags, sizeof(flags) - 1);
	assert_memory_equal(bytes + len - (sizeof(AT_1) - 1), AT_1, sizeof(AT_1) - 1);
	cmux_written(&cmux, len);
	memcpy(cmux_room(&cmux, 1, &room), "AT\r", 3);
	cmux_send(&cmux, 1, 3);
	take_output(&cmux, BYTES(AT_1));
	buf_free(&told);
}

/* A modem that says what it has to, over a line that loses or damages one frame in ten, both ways.
 * From annex B's table; it knows its frames by looking for whole ones alone. */
static unsigned char table_fcs(const char *bytes, size_t len)
{
	unsigned char fcs = 0xff;

	while (len-- > 0) {
		unsigned char entry = (unsigned char)(fcs ^ (unsigned char)*bytes++);

		for (int i = 0; i < 8; i++)
			entry = (unsigned char)(entry & 1 ? entry >> 1 ^ 0xe0 : entry >> 1);
		fcs = entry;
	}
	return (unsigned char)(0xff - fcs);
}

struct line {
	struct cmux cmux;
	unsigned seed;
	int damage; /* per cent */
	int64_t now;
	int got_at, got_reply;
	struct buf told;
};

static unsigned dice(struct line *line, unsigned sides)
{
	line->seed = line->seed * 1103515245 + 12345;
	return (line->seed >> 16) % sides;
}

static void damage_frame(struct line *line, char *frame, size_t *len)
{
	size_t at = dice(line, (unsigned)*len);

	if ((int)dice(line, 100) >= line->damage)
		return;
	switch (dice(line, 3)) {
	case 0:
		*len = 0;
		break;
	case 1:
		frame[at] = (char)(frame[at] ^ (1 << dice(line, 8)));
		break;
	default:
		memmove(frame + at, frame + at + 1, *len - at - 1);
		(*len)--;
	}
}

static void say_frame(struct line *line, int address, int control, const char *info, size_t len)
{
	char frame[160] = {(char)0xf9, (char)address, (char)control, (char)(len << 1 | 1)};
	size_t whole = len + 6;

	if (len > 0)
		memcpy(frame + 4, info, len);
	frame[4 + len] = (char)table_fcs(frame + 1, 3);
	frame[5 + len] = (char)0xf9;
	damage_frame(line, frame, &whole);
	put(&line->cmux, frame, whole, line->now);
}

/* One of ours, perhaps damaged, as the modem hears it. */
static void hear_frame(struct line *line, const char *frame, size_t len)
{
	char heard[2048];
	int control, dlci;

	memcpy(heard, frame, len);
	damage_frame(line, heard, &len);
	if (len < 6 || (unsigned char)heard[0] != 0xf9 || (unsigned char)heard[len - 1] != 0xf9 ||
	    (size_t)((unsigned char)heard[3] >> 1) != len - 6 ||
	    (unsigned char)heard[len - 2] != table_fcs(heard + 1, 3))
		return;
	dlci = (unsigned char)heard[1] >> 2;
	control = (unsigned char)heard[2];
	if (control == 0x3f || control == 0x53) {
		say_frame(line, dlci << 2 | 3, 0x73, NULL, 0);
	} else if (control == 0xef && dlci == 0 && (heard[4] & 2)) {
		heard[4] = (char)(heard[4] & ~2);
		say_frame(line, 1, 0xef, heard + 4, len - 6);
	} else if (control == 0xef && dlci > 0) {
		line->got_at++;
		say_frame(line, dlci << 2 | 1, 0xef, "\r\nOK\r\n", 6);
	}
}

static void run_line(struct line *line)
{
	const char *bytes;
	size_t len;

	do {
		tell(&line->cmux, &line->told, line->now);
		for (bytes = cmux_output(&line->cmux, &len); bytes && len > 0;) {
			size_t frame = ((unsigned char)bytes[3] >> 1) + 6u;

			hear_frame(line, bytes, frame);
			cmux_written(&line->cmux, frame);
			bytes = cmux_output(&line->cmux, &len);
		}
		tell(&line->cmux, &line->told, line->now);
		bytes = cmux_output(&line->cmux, &len);
	} while (bytes);
}

static void ask_line(struct line *line, int dlci)
{
	int64_t until = line->now + 1000;
	size_t room;
	char *to = cmux_room(&line->cmux, dlci, &room);

	assert_non_null(to);
	memcpy(to, "AT\r", 3);
	cmux_send(&line->cmux, dlci, 3);
	run_line(line);
	while (cmux_deadline(&line->cmux) >= 0 && cmux_deadline(&line->cmux) < until) {
		line->now = cmux_deadline(&line->cmux);
		run_line(line);
	}
	line->now = until;
}

static void a_tenth_of_the_frames_may_be_damaged(void **state)
{
	(void)state;
	for (unsigned seed = 1; seed <= 200; seed++) {
		struct line line = {.seed = seed, .damage = 10};
		int64_t due = 0;

		cmux_init(&line.cmux, 100);
		for (int i = 0; i <= 2; i++)
			cmux_open(&line.cmux, i, 0);
		for (; due >= 0 && due < 60000; due = cmux_deadline(&line.cmux)) {
			line.now = due;
			run_line(&line);
		}
		assert_true(strstr(buf_str(&line.told), "open 1"));
		assert_true(strstr(buf_str(&line.told), "open 2"));
		for (int i = 0; i < 50 && line.cmux.dlcis[1].state == CMUX_OPEN; i++)
			ask_line(&line, 1);
		assert_true(line.got_at >= 25);
		/* And what the damage has left behind is gone once it ends. */
		line.damage = 0;
		ask_line(&line, 1);
		buf_clear(&line.told);
		line.got_at = 0;
		ask_line(&line, 1);
		ask_line(&line, 2);
		assert_int_equal(line.got_at, 2);
		assert_string_equal(buf_str(&line.told), "data 1:\r\nOK\r\n, data 2:\r\nOK\r\n");
		buf_free(&line.told);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_message_has_its_answer),
		cmocka_unit_test(damage_hides_no_other_frame),
		cmocka_unit_test(sends_frames_as_large_as_agreed),
		cmocka_unit_test(a_stop_is_obeyed),
		cmocka_unit_test(our_lines_go_out_until_they_are_answered),
		cmocka_unit_test(an_end_that_says_nothing_is_refused),
		cmocka_unit_test(a_size_is_proposed_and_taken),
		cmocka_unit_test(leaves_in_order_or_without_asking),
		cmocka_unit_test(a_sleeper_is_woken_with_flags),
		cmocka_unit_test(a_tenth_of_the_frames_may_be_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
