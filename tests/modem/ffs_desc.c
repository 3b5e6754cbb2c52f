/* SPDX-License-Identifier: ISC */
#include <endian.h>
#include <stdint.h>
#include <string.h>

#include <linux/usb/functionfs.h>

#include "base/buf.h"

#include "ffs_desc.h"

enum speed { FULL, HIGH };

/* Numbers of their own so far; the controller has the last word. */
struct addresses {
	uint8_t in, out;
};

static void add_u32(struct buf *out, uint32_t value)
{
	uint32_t le = htole32(value);

	buf_append(out, &le, sizeof(le));
}

static void add_interface(struct buf *out, const struct desc_port *port, size_t index)
{
	struct usb_interface_descriptor desc = {
		.bLength = USB_DT_INTERFACE_SIZE,
		.bDescriptorType = USB_DT_INTERFACE,
		.bInterfaceNumber = (uint8_t)index,
		.bNumEndpoints = (uint8_t)(2 * port->bulk + port->interrupt),
		.bInterfaceClass = (uint8_t)port->class,
		.bInterfaceSubClass = (uint8_t)port->subclass,
		.bInterfaceProtocol = (uint8_t)port->protocol,
	};

	buf_append(out, &desc, USB_DT_INTERFACE_SIZE);
}

static void add_endpoint(struct buf *out, uint8_t address, uint8_t type, uint16_t size,
			 uint8_t interval)
{
	struct usb_endpoint_descriptor_no_audio desc = {
		.bLength = USB_DT_ENDPOINT_SIZE,
		.bDescriptorType = USB_DT_ENDPOINT,
		.bEndpointAddress = address,
		.bmAttributes = type,
		.wMaxPacketSize = htole16(size),
		.bInterval = interval,
	};

	buf_append(out, &desc, USB_DT_ENDPOINT_SIZE);
}

/* Sizes and intervals as in the reference report: 64 bytes each 2 ms, and for bulk-OUT a NAK each 4
 * ms. The interrupt endpoint comes last, because it would take one of dummy_hcd's few bulk-IN
 * endpoints from those behind it. */
static void add_endpoints(struct buf *out, const struct desc_port *port, struct addresses *next,
			  enum speed speed)
{
	uint16_t size = speed == HIGH ? 512 : 64;

	if (port->bulk) {
		add_endpoint(out, USB_DIR_IN | next->in++, USB_ENDPOINT_XFER_BULK, size, 0);
		add_endpoint(out, next->out++, USB_ENDPOINT_XFER_BULK, size,
			     speed == HIGH ? 32 : 0);
	}
	if (port->interrupt)
		add_endpoint(out, USB_DIR_IN | next->in++, USB_ENDPOINT_XFER_INT, 64,
			     speed == HIGH ? 5 : 2);
}

static uint32_t add_speed(struct buf *out, const struct desc *desc, enum speed speed)
{
	struct addresses next = {1, 1};
	uint32_t count = 0;

	for (size_t i = 0; i < desc->ports.count; i++) {
		const struct desc_port *port = &desc->ports.items[i];

		if (port->dlci)
			continue; /* a channel of the first */
		add_interface(out, port, i);
		add_endpoints(out, port, &next, speed);
		count += 1 + 2 * (uint32_t)port->bulk + port->interrupt;
	}
	return count;
}

void ffs_desc_build(struct buf *out, const struct desc *desc)
{
	struct buf body = BUF_INIT;
	uint32_t count = add_speed(&body, desc, FULL);

	add_speed(&body, desc, HIGH);
	add_u32(out, FUNCTIONFS_DESCRIPTORS_MAGIC_V2);
	add_u32(out, (uint32_t)(5 * sizeof(uint32_t) + body.len));
	add_u32(out,
		FUNCTIONFS_HAS_FS_DESC | FUNCTIONFS_HAS_HS_DESC |
			(desc->usb.vendor_requests || desc->usb.bridge ? FUNCTIONFS_ALL_CTRL_RECIP
								       : 0));
	add_u32(out, count);
	add_u32(out, count);
	buf_append(out, body.data, body.len);
	buf_free(&body);
}

void ffs_desc_strings(struct buf *out)
{
	add_u32(out, FUNCTIONFS_STRINGS_MAGIC);
	add_u32(out, 4 * sizeof(uint32_t));
	add_u32(out, 0);
	add_u32(out, 0);
}
