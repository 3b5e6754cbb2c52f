/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "at_parse.h"
#include "modem.h"
#include "mux.h"
#include "trace.h"

/* 27.010 5.2.1.3 and 5.4.6.3; P/F is 0x10. */
#define FLAG      0xf9
#define SABM      0x3f
#define UA        0x73
#define DM        0x1f
#define DISC      0x53
#define UIH       0xef
#define UI        0x03

#define LINE_HIGH 4096
#define AGAIN_S   .3
#define STOP_S    .1
#define GRACE_S   .05 /* what was on its way when the host heard of the stop */

/* Annex B.3.5's table, by its polynomial. */
static unsigned char fcs_add(unsigned char fcs, unsigned char byte)
{
	static unsigned char table[256];

	if (!table[1])
		for (int i = 0; i < 256; i++) {
			int crc = i;

			for (int bit = 0; bit < 8; bit++)
				crc = crc & 1 ? (crc >> 1) ^ 0xe0 : crc >> 1;
			table[i] = (unsigned char)crc;
		}
	return table[fcs ^ byte];
}

static struct port *line_of(struct mux *mux)
{
	return &mux->modem->ports[0];
}

static struct port *channel_of(struct mux *mux, int dlci)
{
	for (size_t i = 0; dlci > 0 && i < mux->modem->port_count; i++)
		if (mux->modem->ports[i].desc->dlci == dlci)
			return &mux->modem->ports[i];
	return NULL;
}

static unsigned roll(struct mux *mux, unsigned sides)
{
	mux->seed = mux->seed * 1103515245 + 12345;
	return (mux->seed >> 16) % sides;
}

/* A line that loses and damages: of one frame in ten a bit or a byte or all. */
static void write_frame(struct mux *mux, unsigned char *frame, size_t len)
{
	size_t at = roll(mux, (unsigned)len);

	if ((int)roll(mux, 100) < mux->modem->desc->mux.damage) {
		unsigned kind = roll(mux, 3);

		if (kind == 0)
			return;
		if (kind == 1)
			frame[at] = (unsigned char)(frame[at] ^ 1 << roll(mux, 8));
		else
			memmove(frame + at, frame + at + 1, --len - at);
	}
	buf_append(&line_of(mux)->out, (char *)frame, len);
}

static void send_frame(struct mux *mux, int dlci, bool command, int control, const void *info,
		       size_t len)
{
	unsigned char frame[MUX_INFO_MAX + 8] = {FLAG}, fcs = 0xff;
	size_t at = 1;

	/* C/R of the responder's commands is 0, of its responses 1 (5.2.1.2). */
	frame[at++] = (unsigned char)(dlci << 2 | (command ? 0 : 2) | 1);
	frame[at++] = (unsigned char)control;
	if (len < 128) {
		frame[at++] = (unsigned char)(len << 1 | 1);
	} else {
		frame[at++] = (unsigned char)(len << 1);
		frame[at++] = (unsigned char)(len >> 7);
	}
	for (size_t i = 1; i < at; i++)
		fcs = fcs_add(fcs, frame[i]);
	if (len > 0)
		memcpy(frame + at, info, len);
	at += len;
	frame[at++] = (unsigned char)(0xff - fcs);
	frame[at++] = FLAG;
	write_frame(mux, frame, at);
}

static void send_message(struct mux *mux, int type, const unsigned char *values, size_t len)
{
	unsigned char message[MUX_INFO_MAX] = {(unsigned char)type, (unsigned char)(len << 1 | 1)};

	if (len > 100)
		return;
	if (len > 0)
		memcpy(message + 2, values, len);
	send_frame(mux, 0, true, UIH, message, len + 2);
}

static void send_lines(struct mux *mux, int dlci)
{
	const unsigned char values[] = {(unsigned char)(dlci << 2 | 3),
					(unsigned char)(mux->channels[dlci].lines | 1)};

	send_message(mux, 0xe3, values, sizeof(values));
}

static void tell_lines(struct mux *mux, int dlci, int lines)
{
	mux->channels[dlci].lines = lines;
	mux->channels[dlci].lines_due = true;
	send_lines(mux, dlci);
	ev_timer_again(mux->modem->loop, &mux->again);
}

static void on_again(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct mux *mux = timer->data;
	bool due = false;

	(void)revents;
	for (int i = 1; i < MUX_CHANNELS; i++) {
		if (!mux->channels[i].lines_due)
			continue;
		due = true;
		send_lines(mux, i);
	}
	if (!due)
		ev_timer_stop(loop, timer);
}

/* FC is 0x02 (5.4.6.3.7). */
static void on_go(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct mux *mux = timer->data;

	(void)revents;
	ev_timer_stop(loop, timer);
	for (int i = 1; i < MUX_CHANNELS; i++) {
		if (!mux->channels[i].stopping)
			continue;
		mux->channels[i].stopping = false;
		mux->channels[i].received = 0;
		tell_lines(mux, i, mux->channels[i].lines & ~0x02);
	}
}

void mux_init(struct mux *mux, struct modem *modem)
{
	memset(mux, 0, sizeof(*mux));
	mux->modem = modem;
	mux->seed = 1;
	ev_timer_init(&mux->again, on_again, AGAIN_S, AGAIN_S);
	ev_timer_init(&mux->go, on_go, STOP_S, STOP_S);
	mux->again.data = mux->go.data = mux;
}

static void close_channel(struct mux *mux, int dlci, const char *why)
{
	struct port *channel = channel_of(mux, dlci);

	memset(&mux->channels[dlci], 0, sizeof(mux->channels[dlci]));
	if (!channel)
		return;
	call_hangup(&channel->call, why, false);
	at_reset(&channel->at);
	port_set_open(channel, false);
}

void mux_stop(struct mux *mux)
{
	ev_timer_stop(mux->modem->loop, &mux->again);
	ev_timer_stop(mux->modem->loop, &mux->go);
	if (mux->on)
		trace_event(line_of(mux)->desc->interface, "multiplexer closed");
	mux->on = mux->wanted = mux->hung = false;
	mux->state = MUX_HUNT;
	for (int i = 1; i < MUX_CHANNELS; i++)
		close_channel(mux, i, "mux");
}

/* AT+CMUX=0[,0[,SPEED[,N1...]]]: basic option and UIH alone. */
bool mux_accept(struct mux *mux, const char *args)
{
	const int max = mux->modem->desc->mux.n1;
	const bool bare = mux->modem->desc->mux.bare;
	int option = at_parse_int(&args, 0), subset = at_parse_int(&args, 0);
	int speed, n1;

	if (bare && args && *args)
		return false;
	speed = at_parse_int(&args, 5);
	n1 = at_parse_int(&args, bare ? max : 31);

	if (option != 0 || subset != 0 || speed < 1 || speed > 8 || n1 < 1 || n1 > max)
		return false;
	mux->n1 = n1;
	mux->wanted = !mux->modem->desc->mux.mute;
	return true;
}

void mux_begin(struct mux *mux)
{
	mux->wanted = false;
	mux->on = true;
	mux->begun_at = ev_time();
	mux->state = MUX_HUNT;
	trace_event(line_of(mux)->desc->interface, "multiplexer open, frames of %d", mux->n1);
}

static void take_command(struct mux *mux, int type, const unsigned char *values, size_t len)
{
	struct port *channel;
	unsigned char answer[100];
	int dlci = len > 0 ? values[0] >> 2 : 0;

	if (mux->modem->desc->mux.bare && type != 0xe3 && type != 0xc3)
		return;
	memcpy(answer, values, len);
	switch (type) {
	case 0xe3: /* MSC: FC, and DTR is RTC */
		send_message(mux, 0xe1, values, len);
		channel = len > 1 && dlci < MUX_CHANNELS ? channel_of(mux, dlci) : NULL;
		if (!channel)
			return;
		mux->channels[dlci].stopped = values[1] & 0x02;
		if (channel->dtr != !!(values[1] & 0x04))
			port_set_dtr(channel, values[1] & 0x04);
		return;
	case 0x83: /* PN: what is asked for, as far as we can */
		if (len != 8)
			return;
		if ((values[4] | values[5] << 8) > mux->modem->desc->mux.n1) {
			answer[4] = (unsigned char)mux->modem->desc->mux.n1;
			answer[5] = (unsigned char)(mux->modem->desc->mux.n1 >> 8);
		}
		mux->n1 = answer[4] | answer[5] << 8;
		send_message(mux, 0x81, answer, len);
		return;
	case 0xc3:
		send_message(mux, 0xc1, NULL, 0);
		mux_stop(mux);
		return;
	case 0x23:
		send_message(mux, 0x21, values, len);
		return;
	default:
		answer[0] = (unsigned char)type;
		send_message(mux, 0x11, answer, 1);
	}
}

static void take_message(struct mux *mux)
{
	size_t len = mux->info[1] >> 1;

	if (mux->len < 2 || len > 98 || len > mux->len - 2)
		return;
	if (mux->info[0] & 0x02)
		take_command(mux, mux->info[0], mux->info + 2, len);
	else if (mux->info[0] == 0xe1 && len > 0 && mux->info[2] >> 2 < MUX_CHANNELS)
		mux->channels[mux->info[2] >> 2].lines_due = false;
}

static void take_data(struct mux *mux, struct port *channel, int dlci)
{
	struct mux_channel *state = &mux->channels[dlci];
	int every = mux->modem->desc->mux.stop_every;

	if (state->stopping && ev_time() - state->stopped_at > GRACE_S) {
		mux->modem->stats.overruns++;
		return;
	}
	state->received += (int)mux->len;
	if (every > 0 && call_is_data(&channel->call) && !state->stopping &&
	    state->received >= every) {
		state->stopping = true;
		state->stopped_at = ev_time();
		tell_lines(mux, dlci, state->lines | 0x02);
		ev_timer_again(mux->modem->loop, &mux->go);
	}
	port_received(channel, mux->info, mux->len);
}

static void take_frame(struct mux *mux)
{
	int dlci = mux->address >> 2;
	struct port *channel = channel_of(mux, dlci);
	bool known = dlci == 0 || (channel && dlci != mux->modem->desc->mux.refuse);

	switch (mux->control) {
	case SABM:
		send_frame(mux, dlci, false, known ? UA : DM, NULL, 0);
		if (!channel || !known || mux->channels[dlci].open)
			return;
		mux->channels[dlci].open = true;
		channel->dtr = true;
		port_set_open(channel, true);
		tell_lines(mux, dlci, 0x0c);
		return;
	case DISC:
		send_frame(mux, dlci, false, known ? UA : DM, NULL, 0);
		if (dlci == 0)
			mux_stop(mux);
		else if (dlci < MUX_CHANNELS)
			close_channel(mux, dlci, "disc");
		return;
	case UIH:
	case UIH | 0x10:
	case UI:
	case UI | 0x10:
		if (dlci == 0)
			take_message(mux);
		else if (channel && mux->channels[dlci].open)
			take_data(mux, channel, dlci);
		else
			send_frame(mux, dlci, false, DM, NULL, 0);
		return;
	default:
		return;
	}
}

/* A length that cannot be, a wrong check or a missing flag: back to the next flag. */
static void feed_byte(struct mux *mux, unsigned char byte)
{
	switch (mux->state) {
	case MUX_HUNT:
		if (byte == FLAG)
			mux->state = MUX_ADDRESS;
		return;
	case MUX_ADDRESS:
		if (byte == FLAG)
			return;
		mux->address = byte;
		mux->fcs = fcs_add(0xff, byte);
		mux->state = byte & 1 ? MUX_CONTROL : MUX_HUNT;
		return;
	case MUX_CONTROL:
		mux->control = byte;
		mux->fcs = fcs_add(mux->fcs, byte);
		mux->state = MUX_LENGTH;
		return;
	case MUX_LENGTH:
		mux->len = byte >> 1;
		mux->have = 0;
		mux->fcs = fcs_add(mux->fcs, byte);
		mux->state = byte & 1 ? MUX_INFO : MUX_LENGTH_2;
		if (mux->len == 0 && byte & 1)
			mux->state = MUX_FCS;
		return;
	case MUX_LENGTH_2:
		mux->len |= (size_t)byte << 7;
		mux->fcs = fcs_add(mux->fcs, byte);
		mux->state = mux->len > (size_t)mux->n1 ? MUX_HUNT : MUX_INFO;
		return;
	case MUX_INFO:
		mux->info[mux->have++] = byte;
		if ((mux->control & ~0x10) == UI)
			mux->fcs = fcs_add(mux->fcs, byte);
		if (mux->have == mux->len)
			mux->state = MUX_FCS;
		return;
	case MUX_FCS:
		mux->state = byte == 0xff - mux->fcs ? MUX_CLOSING : MUX_HUNT;
		return;
	case MUX_CLOSING:
		mux->state = byte == FLAG ? MUX_ADDRESS : MUX_HUNT;
		/* Larger than agreed: dropped, as the kernel's n_gsm does. */
		if (byte == FLAG && mux->len <= (size_t)mux->n1)
			take_frame(mux);
	}
}

void mux_feed(struct mux *mux, const unsigned char *bytes, size_t len)
{
	if (mux->on && ev_time() - mux->begun_at < mux->modem->desc->mux.rest_ms / 1e3)
		mux->hung = true;
	if (mux->hung)
		return;
	for (size_t i = 0; i < len; i++) {
		/* One byte in a thousand, for what the frames' own damage does not reach. */
		if (mux->on && (int)roll(mux, 3000) < mux->modem->desc->mux.damage)
			continue;
		if (mux->on)
			feed_byte(mux, bytes[i]);
		else
			at_feed(&line_of(mux)->at, (const char *)bytes + i, 1);
	}
}

void mux_pump(struct mux *mux, struct port *channel)
{
	int dlci = channel->desc->dlci;

	while (mux->on && mux->channels[dlci].open && !mux->channels[dlci].stopped &&
	       channel->out.len > 0 && line_of(mux)->out.len < LINE_HIGH) {
		size_t len =
			channel->out.len < (size_t)mux->n1 ? channel->out.len : (size_t)mux->n1;

		send_frame(mux, dlci, true, UIH, channel->out.data, len);
		port_written(channel, len);
	}
}

/* DV is 0x80; DSR and CTS stay. */
void mux_carrier(struct mux *mux, struct port *channel, bool on)
{
	int dlci = channel->desc->dlci;

	if (mux->channels[dlci].open)
		tell_lines(mux, dlci, (mux->channels[dlci].lines & ~0x80) | (on ? 0x80 : 0));
}
