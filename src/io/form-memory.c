/* SPDX-License-Identifier: ISC */
#include "io/form-memory.h"
#include "io/state-lines.h"

#define FORMS_FILE STATEDIR "/dial-forms"

static bool recall_form(void *ctx, const char *model, char *form, size_t size)
{
	(void)ctx;
	return state_lines_recall(FORMS_FILE, model, form, size);
}

static void keep_form(void *ctx, const char *model, const char *form)
{
	(void)ctx;
	state_lines_keep(FORMS_FILE, model, form);
}

const struct form_ops form_memory_ops = {recall_form, keep_form};
