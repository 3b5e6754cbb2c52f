/* SPDX-License-Identifier: ISC */
/*
 * A configuration's text. What is refused says why, in lines that a terminal
 * may see. What is taken can be printed and read back, and pppd's options can
 * be written from it.
 */
#include <errno.h>
#include <string.h>

#include "fuzz.h"

#include "base/buf.h"
#include "base/log.h"
#include "conf/conf.h"
#include "conf/schema.h"
#include "io/conf-load.h"
#include "ppp/options.h"

/* libconfig 1.5 forgets the string it was at when the syntax is wrong. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

static void claim_lines(const struct buf *text)
{
	for (size_t i = 0; i < text->len; i++)
		CLAIM((unsigned char)text->data[i] >= 0x20 || text->data[i] == '\n');
	CLAIM(text->len == 0 || text->data[text->len - 1] == '\n');
}

static bool is_secret(const struct conf_key *key)
{
	return key->type == CONF_TYPE_SECRET || key->type == CONF_TYPE_FILE;
}

/* All but the secrets, which are never printed. */
static void print_all(const struct conf *conf, struct buf *out)
{
	const char *group = "";

	for (const struct conf_key *key = conf_keys; key->name; key++) {
		if (is_secret(key))
			continue;
		if (strcmp(group, key->group) != 0)
			buf_printf(out, "%s%s: {\n", *group ? "};\n" : "", key->group);
		group = key->group;
		conf_key_print(key, conf, out);
		buf_printf(out, ";\n");
	}
	buf_printf(out, "};\n");
}

static void claim_prints_back(const struct conf *conf)
{
	struct buf once = BUF_INIT, twice = BUF_INIT, errors = BUF_INIT;
	struct conf again;

	print_all(conf, &once);
	CLAIM(conf_load_text(&again, "again", once.data, once.len, &errors) == 0);
	print_all(&again, &twice);
	CLAIM(strcmp(buf_str(&once), buf_str(&twice)) == 0);
	conf_free(&again);
	buf_free(&once);
	buf_free(&twice);
	buf_free(&errors);
}

static void claim_gives_options(const struct conf *conf)
{
	static const struct ppp_run run = {"gobi", "connect", 3, PPP_ECHO_ADAPTIVE};
	struct buf out = BUF_INIT, error = BUF_INIT;

	CLAIM(ppp_options_write(conf, &run, &out, &error) == 0);
	claim_lines(&out);
	CLAIM(error.len == 0);
	buf_free(&out);
	buf_free(&error);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct buf errors = BUF_INIT;
	struct conf conf;
	int err = conf_load_text(&conf, "fuzz", (const char *)data, size, &errors);

	claim_lines(&errors);
	CLAIM(err == 0 || err == -EINVAL);
	CLAIM((err == 0) == (errors.len == 0));
	if (err == 0) {
		claim_prints_back(&conf);
		claim_gives_options(&conf);
	}
	conf_free(&conf);
	buf_free(&errors);
	return 0;
}
