/* SPDX-License-Identifier: ISC */
/*
 * Preloaded into the real pppd: it makes pppd believe in a /dev/ppp, for
 * without one `dryrun` ends too early, and writes what pppd took its options
 * for, byte for byte, to the file named in PPP_SHIM_OUT. (pppd's own dump cuts
 * values and is made for eyes.)
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char out_path[4096];

enum kind { ARRAY, POINTER, NUMBER };

/* clang-format off */
static const struct {
	const char *symbol;
	enum kind kind;
} globals[] = {
	{ "user", ARRAY },
	{ "passwd", ARRAY },
	{ "our_name", ARRAY },
	{ "remote_name", ARRAY },
	{ "req_ifname", ARRAY },
	{ "linkname", ARRAY },
	{ "ipparam", POINTER },
	{ "connect_script", POINTER },
	{ "initializer", POINTER },
	{ "disconnect_script", POINTER },
	{ "welcomer", POINTER },
	{ "req_unit", NUMBER },
};
/* clang-format on */

__attribute__((visibility("default"))) int open(const char *path, int flags, ...)
{
	static int (*real)(const char *, int, ...);
	va_list ap;
	int mode;

	if (!real)
		*(void **)&real = dlsym(RTLD_NEXT, "open");
	va_start(ap, flags);
	mode = flags & O_CREAT ? va_arg(ap, int) : 0;
	va_end(ap);
	if (strcmp(path, "/dev/ppp") == 0)
		path = "/dev/null";
	return real(path, flags, mode);
}

static void print_hex(FILE *out, const char *symbol, const char *text)
{
	fprintf(out, "%s ", symbol);
	for (; text && *text; text++)
		fprintf(out, "%02x", (unsigned char)*text);
	fprintf(out, "\n");
}

__attribute__((constructor)) static void remember(void)
{
	const char *path = getenv("PPP_SHIM_OUT");

	if (path && strlen(path) < sizeof(out_path))
		strcpy(out_path, path);
}

__attribute__((destructor)) static void tell(void)
{
	FILE *out = out_path[0] ? fopen(out_path, "w") : NULL;

	if (!out)
		return;
	for (size_t i = 0; i < sizeof(globals) / sizeof(*globals); i++) {
		const char *symbol = globals[i].symbol;
		void *at = dlsym(RTLD_DEFAULT, symbol);

		if (!at)
			continue;
		if (globals[i].kind == NUMBER)
			fprintf(out, "%s %d\n", symbol, *(int *)at);
		else
			print_hex(out, symbol, globals[i].kind == ARRAY ? at : *(char **)at);
	}
	fclose(out);
}
