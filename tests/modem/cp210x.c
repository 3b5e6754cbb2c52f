/* SPDX-License-Identifier: ISC */
#include <stdint.h>
#include <string.h>

#include "cp210x.h"
#include "trace.h"

/* Silicon Labs' AN571 */
enum request {
	SET_MHS = 0x07,
	GET_MDMSTS = 0x08,
	SET_FLOW = 0x13,
	GET_FLOW = 0x14,
	SET_BAUDRATE = 0x1e,
	VENDOR_SPECIFIC = 0xff,
};

/* Values of VENDOR_SPECIFIC */
enum { READ_LATCH = 0x00c2, GET_PART = 0x370b, WRITE_LATCH = 0x37e1 };

#define PART_CP2104 4

static uint32_t get_u32(const unsigned char *data)
{
	return data[0] | (uint32_t)data[1] << 8 | (uint32_t)data[2] << 16 | (uint32_t)data[3] << 24;
}

size_t cp210x_answer(const struct cp210x *chip, unsigned request, unsigned value,
		     unsigned char *data)
{
	memset(data, 0, 64);
	if (request == VENDOR_SPECIFIC && value == GET_PART)
		data[0] = PART_CP2104;
	else if (request == VENDOR_SPECIFIC && value == READ_LATCH)
		data[0] = (unsigned char)chip->gpio;
	else if (request == GET_FLOW)
		memcpy(data, chip->flow, sizeof(chip->flow));
	else if (request == GET_MDMSTS) /* CTS and DSR, and DCD */
		data[0] = (unsigned char)(0x30 | (chip->carrier ? 0x80 : 0));
	return 64;
}

static void set_lines(struct cp210x *chip, bool dtr, bool rts)
{
	if (chip->dtr != dtr || chip->rts != rts)
		trace_event(-1, "lines dtr=%d rts=%d", dtr, rts);
	chip->dtr = dtr;
	chip->rts = rts;
}

void cp210x_take(struct cp210x *chip, unsigned request, unsigned value, unsigned index,
		 const unsigned char *data, size_t len)
{
	if (request == SET_BAUDRATE && len >= 4) {
		if (chip->baud != (int)get_u32(data))
			trace_event(-1, "host baud %u", get_u32(data));
		chip->baud = (int)get_u32(data);
	} else if (request == SET_FLOW && len >= 16) {
		bool rtscts = data[0] & 1 << 3;

		if (chip->rtscts != rtscts)
			trace_event(-1, "host rtscts %s", rtscts ? "on" : "off");
		chip->rtscts = rtscts;
		memcpy(chip->flow, data, sizeof(chip->flow));
		set_lines(chip, (data[0] & 3) == 1, (data[4] >> 6 & 3) != 0);
	} else if (request == SET_MHS) {
		set_lines(chip, value & 1 << 8 ? value & 1 : chip->dtr,
			  value & 1 << 9 ? value & 2 : chip->rts);
	} else if (request == VENDOR_SPECIFIC && value == WRITE_LATCH) {
		unsigned mask = index & 0xff, state = index >> 8;

		chip->gpio = (chip->gpio & ~mask) | (state & mask);
		trace_event(-1, "gpio %u%u%u%u", chip->gpio >> 3 & 1, chip->gpio >> 2 & 1,
			    chip->gpio >> 1 & 1, chip->gpio & 1);
	}
}
