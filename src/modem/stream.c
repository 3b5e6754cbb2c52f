/* SPDX-License-Identifier: ISC */
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "modem/stream.h"

#define LCP_CODES 12 /* RFC 1661 and 1570 */

const char stream_question[] = "\x7e\x00\x78\xf0\x7e"
			       "\x7e\xff\x7d\x23\xc0\x21\x77\x7d\x21"
			       "\x7d\x20\x7d\x24\x7d\x2e\xa4\x7e";
const size_t stream_question_len = sizeof(stream_question) - 1;

const char stream_terminate[] =
	"\x7e\xff\x7d\x23\xc0\x21\x7d\x25\x7d\x21\x7d\x20\x7d\x24\x3d\xc7\x7e";

void stream_init(struct stream *stream)
{
	memset(stream, 0, sizeof(*stream));
}

/* A port that echoes sends our own question back. That does not count: its DIAG request has one
 * byte, and its LCP code does not exist. */
static void judge_frame(struct stream *stream, size_t len)
{
	const uint8_t *head = stream->frame.head, *at = ppp_frame_protocol(&stream->frame);
	bool is_lcp = at[0] == 0xc0 && at[1] == 0x21;
	size_t before = (size_t)(at - head) + 2;

	if (len < before || (at == head && !is_lcp))
		stream->diag = true;
	else
		stream->ppp |= !is_lcp || (len >= before + 4 && at[2] >= 1 && at[2] <= LCP_CODES &&
					   before + (size_t)(at[4] << 8 | at[5]) <= len);
}

/* A login takes AT for a name, a shell for a command. */
static void feed_console(struct stream *stream, char byte)
{
	static const char *const words[] = {"login: ", "assword: ", "AT: not found",
					    "AT: command not found"};

	for (size_t i = 0; i < COUNT(words); i++) {
		uint8_t *matched = &stream->matched[i];

		if (byte != words[i][*matched])
			*matched = 0;
		*matched += byte == words[i][*matched];
		stream->console |= !words[i][*matched];
		*matched = words[i][*matched] ? *matched : 0;
	}
}

/* "$GPGSV,...*7A" */
static bool is_sentence(const char *text)
{
	const char *star = strchr(text, '*');
	unsigned sum = 0;
	char *end;

	if (!star || star < text + 6 || strlen(star) != 3 ||
	    strspn(text + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") < 5)
		return false;
	for (const char *at = text + 1; at < star; at++)
		sum ^= (unsigned char)*at;
	return strtoul(star + 1, &end, 16) == sum && end == star + 3;
}

void stream_feed(struct stream *stream, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	for (size_t i = 0; i < len; i++) {
		uint8_t byte = at[i];
		size_t whole = ppp_frame_feed(&stream->frame, byte);

		if (whole)
			judge_frame(stream, whole);
		feed_console(stream, (char)byte);
		/* A line that is switched on sends NULs. */
		if (byte > '~' || (byte && byte < ' ' && !strchr("\b\t\n\r\033", byte)))
			stream->odd++;
		if (byte == '$')
			stream->sentence_len = 0;
		else if (stream->sentence_len == 0)
			continue;
		if (byte == '\r' || byte == '\n') {
			stream->sentence[stream->sentence_len] = '\0';
			if (is_sentence(stream->sentence))
				stream->nmea = true;
			stream->sentence_len = 0;
		} else if (byte < ' ' || byte > '~' ||
			   stream->sentence_len == sizeof(stream->sentence) - 1) {
			stream->sentence_len = 0;
		} else {
			stream->sentence[stream->sentence_len++] = (char)byte;
		}
	}
}
