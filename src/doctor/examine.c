/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/count.h"
#include "base/str.h"
#include "doctor/checks.h"

static const struct check_table *const tables[] = {
	&checks_setup, &checks_device, &checks_power, &checks_port, &checks_modem, &checks_ppp,
};

void check_put_command(const struct doctor_facts *facts, const char *command, struct buf *out)
{
	str_print_call(out, command, facts->name, facts->file);
	buf_printf(out, "\n");
}

/* clang-format off */
static const struct {
	const char *debian, *openwrt, *other;
} packages[] = {
	[CHECK_PACKAGE_DRIVERS] = {
		"linux-image-$(dpkg --print-architecture)",
		"kmod-usb-serial-option kmod-usb-serial-qualcomm",
		"CONFIG_USB_SERIAL_OPTION and CONFIG_USB_SERIAL_QUALCOMM",
	},
	[CHECK_PACKAGE_PPP] = { "ppp", "ppp", "ppp" },
	[CHECK_PACKAGE_KERNEL_PPP] = {
		"linux-image-$(dpkg --print-architecture)",
		"kmod-ppp", "CONFIG_PPP and CONFIG_PPP_ASYNC",
	},
	[CHECK_PACKAGE_SWITCH] = { "usb-modeswitch", "usb-modeswitch", "usb_modeswitch" },
};
/* clang-format on */

void check_put_install(enum doctor_platform platform, enum check_package package, struct buf *out)
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

/* Takes the finding over. */
static int push_finding(struct finding_list *list, struct finding *finding)
{
	struct finding *grown =
		realloc(list->findings, (list->count + 1) * sizeof(*list->findings));

	if (grown)
		list->findings = grown;
	if (!grown || finding->text.failed || finding->evidence.failed || finding->fix.failed) {
		finding_free(finding);
		return -ENOMEM;
	}
	doctor_redact(&finding->text);
	doctor_redact(&finding->evidence);
	grown[list->count++] = *finding;
	return 0;
}

int doctor_examine(const struct doctor_facts *facts, struct finding_list *list)
{
	int error = 0;

	memset(list, 0, sizeof(*list));
	for (size_t t = 0; t < COUNT(tables); t++)
		for (size_t i = 0; i < tables[t]->count && !error; i++) {
			const struct check *check = &tables[t]->checks[i];
			struct finding finding = {
				.code = check->code,
				.severity = check->severity,
				.meaning = check->meaning ? check->meaning : "",
				.cause = check->cause,
				.mend = check->mend,
			};
			const char *code = check->judge(facts, &finding);

			if (code && strcmp(code, check->code) == 0)
				error = push_finding(list, &finding);
			else
				finding_free(&finding);
		}
	return error;
}
