/* SPDX-License-Identifier: ISC */
#include <string.h>

#include "base/buf.h"

#include "modem.h"

static void pin_left(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%d", modem->sim.pin_left);
}

static void puk_left(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%d", modem->sim.puk_left);
}

static void manufacturer(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->desc->identity.manufacturer);
}

static void model(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->desc->identity.model);
}

static void revision(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->desc->identity.revision);
}

static void imei(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->desc->identity.imei);
}

static void gcap(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->desc->identity.gcap);
}

static void iccid(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->desc->sim.iccid);
}

static void csq(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->cfun == 1 ? modem->csq : "99,99");
}

static void cfun(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%d", modem->cfun);
}

/* AT!PCINFO? */
static void power(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->cfun == 1 ? "1 (ONLINE)" : "0 (LPM)");
}

static void w_disable(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%d", modem->w_disable);
}

/* AT!GSTATUS? */
static void mode(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", modem->cfun == 1 ? "ONLINE" : "LOW POWER MODE");
}

static void attached(struct modem *modem, struct buf *out)
{
	buf_printf(out, "%s", net_registered(&modem->net) ? "Attached" : "Not attached");
}

static void technology(struct modem *modem, struct buf *out)
{
	int act = modem->net.act;

	if (!net_registered(&modem->net))
		buf_printf(out, "NONE");
	else
		buf_printf(out, "%s", act == 7 ? "LTE" : act == 2 ? "UMTS" : "GSM");
}

static const struct {
	const char *name;
	void (*print)(struct modem *modem, struct buf *out);
} names[] = {
	{"pin_left", pin_left}, {"puk_left", puk_left}, {"manufacturer", manufacturer},
	{"model", model},       {"revision", revision}, {"imei", imei},
	{"gcap", gcap},         {"iccid", iccid},       {"csq", csq},
	{"cfun", cfun},         {"power", power},       {"w_disable", w_disable},
	{"mode", mode},         {"attached", attached}, {"technology", technology},
};

static bool is_name(const char *text, size_t len, const char *name)
{
	return strlen(name) == len && strncmp(text, name, len) == 0;
}

/* What stands behind "${"; returns what follows the "}", or NULL when it is no name of ours and
 * stays as it is. */
static const char *one(struct modem *modem, struct buf *out, const char *text)
{
	const struct desc *desc = modem->desc;
	size_t len = strcspn(text, "}");

	if (!text[len])
		return NULL;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		if (is_name(text, len, names[i].name)) {
			names[i].print(modem, out);
			return text + len + 1;
		}
	}
	for (size_t i = 0; i < desc->variables.count; i++) {
		if (is_name(text, len, desc->variables.items[i].name)) {
			buf_printf(out, "%s", modem->variables[i]);
			return text + len + 1;
		}
	}
	return NULL;
}

void modem_expand(struct modem *modem, struct buf *out, const char *text)
{
	while (*text) {
		const char *after = NULL;

		if (text[0] == '$' && text[1] == '{')
			after = one(modem, out, text + 2);
		if (!after) {
			buf_append(out, text, 1);
			after = text + 1;
		}
		text = after;
	}
}
