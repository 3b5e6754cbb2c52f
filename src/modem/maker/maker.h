/* SPDX-License-Identifier: ISC */
#ifndef GD_MODEM_MAKER_MAKER_H
#define GD_MODEM_MAKER_MAKER_H

#include "modem/family.h"

/* Short words for the makers' tables; nobody else includes this. */

#define G2  MODE_2G
#define G3  MODE_3G
#define G4  MODE_4G
#define G5  MODE_5G
#define ALL MODE_ALL

/* The end of a dialect's rows. Of rows that mean the same the first is the one that is set; a value
 * that no row has as a whole is known by its first field. */
#define MODE_END             \
	{                    \
		"",          \
		{            \
			0, 0 \
		}            \
	}

#endif
