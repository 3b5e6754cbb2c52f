/* SPDX-License-Identifier: ISC */
#include <stddef.h>
#include <string.h>

#include "modem/family.h"

/* What each boot loader is, and the command that loads it, without the tty and the folder of the
 * files; NULL where one command is not enough. */
static const struct {
	const char *what, *command;
} loaders[] = {
	/* clang-format off */
	[BOOT_GOBI1] = { "a Gobi 1000, which gobi_loader gives amss.mbn and apps.mbn of its vendor's "
			 "Windows package after each power-up", "gobi_loader" },
	[BOOT_GOBI2] = { "a Gobi 2000, which gobi_loader -2000 gives amss.mbn, apps.mbn and UQCN.mbn of "
			 "its vendor's Windows package after each power-up", "gobi_loader -2000" },
	[BOOT_GOBI3] = { "a Gobi 3000, for which there is no free loader; Windows loads it, and a "
			 "restart without a power cut keeps it", NULL },
	[BOOT_IMAGE] = { "a Sierra module, which qmi-firmware-update (of libqmi) gives Sierra's image "
			 "for it", NULL },
	[BOOT_BLANK] = { "a Gobi 1000 (see gobi_loader), or a module whose flash is blank and which "
			 "only its vendor's tool can mend", NULL },
	/* clang-format on */
};

static bool is_row_of(const struct modem_family *family, uint32_t id, int vid)
{
	return (id >> 16 ? id >> 16 : family->vid) == (uint32_t)vid;
}

static const struct layout_boot *find_boot(int vid, int pid)
{
	for (const struct modem_family *const *at = modem_families; *at; at++)
		for (const struct layout_boot *row = (*at)->boots; row && row->id; row++)
			if (is_row_of(*at, row->id, vid) && (row->id & 0xffff) == (uint32_t)pid)
				return row;
	return NULL;
}

const char *layout_firmware(int vid, int pid)
{
	const struct layout_boot *boot = find_boot(vid, pid);

	return boot ? loaders[boot->loader].what : NULL;
}

const char *layout_loader(int vid, int pid)
{
	const struct layout_boot *boot = find_boot(vid, pid);

	return boot ? loaders[boot->loader].command : NULL;
}

static const struct layout_map *find_map(const struct layout_interface *interface)
{
	for (const struct modem_family *const *at = modem_families; *at; at++)
		for (const struct layout_map *row = (*at)->maps; row && *row->roles; row++) {
			int first = (int)(row->id & 0xffff), last = row->last ? row->last : first;

			if (is_row_of(*at, row->id, interface->vid) && first <= interface->pid &&
			    interface->pid <= last &&
			    (!row->count || !interface->count || row->count == interface->count))
				return row;
		}
	return NULL;
}

bool layout_has_id(int vid, int pid)
{
	const struct layout_interface any = {.vid = vid, .pid = pid};
	uint32_t id = (uint32_t)vid << 16 | (uint32_t)pid;

	for (const struct modem_family *const *at = modem_families; *at; at++)
		if ((*at)->also[0] == id || (*at)->also[1] == id)
			return true;
	return vid >= 0 && (find_map(&any) || find_boot(vid, pid));
}

static enum layout_role role_by_number(const struct layout_interface *interface)
{
	const struct layout_map *map = find_map(interface);
	int number = interface->number;

	if (!map || number < 0 || number >= (int)strlen(map->roles) || map->roles[number] == '.')
		return LAYOUT_UNKNOWN;
	return map->roles[number] == 'A'   ? LAYOUT_DATA
	       : map->roles[number] == 's' ? LAYOUT_AT
					   : LAYOUT_NOT_AT;
}

static enum layout_role role_by_triple(const struct layout_interface *interface)
{
	uint32_t id = (uint32_t)interface->vid << 16 | (uint32_t)interface->pid;

	for (const struct modem_family *const *at = modem_families; *at; at++) {
		const struct modem_family *family = *at;
		bool own = !family->vid || family->vid == interface->vid || family->also[0] == id ||
			   family->also[1] == id;

		for (const struct layout_triple *row = family->triples; row && row->class; row++)
			if ((row->vid ? row->vid == interface->vid : own) &&
			    row->class == interface->class &&
			    (row->subclass < 0 || row->subclass == interface->subclass) &&
			    row->protocol == interface->protocol)
				return row->role;
	}
	return LAYOUT_UNKNOWN;
}

enum layout_role layout_role(const struct layout_interface *interface)
{
	enum layout_role role;

	if (interface->count == 1 && layout_firmware(interface->vid, interface->pid))
		return LAYOUT_QDL;
	role = role_by_number(interface);
	if (role == LAYOUT_UNKNOWN)
		role = role_by_triple(interface);
	/* On vendor-class modems the interface for calls is the one with an interrupt endpoint,
	 * which reports the modem status lines. */
	if (role == LAYOUT_UNKNOWN && interface->interrupt_in == 1)
		role = LAYOUT_LIKELY;
	return role;
}

bool layout_is_modem(const struct layout_interface *interface)
{
	enum layout_role role = layout_role(interface);

	return layout_has_id(interface->vid, interface->pid) &&
	       (role == LAYOUT_DATA || role == LAYOUT_AT);
}
