/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_SYSTEM_H
#define GD_DOCTOR_SYSTEM_H

#include "doctor/facts.h"

/* Each looks at one thing of the system below `root`, and changes nothing. */

enum doctor_platform system_platform(const char *root);

/* Where a Raspberry Pi's firmware reads the kernel's parameters; "" elsewhere. Static. */
const char *system_cmdline_file(const char *root);

/* A module of the running kernel, by its name with underscores. */
enum doctor_module system_module(const char *root, const char *name);

/* The pid of a process of that name; 0: there is none. */
int system_process(const char *root, const char *name);

/* 0 when it can be opened, or a negative errno. */
int system_open(const char *root, const char *path);

/* Whether the kernel's log says that qmi_wwan was detached from the device with that USB path,
 * though it was not unplugged, and was not attached again. */
bool system_was_unregistered(const char *root, const char *path);

/* Whether usbmode's list, or usb_modeswitch's folders, have an entry for that modem with a
 * configuration and no message. */
bool system_usbmode(const char *root, int vid, int pid, struct doctor_switch *entry);
bool system_modeswitch(const char *root, int vid, int pid, struct doctor_switch *entry);

#endif
