/* SPDX-License-Identifier: ISC */
#include <string.h>
#include <strings.h>

#include "hdlc.h"
#include "modem.h"
#include "roles.h"
#include "trace.h"

#define IN_MAX 1024

static const char *const sentences[] = {
	"GPGGA,120000.0,5003.000,N,01424.000,E,1,05,1.5,250.0,M,45.0,M,,",
	"GPRMC,120000.0,A,5003.000,N,01424.000,E,0.0,0.0,010120,,,A",
	"GPGSV,1,1,01,21,45,120,38",
};

/* $text*checksum, NMEA 0183 5.2 */
static void say_sentence(struct port *port, const char *text)
{
	struct buf line = BUF_INIT;
	unsigned char sum = 0;

	for (const char *c = text; *c; c++)
		sum ^= (unsigned char)*c;
	buf_printf(&line, "$%s*%02X\r\n", text, sum);
	port_send(port, buf_str(&line), line.len);
	buf_free(&line);
}

static void stream_cb(struct ev_loop *loop, ev_timer *timer, int revents)
{
	struct port *port = timer->data;

	(void)loop;
	(void)revents;
	/* What nobody reads does not pile up. */
	if (!port->started || port->out.len > 0)
		return;
	for (size_t i = 0; i < sizeof(sentences) / sizeof(*sentences); i++)
		say_sentence(port, sentences[i]);
}

void roles_init(struct port *port)
{
	ev_timer_init(&port->stream, stream_cb, 0.0, 0.0);
	port->stream.data = port;
}

void roles_start(struct port *port)
{
	double every = port->desc->every_ms / 1000.0;

	if (port->desc->role != DESC_ROLE_NMEA || every <= 0)
		return;
	ev_timer_set(&port->stream, every, every);
	ev_timer_start(port->modem->loop, &port->stream);
}

void roles_stop(struct port *port)
{
	ev_timer_stop(port->modem->loop, &port->stream);
}

/* A GPS that is silent until it is told its start string: qcserial's comment on Gobi's NMEA port
 * names $GPS_START. */
static void nmea_received(struct port *port, const char *bytes, size_t len)
{
	if (port->started)
		return;
	buf_append(&port->in, bytes, len);
	port->started = strstr(buf_str(&port->in), port->desc->start) != NULL;
	if (port->started || port->in.len > IN_MAX)
		buf_clear(&port->in);
}

static void diag_answer(struct port *port, const struct buf *request)
{
	/* Version information: compile date and time, release date and time, model. */
	static const char version[] = "\0Jan 01 202012:00:00Jan 01 202012:00:00"
				      "SIMULATED\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
	struct buf answer = BUF_INIT, frame = BUF_INIT;

	if (request->data[0] == '\0') {
		buf_append(&answer, version, 55);
	} else {
		/* 0x13: bad command, with what it was */
		buf_append(&answer, "\x13", 1);
		buf_append(&answer, request->data, request->len);
	}
	hdlc_frame(&frame, answer.data, answer.len, false);
	/* DIAG ends frames with a flag and begins none with one. */
	port_send(port, frame.data + 1, frame.len - 1);
	buf_free(&answer);
	buf_free(&frame);
}

static void diag_received(struct port *port, const char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		struct buf request = BUF_INIT;

		if (bytes[i] != 0x7e) {
			if (port->in.len < IN_MAX)
				buf_append(&port->in, bytes + i, 1);
			continue;
		}
		if (port->in.len > 0 && hdlc_unframe(&request, port->in.data, port->in.len))
			diag_answer(port, &request);
		buf_free(&request);
		buf_clear(&port->in);
	}
}

void roles_received(struct port *port, const char *bytes, size_t len)
{
	if (port->desc->role == DESC_ROLE_NMEA)
		nmea_received(port, bytes, len);
	else if (port->desc->role == DESC_ROLE_DIAG)
		diag_received(port, bytes, len);
}
