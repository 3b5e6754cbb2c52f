/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "unit.h"

#include "modem/stream.h"

#define BYTES(literal) literal, sizeof(literal) - 1

static const struct {
	const char *what;
	const char *bytes;
	size_t len;
	bool nmea, diag, ppp;
} rows[] = {
	{"nothing", BYTES(""), false, false, false},
	{"GPS", BYTES("$GPGSV,3,1,09,01,05,123,30*45\r\n"), true, false, false},
	{"no fix", BYTES("$GPRMC,,V,,,,,,,,,,N*53\r\n"), true, false, false},
	{"other talker, LF only", BYTES("$GNGSA,A,1,,,,,,,,,,,,,99.0,99.0,99.0*1E\n"), true, false,
	 false},
	{"lower case checksum", BYTES("$GNGSA,A,1,,,,,,,,,,,,,99.0,99.0,99.0*1e\r\n"), true, false,
	 false},
	{"starts in the middle of one", BYTES("1,09,01*45\r\n$GPRMC,,V,,,,,,,,,,N*53\r\n"), true,
	 false, false},
	{"wrong checksum", BYTES("$GPRMC,,V,,,,,,,,,,N*54\r\n"), false, false, false},
	{"no checksum", BYTES("$GPRMC,,V,,,,,,,,,,N\r\n"), false, false, false},
	{"cut", BYTES("$GPRMC,,V,,,,,,,,,,N*5\r\n"), false, false, false},
	{"not ended", BYTES("$GPRMC,,V,,,,,,,,,,N*53"), false, false, false},
	{"a price", BYTES("$5*35\r\n"), false, false, false},
	{"a byte above ASCII", BYTES("$GPRMC,\xff,V,,,,,,,,,,N*AC\r\n"), false, false, false},
	{"DIAG version", BYTES("\x7e\x00Oct 25 201113:45:41\0\0\0\0\0\0\0\0\xac\xf1\x7e"), false,
	 true, false},
	{"DIAG bad command", BYTES("\x13\xff\x03\x66\x61\x7e"), false, true, false},
	{"wrong FCS", BYTES("\x7e\x13\xff\x03\x66\x62\x7e"), false, false, false},
	{"LCP Configure-Request",
	 BYTES("\x7e\xff\x7d\x23\xc0\x21\x7d\x21\x7d\x21\x7d\x20\x7d\x24\xd1"
	       "\xb5\x7e"),
	 false, false, true},
	{"LCP Code-Reject",
	 BYTES("\x7e\xff\x7d\x23\xc0\x21\x7d\x27\x7d\x22\x7d\x20\x7d\x28\x77"
	       "\x7d\x21\x7d\x20\x7d\x24\x91\x78\x7e"),
	 false, false, true},
	{"LCP without address and control",
	 BYTES("\x7e\xc0\x21\x7d\x29\x7d\x22\x7d\x20\x7d\x28\x7d\x20\x7d\x20"
	       "\x7d\x20\x7d\x20\xa9\xeb\x7e"),
	 false, false, true},
	{"IPCP",
	 BYTES("\x7e\xff\x7d\x23\x80\x21\x7d\x21\x7d\x21\x7d\x20\x7d\x24\x7d"
	       "\x20\xb7\x7e"),
	 false, false, true},
	{"an aborted frame",
	 BYTES("\x7e\xff\x7d\x23\xc0\x21\x7d\x21\x7d\x21\x7d\x20\x7d\x24\xd1"
	       "\xb5\x7d\x7e"),
	 false, false, false},
	{"empty frames", BYTES("\x7e\x7e\x7e\x7e\x00\x00\x7e"), false, false, false},
	{"AT answers", BYTES("AT\r\r\nOK\r\n\r\n+CREG: 1\r\n~~\r\n"), false, false, false},
	{"AT between frames",
	 BYTES("\r\nOK\r\n\x7e\x13\xff\x03\x66\x61\x7e\r\n$GPRMC,,V,,,,,,,,,,N*53\r\n"), true, true,
	 false},
};

static void check(size_t row, const struct stream *stream, const char *how)
{
	if (stream->nmea == rows[row].nmea && stream->diag == rows[row].diag &&
	    stream->ppp == rows[row].ppp)
		return;
	fail_msg("\"%s\" %s: nmea %d diag %d ppp %d", rows[row].what, how, stream->nmea,
		 stream->diag, stream->ppp);
}

static void what_a_port_talks_is_known_by_its_checksum(void **state)
{
	struct stream stream;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		stream_init(&stream);
		stream_feed(&stream, rows[i].bytes, rows[i].len);
		check(i, &stream, "whole");
		stream_init(&stream);
		for (size_t at = 0; at < rows[i].len; at++)
			stream_feed(&stream, rows[i].bytes + at, 1);
		check(i, &stream, "byte by byte");
	}
}

static void the_echo_of_the_question_is_no_answer(void **state)
{
	struct stream stream;

	(void)state;
	stream_init(&stream);
	stream_feed(&stream, stream_question, stream_question_len);
	stream_feed(&stream, stream_question, stream_question_len);
	assert_false(stream.diag);
	assert_false(stream.ppp);
	assert_false(stream.nmea);
}

/* Both frames of the question are good ones: a peer that must answer them would drop others. */
static void the_question_is_well_formed(void **state)
{
	char bytes[64];
	struct stream stream;

	(void)state;
	memcpy(bytes, stream_question, stream_question_len);
	assert_memory_equal(bytes, "\x7e\x00\x78\xf0\x7e", 5);
	assert_memory_equal(bytes + 5, "\x7e\xff\x7d\x23\xc0\x21\x77", 7);
	stream_init(&stream);
	stream_feed(&stream, bytes + 5, stream_question_len - 6);
	assert_int_equal(stream.frame.fcs, 0xf0b8);
	assert_int_equal(stream.frame.len, 10);
}

static void endless_lines_and_frames_do_no_harm(void **state)
{
	struct stream stream;

	(void)state;
	stream_init(&stream);
	stream_feed(&stream, "\x7e$", 2);
	for (int i = 0; i < 100000; i++)
		stream_feed(&stream, "A", 1);
	stream_feed(&stream, "\r\n", 2);
	stream_feed(&stream, "\x7e\x13\xff\x03\x66\x61\x7e", 7);
	assert_true(stream.diag);
	assert_false(stream.nmea);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_a_port_talks_is_known_by_its_checksum),
		cmocka_unit_test(the_echo_of_the_question_is_no_answer),
		cmocka_unit_test(the_question_is_well_formed),
		cmocka_unit_test(endless_lines_and_frames_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
