/* SPDX-License-Identifier: ISC */
/*
 * A port's questioning. The input is pieces, each a byte for its length, one
 * for the time that passes before it (in 8 ms), and so many bytes of what the
 * port says. Whatever that is, there is a verdict in the end.
 */
#include "fuzz.h"

#include "modem/port-probe.h"
#include "modem/stream.h"

#define PASS_MS 2300

/* Two passes of silence, a modem that stops after each answer included; of a search all passes. */
#define END_MS 30000

static void write_out(struct port_probe *ask, int64_t now)
{
	const char *bytes;
	size_t len;

	while ((bytes = port_probe_output(ask, &len, now))) {
		CLAIM(len > 0 && len < 64);
		port_probe_written(ask, 1, now);
	}
}

static void claim_verdict(const struct port_probe *ask)
{
	enum port_role verdict = port_probe_finding(ask)->role;

	CLAIM(port_probe_is_idle(ask));
	CLAIM((port_probe_finding(ask)->why[0] != '\0') == (verdict == PORT_ROLE_AT_SECONDARY));
	CLAIM(!port_probe_finding(ask)->dtr_low);
	if (verdict == PORT_ROLE_AT)
		CLAIM(port_probe_finding(ask)->answer_ms >= 0);
}

static int64_t hear(struct port_probe *ask, const uint8_t *data, size_t size)
{
	int64_t now = 0;

	while (size >= 2) {
		size_t len = data[0] < size - 2 ? data[0] : size - 2;

		now += data[1] * 8;
		if (port_probe_deadline(ask) >= 0 && port_probe_deadline(ask) < now)
			port_probe_tick(ask, port_probe_deadline(ask));
		port_probe_feed(ask, data + 2, len, now);
		port_probe_tick(ask, now);
		write_out(ask, now);
		data += 2 + len;
		size -= 2 + len;
	}
	return now;
}

/* Whatever it says to that, the setting up of a line has an end too. */
static void claim_set_up(struct port_probe *ask, int64_t now)
{
	const struct line_wish wish = {.raise = 921600};
	int64_t start = now;

	if (port_probe_finding(ask)->role != PORT_ROLE_AT)
		return;
	port_probe_set_up(ask, &wish);
	while (!port_probe_is_idle(ask)) {
		write_out(ask, now);
		CLAIM(port_probe_deadline(ask) >= 0);
		if (port_probe_deadline(ask) > now)
			now = port_probe_deadline(ask);
		CLAIM(now - start < END_MS);
		port_probe_tick(ask, now);
	}
}

static void claim_an_end(const uint8_t *data, size_t size, bool search)
{
	struct port_probe *ask = port_probe_new("fuzz", PASS_MS, 0);
	int64_t now, start;

	if (!ask)
		return;
	if (search)
		port_probe_search(
			ask, &(struct port_search){.baud = 115200, .guesses = {9600, 921600}}, 0);
	port_probe_tick(ask, 0);
	write_out(ask, 0);
	now = start = hear(ask, data, size);
	while (port_probe_finding(ask)->role == PORT_ROLE_UNKNOWN) {
		CLAIM(port_probe_deadline(ask) >= 0);
		if (port_probe_deadline(ask) > now)
			now = port_probe_deadline(ask);
		CLAIM(now - start < END_MS);
		port_probe_tick(ask, now);
		write_out(ask, now);
	}
	claim_verdict(ask);
	claim_set_up(ask, now);
	port_probe_free(ask);
}

static void claim_pieces_do_not_matter(const uint8_t *data, size_t size)
{
	struct stream whole, pieces;

	stream_init(&whole);
	stream_init(&pieces);
	stream_feed(&whole, data, size);
	for (size_t i = 0; i < size; i++)
		stream_feed(&pieces, data + i, 1);
	CLAIM(whole.nmea == pieces.nmea);
	CLAIM(whole.diag == pieces.diag);
	CLAIM(whole.ppp == pieces.ppp);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	claim_an_end(data, size, false);
	claim_an_end(data, size, true);
	claim_pieces_do_not_matter(data, size);
	return 0;
}
