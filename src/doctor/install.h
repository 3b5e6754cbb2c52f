/* SPDX-License-Identifier: ISC */
#ifndef GD_DOCTOR_INSTALL_H
#define GD_DOCTOR_INSTALL_H

#include "doctor/facts.h"

struct buf;

enum doctor_package {
	DOCTOR_PACKAGE_DRIVERS, /* option, qcserial */
	DOCTOR_PACKAGE_PPP,     /* pppd */
	DOCTOR_PACKAGE_KERNEL_PPP,
};

/* Append the commands that install it there, or words for a platform whose packages are not
 * known. */
void doctor_put_install(enum doctor_platform platform, enum doctor_package package,
			struct buf *out);

#endif
