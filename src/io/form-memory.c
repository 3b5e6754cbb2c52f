/* SPDX-License-Identifier: ISC */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/str.h"
#include "io/form-memory.h"
#include "io/replace.h"
#include "io/sysfs.h"

#define FORMS_FILE     STATEDIR "/dial-forms"
#define SIZE_MAX_BYTES 2048

/* Go through the file: the model's form, "" for none, and all other lines into `others`. */
static void read_forms(const char *path, const char *model, char *form, size_t size,
		       struct buf *others)
{
	char text[SIZE_MAX_BYTES], *line = text, *end, *name;

	*form = '\0';
	if (sysfs_read_all(path, text, sizeof(text)) <= 0)
		return;
	for (; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		name = strchr(line, ' ');
		if (!name)
			continue;
		*name++ = '\0';
		if (strcmp(name, model) == 0)
			str_copy(form, size, line);
		else
			buf_printf(others, "%s %s\n", line, name);
	}
}

bool form_memory_recall(const char *path, const char *model, char *form, size_t size)
{
	struct buf others = BUF_INIT;

	read_forms(path, model, form, size, &others);
	buf_free(&others);
	return *form;
}

int form_memory_keep(const char *path, const char *model, const char *form)
{
	struct buf text = BUF_INIT, others = BUF_INIT;
	char known[64];
	int error = 0;

	read_forms(path, model, known, sizeof(known), &others);
	/* Flash wears out. */
	if (strcmp(known, form) != 0) {
		if (*form)
			buf_printf(&text, "%s %s\n", form, model);
		buf_append(&text, others.data, others.len);
		/* The oldest fall off the end. */
		while (text.len >= SIZE_MAX_BYTES) {
			text.len--;
			while (text.len > 0 && text.data[text.len - 1] != '\n')
				text.len--;
		}
		error = text.failed || others.failed ? -ENOMEM
						     : replace_file(path, buf_str(&text), text.len);
	}
	buf_free(&text);
	buf_free(&others);
	return error;
}

static bool recall_form(void *ctx, const char *model, char *form, size_t size)
{
	(void)ctx;
	return form_memory_recall(FORMS_FILE, model, form, size);
}

/* Without it the next run only learns it again. */
static void keep_form(void *ctx, const char *model, const char *form)
{
	int error = 0;

	(void)ctx;
	if (mkdir(STATEDIR, 0700) < 0 && errno != EEXIST)
		error = -errno;
	if (error == 0)
		error = form_memory_keep(FORMS_FILE, model, form);
	if (error < 0)
		log_debug(FORMS_FILE ": %s", strerror(-error));
}

const struct form_ops form_memory_ops = {recall_form, keep_form};
