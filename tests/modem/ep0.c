/* SPDX-License-Identifier: ISC */
#include <endian.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include <linux/usb/functionfs.h>

#include "ep0.h"
#include "trace.h"

/* CDC's requests to an interface (PSTN120 6.3) */
enum request {
	SEND_ENCAPSULATED_COMMAND = 0x00,
	GET_ENCAPSULATED_RESPONSE = 0x01,
	SET_LINE_CODING = 0x20,
	GET_LINE_CODING = 0x21,
	SET_CONTROL_LINE_STATE = 0x22,
	SEND_BREAK = 0x23,
};

/* Take what the host sends along and say yes. Its length. */
static size_t take_out(int ep0, unsigned len, unsigned char *data, size_t size)
{
	ssize_t got = read(ep0, data, len < size ? len : size);

	if (got < 0)
		trace_event(-1, "control request gone");
	return got < 0 ? 0 : (size_t)got;
}

static void accept_out(int ep0, unsigned len)
{
	unsigned char data[1024];

	take_out(ep0, len, data, sizeof(data));
}

static void answer_in(int ep0, const void *data, size_t len, unsigned wanted)
{
	if (write(ep0, data, len < wanted ? len : wanted) < 0)
		trace_event(-1, "control request gone");
}

/* I/O in the wrong direction is FunctionFS's word for a stall. */
static void stall(int ep0, bool in)
{
	char none;

	if ((in ? read(ep0, &none, 0) : write(ep0, &none, 0)) >= 0)
		trace_event(-1, "stall failed");
}

static void ask_chip(int ep0, const struct usb_ctrlrequest *setup, const struct ep0_ops *ops,
		     void *ctx)
{
	unsigned value = le16toh(setup->wValue), index = le16toh(setup->wIndex);
	unsigned len = le16toh(setup->wLength);
	unsigned char data[64];

	if (setup->bRequestType & USB_DIR_IN)
		answer_in(ep0, data, ops->answer(ctx, setup->bRequest, value, data), len);
	else
		ops->take(ctx, setup->bRequest, value, index, data,
			  take_out(ep0, len, data, sizeof(data)));
}

static void answer_setup(int ep0, bool vendor, const struct usb_ctrlrequest *setup,
			 const struct ep0_ops *ops, void *ctx)
{
	static const unsigned char zeros[64];
	/* 115200 8N1 */
	static const unsigned char coding[7] = {0x00, 0xc2, 0x01, 0, 0, 0, 8};
	bool in = setup->bRequestType & USB_DIR_IN;
	unsigned value = le16toh(setup->wValue);
	unsigned interface = le16toh(setup->wIndex);
	unsigned len = le16toh(setup->wLength);

	if (vendor)
		trace_event(-1, "request %02x %02x %04x %04x %u", setup->bRequestType,
			    setup->bRequest, value, interface, len);
	if (ops->take && (setup->bRequestType & USB_TYPE_MASK) == USB_TYPE_VENDOR) {
		ask_chip(ep0, setup, ops, ctx);
	} else if (vendor && (setup->bRequestType & USB_TYPE_MASK) == USB_TYPE_VENDOR) {
		if (in)
			answer_in(ep0, zeros, sizeof(zeros), len);
		else
			accept_out(ep0, len);
	} else if ((setup->bRequestType & USB_TYPE_MASK) != USB_TYPE_CLASS) {
		stall(ep0, in);
	} else if (in && setup->bRequest == GET_LINE_CODING) {
		answer_in(ep0, coding, sizeof(coding), len);
	} else if (in) {
		/* GET_ENCAPSULATED_RESPONSE too: our QMI never answers. */
		stall(ep0, true);
	} else if (setup->bRequest == SET_CONTROL_LINE_STATE) {
		accept_out(ep0, len);
		ops->dtr(ctx, interface, value & 1);
	} else if (setup->bRequest == SET_LINE_CODING || setup->bRequest == SEND_BREAK ||
		   setup->bRequest == SEND_ENCAPSULATED_COMMAND) {
		accept_out(ep0, len);
	} else {
		stall(ep0, false);
	}
}

static void one_event(int ep0, bool vendor, const struct usb_functionfs_event *event,
		      const struct ep0_ops *ops, void *ctx)
{
	switch (event->type) {
	case FUNCTIONFS_ENABLE:
		ops->enabled(ctx, true);
		break;
	case FUNCTIONFS_DISABLE:
	case FUNCTIONFS_UNBIND:
		ops->enabled(ctx, false);
		break;
	case FUNCTIONFS_SETUP:
		answer_setup(ep0, vendor, &event->u.setup, ops, ctx);
		break;
	default:
		break;
	}
}

void ep0_read_events(int ep0, bool vendor, const struct ep0_ops *ops, void *ctx)
{
	struct usb_functionfs_event events[4];
	ssize_t len = read(ep0, events, sizeof(events));

	for (size_t i = 0; len > 0 && i < (size_t)len / sizeof(*events); i++)
		one_event(ep0, vendor, &events[i], ops, ctx);
}
