/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "modem/foreign.h"
#include "modem/layout.h"

static const struct driver_row {
	const char *name;
	bool for_all; /* holds whatever has the right class, or what somebody has told it to */
} drivers[] = {
	{"option"},        {"option1"},    {"qcserial"},      {"sierra"},
	{"hso"},           {"GobiSerial"}, {"cdc_acm", true}, {"usbserial_generic", true},
	{"generic", true},
};

static const struct driver_row *find_driver(const char *name)
{
	for (size_t i = 0; i < COUNT(drivers); i++)
		if (strcmp(name, drivers[i].name) == 0)
			return &drivers[i];
	return NULL;
}

bool foreign_judge(const char *driver, bool wwan, int vid, int pid)
{
	const struct driver_row *row = find_driver(driver);

	if (wwan || (row && !row->for_all))
		return false;
	return !row || !layout_has_id(vid, pid);
}

void foreign_explain(const char *driver, const char *device, struct buf *out)
{
	const struct driver_row *row = find_driver(driver);

	if (row && row->for_all)
		buf_printf(out, "not asked: no modem of this USB id is known");
	else
		buf_printf(out, "not asked: %s is no driver of modems",
			   *driver ? driver : "its driver");
	buf_printf(out, "; to use it all the same: modem: { port = \"%s\"; };", device);
}
