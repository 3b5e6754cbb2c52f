/* SPDX-License-Identifier: ISC */
#ifndef GD_AT_SECRET_H
#define GD_AT_SECRET_H

#include <stdbool.h>

/* What the values of a command line may be. */
enum at_secret {
	AT_SECRET_PIN = 1 << 0,   /* a PIN, PUK or unlock code, which counts when it is wrong */
	AT_SECRET_VALUE = 1 << 1, /* that, or a password: not to be shown */
};

/* By the names of all makers' commands. Reading a value, and asking for the possible ones, carries
 * none. */
unsigned at_secrets_in(const char *line);

/* Whether a value follows a command with `name` in its name, which may go on: ^CPIN2=. `line` is in
 * upper case and without blanks. */
bool at_sets_value(const char *line, const char *name);

#endif
