/* SPDX-License-Identifier: ISC */
#include "modem/family.h"
#include "modem/stick.h"

static bool is_network(const struct layout_interface *at)
{
	switch (at->class << 8 | at->subclass) {
	case 0x0206: /* ECM */
	case 0x020d: /* NCM */
	case 0xe001: /* RNDIS */
		return true;
	case 0x0202:
		return at->protocol == 0xff; /* RNDIS of old */
	default:
		return false;
	}
}

enum stick stick_judge(const struct layout_interface *interfaces, size_t count)
{
	size_t disks = 0, networks = 0, vendor = 0;
	bool known;

	for (size_t i = 0; i < count; i++) {
		disks += interfaces[i].class == 0x08;
		networks += is_network(&interfaces[i]);
		vendor += interfaces[i].class == 0xff;
	}
	if (count == 0 || vendor > 0)
		return STICK_NONE;
	/* Makers of phones, disks and laptops have no family: their disks are disks. */
	known = layout_has_id(interfaces[0].vid, interfaces[0].pid);
	for (const struct modem_family *const *at = modem_families; *at; at++)
		known |= interfaces[0].vid > 0 && (*at)->vid == interfaces[0].vid;
	if (!known)
		return STICK_NONE;
	return networks > 0 ? STICK_ROUTER : disks == count ? STICK_DISK : STICK_NONE;
}

const char *stick_text(enum stick stick)
{
	static const char *const texts[] = {
		[STICK_NONE] = "",
		[STICK_DISK] = "a modem that still shows itself as a disk with Windows drivers: "
			       "usb_modeswitch (OpenWrt: usbmode) makes a modem of it",
		[STICK_ROUTER] = "a router of its own, which has no port to dial on: use DHCP on "
				 "its network interface",
	};

	return texts[stick];
}
