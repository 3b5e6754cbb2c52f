/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "at/cmux.h"
#include "base/count.h"

/* 27.010 5.2.1. Lengths of 127 and less take one octet. */
#define EA       0x01
#define CR       0x02 /* in an address of ours, and in a command of either */
#define PF       0x10
#define SHORT    127
#define HEAD_MAX 5 /* flag, address, control, two of length */

/* Control fields without P/F (5.2.1.3), and the types of DLCI 0's messages (5.4.6.3). */
enum frame { FRAME_SABM = 0x2f, FRAME_UA = 0x63, FRAME_DM = 0x0f, FRAME_DISC = 0x43 };
enum info { INFO_UIH = 0xef, INFO_UI = 0x03 };
enum message {
	MESSAGE_NSC = 0x10,
	MESSAGE_TEST = 0x20,
	MESSAGE_PSC = 0x40,
	MESSAGE_RLS = 0x50,
	MESSAGE_FCOFF = 0x60,
	MESSAGE_PN = 0x80,
	MESSAGE_RPN = 0x90,
	MESSAGE_FCON = 0xa0,
	MESSAGE_CLD = 0xc0,
	MESSAGE_MSC = 0xe0,
};

/* T1 and T2 (5.7) are .1 and .3 s there and N2 is 3; a modem that has just said OK to AT+CMUX may
 * take longer to begin with it. */
#define T1_MS 300
#define N2    6

/* A frame whose end has not come by then has been cut short, or its length is damaged. */
#define REST_MS 300

/* A sleeping end wakes up at flags (5.4.7). */
#define WAKE_FLAGS 16

#define OUR_LINES  (CMUX_RTC | CMUX_RTR | CMUX_DV)

/* 27.010 annex B's, in the reversed form that serial lines use: x^8 + x^2 + x + 1. */
static unsigned char make_fcs(const char *bytes, size_t len)
{
	unsigned char fcs = 0xff;

	while (len-- > 0) {
		fcs ^= (unsigned char)*bytes++;
		for (int i = 0; i < 8; i++)
			fcs = (unsigned char)(fcs & 1 ? fcs >> 1 ^ 0xe0 : fcs >> 1);
	}
	return (unsigned char)(0xff - fcs);
}

/* The header goes in front of `info`, the rest behind it. Returns where the frame begins. */
static char *wrap_frame(char *info, size_t len, int address, int control, size_t *whole)
{
	size_t head = len > SHORT ? HEAD_MAX : HEAD_MAX - 1;
	char *frame = info - head;

	frame[0] = (char)CMUX_FLAG;
	frame[1] = (char)address;
	frame[2] = (char)control;
	frame[3] = (char)(len << 1 | (len > SHORT ? 0 : EA));
	if (len > SHORT)
		frame[4] = (char)(len >> 7);
	info[len] = (char)make_fcs(frame + 1, head - 1);
	info[len + 1] = (char)CMUX_FLAG;
	*whole = head + len + 2;
	return frame;
}

/* Room for the info of one frame; NULL: there is none. */
static char *find_room(struct cmux *cmux, size_t len)
{
	if (cmux->sent > 0) {
		memmove(cmux->out, cmux->out + cmux->sent, cmux->filled - cmux->sent);
		cmux->filled -= cmux->sent;
		cmux->sent = 0;
	}
	if (cmux->filled + WAKE_FLAGS + len + HEAD_MAX + 2 > sizeof(cmux->out))
		return NULL;
	return cmux->out + cmux->filled + HEAD_MAX;
}

/* What find_room has given is filled. */
static void push_frame(struct cmux *cmux, size_t len, int dlci, bool cr, int control)
{
	char *to = cmux->out + cmux->filled, *frame;
	size_t whole, flags = cmux->asleep ? WAKE_FLAGS : 0;

	frame = wrap_frame(to + HEAD_MAX, len, dlci << 2 | (cr ? CR : 0) | EA, control, &whole);
	if (frame != to + flags)
		memmove(to + flags, frame, whole);
	memset(to, CMUX_FLAG, flags);
	cmux->asleep = false;
	cmux->filled += flags + whole;
}

/* What finds no room is lost as if on the line: whoever wants it asks again. */
static void send_frame(struct cmux *cmux, int dlci, bool cr, int control)
{
	if (find_room(cmux, 0))
		push_frame(cmux, 0, dlci, cr, control);
}

static void send_message(struct cmux *cmux, int type, const void *values, size_t len)
{
	size_t head = len > SHORT ? 3 : 2;
	char *to = find_room(cmux, head + len);

	if (!to)
		return;
	to[0] = (char)(type | EA);
	to[1] = (char)(len << 1 | (len > SHORT ? 0 : EA));
	if (len > SHORT)
		to[2] = (char)(len >> 7);
	if (len > 0)
		memcpy(to + head, values, len);
	push_frame(cmux, head + len, 0, true, INFO_UIH);
}

static void send_lines(struct cmux *cmux, int dlci, int64_t now)
{
	const unsigned char values[] = {(unsigned char)(dlci << 2 | CR | EA),
					(unsigned char)(cmux->dlcis[dlci].lines | EA)};

	send_message(cmux, MESSAGE_MSC | CR, values, sizeof(values));
	cmux->dlcis[dlci].lines_at = now + T1_MS;
}

static void send_proposal(struct cmux *cmux, int64_t now)
{
	/* UIH, the priority of the first eight, T1 in hundredths, N1, N2, the window (5.4.6.3.1) */
	const unsigned char values[] = {(unsigned char)cmux->dlci,
					0,
					7,
					10,
					(unsigned char)cmux->proposed,
					(unsigned char)(cmux->proposed >> 8),
					3,
					0};

	send_message(cmux, MESSAGE_PN | CR, values, sizeof(values));
	cmux->propose_at = now + T1_MS;
}

void cmux_init(struct cmux *cmux, size_t n1)
{
	memset(cmux, 0, sizeof(*cmux));
	cmux->n1 = n1 < 1 ? CMUX_N1_DEFAULT : n1 > CMUX_N1_MAX ? CMUX_N1_MAX : n1;
}

static void set_state(struct cmux *cmux, int dlci, enum cmux_state state, int64_t now)
{
	struct cmux_dlci *channel = &cmux->dlcis[dlci];

	channel->state = state;
	channel->tries = 0;
	channel->again_at = now;
	channel->lines_due = false;
	channel->peer_lines = 0;
}

void cmux_open(struct cmux *cmux, int dlci, int64_t now)
{
	cmux->dlcis[dlci].lines = OUR_LINES;
	set_state(cmux, dlci, CMUX_OPENING, now);
}

void cmux_close(struct cmux *cmux, int dlci, int64_t now)
{
	struct cmux_dlci *channel = &cmux->dlcis[dlci];

	if (channel->state == CMUX_OPEN && dlci > 0) {
		channel->lines &= ~(unsigned)(CMUX_RTC | CMUX_RTR | CMUX_DV);
		send_lines(cmux, dlci, now);
	}
	if (channel->state != CMUX_CLOSED)
		set_state(cmux, dlci, CMUX_CLOSING, now);
}

void cmux_close_down(struct cmux *cmux, int64_t now)
{
	cmux->tries = 0;
	cmux->propose_at = 0;
	cmux->down_at = now;
}

void cmux_propose(struct cmux *cmux, int dlci, size_t n1, int64_t now)
{
	cmux->dlci = dlci;
	cmux->proposed = (int)(n1 > CMUX_N1_MAX ? CMUX_N1_MAX : n1);
	cmux->tries = 0;
	cmux->propose_at = now;
}

void cmux_set_lines(struct cmux *cmux, int dlci, unsigned lines, int64_t now)
{
	struct cmux_dlci *channel = &cmux->dlcis[dlci];

	if (channel->lines == lines || channel->state != CMUX_OPEN)
		return;
	channel->lines = lines;
	channel->lines_due = true;
	channel->lines_tries = 0;
	channel->lines_at = now;
}

char *cmux_space(struct cmux *cmux, size_t *len)
{
	if (cmux->start > 0) {
		memmove(cmux->in, cmux->in + cmux->start, cmux->end - cmux->start);
		cmux->end -= cmux->start;
		cmux->start = 0;
	}
	*len = sizeof(cmux->in) - cmux->end;
	return cmux->in + cmux->end;
}

void cmux_filled(struct cmux *cmux, size_t len, int64_t now)
{
	cmux->end += len;
	cmux->heard_at = now;
}

/* A frame in the input, cut into its parts. */
struct cut {
	int dlci, control;
	const char *info;
	size_t len;
};

enum verdict { VERDICT_FRAME, VERDICT_PART, VERDICT_DAMAGED };

/* Judge what begins behind a flag. A frame of ours comes from the next one too: the flag between
 * them may be one, so it stays. */
static enum verdict cut_frame(const char *at, size_t have, struct cut *cut, size_t *whole)
{
	/* A control field that no frame has shows damage before its end has come. */
	static const unsigned char controls[] = {INFO_UIH, INFO_UI,  FRAME_SABM,
						 FRAME_UA, FRAME_DM, FRAME_DISC};
	size_t head = 3, covered;

	if (have < 3)
		return VERDICT_PART;
	cut->dlci = (unsigned char)at[0] >> 2;
	cut->control = (unsigned char)at[1] & ~PF;
	cut->len = (unsigned char)at[2] >> 1;
	if (!(at[2] & EA)) {
		if (have < 4)
			return VERDICT_PART;
		cut->len |= (size_t)(unsigned char)at[3] << 7;
		head = 4;
	}
	if (!(at[0] & EA) || !memchr(controls, cut->control, sizeof(controls)) ||
	    cut->len > CMUX_N1_MAX)
		return VERDICT_DAMAGED;
	if (have < head + cut->len + 2)
		return VERDICT_PART;
	cut->info = at + head;
	/* UIH's check covers its header alone (5.2.1.6). */
	covered = head + (cut->control == INFO_UI ? cut->len : 0);
	*whole = head + cut->len + 1;
	return (unsigned char)at[*whole] == CMUX_FLAG &&
			       (unsigned char)at[*whole - 1] == make_fcs(at, covered)
		       ? VERDICT_FRAME
		       : VERDICT_DAMAGED;
}

/* The next frame. One that is none hides no other: the search goes on behind its first flag. */
static bool take_frame(struct cmux *cmux, struct cut *cut, int64_t now)
{
	while (cmux->start < cmux->end) {
		const char *at = cmux->in + cmux->start;
		size_t have = cmux->end - cmux->start, whole;
		const char *flag = memchr(at, CMUX_FLAG, have);
		enum verdict verdict;

		if (!flag) {
			cmux->start = cmux->end;
			return false;
		}
		cmux->start += (size_t)(flag - at);
		have -= (size_t)(flag - at);
		if (have > 1 && (unsigned char)flag[1] == CMUX_FLAG) {
			cmux->start++;
			continue;
		}
		verdict = cut_frame(flag + 1, have - 1, cut, &whole);
		/* A flag alone waits for the next frame as long as that takes. */
		if (verdict == VERDICT_PART && (have == 1 || now - cmux->heard_at < REST_MS))
			return false;
		if (verdict == VERDICT_FRAME) {
			cmux->start += 1 + whole;
			return true;
		}
		cmux->start++;
		cmux->damaged++;
	}
	return false;
}

static struct cmux_event make_event(enum cmux_event_type type, int dlci)
{
	return (struct cmux_event){.type = type, .dlci = dlci};
}

static struct cmux_event go_down(struct cmux *cmux)
{
	for (int i = 0; i <= CMUX_DLCI_MAX; i++)
		set_state(cmux, i, CMUX_CLOSED, 0);
	cmux->down_at = cmux->propose_at = 0;
	return make_event(CMUX_EVENT_DOWN, 0);
}

/* MSC from the modem: lines of a channel, which may be followed by a break. */
static struct cmux_event take_lines(struct cmux *cmux, const unsigned char *values, size_t len)
{
	struct cmux_event event = make_event(CMUX_EVENT_LINES, 0);
	struct cmux_dlci *channel;

	event.dlci = len >= 2 ? values[0] >> 2 : 0;
	if (event.dlci < 1 || event.dlci > CMUX_DLCI_MAX)
		return make_event(CMUX_EVENT_NONE, 0);
	channel = &cmux->dlcis[event.dlci];
	event.before = channel->peer_lines;
	event.lines = channel->peer_lines = values[1] & ~(unsigned)EA;
	return event;
}

static struct cmux_event take_command(struct cmux *cmux, int type, const char *values, size_t len)
{
	const unsigned char *octets = (const unsigned char *)values;
	unsigned char answer[8], unknown = (unsigned char)(type | CR | EA);
	unsigned n1;

	switch (type) {
	case MESSAGE_PSC:
		send_message(cmux, type, values, len);
		cmux->asleep = true;
		break;
	case MESSAGE_FCON:
	case MESSAGE_FCOFF:
		cmux->stopped = type == MESSAGE_FCOFF;
		send_message(cmux, type, values, len);
		break;
	case MESSAGE_CLD:
		send_message(cmux, type, values, len);
		return go_down(cmux);
	case MESSAGE_PN:
		if (len != sizeof(answer))
			break;
		memcpy(answer, values, len);
		n1 = octets[4] | (unsigned)octets[5] << 8;
		if (n1 > CMUX_N1_MAX)
			n1 = CMUX_N1_MAX;
		if (n1 >= 1 && n1 < cmux->n1)
			cmux->n1 = n1;
		answer[4] = (unsigned char)n1;
		answer[5] = (unsigned char)(n1 >> 8);
		send_message(cmux, type, answer, sizeof(answer));
		break;
	/* Their answers are what was asked. */
	case MESSAGE_MSC:
		send_message(cmux, type, values, len);
		return take_lines(cmux, octets, len);
	case MESSAGE_TEST:
	case MESSAGE_RLS:
	case MESSAGE_RPN:
		send_message(cmux, type, values, len);
		break;
	case MESSAGE_NSC:
		break;
	default:
		send_message(cmux, MESSAGE_NSC, &unknown, 1);
		break;
	}
	return make_event(CMUX_EVENT_NONE, 0);
}

static struct cmux_event end_proposal(struct cmux *cmux, size_t n1)
{
	cmux->propose_at = 0;
	if (n1 >= 1 && n1 <= (size_t)cmux->proposed)
		cmux->n1 = n1;
	return make_event(CMUX_EVENT_N1, cmux->dlci);
}

/* To one of ours. */
static struct cmux_event take_response(struct cmux *cmux, int type, const char *values, size_t len)
{
	const unsigned char *octets = (const unsigned char *)values;
	int refused = type == MESSAGE_NSC && len > 0 ? octets[0] & ~(CR | EA) : 0;
	int dlci = type == MESSAGE_MSC && len > 0 ? octets[0] >> 2 : 0;

	if (type == MESSAGE_MSC && dlci <= CMUX_DLCI_MAX)
		cmux->dlcis[dlci].lines_due = false;
	if (refused == MESSAGE_MSC)
		for (int i = 0; i <= CMUX_DLCI_MAX; i++)
			cmux->dlcis[i].lines_due = false;
	if (cmux->propose_at && type == MESSAGE_PN && len == 8 && (octets[0] & 0x3f) == cmux->dlci)
		return end_proposal(cmux, octets[4] | (size_t)octets[5] << 8);
	if (cmux->propose_at && refused == MESSAGE_PN)
		return end_proposal(cmux, 0);
	if (cmux->down_at && (type == MESSAGE_CLD || refused == MESSAGE_CLD))
		return go_down(cmux);
	return make_event(CMUX_EVENT_NONE, 0);
}

/* One message of DLCI 0: type, length, values. */
static struct cmux_event take_message(struct cmux *cmux, const char *info, size_t len)
{
	size_t head = 2, values;
	int type;

	if (len < 2)
		return make_event(CMUX_EVENT_NONE, 0);
	type = (unsigned char)info[0];
	values = (unsigned char)info[1] >> 1;
	if (!(info[1] & EA) && len > 2) {
		values |= (size_t)(unsigned char)info[2] << 7;
		head = 3;
	}
	/* One that is cut short says nothing. */
	if (values > len - head)
		return make_event(CMUX_EVENT_NONE, 0);
	return type & CR ? take_command(cmux, type & ~(CR | EA), info + head, values)
			 : take_response(cmux, type & ~(CR | EA), info + head, values);
}

static struct cmux_event take_ua(struct cmux *cmux, int dlci, int64_t now)
{
	struct cmux_dlci *channel = &cmux->dlcis[dlci];

	if (channel->state == CMUX_OPENING) {
		set_state(cmux, dlci, CMUX_OPEN, now);
		channel->lines_due = dlci > 0;
		channel->lines_tries = 0;
		channel->lines_at = now;
		return make_event(CMUX_EVENT_OPEN, dlci);
	}
	if (channel->state == CMUX_CLOSING && dlci == 0)
		return go_down(cmux);
	if (channel->state == CMUX_CLOSING) {
		set_state(cmux, dlci, CMUX_CLOSED, now);
		return make_event(CMUX_EVENT_CLOSED, dlci);
	}
	return make_event(CMUX_EVENT_NONE, 0);
}

/* The modem ends a channel, by DISC or because it knows nothing of it. */
static struct cmux_event take_end(struct cmux *cmux, int dlci, int64_t now)
{
	enum cmux_state was = cmux->dlcis[dlci].state;

	set_state(cmux, dlci, CMUX_CLOSED, now);
	if (was == CMUX_CLOSED)
		return make_event(CMUX_EVENT_NONE, 0);
	if (was == CMUX_OPENING)
		return make_event(CMUX_EVENT_REFUSED, dlci);
	return dlci > 0 ? make_event(CMUX_EVENT_CLOSED, dlci) : go_down(cmux);
}

static struct cmux_event take_cut(struct cmux *cmux, const struct cut *cut, int64_t now)
{
	struct cmux_event event = make_event(CMUX_EVENT_NONE, cut->dlci);
	bool foreign = cut->dlci > CMUX_DLCI_MAX;
	enum cmux_state state = foreign ? CMUX_CLOSED : cmux->dlcis[cut->dlci].state;

	if (foreign && cut->control == FRAME_SABM)
		send_frame(cmux, cut->dlci, false, FRAME_DM | PF);
	if (foreign)
		return event;
	switch (cut->control) {
	case INFO_UI:
	case INFO_UIH:
		if (state != CMUX_OPEN)
			break;
		if (cut->dlci == 0)
			return take_message(cmux, cut->info, cut->len);
		event.type = cut->len > 0 ? CMUX_EVENT_DATA : CMUX_EVENT_NONE;
		event.bytes = cut->info;
		event.len = cut->len;
		break;
	case FRAME_UA:
		return take_ua(cmux, cut->dlci, now);
	case FRAME_DM:
		return take_end(cmux, cut->dlci, now);
	case FRAME_DISC:
		send_frame(cmux, cut->dlci, false,
			   (state == CMUX_CLOSED ? FRAME_DM : FRAME_UA) | PF);
		return take_end(cmux, cut->dlci, now);
	case FRAME_SABM:
		/* We open all channels. But a Cavli C16QS answers our SABM with one of its own, and
		 * a modem may have forgotten that a channel is open. */
		send_frame(cmux, cut->dlci, false,
			   (state == CMUX_CLOSED ? FRAME_DM : FRAME_UA) | PF);
		if (state == CMUX_OPENING)
			return take_ua(cmux, cut->dlci, now);
		break;
	default:
		break;
	}
	return event;
}

/* SABM and DISC, again and again, and MSC. */
static struct cmux_event tend_channel(struct cmux *cmux, int dlci, int64_t now)
{
	struct cmux_dlci *channel = &cmux->dlcis[dlci];
	bool opening = channel->state == CMUX_OPENING;

	if ((opening || channel->state == CMUX_CLOSING) && now >= channel->again_at) {
		channel->again_at = now + T1_MS;
		if (channel->tries++ < N2)
			send_frame(cmux, dlci, true, (opening ? FRAME_SABM : FRAME_DISC) | PF);
		else
			return take_end(cmux, dlci, now);
	}
	if (channel->lines_due && now >= channel->lines_at) {
		channel->lines_due = channel->lines_tries++ < N2;
		if (channel->lines_due)
			send_lines(cmux, dlci, now);
	}
	return make_event(CMUX_EVENT_NONE, 0);
}

struct cmux_event cmux_next(struct cmux *cmux, int64_t now)
{
	struct cmux_event event = make_event(CMUX_EVENT_NONE, 0);
	struct cut cut;

	while (event.type == CMUX_EVENT_NONE && take_frame(cmux, &cut, now)) {
		cmux->asleep = false;
		event = take_cut(cmux, &cut, now);
	}
	for (int i = 0; i <= CMUX_DLCI_MAX && event.type == CMUX_EVENT_NONE; i++)
		event = tend_channel(cmux, i, now);
	if (event.type == CMUX_EVENT_NONE && cmux->propose_at && now >= cmux->propose_at) {
		if (cmux->tries++ < N2)
			send_proposal(cmux, now);
		else
			event = end_proposal(cmux, 0);
	}
	if (event.type == CMUX_EVENT_NONE && cmux->down_at && now >= cmux->down_at) {
		cmux->down_at = now + T1_MS;
		if (cmux->tries++ < N2)
			send_message(cmux, MESSAGE_CLD | CR, NULL, 0);
		else
			event = go_down(cmux);
	}
	return event;
}

char *cmux_room(struct cmux *cmux, int dlci, size_t *len)
{
	const struct cmux_dlci *channel = &cmux->dlcis[dlci];

	if (channel->state != CMUX_OPEN || channel->peer_lines & CMUX_FC || cmux->stopped)
		return NULL;
	*len = cmux->n1;
	/* As much again stays free for the multiplexers' own messages. */
	return cmux->filled - cmux->sent > CMUX_FRAME_MAX ? NULL : find_room(cmux, cmux->n1);
}

void cmux_send(struct cmux *cmux, int dlci, size_t len)
{
	push_frame(cmux, len, dlci, true, INFO_UIH);
}

const char *cmux_output(const struct cmux *cmux, size_t *len)
{
	*len = cmux->filled - cmux->sent;
	return *len > 0 ? cmux->out + cmux->sent : NULL;
}

void cmux_written(struct cmux *cmux, size_t len)
{
	cmux->sent += len;
	if (cmux->sent == cmux->filled)
		cmux->sent = cmux->filled = 0;
}

static void note_deadline(int64_t *first, int64_t at)
{
	if (*first < 0 || at < *first)
		*first = at;
}

int64_t cmux_deadline(const struct cmux *cmux)
{
	int64_t first = -1;

	for (int i = 0; i <= CMUX_DLCI_MAX; i++) {
		const struct cmux_dlci *channel = &cmux->dlcis[i];

		if (channel->state == CMUX_OPENING || channel->state == CMUX_CLOSING)
			note_deadline(&first, channel->again_at);
		if (channel->lines_due)
			note_deadline(&first, channel->lines_at);
	}
	if (cmux->propose_at)
		note_deadline(&first, cmux->propose_at);
	if (cmux->down_at)
		note_deadline(&first, cmux->down_at);
	/* More than the flag of the next frame: the rest of it is awaited. */
	if (cmux->end > cmux->start + 1)
		note_deadline(&first, cmux->heard_at + REST_MS);
	return first;
}

size_t cmux_farewell(char *bytes, int dlci)
{
	char info[HEAD_MAX + 2 + 2];
	const char *frame;
	size_t len = 0, whole;

	/* The first flag ends a frame that was cut off. */
	bytes[len++] = (char)CMUX_FLAG;
	frame = wrap_frame(info + HEAD_MAX, 0, dlci << 2 | CR | EA, FRAME_DISC | PF, &whole);
	memcpy(bytes + len, frame, whole);
	len += whole;
	info[HEAD_MAX] = (char)(MESSAGE_CLD | CR | EA);
	info[HEAD_MAX + 1] = EA;
	frame = wrap_frame(info + HEAD_MAX, 2, CR | EA, INFO_UIH, &whole);
	memcpy(bytes + len, frame, whole);
	return len + whole;
}

bool cmux_is_farewell(const char *bytes, size_t len)
{
	static const char answer[] = {(char)(MESSAGE_CLD | EA), EA};

	return memmem(bytes, len, answer, sizeof(answer)) != NULL;
}
