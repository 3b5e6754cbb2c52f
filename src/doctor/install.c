/* SPDX-License-Identifier: ISC */
#include "base/buf.h"
#include "doctor/install.h"

/* clang-format off */
static const struct {
	const char *debian, *openwrt, *other;
} packages[] = {
	[DOCTOR_PACKAGE_DRIVERS] = {
		"linux-image-$(dpkg --print-architecture)",
		"kmod-usb-serial-option kmod-usb-serial-qualcomm",
		"CONFIG_USB_SERIAL_OPTION and CONFIG_USB_SERIAL_QUALCOMM",
	},
	[DOCTOR_PACKAGE_PPP] = { "ppp", "ppp", "ppp" },
	[DOCTOR_PACKAGE_KERNEL_PPP] = {
		"linux-image-$(dpkg --print-architecture)",
		"kmod-ppp", "CONFIG_PPP and CONFIG_PPP_ASYNC",
	},
};
/* clang-format on */

void doctor_put_install(enum doctor_platform platform, enum doctor_package package, struct buf *out)
{
	switch (platform) {
	case DOCTOR_DEBIAN:
		buf_printf(out, "apt-get install %s\n", packages[package].debian);
		break;
	case DOCTOR_OPENWRT_OPKG:
		buf_printf(out, "opkg update\nopkg install %s\n", packages[package].openwrt);
		break;
	case DOCTOR_OPENWRT_APK:
		buf_printf(out, "apk update\napk add %s\n", packages[package].openwrt);
		break;
	case DOCTOR_OTHER:
		buf_printf(out, "# install or enable: %s\n", packages[package].other);
		break;
	}
}
