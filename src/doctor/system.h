/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_SYSTEM_H
#define GD_DOCTOR_SYSTEM_H

#include "doctor/facts.h"

/* Looks at the system below `root`, each at one thing; nothing is changed. */

enum doctor_platform system_platform(const char *root);

/* By its name with underscores, of the running kernel. */
enum doctor_module system_module(const char *root, const char *name);

/* The pid of a process of that name, 0: none is seen. */
int system_process(const char *root, const char *name);

/* 0 when it can be opened, or a negative errno. */
int system_open(const char *root, const char *path);

/* Whether the kernel's log says that qmi_wwan has let go of that device (its path on USB), which
 * was not unplugged, and has not taken it again. */
bool system_was_unregistered(const char *root, const char *path);

/* An entry of usbmode's list, or usb_modeswitch's, that has a configuration and no message for that
 * modem. Its file's name into `file`; the configuration, or -1: there is none. */
int system_usbmode(const char *root, int vid, int pid, char *file, size_t size);
int system_modeswitch(const char *root, int vid, int pid, char *file, size_t size);

#endif
