/* SPDX-License-Identifier: ISC */
/* The file of sent PINs: what is taken for one is exactly what was written. */
#include <string.h>

#include "fuzz.h"

#include "base/buf.h"
#include "modem/pins.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct pins_file *file = malloc(sizeof(*file));
	char *text = malloc(size + 1);
	struct buf out = BUF_INIT;

	if (file && text) {
		memcpy(text, data, size);
		text[size] = '\0';
		if (pins_parse(text, size, file) == 0) {
			CLAIM(file->count <= PINS_SENT_MAX);
			pins_format(file, &out);
			/* Version 1 is written as version 2. */
			if (text[strlen("gobi-dial pins ")] == '2') {
				CLAIM(out.len == size);
				CLAIM(memcmp(buf_str(&out), text, size) == 0);
			}
		}
	}
	buf_free(&out);
	free(text);
	free(file);
	return 0;
}
