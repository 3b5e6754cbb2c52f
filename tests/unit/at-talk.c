/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "at-talk.h"

static const char *const kinds[] = {
	"NONE",       "OK",   "CONNECT",   "ERROR",       "CME",     "CMS",
	"NO CARRIER", "BUSY", "NO ANSWER", "NO DIALTONE", "TIMEOUT",
};

static void hear_reply(struct buf *heard, const struct at_event *event)
{
	buf_printf(heard, "reply %s", kinds[event->final.kind]);
	if (event->final.code)
		buf_printf(heard, " %d", event->final.code);
	buf_printf(heard, ":%s", event->text[0] ? " " : "");
	for (const char *s = event->text; *s; s++)
		buf_printf(heard, "%c", *s == '\n' ? '|' : *s);
	buf_printf(heard, "\n");
}

void hear_all(struct at_chan *chan, struct buf *heard, int64_t now)
{
	for (;;) {
		struct at_event event = at_chan_next(chan, now);

		assert_non_null(event.text);
		assert_null(strchr(event.text, '\r'));
		if (event.type == AT_EVENT_NONE)
			return;
		if (event.type == AT_EVENT_URC)
			buf_printf(heard, "urc %s\n", event.text);
		else
			hear_reply(heard, &event);
	}
}

void write_all(struct at_chan *chan, struct buf *to, int64_t now)
{
	const char *out;
	size_t len;

	while ((out = at_chan_output(chan, &len, now))) {
		if (to)
			buf_append(to, out, len);
		at_chan_written(chan, len, now);
	}
}

/* A first piece of `cut` bytes, then pieces of `step`. */
static void hear_cut(const struct talk *talk, size_t cut, size_t step, struct buf *heard)
{
	struct at_chan *chan = at_chan_new();
	const char *data;
	size_t len;

	assert_non_null(chan);
	if (talk->command.text)
		assert_int_equal(at_chan_send(chan, &talk->command), 0);
	write_all(chan, NULL, 0);
	for (size_t at = 0; at < talk->len; at += len) {
		len = at == 0 && cut ? cut : step;
		if (len > talk->len - at)
			len = talk->len - at;
		at_chan_feed(chan, talk->bytes + at, len, 1);
		hear_all(chan, heard, 1);
	}
	/* NO CARRIER counts a second later. */
	if (talk->command.flags & AT_DIAL && !strstr(buf_str(heard), "reply"))
		hear_all(chan, heard, 1001);
	data = at_chan_data(chan, &len);
	if (len)
		buf_printf(heard, "data %.*s\n", (int)len, data);
	at_chan_free(chan);
}

static void assert_cut(const struct talk *talk, size_t cut, size_t step)
{
	struct buf heard = BUF_INIT;

	hear_cut(talk, cut, step, &heard);
	if (strcmp(buf_str(&heard), talk->heard) != 0)
		print_error("first piece %zu, then %zu of\n%s\n", cut, step, talk->bytes);
	assert_string_equal(buf_str(&heard), talk->heard);
	buf_free(&heard);
}

void assert_talk(const struct talk *talk)
{
	assert_cut(talk, 0, talk->len);
	assert_cut(talk, 0, 1);
	for (size_t cut = 1; cut < talk->len; cut++)
		assert_cut(talk, cut, talk->len);
}
