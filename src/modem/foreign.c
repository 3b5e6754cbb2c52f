/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"
#include "base/count.h"
#include "modem/foreign.h"
#include "modem/layout.h"

static bool is_one_of(const char *driver, const char *const *drivers, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(driver, drivers[i]) == 0)
			return true;
	return false;
}

/* These hold whatever has the right class, or what somebody has told them to. */
static bool is_for_all(const char *driver)
{
	static const char *const drivers[] = {"cdc_acm", "usbserial_generic", "generic"};

	return is_one_of(driver, drivers, COUNT(drivers));
}

bool foreign_judge(const char *driver, bool wwan, int vid, int pid)
{
	static const char *const drivers[] = {"option", "option1", "qcserial",
					      "sierra", "hso",     "GobiSerial"};

	if (wwan || is_one_of(driver, drivers, COUNT(drivers)))
		return false;
	return !is_for_all(driver) || !layout_has_id(vid, pid);
}

void foreign_explain(const char *driver, const char *device, struct buf *out)
{
	if (is_for_all(driver))
		buf_printf(out, "not asked: no modem of this USB id is known");
	else
		buf_printf(out, "not asked: %s is no driver of modems",
			   *driver ? driver : "its driver");
	buf_printf(out, "; to use it all the same: modem: { port = \"%s\"; };", device);
}
